//! Steps: a draft whose values have places becomes a kernel call.

use super::draft::{Draft, Work};
use super::storage::Storage;
use super::values::Values;
use super::{Chunk, Copy, Kernel, Place, PoolWork, Product, RowFunction, Segment, windows};
use crate::error::Result;
use crate::graph::{NodeId, Op};
use crate::kernels::conv::Part;
use crate::kernels::map::Program;
use crate::kernels::reduce::{Cut, Layout};
use crate::scalar::Reduction;

/// The kernel call that does a draft's work.
///
/// # Errors
/// If a value the draft names is not in memory, which is a fault of the planner.
pub(super) fn kernel(values: &Values<'_>, storage: &Storage, draft: &Draft) -> Result<Kernel> {
    let Draft { work, reads, writes, .. } = draft;
    let segment = |reads: &[NodeId], writes: &[NodeId], length| -> Result<Segment> {
        Ok(Segment { inputs: storage.places(reads)?, outputs: storage.places(writes)?, length })
    };
    Ok(match work {
        Work::Map { program, lengths } => {
            let (read, written) = (program.inputs().count(), program.outputs().len());
            let part = |(at, length): (usize, &usize)| {
                segment(&reads[at * read..][..read], &writes[at * written..][..written], *length)
            };
            let segments = lengths.iter().enumerate().map(part).collect::<Result<Vec<_>>>()?;
            let tasks = cut_into_tasks(program, &segments);
            Kernel::Map { program: program.clone(), segments, tasks }
        }
        Work::Product { id, epilogue } => {
            let after = |program: &Program| -> Result<_> {
                Ok((program.clone(), segment(&reads[2..], &writes[1..], values.elements(*id))?))
            };
            let epilogue = epilogue.as_ref().map(after).transpose()?;
            let (a, b, to) = (storage.place(reads[0])?, storage.place(reads[1])?, storage.place(*id)?);
            if let Op::Conv(conv) = &values.graph.node(*id).op {
                windows::convolution(values, *id, (Part::Output, conv), [a, b], to, epilogue)
            } else {
                Kernel::MatMul { product: product(values, *id, a, b, to), epilogue }
            }
        }
        Work::Reduce { id, program } => {
            let (kind, layout) = reduction(values, *id);
            Kernel::Reduce {
                kind,
                cut: Cut::new(layout, program.cost()),
                program: program.clone(),
                inputs: storage.places(reads)?,
                layout,
                to: storage.place(*id)?,
            }
        }
        Work::Scan(looped) => {
            Kernel::Loop(Box::new(looped.place(values, storage, storage.room(writes[0])?)?))
        }
        Work::Other { id } => other(values, *id, storage.places(reads)?, storage.place(*id)?),
        Work::Store { variable } => {
            let length = values.elements(*variable);
            let copy = Copy {
                element: values.graph.node(*variable).dtype.size(),
                lengths: vec![length],
                from_start: 0,
                from_strides: vec![1],
                from_elements: length,
                to_start: 0,
                to_strides: vec![1],
                to_elements: length,
                clear: false,
            };
            Kernel::Copy { copy, from: storage.place(reads[0])?, to: storage.place(*variable)? }
        }
    })
}

fn product(values: &Values<'_>, id: NodeId, a: Place, b: Place, c: Place) -> Product {
    let node = values.graph.node(id);
    let (transpose_a, transpose_b) = match node.op {
        Op::MatMul { transpose_a, transpose_b } => (transpose_a, transpose_b),
        _ => (false, false),
    };
    let (left, right, own) = (values.dims(node.inputs[0]), values.dims(node.inputs[1]), values.dims(id));
    // `graph::infer` gives each side two axes at least.
    let rank = own.len();
    let (m, n) = (own[rank - 2], own[rank - 1]);
    let k = left[if transpose_a { rank - 2 } else { rank - 1 }];
    let outer: usize = own[..rank - 2].iter().product();
    // One right matrix for all: the left side's rows are simply more rows.
    let (batch, m) = if right.len() == 2 { (1, outer * m) } else { (outer, m) };
    Product { batch, m, k, n, transpose_a, transpose_b, a, b, c }
}

fn reduction(values: &Values<'_>, id: NodeId) -> (Reduction, Layout) {
    let node = values.graph.node(id);
    let dims = values.dims(node.inputs[0]);
    let (kind, axes) = match &node.op {
        Op::Reduce { kind, axes, .. } => (*kind, axes.as_slice()),
        _ => (Reduction::Sum, &[][..]),
    };
    // The layout pass left only reductions whose axes, those of length 1 aside, lie side by side.
    let long = || axes.iter().copied().filter(|axis| dims[*axis] != 1);
    let (first, last) = (long().min().unwrap_or(0), long().max().map_or(0, |axis| axis + 1));
    let elements = |dims: &[usize]| dims.iter().product();
    let layout = Layout {
        outer: elements(&dims[..first]),
        reduced: elements(&dims[first..last]),
        inner: elements(&dims[last..]),
    };
    (kind, layout)
}

