//! Symbolic tensors: how layers are connected before there is a model.

use std::panic::Location;
use std::sync::Arc;

use serde_json::Value;

use crate::layers::{Arguments, Input, Layer};
use crate::models::Model;
use crate::{Result, Shape, Tensor};

/// A tensor of a model to be: the result of calling a layer on other such tensors. Cheap to clone.
///
/// ```
/// use cornu::layers::{Concatenate, Dense, Input};
/// use cornu::{Connect, Model};
/// let wide = Input::new([5]).name("wide").tensor();
/// let deep = Input::new([6]).name("deep").tensor();
/// let hidden = Dense::new(30).activation("relu").on(&deep);
/// let both = Concatenate::new().on([&wide, &hidden]);
/// let price = Dense::new(1).name("price").on(&both);
/// assert_eq!(price.shape()?.to_string(), "(None, 1)");
/// let model = Model::new([&wide, &deep], &price)?;
/// assert_eq!(model.output_names()?, ["price"]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone)]
pub struct KerasTensor {
    pub(crate) call: Arc<SymbolicCall>,
    pub(crate) output: usize,
}

/// A layer called on tensors.
pub(crate) struct SymbolicCall {
    pub(crate) layer: Arc<Placed>,
    pub(crate) inputs: Vec<KerasTensor>,
    pub(crate) arguments: Arguments<KerasTensor>,
}

/// A layer that is one layer wherever it is called.
pub(crate) struct Placed {
    pub(crate) layer: Box<dyn Layer>,
    /// The weights it has already, of another model; empty where they are yet to be made.
    pub(crate) values: Vec<Tensor>,
}

impl Placed {
    fn new(mut layer: Box<dyn Layer>, at: &'static Location<'static>) -> Arc<Self> {
        layer.base_mut().at.get_or_insert(at);
        Arc::new(Placed { layer, values: Vec::new() })
    }
}

/// A long chain of calls is taken apart link by link: dropping it as a whole would recurse as deep as it is long.
impl Drop for SymbolicCall {
    fn drop(&mut self) {
        let mut waiting = std::mem::take(&mut self.inputs);
        while let Some(tensor) = waiting.pop() {
            if let Some(mut call) = Arc::into_inner(tensor.call) {
                waiting.append(&mut call.inputs);
            }
        }
    }
}

impl KerasTensor {
    fn of(layer: Arc<Placed>, called: Called) -> Self {
        let Called { inputs, arguments } = called;
        KerasTensor { call: Arc::new(SymbolicCall { layer, inputs, arguments }), output: 0 }
    }

    pub(crate) fn of_call(
        layer: Arc<Placed>,
        inputs: Vec<KerasTensor>,
        arguments: Arguments<KerasTensor>,
    ) -> Self {
        Self::of(layer, Called { inputs, arguments })
    }

    /// Another result of the same call, for layers that give several: `lstm.output(1)` is the first state of an
    /// LSTM that returns its states. That there is such a result is checked when the model is made.
    #[must_use]
    pub fn output(&self, number: usize) -> KerasTensor {
        KerasTensor { call: self.call.clone(), output: number }
    }

    /// The tensor's shape, the batch axis included.
    ///
    /// # Errors
    /// If a layer on the way to it does not suit its input.
    pub fn shape(&self) -> Result<Shape> {
        Model::traced(self)
    }

    /// The layer whose result this is.
    pub fn layer(&self) -> &dyn Layer {
        self.call.layer.layer.as_ref()
    }
}

impl std::fmt::Debug for KerasTensor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let layer = self.layer().describe();
        match self.shape() {
            Ok(shape) => write!(f, "<KerasTensor shape={shape} of {layer}>"),
            Err(error) => write!(f, "<KerasTensor of {layer}: {error}>"),
        }
    }
}

/// Tensors as a layer is called on them: `&x`, `[&a, &b]`, a `Vec`.
#[derive(Debug, Clone, Default)]
pub struct Called {
    inputs: Vec<KerasTensor>,
    arguments: Arguments<KerasTensor>,
}

