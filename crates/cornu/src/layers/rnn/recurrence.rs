//! A cell run over the steps of a sequence.

use crate::graph::{ScanInputs, Scanned, Var};
use crate::layers::{Arguments, Build, Call, Layer, Outputs, Step, Weight};
use crate::{DType, Result, Shape};

use super::arguments::LoopArguments;

/// A recurrent layer: its cell, and how it runs over time.
pub(super) struct Recurrence<'a> {
    pub(super) cell: &'a dyn Layer,
    pub(super) looped: LoopArguments,
}

/// The shape of a slice: the input's without its time axis.
pub(super) fn slice_shape(input: &Shape) -> Shape {
    let dims = input.dims().iter().enumerate().filter(|(axis, _)| *axis != 1);
    dims.map(|(_, dim)| *dim).collect()
}

/// The variable that holds a state from one batch to the next.
fn state_name(state: usize) -> String {
    if state == 0 { "rnn_state".into() } else { format!("rnn_state_{state}") }
}

impl Recurrence<'_> {
    /// Declares the weights of the cell, and the states if they are kept.
    ///
    /// # Errors
    /// If the input does not suit the cell.
    pub(super) fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let Some(cell) = self.cell.as_cell() else {
            return Err(cx.error(format!("is made of {}, which is no cell", self.cell.describe())));
        };
        if inputs[0].rank() < 3 {
            let got = &inputs[0];
            return Err(cx.error(format!("expects an input of 3 axes, (batch, steps, features), got {got}")));
        }
        let slice = slice_shape(&inputs[0]);
        cx.build_inner(self.cell, std::slice::from_ref(&slice))?;
        if !self.looped.stateful {
            return Ok(());
        }
        for (at, state) in cell.state_shapes(&slice).iter().enumerate() {
            let Some(shape) = state.to_known() else {
                return Err(cx.error(format!(
                    "keeps its states from batch to batch and has to know the batch size, got {}; give the `Input` one",
                    inputs[0]
                )));
            };
            cx.add_weight(Weight::new(state_name(at), shape, "zeros").transient())?;
        }
        Ok(())
    }

    /// Appends the loop. Further inputs, or `initial_state` by name, are the states before the first step.
    ///
    /// # Errors
    /// If the inputs do not suit the cell.
    pub(super) fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let Some(cell) = self.cell.as_cell() else {
            return Err(cx.error(format!("is made of {}, which is no cell", self.cell.describe())));
        };
        let x = inputs[0];
        let slice = slice_shape(&x.shape());
        let shapes = cell.state_shapes(&slice);
        let (first, are_zero) = self.first_states(cx, inputs, &shapes)?;
        let looped = self.looped;
        let own_mask = cx.tensor("mask").or_else(|| cx.mask(0));
        // As in Keras, initial states keep a mask from the loop unless it is given by name.
        let has_states = inputs.len() > 1 || cx.tensor("initial_state").is_some();
        let mask = if has_states { cx.tensor("mask") } else { own_mask };
        // What a masked step shows: zeros, or what the step before showed, zeros before the first.
        let repeats = mask.is_some() && !looped.zero_output_for_mask;
        let shown_by_state = cell.output_is_first_state()
            && if repeats { are_zero } else { mask.is_none() || looped.return_sequences };
        let shown = (!shown_by_state && (repeats || !looped.return_sequences))
            .then(|| zeros(cx, cell.output_shape(&slice)));

        let (weights, values, named) = cx.inside(self.cell, &[], &Arguments::default(), |cx| {
            Ok((cx.weights.to_vec(), cx.values.to_vec(), cell.constants(cx, &slice)?))
        })?;
        let names: Vec<&String> = named.iter().map(|(name, _)| name).collect();
        let constants: Vec<Var<'g>> =
            values.iter().copied().chain(named.iter().map(|(_, value)| *value)).chain(cx.seed).collect();
        let sequences: Vec<Var<'g>> =
            [x].into_iter().chain(mask).map(|value| value.swap_axes(0, 1)).collect();
        let states: Vec<Var<'g>> = first.iter().copied().chain(shown).collect();
        let (count, training) = (first.len(), cx.training());
        let (path, frozen) = (format!("{}/{}", cx.path, self.cell.inner_name()), !cx.trainable());
        let given = ScanInputs {
            sequences: &sequences,
            states: &states,
            constants: &constants,
            reverse: looped.go_backwards,
        };
        let Scanned { states: last, outputs } = cx.builder.scan(given, |step| {
            let (values, rest) = step.constants.split_at(values.len());
            let tensors = names.iter().map(|name| (*name).clone()).zip(rest.iter().copied()).collect();
            let mut inner = Call {
                layer: self.cell,
                path: &path,
                frozen,
                sources: &[],
                builder: step.builder,
                seed: rest.last().copied().filter(|_| training),
                weights: &weights,
                values,
                masks: &[],
                arguments: &Arguments { tensors, ..Arguments::default() },
                losses: Vec::new(),
                updates: Vec::new(),
                given_masks: None,
            };
            let before = &step.states[..count];
            let Step { output, states } = cell.step(&mut inner, step.slices[0], before)?;
            if states.len() != count || !inner.losses.is_empty() || !inner.updates.is_empty() {
                return Err(self.cell.error(format!(
                    "is a cell of {count} states and gives {}; penalties and updates a cell cannot give",
                    states.len()
                )));
            }
            let shown = step.states.get(count).copied();
            Ok(match step.slices.get(1) {
                None => {
                    let carried = states.iter().copied().chain(shown.map(|_| output)).collect();
                    Scanned { states: carried, outputs: vec![output] }
                }
                Some(mask) => masked(*mask, &Step { output, states }, before, shown, repeats),
            })
        })?;

        let whole = |outputs: Var<'g>| {
            let outputs = outputs.swap_axes(0, 1);
            if looped.go_backwards { outputs.reverse(1) } else { outputs }
        };
        let output = if looped.return_sequences {
            whole(outputs[0])
        } else {
            last[if shown.is_some() { count } else { 0 }]
        };
        if looped.stateful {
            for (at, state) in last[..count].iter().enumerate() {
                cx.update(&state_name(at), *state)?;
            }
        }
        let states = if looped.return_state { &last[..count] } else { &[] };
        let mask = own_mask.filter(|_| looped.return_sequences);
        cx.set_masks(std::iter::once(mask).chain(states.iter().map(|_| None)));
        Ok(Outputs([&[output], states].concat()))
    }

    /// The states before the first step, and whether they are zeros.
    fn first_states<'g>(
        &self,
        cx: &Call<'_, 'g>,
        inputs: &[Var<'g>],
        shapes: &[Shape],
    ) -> Result<(Vec<Var<'g>>, bool)> {
        let given = [&inputs[1..], &cx.tensors("initial_state")].concat();
        // Where the batch is not known, it is not known of the states either.
        let beside = |state: Var<'g>, shape: &Shape| state.broadcast_to(shape.clone());
        if given.is_empty() && self.looped.stateful {
            let kept = |(at, shape)| Ok(beside(cx.weight(&state_name(at))?, shape));
            return Ok((shapes.iter().enumerate().map(kept).collect::<Result<_>>()?, false));
        }
        if given.is_empty() {
            return Ok((shapes.iter().map(|shape| zeros(cx, shape.clone())).collect(), true));
        }
        let got: Vec<Shape> = given.iter().map(|state| state.shape()).collect();
        if got.len() != shapes.len() || shapes.iter().zip(&got).any(|(want, got)| !want.accepts(got)) {
            return Err(cx.error(format!("expects initial states of shape {shapes:?}, got {got:?}")));
        }
        Ok((given.into_iter().zip(shapes).map(|(state, shape)| beside(state, shape)).collect(), false))
    }
}

fn zeros<'g>(cx: &Call<'_, 'g>, shape: Shape) -> Var<'g> {
    cx.builder.scalar(0.0, DType::F32).broadcast_to(shape)
}

/// A step's results under the mask of its slice: where it is masked the states stay, and the output is that of the step
/// before if it `repeats`, or zeros. `shown` is that output where it is not the first state.
fn masked<'b>(
    mask: Var<'b>,
    step: &Step<'b>,
    before: &[Var<'b>],
    shown: Option<Var<'b>>,
    repeats: bool,
) -> Scanned<'b> {
    let beside = |value: Var<'b>| {
        let ones = value.rank().saturating_sub(mask.rank());
        let dims = [mask.shape().dims(), &vec![Some(1); ones]].concat();
        mask.cast(DType::Bool).reshape(dims)
    };
    let output = match (repeats, shown.or_else(|| before.first().copied())) {
        (true, Some(previous)) => beside(step.output).select(step.output, previous),
        _ => beside(step.output).select(step.output, 0.0),
    };
    let kept = step.states.iter().zip(before).map(|(new, old)| beside(*new).select(*new, *old));
    Scanned { states: kept.chain(shown.map(|_| output)).collect(), outputs: vec![output] }
}
