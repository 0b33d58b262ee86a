//! `Rescaling`: numbers in another range.

use super::Nested;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{DType, Result};

/// `x * scale + offset`, in training as outside of it: `Rescaling::new(1.0 / 255.0)` brings bytes of images to 0 to 1.
///
/// `scale` and `offset` are numbers, or lists that go along the last axis.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/>.
///
/// ```
/// use cornu::layers::{Layer, Rescaling};
/// use cornu::Tensor;
/// let y = Rescaling::new([2.0, 3.0]).offset(1.0).apply(Tensor::from([[1.0f32, 1.0]]))?;
/// assert_eq!(y, Tensor::from([[3.0f32, 4.0]]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Rescaling {
    #[fields(flatten)]
    base: Base,
    scale: Nested,
    offset: Nested,
}

impl Default for Rescaling {
    fn default() -> Self {
        Rescaling { base: Base::default(), scale: 1.0.into(), offset: 0.0.into() }
    }
}

impl Rescaling {
    /// A layer that multiplies by `scale`.
    pub fn new(scale: impl Into<Nested>) -> Self {
        Rescaling { scale: scale.into(), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// What is added; 0 by default.
        offset: into Nested;
    }
}

impl Layer for Rescaling {
    layer_base!();

    fn has_build(&self) -> bool {
        true
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let constant = |of: &Nested| Ok::<_, crate::Error>(cx.builder().constant(of.to_tensor()?));
        let (scale, offset) = (constant(&self.scale)?, constant(&self.offset)?);
        Ok((inputs[0].cast(DType::F32) * scale + offset).into())
    }
}
