//! What each step of a plan takes.

use std::borrow::Borrow;
use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::Tensor;
use crate::error::Result;
use crate::exec::{State, Workspace};
use crate::kernels::simd;
use crate::plan::explain::{cost, describe};
use crate::plan::{Kernel, Plan};

/// Where a plan's time went.
#[derive(Debug, Clone)]
pub struct Profile {
    rows: Vec<Row>,
    runs: u32,
    threads: usize,
    /// Floating point operations a second that one thread can do at most.
    peak: f64,
}

/// One step.
#[derive(Debug, Clone)]
struct Row {
    what: String,
    scope: String,
    /// How many loops it lies in.
    depth: usize,
    /// A run's, repetitions included.
    flops: usize,
    bytes: usize,
    time: Duration,
}

impl Plan {
    /// Runs the plan so many times, after once to warm up, and measures its steps. Variables change as they do in
    /// [`Plan::run`].
    ///
    /// # Errors
    /// As for [`Plan::run`].
    pub fn profile<T: Borrow<Tensor>>(
        &self,
        workspace: &mut Workspace,
        state: &mut State,
        feeds: &[T],
        runs: u32,
    ) -> Result<Profile> {
        self.run(workspace, state, feeds)?;
        let mut times = vec![Duration::ZERO; self.all_steps()];
        for _ in 0..runs {
            self.run_timed(workspace, state, feeds, &mut times)?;
        }
        let mut rows = Vec::new();
        self.rows(0, 1, &mut rows);
        for (row, time) in rows.iter_mut().zip(times) {
            row.time = time;
        }
        Ok(Profile { rows, runs, threads: rayon::current_num_threads(), peak: peak() })
    }

    /// The steps in the order in which they are timed.
    fn rows(&self, depth: usize, repeated: usize, rows: &mut Vec<Row>) {
        for step in &self.steps {
            let cost = cost(&step.kernel);
            rows.push(Row {
                what: describe(&step.kernel),
                scope: step.scope.clone(),
                depth,
                flops: repeated * cost.flops,
                bytes: repeated * cost.bytes,
                time: Duration::ZERO,
            });
            if let Kernel::Loop(looped) = &step.kernel {
                looped.step.rows(depth + 1, repeated * looped.steps, rows);
            }
        }
    }
}

/// Floating point operations a second of one thread that does nothing but multiply and add: the best of some rounds.
fn peak() -> f64 {
    const ROUNDS: usize = 20_000;
    let round = |_| {
        let start = Instant::now();
        black_box(simd::multiply_adds(simd::level(), black_box(1e-3), ROUNDS));
        (2 * simd::CHAINS * ROUNDS) as f64 / start.elapsed().as_secs_f64()
    };
    (0..5).map(round).fold(0.0, f64::max)
}

impl Profile {
    /// The time of one run.
    pub fn total(&self) -> Duration {
        self.rows.iter().filter(|row| row.depth == 0).map(|row| row.time).sum::<Duration>() / self.runs.max(1)
    }
}

/// A table, one line a step in the order of the run: µs a run, percent of the run, operations and bytes a
/// nanosecond, percent of what the threads can compute at most, what the step does and for which layer.
impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let peak = self.peak * self.threads as f64 / 1e9;
        let (total, runs) = (self.total().as_secs_f64(), f64::from(self.runs.max(1)));
        writeln!(f, "      µs      %  GFLOP/s   GB/s  % of peak")?;
        for row in &self.rows {
            let seconds = (row.time.as_secs_f64() / runs).max(1e-9);
            let (flops, bytes) = (row.flops as f64 / seconds / 1e9, row.bytes as f64 / seconds / 1e9);
            let mut what = format!("{}{}", "    ".repeat(row.depth), row.what);
            if !row.scope.is_empty() {
                let _ = write!(what, "  # {}", row.scope);
            }
            writeln!(
                f,
                "{:8.1} {:6.1} {flops:8.1} {bytes:6.1} {:10.1}  {what}",
                seconds * 1e6,
                100.0 * seconds / total.max(1e-9),
                100.0 * flops / peak,
            )?;
        }
        let flops: usize = self.rows.iter().filter(|row| row.depth == 0).map(|row| row.flops).sum();
        let rate = flops as f64 / total.max(1e-9) / 1e9;
        writeln!(
            f,
            "{:8.1} µs a run, {rate:.1} GFLOP/s, {:.1} % of the peak of {} threads ({peak:.0} GFLOP/s)",
            total * 1e6,
            100.0 * rate / peak,
            self.threads
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DType;
    use crate::graph::{Builder, ScanInputs, Scanned};

    #[test]
    fn every_step_has_a_line_those_of_loops_too() -> Result<()> {
        let b = Builder::new();
        let x = b.input("x", [5, 3], DType::F32);
        let zero = b.scalar(0.0, DType::F32).broadcast_to([3]);
        let inputs = ScanInputs { sequences: &[x], states: &[zero], constants: &[], reverse: false };
        let sums = b.scan(inputs, |step| -> Result<_> {
            let sum = step.states[0] + step.slices[0];
            Ok(Scanned { states: vec![sum], outputs: vec![sum] })
        })?;
        b.output("sums", sums.outputs[0]);
        let total = b.state("total", [3], DType::F32);
        b.update("total", total + sums.states[0]);
        let plan = Plan::new(&b.finish()?)?;

        let mut state = State::default();
        state.insert("total", Tensor::from([0.0f32; 3]));
        let x = Tensor::from([[1.0f32; 3]; 5]);
        let profile = plan.profile(&mut Workspace::new(), &mut state, &[&x], 2)?;
        assert_eq!(state.get("total").map(Tensor::to_vec::<f32>), Some(vec![15.0; 3]), "once to warm up");
        let text = profile.to_string();
        assert_eq!(text.lines().count(), plan.all_steps() + 2, "{text}");
        assert!(plan.all_steps() > plan.steps.len() && text.contains("loop of 5 steps"), "{text}");
        Ok(())
    }
}
