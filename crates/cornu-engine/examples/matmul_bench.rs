//! Measures the matrix product on the shapes that networks have, against what the machine can do at most.
//!
//! `cargo run --release -p cornu-engine --example matmul_bench`

use std::hint::black_box;
use std::time::Instant;

use cornu_engine::kernels::matmul::{MatMut, MatRef, gemm, scratch_len};
use cornu_engine::kernels::simd::{CHAINS, Level, level, multiply_adds};

/// Which operand is given transposed.
#[derive(Clone, Copy)]
enum Kind {
    Forward,
    WeightGradient,
    InputGradient,
}

use Kind::{Forward, InputGradient, WeightGradient};

const SHAPES: &[(Kind, usize, usize, usize)] = &[
    (Forward, 128, 784, 256),
    (Forward, 128, 256, 128),
    (Forward, 128, 128, 10),
    (Forward, 32, 784, 300),
    (Forward, 32, 300, 100),
    (Forward, 32, 100, 10),
    (Forward, 64, 784, 300),
    (Forward, 32, 8, 30),
    (Forward, 32, 30, 1),
    (Forward, 1, 784, 256),
    (Forward, 1, 4096, 4096),
    (WeightGradient, 784, 128, 256),
    (WeightGradient, 256, 128, 128),
    (WeightGradient, 128, 128, 10),
    (WeightGradient, 784, 32, 300),
    (WeightGradient, 300, 32, 100),
    (WeightGradient, 8, 32, 30),
    (WeightGradient, 30, 32, 1),
    (InputGradient, 128, 128, 256),
    (InputGradient, 128, 10, 128),
    (InputGradient, 32, 100, 300),
    (InputGradient, 32, 1, 30),
    (InputGradient, 1, 256, 784),
    (Forward, 3584, 28, 128),
    (Forward, 128, 128, 128),
    (InputGradient, 128, 128, 128),
    (Forward, 3584, 128, 128),
    (WeightGradient, 128, 3584, 128),
    (WeightGradient, 128, 2048, 512),
    (WeightGradient, 128, 3584, 512),
    (Forward, 2048, 128, 512),
    (Forward, 2048, 512, 128),
    (InputGradient, 2048, 512, 128),
    (Forward, 112, 144, 16),
    (WeightGradient, 144, 112, 16),
    (Forward, 112, 144, 32),
    (Forward, 84, 190, 64),
    (InputGradient, 84, 64, 190),
    (Forward, 182, 9, 32),
    (WeightGradient, 9, 182, 32),
    (Forward, 512, 512, 512),
    (Forward, 1024, 1024, 1024),
    (Forward, 2048, 2048, 2048),
    (WeightGradient, 1024, 1024, 1024),
    (InputGradient, 1024, 1024, 1024),
];

/// The most floating point operations a nanosecond one thread can do.
fn peak() -> f64 {
    let rounds = 20_000;
    let best = best_of(|| {
        black_box(multiply_adds(level(), black_box(0.5), rounds));
    });
    (2 * CHAINS * rounds) as f64 / best
}

/// The shortest of the runs that half a second has room for, in nanoseconds: others may want the machine too.
fn best_of(mut run: impl FnMut()) -> f64 {
    let first = Instant::now();
    let mut best = f64::INFINITY;
    while first.elapsed().as_secs_f64() < 0.5 {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed().as_nanos() as f64);
    }
    best
}

/// The best time of one product, in nanoseconds.
fn measure(level: Level, kind: Kind, (m, k, n): (usize, usize, usize)) -> f64 {
    let (a, b) = (vec![0.5; m * k], vec![0.25; k * n]);
    let mut c = vec![0.0; m * n];
    let a = match kind {
        WeightGradient => MatRef::new(&a, k, m).t(),
        _ => MatRef::new(&a, m, k),
    };
    let b = match kind {
        InputGradient => MatRef::new(&b, n, k).t(),
        _ => MatRef::new(&b, k, n),
    };
    let mut scratch =
        vec![0.0; scratch_len(m, k, n, matches!(kind, WeightGradient), matches!(kind, InputGradient))];
    // Short products are timed many at once: the clock has a resolution.
    let flops = 2 * m * k * n;
    let batch = (200_000 / flops.max(1)).clamp(1, 100);
    let best = best_of(|| {
        for _ in 0..batch {
            gemm(level, a, b, MatMut::new(&mut c, m, n), false, &mut scratch, &|_| {});
        }
    });
    black_box(c);
    best / batch as f64
}

fn main() {
    let filter = std::env::args().nth(1).unwrap_or_default();
    let peak = peak();
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    println!("{:?}: {peak:.1} GFLOP/s a thread in multiply-adds alone", level());
    println!(
        "{:<24}{:>10}{:>10}{:>8}{:>12}{:>10}{:>8}",
        "", "1 thread", "GFLOP/s", "peak", "", "GFLOP/s", "peak"
    );
    let pools = [1, threads].map(|threads| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads")
    });
    for &(kind, m, k, n) in SHAPES {
        let name = match kind {
            Forward => "X·W  ",
            WeightGradient => "Xᵀ·dY",
            InputGradient => "dY·Wᵀ",
        };
        let name = format!("{name} ({m}, {k}, {n})");
        if !name.contains(&filter) {
            continue;
        }
        print!("{name:<24}");
        for (pool, threads) in pools.iter().zip([1, threads]) {
            let time = pool.install(|| measure(level(), kind, (m, k, n)));
            let speed = (2 * m * k * n) as f64 / time;
            let share = 100.0 * speed / (peak * threads as f64);
            print!("{:>10.2}µs{speed:>10.1}{share:>7.0}%", time / 1000.0);
        }
        println!();
    }
}
