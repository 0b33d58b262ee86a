//! `Bidirectional`: a recurrent layer run from both ends.

use serde_json::Value;
use std::sync::Arc;

use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Arguments, Base, Build, Call, Identity, Inner, Layer, Outputs, WeightGroup};
use crate::registry::{Family, Fields, Given, Handle};
use crate::{Result, Shape};

/// A recurrent layer and its twin that begins at the last step, their outputs merged.
///
/// Input `(batch, steps, features)`. The outputs of the twin come in the order of the steps. They are merged as
/// `merge_mode` says: side by side (`"concat"`, the default), `"sum"`, `"ave"`, `"mul"`, or both given (`None`); with
/// `return_state` the states of both follow. Initial states, further inputs or `initial_state` by name, are those of the
/// first, then those of the twin. The weights are those of both, with `forward_…/` and `backward_…/` before their names.
///
/// Source: Schuster and Paliwal 1997; <https://keras.io/api/layers/recurrent_layers/bidirectional/>.
///
/// ```
/// use cornu::layers::{Bidirectional, LSTM};
/// let layer = Bidirectional::new(LSTM::new(32).return_sequences(true)).merge_mode("sum");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = Bidirectional { backward_layer: None, ..Self::new(Identity::new()) }, settle = Self::settle)]
pub struct Bidirectional {
    #[fields(flatten)]
    base: Base,
    merge_mode: Option<String>,
    #[fields(required)]
    layer: Handle<dyn Layer>,
    backward_layer: Option<Handle<dyn Layer>>,
}

/// The arguments in which both sides must agree.
const COMMON: [&str; 3] = ["stateful", "return_sequences", "return_state"];

/// What a layer's config says of one of its arguments.
fn says(layer: &dyn Layer, argument: &str) -> bool {
    layer.config().get(argument).and_then(Value::as_bool).unwrap_or(false)
}

/// One side, made from a layer's config: with a name of its own, and zeros at masked steps if it returns sequences.
/// A layer that no config makes stays as it is.
fn side(layer: &Handle<dyn Layer>, prefix: Option<&str>, turn: bool) -> Handle<dyn Layer> {
    let Ok(given) = layer.get() else { return layer.clone() };
    let mut config = given.config();
    if let Some(prefix) = prefix {
        let name = given.inner_name();
        let name = format!("{prefix}{}", name.strip_prefix(prefix).unwrap_or(&name));
        config.insert("name".into(), name.into());
    }
    if turn {
        config.insert("go_backwards".into(), true.into());
    }
    if config.contains_key("zero_output_for_mask") {
        config.insert("zero_output_for_mask".into(), says(given, "return_sequences").into());
    }
    <dyn Layer>::from_class(given.class_name(), config).map_or_else(|_| layer.clone(), Handle::new)
}

impl Bidirectional {
    /// A layer from both ends. It is one of this module, or one whose config has `go_backwards`.
    pub fn new(layer: impl Layer) -> Self {
        Self::of(&Handle::new(Arc::new(layer)), None)
    }

    fn of(layer: &Handle<dyn Layer>, backward: Option<Handle<dyn Layer>>) -> Self {
        Bidirectional {
            base: Base::default(),
            merge_mode: Some("concat".into()),
            backward_layer: Some(match backward {
                Some(backward) => side(&backward, None, false),
                None => side(layer, Some("backward_"), true),
            }),
            layer: side(layer, Some("forward_"), false),
        }
    }

    /// Makes the twin, where the config gives none.
    fn settle(&mut self, _: &mut Given<'_>) -> Result<(), String> {
        let Bidirectional { layer, backward_layer, .. } = Self::of(&self.layer, self.backward_layer.take());
        (self.layer, self.backward_layer) = (layer, backward_layer);
        Ok(())
    }

    layer_base!(setters);

