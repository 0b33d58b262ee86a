//! `RepeatVector`: a sample again and again.

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Makes `n` equal steps of each sample: `(batch, features)` becomes `(batch, n, features)`.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/repeat_vector/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, RepeatVector}};
/// let model = Sequential::new().add(Input::new([32])).add(RepeatVector::new(3));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 3, 32)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct RepeatVector {
    #[fields(flatten)]
    base: Base,
    n: usize,
}

impl RepeatVector {
    /// A layer that makes `n` steps.
    pub fn new(n: usize) -> Self {
        RepeatVector { n, ..Self::default() }
    }

    layer_base!(setters);
}

impl Layer for RepeatVector {
    layer_base!();

    fn reads_integers(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        if self.n == 0 { Err("expects n to be at least 1, got 0".into()) } else { Ok(()) }
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        cx.expect_rank(inputs[0], 2)?;
        let shape = inputs[0].shape();
        Ok(inputs[0].expand_dims(1).broadcast_to([shape[0], Some(self.n), shape[1]]).into())
    }
}
