//! `ReLU`: the rectified linear unit as a layer.

use crate::Result;
use crate::activations::{self, Activation};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// `x` where `threshold < x < max_value`, `max_value` above, `negative_slope * (x - threshold)` below.
///
/// Source: <https://keras.io/api/layers/activation_layers/relu/>.
///
/// ```
/// use cornu::layers::ReLU;
/// let layer = ReLU::new().max_value(6.0);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct ReLU {
    #[fields(flatten)]
    base: Base,
    max_value: Option<f64>,
    negative_slope: f64,
    threshold: f64,
}

impl ReLU {
    /// The layer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The largest value of the result; none by default.
        max_value: some f64;
        /// The slope below the threshold; 0 by default.
        negative_slope: f64;
        /// Where the function begins to rise; 0 by default.
        threshold: f64;
    }
}

impl Layer for ReLU {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        let arguments = [
            ("max_value", self.max_value.unwrap_or(0.0)),
            ("negative_slope", self.negative_slope),
            ("threshold", self.threshold),
        ];
        match arguments.iter().find(|(_, value)| value.is_nan() || *value < 0.0) {
            Some((name, value)) => Err(format!("expects a {name} of at least 0, got {value}")),
            None => Ok(()),
        }
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, _cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let mut function =
            activations::Relu::new().negative_slope(self.negative_slope).threshold(self.threshold);
        if let Some(largest) = self.max_value {
            function = function.max_value(largest);
        }
        Ok(function.call(inputs[0]).into())
    }
}
