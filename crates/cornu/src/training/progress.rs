//! Progress on the terminal, as Keras shows it.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Logs;

/// What `fit` and its kin print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbose {
    /// Nothing (0).
    Silent,
    /// A bar on a terminal, a line an epoch elsewhere (1, Keras' `"auto"`).
    #[default]
    Bar,
    /// A line an epoch (2).
    Lines,
}

impl Verbose {
    /// Keras' number.
    pub(super) fn number(self) -> u8 {
        match self {
            Verbose::Silent => 0,
            Verbose::Bar => 1,
            Verbose::Lines => 2,
        }
    }
}

impl From<u8> for Verbose {
    /// Keras' numbers: 0 is silent, 1 a bar, 2 and above a line an epoch.
    fn from(verbose: u8) -> Self {
        match verbose {
            0 => Verbose::Silent,
            1 => Verbose::Bar,
            _ => Verbose::Lines,
        }
    }
}

/// Prints a line. Where nobody reads any more (a closed pipe) the training goes on all the same.
pub(crate) fn print_line(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints what is worth knowing and no error.
pub(crate) fn print_warning(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "warning: {line}");
}

/// The progress of one pass.
pub(super) struct Progress {
    steps: usize,
    start: Instant,
    shown: Instant,
    bar: Option<ProgressBar>,
    verbose: Verbose,
}

/// Metrics are read for the bar so often and no more.
const REFRESH: Duration = Duration::from_millis(100);

impl Progress {
    /// For a pass of so many steps.
    pub(super) fn new(verbose: Verbose, steps: usize) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let bar = (verbose == Verbose::Bar && terminal).then(|| {
            let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::stdout());
            let style = ProgressStyle::with_template("{pos}/{len} {bar:20} {msg}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━━╌"))
        });
        let now = Instant::now();
        Progress { steps, start: now, shown: now, bar, verbose }
    }

    /// After a step: `logs` is asked only when there is something to draw.
    pub(super) fn batch(&mut self, done: usize, logs: &dyn Fn() -> Logs) {
        let Some(bar) = &self.bar else { return };
        if self.shown.elapsed() < REFRESH {
            return;
        }
        self.shown = Instant::now();
        bar.set_position(done as u64);
        let left =
            self.start.elapsed().mul_f64((self.steps - done.min(self.steps)) as f64 / done.max(1) as f64);
        let logs = logs().sorted();
        let separator = if logs.is_empty() { "" } else { " - " };
        bar.set_message(format!("{}s {}/step{separator}{logs}", left.as_secs(), self.per_step(done)));
    }

    /// After the pass, with all its logs.
    pub(super) fn finish(self, logs: &Logs) {
        let seconds = self.start.elapsed().as_secs();
        let separator = if logs.is_empty() { "" } else { " - " };
        let per_step = self.per_step(self.steps);
        match (&self.bar, self.verbose) {
            (Some(bar), _) => {
                bar.finish_and_clear();
                let bar = "━".repeat(20);
                print_line(format_args!(
                    "{0}/{0} {bar} {seconds}s {per_step}/step{separator}{logs}",
                    self.steps
                ));
            }
            (None, Verbose::Silent) => {}
            (None, _) => {
                print_line(format_args!(
                    "{0}/{0} - {seconds}s - {per_step}/step{separator}{logs}",
                    self.steps
                ));
            }
        }
    }

    fn per_step(&self, done: usize) -> String {
        let seconds = self.start.elapsed().as_secs_f64() / done.max(1) as f64;
        match seconds {
            s if s >= 1.0 => format!("{s:.0}s"),
            s if s >= 1e-3 => format!("{:.0}ms", s * 1e3),
            s => format!("{:.0}us", s * 1e6),
        }
    }
}
