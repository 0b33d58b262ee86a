//! `Permute`: a sample's axes in another order.

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Puts the axes of each sample in another order; they are counted from 1, for the batch is 0.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/permute/>.
///
/// ```
/// use cornu::{Sequential, layers::{Input, Permute}};
/// let model = Sequential::new().add(Input::new([10, 64])).add(Permute::new([2, 1]));
/// assert_eq!(model.output_shape()?.to_string(), "(None, 64, 10)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Permute {
    #[fields(flatten)]
    base: Base,
    dims: Vec<usize>,
}

impl Permute {
    /// A layer whose output has these axes of the input in this order.
    pub fn new(dims: impl Into<Vec<usize>>) -> Self {
        Permute { dims: dims.into(), ..Self::default() }
    }

    layer_base!(setters);
}

impl Layer for Permute {
    layer_base!();

    fn reads_integers(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        let mut sorted = self.dims.clone();
        sorted.sort_unstable();
        if sorted.into_iter().eq(1..=self.dims.len()) {
            Ok(())
        } else {
            Err(format!("expects dims to hold each of 1 to {} once, got {:?}", self.dims.len(), self.dims))
        }
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        cx.expect_rank(inputs[0], self.dims.len() + 1)?;
        let order: Vec<usize> = [0].into_iter().chain(self.dims.iter().copied()).collect();
        Ok(inputs[0].transpose(&order).into())
    }
}
