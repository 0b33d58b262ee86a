//! `UpSampling1D`: each step several times.

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::resample::repeat;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Repeats each step of `(batch, steps, channels)` `size` times.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/up_sampling1d/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, UpSampling1D}};
/// let model = Sequential::new().add(Input::new([4, 3])).add(UpSampling1D::new(2));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 8, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct UpSampling1D {
    #[fields(flatten)]
    base: Base,
    size: usize,
}

impl Default for UpSampling1D {
    fn default() -> Self {
        UpSampling1D { base: Base::default(), size: 2 }
    }
}

impl UpSampling1D {
    /// A layer that makes `size` steps of each.
    pub fn new(size: usize) -> Self {
        UpSampling1D { size, ..Self::default() }
    }

    layer_base!(setters);
}

impl Layer for UpSampling1D {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        if self.size == 0 { Err("expects size to be at least 1, got 0".into()) } else { Ok(()) }
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        cx.expect_rank(inputs[0], 3)?;
        Ok(repeat(inputs[0], 1, self.size).into())
    }
}
