//! Training allocates for a run and for an epoch, not for a step.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use cornu::layers::{BatchNormalization, Dense, Dropout, Input};
use cornu::optimizers::{Adam, LossScaleOptimizer, Optimizer};
use cornu::registry::{Family, Handle};
use cornu::{Compile, Fit, Model, Sequential, Tensor};

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

const BATCH: usize = 32;

fn model(optimizer: impl Into<Handle<dyn Optimizer>>) -> Model {
    let mut model = Sequential::new()
        .add(Input::new([64]))
        .add(Dense::new(512).activation("relu"))
        .add(BatchNormalization::new())
        .add(Dropout::new(0.2))
        .add(Dense::new(10).activation("softmax"))
        .into_model();
    let compile = Compile::new()
        .optimizer(optimizer)
        .loss("sparse_categorical_crossentropy")
        .metrics(["accuracy"])
        .weighted_metrics(["accuracy"]);
    model.compile(compile).unwrap();
    model
}

/// Samples for so many steps and a short one, with labels and weights.
fn data(steps: usize) -> Data {
    let rows = steps * BATCH + 5;
    let labels: Vec<i64> = (0..rows as i64).map(|at| at % 10).collect();
    (Tensor::full([rows, 64], 0.5f32), Tensor::new(labels, [rows]).unwrap(), Tensor::full([rows], 0.5f32))
}

type Data = (Tensor, Tensor, Tensor);

/// How often a run asks for memory.
fn allocations(model: &mut Model, (x, y, weight): &Data, validation: &Data, shuffle: bool) -> usize {
    let fit = Fit::new()
        .batch_size(BATCH)
        .shuffle(shuffle)
        .sample_weight(weight)
        .weighted_validation_data(&validation.0, &validation.1, &validation.2)
        .verbose(0);
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    model.fit(x, y, fit).unwrap();
    ALLOCATIONS.load(Ordering::Relaxed) - before
}

/// One test: what another did at the same time would be counted too.
#[test]
fn a_step_of_fit_allocates_nothing_with_any_optimizer() {
    // Entered once: the pool's queue asks for memory after every so many entries.
    rayon::scope(|_| try_every_optimizer());
}

fn try_every_optimizer() {
    let (few, held_out, many) = (data(10), data(4), data(30));
    for entry in <dyn Optimizer>::table() {
        let name = entry.class_name;
        let mut model = match name {
            "LossScaleOptimizer" => model(LossScaleOptimizer::new(Adam::default())),
            name => model(name),
        };
        for shuffle in [false, true] {
            // The first run compiles the steps.
            allocations(&mut model, &few, &held_out, shuffle);
            let fewer = allocations(&mut model, &few, &held_out, shuffle);
            assert!(fewer > 0, "the allocator counts");
            let longer = allocations(&mut model, &many, &held_out, shuffle);
            assert_eq!(longer, fewer, "{name}, shuffle={shuffle}: thirty steps, not ten");
            let longer = allocations(&mut model, &few, &many, shuffle);
            assert_eq!(longer, fewer, "{name}, shuffle={shuffle}: thirty steps of validation, not four");
        }
    }
}
