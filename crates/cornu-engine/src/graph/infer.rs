//! The shape and element type each operation gives, unknown dimensions included.

use super::{Node, Op, PoolKind, Unary, windows};
use crate::error::{Error, Result};
use crate::{DType, Dim, Shape};

/// The result's shape and type, or `None` for inputs and variables, whose maker declares them.
pub(crate) fn infer(op: &Op, inputs: &[&Node]) -> Result<Option<(Shape, DType)>> {
    let arity = match op {
        Op::Input(_) | Op::State(_) | Op::Const(_) | Op::Iota { .. } => 0,
        Op::Binary(_) | Op::MatMul { .. } | Op::SparseCrossEntropy | Op::InTopK(_) => 2,
        Op::Conv(_) | Op::ConvInput { .. } | Op::ConvKernel { .. } | Op::PoolTake(_) => 2,
        Op::PoolInput { pool, .. } if pool.kind == PoolKind::Max => 2,
        Op::Gather | Op::ScatterAdd { .. } => 2,
        Op::Concat { .. } => inputs.len().max(1),
        Op::Select => 3,
        Op::Scan { scan, .. } => scan.arity(),
        _ => 1,
    };
    if inputs.len() != arity {
        return Err(Error::shape(op, format!("takes {arity} inputs, got {}", inputs.len())));
    }
    let inferred = match (op, inputs) {
        (Op::Input(_) | Op::State(_), _) => return Ok(None),
        (Op::Const(value), _) => (value.0.to_shape(), value.0.dtype()),
        (Op::Iota { shape, axis }, _) => {
            axis_of(op, shape, *axis)?;
            (shape.clone(), DType::I64)
        }
        (Op::Random { shape, .. }, [seed]) => {
            if seed.dtype != DType::I64 || seed.shape != Shape::from([2]) {
                return Err(Error::shape(op, format!("wants int64 (2,), got {} {}", seed.dtype, seed.shape)));
            }
            (shape.clone(), DType::F32)
        }
        (Op::Unary(unary), [x]) => {
            let wanted = match unary {
                Unary::Not => x.dtype == DType::Bool,
                Unary::Neg | Unary::Abs | Unary::Sign | Unary::Square | Unary::Relu => x.dtype != DType::Bool,
                _ => x.dtype.is_float(),
            };
            if !wanted {
                return Err(Error::dtype(op, format!("cannot be applied to {}", x.dtype)));
            }
            (x.shape.clone(), x.dtype)
        }
        (Op::Binary(binary), [a, b]) => {
            if a.dtype != b.dtype {
                return Err(Error::dtype(
                    op,
                    format!("wants one type on both sides, got {} and {}", a.dtype, b.dtype),
                ));
            }
            (broadcast(op, &a.shape, &b.shape)?, if binary.is_predicate() { DType::Bool } else { a.dtype })
        }
        (Op::Select, [condition, a, b]) => {
            if condition.dtype != DType::Bool || a.dtype != b.dtype {
                return Err(Error::dtype(
                    op,
                    format!(
                        "wants bool and two of one type, got {}, {}, {}",
                        condition.dtype, a.dtype, b.dtype
                    ),
                ));
            }
            (broadcast(op, &broadcast(op, &a.shape, &b.shape)?, &condition.shape)?, a.dtype)
        }
        (Op::Cast(dtype), [x]) => (x.shape.clone(), *dtype),
        (Op::Reshape(target), [x]) => (reshape(op, &x.shape, target)?, x.dtype),
        (Op::Transpose(permutation), [x]) => {
            let mut seen = permutation.clone();
            seen.sort_unstable();
            if seen != (0..x.shape.rank()).collect::<Vec<_>>() {
                return Err(Error::shape(op, format!("does not permute the axes of {}", x.shape)));
            }
            (permutation.iter().map(|&axis| x.shape[axis]).collect(), x.dtype)
        }
        (Op::Broadcast(target), [x]) => match x.shape.broadcast(target) {
            Some(shape) if shape.rank() == target.rank() && target.accepts(&shape) => {
                (target.clone(), x.dtype)
            }
            _ => return Err(Error::shape(op, format!("cannot repeat {} to {target}", x.shape))),
        },
        (Op::Slice { axis, start, end }, [x]) => {
            axis_of(op, &x.shape, *axis)?;
            if start > end || x.shape[*axis].is_some_and(|length| *end > length) {
                return Err(Error::shape(op, format!("lies outside axis {axis} of {}", x.shape)));
            }
            (replaced(&x.shape, *axis, Some(end - start)), x.dtype)
        }
        (Op::Pad { axis, before, after }, [x]) => {
            axis_of(op, &x.shape, *axis)?;
            (
                replaced(
                    &x.shape,
                    *axis,
                    x.shape[*axis].map(|length| before.saturating_add(length).saturating_add(*after)),
                ),
                x.dtype,
            )
        }
        (Op::Reverse(axis), [x]) => {
            axis_of(op, &x.shape, *axis)?;
            (x.shape.clone(), x.dtype)
        }
        (Op::Concat { axis }, [first, ..]) => (concat(op, inputs, *axis)?, first.dtype),
        (Op::Gather, [table, indices]) => {
            let row = table.shape.dims().split_first().map(|(_, row)| row);
            let Some(row) = row.filter(|_| indices.dtype == DType::I64) else {
                let (table, dtype) = (&table.shape, indices.dtype);
                return Err(Error::shape(
                    op,
                    format!("wants a table and int64 indices, got {table}, {dtype}"),
                ));
            };
            (indices.shape.dims().iter().chain(row).copied().collect(), table.dtype)
        }
        (Op::ScatterAdd { rows }, [x, indices]) => {
            let lead = indices.shape.rank();
            let (Some(own), Some(row)) = (x.shape.dims().get(..lead), x.shape.dims().get(lead..)) else {
                return Err(Error::shape(
                    op,
                    format!("wants rows for indices {}, got {}", indices.shape, x.shape),
                ));
            };
            let own: Shape = own.iter().copied().collect();
            if indices.dtype != DType::I64 || !own.accepts(&indices.shape) {
                return Err(Error::shape(
                    op,
                    format!(
                        "wants int64 indices {own} for {}, got {} {}",
                        x.shape, indices.dtype, indices.shape
                    ),
                ));
            }
            ([Some(*rows)].into_iter().chain(row.iter().copied()).collect(), x.dtype)
        }
        (Op::Reduce { axes, keepdims, .. }, [x]) => {
            for &axis in axes {
                axis_of(op, &x.shape, axis)?;
            }
            if !axes.is_sorted_by(|a, b| a < b) {
                return Err(Error::shape(op, "wants each axis once, in ascending order"));
            }
            if x.dtype == DType::Bool {
                return Err(Error::dtype(op, "cannot reduce bool; cast it first"));
            }
            let dims = (0..x.shape.rank()).filter_map(|axis| match (axes.contains(&axis), keepdims) {
                (true, false) => None,
                (true, true) => Some(Some(1)),
                (false, _) => Some(x.shape[axis]),
            });
            (dims.collect(), x.dtype)
        }
        (Op::ArgMax, [x]) => {
            last_axis(op, &x.shape)?;
            (without_last(&x.shape), DType::I64)
        }
        (Op::MatMul { transpose_a, transpose_b }, [a, b]) => {
            if !a.dtype.is_float() || a.dtype != b.dtype {
                return Err(Error::dtype(
                    op,
                    format!("wants two of one float type, got {} and {}", a.dtype, b.dtype),
                ));
            }
            (matmul(op, &a.shape, &b.shape, *transpose_a, *transpose_b)?, a.dtype)
        }
        (Op::Conv(_) | Op::ConvInput { .. } | Op::ConvKernel { .. }, [a, b])
        | (Op::PoolInput { .. } | Op::PoolTake(_), [a, b]) => {
            if !a.dtype.is_float() || a.dtype != b.dtype {
                return Err(Error::dtype(
                    op,
                    format!("wants two of one float type, got {} and {}", a.dtype, b.dtype),
                ));
            }
            (windows::infer(op, &[&a.shape, &b.shape])?, a.dtype)
        }
        (Op::Pool(_) | Op::PoolInput { .. }, [x]) => {
            if !x.dtype.is_float() {
                return Err(Error::dtype(op, format!("cannot be applied to {}", x.dtype)));
            }
            (windows::infer(op, &[&x.shape])?, x.dtype)
        }
        (Op::Softmax | Op::LogSoftmax | Op::Sparsemax, [x]) => {
            last_axis(op, &x.shape)?;
            if !x.dtype.is_float() {
                return Err(Error::dtype(op, format!("cannot be applied to {}", x.dtype)));
            }
            (x.shape.clone(), x.dtype)
        }
        (Op::SparseCrossEntropy | Op::InTopK(_), [scores, labels]) => {
            last_axis(op, &scores.shape)?;
            let rows = without_last(&scores.shape);
            if labels.dtype != DType::I64 || !rows.accepts(&labels.shape) {
                return Err(Error::shape(
                    op,
                    format!(
                        "wants int64 labels {rows} for scores {}, got {} {}",
                        scores.shape, labels.dtype, labels.shape
                    ),
                ));
            }
            (rows, if matches!(op, Op::InTopK(_)) { DType::Bool } else { scores.dtype })
        }
        (Op::Scan { scan, result }, _) if scan.has(*result) => scan.infer(op, *result, inputs)?,
        (Op::StopGradient, [x]) => (x.shape.clone(), x.dtype),
        _ => return Err(Error::shape(op, "got the wrong number of inputs")),
    };
    Ok(Some(inferred))
}

