//! `Lambda`: a function of symbolic tensors as a layer.

use std::fmt;
use std::sync::Arc;

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::{Config, Configured, config_of};

/// What a [`Lambda`] computes.
type Function = dyn for<'g> Fn(&[Var<'g>]) -> Var<'g> + Send + Sync;

/// A layer that computes a function without weights, written where it stands. It is differentiated like any other.
///
/// The function gets the inputs, and gives the output; their shapes are known but for the batch and other open axes. A
/// model that holds one cannot be saved, for no file holds a function: a layer for the file is a type of its own with the
/// trait [`Layer`], [registered](crate::utils::register_keras_serializable).
///
/// Source: <https://keras.io/api/layers/core_layers/lambda/>.
///
/// ```
/// use cornu::layers::{Dense, Input, Lambda};
/// use cornu::{Predict, Sequential, Tensor};
/// let mut model = Sequential::new().add(Input::new([3])).add(Lambda::new(|x| x[0].square() + 1.0));
/// let y = model.predict(&Tensor::from([[1.0, 2.0, 3.0]]), Predict::new())?;
/// assert_eq!(y.to_vec::<f32>(), [2.0, 5.0, 10.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone)]
pub struct Lambda {
    base: Base,
    function: Arc<Function>,
    keeps_mask: bool,
}

impl Lambda {
    /// A layer that computes this function of its inputs.
    pub fn new(function: impl for<'g> Fn(&[Var<'g>]) -> Var<'g> + Send + Sync + 'static) -> Self {
        Lambda { base: Base::default(), function: Arc::new(function), keeps_mask: false }
    }

    layer_base!(setters);

    /// Whether the result carries the first input's mask; false by default, as in Keras.
    #[must_use]
    pub fn keep_mask(mut self, keep_mask: bool) -> Self {
        self.keeps_mask = keep_mask;
        self
    }
}

impl fmt::Debug for Lambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lambda").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Configured for Lambda {
    fn class_name(&self) -> &str {
        "Lambda"
    }

    fn config(&self) -> Config {
        config_of(&self.base)
    }
}

impl Layer for Lambda {
    layer_base!(several);

    fn supports_masking(&self) -> bool {
        self.keeps_mask
    }

    fn call<'g>(&self, _cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        Ok((self.function)(inputs).into())
    }
}
