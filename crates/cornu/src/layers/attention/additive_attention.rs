//! `AdditiveAttention`: a small network matches queries and keys.

use super::scores::{attend, check_inputs};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::regularization::drop::check_rate;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::Fields;
use crate::{Result, Shape};

/// `softmax(sum(scale * tanh(query + key))) · value`, for each query the mean of the values.
///
/// Inputs, masks and call arguments are those of [`Attention`](super::Attention). Weight: `scale` (dim).
///
/// Source: Bahdanau et al. 2014; <https://keras.io/api/layers/attention_layers/additive_attention/>.
///
/// ```
/// use cornu::layers::{AdditiveAttention, Input};
/// use cornu::{Connect, Model};
/// let (query, value) = (Input::new([5, 8]).tensor(), Input::new([7, 8]).tensor());
/// let model = Model::new([&query, &value], AdditiveAttention::new().on([&query, &value]))?;
/// assert_eq!(model.count_params()?, 8);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct AdditiveAttention {
    #[fields(flatten)]
    base: Base,
    use_scale: bool,
    dropout: f64,
    seed: Option<u64>,
}

impl Default for AdditiveAttention {
    fn default() -> Self {
        AdditiveAttention { base: Base::default(), use_scale: true, dropout: 0.0, seed: None }
    }
}

impl AdditiveAttention {
    /// The layer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// Whether a weight for each feature multiplies the scores; true by default.
        use_scale: bool;
        /// The part of the weights that is dropped in training; 0 by default.
        dropout: f64;
        /// A seed for this layer's dropout alone.
        seed: some u64;
    }
}

impl Layer for AdditiveAttention {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        check_rate("dropout", self.dropout)
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        check_inputs(inputs.len()).map_err(|message| cx.error(message))?;
        if !self.use_scale {
            return Ok(());
        }
        let features = cx.known_axis(&inputs[0], -1)?;
        cx.add_weight(Weight::new("scale", [features], "glorot_uniform"))
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        check_inputs(inputs.len()).map_err(|message| cx.error(message))?;
        let (query, value) = (inputs[0], inputs[1]);
        let key = inputs.get(2).copied().unwrap_or(value);
        let mut pairs = (query.expand_dims(-2) + key.expand_dims(-3)).tanh();
        if self.use_scale {
            pairs = pairs * cx.weight("scale")?;
        }
        attend(cx, query, value, pairs.sum(&[-1], false), self.dropout, self.seed)
    }
}