fn axis_of(op: &Op, shape: &Shape, axis: usize) -> Result<()> {
    if axis < shape.rank() { Ok(()) } else { Err(Error::shape(op, format!("{shape} has no axis {axis}"))) }
}

fn last_axis(op: &Op, shape: &Shape) -> Result<()> {
    if shape.rank() > 0 {
        Ok(())
    } else {
        Err(Error::shape(op, "needs at least one axis, got a single number"))
    }
}

fn without_last(shape: &Shape) -> Shape {
    shape.dims().iter().take(shape.rank().saturating_sub(1)).copied().collect()
}

fn replaced(shape: &Shape, axis: usize, dim: Dim) -> Shape {
    shape.dims().iter().enumerate().map(|(at, old)| if at == axis { dim } else { *old }).collect()
}

fn broadcast(op: &Op, a: &Shape, b: &Shape) -> Result<Shape> {
    a.broadcast(b).ok_or_else(|| Error::shape(op, format!("{a} and {b} do not broadcast against each other")))
}

fn concat(op: &Op, parts: &[&Node], axis: usize) -> Result<Shape> {
    let mut joint: Vec<Dim> = parts[0].shape.dims().to_vec();
    axis_of(op, &parts[0].shape, axis)?;
    for part in &parts[1..] {
        let dims = part.shape.dims();
        let fits =
            |at: usize| at == axis || joint[at].is_none() || dims[at].is_none() || joint[at] == dims[at];
        if dims.len() != joint.len() || part.dtype != parts[0].dtype || !(0..dims.len()).all(fits) {
            let (first, own) = (&parts[0], &part.shape);
            return Err(Error::shape(
                op,
                format!(
                    "cannot join {} {own} to {} {} along axis {axis}",
                    part.dtype, first.dtype, first.shape
                ),
            ));
        }
        for (at, (dim, own)) in joint.iter_mut().zip(dims).enumerate() {
            *dim = if at == axis { dim.zip(*own).map(|(a, b)| a.saturating_add(b)) } else { dim.or(*own) };
        }
    }
    Ok(joint.into())
}

