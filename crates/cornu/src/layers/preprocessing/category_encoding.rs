//! `CategoryEncoding`: integers as vectors.

use super::OutputMode;
use super::encoding::{Mode, check_dense, encode};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{DType, Result};

/// Integers from 0 to `num_tokens - 1` as vectors of that length, as [`OutputMode`] says; other integers count for
/// nothing. The result is `float32`.
///
/// In mode `"count"` a tensor `count_weights`, given by name, says how much each integer counts.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/>.
///
/// ```
/// use cornu::layers::{CategoryEncoding, Layer};
/// use cornu::Tensor;
/// let y = CategoryEncoding::new(4).apply(Tensor::from([[0i64, 1], [3, 3]]))?;
/// assert_eq!(y, Tensor::from([[1.0f32, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct CategoryEncoding {
    #[fields(flatten)]
    base: Base,
    num_tokens: usize,
    output_mode: OutputMode,
    #[fields(skip)]
    sparse: bool,
}

impl Default for CategoryEncoding {
    fn default() -> Self {
        CategoryEncoding {
            base: Base::default(),
            num_tokens: 0,
            output_mode: "multi_hot".into(),
            sparse: false,
        }
    }
}

const MODES: [Mode; 3] = [Mode::OneHot, Mode::MultiHot, Mode::Count];

impl CategoryEncoding {
    /// Vectors of length `num_tokens`.
    pub fn new(num_tokens: usize) -> Self {
        CategoryEncoding { num_tokens, ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// `"one_hot"`, `"multi_hot"` (the default) or `"count"`.
        output_mode: into OutputMode;
        /// Whether the result is sparse, which Cornu's tensors are not: it must stay false.
        sparse: bool;
    }
}

impl Layer for CategoryEncoding {
    layer_base!();

    fn has_build(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        if self.num_tokens == 0 {
            return Err("needs num_tokens of at least 1; `IntegerLookup` counts tokens itself".into());
        }
        check_dense(self.sparse)?;
        self.output_mode.mode(&MODES).map(drop)
    }

    fn reads_integers(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let mode = self.output_mode.mode(&MODES).map_err(|message| cx.error(message))?;
        let weights = cx.tensor("count_weights");
        if weights.is_some() && mode != Mode::Count {
            return Err(cx.error("is given count_weights, which only output_mode `count` uses"));
        }
        let (ids, weights) = (inputs[0].cast(DType::I64), weights.map(|weights| weights.cast(DType::F32)));
        if let Some(weights) = weights
            && !ids.shape().accepts(&weights.shape())
        {
            let (wanted, got) = (ids.shape(), weights.shape());
            return Err(cx.error(format!("expects count_weights of its input's shape {wanted}, got {got}")));
        }
        Ok(encode(ids, mode, self.num_tokens, weights).into())
    }
}
