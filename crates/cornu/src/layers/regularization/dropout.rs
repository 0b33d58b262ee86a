//! `Dropout`: a random part of the input is set to zero in training.

use super::drop::{check_rate, drop, mask_shape};
use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Sets a fraction `rate` of its input to zero in training and divides the rest by `1 - rate`, so that the
/// expected sum stays; outside training it changes nothing.
///
/// Source: Srivastava et al. 2014; <https://keras.io/api/layers/regularization_layers/dropout/>.
///
/// ```
/// use cornu::layers::Dropout;
/// let layer = Dropout::new(0.2);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Dropout {
    #[fields(flatten)]
    base: Base,
    rate: f64,
    seed: Option<u64>,
    noise_shape: Option<Vec<Option<usize>>>,
}

impl Dropout {
    /// A layer that drops this fraction of its input.
    pub fn new(rate: f64) -> Self {
        Dropout { rate, ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// A seed for this layer alone; without it the masks follow from the model's seed and the layer's name.
        seed: some u64;
    }

    /// The shape of the mask, repeated along its axes of length 1: `[None, Some(1), None]` drops whole
    /// steps. `None` takes the input's length.
    #[must_use]
    pub fn noise_shape(mut self, noise_shape: impl Into<Vec<Option<usize>>>) -> Self {
        self.noise_shape = Some(noise_shape.into());
        self
    }
}

impl Layer for Dropout {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        check_rate("rate", self.rate)?;
        match self.noise_shape.iter().flatten().flatten().find(|dim| **dim == 0) {
            Some(_) => Err("expects dimensions of at least 1 in its noise_shape, got 0".into()),
            None => Ok(()),
        }
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        // Asked before training, for the user to hear of it when the model is built.
        let shape = mask_shape(cx, self.noise_shape.as_deref(), &x.shape())?;
        Ok(drop(cx, x, self.rate, self.seed, shape).into())
    }
}