/// One unknown dimension of the target follows from the others; with unknown dimensions in the input they
/// all stay unknown.
fn reshape(op: &Op, from: &Shape, target: &Shape) -> Result<Shape> {
    let misfit = || Error::shape(op, format!("{from} does not fill {target}"));
    let Some(elements) = from.elements() else { return Ok(target.clone()) };
    let known = target.dims().iter().flatten().try_fold(1usize, |known, dim| known.checked_mul(*dim));
    let known = known.ok_or_else(misfit)?;
    match target.dims().iter().filter(|dim| dim.is_none()).count() {
        0 if known == elements => Ok(target.clone()),
        1 if known > 0 && elements % known == 0 => {
            Ok(target.dims().iter().map(|dim| dim.or(Some(elements / known))).collect())
        }
        _ => Err(misfit()),
    }
}

fn matmul(op: &Op, a: &Shape, b: &Shape, transpose_a: bool, transpose_b: bool) -> Result<Shape> {
    let misfit = || Error::shape(op, format!("cannot multiply {a} by {b}"));
    if a.rank() < 2 || b.rank() < 2 || (b.rank() != 2 && b.rank() != a.rank()) {
        return Err(misfit());
    }
    // One right matrix serves all rows of a batched left side only if those rows lie in order.
    if b.rank() == 2 && a.rank() > 2 && transpose_a {
        return Err(misfit());
    }
    let matrix = |shape: &Shape, transposed: bool| {
        let (rows, columns) = (shape[shape.rank() - 2], shape[shape.rank() - 1]);
        if transposed { (columns, rows) } else { (rows, columns) }
    };
    let ((m, k), (k2, n)) = (matrix(a, transpose_a), matrix(b, transpose_b));
    let agree = |x: Dim, y: Dim| x.is_none() || y.is_none() || x == y;
    let batch = a.dims().iter().take(a.rank() - 2);
    let same_batch = b.rank() == 2 || batch.clone().zip(b.dims()).all(|(x, y)| agree(*x, *y));
    if !agree(k, k2) || !same_batch {
        return Err(misfit());
    }
    Ok(batch.copied().chain([m, n]).collect())
}
