//! `Dense`: a densely connected layer.

use serde_json::Value;

use crate::activations::Activation;
use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Result, Shape};

/// `activation(input · kernel + bias)`, over the last axis of the input.
///
/// Input `(batch, …, features)`, output `(batch, …, units)`. Weights: `kernel` (features, units), `bias` (units).
///
/// Source: <https://keras.io/api/layers/core_layers/dense/>.
///
/// ```
/// use cornu::{layers::Dense, regularizers::L2};
/// let hidden = Dense::new(300).activation("relu").kernel_regularizer(L2::new(1e-4));
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Dense {
    #[fields(flatten)]
    base: Base,
    #[fields(omit_if = Option::is_none)]
    activity_regularizer: Option<Handle<dyn Regularizer>>,
    units: usize,
    activation: Handle<dyn Activation>,
    use_bias: bool,
    kernel_initializer: Handle<dyn Initializer>,
    bias_initializer: Handle<dyn Initializer>,
    kernel_regularizer: Option<Handle<dyn Regularizer>>,
    bias_regularizer: Option<Handle<dyn Regularizer>>,
    kernel_constraint: Option<Handle<dyn Constraint>>,
    bias_constraint: Option<Handle<dyn Constraint>>,
    quantization_config: Option<Value>,
}

impl Default for Dense {
    fn default() -> Self {
        Dense {
            base: Base::default(),
            activity_regularizer: None,
            units: 0,
            activation: "linear".into(),
            use_bias: true,
            kernel_initializer: "glorot_uniform".into(),
            bias_initializer: "zeros".into(),
            kernel_regularizer: None,
            bias_regularizer: None,
            kernel_constraint: None,
            bias_constraint: None,
            quantization_config: None,
        }
    }
}

impl Dense {
    /// A layer of this many units.
    pub fn new(units: usize) -> Self {
        Dense { units, ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// The function after the product; none (`"linear"`) by default.
        activation: into Handle<dyn Activation>;
        /// Whether there is a bias.
        use_bias: bool;
        /// How the kernel begins; `"glorot_uniform"` by default.
        kernel_initializer: into Handle<dyn Initializer>;
        /// How the bias begins; `"zeros"` by default.
        bias_initializer: into Handle<dyn Initializer>;
        /// The kernel's penalty.
        kernel_regularizer: some into Handle<dyn Regularizer>;
        /// The bias's penalty.
        bias_regularizer: some into Handle<dyn Regularizer>;
        /// The penalty on the output, divided by the batch size.
        activity_regularizer: some into Handle<dyn Regularizer>;
        /// The kernel's projection after each update.
        kernel_constraint: some into Handle<dyn Constraint>;
        /// The bias's projection after each update.
        bias_constraint: some into Handle<dyn Constraint>;
    }
}

impl Layer for Dense {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.units == 0 {
            return Err("needs at least one unit, got units=0".into());
        }
        if self.quantization_config.is_some() {
            return Err("is quantized; Cornu reads the weights of layers that are not".into());
        }
        Ok(())
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        if inputs[0].rank() < 2 {
            return Err(cx.error(format!("expects an input of at least 2 axes, got {}", inputs[0])));
        }
        let features = cx.known_axis(&inputs[0], -1)?;
        cx.add_weight(
            Weight::new("kernel", [features, self.units], self.kernel_initializer.clone())
                .regularizer(&self.kernel_regularizer)
                .constraint(&self.kernel_constraint),
        )?;
        if self.use_bias {
            cx.add_weight(
                Weight::new("bias", [self.units], self.bias_initializer.clone())
                    .regularizer(&self.bias_regularizer)
                    .constraint(&self.bias_constraint),
            )?;
        }
        Ok(())
    }

    fn has_build(&self) -> bool {
        true
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        let kernel = cx.weight("kernel")?;
        cx.expect_axis(x, -1, kernel.shape()[0].unwrap_or(0))?;
        let product = x.matmul(kernel);
        let sum = if self.use_bias { product + cx.weight("bias")? } else { product };
        let y = self.activation.get()?.call(sum);
        cx.penalize(self.activity_regularizer.as_ref(), y)?;
        Ok(y.into())
    }
}
