//! The sets that hyperparameters take their values from.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Value;

/// How the numbers of a range are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// Evenly.
    #[default]
    Linear,
    /// Evenly in their logarithm: `min · (max / min)^u`.
    Log,
    /// As [`Sampling::Log`], dense at the upper end: `max + min − min · (max / min)^(1 − u)`.
    ReverseLog,
}

/// Whole numbers from a smallest to a largest, both included.
///
/// ```
/// use cornu_tuner::{HyperParameters, Int, Sampling};
/// let mut hp = HyperParameters::new();
/// assert_eq!(hp.int("layers", 1..=3), 1);
/// assert_eq!(hp.int("units", Int::new(32..=512).step(32).default(128)), 128);
/// assert_eq!(hp.int("batch_size", Int::new(8..=128).step(2).sampling(Sampling::Log)), 8); // 8, 16, 32, 64, 128
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Int {
    min_value: i64,
    max_value: i64,
    step: Option<i64>,
    sampling: Sampling,
    default: Option<i64>,
}

impl Int {
    /// All whole numbers of a range.
    pub fn new(range: RangeInclusive<i64>) -> Self {
        let (min_value, max_value) = range.into_inner();
        Int { min_value, max_value, step: None, sampling: Sampling::Linear, default: None }
    }

    setters! {
        /// What one is more than the one before it; with [`Sampling::Log`], how many times it.
        step: some i64;
        /// How they are spread; evenly by default.
        sampling: Sampling;
        /// The first one tried; the smallest by default.
        default: some i64;
    }

    fn numeric(&self) -> Numeric {
        // Without a step all numbers lie in a row where they are spread evenly.
        let step = self.step.or((self.sampling == Sampling::Linear).then_some(1));
        Numeric {
            min: self.min_value as f64,
            max: self.max_value as f64,
            step: step.map(|step| step as f64),
            sampling: self.sampling,
        }
    }

    /// The numeric range whose whole parts are the numbers: up to the largest one and a bit.
    fn continuous(&self) -> Numeric {
        let range = self.numeric();
        Numeric { max: range.max + 1.0, ..range }
    }
}

impl From<RangeInclusive<i64>> for Int {
    fn from(range: RangeInclusive<i64>) -> Self {
        Int::new(range)
    }
}

/// Numbers from a smallest to a largest.
///
/// ```
/// use cornu_tuner::{Float, HyperParameters};
/// let mut hp = HyperParameters::new();
/// assert_eq!(hp.float("dropout", 0.0..=0.5), 0.0);
/// assert_eq!(hp.float("momentum", Float::new(0.5..=1.0).step(0.1).default(0.9)), 0.9);
/// assert_eq!(hp.float("learning_rate", Float::reciprocal(1e-4, 1e-2)), 1e-4);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Float {
    min_value: f64,
    max_value: f64,
    step: Option<f64>,
    sampling: Sampling,
    default: Option<f64>,
}

impl Float {
    /// All numbers of a range.
    pub fn new(range: RangeInclusive<f64>) -> Self {
        let (min_value, max_value) = range.into_inner();
        Float { min_value, max_value, step: None, sampling: Sampling::Linear, default: None }
    }

    /// Numbers whose density is the reciprocal of their size, that is, spread evenly in their logarithm: SciPy's
    /// `reciprocal`, what learning rates are drawn from.
    pub fn reciprocal(min_value: f64, max_value: f64) -> Self {
        Float::new(min_value..=max_value).sampling(Sampling::Log)
    }

    setters! {
        /// What one is more than the one before it; with [`Sampling::Log`], how many times it. The largest is included
        /// (KerasTuner loses it where the step is no binary fraction, such as 0.5 in steps of 0.1).
        step: some f64;
        /// How they are spread; evenly by default.
        sampling: Sampling;
        /// The first one tried; the smallest by default.
        default: some f64;
    }

    fn numeric(&self) -> Numeric {
        Numeric { min: self.min_value, max: self.max_value, step: self.step, sampling: self.sampling }
    }
}

impl From<RangeInclusive<f64>> for Float {
    fn from(range: RangeInclusive<f64>) -> Self {
        Float::new(range)
    }
}

/// One of several values.
///
/// ```
/// use cornu_tuner::{Choice, HyperParameters};
/// let mut hp = HyperParameters::new();
/// assert_eq!(hp.choice("activation", ["relu", "tanh"]), "relu");
/// assert_eq!(hp.choice("units", Choice::new([32usize, 64, 128]).default(64)), 64);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice<T> {
    values: Vec<T>,
    ordered: Option<bool>,
    default: Option<T>,
}

impl<T> Choice<T> {
    /// One of these.
    pub fn new(values: impl IntoIterator<Item = T>) -> Self {
        Choice { values: values.into_iter().collect(), ordered: None, default: None }
    }

