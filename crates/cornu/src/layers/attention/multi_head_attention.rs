//! `MultiHeadAttention`: several attentions beside each other.

use super::heads::{Heads, attention_mask};
use super::projections::{Projections, projection_setters, weight_groups};
use crate::graph::Var;
use crate::layers::axes::Axes;
use crate::layers::base::layer_base;
use crate::layers::regularization::drop::check_rate;
use crate::layers::{Base, Build, Call, Layer, Outputs, WeightGroup};
use crate::registry::Fields;
use crate::{Result, Shape};

/// `num_heads` attentions, each between projections of query and key to `key_dim` features over projections of the value
/// to `value_dim`; what they give is projected together.
///
/// Inputs: query (batch, queries, dim), value (batch, values, dim) and, if it is not the value, key. Output: (batch,
/// queries, dim), or with `output_shape` other features. Call arguments: `attention_mask` (batch, queries, values), true
/// where a query may see a value; `use_causal_mask`; `return_attention_scores`, with which the weights (batch, heads,
/// queries, values) are a second result. Weights: `kernel` and `bias` of `query`, `key`, `value` and
/// `attention_output`.
///
/// Source: Vaswani et al. 2017; <https://keras.io/api/layers/attention_layers/multi_head_attention/>.
///
/// ```
/// use cornu::layers::{Input, MultiHeadAttention};
/// use cornu::{Called, Connect, Model};
/// let x = Input::new([10, 16]).tensor();
/// let attention = MultiHeadAttention::new(2, 8);
/// let y = attention.on(Called::new([&x, &x]).argument("use_causal_mask", true));
/// assert_eq!(Model::new(&x, y)?.output_shape()?.to_string(), "(None, 10, 16)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
#[fields(start = MultiHeadAttention { use_bias: true, ..Self::default() })]
pub struct MultiHeadAttention {
    #[fields(flatten)]
    base: Base,
    num_heads: usize,
    key_dim: usize,
    value_dim: Option<usize>,
    dropout: f64,
    use_bias: bool,
    use_gate: bool,
    output_shape: Option<Vec<usize>>,
    attention_axes: Option<Axes>,
    sliding_window: Option<usize>,
    #[fields(flatten)]
    projections: Projections,
    seed: Option<u64>,
}

impl MultiHeadAttention {
    /// A layer of so many heads, whose queries and keys have `key_dim` features.
    pub fn new(num_heads: usize, key_dim: usize) -> Self {
        MultiHeadAttention { num_heads, key_dim, value_dim: Some(key_dim), use_bias: true, ..Self::default() }
    }

    layer_base!(setters);
    projection_setters!();

    crate::setters! {
        /// The features of each head's values; `key_dim` by default.
        value_dim: some usize;
        /// The part of the weights that is dropped in training; 0 by default.
        dropout: f64;
        /// Whether projections have biases; true by default.
        use_bias: bool;
        /// Whether a projection of the query by the sigmoid lets the heads' results through.
        use_gate: bool;
        /// The output's shape behind batch and places; the query's features by default.
        output_shape: some into Vec<usize>;
        /// The axes that are attended over; all between batch and features by default.
        attention_axes: some into Axes;
        /// How far a query sees: values less than so many places away.
        sliding_window: some usize;
        /// A seed for this layer's dropout alone.
        seed: some u64;
    }

    fn value_features(&self) -> usize {
        self.value_dim.filter(|features| *features > 0).unwrap_or(self.key_dim)
    }

    /// The axes attended over in inputs of `rank` axes.
    fn axes(&self, rank: usize) -> Result<Vec<usize>, String> {
        let Some(given) = &self.attention_axes else { return Ok((1..rank - 1).collect()) };
        let place = |axis: &isize| {
            let at = if *axis < 0 { rank as isize + axis } else { *axis };
            let inside = usize::try_from(at).ok().filter(|at| (1..rank - 1).contains(at));
            inside.ok_or_else(|| format!("cannot attend over axis {axis} of inputs of {rank} axes"))
        };
        given.as_slice().iter().map(place).collect()
    }
}

