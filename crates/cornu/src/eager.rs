//! Formulas computed on tensors at once, outside of any model.

use std::collections::HashMap;

use cornu_engine::reference;

use crate::graph::{Builder, Var};
use crate::{Error, Result, Tensor};

/// The value of a formula of some tensors.
pub(crate) fn evaluate(
    inputs: &[&Tensor],
    formula: impl for<'g> FnOnce(&[Var<'g>]) -> Var<'g>,
) -> Result<Tensor> {
    let builder = Builder::new();
    let mut feeds = HashMap::new();
    let mut input = |(at, tensor): (usize, &&Tensor)| {
        feeds.insert(at.to_string(), (*tensor).clone());
        builder.input(at.to_string(), tensor.to_shape(), tensor.dtype())
    };
    let inputs: Vec<Var<'_>> = inputs.iter().enumerate().map(&mut input).collect();
    builder.output("value", formula(&inputs));
    drop(inputs);
    let mut found = reference::evaluate(&builder.finish()?, &feeds, &HashMap::new())?;
    let value = found.outputs.remove("value").ok_or_else(|| Error::model("the formula has no value"))?;
    Ok(value.to_tensor()?)
}
