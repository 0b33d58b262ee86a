//! The shapes convolutions and pools give.

use super::{Conv, Op, Pool};
use crate::error::{Error, Result};
use crate::{Dim, Shape};

/// The result's shape, given those of the inputs, of which there are as many as the operation takes.
pub(super) fn infer(op: &Op, shapes: &[&Shape]) -> Result<Shape> {
    match (op, shapes) {
        (Op::Conv(conv), [x, kernel]) => convolved(op, conv, x, kernel),
        (Op::ConvInput { conv, lengths }, [y, kernel]) => {
            let (channels, _) = channels(op, conv, y, kernel, Side::Output)?;
            let x = shape(y[0], lengths, channels);
            accepts(op, &convolved(op, conv, &x, kernel)?, y)?;
            Ok(x)
        }
        (Op::ConvKernel { conv, sizes }, [x, y]) => {
            check(op, conv, x)?;
            let grouped = x.last().map(|channels| channels / conv.groups.max(1));
            let kernel: Shape = sizes.iter().copied().map(Some).chain([grouped, y.last()]).collect();
            accepts(op, &convolved(op, conv, x, &kernel)?, y)?;
            Ok(kernel)
        }
        (Op::Pool(pool), [x]) => pooled(op, pool, x),
        (Op::PoolInput { pool, lengths }, [y, rest @ ..]) => {
            let lengths: Vec<Dim> = lengths.iter().copied().map(Some).collect();
            let x = shape(y.dims().first().copied().flatten(), &lengths, y.last());
            accepts(op, &pooled(op, pool, &x)?, y)?;
            rest.iter().try_for_each(|images| accepts(op, &x, images))?;
            Ok(x)
        }
        (Op::PoolTake(pool), [x, values]) => {
            accepts(op, x, values)?;
            pooled(op, pool, x)
        }
        _ => Err(Error::shape(op, "got the wrong number of inputs")),
    }
}

fn shape(batch: Dim, lengths: &[Dim], channels: Dim) -> Shape {
    [batch].iter().chain(lengths).chain([&channels]).copied().collect()
}

fn accepts(op: &Op, wanted: &Shape, got: &Shape) -> Result<()> {
    if wanted.accepts(got) { Ok(()) } else { Err(Error::shape(op, format!("wants {wanted}, got {got}"))) }
}

/// Checks strides, dilations, groups, and that there are images with as many spatial axes.
fn check(op: &Op, conv: &Conv, images: &Shape) -> Result<()> {
    let spatial = conv.axes.len();
    if !(1..=3).contains(&spatial) || images.rank() != spatial + 2 {
        return Err(Error::shape(
            op,
            format!("with {spatial} spatial axes wants {} axes, got {images}", spatial + 2),
        ));
    }
    if conv.groups == 0 || !conv.axes.iter().all(super::Slide::is_legal) {
        return Err(Error::shape(op, "wants strides, dilations and groups of at least 1"));
    }
    Ok(())
}

/// Which side of a convolution an image is on.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Input,
    Output,
}

/// The numbers of input channels and of filters, the last axis of `images` being one of them.
fn channels(op: &Op, conv: &Conv, images: &Shape, kernel: &Shape, side: Side) -> Result<(Dim, Dim)> {
    check(op, conv, images)?;
    let rank = images.rank();
    if kernel.rank() != rank || kernel.dims().contains(&Some(0)) {
        return Err(Error::shape(op, format!("wants a kernel of {rank} axes, none empty, got {kernel}")));
    }
    let (grouped, filters) = (kernel[rank - 2], kernel[rank - 1]);
    let of_kernel = grouped.map(|grouped| grouped.saturating_mul(conv.groups));
    let found = if side == Side::Input { of_kernel } else { filters };
    let whole = filters.is_none_or(|filters| filters % conv.groups == 0);
    if !whole || found.zip(images.last()).is_some_and(|(found, own)| found != own) {
        let groups = if conv.groups == 1 { String::new() } else { format!(" in {} groups", conv.groups) };
        return Err(Error::shape(op, format!("the kernel {kernel} does not suit {images}{groups}")));
    }
    Ok((of_kernel, filters))
}

fn convolved(op: &Op, conv: &Conv, x: &Shape, kernel: &Shape) -> Result<Shape> {
    let (_, filters) = channels(op, conv, x, kernel, Side::Input)?;
    let positions = conv.axes.iter().enumerate().map(|(at, axis)| match (x[at + 1], kernel[at]) {
        (Some(length), Some(taps)) => {
            axis.positions(length, taps).map(Some).ok_or_else(|| longer(op, at, axis.extent(taps), length))
        }
        _ => Ok(None),
    });
    Ok(shape(x[0], &positions.collect::<Result<Vec<_>>>()?, filters))
}

fn longer(op: &Op, axis: usize, window: usize, length: usize) -> Error {
    Error::shape(op, format!("the window of {window} is longer than spatial axis {axis}, of {length}"))
}

fn pooled(op: &Op, pool: &Pool, x: &Shape) -> Result<Shape> {
    let spatial = pool.axes.len();
    if !(1..=3).contains(&spatial) || x.rank() != spatial + 2 {
        return Err(Error::shape(
            op,
            format!("with {spatial} spatial axes wants {} axes, got {x}", spatial + 2),
        ));
    }
    if !pool.axes.iter().all(super::PoolAxis::is_legal) {
        return Err(Error::shape(
            op,
            "wants windows and strides of at least 1, and less padding than window",
        ));
    }
    let windows = pool.axes.iter().enumerate().map(|(at, axis)| {
        let size = if let super::PoolAxis::Sliding { size, .. } = axis { *size } else { 1 };
        let length = x[at + 1];
        axis.windows(length).ok_or_else(|| longer(op, at, size, length.unwrap_or(0)))
    });
    Ok(shape(x[0], &windows.collect::<Result<Vec<_>>>()?, x.last()))
}
