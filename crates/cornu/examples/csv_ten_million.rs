//! Trains from a CSV file that is larger than the memory it may take, and says what that costs.
//!
//!     cargo run --release --example csv_ten_million [ROWS]
//!
//! Makes a file of 10 million rows (8 features and a target, about 700 MB) in a temporary folder, goes through it once
//! without a model, trains two models on it, then trains the same models for as many steps from tensors in memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use cornu::data::{self, Csv, Dataset, Pipeline};
use cornu::layers::{Dense, Input};
use cornu::{Compile, Fit, Model, Result, Sequential, Tensor};

const FEATURES: usize = 8;
const BATCH: usize = 32;

fn main() -> Result<()> {
    let rows = std::env::args().nth(1).and_then(|rows| rows.parse().ok()).unwrap_or(10_000_000);
    let path = std::env::temp_dir().join(format!("cornu-{rows}-rows-{}.csv", std::process::id()));
    let result = measure(&path, rows);
    std::fs::remove_file(&path).ok();
    result
}

fn measure(path: &Path, rows: usize) -> Result<()> {
    let start = Instant::now();
    write(path, rows).map_err(|error| cornu::Error::io(path, error))?;
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    println!("wrote {rows} rows, {} MB, in {:.1} s", bytes / 1_000_000, start.elapsed().as_secs_f64());

    let csv = Csv::new(path).label_name("y").column("y", cornu::DType::F32).open()?;
    let start = Instant::now();
    let read = csv.batch(BATCH).begin(0)?.pass_over(usize::MAX)?;
    said("reading alone", read, start.elapsed());

    let csv = || Csv::new(path).label_name("y").column("y", cornu::DType::F32).open();
    for hidden in [&[30][..], &[300, 100]] {
        let shape: Vec<String> = hidden.iter().map(usize::to_string).collect();
        let name = format!("{FEATURES}-{}-1", shape.join("-"));
        let batches = csv()?.batch(BATCH).prefetch(data::AUTOTUNE);
        let (steps, time) = train(hidden, &batches, None)?;
        said(&format!("{name} from CSV"), steps, time);
        // Few enough rows to lie in the cache: the fastest that memory can be.
        let (x, y) = (Tensor::full([BATCH * 64, FEATURES], 0.5f32), Tensor::full([BATCH * 64], 0.5f32));
        let memory = data::from_tensor_slices((&x, &y))?.batch(BATCH).repeat_forever();
        let (steps, time) = train(hidden, &memory, Some(steps))?;
        said(&format!("{name} from memory"), steps, time);
        println!("peak memory so far: {} MB", peak_kilobytes().unwrap_or(0) / 1000);
    }
    Ok(())
}

/// Trains an epoch; gives back its steps and their time.
fn train(hidden: &[usize], batches: &Pipeline, steps: Option<usize>) -> Result<(usize, Duration)> {
    let mut model: Model = hidden
        .iter()
        .fold(Sequential::new().add(Input::new([FEATURES])), |model, units| {
            model.add(Dense::new(*units).activation("relu"))
        })
        .add(Dense::new(1))
        .into_model();
    model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    let fit = Fit::new().verbose(0);
    let fit = if let Some(steps) = steps { fit.steps_per_epoch(steps) } else { fit };
    let start = Instant::now();
    let history = model.fit(batches, (), fit)?;
    let time = start.elapsed();
    assert!(history.last("loss").is_some_and(f64::is_finite), "the loss is no number");
    Ok((model.iterations()? as usize, time))
}

fn said(what: &str, steps: usize, time: Duration) {
    let seconds = time.as_secs_f64();
    let (rows, each) = ((steps * BATCH) as f64 / seconds / 1e6, seconds / steps.max(1) as f64 * 1e6);
    println!("{what}: {seconds:.2} s, {steps} batches, {each:.2} us each, {rows:.2} million rows/s");
}

/// Rows such as `0.1234567,..`, each of its own.
fn write(path: &Path, rows: usize) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let names: Vec<String> = (0..FEATURES).map(|at| format!("x{at}")).collect();
    writeln!(out, "{},y", names.join(","))?;
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut line = String::new();
    for _ in 0..rows {
        line.clear();
        let mut sum = 0;
        for _ in 0..FEATURES {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let digits = state % 1_000_000;
            sum += digits;
            line.push_str(&format!("0.{digits:06},"));
        }
        writeln!(out, "{line}0.{:06}", sum / FEATURES as u64)?;
    }
    out.flush()
}

/// The most memory the process has had, as Linux says.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
