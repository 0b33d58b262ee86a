//! `Embedding`: a vector of weights for each integer.

use serde_json::Value;

use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{DType, Result, Shape};

/// Row `i` of a table of weights for each integer `i` of the input: `(batch, …)` becomes `(batch, …, output_dim)`.
///
/// Negative integers count from the table's end, as in Keras; numbers with a fraction lose it. An integer outside the
/// table gives a vector of NaN, so that a loss shows it, where Keras' answer depends on its backend. Weight:
/// `embeddings` (input_dim, output_dim).
///
/// Source: <https://keras.io/api/layers/core_layers/embedding/>.
///
/// ```
/// use cornu::{Sequential, layers::{Embedding, Flatten, Input}};
/// let words = Embedding::new(1000, 16).mask_zero(true);
/// let model = Sequential::new().add(Input::new([10])).add(words).add(Flatten::new());
/// assert_eq!(model.count_params()?, 16_000);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Embedding {
    #[fields(flatten)]
    base: Base,
    input_dim: usize,
    output_dim: usize,
    embeddings_initializer: Handle<dyn Initializer>,
    embeddings_regularizer: Option<Handle<dyn Regularizer>>,
    #[fields(with_base)]
    activity_regularizer: Option<Handle<dyn Regularizer>>,
    embeddings_constraint: Option<Handle<dyn Constraint>>,
    mask_zero: bool,
    quantization_config: Option<Value>,
}

impl Default for Embedding {
    fn default() -> Self {
        Embedding {
            base: Base::default(),
            input_dim: 0,
            output_dim: 0,
            embeddings_initializer: "uniform".into(),
            embeddings_regularizer: None,
            activity_regularizer: None,
            embeddings_constraint: None,
            mask_zero: false,
            quantization_config: None,
        }
    }
}

impl Embedding {
    /// A table of `input_dim` vectors of length `output_dim`.
    pub fn new(input_dim: usize, output_dim: usize) -> Self {
        Embedding { input_dim, output_dim, ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// How the table begins; `"uniform"` by default.
        embeddings_initializer: into Handle<dyn Initializer>;
        /// The table's penalty.
        embeddings_regularizer: some into Handle<dyn Regularizer>;
        /// The penalty on the output, divided by the batch size.
        activity_regularizer: some into Handle<dyn Regularizer>;
        /// The table's projection after each update.
        embeddings_constraint: some into Handle<dyn Constraint>;
        /// Whether a 0 stands for nothing: it is masked for the layers that follow.
        mask_zero: bool;
    }
}

impl Layer for Embedding {
    layer_base!();

    fn reads_integers(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        if self.input_dim == 0 || self.output_dim == 0 {
            let (rows, columns) = (self.input_dim, self.output_dim);
            return Err(format!("needs a table of at least 1 by 1, got {rows} by {columns}"));
        }
        if self.quantization_config.is_some() {
            return Err("is quantized; Cornu reads the weights of layers that are not".into());
        }
        Ok(())
    }

    fn build(&self, cx: &mut Build<'_>, _inputs: &[Shape]) -> Result<()> {
        cx.add_weight(
            Weight::new("embeddings", [self.input_dim, self.output_dim], self.embeddings_initializer.clone())
                .regularizer(&self.embeddings_regularizer)
                .constraint(&self.embeddings_constraint),
        )
    }

    fn has_build(&self) -> bool {
        true
    }

    fn supports_masking(&self) -> bool {
        self.mask_zero
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        cx.set_masks([self.mask_zero.then(|| x.not_equal(0.0))]);
        let index = x.cast(DType::I64);
        let index = index.less(0.0).select(index + self.input_dim as f64, index);
        let y = cx.weight("embeddings")?.gather(index);
        cx.penalize(self.activity_regularizer.as_ref(), y)?;
        Ok(y.into())
    }
}
