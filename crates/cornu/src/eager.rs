//! Formulas computed on tensors at once, outside of any model.

use cornu_engine::exec::{State, Workspace};
use cornu_engine::plan::Plan;

use crate::graph::{Builder, Var};
use crate::{Error, Result, Tensor};

/// The value of a formula of some tensors, by the kernels that models run on. The formula comes as a `dyn Fn`, for
/// this function has dozens of callers and need not be compiled for each.
pub(crate) fn evaluate(
    inputs: &[&Tensor],
    formula: &dyn for<'g> Fn(&[Var<'g>]) -> Var<'g>,
) -> Result<Tensor> {
    let values = evaluate_all(inputs, &|inputs| Ok(vec![formula(inputs)]))?;
    values.into_iter().next().ok_or_else(|| Error::model("the formula gives nothing"))
}

/// The values of several formulas, as [`evaluate`] computes one.
pub(crate) fn evaluate_all(
    inputs: &[&Tensor],
    formulas: &dyn for<'g> Fn(&[Var<'g>]) -> Result<Vec<Var<'g>>>,
) -> Result<Vec<Tensor>> {
    let builder = Builder::new();
    let named = inputs.iter().enumerate().map(|(at, tensor)| (at.to_string(), tensor));
    let vars: Vec<Var<'_>> =
        named.map(|(name, tensor)| builder.input(name, tensor.to_shape(), tensor.dtype())).collect();
    let values = formulas(&vars)?;
    values.iter().enumerate().for_each(|(at, value)| builder.output(at.to_string(), *value));
    let count = values.len();
    drop((vars, values));
    let plan = Plan::new(&builder.finish()?)?;
    let given = |name: &str| name.parse().ok().and_then(|at: usize| inputs.get(at).copied());
    let feeds: Option<Vec<&Tensor>> = plan.feeds().iter().map(|slot| given(&slot.name)).collect();
    let feeds = feeds.ok_or_else(|| Error::model("a formula may use the tensors it is given alone"))?;
    let mut workspace = Workspace::new();
    plan.infer(&mut workspace, &State::default(), &feeds)?;
    (0..count).map(|at| Ok(plan.output(&workspace, &at.to_string())?)).collect()
}
