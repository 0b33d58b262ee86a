//! `Attention`: dot products of queries and keys.

use super::scores::{attend, check_inputs};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::regularization::drop::check_rate;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::Fields;
use crate::{Result, Shape};

/// `softmax(query · keyᵀ) · value`: for each query the mean of the values, weighed by how well their keys match it.
///
/// Inputs: query (batch, queries, dim), value (batch, values, dim) and, if it is not the value, key (batch, values,
/// dim). Call arguments: `use_causal_mask`, which hides values behind the query's place, and
/// `return_attention_scores`, with which the weights (batch, queries, values) are a second result. Masked values count
/// for nothing; masked queries give 0.
///
/// Source: Luong et al. 2015; <https://keras.io/api/layers/attention_layers/attention/>.
///
/// ```
/// use cornu::layers::{Attention, Input};
/// use cornu::{Called, Connect, Model};
/// let (query, value) = (Input::new([5, 8]).tensor(), Input::new([7, 8]).tensor());
/// let context = Attention::new().on(Called::new([&query, &value]).argument("use_causal_mask", true));
/// let model = Model::new([&query, &value], context)?;
/// assert_eq!(model.output_shape()?.to_string(), "(None, 5, 8)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Attention {
    #[fields(flatten)]
    base: Base,
    use_scale: bool,
    score_mode: String,
    dropout: f64,
    seed: Option<u64>,
}

impl Default for Attention {
    fn default() -> Self {
        Attention {
            base: Base::default(),
            use_scale: false,
            score_mode: "dot".into(),
            dropout: 0.0,
            seed: None,
        }
    }
}

impl Attention {
    /// The layer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// Whether a weight `scale` multiplies the scores.
        use_scale: bool;
        /// `"dot"`, or `"concat"` for `sum(tanh(query + key))` times a weight.
        score_mode: into String;
        /// The part of the weights that is dropped in training; 0 by default.
        dropout: f64;
        /// A seed for this layer's dropout alone.
        seed: some u64;
    }
}

impl Layer for Attention {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        check_rate("dropout", self.dropout)?;
        match self.score_mode.as_str() {
            "dot" | "concat" => Ok(()),
            other => Err(format!("expects score_mode to be dot or concat, got {other}")),
        }
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        check_inputs(inputs.len()).map_err(|message| cx.error(message))?;
        if self.use_scale {
            cx.add_weight(Weight::new("scale", [], "ones"))?;
        }
        if self.score_mode == "concat" {
            cx.add_weight(Weight::new("concat_score_weight", [], "ones"))?;
        }
        Ok(())
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        check_inputs(inputs.len()).map_err(|message| cx.error(message))?;
        let (query, value) = (inputs[0], inputs[1]);
        let key = inputs.get(2).copied().unwrap_or(value);
        let scale = if self.use_scale { Some(cx.weight("scale")?) } else { None };
        let scaled = |x: Var<'g>| scale.map_or(x, |scale| x * scale);
        let scores = if self.score_mode == "concat" {
            let pairs = scaled(query.expand_dims(-2) + key.expand_dims(-3));
            pairs.tanh().sum(&[-1], false) * cx.weight("concat_score_weight")?
        } else {
            scaled(query.matmul_with(false, key, true))
        };
        attend(cx, query, value, scores, self.dropout, self.seed)
    }
}
