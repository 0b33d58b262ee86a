//! Training allocates for a run and for an epoch, not for a step.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use cornu::layers::{BatchNormalization, Dense, Dropout, Input};
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

fn model() -> Model {
    let mut model = Sequential::new()
        .add(Input::new([64]))
        .add(Dense::new(512).activation("relu"))
        .add(BatchNormalization::new())
        .add(Dropout::new(0.2))
        .add(Dense::new(10).activation("softmax"))
        .into_model();
    let compile = Compile::new()
        .optimizer("adam")
        .loss("sparse_categorical_crossentropy")
        .metrics(["accuracy"])
        .weighted_metrics(["accuracy"]);
    model.compile(compile).unwrap();
    model
}

/// Samples for so many steps and a short one, with labels and weights.
fn data(steps: usize) -> (Tensor, Tensor, Tensor) {
    let rows = steps * BATCH + 5;
    let labels: Vec<i64> = (0..rows as i64).map(|at| at % 10).collect();
    (Tensor::full([rows, 64], 0.5f32), Tensor::new(labels, [rows]).unwrap(), Tensor::full([rows], 0.5f32))
}

#[test]
fn a_step_of_fit_allocates_nothing() {
    let mut model = model();
    let (held_out, few) = (data(4), data(10));
    let many = data(30);
    for shuffle in [false, true] {
        let mut allocations = |(x, y, weight): &(Tensor, Tensor, Tensor),
                               validation: &(Tensor, Tensor, Tensor)| {
            let fit = Fit::new()
                .batch_size(BATCH)
                .shuffle(shuffle)
                .sample_weight(weight)
                .weighted_validation_data(&validation.0, &validation.1, &validation.2)
                .verbose(0);
            let before = ALLOCATIONS.load(Ordering::Relaxed);
            model.fit(x, y, fit).unwrap();
            ALLOCATIONS.load(Ordering::Relaxed) - before
        };
        // The first run compiles the steps.
        allocations(&few, &held_out);
        let fewer = allocations(&few, &held_out);
        assert!(fewer > 0, "the allocator counts");
        assert_eq!(allocations(&many, &held_out), fewer, "shuffle={shuffle}: thirty steps, not ten");
        assert_eq!(
            allocations(&few, &many),
            fewer,
            "shuffle={shuffle}: thirty steps of validation, not four"
        );
    }
}