    setters! {
        /// Whether neighbours resemble each other; by default numbers do and words do not.
        ordered: some bool;
        /// The first one tried; the first of the list by default.
        default: some T;
    }

    /// The value at a place in the list, that is, of an equal choice of another type.
    pub(super) fn at(mut self, place: usize) -> Option<T> {
        (place < self.values.len()).then(|| self.values.swap_remove(place))
    }
}

impl<T: Clone + Into<Value>> Choice<T> {
    pub(super) fn to_values(&self) -> Choice<Value> {
        Choice {
            values: self.values.iter().cloned().map(Into::into).collect(),
            ordered: self.ordered,
            default: self.default.clone().map(Into::into),
        }
    }
}

impl<T, const N: usize> From<[T; N]> for Choice<T> {
    fn from(values: [T; N]) -> Self {
        Choice::new(values)
    }
}

impl<T> From<Vec<T>> for Choice<T> {
    fn from(values: Vec<T>) -> Self {
        Choice::new(values)
    }
}

impl Choice<Value> {
    fn is_ordered(&self) -> bool {
        self.ordered.unwrap_or_else(|| self.values.iter().all(Value::is_number))
    }
}

/// The set a hyperparameter takes its values from. Each lies on the line from 0 to 1, which is what is sampled.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// Whole numbers of a range.
    Int(Int),
    /// Numbers of a range.
    Float(Float),
    /// One of several values.
    Choice(Choice<Value>),
    /// Yes or no, with the default.
    Boolean(bool),
    /// Only this.
    Fixed(Value),
}

impl Domain {
    /// Reports what is wrong with it, if anything.
    ///
    /// # Errors
    /// The sentence that goes behind the hyperparameter's name.
    pub fn check(&self) -> Result<(), String> {
        self.problem().map_or(Ok(()), Err)
    }

    fn problem(&self) -> Option<String> {
        match self {
            Domain::Int(int) => int.numeric().problem(),
            Domain::Float(float) => float.numeric().problem(),
            Domain::Choice(choice) if choice.values.is_empty() => Some("has no value to choose from".into()),
            Domain::Choice(choice) => {
                let default = choice.default.as_ref().filter(|default| !choice.values.contains(default))?;
                Some(format!("has the default {default}, which is not among its values"))
            }
            Domain::Boolean(_) | Domain::Fixed(_) => None,
        }
    }

    /// The value tried first.
    pub fn default_value(&self) -> Value {
        match self {
            Domain::Int(int) => int.default.unwrap_or(int.min_value).into(),
            Domain::Float(float) => float.default.unwrap_or(float.min_value).into(),
            Domain::Choice(choice) => {
                let first = choice.default.as_ref().or(choice.values.first());
                first.cloned().unwrap_or(Value::Boolean(false))
            }
            Domain::Boolean(default) => (*default).into(),
            Domain::Fixed(value) => value.clone(),
        }
    }

    /// All values; of a range without step ten that are spread over it.
    pub fn values(&self) -> Vec<Value> {
        let mut values = match self {
            Domain::Choice(choice) => return choice.values.clone(),
            Domain::Boolean(_) => return vec![true.into(), false.into()],
            Domain::Fixed(value) => return vec![value.clone()],
            Domain::Int(int) => match int.numeric().steps() {
                Some(count) => (0..count).map(|at| self.at((at as f64 + 0.5) / count as f64)).collect(),
                None => self.spread(),
            },
            Domain::Float(float) => match float.numeric().steps() {
                Some(count) => (0..count).map(|at| self.at((at as f64 + 0.5) / count as f64)).collect(),
                None => self.spread(),
            },
        };
        values.dedup();
        values
    }

    fn spread(&self) -> Vec<Value> {
        (0..10).map(|at| self.at(f64::from(at) * 0.1 + 0.05)).collect()
    }

    /// The number of values, where they are finitely many with nothing in between.
    pub(crate) fn count(&self) -> Option<usize> {
        match self {
            Domain::Int(int) => int.numeric().steps(),
            Domain::Float(float) => float.numeric().steps(),
            Domain::Choice(choice) => Some(choice.values.len()),
            Domain::Boolean(_) => Some(2),
            Domain::Fixed(_) => Some(1),
        }
    }

    /// Whether values that are near on the line resemble each other.
    pub(crate) fn is_ordered(&self) -> bool {
        match self {
            Domain::Int(_) | Domain::Float(_) => true,
            Domain::Choice(choice) => choice.is_ordered(),
            Domain::Boolean(_) | Domain::Fixed(_) => false,
        }
    }

