//! A step allocates nothing once the first has run.
#![allow(unsafe_code)]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use cornu_engine::exec::Workspace;
use cornu_engine::plan::Plan;
use cornu_engine::{Result, Tensor};

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

#[test]
fn a_training_step_allocates_nothing_after_the_first() -> Result<()> {
    // Large enough for every kernel to be cut into tasks, small enough to be quick.
    let (batch, inputs, hidden, classes) = (256, 300, 260, 10);
    let graph = common::training_step(batch, inputs, hidden, classes)?;
    let feeds = common::feeds(batch, inputs, classes);
    let plan = Plan::new(&graph)?;
    let (mut state, mut workspace) = (common::states(&plan), Workspace::new());
    let feeds: Vec<&Tensor> = plan.feeds().iter().map(|slot| &feeds[&slot.name]).collect();
    let mut loss = [0.0f32];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    pool.install(|| {
        let mut step = || {
            plan.run(&mut workspace, &mut state, &feeds)?;
            plan.read_output(&workspace, 0, &mut loss)
        };
        step()?;
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        for _ in 0..5 {
            step()?;
        }
        assert_eq!(ALLOCATIONS.load(Ordering::Relaxed) - before, 0);
        Ok(())
    })
}