    /// The layer that begins at the last step, if it is to differ from the first.
    #[must_use]
    pub fn backward_layer(self, layer: impl Layer) -> Self {
        let backward = super::cell::named(layer, &[]);
        Bidirectional { backward_layer: Some(side(&backward, None, false)), ..self }
    }

    /// How the outputs are merged: `"concat"`, `"sum"`, `"ave"`, `"mul"`, or `None` to give both.
    #[must_use]
    pub fn merge_mode<'a>(self, merge_mode: impl Into<Option<&'a str>>) -> Self {
        Bidirectional { merge_mode: merge_mode.into().map(String::from), ..self }
    }

    fn sides(&self) -> Result<[&dyn Layer; 2]> {
        Ok([self.layer.get()?, self.backward_layer.as_ref().unwrap_or(&self.layer).get()?])
    }

    fn merged<'g>(&self, y: Var<'g>, back: Var<'g>) -> Vec<Var<'g>> {
        match self.merge_mode.as_deref() {
            Some("sum") => vec![y + back],
            Some("ave") => vec![(y + back) / 2.0],
            Some("mul") => vec![y * back],
            Some(_) => vec![y.builder().concat(&[y, back], -1)],
            None => vec![y, back],
        }
    }
}

impl Layer for Bidirectional {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        const MODES: [&str; 4] = ["concat", "sum", "ave", "mul"];
        if let Some(mode) = self.merge_mode.as_deref().filter(|mode| !MODES.contains(mode)) {
            return Err(format!("expects merge_mode to be one of {MODES:?} or None, got {mode:?}"));
        }
        let [forward, backward] = self.sides().map_err(|error| error.to_string())?;
        if says(forward, "go_backwards") == says(backward, "go_backwards") {
            return Err(
                "expects two layers of which one has go_backwards; one that Cornu does not know needs a \
                 backward_layer"
                    .into(),
            );
        }
        match COMMON.iter().find(|argument| says(forward, argument) != says(backward, argument)) {
            Some(argument) => Err(format!("expects both of its layers to agree on {argument}")),
            None => Ok(()),
        }
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        self.sides()?.into_iter().try_for_each(|side| cx.build_inner(side, &inputs[..1]))
    }

    fn has_build(&self) -> bool {
        true
    }

    fn weight_groups(&self, names: &[&str]) -> Vec<WeightGroup> {
        let paths = ["forward_layer", "backward_layer"];
        let sides = self.sides().into_iter().flatten();
        WeightGroup::of_parts(self, names, &paths.into_iter().zip(sides).collect::<Vec<_>>())
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let sides = self.sides()?;
        let first = [&inputs[1..], &cx.tensors("initial_state")].concat();
        let (of_forward, of_backward) = first.split_at(first.len() / 2);
        let own_mask = cx.tensor("mask").or_else(|| cx.mask(0));
        // As in a recurrent layer alone, initial states keep a mask from the loop unless it is given by name.
        let mask = if first.is_empty() { own_mask } else { cx.tensor("mask") };
        let tensors = mask.map(|mask| ("mask".to_owned(), mask)).into_iter().collect();
        let arguments = Arguments { tensors, ..Arguments::default() };
        let mut run = |side, states: &[Var<'g>]| {
            let inputs = [&inputs[..1], states].concat();
            let Inner { outputs, .. } = cx.call_inner(side, &inputs, &[None], &arguments)?;
            match outputs.split_first() {
                Some((output, states)) => Ok((*output, states.to_vec())),
                None => Err(side.error("gives nothing")),
            }
        };
        let (y, states) = run(sides[0], of_forward)?;
        let (back, back_states) = run(sides[1], of_backward)?;
        let sequences = says(sides[0], "return_sequences");
        let merged = self.merged(y, if sequences { back.reverse(1) } else { back });
        cx.set_masks(merged.iter().map(|_| own_mask.filter(|_| sequences)).collect::<Vec<_>>());
        Ok(Outputs([merged, states, back_states].concat()))
    }
}
