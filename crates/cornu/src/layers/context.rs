//! What a layer sees of its model: when it declares weights, and when it is called.

use crate::constraints::Constraint;
use crate::graph::{Builder, Var};
use crate::initializers::Initializer;
use crate::registry::{Config, Handle};
use crate::regularizers::Regularizer;
use crate::{DType, Kind, Result, Shape, Tensor};
use serde_json::Value;

use super::Layer;

/// A weight as a layer declares it.
#[derive(Debug, Clone)]
pub struct Weight {
    /// Its name in the layer: `kernel`.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// How its first values are made.
    pub initializer: Handle<dyn Initializer>,
    /// Its penalty.
    pub regularizer: Option<Handle<dyn Regularizer>>,
    /// Its projection after each update.
    pub constraint: Option<Handle<dyn Constraint>>,
    /// Whether an optimizer changes it; running statistics it does not.
    pub trainable: bool,
    /// Its first value, where it has one already: a weight of another model.
    pub value: Option<Tensor>,
    /// Whether it lasts from one batch to the next and no longer: it is no weight to be counted, set or saved.
    pub transient: bool,
}

impl Weight {
    /// A trainable weight without penalty or projection.
    pub fn new(
        name: impl Into<String>,
        shape: impl Into<Vec<usize>>,
        initializer: impl Into<Handle<dyn Initializer>>,
    ) -> Self {
        Weight {
            name: name.into(),
            shape: shape.into(),
            initializer: initializer.into(),
            regularizer: None,
            constraint: None,
            trainable: true,
            value: None,
            transient: false,
        }
    }

    /// The weight with a penalty, if there is one.
    #[must_use]
    pub fn regularizer(mut self, regularizer: &Option<Handle<dyn Regularizer>>) -> Self {
        self.regularizer = regularizer.clone();
        self
    }

    /// The weight with a projection, if there is one.
    #[must_use]
    pub fn constraint(mut self, constraint: &Option<Handle<dyn Constraint>>) -> Self {
        self.constraint = constraint.clone();
        self
    }

    /// The weight as a state that lasts from one batch to the next, such as that of a stateful recurrent layer.
    #[must_use]
    pub fn transient(self) -> Self {
        Weight { transient: true, ..self.running() }
    }

    /// The weight as a running statistic that no optimizer changes.
    #[must_use]
    pub fn running(mut self) -> Self {
        self.trainable = false;
        self
    }
}

/// What a layer sees while it declares its weights.
pub struct Build<'a> {
    layer: &'a dyn Layer,
    sources: &'a [String],
    pub(crate) weights: Vec<Weight>,
}

impl<'a> Build<'a> {
    /// For a layer whose inputs come from the layers of these names.
    pub fn new(layer: &'a dyn Layer, sources: &'a [String]) -> Self {
        Build { layer, sources, weights: Vec::new() }
    }

    /// Declares a weight.
    ///
    /// # Errors
    /// If its initializer, regularizer or constraint is unknown or has bad arguments.
    pub fn add_weight(&mut self, weight: Weight) -> Result<()> {
        let check = || -> Result<()> {
            weight.initializer.get()?;
            weight.regularizer.as_ref().map(|it| it.get()).transpose()?;
            weight.constraint.as_ref().map(|it| it.get()).transpose()?;
            Ok(())
        };
        check().map_err(|error| self.layer.blame(error))?;
        self.weights.push(weight);
        Ok(())
    }

    /// Declares the weights of a layer that this one holds: of a wrapper's layer, a recurrent layer's cell, a model's
    /// layers. They are this layer's, under the held layer's name, as in `cell/kernel`.
    ///
    /// # Errors
    /// If its arguments or the shapes do not suit it.
    pub fn build_inner(&mut self, inner: &dyn Layer, inputs: &[Shape]) -> Result<()> {
        inner.check_arguments().map_err(|message| inner.error(message))?;
        inner.check_input_count(inputs.len())?;
        let mut cx = Build::new(inner, self.sources);
        inner.build(&mut cx, inputs)?;
        for mut weight in cx.weights {
            weight.name = inner_name(inner, &weight.name);
            weight.trainable &= inner.base().trainable;
            self.weights.push(weight);
        }
        Ok(())
    }