/// Says what is wrong with the shapes of query, value and key.
pub(super) fn check_shapes(shapes: &[Shape]) -> Result<(), String> {
    let [query, value, rest @ ..] = shapes else {
        return Err(format!("expects a query and a value, got {} inputs", shapes.len()));
    };
    if rest.len() > 1 {
        return Err(format!("expects a query, a value and a key at most, got {} inputs", shapes.len()));
    }
    if query.rank() < 3 || value.rank() != query.rank() {
        return Err(format!("expects a query and a value of one rank, at least 3, got {query} and {value}"));
    }
    let places = |shape: &Shape| shape.dims()[1..shape.rank() - 1].to_vec();
    match rest.first() {
        Some(key) if key.rank() != value.rank() || places(key) != places(value) => {
            Err(format!("expects a key for each value, got values {value} and keys {key}"))
        }
        _ => Ok(()),
    }
}

impl Layer for MultiHeadAttention {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        check_rate("dropout", self.dropout)?;
        let positive = [
            ("num_heads", Some(self.num_heads)),
            ("key_dim", Some(self.key_dim)),
            ("value_dim", self.value_dim),
            ("sliding_window", self.sliding_window),
        ];
        match positive.iter().find(|(_, value)| *value == Some(0)) {
            Some((name, _)) => Err(format!("expects {name} to be at least 1, got 0")),
            None => Ok(()),
        }
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        check_shapes(inputs).map_err(|message| cx.error(message))?;
        self.axes(inputs[0].rank()).map_err(|message| cx.error(message))?;
        let query = cx.known_axis(&inputs[0], -1)?;
        let value = cx.known_axis(&inputs[1], -1)?;
        let key = cx.known_axis(inputs.get(2).unwrap_or(&inputs[1]), -1)?;
        let (heads, values) = (self.num_heads, self.value_features());
        let mut declare = |name: &str, inputs: &[usize], outputs: &[usize]| {
            self.projections.declare(cx, name, inputs, outputs, self.use_bias)
        };
        declare("query", &[query], &[heads, self.key_dim])?;
        declare("key", &[key], &[heads, self.key_dim])?;
        if self.use_gate {
            declare("gate", &[query], &[heads, values])?;
        }
        declare("value", &[value], &[heads, values])?;
        declare("attention_output", &[heads, values], self.output_shape.as_deref().unwrap_or(&[query]))
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
        weight_groups(self, names, false)
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let shapes: Vec<Shape> = inputs.iter().map(|input| input.shape()).collect();
        check_shapes(&shapes).map_err(|message| cx.error(message))?;
        let (query, value) = (inputs[0], inputs[1]);
        let key = inputs.get(2).copied().unwrap_or(value);
        let axes = self.axes(query.rank()).map_err(|message| cx.error(message))?;
        let mask = attention_mask(cx, query, value, self.sliding_window)?;
        let heads = Heads {
            axes: &axes,
            scale: 1.0 / (self.key_dim as f64).sqrt(),
            dropout: self.dropout,
            seed: self.seed,
        };
        let projections = &self.projections;
        // In the order in which Keras adds their penalties.
        let gate = match self.use_gate {
            true => Some(projections.project(cx, "gate", query, 1, self.use_bias)?.sigmoid()),
            false => None,
        };
        let q = projections.project(cx, "query", query, 1, self.use_bias)?;
        let k = projections.project(cx, "key", key, 1, self.use_bias)?;
        let v = projections.project(cx, "value", value, 1, self.use_bias)?;
        let attended = heads.attend(cx, q, k, v, mask)?;
        let found = gate.map_or(attended.y, |gate| attended.y * gate);
        let y = projections.project(cx, "attention_output", found, 2, self.use_bias)?;
        Ok(attended.finish(cx, y))
    }
}
