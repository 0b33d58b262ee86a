//! `Objective`: what a search makes large or small.

use cornu::callbacks::Direction;
use cornu::losses::Loss;
use cornu::metrics::Metric;
use cornu::registry::Handle;
use cornu::{Error, Result};
use serde_json::{Value, json};

/// A value of the logs, with which of its values are better.
///
/// ```
/// use cornu::callbacks::Direction;
/// use cornu_tuner::Objective;
/// let by_name = Objective::from("val_accuracy"); // an accuracy is better when it is larger
/// assert_eq!(by_name, Objective::new("val_accuracy", Direction::Up));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objective {
    name: String,
    direction: Option<Direction>,
}

impl Default for Objective {
    /// What functions give back is made small, as in KerasTuner.
    fn default() -> Self {
        Objective::new("default_objective", Direction::Down)
    }
}

impl Objective {
    /// A value of any name.
    pub fn new(name: impl Into<String>, direction: Direction) -> Self {
        Objective { name: name.into(), direction: Some(direction) }
    }

    /// Its name in the logs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which of its values are better.
    ///
    /// # Errors
    /// If its name, with or without `val_`, is none of a loss or of a metric that says so.
    pub fn direction(&self) -> Result<Direction> {
        self.direction.ok_or_else(|| {
            Error::argument(
                "objective",
                format!(
                    "nothing says whether larger or smaller values of `{}` are better, as the metrics and losses of Cornu do: give \
                     Objective::new(\"{}\", Direction::Up) or Direction::Down",
                    self.name, self.name
                ),
            )
        })
    }

    /// Whether a score is better than another.
    pub(crate) fn is_better(&self, score: f64, than: f64) -> bool {
        if self.is_up() { score > than } else { score < than }
    }

    /// The score as something to make small.
    pub(crate) fn cost(&self, score: f64) -> f64 {
        if self.is_up() { -score } else { score }
    }

    fn is_up(&self) -> bool {
        self.direction == Some(Direction::Up)
    }

    /// KerasTuner's word for the direction.
    pub(crate) fn word(direction: Direction) -> &'static str {
        match direction {
            Direction::Up => "max",
            Direction::Down => "min",
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "name": self.name, "direction": self.direction.map(Self::word) })
    }
}

impl From<&str> for Objective {
    fn from(name: &str) -> Self {
        Objective { name: name.into(), direction: direction_of(name) }
    }
}

impl From<String> for Objective {
    fn from(name: String) -> Self {
        name.as_str().into()
    }
}

/// Which values of a metric or loss are better, by its name in the logs.
pub(crate) fn direction_of(name: &str) -> Option<Direction> {
    let name = name.strip_prefix("val_").unwrap_or(name);
    let name = name.strip_prefix("weighted_").unwrap_or(name);
    match name {
        "loss" | "crossentropy" | "ce" => return Some(Direction::Down),
        "acc" | "accuracy" => return Some(Direction::Up),
        _ => {}
    }
    if let Ok(metric) = Handle::<dyn Metric>::from(name).get() {
        return metric.direction();
    }
    Handle::<dyn Loss>::from(name).get().is_ok().then_some(Direction::Down)
}