    /// The length of an axis of an input, which must be known.
    ///
    /// # Errors
    /// If the axis does not exist or its length is unknown.
    pub fn known_axis(&self, shape: &Shape, axis: isize) -> Result<usize> {
        let found =
            shape.axis(axis).ok_or_else(|| self.error(format!("has no axis {axis} in its input {shape}")))?;
        shape[found].ok_or_else(|| {
            self.error(format!("needs to know axis {axis} of its input, got {shape}{}", self.from()))
        })
    }

    /// ` from `name``, where the input's layer is known.
    fn from(&self) -> String {
        self.sources.first().map_or(String::new(), |name| format!(" from `{name}`"))
    }

    /// An error in the layer.
    pub fn error(&self, message: impl Into<String>) -> crate::Error {
        self.layer.error(message)
    }
}

/// What a layer sees while it is called.
pub struct Call<'a, 'g> {
    pub(crate) layer: &'a dyn Layer,
    /// The layer's name, behind those of the layers that hold it.
    pub(crate) path: &'a str,
    /// Whether a layer that holds this one is frozen.
    pub(crate) frozen: bool,
    pub(crate) sources: &'a [String],
    pub(crate) builder: &'g Builder,
    /// The (seed, step) pair of random numbers; `None` outside training.
    pub(crate) seed: Option<Var<'g>>,
    /// The layer's weights with their paths.
    pub(crate) weights: &'a [(String, Weight)],
    /// The values of these weights.
    pub(crate) values: &'a [Var<'g>],
    /// The mask that came with each input.
    pub(crate) masks: &'a [Option<Var<'g>>],
    /// What the call was given beside the inputs.
    pub(crate) arguments: &'a Arguments<Var<'g>>,
    pub(crate) losses: Vec<Var<'g>>,
    pub(crate) updates: Vec<(String, Var<'g>)>,
    /// The masks of the results, where the layer said.
    pub(crate) given_masks: Option<Vec<Option<Var<'g>>>>,
}

/// What a layer is given by name when it is called, beside its inputs: Keras' keyword arguments of `call`.
#[derive(Debug, Clone)]
pub struct Arguments<T> {
    /// Tensors, such as `attention_mask`.
    pub tensors: Vec<(String, T)>,
    /// Everything else, such as `use_causal_mask`.
    pub values: Config,
}

impl<T> Default for Arguments<T> {
    fn default() -> Self {
        Arguments { tensors: Vec::new(), values: Config::new() }
    }
}

impl<T> Arguments<T> {
    /// The same with other tensors, each of which may be refused.
    pub(crate) fn try_map<U>(&self, mut change: impl FnMut(&T) -> Result<U>) -> Result<Arguments<U>> {
        let tensors = self.tensors.iter().map(|(name, tensor)| Ok((name.clone(), change(tensor)?)));
        Ok(Arguments { tensors: tensors.collect::<Result<_>>()?, values: self.values.clone() })
    }

    /// The same with other tensors.
    pub(crate) fn map<U>(&self, mut change: impl FnMut(&T) -> U) -> Arguments<U> {
        let tensors = self.tensors.iter().map(|(name, tensor)| (name.clone(), change(tensor))).collect();
        Arguments { tensors, values: self.values.clone() }
    }
}

