//! Activation functions, by name or as values.

mod celu;
mod elu;
mod exponential;
mod gelu;
mod glu;
mod hard_shrink;
mod hard_sigmoid;
mod hard_silu;
mod hard_tanh;
mod layers;
mod leaky_relu;
mod linear;
mod log_sigmoid;
mod log_softmax;
mod mish;
mod relu;
mod relu6;
mod selu;
mod sigmoid;
mod silu;
mod soft_shrink;
mod softmax;
mod softplus;
mod softsign;
mod sparse_plus;
mod sparse_sigmoid;
mod sparsemax;
mod squareplus;
mod tanh;
mod tanh_shrink;
mod threshold;

pub use celu::Celu;
pub use elu::Elu;
pub use exponential::Exponential;
pub use gelu::Gelu;
pub use glu::Glu;
pub use hard_shrink::HardShrink;
pub use hard_sigmoid::HardSigmoid;
pub use hard_silu::HardSilu;
pub use hard_tanh::HardTanh;
pub use leaky_relu::LeakyRelu;
pub use linear::Linear;
pub use log_sigmoid::LogSigmoid;
pub use log_softmax::LogSoftmax;
pub use mish::Mish;
pub use relu::Relu;
pub use relu6::Relu6;
pub use selu::Selu;
pub use sigmoid::Sigmoid;
pub use silu::Silu;
pub use soft_shrink::SoftShrink;
pub use softmax::Softmax;
pub use softplus::Softplus;
pub use softsign::Softsign;
pub use sparse_plus::SparsePlus;
pub use sparse_sigmoid::SparseSigmoid;
pub use sparsemax::Sparsemax;
pub use squareplus::Squareplus;
pub use tanh::Tanh;
pub use tanh_shrink::TanhShrink;
pub use threshold::Threshold;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::graph::Var;
use crate::registry::{Config, Configured, Family};
use crate::{Error, Result, Tensor, eager};

/// A function between layers: elementwise, or along one axis in the manner of `softmax`.
///
/// One of your own:
///
/// ```
/// use cornu::activations::Activation;
/// use cornu::graph::Var;
/// use cornu::registry::{Config, Configured};
/// use cornu::Tensor;
///
/// /// `x / (1 + x²)`.
/// #[derive(Debug)]
/// struct Bump;
///
/// impl Configured for Bump {
///     fn class_name(&self) -> &str { "Bump" }
///     fn config(&self) -> Config { Config::new() }
/// }
///
/// impl Activation for Bump {
///     fn call<'g>(&self, x: Var<'g>) -> Var<'g> { x / (x.square() + 1.0) }
/// }
///
/// let layer = cornu::layers::Dense::new(8).activation(Bump);
/// assert_eq!(Bump.evaluate(&Tensor::from([1.0f32, -1.0]))?, Tensor::from([0.5f32, -0.5]));
/// # drop(layer);
/// # Ok::<(), cornu::Error>(())
/// ```
pub trait Activation: Configured {
    /// Appends the function of `x`, a value of a float type, to the graph. The shape stays (but for `glu`).
    fn call<'g>(&self, x: Var<'g>) -> Var<'g>;

    /// Keras' layer of this function, if it has one that takes these arguments: in a file, a function is a
    /// name and cannot have arguments, while a layer in its place can.
    fn as_layer(&self) -> Option<(&'static str, Config)> {
        None
    }

    /// The function of a tensor, outside of any model.
    ///
    /// # Errors
    /// If the tensor is not of a float type or its shape does not fit.
    fn evaluate(&self, x: &Tensor) -> Result<Tensor> {
        eager::evaluate(&[x], &|inputs| self.call(inputs[0]))
    }
}

/// The activation of this name with its default arguments, as `keras.activations.get`.
///
/// ```
/// use cornu::{Tensor, activations};
/// let swish = activations::get("swish")?;
/// assert_eq!(swish.class_name(), "silu");
/// assert_eq!(
///     activations::get("sofmax").unwrap_err().to_string(),
///     "unknown activation `sofmax`; did you mean `softmax`?"
/// );
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there is no such activation, or if it has arguments without a default (`threshold`).
pub fn get(name: &str) -> Result<Arc<dyn Activation>> {
    <dyn Activation>::by_name(name)
}

crate::family! { Activation, "activation", "keras.activations", {
    Celu = "celu" [];
    Elu = "elu" [];
    Exponential = "exponential" [];
    Gelu = "gelu" [];
    Glu = "glu" [];
    HardShrink = "hard_shrink" [];
    HardSigmoid = "hard_sigmoid" [];
    HardSilu = "hard_silu" ["hard_silu", "hard_swish"];
    HardTanh = "hard_tanh" [];
    LeakyRelu = "leaky_relu" [];
    Linear = "linear" [];
    LogSigmoid = "log_sigmoid" [];
    LogSoftmax = "log_softmax" [];
    Mish = "mish" [];
    Relu = "relu" [];
    Relu6 = "relu6" [];
    Selu = "selu" [];
    Sigmoid = "sigmoid" [];
    Silu = "silu" ["silu", "swish"];
    SoftShrink = "soft_shrink" [];
    Softmax = "softmax" [];
    Softplus = "softplus" [];
    Softsign = "softsign" [];
    SparsePlus = "sparse_plus" [];
    SparseSigmoid = "sparse_sigmoid" [];
    Sparsemax = "sparsemax" [];
    Squareplus = "squareplus" [];
    Tanh = "tanh" [];
    TanhShrink = "tanh_shrink" [];
    Threshold = "threshold" [];
}
    fn check_serializable(&self) -> Result<()> {
        Self::entry(self.class_name())?;
        if has_default_arguments(self) || self.as_layer().is_some() {
            return Ok(());
        }
        let message = format!(
            "Keras' files cannot hold its arguments {}; a model that is to be saved needs the defaults",
            Value::Object(self.config())
        );
        Err(Error::argument(format!("activation `{}`", self.class_name()), message))
    }

    fn to_json(&self) -> Value {
        if has_default_arguments(self) {
            return json!(self.class_name());
        }
        let (module, class, config) = match self.as_layer() {
            Some((layer, config)) => ("keras.layers", layer, config),
            // From a function of its own module Keras would silently drop the config; this it refuses.
            None => ("cornu.activations", self.class_name(), self.config()),
        };
        json!({ "module": module, "class_name": class, "config": config, "registered_name": null })
    }

    fn from_class(class: &str, config: Config) -> Result<Arc<Self>> {
        layers::activation(class, config)
    }
}

fn has_default_arguments(activation: &dyn Activation) -> bool {
    get(activation.class_name()).is_ok_and(|default| default.config() == activation.config())
}
