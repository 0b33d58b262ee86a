//! The variables an optimizer keeps, in the order in which Keras stores them.

use super::apply::{ACCUMULATOR, AVERAGE};
use super::dynamic_scale::STEPS;
use super::{LearningRate, Optimizer, Slot, Target, Value};
use crate::{DType, Tensor};

/// One variable of an optimizer.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name in the graph: `optimizer/iteration`, `optimizer/learning_rate`, or `optimizer/`, the slot and the
    /// path of the weight it belongs to, such as `optimizer/momentum/dense/kernel`.
    pub name: String,
    /// The name Keras gives it, such as `dense_kernel_momentum`.
    pub keras_name: String,
    /// The path of the weight it belongs to, if it does to one.
    pub weight: Option<String>,
    /// Its element type.
    pub dtype: DType,
    /// Its shape.
    pub shape: Vec<usize>,
    /// What it holds.
    pub value: Value,
    /// Whether Keras' files hold it.
    pub filed: bool,
}

impl Variable {
    /// Whether Keras has it before the optimizer has seen weights.
    pub(crate) fn is_there_at_once(&self) -> bool {
        self.weight.is_none() && ["iteration", "learning_rate"].contains(&self.keras_name.as_str())
    }

    /// Whether it is a variable of the graph.
    pub(crate) fn is_kept(&self) -> bool {
        matches!(self.value, Value::Number(_) | Value::Weight)
    }

    /// What it begins with, given the value of its weight; nothing for what is an input of the graph.
    pub(crate) fn initial(&self, weight: Option<&Tensor>) -> Option<Tensor> {
        match self.value {
            Value::Iteration | Value::LearningRate => None,
            Value::Number(value) | Value::Unused(value) => {
                Some(Tensor::full(self.shape.clone(), value).cast(self.dtype))
            }
            Value::Weight => weight.cloned(),
        }
    }
}

/// The variables of an optimizer of these weights (path and shape), in the order of Keras' `optimizer.variables`:
/// the one of `optimizer/vars/0`, `optimizer/vars/1`, … in a file.
///
/// Iteration and learning rate, which Keras counts among them, are inputs of the step's graph rather than
/// variables in it. Where the learning rate is a schedule, there is none.
///
/// ```
/// use cornu::optimizers::{SGD, variables};
/// let optimizer = SGD::new(0.1).momentum(0.9);
/// let found = variables(&optimizer, &[("dense/kernel", vec![3, 4]), ("dense/bias", vec![4])]);
/// let names: Vec<&str> = found.iter().map(|variable| variable.keras_name.as_str()).collect();
/// assert_eq!(names, ["iteration", "learning_rate", "dense_kernel_momentum", "dense_bias_momentum"]);
/// ```
pub fn variables(optimizer: &dyn Optimizer, weights: &[(&str, Vec<usize>)]) -> Vec<Variable> {
    let base = optimizer.base();
    let fed = |name: &str, dtype, value| Variable {
        name: format!("optimizer/{name}"),
        keras_name: name.into(),
        weight: None,
        dtype,
        shape: Vec::new(),
        value,
        filed: true,
    };
    let mut variables = match optimizer.dynamic_scale() {
        Some(scale) => scale.variables(),
        None => vec![fed("iteration", DType::I64, Value::Iteration)],
    };
    if let LearningRate::Constant(_) = base.learning_rate {
        variables.push(fed("learning_rate", DType::F32, Value::LearningRate));
    }
    let accumulates = base.gradient_accumulation_steps.is_some_and(|steps| steps > 0);
    for (used, name) in [(base.use_ema, AVERAGE), (accumulates, ACCUMULATOR)] {
        let weights = weights.iter().filter(|_| used);
        variables.extend(weights.map(|(path, shape)| of_weight(&Slot::new(name), path, shape)));
    }
    // Keras does not notice what an inner optimizer makes by hand: what is shared, and what is not needed.
    let is_inner = optimizer.dynamic_scale().is_some();
    let slots: Vec<Vec<Slot>> =
        weights.iter().map(|(path, shape)| optimizer.slots(&Target { path, shape })).collect();
    let passes = slots.iter().flatten().map(|slot| slot.pass + 1).max().unwrap_or(0);
    for pass in 0..passes {
        for (at, ((path, shape), slots)) in weights.iter().zip(&slots).enumerate() {
            let slots = slots.iter().filter(|slot| {
                slot.pass == pass && (at == 0 || !slot.shared) && (slot.is_kept() || !is_inner)
            });
            variables.extend(
                slots.map(|slot| Variable {
                    filed: !(slot.shared && is_inner),
                    ..of_weight(slot, path, shape)
                }),
            );
        }
    }
    variables
}

fn of_weight(slot: &Slot, path: &str, shape: &[usize]) -> Variable {
    let keras_name = || format!("{}_{}", path.replace('/', "_"), slot.name);
    Variable {
        name: slot.variable(path),
        keras_name: slot.keras_name.clone().unwrap_or_else(keras_name),
        weight: (!slot.shared).then(|| path.into()),
        // Numbers nobody needs are integers in Keras.
        dtype: if slot.is_kept() { DType::F32 } else { DType::I32 },
        shape: slot.shape.clone().unwrap_or_else(|| shape.into()),
        value: slot.value,
        filed: true,
    }
}

/// The variable that takes the place of the weight at this path when `fit` ends, if one does: its moving average
/// (Keras' `finalize_variable_values`).
///
/// ```
/// use cornu::optimizers::{Adam, average_of};
/// let optimizer = Adam::default().use_ema(true);
/// assert_eq!(average_of(&optimizer, "dense/kernel").as_deref(), Some("optimizer/average/dense/kernel"));
/// ```
pub fn average_of(optimizer: &dyn Optimizer, path: &str) -> Option<String> {
    optimizer.base().use_ema.then(|| Slot::new(AVERAGE).variable(path))
}

/// The variable in which the optimizer itself counts the steps it has done, if it leaves some out: then that count is
/// the one to go on from.
pub fn steps_of(optimizer: &dyn Optimizer) -> Option<&'static str> {
    optimizer.dynamic_scale().map(|_| STEPS)
}
