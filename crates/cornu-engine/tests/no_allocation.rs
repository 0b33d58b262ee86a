//! A step allocates nothing once the first has run.
#![allow(unsafe_code)]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use cornu_engine::exec::Workspace;
use cornu_engine::grad::gradients;
use cornu_engine::graph::{Builder, Graph, ScanInputs, Scanned};
use cornu_engine::plan::Plan;
use cornu_engine::{DType, Result, Tensor};

/// The system's allocator, counting what is asked of it.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: passed on from the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        // SAFETY: passed on from the caller.
        unsafe { System.dealloc(address, layout) }
    }

    unsafe fn realloc(&self, address: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: passed on from the caller.
        unsafe { System.realloc(address, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The gradient of a loop over time with respect to its weight.
fn recurrent(steps: usize, batch: usize, units: usize) -> Result<Graph> {
    let b = Builder::new();
    let x = b.input("x", [steps, batch, units], DType::F32);
    let w = b.state("w", [units, units], DType::F32);
    let zeros = b.scalar(0.0, DType::F32).broadcast_to([batch, units]);
    let inputs = ScanInputs { sequences: &[x], states: &[zeros], constants: &[w], reverse: false };
    let found = b.scan(inputs, |step| -> Result<_> {
        let next = (step.slices[0] + step.states[0].matmul(step.constants[0])).tanh();
        Ok(Scanned { states: vec![next], outputs: vec![next] })
    })?;
    let loss = found.outputs[0].square().mean_all();
    b.update("w", w - gradients(loss, &[w])?[0]);
    b.output("loss", loss);
    b.finish()
}

/// Allocations of five runs after the first. A thread that takes over work for the first time is given memory by rayon,
/// at whichever run that happens: the best of some rounds counts.
fn allocations(plan: &Plan, feeds: &HashMap<String, Tensor>) -> Result<usize> {
    let (mut state, mut workspace) = (common::states(plan), Workspace::new());
    let feeds: Vec<&Tensor> = plan.feeds().iter().map(|slot| &feeds[&slot.name]).collect();
    let mut loss = [0.0f32];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    pool.install(|| {
        let mut step = || {
            plan.run(&mut workspace, &mut state, &feeds)?;
            plan.read_output(&workspace, 0, &mut loss)
        };
        step()?;
        let mut fewest = usize::MAX;
        for _ in 0..10 {
            let before = ALLOCATIONS.load(Ordering::Relaxed);
            for _ in 0..5 {
                step()?;
            }
            fewest = fewest.min(ALLOCATIONS.load(Ordering::Relaxed) - before);
        }
        Ok(fewest)
    })
}

// One test for both: the allocator counts what all threads ask of it.
#[test]
fn a_step_allocates_nothing_after_the_first() -> Result<()> {
    // Large enough for every kernel to be cut into tasks, small enough to be quick.
    let (batch, inputs, hidden, classes) = (256, 300, 260, 10);
    let plan = Plan::new(&common::training_step(batch, inputs, hidden, classes)?)?;
    assert_eq!(allocations(&plan, &common::feeds(batch, inputs, classes))?, 0);

    let (steps, batch, units) = (4, 80, 130);
    let plan = Plan::new(&recurrent(steps, batch, units)?)?;
    let feeds = HashMap::from([("x".to_owned(), common::noise(&[steps, batch, units], 3))]);
    assert_eq!(allocations(&plan, &feeds)?, 0, "in a loop over time");
    Ok(())
}
