//! How long a training step of a small image classifier takes, and each of its convolutions and pools alone.
//!
//!     cargo run --release -p cornu-engine --example conv_bench

use std::time::Instant;

use cornu_engine::exec::{State, Workspace};
use cornu_engine::graph::{Builder, Conv, Graph, Padding, Pool, PoolAxis, PoolKind, Slide, Var};
use cornu_engine::plan::Plan;
use cornu_engine::{DType, Result, Tensor, grad};

const BATCH: usize = 128;

fn conv() -> Conv {
    Conv { axes: vec![Slide::STEP; 2], groups: 1 }
}

fn pool() -> Pool {
    let axis = PoolAxis::Sliding { size: 2, stride: 2, padding: Padding::VALID };
    Pool { kind: PoolKind::Max, axes: vec![axis; 2] }
}

/// 32 and 64 filters of 3x3, each pooled by 2, and a dense layer: plain gradient descent.
fn classifier() -> Result<Graph> {
    let b = Builder::new();
    let (x, labels) = (b.input("x", [BATCH, 28, 28, 1], DType::F32), b.input("labels", [BATCH], DType::I64));
    let shapes: [&[usize]; 6] = [&[3, 3, 1, 32], &[32], &[3, 3, 32, 64], &[64], &[1600, 10], &[10]];
    let weights: Vec<Var<'_>> =
        shapes.iter().enumerate().map(|(at, shape)| b.state(format!("w{at}"), *shape, DType::F32)).collect();
    let h = b.scoped("conv 1", || (x.conv(weights[0], conv()) + weights[1]).relu());
    let h = b.scoped("pool 1", || h.pool(pool()));
    let h = b.scoped("conv 2", || (h.conv(weights[2], conv()) + weights[3]).relu());
    let h = b.scoped("pool 2", || h.pool(pool()).reshape([BATCH, 1600]));
    let logits = b.scoped("dense", || h.matmul(weights[4]) + weights[5]);
    let loss = logits.sparse_cross_entropy(labels).mean_all();
    b.output("loss", loss);
    for (at, (w, g)) in weights.iter().zip(grad::gradients(loss, &weights)?).enumerate() {
        b.update(format!("w{at}"), *w - g * 0.01);
    }
    b.finish()
}

/// One operation of the second convolution or a pool, alone.
fn alone(operation: impl for<'g> FnOnce(&'g Builder) -> Var<'g>) -> Result<Graph> {
    let b = Builder::new();
    b.output("y", operation(&b));
    b.finish()
}

fn report(name: &str, graph: &Graph, explain: bool) -> Result<()> {
    let plan = Plan::new(graph)?;
    if explain {
        println!("{}", plan.explain());
    }
    let mut state = State::default();
    for slot in plan.states() {
        let count: usize = slot.shape.iter().product();
        let values: Vec<f32> = (0..count).map(|at| (at as f32 * 0.618_034).fract() * 0.1 - 0.05).collect();
        state.insert(slot.name.clone(), Tensor::new(values, slot.shape.clone())?);
    }
    let feeds: Vec<Tensor> = plan
        .feeds()
        .iter()
        .map(|slot| {
            let count: usize = slot.shape.iter().product();
            let values: Vec<f32> = (0..count).map(|at| (at as f32 * 0.618_034).fract()).collect();
            Ok(Tensor::new(values, slot.shape.clone())?.cast(slot.dtype))
        })
        .collect::<Result<_>>()?;
    let mut workspace = Workspace::new();
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..60 {
        let start = Instant::now();
        plan.run(&mut workspace, &mut state, &feeds)?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let rate = plan.flops() as f64 / times[0] / 1e9;
    println!(
        "{name:<18} best {:7.3} ms, median {:7.3} ms, {rate:6.1} GFLOP/s",
        times[0] * 1e3,
        times[30] * 1e3
    );
    Ok(())
}

fn main() -> Result<()> {
    for threads in [1, 2] {
        let pool_of = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let Ok(threads_of) = pool_of else { continue };
        println!("{threads} threads");
        threads_of.install(|| {
            let input = |b: &'_ Builder, name: &str, shape: &[usize]| b.input(name, shape, DType::F32).id();
            let (image, kernel, output) = ([BATCH, 13, 13, 32], [3, 3, 32, 64], [BATCH, 11, 11, 64]);
            report(
                "conv",
                &alone(|b| b.var(input(b, "x", &image)).conv(b.var(input(b, "k", &kernel)), conv()))?,
                false,
            )?;
            report(
                "conv input",
                &alone(|b| {
                    let dy = b.var(input(b, "dy", &output));
                    dy.conv_input(b.var(input(b, "k", &kernel)), conv(), [Some(13), Some(13)])
                })?,
                false,
            )?;
            report(
                "conv kernel",
                &alone(|b| {
                    b.var(input(b, "x", &image)).conv_kernel(b.var(input(b, "dy", &output)), conv(), [3, 3])
                })?,
                false,
            )?;
            report(
                "conv 1",
                &alone(|b| {
                    let x = b.var(input(b, "x", &[BATCH, 28, 28, 1]));
                    x.conv(b.var(input(b, "k", &[3, 3, 1, 32])), conv())
                })?,
                false,
            )?;
            report(
                "conv 1 kernel",
                &alone(|b| {
                    let x = b.var(input(b, "x", &[BATCH, 28, 28, 1]));
                    x.conv_kernel(b.var(input(b, "dy", &[BATCH, 26, 26, 32])), conv(), [3, 3])
                })?,
                false,
            )?;
            report(
                "depthwise",
                &alone(|b| {
                    let x = b.var(input(b, "x", &[32, 28, 28, 64]));
                    x.conv(b.var(input(b, "k", &[3, 3, 1, 64])), Conv { groups: 64, ..conv() })
                })?,
                false,
            )?;
            report("max pool", &alone(|b| b.var(input(b, "x", &[BATCH, 26, 26, 32])).pool(pool()))?, false)?;
            report("training step", &classifier()?, threads == 2)
        })?;
    }
    Ok(())
}