    /// The value at a place on the line from 0 to 1: KerasTuner's `prob_to_value`.
    pub fn at(&self, place: f64) -> Value {
        match self {
            Domain::Int(int) => {
                let found = match int.numeric().steps() {
                    Some(_) => int.numeric().at(place),
                    None => int.continuous().at(place).trunc(),
                };
                (found as i64).clamp(int.min_value, int.max_value.max(int.min_value)).into()
            }
            Domain::Float(float) => float.numeric().at(place).into(),
            Domain::Choice(choice) => {
                let found = choice.values.get(index_at(place, choice.values.len()));
                found.cloned().unwrap_or(Value::Boolean(false))
            }
            Domain::Boolean(_) => (place >= 0.5).into(),
            Domain::Fixed(value) => value.clone(),
        }
    }

    /// Where a value lies on the line from 0 to 1: KerasTuner's `value_to_prob`. A value of another type lies in the
    /// middle.
    pub fn place_of(&self, value: &Value) -> f64 {
        let place = match self {
            Domain::Int(int) => value.as_f64().map(|value| match int.numeric().steps() {
                Some(_) => int.numeric().place_of(value),
                None => int.continuous().place_of(value + 0.5),
            }),
            Domain::Float(float) => value.as_f64().map(|value| float.numeric().place_of(value)),
            Domain::Choice(choice) => {
                let at = choice.values.iter().position(|known| known == value);
                at.map(|at| place_of_index(at as f64, choice.values.len()))
            }
            Domain::Boolean(_) => value.as_bool().map(|value| if value { 0.75 } else { 0.25 }),
            Domain::Fixed(_) => None,
        };
        place.filter(|place| place.is_finite()).unwrap_or(0.5).clamp(0.0, 1.0)
    }
}

/// A range of numbers.
#[derive(Debug, Clone, Copy)]
struct Numeric {
    min: f64,
    max: f64,
    step: Option<f64>,
    sampling: Sampling,
}

impl Numeric {
    fn problem(&self) -> Option<String> {
        let Numeric { min, max, step, sampling } = *self;
        let least = if sampling == Sampling::Linear { 0.0 } else { 1.0 };
        if !min.is_finite() || !max.is_finite() || min > max {
            return Some(format!("has no range: from {min} to {max}"));
        }
        if sampling != Sampling::Linear && min <= 0.0 {
            return Some(format!("is spread by logarithms, which wants numbers above 0, got {min}"));
        }
        let step = step.filter(|step| *step <= least || !step.is_finite())?;
        let wanted = if sampling == Sampling::Linear { "above 0" } else { "above 1, for it multiplies" };
        Some(format!("has the step {step}, which must be {wanted}"))
    }

    /// The number of values there are, where there is a step.
    fn steps(&self) -> Option<usize> {
        let step = self.step?;
        let last = match self.sampling {
            Sampling::Linear => (self.max - self.min) / step,
            Sampling::Log | Sampling::ReverseLog => (self.max / self.min).ln() / step.ln(),
        };
        // What divides evenly must not be lost to rounding.
        Some((last + 1e-8) as usize + 1)
    }

    fn at(&self, place: f64) -> f64 {
        let Numeric { min, max, .. } = *self;
        let found = match (self.step, self.steps()) {
            (Some(step), Some(count)) => {
                let index = index_at(place, count) as f64;
                match self.sampling {
                    Sampling::Linear => min + index * step,
                    Sampling::Log => min * step.powf(index),
                    Sampling::ReverseLog => max + min - min * step.powf(index),
                }
            }
            _ => match self.sampling {
                Sampling::Linear => place * (max - min) + min,
                Sampling::Log => min * (max / min).powf(place),
                Sampling::ReverseLog => max + min - min * (max / min).powf(1.0 - place),
            },
        };
        found.clamp(min, max.max(min))
    }

    fn place_of(&self, value: f64) -> f64 {
        let Numeric { min, max, .. } = *self;
        if max == min {
            return 0.5;
        }
        let mirrored = (max + min - value) / min;
        match (self.step, self.steps()) {
            (Some(step), Some(count)) => {
                let index = match self.sampling {
                    Sampling::Linear => ((value - min) / step + 1e-8).floor(),
                    Sampling::Log => (value / min).ln() / step.ln(),
                    Sampling::ReverseLog => mirrored.ln() / step.ln(),
                };
                place_of_index(index, count)
            }
            _ => match self.sampling {
                Sampling::Linear => (value - min) / (max - min),
                Sampling::Log => (value / min).ln() / (max / min).ln(),
                Sampling::ReverseLog => 1.0 - mirrored.ln() / (max / min).ln(),
            },
        }
    }
}

/// Which of so many equal parts of the line a place lies in.
fn index_at(place: f64, count: usize) -> usize {
    ((place / (1.0 / count as f64)) as usize).min(count.saturating_sub(1))
}

/// The middle of a part of the line.
fn place_of_index(index: f64, count: usize) -> f64 {
    (index + 0.5) / count.max(1) as f64
}
