//! `GroupQueryAttention`: heads that share keys and values.

use super::heads::{Heads, attention_mask};
use super::multi_head_attention::check_shapes;
use super::projections::{Projections, projection_setters, weight_groups};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::regularization::drop::check_rate;
use crate::layers::{Base, Build, Call, Layer, Outputs, WeightGroup};
use crate::registry::Fields;
use crate::{Dim, Result, Shape};

/// [`MultiHeadAttention`](super::MultiHeadAttention) in which groups of query heads share one head of keys and values.
///
/// Inputs: query (batch, queries, dim), value (batch, values, dim) and, if it is not the value, key. Masks and call
/// arguments are those of `MultiHeadAttention`. In files it is Keras' `GroupedQueryAttention`.
///
/// Source: Ainslie et al. 2023; <https://keras.io/api/layers/attention_layers/group_query_attention/>.
///
/// ```
/// use cornu::layers::{GroupQueryAttention, Input};
/// use cornu::{Connect, Model};
/// let x = Input::new([10, 16]).tensor();
/// let y = GroupQueryAttention::new(4, 4, 2).on([&x, &x]);
/// assert_eq!(Model::new(&x, y)?.output_shape()?.to_string(), "(None, 10, 16)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
#[fields(start = GroupQueryAttention { use_bias: true, ..Self::default() })]
pub struct GroupQueryAttention {
    #[fields(flatten)]
    base: Base,
    head_dim: usize,
    num_query_heads: usize,
    num_key_value_heads: usize,
    use_bias: bool,
    use_gate: bool,
    sliding_window: Option<usize>,
    dropout: f64,
    #[fields(flatten)]
    projections: Projections,
    seed: Option<u64>,
}

impl GroupQueryAttention {
    /// A layer of so many query heads of `head_dim` features each, over so many heads of keys and values.
    pub fn new(head_dim: usize, num_query_heads: usize, num_key_value_heads: usize) -> Self {
        GroupQueryAttention {
            head_dim,
            num_query_heads,
            num_key_value_heads,
            use_bias: true,
            ..Self::default()
        }
    }

    layer_base!(setters);
    projection_setters!();

    crate::setters! {
        /// The part of the weights that is dropped in training; 0 by default.
        dropout: f64;
        /// Whether projections have biases; true by default.
        use_bias: bool;
        /// Whether a projection of the query by the sigmoid lets the heads' results through.
        use_gate: bool;
        /// How far a query sees: values less than so many places away.
        sliding_window: some usize;
        /// A seed for this layer's dropout alone.
        seed: some u64;
    }

    /// Each head of keys or values once for each query head that shares it.
    fn shared<'g>(&self, x: Var<'g>) -> Var<'g> {
        let times = self.num_query_heads / self.num_key_value_heads.max(1);
        let shape = x.shape();
        let with = |heads: &[Dim]| -> Vec<Dim> {
            shape.dims()[..2].iter().chain(heads).chain(&[shape[3]]).copied().collect()
        };
        x.expand_dims(3)
            .broadcast_to(with(&[shape[2], Some(times)]))
            .reshape(with(&[Some(self.num_query_heads)]))
    }

    fn check_inputs(shapes: &[Shape]) -> Result<(), String> {
        check_shapes(shapes)?;
        let (query, value) = (&shapes[0], &shapes[1]);
        if query.rank() != 3 || query.last() != value.last() {
            return Err(format!(
                "expects a query and a value of 3 axes and one number of features, got {query} and {value}"
            ));
        }
        Ok(())
    }
}

impl Layer for GroupQueryAttention {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        check_rate("dropout", self.dropout)?;
        let (queries, values) = (self.num_query_heads, self.num_key_value_heads);
        if self.head_dim == 0 || queries == 0 || values == 0 || self.sliding_window == Some(0) {
            return Err(
                "expects head_dim, numbers of heads and sliding_window to be at least 1, got 0".into()
            );
        }
        if !queries.is_multiple_of(values) {
            return Err(format!("cannot share {values} key_value heads evenly among {queries} query heads"));
        }
        Ok(())
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        Self::check_inputs(inputs).map_err(|message| cx.error(message))?;
        let query = cx.known_axis(&inputs[0], -1)?;
        let value = cx.known_axis(&inputs[1], -1)?;
        let key = cx.known_axis(inputs.get(2).unwrap_or(&inputs[1]), -1)?;
        let (queries, values) =
            ([self.num_query_heads, self.head_dim], [self.num_key_value_heads, self.head_dim]);
        let mut declare = |name: &str, inputs: &[usize], outputs: &[usize]| {
            self.projections.declare(cx, name, inputs, outputs, self.use_bias)
        };
        declare("query", &[query], &queries)?;
        declare("key", &[key], &values)?;
        if self.use_gate {
            declare("gate", &[query], &queries)?;
        }
        declare("value", &[value], &values)?;
        declare("attention_output", &queries, &[query])
    }

    fn has_build(&self) -> bool {
        true
    }

    fn takes_inputs_apart(&self) -> bool {
        true
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn weight_groups(&self, names: &[&str]) -> Vec<WeightGroup> {
        weight_groups(self, names, true)
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let shapes: Vec<Shape> = inputs.iter().map(|input| input.shape()).collect();
        Self::check_inputs(&shapes).map_err(|message| cx.error(message))?;
        let (query, value) = (inputs[0], inputs[1]);
        let key = inputs.get(2).copied().unwrap_or(value);
        let mask = attention_mask(cx, query, value, self.sliding_window)?;
        let scale = 1.0 / (self.head_dim as f64).sqrt();
        let heads = Heads { axes: &[1], scale, dropout: self.dropout, seed: self.seed };
        let projections = &self.projections;
        let gate = match self.use_gate {
            true => Some(projections.project(cx, "gate", query, 1, self.use_bias)?.sigmoid()),
            false => None,
        };
        let q = projections.project(cx, "query", query, 1, self.use_bias)?;
        let k = self.shared(projections.project(cx, "key", key, 1, self.use_bias)?);
        let v = self.shared(projections.project(cx, "value", value, 1, self.use_bias)?);
        let attended = heads.attend(cx, q, k, v, mask)?;
        let found = gate.map_or(attended.y, |gate| attended.y * gate);
        let y = projections.project(cx, "attention_output", found, 2, self.use_bias)?;
        Ok(attended.finish(cx, y))
    }
}