impl<'g> Call<'_, 'g> {
    /// The mask that came with an input: booleans, usually (batch, time), false where a step does not count. For the
    /// first input it may have been given by name, as `mask`.
    pub fn mask(&self, input: usize) -> Option<Var<'g>> {
        let given = self.tensor("mask").filter(|_| input == 0);
        given.or_else(|| self.masks.get(input).copied().flatten())
    }

    /// Says which masks the results carry, one a result. A layer that says nothing passes the first input's mask on
    /// to each result if it [supports masking](Layer::supports_masking), and drops it otherwise.
    pub fn set_masks(&mut self, masks: impl IntoIterator<Item = Option<Var<'g>>>) {
        self.given_masks = Some(masks.into_iter().collect());
    }

    /// The masks of `count` results.
    pub(crate) fn result_masks(&mut self, count: usize) -> Vec<Option<Var<'g>>> {
        let passed = self.mask(0).filter(|_| self.layer.supports_masking());
        let mut masks = self.given_masks.take().unwrap_or_else(|| vec![passed; count]);
        masks.resize(count, None);
        masks
    }

    /// A tensor the call was given by name, such as `attention_mask`.
    pub fn tensor(&self, name: &str) -> Option<Var<'g>> {
        self.arguments.tensors.iter().find(|(known, _)| known == name).map(|(_, tensor)| *tensor)
    }

    /// All tensors the call was given by this name, such as those of `initial_state`.
    pub fn tensors(&self, name: &str) -> Vec<Var<'g>> {
        self.arguments.tensors.iter().filter(|(known, _)| known == name).map(|(_, tensor)| *tensor).collect()
    }

    /// What the call was given by name beside tensors, such as `use_causal_mask`.
    pub fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.values.get(name)
    }

    /// Whether the model is being trained.
    pub fn training(&self) -> bool {
        self.seed.is_some()
    }

    /// Whether the layer's weights are trained: not when it is frozen.
    pub fn trainable(&self) -> bool {
        self.layer.base().trainable && !self.frozen
    }

    /// Calls a layer that this one holds and whose weights it declared by [`Build::build_inner`]. Penalties and running
    /// statistics become this layer's.
    ///
    /// # Errors
    /// If the inputs do not suit it.
    pub fn call_inner(
        &mut self,
        inner: &dyn Layer,
        inputs: &[Var<'g>],
        masks: &[Option<Var<'g>>],
        arguments: &Arguments<Var<'g>>,
    ) -> Result<Inner<'g>> {
        self.inside(inner, masks, arguments, |cx| {
            let outputs = inner.call(cx, &readable(inner, inputs))?.0;
            cx.refused()?;
            let masks = cx.result_masks(outputs.len());
            Ok(Inner { outputs, masks })
        })
    }

    /// Does something in the place of a layer that this one holds, with its weights.
    pub(crate) fn inside<R>(
        &mut self,
        inner: &dyn Layer,
        masks: &[Option<Var<'g>>],
        arguments: &Arguments<Var<'g>>,
        run: impl FnOnce(&mut Call<'_, 'g>) -> Result<R>,
    ) -> Result<R> {
        let own = inner_name(inner, "");
        let mut weights = Vec::new();
        let mut values = Vec::new();
        for ((path, weight), value) in self.weights.iter().zip(self.values) {
            if let Some(name) = weight.name.strip_prefix(&own) {
                weights.push((path.clone(), Weight { name: name.to_owned(), ..weight.clone() }));
                values.push(latest(&self.updates, path).unwrap_or(*value));
            }
        }
        let mut cx = Call {
            layer: inner,
            path: &format!("{}/{}", self.path, inner.inner_name()),
            frozen: !self.trainable(),
            sources: self.sources,
            builder: self.builder,
            seed: self.seed,
            weights: &weights,
            values: &values,
            masks,
            arguments,
            losses: Vec::new(),
            updates: Vec::new(),
            given_masks: None,
        };
        let result = run(&mut cx).map_err(|error| inner.blame(error))?;
        let Call { losses, updates, .. } = cx;
        self.losses.extend(losses);
        self.updates.extend(updates);
        Ok(result)
    }

    /// Does something with other arguments beside the inputs.
    pub(crate) fn with_arguments<R>(
        &mut self,
        arguments: &Arguments<Var<'g>>,
        run: impl FnOnce(&mut Call<'_, 'g>) -> Result<R>,
    ) -> Result<R> {
        let mut cx = Call {
            arguments,
            losses: std::mem::take(&mut self.losses),
            updates: std::mem::take(&mut self.updates),
            given_masks: self.given_masks.take(),
            ..*self
        };
        let result = run(&mut cx);
        let Call { losses, updates, given_masks, .. } = cx;
        (self.losses, self.updates, self.given_masks) = (losses, updates, given_masks);
        result
    }

    /// The graph.
    pub fn builder(&self) -> &'g Builder {
        self.builder
    }

    /// The path and the value of a declared weight.
    fn declared(&self, name: &str) -> Result<(&str, Var<'g>)> {
        self.weights
            .iter()
            .zip(self.values)
            .find(|((_, weight), _)| weight.name == name)
            .map(|((path, _), value)| (path.as_str(), *value))
            .ok_or_else(|| self.error(format!("asks for the weight `{name}`, which it did not declare")))
    }

    /// A declared weight.
    ///
    /// # Errors
    /// If the layer did not declare it.
    pub fn weight(&self, name: &str) -> Result<Var<'g>> {
        Ok(self.declared(name)?.1)
    }

    /// Sets a running statistic's value after the step.
    ///
    /// # Errors
    /// If the layer did not declare it.
    pub fn update(&mut self, name: &str, value: Var<'g>) -> Result<()> {
        let path = self.declared(name)?.0.to_owned();
        self.updates.push((path, value));
        Ok(())
    }

    /// Uniform numbers in `[0, 1)` that are new at each step; `tag` tells a layer's several draws apart,
    /// `seed` replaces the model's stream for this layer. Outside training there are none.
    pub fn uniform(&self, tag: &str, seed: Option<u64>, shape: impl Into<Shape>) -> Option<Var<'g>> {
        let stream = match seed {
            Some(seed) => format!("{tag} {seed}"),
            None => format!("{}/{tag}", self.path),
        };
        Some(self.seed?.random(cornu_engine::rng::stream_of(&stream), shape))
    }

    /// Normally distributed numbers of mean 0 and variance 1 that are new at each step; arguments are those of
    /// [`Call::uniform`].
    pub fn normal(&self, tag: &str, seed: Option<u64>, shape: impl Into<Shape>) -> Option<Var<'g>> {
        // Box and Muller: a length and a direction.
        let shape = shape.into();
        let turn = self.uniform(&format!("{tag} direction"), seed, shape.clone())?;
        let length = (1.0 - self.uniform(&format!("{tag} length"), seed, shape)?).ln() * -2.0;
        Some(length.sqrt() * cosine_of_turns(turn))
    }

    /// Adds an activity penalty on a result to the model's loss, divided by the batch size as Keras does.
    ///
    /// # Errors
    /// If the regularizer is unknown or has bad arguments.
    pub fn penalize(&mut self, regularizer: Option<&Handle<dyn Regularizer>>, y: Var<'g>) -> Result<()> {
        if let Some(regularizer) = regularizer
            && let Some(Some(batch)) = y.shape().dims().first().copied()
        {
            let penalty = regularizer.get().map_err(|error| self.layer.blame(error))?.call(y);
            self.add_loss(penalty / batch as f64);
        }
        Ok(())
    }

    /// Checks that an input has so many axes.
    ///
    /// # Errors
    /// If it has more or fewer.
    pub fn expect_rank(&self, input: Var<'g>, wanted: usize) -> Result<()> {
        if input.rank() == wanted {
            return Ok(());
        }
        let from = self.sources.first().map_or(String::new(), |name| format!(" from `{name}`"));
        Err(self.error(format!("expects an input of {wanted} axes, got {}{from}", input.shape())))
    }

    /// Whether the call was given this flag, such as `use_causal_mask`.
    ///
    /// # Errors
    /// If what it was given is neither true nor false.
    pub fn flag(&self, name: &str) -> Result<bool> {
        match self.argument(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.error(format!("expects {name} to be true or false, got {other}"))),
        }
    }

    /// Adds a penalty to the model's loss.
    pub fn add_loss(&mut self, penalty: Var<'g>) {
        self.losses.push(penalty);
    }

    /// Checks that an input has the length of the axis the layer was built for.
    ///
    /// # Errors
    /// If it has another, in the form `expects axis -1 of its input to be 64, got (None, 32) from `flatten``.
    pub fn expect_axis(&self, input: Var<'g>, axis: isize, wanted: usize) -> Result<()> {
        let shape = input.shape();
        match shape.axis(axis).map(|at| shape[at]) {
            Some(None) => Ok(()),
            Some(Some(length)) if length == wanted => Ok(()),
            _ => {
                let from = self.sources.first().map_or(String::new(), |name| format!(" from `{name}`"));
                Err(self.error(format!("expects axis {axis} of its input to be {wanted}, got {shape}{from}")))
            }
        }
    }

    /// An error in the layer.
    pub fn error(&self, message: impl Into<String>) -> crate::Error {
        self.layer.error(message)
    }

    /// What the graph refused while the layer was called, as an error in the layer.
    pub(crate) fn refused(&self) -> Result<()> {
        self.builder.check().map_err(|error| match error.kind() {
            cornu_engine::Kind::InScope { source, .. } => self.error(format!("cannot be called: {source}")),
            _ => Kind::Engine(error).into(),
        })
    }
}

