//! The variables an optimizer keeps, in the order in which Keras stores them.

use super::apply::{ACCUMULATOR, AVERAGE};
use super::{Optimizer, Slots};
use crate::DType;

/// One variable of an optimizer.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name in the graph: `optimizer/iteration`, `optimizer/learning_rate`, or `optimizer/`, the slot and the
    /// path of the weight it belongs to, such as `optimizer/momentum/dense/kernel`.
    pub name: String,
    /// The name Keras gives it, such as `dense_kernel_momentum`.
    pub keras_name: String,
    /// Its element type.
    pub dtype: DType,
    /// Its shape.
    pub shape: Vec<usize>,
    /// The value of all its elements before the first step.
    pub initial: f32,
}

/// The variables of an optimizer of these weights (path and shape), in the order of Keras' `optimizer.variables`:
/// the one of `optimizer/vars/0`, `optimizer/vars/1`, … in a file.
///
/// Iteration and learning rate, which Keras counts among them, are inputs of the step's graph rather than
/// variables in it.
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
    let scalar = |name: &str, dtype, initial| Variable {
        name: format!("optimizer/{name}"),
        keras_name: name.into(),
        dtype,
        shape: Vec::new(),
        initial,
    };
    let mut variables =
        vec![scalar("iteration", DType::I64, 0.0), scalar("learning_rate", DType::F32, base.learning_rate)];
    let accumulates = base.gradient_accumulation_steps.is_some_and(|steps| steps > 0);
    let shared = [(base.use_ema, &[AVERAGE]), (accumulates, &[ACCUMULATOR])];
    let shared = shared.into_iter().filter(|(used, _)| *used).map(|(_, names)| Slots::zeros(names));
    for slots in shared.chain(optimizer.slots()) {
        for (path, shape) in weights {
            variables.extend(slots.names.iter().map(|slot| Variable {
                name: slot_name(slot, path),
                keras_name: format!("{}_{slot}", path.replace('/', "_")),
                dtype: DType::F32,
                shape: shape.clone(),
                initial: slots.initial,
            }));
        }
    }
    variables
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
    optimizer.base().use_ema.then(|| slot_name(AVERAGE, path))
}

/// The name of the variable in this slot of the weight at this path.
pub(super) fn slot_name(slot: &str, path: &str) -> String {
    format!("optimizer/{slot}/{path}")
}
