//! What an optimizer keeps beside weights.

/// A trained weight as an optimizer knows it before there is a graph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target<'a> {
    /// The weight's path, such as `dense/kernel`.
    pub path: &'a str,
    /// Its shape.
    pub shape: &'a [usize],
}

impl<'a> Target<'a> {
    /// The last part of the path, such as `kernel`: Keras' name of the weight.
    pub fn name(&self) -> &'a str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

/// A variable kept beside a weight.
///
/// ```
/// use cornu::optimizers::{Slot, Value};
/// let slots = [Slot::new("accumulator").value(Value::Number(0.1)), Slot::new("linear")];
/// assert_eq!(slots[1].value, Value::Number(0.0));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// What it is called, such as `momentum`.
    pub name: &'static str,
    /// Its shape, where it is not the weight's.
    pub shape: Option<Vec<usize>>,
    /// What it holds.
    pub value: Value,
    /// In files the slots of pass 0 come first, weight by weight, then those of pass 1, and so on.
    pub pass: usize,
    /// Whether all weights share one, a single number.
    pub shared: bool,
    /// The name Keras gives it, where that is not the weight's path with `_` and the slot's name.
    pub keras_name: Option<String>,
}

impl Slot {
    /// A slot of the weight's shape that begins with zeros.
    pub fn new(name: &'static str) -> Self {
        Slot { name, shape: None, value: Value::Number(0.0), pass: 0, shared: false, keras_name: None }
    }

    /// Slots of the weight's shape that begin with zeros.
    pub fn zeros<const N: usize>(names: [&'static str; N]) -> Vec<Self> {
        names.map(Slot::new).into()
    }

    /// A single number that all weights share.
    pub fn shared(name: &'static str) -> Self {
        Slot { shape: Some(Vec::new()), shared: true, ..Slot::new(name) }
    }

    crate::setters! {
        /// Its shape, where it is not the weight's.
        shape: some into Vec<usize>;
        /// What it holds.
        value: Value;
        /// In files the slots of pass 0 come first, weight by weight, then those of pass 1, and so on.
        pass: usize;
        /// The name Keras gives it.
        keras_name: some into String;
    }

    /// The name of its variable beside the weight at this path.
    pub(super) fn variable(&self, path: &str) -> String {
        if self.shared {
            format!("optimizer/{}", self.name)
        } else {
            format!("optimizer/{}/{path}", self.name)
        }
    }

    /// Whether graphs read it.
    pub(super) fn is_kept(&self) -> bool {
        !matches!(self.value, Value::Unused(_))
    }
}

/// What a variable of an optimizer holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// The number of steps done, which is an input of the step's graph.
    Iteration,
    /// The learning rate, which is an input of the step's graph.
    LearningRate,
    /// This number in all elements before the first step.
    Number(f32),
    /// The weight before the first step.
    Weight,
    /// This number for ever: nothing reads it, but it has its place in Keras' files.
    Unused(f32),
}