/// What calling a held layer gives.
#[derive(Debug, Clone, Default)]
pub struct Inner<'g> {
    /// Its results.
    pub outputs: Vec<Var<'g>>,
    /// Their masks.
    pub masks: Vec<Option<Var<'g>>>,
}

/// The values as a layer reads them: integers and truth values as `float32`, unless it takes them as they are.
pub(crate) fn readable<'g>(layer: &dyn Layer, inputs: &[Var<'g>]) -> Vec<Var<'g>> {
    let exact = |x: &Var<'g>| layer.reads_integers() || x.dtype().is_float();
    inputs.iter().map(|x| if exact(x) { *x } else { x.cast(DType::F32) }).collect()
}

fn inner_name(inner: &dyn Layer, name: &str) -> String {
    format!("{}/{name}", inner.inner_name())
}

/// The value a statistic has by now, where a call before has changed it: a layer called twice goes on from there.
pub(crate) fn latest<'g>(updates: &[(String, Var<'g>)], path: &str) -> Option<Var<'g>> {
    updates.iter().rev().find(|(known, _)| known == path).map(|(_, value)| *value)
}

/// What a call gives: usually one value.
#[derive(Debug, Clone, Default)]
pub struct Outputs<'g>(pub Vec<Var<'g>>);

impl<'g> From<Var<'g>> for Outputs<'g> {
    fn from(value: Var<'g>) -> Self {
        Outputs(vec![value])
    }
}

