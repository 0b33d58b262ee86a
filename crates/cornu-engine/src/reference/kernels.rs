//! What each operation computes, an arm an operation, in loops that are plainly right.

use std::f64::consts::FRAC_2_SQRT_PI;

use super::{Value, convert, windows};
use crate::graph::{Binary, Op, Reduction, Unary};
use crate::rng::fill_uniform;

/// The elements of the result, whose shape is known to fit.
pub(super) fn compute(op: &Op, inputs: &[&Value], shape: &[usize]) -> Vec<f64> {
    let x = |at: usize| inputs[at];
    let each = |f: &dyn Fn(f64) -> f64| x(0).data.iter().map(|v| f(*v)).collect();
    match op {
        // Handed in, or computed by `scan`.
        Op::Input(_) | Op::State(_) | Op::Scan { .. } => Vec::new(),
        Op::Const(value) => value.0.to_vec(),
        Op::Iota { axis, .. } => build(shape, |index| index[*axis] as f64),
        Op::Random { stream, .. } => {
            let (seed, step) = (x(0).data[0] as i64 as u64, x(0).data[1] as i64 as u64);
            let mut uniform = vec![0.0f32; shape.iter().product()];
            fill_uniform(seed, *stream, step, 0, &mut uniform);
            uniform.into_iter().map(f64::from).collect()
        }
        Op::Unary(op) => each(&|v| unary(*op, v)),
        Op::Binary(op) if x(0).dtype.is_float() => {
            build(shape, |index| binary(*op, x(0).at(index), x(1).at(index)))
        }
        Op::Binary(op) => build(shape, |index| integers(*op, x(0).at(index), x(1).at(index))),
        Op::Select => build(shape, |index| x(if x(0).at(index) != 0.0 { 1 } else { 2 }).at(index)),
        Op::Cast(dtype) => each(&|v| convert(v, x(0).dtype, *dtype)),
        Op::Reshape(_) | Op::StopGradient => x(0).data.clone(),
        Op::Transpose(permutation) => {
            let mut from = vec![0; shape.len()];
            build(shape, |index| {
                for (&axis, &at) in permutation.iter().zip(index) {
                    from[axis] = at;
                }
                x(0).at(&from)
            })
        }
        Op::Broadcast(_) => build(shape, |index| x(0).at(index)),
        Op::Slice { axis, start, .. } => build(shape, |index| x(0).at(&moved(index, *axis, |at| at + start))),
        Op::Pad { axis, before, .. } => build(shape, |index| {
            let inside = (*before..before + x(0).shape[*axis]).contains(&index[*axis]);
            if inside { x(0).at(&moved(index, *axis, |at| at - before)) } else { 0.0 }
        }),
        Op::Reverse(axis) => build(shape, |index| x(0).at(&moved(index, *axis, |at| shape[*axis] - 1 - at))),
        Op::Concat { axis } => {
            let mut ends = Vec::with_capacity(inputs.len());
            for input in inputs {
                ends.push(ends.last().unwrap_or(&0) + input.shape[*axis]);
            }
            build(shape, |index| {
                let part = ends.partition_point(|end| *end <= index[*axis]);
                let start = ends[part] - x(part).shape[*axis];
                x(part).at(&moved(index, *axis, |at| at - start))
            })
        }
        Op::Gather => {
            let width = x(0).shape[1..].iter().product::<usize>();
            let row =
                |index: f64| labelled(&rows_of(x(0), width), index).unwrap_or_else(|| vec![f64::NAN; width]);
            x(1).data.iter().flat_map(|index| row(*index)).collect()
        }
        Op::ScatterAdd { rows } => {
            let width = shape[1..].iter().product::<usize>();
            let mut sums = vec![0.0; rows * width];
            for (row, index) in rows_of(x(0), width).iter().zip(&x(1).data) {
                if (0.0..*rows as f64).contains(index) {
                    let to = *index as usize * width;
                    sums[to..to + width].iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
                }
            }
            sums
        }
        Op::Reduce { kind, axes, .. } => reduce(*kind, axes, x(0)),
        Op::ArgMax => rows(x(0), |row, _| {
            let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            vec![row.iter().position(|v| *v == best).unwrap_or(0) as f64]
        }),
        Op::MatMul { transpose_a, transpose_b } => matmul(x(0), x(1), *transpose_a, *transpose_b, shape),
        Op::Conv(_) | Op::ConvInput { .. } | Op::ConvKernel { .. } => windows::convolution(op, inputs, shape),
        Op::Pool(pool) => windows::pool(pool, x(0), x(0)),
        Op::PoolTake(pool) => windows::pool(pool, x(0), x(1)),
        Op::PoolInput { pool, .. } => windows::pool_input(pool, x(0), x(inputs.len() - 1), shape),
        Op::Softmax => rows(x(0), |row, _| softmax(row)),
        Op::LogSoftmax => rows(x(0), |row, _| row.iter().map(|v| v - log_sum_exp(row)).collect()),
        Op::Sparsemax => rows(x(0), |row, _| sparsemax(row)),
        Op::SparseCrossEntropy => {
            rows(x(0), |row, at| vec![log_sum_exp(row) - labelled(row, x(1).data[at]).unwrap_or(f64::NAN)])
        }
        Op::InTopK(k) => rows(x(0), |row, at| {
            let target = labelled(row, x(1).data[at]);
            // TensorFlow ranks finite numbers alone.
            let target = target.filter(|_| row.iter().all(|v| v.is_finite()));
            let above = target.map(|target| row.iter().filter(|v| **v > target).count());
            vec![f64::from(above.is_some_and(|above| above < *k))]
        }),
    }
}

