//! `LayerNormalization`: mean 0 and variance 1 in each sample.

use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::axes::Axes;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Dim, Result, Shape};

/// `gamma * (x - mean) / sqrt(variance + epsilon) + beta`, with mean and (biased) variance over `axis`, one or several,
/// of each sample: the same in training and outside. Weights: `gamma` and `beta`, of the axes' lengths.
///
/// With `rms_scaling` the result is `gamma * x / sqrt(variance + epsilon)`, as old models have it.
///
/// Source: Ba et al. 2016; <https://keras.io/api/layers/normalization_layers/layer_normalization/>.
///
/// ```
/// use cornu::layers::LayerNormalization;
/// let layer = LayerNormalization::new().axis([1, 2]).epsilon(1e-6);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct LayerNormalization {
    #[fields(flatten)]
    base: Base,
    axis: Axes,
    epsilon: f64,
    center: bool,
    scale: bool,
    rms_scaling: bool,
    beta_initializer: Handle<dyn Initializer>,
    gamma_initializer: Handle<dyn Initializer>,
    beta_regularizer: Option<Handle<dyn Regularizer>>,
    gamma_regularizer: Option<Handle<dyn Regularizer>>,
    beta_constraint: Option<Handle<dyn Constraint>>,
    gamma_constraint: Option<Handle<dyn Constraint>>,
}

impl Default for LayerNormalization {
    fn default() -> Self {
        LayerNormalization {
            base: Base::default(),
            axis: Axes::One(-1),
            epsilon: 1e-3,
            center: true,
            scale: true,
            rms_scaling: false,
            beta_initializer: "zeros".into(),
            gamma_initializer: "ones".into(),
            beta_regularizer: None,
            gamma_regularizer: None,
            beta_constraint: None,
            gamma_constraint: None,
        }
    }
}

impl LayerNormalization {
    /// The layer over the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The axis, or axes, that mean and variance are taken over; -1, the features, by default.
        axis: into Axes;
        /// What keeps the variance from 0; 0.001 by default.
        epsilon: f64;
        /// Whether the mean stays and the result is divided alone.
        rms_scaling: bool;
        /// Whether `beta` is added.
        center: bool;
        /// Whether the result is multiplied by `gamma`.
        scale: bool;
        /// How `beta` begins.
        beta_initializer: into Handle<dyn Initializer>;
        /// How `gamma` begins.
        gamma_initializer: into Handle<dyn Initializer>;
        /// `beta`'s penalty.
        beta_regularizer: some into Handle<dyn Regularizer>;
        /// `gamma`'s penalty.
        gamma_regularizer: some into Handle<dyn Regularizer>;
        /// `beta`'s projection after each update.
        beta_constraint: some into Handle<dyn Constraint>;
        /// `gamma`'s projection after each update.
        gamma_constraint: some into Handle<dyn Constraint>;
    }
}

impl Layer for LayerNormalization {
    layer_base!();

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let lengths = self.axis.sorted().into_iter().map(|axis| cx.known_axis(&inputs[0], axis));
        let shape = lengths.collect::<Result<Vec<_>>>()?;
        if self.scale || self.rms_scaling {
            cx.add_weight(
                Weight::new("gamma", shape.clone(), self.gamma_initializer.clone())
                    .regularizer(&self.gamma_regularizer)
                    .constraint(&self.gamma_constraint),
            )?;
        }
        if self.center && !self.rms_scaling {
            cx.add_weight(
                Weight::new("beta", shape, self.beta_initializer.clone())
                    .regularizer(&self.beta_regularizer)
                    .constraint(&self.beta_constraint),
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
        let shape = x.shape();
        self.axis.check(&shape).map_err(|message| cx.error(message))?;
        let axes = self.axis.as_slice();
        let normalised: Vec<usize> = axes.iter().filter_map(|axis| shape.axis(*axis)).collect();
        // A weight beside the input; beside the last axis it needs no help.
        let beside = |weight: Var<'g>| {
            if normalised == [shape.rank() - 1] || weight.rank() == shape.rank() {
                return weight;
            }
            let dims = shape.dims().iter().enumerate();
            let dims = dims.map(|(axis, dim)| if normalised.contains(&axis) { *dim } else { Some(1) });
            weight.reshape(dims.collect::<Vec<Dim>>())
        };
        let centered = x - x.mean(axes, true);
        let mut factor = (centered.square().mean(axes, true) + self.epsilon).rsqrt();
        if self.scale || self.rms_scaling {
            factor = factor * beside(cx.weight("gamma")?);
        }
        if self.rms_scaling {
            return Ok((x * factor).into());
        }
        let y = centered * factor;
        Ok(if self.center { y + beside(cx.weight("beta")?) } else { y }.into())
    }
}