impl<'g> From<Vec<Var<'g>>> for Outputs<'g> {
    fn from(values: Vec<Var<'g>>) -> Self {
        Outputs(values)
    }
}

/// The cosine of a part of a full turn, of 0 to 1, by its series around the half turn: within 1e-6.
pub(super) fn cosine_of_turns(turn: Var<'_>) -> Var<'_> {
    const TERMS: u32 = 10;
    let squared = ((turn - 0.5) * std::f64::consts::TAU).square();
    let term = |k: u32| -1.0 / f64::from((2 * k - 1) * (2 * k));
    let series = (1..=TERMS).rev().fold(turn.constant(1.0), |sum, k| sum * squared * term(k) + 1.0);
    -series
}

#[cfg(test)]
mod tests {
    use super::cosine_of_turns;
    use crate::Tensor;
    use crate::eager::evaluate;

    #[test]
    fn the_series_is_the_cosine() {
        let turns: Vec<f32> = (0..200).map(|at| at as f32 / 200.0).collect();
        let found =
            evaluate(&[&Tensor::from(turns.clone())], &|x| cosine_of_turns(x[0])).unwrap().to_vec::<f32>();
        for (turn, found) in turns.iter().zip(found) {
            assert!(((turn * std::f32::consts::TAU).cos() - found).abs() < 2e-6, "{turn}: {found}");
        }
    }
}
