//! `Dropout`: a random part of the input is set to zero in training.

use serde::{Deserialize, Serialize};

use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::{Dim, Result, Shape};

/// Sets a fraction `rate` of its input to zero in training and divides the rest by `1 - rate`, so that the
/// expected sum stays; outside training it changes nothing.
///
/// Source: Srivastava et al. 2014; <https://keras.io/api/layers/regularization_layers/dropout/>.
///
/// ```
/// use cornu::layers::Dropout;
/// let layer = Dropout::new(0.2);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Dropout {
    #[serde(flatten)]
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
        if (0.0..=1.0).contains(&self.rate) {
            Ok(())
        } else {
            Err(format!("expects a rate between 0 and 1, got {}", self.rate))
        }
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        // Asked before training, for the user to hear of it when the model is built.
        let shape = self.mask_shape(cx, &x.shape())?;
        if self.rate == 0.0 || !cx.training() {
            return Ok(x.into());
        }
        if self.rate == 1.0 {
            return Ok(x.zeros_like().into());
        }
        let Some(uniform) = cx.uniform("dropout", self.seed, shape) else { return Ok(x.into()) };
        let kept = uniform.greater_equal(self.rate);
        Ok(kept.select(x * (1.0 / (1.0 - self.rate)), 0.0).into())
    }
}

impl Dropout {
    fn mask_shape(&self, cx: &Call<'_, '_>, input: &Shape) -> Result<Shape> {
        let Some(noise) = &self.noise_shape else { return Ok(input.clone()) };
        let dims: Vec<Dim> = noise.iter().zip(input.dims()).map(|(noise, input)| noise.or(*input)).collect();
        let shape = Shape::from(dims);
        match shape.broadcast(input) {
            Some(joint) if noise.len() == input.rank() && joint == *input => Ok(shape),
            _ => Err(cx.error(format!("cannot repeat a mask of shape {shape} over its input {input}"))),
        }
    }
}
