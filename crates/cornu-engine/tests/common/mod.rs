//! A training step that several tests run.

use std::collections::HashMap;

use cornu_engine::exec::State;
use cornu_engine::graph::{Builder, Graph};
use cornu_engine::plan::Plan;
use cornu_engine::rng::Stream;
use cornu_engine::{DType, Result, Tensor, grad};

/// Numbers around 0 from a fixed stream.
pub(crate) fn noise(shape: &[usize], seed: u64) -> Tensor {
    let mut stream = Stream::new(seed, 0, 0);
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| stream.next_f32() * 2.0 - 1.0).collect();
    Tensor::new(values, shape).unwrap()
}

/// A whole training step of a two-layer network: forward, loss, backward, momentum update, metrics.
pub(crate) fn training_step(batch: usize, inputs: usize, hidden: usize, classes: usize) -> Result<Graph> {
    let b = Builder::new();
    let x = b.input("x", [batch, inputs], DType::F32);
    let labels = b.input("labels", [batch], DType::I64);
    let rate = b.input("rate", [0usize; 0], DType::F32);
    let seed = b.input("seed", [2], DType::I64);
    let w1 = b.state("w1", [inputs, hidden], DType::F32);
    let b1 = b.state("b1", [hidden], DType::F32);
    let w2 = b.state("w2", [hidden, classes], DType::F32);
    let b2 = b.state("b2", [classes], DType::F32);
    let keep = seed.random(7, [batch, hidden]).greater_equal(0.25).cast(DType::F32) / 0.75;
    let h = b.scoped("dense", || (x.matmul(w1) + b1).relu()) * keep;
    let logits = b.scoped("dense_1", || h.matmul(w2) + b2);
    let y = logits.softmax(-1);
    let loss = logits.sparse_cross_entropy(labels).mean_all();
    let weights = [("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2)];
    let gradients = grad::gradients(loss, &weights.map(|(_, w)| w))?;
    for ((name, w), g) in weights.iter().zip(gradients) {
        let slot = format!("m/{name}");
        let m = b.state(&slot, w.shape(), DType::F32) * 0.9 + g;
        b.update(slot, m);
        b.update(*name, *w - m * rate);
    }
    let hits = y.argmax().equal(labels).cast(DType::F32).sum_all();
    b.update("hits", b.state("hits", [0usize; 0], DType::F32) + hits);
    b.output("loss", loss);
    b.output("y", y);
    b.finish()
}

/// What the training step is fed.
pub(crate) fn feeds(batch: usize, inputs: usize, classes: usize) -> HashMap<String, Tensor> {
    let labels: Vec<i64> = (0..batch as i64).map(|at| at % classes as i64).collect();
    let all = [
        ("x", noise(&[batch, inputs], 1)),
        ("labels", labels.into()),
        ("rate", Tensor::scalar(0.1f32)),
        ("seed", Tensor::from([5i64, 9])),
    ];
    all.into_iter().map(|(name, tensor)| (name.to_owned(), tensor)).collect()
}

/// The training step's variables at the start.
pub(crate) fn states(plan: &Plan) -> State {
    let mut state = State::default();
    for (at, slot) in plan.states().iter().enumerate() {
        state.insert(slot.name.clone(), noise(&slot.shape, 100 + at as u64));
    }
    state
}
