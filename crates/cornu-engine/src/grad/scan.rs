//! The adjoint of a loop over time: a loop from the other end.

use std::sync::Arc;

use super::{pull_back, rows};
use crate::error::Result;
use crate::graph::{Binary, Builder, NodeId, Op, Reduction, Role, Scan, ScanInputs, ScanResult, Var};

/// The gradients with respect to a loop's inputs, given those with respect to some of its results; `None` where
/// not `wanted`.
///
/// A step of the adjoint computes the forward step again from the states before it and carries the gradient of
/// the states. The gradient of a constant is a sum over all steps: where a step adds a matrix product or a sum over
/// rows, their operands are gathered and one product over all steps is made of them; otherwise the sum is carried
/// along.
///
/// # Errors
/// If the body cannot be differentiated.
pub(super) fn adjoint<'g>(
    scan: &Arc<Scan>,
    inputs: &[Var<'g>],
    dys: &[(ScanResult, Var<'g>)],
    wanted: &[bool],
) -> Result<Vec<Option<Var<'g>>>> {
    let outer = inputs[0].builder();
    let dy = |wanted| dys.iter().find(|(result, _)| *result == wanted).map(|(_, dy)| *dy);
    let inner = Builder::new();
    let mut backwards =
        Backwards { outer, inner: &inner, sequences: Vec::new(), states: Vec::new(), outputs: Vec::new() };

    // The forward step.
    let (sequences, rest) = inputs.split_at(scan.sequences);
    let constants = &rest[scan.states..];
    let slices: Vec<Var<'_>> = sequences.iter().map(|sequence| backwards.sequence(*sequence)).collect();
    let before = |state| Op::Scan { scan: scan.clone(), result: ScanResult::Before(state) };
    let states: Vec<Var<'_>> =
        (0..scan.states).map(|state| backwards.sequence(outer.apply(before(state), inputs))).collect();
    let fixed: Vec<Var<'_>> = constants
        .iter()
        .enumerate()
        .map(|(at, value)| inner.input(Role::Constant(at).name(), value.shape(), value.dtype()))
        .collect();
    let each = dys.iter().filter_map(|(result, dy)| match result {
        ScanResult::Each(id) => Some((*id, *dy)),
        ScanResult::Last(_) | ScanResult::Before(_) => None,
    });
    let computed: Vec<NodeId> =
        (0..scan.states).map(|state| scan.next(state)).chain(each.clone().map(|(id, _)| id)).collect();
    let forward = inner.inline(&scan.body, &computed, &|_, node| {
        Role::of(node)
            .and_then(|role| match role {
                Role::Sequence(at) => slices.get(at),
                Role::State(at) => states.get(at),
                Role::Constant(at) => fixed.get(at),
            })
            .copied()
    });

    // Its adjoint.
    let floats: Vec<usize> = (0..scan.states).filter(|state| states[*state].dtype().is_float()).collect();
    let mut seeds = Vec::new();
    for &state in &floats {
        let like = inputs[scan.position(Role::State(state))];
        let carried = backwards.state(dy(ScanResult::Last(state)).unwrap_or_else(|| like.zeros_like()));
        seeds.extend(forward[scan.next(state).index()].map(|value| (value, carried)));
    }
    for (id, dy) in each {
        let slice = backwards.sequence(dy);
        seeds.extend(forward[id.index()].map(|value| (value, slice)));
    }
    let wants = |role| wanted[scan.position(role)];
    let wanted_slices: Vec<usize> = (0..scan.sequences).filter(|at| wants(Role::Sequence(*at))).collect();
    let wanted_constants: Vec<usize> = (0..constants.len()).filter(|at| wants(Role::Constant(*at))).collect();
    let choices = [(&states, &floats), (&slices, &wanted_slices), (&fixed, &wanted_constants)];
    let wrt: Vec<Var<'_>> =
        choices.iter().flat_map(|(all, wanted)| wanted.iter().map(|at| all[*at])).collect();
    let mut gradients = pull_back(&seeds, &wrt)?.into_iter();
    for (at, &state) in floats.iter().enumerate() {
        let Some(mut next) = gradients.next() else { continue };
        if let Some(dy) = dy(ScanResult::Before(state)) {
            next = next + backwards.sequence(dy);
        }
        backwards.states[at].next = Some(next);
    }
    let slice_outputs: Vec<usize> =
        gradients.by_ref().take(wanted_slices.len()).map(|value| backwards.gather(value)).collect();
    let sums: Vec<Vec<Sum>> = gradients.map(|gradient| backwards.sum(gradient)).collect();

    // The loop.
    for (at, state) in backwards.states.iter().enumerate() {
        inner.output(Role::State(at).name(), state.next.unwrap_or(state.carried));
    }
    let outputs: Vec<NodeId> = backwards.outputs.iter().map(|output| output.id()).collect();
    let first: Vec<Var<'g>> = backwards.states.iter().map(|state| state.first).collect();
    let all_sequences = backwards.sequences;
    let given = ScanInputs { sequences: &all_sequences, states: &first, constants, reverse: !scan.reverse };
    let results = outer.scan_of(given, inner.finish()?, &outputs)?;

    let mut found = vec![None; inputs.len()];
    for (at, &state) in floats.iter().enumerate() {
        found[scan.position(Role::State(state))] = Some(results.states[at]);
    }
    for (slice, output) in wanted_slices.into_iter().zip(slice_outputs) {
        found[scan.position(Role::Sequence(slice))] = Some(results.outputs[output]);
    }
    let gathered = |over_time: OverTime| match over_time {
        OverTime::Sequence(at) => all_sequences[at],
        OverTime::Output(at) => results.outputs[at],
    };
    for (constant, sums) in wanted_constants.into_iter().zip(sums) {
        let total = sums.into_iter().map(|sum| match sum {
            Sum::Product(a, b) => rows(gathered(a)).matmul_with(true, rows(gathered(b)), false),
            Sum::Rows(value, axes) => gathered(value).sum(&axes, false).reshape(constants[constant].shape()),
            Sum::Carried(state) => results.states[state],
        });
        found[scan.position(Role::Constant(constant))] = total.reduce(|a, b| a + b);
    }
    Ok(found)
}

/// The loop that is being built.
struct Backwards<'b, 'g> {
    outer: &'g Builder,
    inner: &'b Builder,
    sequences: Vec<Var<'g>>,
    states: Vec<Carried<'b, 'g>>,
    /// What is gathered over time.
    outputs: Vec<Var<'b>>,
}

/// A state of the loop.
struct Carried<'b, 'g> {
    first: Var<'g>,
    carried: Var<'b>,
    next: Option<Var<'b>>,
}

/// A value of every step.
#[derive(Clone, Copy)]
enum OverTime {
    Sequence(usize),
    Output(usize),
}

/// A part of a constant's gradient, summed over all steps.
enum Sum {
    /// The product of all rows of one value, transposed, with those of another.
    Product(OverTime, OverTime),
    /// The sum of a value over axes, time among them.
    Rows(OverTime, Vec<isize>),
    /// A state of the loop.
    Carried(usize),
}

impl<'b, 'g> Backwards<'b, 'g> {
    fn sequence(&mut self, sequence: Var<'g>) -> Var<'b> {
        self.sequences.push(sequence);
        let name = Role::Sequence(self.sequences.len() - 1).name();
        self.inner.input(name, sequence.shape().sample(), sequence.dtype())
    }

    fn state(&mut self, first: Var<'g>) -> Var<'b> {
        let carried = self.inner.input(Role::State(self.states.len()).name(), first.shape(), first.dtype());
        self.states.push(Carried { first, carried, next: None });
        carried
    }

    fn gather(&mut self, value: Var<'b>) -> usize {
        let known = self.outputs.iter().position(|output| output.id() == value.id());
        known.unwrap_or_else(|| {
            self.outputs.push(value);
            self.outputs.len() - 1
        })
    }

    fn over_time(&mut self, value: Var<'b>) -> OverTime {
        match Role::of(&self.inner.node(value.id())) {
            Some(Role::Sequence(at)) => OverTime::Sequence(at),
            _ => OverTime::Output(self.gather(value)),
        }
    }

    /// How the sum of a value over all steps is made.
    fn sum(&mut self, value: Var<'b>) -> Vec<Sum> {
        let inputs = value.inputs();
        match (value.op(), &inputs[..]) {
            (Op::Binary(Binary::Add), [a, b]) if a.shape() == value.shape() && b.shape() == value.shape() => {
                let mut parts = self.sum(*a);
                parts.extend(self.sum(*b));
                parts
            }
            (Op::MatMul { transpose_a: true, transpose_b: false }, [a, b]) if value.rank() == 2 => {
                vec![Sum::Product(self.over_time(*a), self.over_time(*b))]
            }
            (Op::Reduce { kind: Reduction::Sum, axes, .. }, [of]) => {
                let axes = [0].into_iter().chain(axes.iter().map(|axis| *axis as isize + 1)).collect();
                vec![Sum::Rows(self.over_time(*of), axes)]
            }
            _ => {
                let zeros = self.outer.scalar(0.0, value.dtype()).broadcast_to(value.shape());
                let so_far = self.state(zeros);
                let state = self.states.len() - 1;
                self.states[state].next = Some(so_far + value);
                vec![Sum::Carried(state)]
            }
        }
    }
}