impl Value {
    /// The element that broadcasting puts at `index` of a shape of at least this rank.
    fn at(&self, index: &[usize]) -> f64 {
        let missing = index.len() - self.shape.len();
        let offset = self
            .shape
            .iter()
            .zip(&index[missing..])
            .fold(0, |offset, (&length, &at)| offset * length + if length == 1 { 0 } else { at });
        self.data[offset]
    }
}

/// The elements of a tensor, each computed from its index.
pub(super) fn build(shape: &[usize], mut element: impl FnMut(&[usize]) -> f64) -> Vec<f64> {
    let mut index = vec![0; shape.len()];
    let count = shape.iter().product();
    let mut data = Vec::with_capacity(count);
    while data.len() < count {
        data.push(element(&index));
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    data
}

/// The element an integer label names, if there is one.
fn labelled<T: Clone>(row: &[T], label: f64) -> Option<T> {
    row.get(label as usize).cloned().filter(|_| label >= 0.0)
}

/// The rows of so many elements.
fn rows_of(x: &Value, width: usize) -> Vec<Vec<f64>> {
    x.data.chunks(width.max(1)).map(<[f64]>::to_vec).collect()
}

fn moved(index: &[usize], axis: usize, to: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut index = index.to_vec();
    index[axis] = to(index[axis]);
    index
}

/// A function of each row along the last axis; it is told the row's number.
fn rows(x: &Value, f: impl Fn(&[f64], usize) -> Vec<f64>) -> Vec<f64> {
    let width = x.shape.last().copied().unwrap_or(1).max(1);
    x.data.chunks(width).enumerate().flat_map(|(at, row)| f(row, at)).collect()
}

fn unary(op: Unary, x: f64) -> f64 {
    match op {
        Unary::Neg => -x,
        Unary::Abs => x.abs(),
        Unary::Sign if x > 0.0 => 1.0,
        Unary::Sign if x < 0.0 => -1.0,
        Unary::Sign => x,
        Unary::Exp => x.exp(),
        Unary::Expm1 => x.exp_m1(),
        Unary::Log => x.ln(),
        Unary::Log1p => x.ln_1p(),
        Unary::Sqrt => x.sqrt(),
        Unary::Rsqrt => 1.0 / x.sqrt(),
        Unary::Square => x * x,
        Unary::Reciprocal => 1.0 / x,
        Unary::Tanh => x.tanh(),
        Unary::Sigmoid => 1.0 / (1.0 + (-x).exp()),
        Unary::Softplus => maximum(x, 0.0) + (-x.abs()).exp().ln_1p(),
        Unary::Erf => erf(x),
        Unary::Relu => maximum(x, 0.0),
        Unary::Floor => x.floor(),
        Unary::Ceil => x.ceil(),
        Unary::Round => x.round_ties_even(),
        Unary::Not => f64::from(x == 0.0),
    }
}

fn binary(op: Binary, a: f64, b: f64) -> f64 {
    match op {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Pow => a.powf(b),
        Binary::Max => maximum(a, b),
        Binary::Min => -maximum(-a, -b),
        Binary::Eq => f64::from(a == b),
        Binary::Ne => f64::from(a != b),
        Binary::Lt => f64::from(a < b),
        Binary::Le => f64::from(a <= b),
        Binary::Gt => f64::from(a > b),
        Binary::Ge => f64::from(a >= b),
        Binary::And => f64::from(a != 0.0 && b != 0.0),
        Binary::Or => f64::from(a != 0.0 || b != 0.0),
    }
}

/// Division truncates, and by 0 gives 0; a power that is no integer is truncated too.
fn integers(op: Binary, a: f64, b: f64) -> f64 {
    match op {
        Binary::Div if b == 0.0 => 0.0,
        Binary::Pow if a == 0.0 && b < 0.0 => 0.0,
        _ => binary(op, a, b).trunc(),
    }
}

/// The larger, or NaN if either is (`f64::max` would drop it).
fn maximum(a: f64, b: f64) -> f64 {
    if a >= b || a.is_nan() { a } else { b }
}

/// The error function by a series of positive terms, so that nothing cancels:
/// `2/√π · e^(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!` (Abramowitz and Stegun 7.1.6).
fn erf(x: f64) -> f64 {
    // 1 - erf(6) is below half a unit in the last place.
    if x.is_nan() || x.abs() > 6.0 {
        return if x.is_nan() { x } else { x.signum() };
    }
    let (mut term, mut sum, mut n) = (x, 0.0, 0.0);
    while sum + term != sum {
        sum += term;
        n += 1.0;
        term *= 2.0 * x * x / (2.0 * n + 1.0);
    }
    FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

fn reduce(kind: Reduction, axes: &[usize], x: &Value) -> Vec<f64> {
    let kept: Vec<usize> =
        x.shape.iter().enumerate().map(|(at, &length)| if axes.contains(&at) { 1 } else { length }).collect();
    let inner: Vec<usize> =
        x.shape.iter().enumerate().map(|(at, &length)| if axes.contains(&at) { length } else { 1 }).collect();
    build(&kept, |outer| {
        let element = |inner: &[usize]| {
            let index: Vec<usize> = outer.iter().zip(inner).map(|(outer, inner)| outer + inner).collect();
            x.at(&index)
        };
        let elements = build(&inner, element);
        let sum = || elements.iter().sum::<f64>();
        match kind {
            Reduction::Sum => sum(),
            Reduction::Mean if x.dtype.is_float() => sum() / elements.len() as f64,
            Reduction::Mean => (sum() / elements.len() as f64).trunc(),
            Reduction::Max => elements.iter().copied().fold(f64::NEG_INFINITY, maximum),
            Reduction::Min => -elements.iter().map(|v| -v).fold(f64::NEG_INFINITY, maximum),
        }
    })
}

fn matmul(a: &Value, b: &Value, transpose_a: bool, transpose_b: bool, shape: &[usize]) -> Vec<f64> {
    let depth = a.shape[a.shape.len() - if transpose_a { 2 } else { 1 }];
    build(shape, |index| {
        let (batch, place) = index.split_at(index.len() - 2);
        let element = |value: &Value, transposed: bool, row: usize, column: usize| {
            let (row, column) = if transposed { (column, row) } else { (row, column) };
            let batch = &batch[..value.shape.len() - 2];
            value.at(&[batch, &[row, column]].concat())
        };
        (0..depth).map(|k| element(a, transpose_a, place[0], k) * element(b, transpose_b, k, place[1])).sum()
    })
}

fn log_sum_exp(row: &[f64]) -> f64 {
    let top = row.iter().copied().fold(f64::NEG_INFINITY, maximum);
    top + row.iter().map(|v| (v - top).exp()).sum::<f64>().ln()
}

fn softmax(row: &[f64]) -> Vec<f64> {
    let top = row.iter().copied().fold(f64::NEG_INFINITY, maximum);
    let sum: f64 = row.iter().map(|v| (v - top).exp()).sum();
    row.iter().map(|v| (v - top).exp() / sum).collect()
}

/// Algorithm 1 of Martins and Astudillo 2016.
fn sparsemax(row: &[f64]) -> Vec<f64> {
    let mut sorted = row.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (mut sum, mut threshold) = (0.0, 0.0);
    for (at, v) in sorted.iter().enumerate() {
        sum += v;
        let count = (at + 1) as f64;
        if 1.0 + count * v > sum {
            threshold = (sum - 1.0) / count;
        }
    }
    row.iter().map(|v| maximum(v - threshold, 0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::erf;

    #[test]
    fn erf_agrees_with_published_digits() {
        // Abramowitz and Stegun, table 7.1; the tail from the asymptotic series.
        let table = [
            (0.5, 0.520_499_877_8),
            (1.0, 0.842_700_792_949_715),
            (2.0, 0.995_322_265_018_953),
            (4.0, 0.999_999_984_582_742),
        ];
        for (x, want) in table {
            assert!((erf(x) - want).abs() < 1e-10, "erf({x}) = {}", erf(x));
            assert_eq!(erf(-x), -erf(x));
        }
        assert_eq!((erf(0.0), erf(7.0), erf(f64::NEG_INFINITY)), (0.0, 1.0, -1.0));
        assert!(erf(f64::NAN).is_nan());
    }
}
