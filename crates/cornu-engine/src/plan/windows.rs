//! The sizes of convolutions and pools as their kernels want them.

use std::ops::Range;

use super::values::Values;
use super::{Kernel, Place, PoolWork, Segment};
use crate::graph::{Conv, NodeId, Pool, PoolAxis, Slide};
use crate::kernels::conv::{Geometry, Part};
use crate::kernels::map::Program;
use crate::kernels::pool::Windows;

/// The convolution, or gradient of one, that computes a node from two others.
pub(super) fn convolution(
    values: &Values<'_>,
    id: NodeId,
    (part, conv): (Part, &Conv),
    inputs: [Place; 2],
    to: Place,
    epilogue: Option<(Program, Segment)>,
) -> Kernel {
    let node = values.graph.node(id);
    let (a, b, own) = (values.dims(node.inputs[0]), values.dims(node.inputs[1]), values.dims(id));
    let geometry = match part {
        Part::Output => geometry(conv, a, b, own),
        Part::Input => geometry(conv, own, b, a),
        Part::Kernel => geometry(conv, a, own, b),
    };
    Kernel::Conv { part, geometry, inputs, to, epilogue }
}

/// A pool, or gradient of one, over images of these dimensions.
pub(super) fn pool(work: PoolWork, pool: &Pool, images: &[usize], inputs: Vec<Place>, to: Place) -> Kernel {
    Kernel::Pool { work, kind: pool.kind, windows: windows(pool, images), inputs, to }
}

/// The axes between the first and the last, behind as many of length 1 as are missing to three.
fn spatial(dims: &[usize]) -> [usize; 3] {
    behind(dims.iter().skip(1).take(dims.len().saturating_sub(2)).copied(), 1)
}

fn behind(values: impl ExactSizeIterator<Item = usize>, missing: usize) -> [usize; 3] {
    let mut all = [missing; 3];
    let first = 3usize.saturating_sub(values.len());
    all.iter_mut().skip(first).zip(values).for_each(|(to, value)| *to = value);
    all
}

fn geometry(conv: &Conv, x: &[usize], kernel: &[usize], y: &[usize]) -> Geometry {
    let axes = conv.axes.iter();
    let lengths = || x.iter().skip(1).zip(kernel);
    let before = |(axis, (length, taps)): (&Slide, (&usize, &usize))| axis.padding_of(*length, *taps).0;
    Geometry {
        images: x.first().copied().unwrap_or(0),
        input: spatial(x),
        output: spatial(y),
        kernel: behind(kernel.iter().take(conv.axes.len()).copied(), 1),
        strides: behind(axes.clone().map(|axis| axis.stride), 1),
        dilation: behind(axes.clone().map(|axis| axis.dilation), 1),
        before: behind(axes.zip(lengths()).map(before), 0),
        channels: x.last().copied().unwrap_or(0),
        filters: y.last().copied().unwrap_or(0),
        groups: conv.groups,
    }
}

fn windows(pool: &Pool, x: &[usize]) -> Windows {
    let mut ranges: [Vec<Range<usize>>; 3] = std::array::from_fn(|_| std::iter::once(0..1).collect());
    let along =
        pool.axes.iter().zip(x.iter().skip(1)).map(|(axis, length): (&PoolAxis, _)| axis.ranges(*length));
    ranges
        .iter_mut()
        .skip(3usize.saturating_sub(pool.axes.len()))
        .zip(along)
        .for_each(|(to, along)| *to = along);
    Windows {
        images: x.first().copied().unwrap_or(0),
        input: spatial(x),
        ranges,
        channels: x.last().copied().unwrap_or(0),
    }
}
