//! Lowering: an elementwise cluster becomes a program.

use std::collections::HashMap;

use crate::DType;
use crate::graph::{Graph, NodeId, Op};
use crate::kernels::map::{Access, Domain, Instr, Program, Register, Source};
use crate::passes::fuse::{domain, is_free};

/// A program with the nodes whose memory it reads and writes, in its order.
#[derive(Debug, Clone)]
pub(super) struct Lowered {
    pub(super) program: Program,
    pub(super) reads: Vec<NodeId>,
    pub(super) writes: Vec<NodeId>,
}

/// The program that computes `nodes`, of one shape, and stores those of `stored`. `in_memory` says of a
/// free node whether its values exist in memory all the same.
pub(super) fn lower(
    graph: &Graph,
    nodes: &[NodeId],
    stored: &[NodeId],
    in_memory: &dyn Fn(NodeId) -> bool,
) -> Option<Lowered> {
    let shape = graph.node(*nodes.first()?).shape.to_known()?;
    let mut lowering = Lowering {
        graph,
        shape,
        in_memory,
        domain: domain(graph, nodes[0]),
        sources: Vec::new(),
        reads: Vec::new(),
        registers: HashMap::new(),
    };
    // Operands take the first registers, so all are found before the first instruction.
    for &id in nodes {
        for operand in lowering.operands(id) {
            if !nodes.contains(&operand) {
                lowering.source(operand)?;
            }
        }
    }
    lowering.finish(nodes, stored)
}

struct Lowering<'a> {
    graph: &'a Graph,
    shape: Vec<usize>,
    in_memory: &'a dyn Fn(NodeId) -> bool,
    domain: Domain,
    sources: Vec<Source>,
    reads: Vec<NodeId>,
    registers: HashMap<NodeId, Register>,
}

impl Lowering<'_> {
    /// The operands of a node in the program: of a lone free node, the node itself as a source.
    fn operands(&self, id: NodeId) -> Vec<NodeId> {
        match &self.graph.node(id).op {
            Op::Iota { .. } | Op::Random { .. } => Vec::new(),
            _ => self.graph.node(id).inputs.clone(),
        }
    }

    /// The register of a source, made on first use.
    fn source(&mut self, id: NodeId) -> Option<Register> {
        if let Some(register) = self.registers.get(&id) {
            return Some(*register);
        }
        let node = self.graph.node(id);
        let free = is_free(node) && !(self.in_memory)(id);
        let source = match &node.op {
            Op::Const(value) if free => Source::Const(value.number()?),
            Op::Broadcast(_) if free => {
                // Looked through: the repetition is a matter of access.
                let register = self.source(node.inputs[0])?;
                self.registers.insert(id, register);
                return Some(register);
            }
            Op::Iota { .. } if free => self.iota(id)?,
            Op::Random { stream, .. } if free => {
                self.reads.push(node.inputs[0]);
                Source::Random { stream: *stream }
            }
            _ => {
                self.reads.push(id);
                Source::Buffer { access: access(&node.shape.to_known()?, &self.shape), dtype: node.dtype }
            }
        };
        let register = Register::try_from(self.sources.len()).ok()?;
        self.sources.push(source);
        self.registers.insert(id, register);
        Some(register)
    }

    /// Coordinates along an axis, as this sweep counts them.
    fn iota(&self, id: NodeId) -> Option<Source> {
        let Op::Iota { shape, axis } = &self.graph.node(id).op else { return None };
        let axis = axis + self.shape.len() - shape.rank();
        let length = shape[axis - (self.shape.len() - shape.rank())]?;
        Some(Source::Iota { inner: self.shape[axis + 1..].iter().product(), length })
    }

    fn finish(mut self, nodes: &[NodeId], stored: &[NodeId]) -> Option<Lowered> {
        // A lone free node that must exist is a source that is stored.
        for &id in nodes {
            if matches!(self.graph.node(id).op, Op::Iota { .. }) {
                let source = self.iota(id)?;
                self.define_source(id, source)?;
            } else if let Op::Random { stream, .. } = self.graph.node(id).op {
                self.reads.push(self.graph.node(id).inputs[0]);
                self.define_source(id, Source::Random { stream })?;
            }
        }
        let last_use = self.last_uses(nodes, stored);
        let mut pool = Pool { free: Vec::new(), next: Register::try_from(self.sources.len()).ok()? };
        let mut instrs = Vec::new();
        for (at, &id) in nodes.iter().enumerate() {
            if self.registers.contains_key(&id) {
                continue;
            }
            let node = self.graph.node(id);
            let inputs: Vec<Register> =
                node.inputs.iter().map(|input| self.registers.get(input).copied()).collect::<Option<_>>()?;
            // A conversion to a float, or a repetition, changes no value of the register.
            if matches!(node.op, Op::Broadcast(_)) || self.keeps_value(id) {
                self.registers.insert(id, inputs[0]);
                continue;
            }
            let mut dst = pool.take()?;
            instrs.push(match (&node.op, &inputs[..]) {
                (Op::Unary(op), [a]) => Instr::Unary { op: *op, dst, a: *a },
                (Op::Binary(op), [a, b]) => Instr::Binary { op: *op, dst, a: *a, b: *b },
                (Op::Select, [condition, a, b]) => Instr::Select { dst, condition: *condition, a: *a, b: *b },
                (Op::Cast(dtype), [a]) => Instr::Convert { dtype: *dtype, dst, a: *a },
                _ => return None,
            });
            if let Some(dtype) = self.may_overflow(id) {
                let wide = std::mem::replace(&mut dst, pool.take()?);
                instrs.push(Instr::Convert { dtype, dst, a: wide });
                pool.free.push(wide);
            }
            self.registers.insert(id, dst);
            // Registers nobody reads any more are used again by the instructions that follow.
            let mut dead: Vec<Register> = self
                .registers
                .values()
                .copied()
                .filter(|register| {
                    usize::from(*register) >= self.sources.len() && last_use(*register, &self.registers) == at
                })
                .collect();
            dead.sort_unstable();
            dead.dedup();
            for register in dead {
                self.registers.retain(|_, held| *held != register);
                pool.free.push(register);
            }
        }
        let mut outputs = Vec::new();
        for id in stored {
            let mut register = *self.registers.get(id)?;
            let is_source = usize::from(register) < self.sources.len();
            if is_source || outputs.iter().any(|(taken, _)| *taken == register) {
                let dst = pool.fresh()?;
                instrs.push(Instr::Copy { dst, a: register });
                register = dst;
            }
            outputs.push((register, self.graph.node(*id).dtype));
        }
        let program = Program::new(self.domain, self.sources, instrs, outputs)?;
        Some(Lowered { program, reads: self.reads, writes: stored.to_vec() })
    }

    fn define_source(&mut self, id: NodeId, source: Source) -> Option<()> {
        let register = Register::try_from(self.sources.len()).ok()?;
        self.sources.push(source);
        self.registers.insert(id, register);
        Some(())
    }

    /// The narrow integer type that the result of a node's arithmetic, done in 64 bits, may not fit.
    fn may_overflow(&self, id: NodeId) -> Option<DType> {
        let node = self.graph.node(id);
        let narrow = matches!(node.dtype, DType::I32 | DType::U8);
        (narrow && matches!(node.op, Op::Unary(_) | Op::Binary(_))).then_some(node.dtype)
    }

    /// Whether a cast leaves the number in its register as it is.
    fn keeps_value(&self, id: NodeId) -> bool {
        let node = self.graph.node(id);
        let Op::Cast(to) = node.op else { return false };
        let from = self.graph.node(node.inputs[0]).dtype;
        match (from, to) {
            (DType::Bool, _) | (DType::U8, DType::I32 | DType::I64) | (DType::I32, DType::I64) => true,
            (_, DType::F32) => self.domain == Domain::F32,
            (_, DType::F64) => true,
            _ => from == to,
        }
    }

    /// The index of the last of `nodes` that reads a register, `usize::MAX` for those stored at the end.
    fn last_uses<'n>(
        &self,
        nodes: &'n [NodeId],
        stored: &'n [NodeId],
    ) -> impl Fn(Register, &HashMap<NodeId, Register>) -> usize + use<'n> {
        let uses: HashMap<NodeId, usize> = nodes
            .iter()
            .enumerate()
            .flat_map(|(at, id)| self.graph.node(*id).inputs.iter().map(move |input| (*input, at)))
            .collect();
        // A cast or repetition that shares its operand's register makes that operand live as long as itself.
        move |register, held| {
            held.iter()
                .filter(|(_, at)| **at == register)
                .map(
                    |(id, _)| {
                        if stored.contains(id) { usize::MAX } else { uses.get(id).copied().unwrap_or(0) }
                    },
                )
                .max()
                .unwrap_or(0)
        }
    }
}

