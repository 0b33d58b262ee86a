//! How long a deep model takes from its first batch's arrival to the first kernel: tracing and planning.
//!
//! `cargo run --release -p cornu --example plan_time -- [LAYERS]`

use std::time::Instant;

use cornu::layers::{Dense, Input};
use cornu::{Compile, Result, Sequential, Tensor};

fn main() -> Result<()> {
    let layers: usize = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(100);
    let (x, y) = (Tensor::zeros([32, 64], cornu::DType::F32), Tensor::zeros([32, 64], cornu::DType::F32));
    let mut milliseconds = Vec::new();
    for _ in 0..9 {
        let deep = (0..layers).fold(Sequential::new().add(Input::new([64])), |model, _| {
            model.add(Dense::new(64).activation("relu"))
        });
        let mut model = deep.into_model();
        model.compile(Compile::new().optimizer("adam").loss("mse"))?;
        let start = Instant::now();
        let plan = model.explain(&x, &y)?;
        milliseconds.push(start.elapsed().as_secs_f64() * 1e3);
        assert!(plan.lines().count() > layers);
    }
    milliseconds.sort_by(f64::total_cmp);
    println!("{layers} layers, Adam: traced and planned in {:.1} ms (median of 9)", milliseconds[4]);
    Ok(())
}
