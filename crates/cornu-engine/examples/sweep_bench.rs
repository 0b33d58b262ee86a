//! How fast elementwise sweeps are: random masks, optimizer updates, reductions of rows.
//!
//!     cargo run --release -p cornu-engine --example sweep_bench

use std::time::Instant;

use cornu_engine::exec::{State, Workspace};
use cornu_engine::graph::{Builder, Var};
use cornu_engine::plan::Plan;
use cornu_engine::{DType, Result, Tensor};

fn main() -> Result<()> {
    type Formula = for<'g> fn(Var<'g>, Var<'g>) -> Var<'g>;
    let formulas: [(&str, [usize; 2], Formula); 9] = [
        ("random", [64, 784], |x, seed| seed.random(1, x.shape())),
        ("dropout", [64, 784], |x, seed| {
            let keep = seed.random(1, x.shape()).greater_equal(0.25).cast(DType::F32);
            x * keep / 0.75
        }),
        ("add one", [64, 784], |x, _| x + 1.0),
        ("gelu", [64, 784], |x, _| x * 0.5 * ((x * 0.5f64.sqrt()).erf() + 1.0)),
        ("softmax of 10", [640, 10], |x, _| x.softmax(-1)),
        ("softmax of 1000", [64, 1000], |x, _| x.softmax(-1)),
        ("one-hot of 10", [640, 10], |x, _| {
            x.slice(1, 0, 1).reshape([640]).cast(DType::I64).one_hot(10, DType::F32)
        }),
        ("sums of rows of 10", [640, 10], |x, _| x.sum(&[1], false)),
        ("sums of columns", [128, 784], |x, _| x.sum(&[0], false)),
    ];
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .map_err(|e| cornu_engine::Error::shape("pool", e.to_string()))?;
    for (name, shape, formula) in formulas {
        let b = Builder::new();
        let (x, seed) = (b.input("x", shape, DType::F32), b.input("seed", [2], DType::I64));
        b.output("y", formula(x, seed));
        b.output("x", x.slice(0, 0, 1));
        b.output("seed", seed);
        let plan = Plan::new(&b.finish()?)?;
        let (x, seed) = (Tensor::full(shape, 0.5f32), Tensor::from([1i64, 2]));
        let (mut workspace, state) = (Workspace::new(), State::default());
        let feeds = [&x, &seed];
        let mut best = f64::INFINITY;
        pool.install(|| {
            for _ in 0..300 {
                let start = Instant::now();
                plan.infer(&mut workspace, &state, &feeds)?;
                best = best.min(start.elapsed().as_secs_f64());
            }
            Ok::<(), cornu_engine::Error>(())
        })?;
        let elements = (shape[0] * shape[1]) as f64;
        println!("{name:<20} {shape:?}: {:>8.1} µs, {:.2} ns an element", best * 1e6, best * 1e9 / elements);
    }
    Ok(())
}
