//! `Flatten`: all of a sample's elements in one row.

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;

/// Flattens each sample: `(batch, a, b, …)` becomes `(batch, a * b * …)`, and `(batch,)` becomes `(batch, 1)`.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/flatten/>.
///
/// ```
/// use cornu::{Sequential, layers::{Flatten, Input}};
/// let model = Sequential::new().add(Input::new([28, 28])).add(Flatten::new());
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Flatten {
    #[fields(flatten)]
    base: Base,
    data_format: String,
}

impl Default for Flatten {
    fn default() -> Self {
        Flatten { base: Base::default(), data_format: "channels_last".into() }
    }
}

impl Flatten {
    /// The layer.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// `"channels_last"` or `"channels_first"`: the latter moves axis 1 to the end first.
        data_format: into String;
    }
}

impl Layer for Flatten {
    layer_base!();

    fn reads_integers(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        match self.data_format.as_str() {
            "channels_last" | "channels_first" => Ok(()),
            other => Err(format!("expects data_format to be channels_last or channels_first, got {other}")),
        }
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let mut x = inputs[0];
        let rank = x.rank();
        if rank == 0 {
            return Err(cx.error("expects an input with a batch axis, got a single number"));
        }
        if self.data_format == "channels_first" && rank > 2 {
            let permutation: Vec<usize> = [0].into_iter().chain(2..rank).chain([1]).collect();
            x = x.transpose(&permutation);
        }
        let shape = x.shape();
        let features = shape.sample().elements();
        Ok(x.reshape([shape[0], features]).into())
    }
}
