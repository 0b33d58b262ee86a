//! Layers outside of any model, as tests of layers want them.

use super::{Arguments, Build, Call, Layer, Outputs, Weight};
use crate::data::Data;
use crate::eager::evaluate_all;
use crate::graph::Var;
use crate::{DType, Result, Shape, Tensor};

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

/// The results of a layer for data at once, outside training, with the tensors it is given by name: the part that
/// works on data, then the graph.
///
/// ```
/// use cornu::layers::{CategoryEncoding, alone};
/// use cornu::{Data, Tensor};
/// let layer = CategoryEncoding::new(3).output_mode("count");
/// let (x, weights) = (Tensor::from([[0i64, 2, 2]]), Tensor::from([[0.5f32, 1.0, 2.0]]));
/// let counts = alone::apply(&layer, &[x.into()], &[("count_weights", &weights)])?;
/// assert_eq!(counts, [Data::from(Tensor::from([[0.5f32, 0.0, 3.0]]))]);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the data does not suit the layer, or it has weights that are trained, which only a model keeps.
pub fn apply(layer: &dyn Layer, inputs: &[Data], named: &[(&str, &Tensor)]) -> Result<Vec<Data>> {
    let shapes: Vec<Shape> = inputs.iter().map(Data::to_shape).collect();
    let declared = weights(layer, &shapes)?;
    if let Some(trained) = declared.iter().find(|weight| weight.trainable) {
        let name = &trained.name;
        return Err(
            layer.error(format!("has weights, such as `{name}`, that only a model keeps: add it to one"))
        );
    }
    let values = declared.iter().map(|weight| match &weight.value {
        Some(value) => Ok(value.clone()),
        None => weight.initializer.get()?.call(&weight.shape, 0, &weight.name),
    });
    let values = values.collect::<Result<Vec<Tensor>>>()?;
    let prepared = match layer.ahead() {
        Some(ahead) => ahead.prepare(inputs)?,
        None => inputs.to_vec(),
    };
    let numbers: Option<Vec<Tensor>> = prepared
        .iter()
        .map(|data| {
            let tensor = data.tensor()?;
            let exact = layer.reads_integers() && !tensor.dtype().is_float();
            Some(if exact { tensor.clone() } else { tensor.cast(DType::F32) })
        })
        .collect();
    let Some(numbers) = numbers else {
        // Strings are results of what works on data; a graph has none.
        return if layer.ahead().is_some() {
            Ok(prepared)
        } else {
            Err(layer.error("reads numbers, got strings"))
        };
    };
    let given: Vec<&Tensor> =
        numbers.iter().chain(&values).chain(named.iter().map(|(_, tensor)| *tensor)).collect();
    let results = evaluate_all(&given, &|vars| {
        let (inputs, rest) = vars.split_at(numbers.len());
        let (values, tensors) = rest.split_at(values.len());
        let tensors = named.iter().zip(tensors).map(|((name, _), var)| ((*name).to_owned(), *var)).collect();
        let arguments = Arguments { tensors, ..Arguments::default() };
        let given = Given { arguments, ..Given::default() };
        Ok(call_with(layer, &declared, inputs, values, &given)?.outputs)
    })?;
    Ok(results.into_iter().map(Data::Numbers).collect())
}
