//! Images whose pixels are mixed with their neighbours.

use crate::graph::{Conv, Padding, Slide, Var};

/// Each channel of images `(batch, rows, columns, channels)` convolved with a kernel (rows, columns), as if there were
/// zeros around.
pub(super) fn smoothed<'g>(x: Var<'g>, kernel: Var<'g>) -> Var<'g> {
    // Of an unknown number of channels nothing else is known when they are smoothed.
    let Some(channels) = x.shape()[3] else { return x };
    let shape = kernel.shape();
    let of_one = kernel.reshape([shape[0], shape[1], Some(1), Some(1)]);
    let kernel = of_one.broadcast_to([shape[0], shape[1], Some(1), Some(channels)]);
    let slide = Slide { padding: Padding::Same, ..Slide::STEP };
    x.conv(kernel, Conv { axes: vec![slide; 2], groups: channels })
}
