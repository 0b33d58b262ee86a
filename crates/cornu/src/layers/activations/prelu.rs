//! `PReLU`: `ReLU` with slopes that are learned.

use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Result, Shape};

/// `x` above 0 and `alpha * x` below, with an `alpha` for each element of a sample, shared along `shared_axes`.
///
/// Weight: `alpha`, of a sample's shape with 1 for each shared axis.
///
/// Source: He et al. 2015; <https://keras.io/api/layers/activation_layers/prelu/>.
///
/// ```
/// use cornu::layers::PReLU;
/// // One slope a channel of images.
/// let layer = PReLU::new().shared_axes([1, 2]);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct PReLU {
    #[fields(flatten)]
    base: Base,
    alpha_initializer: Handle<dyn Initializer>,
    alpha_regularizer: Option<Handle<dyn Regularizer>>,
    alpha_constraint: Option<Handle<dyn Constraint>>,
    shared_axes: Option<Vec<usize>>,
}

impl Default for PReLU {
    fn default() -> Self {
        PReLU {
            base: Base::default(),
            alpha_initializer: "zeros".into(),
            alpha_regularizer: None,
            alpha_constraint: None,
            shared_axes: None,
        }
    }
}

impl PReLU {
    /// The layer with a slope for each element.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// How the slopes begin; `"zeros"` by default.
        alpha_initializer: into Handle<dyn Initializer>;
        /// The slopes' penalty.
        alpha_regularizer: some into Handle<dyn Regularizer>;
        /// The slopes' projection after each update.
        alpha_constraint: some into Handle<dyn Constraint>;
        /// The axes along which all elements have one slope, the batch being axis 0.
        shared_axes: some into Vec<usize>;
    }
}

impl Layer for PReLU {
    layer_base!();

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let shared = self.shared_axes.as_deref().unwrap_or_default();
        let rank = inputs[0].rank();
        if let Some(axis) = shared.iter().find(|axis| !(1..rank).contains(*axis)) {
            return Err(cx.error(format!("cannot share slopes along axis {axis} of its input {}", inputs[0])));
        }
        let length = |axis: usize| {
            if shared.contains(&axis) { Ok(1) } else { cx.known_axis(&inputs[0], axis as isize) }
        };
        let shape = (1..rank).map(length).collect::<Result<Vec<_>>>()?;
        cx.add_weight(
            Weight::new("alpha", shape, self.alpha_initializer.clone())
                .regularizer(&self.alpha_regularizer)
                .constraint(&self.alpha_constraint),
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
        let alpha = cx.weight("alpha")?;
        for (axis, length) in
            alpha.shape().dims().iter().enumerate().filter(|(_, length)| **length != Some(1))
        {
            cx.expect_axis(x, axis as isize + 1, length.unwrap_or(0))?;
        }
        Ok((x.relu() - alpha * (-x).relu()).into())
    }
}
