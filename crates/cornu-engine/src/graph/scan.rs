//! Loops over time: a graph applied step by step, as one operation.

use std::sync::Arc;

use super::hoist::hoist;
use super::{Builder, Graph, Node, NodeId, Op, Var};
use crate::error::{Error, Kind, Result};
use crate::{DType, Shape};

/// What a loop does: a graph of its own that makes the next states from a slice of each sequence, the states and
/// values that stay the same at every step.
///
/// All of a loop's results have the same inputs: the sequences (axis 0 is time), the first states, the constants.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scan {
    pub(crate) body: Graph,
    pub(crate) sequences: usize,
    pub(crate) states: usize,
    pub(crate) constants: usize,
    /// Whether the last slice comes first. What is gathered over time lies where its slices lay.
    pub(crate) reverse: bool,
}

/// Which of a loop's results a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScanResult {
    /// A state after the last step.
    Last(usize),
    /// A state before each step, over time.
    Before(usize),
    /// A value of the body at each step, over time.
    Each(NodeId),
}

/// What a loop is given.
#[derive(Debug, Clone, Copy)]
pub struct ScanInputs<'a, 'g> {
    /// What is read one slice of axis 0 a step; at least one.
    pub sequences: &'a [Var<'g>],
    /// The states before the first step.
    pub states: &'a [Var<'g>],
    /// What stays the same at every step.
    pub constants: &'a [Var<'g>],
    /// Whether the last slice comes first.
    pub reverse: bool,
}

/// What one step of a loop sees.
pub struct ScanStep<'b> {
    /// The graph of the step.
    pub builder: &'b Builder,
    /// The slices of the sequences.
    pub slices: Vec<Var<'b>>,
    /// The states before the step.
    pub states: Vec<Var<'b>>,
    /// What stays the same.
    pub constants: Vec<Var<'b>>,
}

/// The states and other results: of one step, or of all.
#[derive(Debug, Clone)]
pub struct Scanned<'g> {
    /// The states after the step, or after the last one.
    pub states: Vec<Var<'g>>,
    /// The results of the step; of all, with time as axis 0, each where its slices lay.
    pub outputs: Vec<Var<'g>>,
}

/// What an input of the body stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Sequence(usize),
    State(usize),
    Constant(usize),
}

impl Role {
    pub(crate) fn name(self) -> String {
        match self {
            Role::Sequence(at) => format!("sequence {at}"),
            Role::State(at) => format!("state {at}"),
            Role::Constant(at) => format!("constant {at}"),
        }
    }

    pub(crate) fn of(node: &Node) -> Option<Role> {
        let Op::Input(name) = &node.op else { return None };
        let (kind, at) = name.split_once(' ')?;
        let at = at.parse().ok()?;
        match kind {
            "sequence" => Some(Role::Sequence(at)),
            "state" => Some(Role::State(at)),
            "constant" => Some(Role::Constant(at)),
            _ => None,
        }
    }
}

impl Scan {
    /// The graph of one step.
    pub fn body(&self) -> &Graph {
        &self.body
    }

    pub(crate) fn arity(&self) -> usize {
        self.sequences + self.states + self.constants
    }

    /// Where among a node's inputs the value of a role stands.
    pub(crate) fn position(&self, role: Role) -> usize {
        match role {
            Role::Sequence(at) => at,
            Role::State(at) => self.sequences + at,
            Role::Constant(at) => self.sequences + self.states + at,
        }
    }

    /// The new value of a state in the body.
    pub(crate) fn next(&self, state: usize) -> NodeId {
        self.body.outputs[state].1
    }

    /// Checks that the body is legal and the new states can take the place of the old ones.
    fn check(&self) -> Result<()> {
        self.body.check()?;
        if !self.body.updates.is_empty() || self.body.nodes.iter().any(|node| matches!(node.op, Op::State(_)))
        {
            return Err(Kind::Spec("the body of a loop reads or writes variables".into()).into());
        }
        for state in 0..self.states {
            let name = Role::State(state).name();
            let is_old = |node: &&Node| matches!(&node.op, Op::Input(known) if *known == name);
            let (Some(old), new) = (self.body.nodes.iter().find(is_old), self.body.node(self.next(state)))
            else {
                return Err(Kind::Spec(format!("the body of a loop has no `{name}`")).into());
            };
            if old.dtype != new.dtype || !old.shape.accepts(&new.shape) {
                return Err(Error::shape(
                    "scan",
                    format!("{name} is {} {}, but becomes {} {}", old.dtype, old.shape, new.dtype, new.shape),
                ));
            }
        }
        Ok(())
    }

