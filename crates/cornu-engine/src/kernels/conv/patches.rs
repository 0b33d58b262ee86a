//! Patches: what the window sees at some output pixels, a pixel a row.

use std::ops::Range;

use super::Geometry;
use crate::kernels::simd::multiversion;

/// Calls `run` for each stretch of a patch that lies inside the image: with the number of the pixel in `pixels`, the
/// first tap, the pixel of the input under it, and how many taps lie side by side from there on, which are more
/// than one only if `joined` and the taps are neighbours. The order depends on the sizes alone.
#[inline(always)]
pub(super) fn for_each_run(
    g: &Geometry,
    pixels: Range<usize>,
    taps: Range<usize>,
    joined: bool,
    mut run: impl FnMut(usize, usize, usize, usize),
) {
    let [kz, ky, kx] = g.kernel;
    let [depth, height, width] = g.input;
    let together = if joined && g.dilation[2] == 1 { kx } else { 1 };
    // Where a tap stands: nowhere if it is in the padding.
    let inside = |axis: usize, at: usize, tap: usize| {
        let place = (at * g.strides[axis] + tap * g.dilation[axis]).wrapping_sub(g.before[axis]);
        (place < g.input[axis]).then_some(place)
    };
    let lines = taps.start / kx..taps.end.div_ceil(kx);
    // Neighbours on a line of the output see the same lines of the input.
    let mut pixel = pixels.start;
    while pixel < pixels.end {
        let (line, first_x) = (pixel / g.output[2], pixel % g.output[2]);
        let xs = first_x..g.output[2].min(first_x + pixels.end - pixel);
        let rows = pixel - pixels.start..;
        pixel += xs.len();
        let (plane, y) = (line / g.output[1], line % g.output[1]);
        let (image, z) = (plane / g.output[0], plane % g.output[0]);
        for line in lines.start..lines.end.min(kz * ky) {
            let (Some(z), Some(y)) = (inside(0, z, line / ky), inside(1, y, line % ky)) else { continue };
            let (first, first_tap) = (((image * depth + z) * height + y) * width, line * kx);
            for (row, x) in rows.clone().zip(xs.clone()) {
                if together == kx {
                    let start = x * g.strides[2];
                    let skipped = g.before[2].saturating_sub(start).min(kx);
                    let end = (width + g.before[2]).saturating_sub(start).min(kx);
                    if skipped < end {
                        run(row, first_tap + skipped, first + start + skipped - g.before[2], end - skipped);
                    }
                } else {
                    for tap in 0..kx {
                        if let Some(x) = inside(2, x, tap) {
                            run(row, first_tap + tap, first + x, 1);
                        }
                    }
                }
            }
        }
    }
}

/// Calls `stretch` with the row and column in a block of patches, the place in the images and the length of each
/// stretch of elements that lie side by side in both.
#[inline(always)]
fn for_each_stretch(
    g: &Geometry,
    group: usize,
    pixels: Range<usize>,
    columns: Range<usize>,
    mut stretch: impl FnMut(usize, usize, usize, usize),
) {
    let channels = g.channels / g.groups;
    let taps = columns.start / channels..columns.end.div_ceil(channels);
    for_each_run(g, pixels, taps, g.groups == 1, |row, tap, pixel, count| {
        let (first, end) = (tap * channels, (tap + count) * channels);
        let (from, to) = (first.max(columns.start), end.min(columns.end));
        if from < to {
            let at = pixel * g.channels + group * channels + (from - first);
            stretch(row, from - columns.start, at, to - from);
        }
    });
}

multiversion! {
    /// Copies some columns of the patches at some pixels of the output, a group's channels of them.
    pub(super) fn gather<const FMA: bool>(
        g: &Geometry,
        x: &[f32],
        group: usize,
        pixels: Range<usize>,
        columns: Range<usize>,
        patches: &mut [f32],
    ) {
        let width = columns.len();
        let patches = &mut patches[..pixels.len() * width];
        if reaches_out(g) {
            patches.fill(0.0);
        }
        for_each_stretch(g, group, pixels, columns, |row, column, at, length| {
            let to = &mut patches[row * width + column..][..length];
            for (to, from) in to.iter_mut().zip(&x[at..at + length]) {
                *to = *from;
            }
        });
    }
}

multiversion! {
    /// Adds some columns of the patches at some pixels of the output up in the image `dx`, which is number `image`.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn scatter<const FMA: bool>(
        g: &Geometry,
        patches: &[f32],
        group: usize,
        pixels: Range<usize>,
        columns: Range<usize>,
        image: usize,
        dx: &mut [f32],
    ) {
        let width = columns.len();
        let before = image * g.image_elements();
        for_each_stretch(g, group, pixels, columns, |row, column, at, length| {
            let from = &patches[row * width + column..][..length];
            for (to, from) in dx[at - before..][..length].iter_mut().zip(from) {
                *to += *from;
            }
        });
    }
}

/// Whether some position of the window reaches beyond the image.
fn reaches_out(g: &Geometry) -> bool {
    (0..3).any(|axis| {
        let last = g.output[axis].saturating_sub(1) * g.strides[axis];
        g.before[axis] > 0 || last + (g.kernel[axis] - 1) * g.dilation[axis] >= g.input[axis]
    })
}
