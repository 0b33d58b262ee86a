//! `GroupNormalization`: mean 0 and variance 1 in groups of channels.

use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Dim, Result, Shape};

/// `gamma * (x - mean) / sqrt(variance + epsilon) + beta`, with mean and (biased) variance over each group of channels
/// and all steps or pixels of a sample.
///
/// The channels of `axis` are cut into `groups`; -1 makes each channel a group of its own (instance normalisation).
/// Weights: `gamma` and `beta`, one a channel.
///
/// Source: Wu and He 2018; <https://keras.io/api/layers/normalization_layers/group_normalization/>.
///
/// ```
/// use cornu::layers::GroupNormalization;
/// let layer = GroupNormalization::new().groups(8);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct GroupNormalization {
    #[fields(flatten)]
    base: Base,
    groups: isize,
    axis: isize,
    epsilon: f64,
    center: bool,
    scale: bool,
    beta_initializer: Handle<dyn Initializer>,
    gamma_initializer: Handle<dyn Initializer>,
    beta_regularizer: Option<Handle<dyn Regularizer>>,
    gamma_regularizer: Option<Handle<dyn Regularizer>>,
    beta_constraint: Option<Handle<dyn Constraint>>,
    gamma_constraint: Option<Handle<dyn Constraint>>,
}

impl Default for GroupNormalization {
    fn default() -> Self {
        GroupNormalization {
            base: Base::default(),
            groups: 32,
            axis: -1,
            epsilon: 1e-3,
            center: true,
            scale: true,
            beta_initializer: "zeros".into(),
            gamma_initializer: "ones".into(),
            beta_regularizer: None,
            gamma_regularizer: None,
            beta_constraint: None,
            gamma_constraint: None,
        }
    }
}

impl GroupNormalization {
    /// The layer of 32 groups of the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// How many groups there are, or -1 for as many as channels; 32 by default.
        groups: isize;
        /// The axis of the channels; -1, the last, by default.
        axis: isize;
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
        /// `beta`'s penalty.
        beta_regularizer: some into Handle<dyn Regularizer>;
        /// `gamma`'s penalty.
        gamma_regularizer: some into Handle<dyn Regularizer>;
        /// `beta`'s projection after each update.
        beta_constraint: some into Handle<dyn Constraint>;
        /// `gamma`'s projection after each update.
        gamma_constraint: some into Handle<dyn Constraint>;
    }

    /// The groups of so many channels.
    fn groups_of(&self, channels: usize) -> Result<usize, String> {
        let groups = usize::try_from(self.groups).unwrap_or(channels);
        if groups > 0 && channels.is_multiple_of(groups) {
            return Ok(groups);
        }
        Err(format!("cannot cut the {channels} channels of axis {} into {groups} groups", self.axis))
    }
}

impl Layer for GroupNormalization {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.groups > 0 || self.groups == -1 {
            Ok(())
        } else {
            Err(format!("expects groups to be positive, or -1 for one a channel, got {}", self.groups))
        }
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let channels = cx.known_axis(&inputs[0], self.axis)?;
        self.groups_of(channels).map_err(|message| cx.error(message))?;
        if self.scale {
            cx.add_weight(
                Weight::new("gamma", [channels], self.gamma_initializer.clone())
                    .regularizer(&self.gamma_regularizer)
                    .constraint(&self.gamma_constraint),
            )?;
        }
        if self.center {
            cx.add_weight(
                Weight::new("beta", [channels], self.beta_initializer.clone())
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
        let axis = shape.axis(self.axis).filter(|axis| *axis > 0);
        let Some((axis, channels)) = axis.and_then(|axis| Some((axis, shape[axis]?))) else {
            return Err(cx.error(format!("needs to know axis {} of its input, got {shape}", self.axis)));
        };
        let groups = self.groups_of(channels).map_err(|message| cx.error(message))?;
        // The channels' axis as two: groups, and the channels of each.
        let cut = |dims: &[Dim]| -> Vec<Dim> {
            let pair = [Some(groups), Some(channels / groups)];
            dims[..axis].iter().copied().chain(pair).chain(dims[axis + 1..].iter().copied()).collect()
        };
        let grouped = x.reshape(cut(shape.dims()));
        let axes: Vec<isize> = (1..=shape.rank()).filter(|at| *at != axis).map(|at| at as isize).collect();
        let beside = |weight: Var<'g>| weight.reshape(cut(&vec![Some(1); shape.rank()]));
        let centered = grouped - grouped.mean(&axes, true);
        let mut factor = (centered.square().mean(&axes, true) + self.epsilon).rsqrt();
        if self.scale {
            factor = factor * beside(cx.weight("gamma")?);
        }
        let mut y = centered * factor;
        if self.center {
            y = y + beside(cx.weight("beta")?);
        }
        Ok(y.reshape(shape).into())
    }
}
