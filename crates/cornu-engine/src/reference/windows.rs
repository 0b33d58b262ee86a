//! Convolutions and pools in loops that are plainly right.

use super::Value;
use super::kernels::build;
use crate::graph::{Conv, Op, Pool, PoolKind};

/// A convolution or one of its adjoints: all three are sums of the same products.
pub(super) fn convolution(op: &Op, inputs: &[&Value], shape: &[usize]) -> Vec<f64> {
    let (a, b) = (inputs[0], inputs[1]);
    let mut sums = vec![0.0; shape.iter().product()];
    match op {
        Op::ConvInput { conv, .. } => {
            products(conv, shape, &b.shape, &a.shape, |x, k, y| sums[x] += a.data[y] * b.data[k]);
        }
        Op::ConvKernel { conv, .. } => {
            products(conv, &a.shape, shape, &b.shape, |x, k, y| sums[k] += a.data[x] * b.data[y]);
        }
        Op::Conv(conv) => {
            products(conv, &a.shape, &b.shape, shape, |x, k, y| sums[y] += a.data[x] * b.data[k]);
        }
        _ => {}
    }
    sums
}

/// Calls `product` with the places in input, kernel and output of each product of a convolution.
fn products(
    conv: &Conv,
    input: &[usize],
    kernel: &[usize],
    output: &[usize],
    mut product: impl FnMut(usize, usize, usize),
) {
    let spatial = conv.axes.len();
    let (grouped, filters) = (kernel[spatial], kernel[spatial + 1]);
    let filters_a_group = filters / conv.groups;
    build(output, |y| {
        build(&kernel[..=spatial], |k| {
            let filter = y[spatial + 1];
            let channel = filter / filters_a_group * grouped + k[spatial];
            let mut x = y[0];
            for (at, axis) in conv.axes.iter().enumerate() {
                let (before, _) = axis.padding_of(input[at + 1], kernel[at]);
                let place = (y[at + 1] * axis.stride + k[at] * axis.dilation).checked_sub(before);
                match place.filter(|place| *place < input[at + 1]) {
                    Some(place) => x = x * input[at + 1] + place,
                    None => return 0.0,
                }
            }
            product(
                x * input[spatial + 1] + channel,
                offset(kernel, k) * filters + filter,
                offset(output, y),
            );
            0.0
        });
        0.0
    });
}

/// The place of an element; axes that `index` leaves out do not count.
fn offset(shape: &[usize], index: &[usize]) -> usize {
    index.iter().zip(shape).fold(0, |offset, (at, length)| offset * length + at)
}

/// For each element of the result in order, the places of the window's elements.
fn windows(pool: &Pool, shape: &[usize], mut window: impl FnMut(&[usize])) {
    let ranges: Vec<_> =
        pool.axes.iter().zip(&shape[1..]).map(|(axis, length)| axis.ranges(*length)).collect();
    let channels = shape.len() - 1;
    let output: Vec<usize> =
        [shape[0]].into_iter().chain(ranges.iter().map(Vec::len)).chain([shape[channels]]).collect();
    build(&output, |y| {
        let range = |axis: usize| ranges[axis][y[axis + 1]].clone();
        let sizes: Vec<usize> = (0..ranges.len()).map(|axis| range(axis).len()).collect();
        let mut places = Vec::new();
        build(&sizes, |inside| {
            let spatial = inside.iter().enumerate().map(|(axis, at)| range(axis).start + at);
            let index: Vec<usize> = [y[0]].into_iter().chain(spatial).chain([y[channels]]).collect();
            places.push(offset(shape, &index));
            0.0
        });
        window(&places);
        0.0
    });
}

/// The first largest of the elements at these places.
fn largest(x: &Value, places: &[usize]) -> usize {
    places.iter().copied().reduce(|best, at| if x.data[at] > x.data[best] { at } else { best }).unwrap_or(0)
}

/// Of each window the mean of `values`, or the one that stands where `x` is largest.
pub(super) fn pool(pool: &Pool, x: &Value, values: &Value) -> Vec<f64> {
    let mut results = Vec::new();
    windows(pool, &x.shape, |places| {
        let sum = || places.iter().map(|at| values.data[*at]).sum::<f64>();
        results.push(match pool.kind {
            PoolKind::Max => values.data[largest(x, places)],
            PoolKind::Average => sum() / places.len() as f64,
        });
    });
    results
}

/// The gradient of a pool of images of `shape`; `x` are the images where the largest is taken.
pub(super) fn pool_input(pool: &Pool, dy: &Value, x: &Value, shape: &[usize]) -> Vec<f64> {
    let mut sums = vec![0.0; shape.iter().product()];
    let mut gradients = dy.data.iter();
    windows(pool, shape, |places| {
        let gradient = gradients.next().copied().unwrap_or(0.0);
        match pool.kind {
            PoolKind::Max => sums[largest(x, places)] += gradient,
            PoolKind::Average => {
                places.iter().for_each(|at| sums[*at] += gradient / places.len() as f64);
            }
        }
    });
    sums
}
