//! Layers outside of any model, as tests of layers want them.

use super::{Arguments, Build, Call, Layer, Outputs, Weight};
use crate::graph::Var;
use crate::{Result, Shape};

/// What a layer called by [`call`] gives.
#[derive(Debug)]
pub struct Called<'g> {
    /// The layer's results.
    pub outputs: Vec<Var<'g>>,
    /// Penalties it added to the loss. Those of weights are not among them: the model adds them.
    pub losses: Vec<Var<'g>>,
    /// New values of its running statistics, by the weight's name.
    pub updates: Vec<(String, Var<'g>)>,
    /// The mask of each result.
    pub masks: Vec<Option<Var<'g>>>,
}

/// What a layer is called with beside its inputs.
#[derive(Debug, Clone, Default)]
pub struct Given<'g> {
    /// The (seed, step) pair of random numbers: in training there is one.
    pub seed: Option<Var<'g>>,
    /// The masks of the inputs.
    pub masks: Vec<Option<Var<'g>>>,
    /// Keyword arguments.
    pub arguments: Arguments<Var<'g>>,
}

/// The weights a layer declares for inputs of these shapes.
///
/// # Errors
/// If its arguments or the shapes do not suit the layer.
pub fn weights(layer: &dyn Layer, inputs: &[Shape]) -> Result<Vec<Weight>> {
    layer.check_arguments().map_err(|message| layer.error(message))?;
    layer.check_input_count(inputs.len())?;
    let mut cx = Build::new(layer, &[]);
    layer.build(&mut cx, inputs)?;
    Ok(cx.weights)
}

/// Calls a layer on inputs with the values of its declared weights: in training if there is a (seed, step) pair
/// to draw random numbers from.
///
/// ```
/// use cornu::layers::{Dense, alone};
/// use cornu::Tensor;
/// let layer = Dense::new(2).activation("tanh");
/// // The input, the kernel and the bias.
/// let values = [Tensor::from([[0.3, -0.7]]), Tensor::from([[0.1, 0.2], [0.3, 0.4]]), Tensor::from([0.5, 0.6])];
/// let error = cornu_engine::reference::gradient_error(&values, |of| {
///     let weights = alone::weights(&layer, &[of[0].shape()]).expect("the shape suits the layer");
///     let called = alone::call(&layer, &weights, &of[..1], &of[1..], None);
///     called.expect("the shape suits the layer").outputs[0].sum_all()
/// })?;
/// assert!(error < 1e-5);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the inputs do not suit the layer.
pub fn call<'g>(
    layer: &dyn Layer,
    weights: &[Weight],
    inputs: &[Var<'g>],
    values: &[Var<'g>],
    seed: Option<Var<'g>>,
) -> Result<Called<'g>> {
    call_with(layer, weights, inputs, values, &Given { seed, ..Given::default() })
}

/// As [`call`], with masks and keyword arguments.
///
/// # Errors
/// If the inputs do not suit the layer.
pub fn call_with<'g>(
    layer: &dyn Layer,
    weights: &[Weight],
    inputs: &[Var<'g>],
    values: &[Var<'g>],
    given: &Given<'g>,
) -> Result<Called<'g>> {
    let Some(builder) = inputs.first().map(|input| input.builder()) else {
        return Err(layer.error("is called on nothing"));
    };
    let named: Vec<(String, Weight)> =
        weights.iter().map(|weight| (weight.name.clone(), weight.clone())).collect();
    let mut cx = Call {
        layer,
        path: layer.base().name(),
        frozen: false,
        sources: &[],
        builder,
        seed: given.seed,
        weights: &named,
        values,
        masks: &given.masks,
        arguments: &given.arguments,
        losses: Vec::new(),
        updates: Vec::new(),
        given_masks: None,
    };
    let Outputs(outputs) = layer.call(&mut cx, inputs)?;
    cx.refused()?;
    let masks = cx.result_masks(outputs.len());
    Ok(Called { outputs, losses: cx.losses, updates: cx.updates, masks })
}