    /// The shape and type of a result for inputs of these.
    pub(super) fn infer(&self, op: &Op, result: ScanResult, inputs: &[&Node]) -> Result<(Shape, DType)> {
        for node in &self.body.nodes {
            let Some(role) = Role::of(node) else { continue };
            let Some(input) = inputs.get(self.position(role)) else {
                return Err(Error::shape(op, format!("has no {}", role.name())));
            };
            let given = match role {
                Role::Sequence(_) => input.shape.sample(),
                Role::State(_) | Role::Constant(_) => input.shape.clone(),
            };
            if input.dtype != node.dtype || !node.shape.accepts(&given) {
                return Err(Error::shape(
                    op,
                    format!(
                        "wants {} {} as {}, got {} {given}",
                        node.dtype,
                        node.shape,
                        role.name(),
                        input.dtype
                    ),
                ));
            }
        }
        let mut steps = None;
        for sequence in &inputs[..self.sequences] {
            let Some(&length) = sequence.shape.dims().first() else {
                return Err(Error::shape(op, "wants sequences with a time axis, got a single number"));
            };
            if let (Some(steps), Some(length)) = (steps, length)
                && steps != length
            {
                return Err(Error::shape(op, format!("got sequences of {steps} and of {length} steps")));
            }
            steps = steps.or(length);
        }
        let over_time = |shape: &Shape| [steps].into_iter().chain(shape.dims().iter().copied()).collect();
        Ok(match result {
            ScanResult::Last(state) => {
                let state = inputs[self.position(Role::State(state))];
                (state.shape.clone(), state.dtype)
            }
            ScanResult::Before(state) => {
                let state = inputs[self.position(Role::State(state))];
                (over_time(&state.shape), state.dtype)
            }
            ScanResult::Each(id) => {
                let node = self.body.node(id);
                (over_time(&node.shape), node.dtype)
            }
        })
    }

    pub(super) fn has(&self, result: ScanResult) -> bool {
        match result {
            ScanResult::Last(state) | ScanResult::Before(state) => state < self.states,
            ScanResult::Each(id) => id.index() < self.body.nodes.len(),
        }
    }
}