/// The registers that are not sources.
struct Pool {
    /// Used before and not needed any more.
    free: Vec<Register>,
    /// The first never used.
    next: Register,
}

impl Pool {
    fn take(&mut self) -> Option<Register> {
        self.free.pop().or_else(|| self.fresh())
    }

    fn fresh(&mut self) -> Option<Register> {
        let register = self.next;
        self.next = register.checked_add(1)?;
        Some(register)
    }
}

/// How a sweep over `shape` reads an operand of shape `from` that is broadcast to it.
pub(super) fn access(from: &[usize], shape: &[usize]) -> Access {
    let total: usize = shape.iter().product();
    let own: usize = from.iter().product();
    if own == total {
        return Access::Full;
    }
    if own == 1 {
        return Access::Scalar;
    }
    let missing = shape.len() - from.len();
    let aligned: Vec<usize> = std::iter::repeat_n(1, missing).chain(from.iter().copied()).collect();
    let tail = |axis: usize| shape[axis..].iter().product::<usize>();
    for axis in 0..=shape.len() {
        if aligned[..axis].iter().all(|dim| *dim == 1) && aligned[axis..] == shape[axis..] {
            return Access::Periodic(tail(axis));
        }
        if aligned[..axis] == shape[..axis] && aligned[axis..].iter().all(|dim| *dim == 1) {
            return Access::Blocked(tail(axis));
        }
    }
    let mut stride = own;
    let axes = aligned.iter().zip(shape).map(|(&dim, &length)| {
        stride /= dim.max(1);
        (length, if dim == 1 { 0 } else { stride })
    });
    Access::Strided(axes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_are_read_by_the_simplest_access() {
        let cases: [(&[usize], &[usize], Access); 7] = [
            (&[2, 3], &[2, 3], Access::Full),
            (&[], &[2, 3], Access::Scalar),
            (&[1, 1], &[2, 3], Access::Scalar),
            (&[3], &[2, 3], Access::Periodic(3)),
            (&[3, 4], &[2, 3, 4], Access::Periodic(12)),
            (&[2, 1, 1], &[2, 3, 4], Access::Blocked(12)),
            (&[2, 1, 4], &[2, 3, 4], Access::Strided(vec![(2, 4), (3, 0), (4, 1)])),
        ];
        for (from, shape, want) in cases {
            assert_eq!(access(from, shape), want, "{from:?} in {shape:?}");
        }
    }
}
