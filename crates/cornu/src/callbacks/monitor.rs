//! Watching one value of the logs: what counts as an improvement.

use crate::models::Model;
use crate::training::print_warning;
use crate::{Error, Logs, Result};

/// Which values of a metric are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Larger ones, as of an accuracy.
    Up,
    /// Smaller ones, as of an error.
    Down,
}

/// Keras' `mode` of callbacks that watch a value.
///
/// ```
/// use cornu::callbacks::{EarlyStopping, MonitorMode};
/// let stop = EarlyStopping::new().monitor("val_speed").mode("max");
/// assert_eq!(MonitorMode::from("max"), MonitorMode::Max);
/// # drop(stop);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MonitorMode {
    /// As the metric of the value's name says; a loss is better when it is smaller.
    #[default]
    Auto,
    /// Smaller is better.
    Min,
    /// Larger is better.
    Max,
}

impl From<&str> for MonitorMode {
    /// `"min"`, `"max"`; all else is `"auto"`, as in Keras.
    fn from(mode: &str) -> Self {
        match mode {
            "min" => MonitorMode::Min,
            "max" => MonitorMode::Max,
            _ => MonitorMode::Auto,
        }
    }
}

/// A watched value: Keras' `MonitorCallback`.
#[derive(Debug, Clone)]
pub(super) struct Monitor {
    pub(super) name: String,
    pub(super) mode: MonitorMode,
    pub(super) min_delta: f64,
    direction: Option<Direction>,
    warned: bool,
}

impl Monitor {
    pub(super) fn new(min_delta: f64) -> Self {
        Monitor {
            name: "val_loss".into(),
            mode: MonitorMode::Auto,
            min_delta,
            direction: None,
            warned: false,
        }
    }

    /// Forgets what it found out about an earlier run.
    pub(super) fn begin(&mut self) {
        (self.direction, self.warned) = (None, false);
    }

    /// Finds out, once a run, which values are better, now that the model knows its metrics.
    ///
    /// # Errors
    /// If nothing tells.
    pub(super) fn set_up(&mut self, model: &Model, callback: &str) -> Result<()> {
        if self.direction.is_some() {
            return Ok(());
        }
        let metric = self.name.strip_prefix("val_").unwrap_or(&self.name);
        let direction = match self.mode {
            MonitorMode::Min => Some(Direction::Down),
            MonitorMode::Max => Some(Direction::Up),
            MonitorMode::Auto if metric == "loss" => Some(Direction::Down),
            MonitorMode::Auto => model.metric_direction(metric),
        };
        self.direction = direction;
        direction.map(|_| ()).ok_or_else(|| {
            Error::argument(
                callback,
                format!(
                    "cannot tell whether `{}` is better when it is larger or smaller: say so by `mode`, \"max\" or \"min\"",
                    self.name
                ),
            )
        })
    }

    /// The value in the logs; a warning, once, where they have none.
    pub(super) fn value(&mut self, logs: &Logs, purpose: &str) -> Option<f64> {
        let value = logs.get(&self.name);
        if value.is_none() && !std::mem::replace(&mut self.warned, true) {
            let known: Vec<&str> = logs.iter().map(|(name, _)| name).collect();
            print_warning(format_args!(
                "{purpose} `{}`, which is not available; available are {}",
                self.name,
                known.join(", ")
            ));
        }
        value
    }

    /// Whether a value is better than the reference by more than `min_delta`; any is better than none. Compared in
    /// single precision, as Keras does.
    pub(super) fn is_improvement(&self, value: f64, reference: Option<f64>) -> bool {
        let Some(reference) = reference else { return true };
        let delta = self.min_delta.abs();
        match self.direction {
            Some(Direction::Up) => (value - delta) as f32 > reference as f32,
            _ => ((value + delta) as f32) < reference as f32,
        }
    }
}

/// The setters of what is watched.
macro_rules! monitor_setters {
    () => {
        /// The name of the value that is watched; `val_loss` by default.
        #[must_use]
        pub fn monitor(mut self, monitor: impl Into<String>) -> Self {
            self.monitor.name = monitor.into();
            self
        }

        /// Which values are better: `"min"`, `"max"`, or, by default, what the metric says (`"auto"`).
        #[must_use]
        pub fn mode(mut self, mode: impl Into<crate::callbacks::MonitorMode>) -> Self {
            self.monitor.mode = mode.into();
            self
        }
    };
    (min_delta) => {
        monitor_setters!();

        /// By how much a value must be better to count.
        #[must_use]
        pub fn min_delta(mut self, min_delta: f64) -> Self {
            self.monitor.min_delta = min_delta;
            self
        }
    };
}
pub(super) use monitor_setters;