impl Builder {
    /// A loop over the steps of sequences. `step` is called once, to write down what a step computes.
    ///
    /// What does not depend on the states is taken out of the loop where that is cheaper. Random numbers
    /// drawn inside would be the same at every step.
    ///
    /// ```
    /// use cornu_engine::{DType, Result, graph::{Builder, ScanInputs, Scanned}};
    /// let b = Builder::new();
    /// let x = b.input("x", [None, Some(3)], DType::F32);
    /// let zero = b.scalar(0.0, DType::F32).broadcast_to([3]);
    /// let inputs = ScanInputs { sequences: &[x], states: &[zero], constants: &[], reverse: false };
    /// let sums = b.scan(inputs, |step| -> Result<_> {
    ///     let sum = step.states[0] + step.slices[0];
    ///     Ok(Scanned { states: vec![sum], outputs: vec![sum] })
    /// })?;
    /// assert_eq!(sums.outputs[0].shape().to_string(), "(None, 3)");
    /// assert_eq!(sums.states[0].shape().to_string(), "(3,)");
    /// # Ok::<(), cornu_engine::Error>(())
    /// ```
    ///
    /// # Errors
    /// What `step` returns; everything else is said by [`Builder::check`].
    pub fn scan<'g, E>(
        &'g self,
        inputs: ScanInputs<'_, 'g>,
        step: impl for<'b> FnOnce(&ScanStep<'b>) -> Result<Scanned<'b>, E>,
    ) -> Result<Scanned<'g>, E> {
        let builder = Builder::new();
        let declare = |of: &[Var<'g>], role: fn(usize) -> Role| -> Vec<_> {
            let shape = |value: &Var<'g>, role| match role {
                Role::Sequence(_) => value.shape().sample(),
                _ => value.shape(),
            };
            let input = |(at, value): (usize, &Var<'g>)| {
                builder.input(role(at).name(), shape(value, role(at)), value.dtype())
            };
            of.iter().enumerate().map(input).collect()
        };
        let stepped = step(&ScanStep {
            builder: &builder,
            slices: declare(inputs.sequences, Role::Sequence),
            states: declare(inputs.states, Role::State),
            constants: declare(inputs.constants, Role::Constant),
        })?;
        for (at, state) in stepped.states.iter().enumerate() {
            builder.output(Role::State(at).name(), *state);
        }
        let outputs: Vec<NodeId> = stepped.outputs.iter().map(|output| output.id()).collect();
        Ok(match builder.finish().and_then(|body| self.scan_of(inputs, body, &outputs)) {
            Ok(scanned) => scanned,
            Err(error) => {
                let failed = self.fail(error);
                Scanned { states: vec![failed; inputs.states.len()], outputs: vec![failed; outputs.len()] }
            }
        })
    }

    /// The results of a loop with this body.
    ///
    /// # Errors
    /// If body and inputs do not suit each other.
    pub(crate) fn scan_of<'g>(
        &'g self,
        inputs: ScanInputs<'_, 'g>,
        body: Graph,
        outputs: &[NodeId],
    ) -> Result<Scanned<'g>> {
        if inputs.sequences.is_empty() || body.outputs.len() != inputs.states.len() {
            let (new, old) = (body.outputs.len(), inputs.states.len());
            let message = format!(
                "wants a sequence at least, got {}, and as many new states as old ones, got {new} for {old}",
                inputs.sequences.len()
            );
            return Err(Error::shape("scan", message));
        }
        let hoisted = hoist(self, inputs, &body, outputs)?;
        let scan = Scan {
            body: hoisted.body,
            sequences: hoisted.sequences.len(),
            states: inputs.states.len(),
            constants: hoisted.constants.len(),
            reverse: inputs.reverse,
        };
        scan.check()?;
        let scan = Arc::new(scan);
        let given: Vec<Var<'g>> = [&hoisted.sequences[..], inputs.states, &hoisted.constants].concat();
        let result = |result| self.apply(Op::Scan { scan: scan.clone(), result }, &given);
        Ok(Scanned {
            states: (0..inputs.states.len()).map(|at| result(ScanResult::Last(at))).collect(),
            outputs: hoisted.outputs.into_iter().map(|id| result(ScanResult::Each(id))).collect(),
        })
    }

    /// Appends the nodes of another graph that `wanted` depend on, its inputs replaced by what `leaf` gives, and
    /// answers with what each node became. A node for which `leaf` gives something is not appended itself.
    pub(crate) fn inline<'g>(
        &'g self,
        graph: &Graph,
        wanted: &[NodeId],
        leaf: &dyn Fn(NodeId, &Node) -> Option<Var<'g>>,
    ) -> Vec<Option<Var<'g>>> {
        let mut needed = vec![false; graph.nodes.len()];
        wanted.iter().for_each(|id| needed[id.index()] = true);
        let given: Vec<Option<Var<'g>>> = graph.ids().map(|id| leaf(id, graph.node(id))).collect();
        for id in graph.ids().rev().filter(|id| given[id.index()].is_none()) {
            if needed[id.index()] {
                graph.node(id).inputs.iter().for_each(|input| needed[input.index()] = true);
            }
        }
        let mut values = given;
        for id in graph.ids().filter(|id| needed[id.index()]) {
            if values[id.index()].is_none() {
                let node = graph.node(id);
                let inputs: Vec<Var<'g>> =
                    node.inputs.iter().filter_map(|input| values[input.index()]).collect();
                values[id.index()] = Some(self.apply(node.op.clone(), &inputs));
            }
        }
        values
    }
}
