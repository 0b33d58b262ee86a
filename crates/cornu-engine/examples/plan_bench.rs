//! How long it takes to trace, optimise and plan a training step of many layers.
//!
//!     cargo run --release -p cornu-engine --example plan_bench [layers]

use std::time::Instant;

use cornu_engine::graph::{Builder, Graph, Var};
use cornu_engine::plan::Plan;
use cornu_engine::{DType, Result, grad, passes};

/// Dense layers of 64 units with ReLU, softmax cross-entropy and Adam.
fn training_step(layers: usize) -> Result<Graph> {
    const BATCH: usize = 32;
    const UNITS: usize = 64;
    let b = Builder::new();
    let (x, labels) = (b.input("x", [BATCH, UNITS], DType::F32), b.input("labels", [BATCH], DType::I64));
    let rate = b.input("rate", [0usize; 0], DType::F32);
    let step = b.state("step", [0usize; 0], DType::F32) + 1.0;
    b.update("step", step);
    let mut weights: Vec<(String, Var<'_>)> = Vec::new();
    let mut h = x;
    for layer in 0..layers {
        let weight = |name: &str, shape: &[usize]| {
            let name = format!("dense_{layer}/{name}");
            (name.clone(), b.state(name, shape, DType::F32))
        };
        let (kernel, bias) = (weight("kernel", &[UNITS, UNITS]), weight("bias", &[UNITS]));
        h = b.scoped(&format!("dense_{layer}"), || (h.matmul(kernel.1) + bias.1).relu());
        weights.extend([kernel, bias]);
    }
    let loss = h.sparse_cross_entropy(labels).mean_all();
    b.output("loss", loss);
    let gradients = grad::gradients(loss, &weights.iter().map(|(_, w)| *w).collect::<Vec<_>>())?;
    let scale = rate * (1.0 - step.constant(0.999).pow(step)).sqrt() / (1.0 - step.constant(0.9).pow(step));
    for ((name, w), g) in weights.iter().zip(gradients) {
        let slot =
            |kind: &str| (format!("{name}/{kind}"), b.state(format!("{name}/{kind}"), w.shape(), DType::F32));
        let ((m_name, m), (v_name, v)) = (slot("m"), slot("v"));
        let (m, v) = (m + (g - m) * 0.1, v + (g.square() - v) * 0.001);
        b.update(m_name, m);
        b.update(v_name, v);
        b.update(name, *w - m * scale / (v.sqrt() + 1e-7));
    }
    b.finish()
}

fn main() -> Result<()> {
    let layers = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100);
    for _ in 0..3 {
        let start = Instant::now();
        let graph = training_step(layers)?;
        let traced = start.elapsed();
        let optimised = passes::optimise(&graph)?;
        let done = start.elapsed();
        let plan = Plan::new(&graph)?;
        let planned = start.elapsed() - done;
        println!(
            "{layers} layers: {} nodes traced in {traced:.1?}, optimised to {} in {:.1?}, planned in {planned:.1?} \
             (optimised again), {}",
            graph.nodes().len(),
            optimised.nodes().len(),
            done - traced,
            plan.explain().lines().last().unwrap_or_default()
        );
    }
    Ok(())
}
