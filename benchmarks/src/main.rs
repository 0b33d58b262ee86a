//! One workload of the benchmarks, run by Cornu: prints one JSON line of results.
//!
//! `cargo run --release -p cornu-benchmarks -- mlp128 [--epochs 3]`; `benchmarks/README.md` says what is measured.
//! `mlp128 --profile` prints what each kernel of a training step takes instead.

mod workloads;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use cornu::{Fit, Model, Predict, Tensor, utils};
use serde_json::json;
use workloads::Workload;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match parse(&arguments).and_then(|(workload, wanted)| {
        let line = match wanted {
            Wanted::Epochs(count) => measure(workload, count),
            Wanted::Profile => profile(workload),
        };
        line.map_err(|error| format!("{}: {error}", workload.name))
    }) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// What is measured.
enum Wanted {
    /// So many epochs after the first.
    Epochs(usize),
    /// The kernels of a step.
    Profile,
}

/// The workload and what is wanted of it.
fn parse(arguments: &[String]) -> Result<(&'static Workload, Wanted), String> {
    let known = || workloads::ALL.iter().map(|workload| workload.name).collect::<Vec<_>>().join(" ");
    let usage =
        || format!("usage: cornu-benchmarks WORKLOAD [--epochs N | --profile]; workloads are {}", known());
    let (name, wanted) = match arguments {
        [name] => (name, Wanted::Epochs(3)),
        [name, flag] if flag == "--profile" => (name, Wanted::Profile),
        [name, flag, count] if flag == "--epochs" => {
            (name, Wanted::Epochs(count.parse().map_err(|_| usage())?))
        }
        _ => return Err(usage()),
    };
    let workload = workloads::ALL.iter().find(|workload| workload.name == name).ok_or_else(usage)?;
    if matches!(wanted, Wanted::Epochs(0)) {
        Err("--epochs: at least 1 epoch must be timed after the first".into())
    } else {
        Ok((workload, wanted))
    }
}

/// What each kernel of a training step takes, as a table.
fn profile(workload: &Workload) -> cornu::Result<String> {
    utils::set_random_seed(1);
    let (x, y) = (workload.data)()?;
    let batch = 0..workload.batch;
    let profile = (workload.model)()?.profile(&x.rows(batch.clone())?, &y.rows(batch)?, 50)?;
    Ok(profile.to_string())
}

fn measure(workload: &Workload, epochs: usize) -> cornu::Result<String> {
    utils::set_random_seed(1);
    let (x, y) = (workload.data)()?;
    let mut model = (workload.model)()?;
    let mut seconds = Vec::new();
    let mut loss = f64::NAN;
    for _ in 0..=epochs {
        let start = Instant::now();
        let history = model.fit(&x, &y, Fit::new().batch_size(workload.batch).verbose(0))?;
        seconds.push(start.elapsed().as_secs_f64());
        loss = history.last("loss").unwrap_or(f64::NAN);
    }
    let epoch = seconds[1..].iter().copied().fold(f64::INFINITY, f64::min);
    let steps = x.row_count().div_ceil(workload.batch);
    let line = json!({
        "fw": "cornu",
        "w": workload.name,
        "us_step": epoch / steps as f64 * 1e6,
        "epoch_s": epoch,
        "pred10k_ms": predict_10k(&mut model, &x)? * 1e3,
        "predict_1_us": predict_1(&mut model, &x)? * 1e6,
        "first_epoch": seconds[0],
        "loss": loss,
        "rss_mb": peak_memory_mb(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    Ok(line.to_string())
}

/// Seconds of the fastest prediction of 10000 rows.
fn predict_10k(model: &mut Model, x: &Tensor) -> cornu::Result<f64> {
    let rows = x.rows(0..x.row_count().min(10_000))?;
    let mut best = f64::INFINITY;
    let end = Instant::now() + Duration::from_millis(500);
    while Instant::now() < end {
        let start = Instant::now();
        model.predict(&rows, Predict::new())?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// Median seconds of predicting one row, another one each time.
fn predict_1(model: &mut Model, x: &Tensor) -> cornu::Result<f64> {
    let rows = (0..100).map(|at| x.rows(at..at + 1)).collect::<Result<Vec<_>, _>>()?;
    for row in &rows {
        model.predict_on_batch(row)?;
    }
    let mut seconds = Vec::new();
    for row in rows.iter().cycle().take(5000) {
        let start = Instant::now();
        model.predict_on_batch(row)?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[seconds.len() / 2])
}

/// The process' peak resident memory in MB (2^20 bytes), where the system tells.
fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib / 1024.0)
}
