//! `BatchNormalization`: mean 0 and variance 1 over the batch.

use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Result, Shape};

/// `gamma * (x - mean) / sqrt(variance + epsilon) + beta`, for each index of `axis`.
///
/// In training, mean and (biased) variance are those of the batch, and the running ones move towards them:
/// `moving = moving * momentum + batch * (1 - momentum)`. Outside training, and in a frozen layer, the
/// running ones are used. Weights: `gamma`, `beta`, `moving_mean`, `moving_variance`, each as long as the axis.
///
/// Source: Ioffe and Szegedy 2015; <https://keras.io/api/layers/normalization_layers/batch_normalization/>.
///
/// ```
/// use cornu::layers::BatchNormalization;
/// let layer = BatchNormalization::new().momentum(0.9);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct BatchNormalization {
    #[fields(flatten)]
    base: Base,
    axis: isize,
    momentum: f64,
    epsilon: f64,
    center: bool,
    scale: bool,
    beta_initializer: Handle<dyn Initializer>,
    gamma_initializer: Handle<dyn Initializer>,
    moving_mean_initializer: Handle<dyn Initializer>,
    moving_variance_initializer: Handle<dyn Initializer>,
    beta_regularizer: Option<Handle<dyn Regularizer>>,
    gamma_regularizer: Option<Handle<dyn Regularizer>>,
    beta_constraint: Option<Handle<dyn Constraint>>,
    gamma_constraint: Option<Handle<dyn Constraint>>,
    /// Over several machines; with one it changes nothing.
    synchronized: bool,
    renorm: bool,
    renorm_clipping: Option<serde_json::Value>,
    renorm_momentum: f64,
}

impl Default for BatchNormalization {
    fn default() -> Self {
        BatchNormalization {
            base: Base::default(),
            axis: -1,
            momentum: 0.99,
            epsilon: 1e-3,
            center: true,
            scale: true,
            beta_initializer: "zeros".into(),
            gamma_initializer: "ones".into(),
            moving_mean_initializer: "zeros".into(),
            moving_variance_initializer: "ones".into(),
            beta_regularizer: None,
            gamma_regularizer: None,
            beta_constraint: None,
            gamma_constraint: None,
            synchronized: false,
            renorm: false,
            renorm_clipping: None,
            renorm_momentum: 0.99,
        }
    }
}

impl BatchNormalization {
    /// The layer over the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The axis whose indices are normalised each on its own; -1, the features, by default.
        axis: isize;
        /// How slowly the running statistics move; 0.99 by default.
        momentum: f64;
        /// What keeps the variance from 0; 0.001 by default.
        epsilon: f64;
        /// Whether `beta` is added.
        center: bool;
        /// Whether the result is multiplied by `gamma`.
        scale: bool;
        /// How `beta` begins.
        beta_initializer: into Handle<dyn Initializer>;
        /// How `gamma` begins.
        gamma_initializer: into Handle<dyn Initializer>;
        /// How the running mean begins.
        moving_mean_initializer: into Handle<dyn Initializer>;
        /// How the running variance begins.
        moving_variance_initializer: into Handle<dyn Initializer>;
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

impl Layer for BatchNormalization {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.renorm {
            return Err(
                "has renorm=true; batch renormalisation is not part of Cornu, set renorm to false".into()
            );
        }
        if !(0.0..=1.0).contains(&self.momentum) {
            return Err(format!("expects a momentum between 0 and 1, got {}", self.momentum));
        }
        if !(self.epsilon >= 0.0 && self.epsilon.is_finite()) {
            return Err(format!("expects an epsilon of at least 0, got {}", self.epsilon));
        }
        Ok(())
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let features = cx.known_axis(&inputs[0], self.axis)?;
        if self.scale {
            cx.add_weight(
                Weight::new("gamma", [features], self.gamma_initializer.clone())
                    .regularizer(&self.gamma_regularizer)
                    .constraint(&self.gamma_constraint),
            )?;
        }
        if self.center {
            cx.add_weight(
                Weight::new("beta", [features], self.beta_initializer.clone())
                    .regularizer(&self.beta_regularizer)
                    .constraint(&self.beta_constraint),
            )?;
        }
        cx.add_weight(
            Weight::new("moving_mean", [features], self.moving_mean_initializer.clone()).running(),
        )?;
        cx.add_weight(
            Weight::new("moving_variance", [features], self.moving_variance_initializer.clone()).running(),
        )
    }

    fn has_build(&self) -> bool {
        true
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        let (moving_mean, moving_variance) = (cx.weight("moving_mean")?, cx.weight("moving_variance")?);
        cx.expect_axis(x, self.axis, moving_mean.shape()[0].unwrap_or(0))?;
        let rank = x.rank();
        let axis = x.shape().axis(self.axis).unwrap_or(0);
        let others: Vec<isize> = (0..rank).filter(|at| *at != axis).map(|at| at as isize).collect();
        // A weight beside the input: its one axis at the input's `axis`. Beside the last it needs no help.
        let beside = |weight: Var<'g>| {
            let dims = (0..rank).map(|at| if at == axis { weight.shape()[0] } else { Some(1) });
            if axis + 1 == rank { weight } else { weight.reshape(dims.collect::<Vec<_>>()) }
        };
        let mask = cx.mask(0);
        if let Some(mask) = mask
            && mask.rank() + 1 != rank
        {
            let (mask, input) = (mask.shape(), x.shape());
            return Err(
                cx.error(format!("expects a mask of one axis less than its input {input}, got {mask}"))
            );
        }
        let (mean, variance) = if cx.training() && cx.trainable() {
            let mean_of = |x: Var<'g>| match mask.map(|mask| mask.expand_dims(-1).broadcast_to(x.shape())) {
                None => x.mean(&others, false),
                Some(counts) => {
                    let count = counts.cast(x.dtype()).sum(&others, false);
                    counts.select(x, 0.0).sum(&others, false) / (count + 1e-7)
                }
            };
            let mean = mean_of(x);
            let variance = mean_of((x - beside(mean)).square());
            let moved =
                |moving: Var<'g>, batch: Var<'g>| moving * self.momentum + batch * (1.0 - self.momentum);
            cx.update("moving_mean", moved(moving_mean, mean))?;
            cx.update("moving_variance", moved(moving_variance, variance))?;
            (mean, variance)
        } else {
            (moving_mean, moving_variance)
        };
        let mut factor = (variance + self.epsilon).rsqrt();
        if self.scale {
            factor = factor * cx.weight("gamma")?;
        }
        let mut y = (x - beside(mean)) * beside(factor);
        if self.center {
            y = y + beside(cx.weight("beta")?);
        }
        Ok(y.into())
    }
}