fn other(values: &Values<'_>, id: NodeId, inputs: Vec<Place>, to: Place) -> Kernel {
    let node = values.graph.node(id);
    let (dims, from_dims) = (values.dims(id), values.dims(node.inputs[0]));
    let (from, last) = (inputs[0], inputs[inputs.len() - 1]);
    let rows = |function| {
        let (width, rows) =
            (from_dims.last().copied().unwrap_or(1), from_dims.iter().rev().skip(1).product());
        Kernel::Rows { function, inputs: inputs.clone(), to, rows, width }
    };
    let signed = |strides: &[usize]| strides.iter().map(|stride| *stride as isize).collect::<Vec<_>>();
    let copy = |lengths: &[usize], from_start, from_strides, to_start, to_strides| Kernel::Copy {
        copy: Copy {
            element: node.dtype.size(),
            lengths: lengths.to_vec(),
            from_start,
            from_strides,
            from_elements: from_dims.iter().product(),
            to_start,
            to_strides,
            to_elements: values.elements(id),
            clear: lengths.iter().product::<usize>() != values.elements(id),
        },
        from,
        to,
    };
    let (from_strides, to_strides) = (strides(from_dims), strides(dims));
    match &node.op {
        Op::ConvInput { conv, .. } => {
            windows::convolution(values, id, (Part::Input, conv), [from, last], to, None)
        }
        Op::ConvKernel { conv, .. } => {
            windows::convolution(values, id, (Part::Kernel, conv), [from, last], to, None)
        }
        Op::Pool(pool) => windows::pool(PoolWork::Pool, pool, from_dims, inputs, to),
        Op::PoolTake(pool) => windows::pool(PoolWork::Take, pool, from_dims, inputs, to),
        Op::PoolInput { pool, .. } => windows::pool(PoolWork::Spread, pool, dims, inputs, to),
        Op::Softmax => rows(RowFunction::Softmax),
        Op::LogSoftmax => rows(RowFunction::LogSoftmax),
        Op::Sparsemax => rows(RowFunction::Sparsemax),
        Op::SparseCrossEntropy => rows(RowFunction::SparseCrossEntropy),
        Op::ArgMax => rows(RowFunction::ArgMax),
        Op::InTopK(k) => rows(RowFunction::InTopK(*k)),
        Op::Concat { axis } => {
            let run = |id: &NodeId| values.dims(*id)[*axis..].iter().product::<usize>() * node.dtype.size();
            let parts = inputs.iter().copied().zip(node.inputs.iter().map(run)).collect();
            Kernel::Concat { parts, runs: dims[..*axis].iter().product(), to }
        }
        Op::Gather => {
            let (table, width) = (from_dims[0], from_dims[1..].iter().product());
            let count = values.elements(node.inputs[1]);
            Kernel::Gather { from, indices: last, to, table, count, width }
        }
        Op::ScatterAdd { rows } => {
            let width = dims[1..].iter().product();
            let count = values.elements(node.inputs[1]);
            Kernel::ScatterAdd { from, indices: last, to, table: *rows, count, width }
        }
        Op::Transpose(permutation) => {
            let permuted: Vec<usize> = permutation.iter().map(|axis| from_strides[*axis]).collect();
            copy(dims, 0, signed(&permuted), 0, to_strides)
        }
        Op::Slice { axis, start, .. } => {
            copy(dims, start * from_strides[*axis], signed(&from_strides), 0, to_strides)
        }
        Op::Reverse(axis) => {
            let mut strides = signed(&from_strides);
            strides[*axis] = -strides[*axis];
            copy(dims, dims[*axis].saturating_sub(1) * from_strides[*axis], strides, 0, to_strides)
        }
        Op::Pad { axis, before, .. } => {
            let start = before * to_strides[*axis];
            copy(from_dims, 0, signed(&from_strides), start, to_strides)
        }
        // Every other operation is elementwise, a product, a reduction, a view or a leaf.
        _ => copy(dims, 0, signed(&from_strides), 0, to_strides),
    }
}

/// Row-major strides.
fn strides(dims: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; dims.len()];
    for axis in (1..dims.len()).rev() {
        strides[axis - 1] = strides[axis] * dims[axis];
    }
    strides
}

/// Work of one task, in instructions: about 30 µs.
const TASK_COST: usize = 1 << 19;

/// Tasks begin at multiples of this many elements, where tiles of random numbers begin too.
const TASK_UNIT: usize = 4096;

/// Tasks of about one size, short segments sharing one. A matter of program and lengths alone.
fn cut_into_tasks(program: &Program, segments: &[Segment]) -> Vec<Vec<Chunk>> {
    let total: usize = segments.iter().map(|segment| segment.length).sum();
    let count = total.div_ceil((TASK_COST / program.cost().max(1)).max(TASK_UNIT)).max(1);
    let longest = total.div_ceil(count).next_multiple_of(TASK_UNIT);
    let mut tasks: Vec<Vec<Chunk>> = Vec::new();
    let mut task: Vec<Chunk> = Vec::new();
    let mut room = longest;
    for (segment, Segment { length, .. }) in segments.iter().enumerate() {
        let mut start = 0;
        while start < *length {
            // A piece that is not much longer than a task is not cut for the rest's sake.
            let left = length - start;
            let take = if left <= room + room / 4 { left } else { room };
            task.push(Chunk { segment, start, end: start + take });
            start += take;
            room = room.saturating_sub(take);
            if room < TASK_UNIT {
                tasks.push(std::mem::take(&mut task));
                room = longest;
            }
        }
    }
    if !task.is_empty() {
        tasks.push(task);
    }
    tasks
}