impl Called {
    /// A call on these tensors.
    pub fn new(inputs: impl Into<Called>) -> Self {
        inputs.into()
    }

    /// A tensor given by name, such as `attention_mask`.
    #[must_use]
    pub fn tensor(mut self, name: impl Into<String>, tensor: &KerasTensor) -> Self {
        self.arguments.tensors.push((name.into(), tensor.clone()));
        self
    }

    /// Another value given by name, such as `use_causal_mask`.
    #[must_use]
    pub fn argument(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.arguments.values.insert(name.into(), value.into());
        self
    }

    /// The tensors by position.
    pub(crate) fn into_inputs(self) -> Vec<KerasTensor> {
        self.inputs
    }
}

impl From<&KerasTensor> for Called {
    fn from(tensor: &KerasTensor) -> Self {
        vec![tensor.clone()].into()
    }
}

impl From<KerasTensor> for Called {
    fn from(tensor: KerasTensor) -> Self {
        vec![tensor].into()
    }
}

impl<const N: usize> From<[&KerasTensor; N]> for Called {
    fn from(tensors: [&KerasTensor; N]) -> Self {
        tensors.into_iter().cloned().collect::<Vec<_>>().into()
    }
}

impl<const N: usize> From<[KerasTensor; N]> for Called {
    fn from(tensors: [KerasTensor; N]) -> Self {
        Vec::from(tensors).into()
    }
}

impl From<&[KerasTensor]> for Called {
    fn from(tensors: &[KerasTensor]) -> Self {
        tensors.to_vec().into()
    }
}

impl From<Vec<KerasTensor>> for Called {
    fn from(inputs: Vec<KerasTensor>) -> Self {
        Called { inputs, arguments: Arguments::default() }
    }
}

/// Calling layers on symbolic tensors: Keras' `Dense(3)(x)` is `Dense::new(3).on(&x)`.
pub trait Connect: Layer + Sized {
    /// The layer's result for these tensors. Never fails: what is wrong is reported, with the line of this call, when
    /// the model is made. To call one layer several times, make it [`shared`](Connect::shared).
    #[track_caller]
    fn on(self, inputs: impl Into<Called>) -> KerasTensor {
        KerasTensor::of(Placed::new(Box::new(self), Location::caller()), inputs.into())
    }

    /// The layer as one to be called several times, with one set of weights.
    ///
    /// ```
    /// use cornu::layers::{Dense, Input, Subtract};
    /// use cornu::{Connect, Model};
    /// let (a, b) = (Input::new([8]).tensor(), Input::new([8]).tensor());
    /// let tower = Dense::new(4).shared();
    /// let model = Model::new([&a, &b], Subtract::new().on([tower.on(&a), tower.on(&b)]))?;
    /// assert_eq!(model.count_params()?, 8 * 4 + 4);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    #[track_caller]
    fn shared(self) -> Shared {
        Shared { layer: Placed::new(Box::new(self), Location::caller()) }
    }
}

impl<L: Layer> Connect for L {}

impl dyn Layer {
    /// The result of a layer of any class for these tensors, as of [`Connect::on`].
    #[track_caller]
    pub fn on(self: Box<Self>, inputs: impl Into<Called>) -> KerasTensor {
        KerasTensor::of(Placed::new(self, Location::caller()), inputs.into())
    }
}

/// A layer that is called several times with one set of weights.
#[derive(Clone)]
pub struct Shared {
    layer: Arc<Placed>,
}

impl Shared {
    /// The layer's result for these tensors.
    pub fn on(&self, inputs: impl Into<Called>) -> KerasTensor {
        KerasTensor::of(self.layer.clone(), inputs.into())
    }

    /// The layer as plain data.
    pub fn layer(&self) -> &dyn Layer {
        self.layer.layer.as_ref()
    }
}

impl Input {
    /// The input as a symbolic tensor, to call layers on: Keras' `keras.Input(…)`.
    #[track_caller]
    pub fn tensor(self) -> KerasTensor {
        KerasTensor::of(Placed::new(Box::new(self), Location::caller()), Called::default())
    }
}
