//! Depthwise convolutions: each channel has filters of its own, so there is nothing to multiply matrices of.
//!
//! The three products share one loop over pixels and taps, whose body runs along the channels.

use std::ops::Range;

use super::{Geometry, STRIP};
use crate::kernels::parallel::{Parts, for_each_task, share};
use crate::kernels::simd::{Level, multiversion};

/// `each(channel, filter)` for every filter.
#[inline(always)]
fn for_each_filter(channels: usize, multiplier: usize, mut each: impl FnMut(usize, usize)) {
    for channel in 0..channels {
        for filter in channel * multiplier..(channel + 1) * multiplier {
            each(channel, filter);
        }
    }
}

/// `sums += a * b`, element by element.
#[inline(always)]
fn add_products(sums: &mut [f32], a: &[f32], b: &[f32]) {
    for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
        *sum += a * b;
    }
}

multiversion! {
    fn output_rows<const FMA: bool>(g: &Geometry, pixels: Range<usize>, x: &[f32], kernel: &[f32], y: &mut [f32]) {
        let (channels, filters) = (g.channels, g.filters);
        y.fill(0.0);
        super::patches::for_each_run(g, pixels, 0..g.taps(), false, |row, tap, pixel, _| {
            let x = &x[pixel * channels..][..channels];
            let kernel = &kernel[tap * filters..][..filters];
            let y = &mut y[row * filters..][..filters];
            if channels == filters {
                add_products(y, x, kernel);
            } else {
                for_each_filter(channels, filters / channels, |c, f| y[f] += x[c] * kernel[f]);
            }
        });
    }
}

multiversion! {
    /// `dx` starts at element `before` of the images.
    fn input_rows<const FMA: bool>(
        g: &Geometry,
        pixels: Range<usize>,
        dy: &[f32],
        kernel: &[f32],
        before: usize,
        dx: &mut [f32],
    ) {
        let (channels, filters) = (g.channels, g.filters);
        let dy = &dy[pixels.start * filters..];
        super::patches::for_each_run(g, pixels, 0..g.taps(), false, |row, tap, pixel, _| {
            let dx = &mut dx[pixel * channels - before..][..channels];
            let kernel = &kernel[tap * filters..][..filters];
            let dy = &dy[row * filters..][..filters];
            if channels == filters {
                add_products(dx, dy, kernel);
            } else {
                for_each_filter(channels, filters / channels, |c, f| dx[c] += dy[f] * kernel[f]);
            }
        });
    }
}

multiversion! {
    fn kernel_rows<const FMA: bool>(g: &Geometry, pixels: Range<usize>, x: &[f32], dy: &[f32], sums: &mut [f32]) {
        let (channels, filters) = (g.channels, g.filters);
        let dy = &dy[pixels.start * filters..];
        super::patches::for_each_run(g, pixels, 0..g.taps(), false, |row, tap, pixel, _| {
            let x = &x[pixel * channels..][..channels];
            let dy = &dy[row * filters..][..filters];
            let sums = &mut sums[tap * filters..][..filters];
            if channels == filters {
                add_products(sums, x, dy);
            } else {
                for_each_filter(channels, filters / channels, |c, f| sums[f] += x[c] * dy[f]);
            }
        });
    }
}

pub(super) fn convolve(
    level: Level,
    g: &Geometry,
    x: &[f32],
    kernel: &[f32],
    y: &mut [f32],
    done: &(dyn Fn(Range<usize>, Range<usize>) + Sync),
) {
    let pixels = g.pixels();
    let tasks = g.tasks(pixels.div_ceil(STRIP));
    let y = Parts::new(y);
    for_each_task(tasks, |task| {
        let pixels = share(pixels, STRIP, tasks, task);
        for first in pixels.clone().step_by(STRIP) {
            let block = first..pixels.end.min(first + STRIP);
            // SAFETY: the pixels are this task's own, and this is the only slice of them.
            let y = unsafe { y.part(block.start * g.filters..block.end * g.filters) };
            output_rows(level, g, block.clone(), x, kernel, y);
            done(block, 0..g.filters);
        }
    });
}

pub(super) fn input_gradient(
    level: Level,
    g: &Geometry,
    dy: &[f32],
    kernel: &[f32],
    dx: &mut [f32],
    tasks: usize,
) {
    let dx = Parts::new(dx);
    for_each_task(tasks, |task| {
        let images = share(g.images, 1, tasks, task);
        let elements = images.start * g.image_elements()..images.end * g.image_elements();
        let before = elements.start;
        // SAFETY: the images are this task's own.
        let dx = unsafe { dx.part(elements) };
        dx.fill(0.0);
        let pixels = images.start * g.image_pixels()..images.end * g.image_pixels();
        input_rows(level, g, pixels, dy, kernel, before, dx);
    });
}

/// Adds what some pixels contribute to the gradient with respect to the kernel.
pub(super) fn kernel_gradient(
    level: Level,
    g: &Geometry,
    x: &[f32],
    dy: &[f32],
    pixels: Range<usize>,
    sums: &mut [f32],
) {
    kernel_rows(level, g, pixels, x, dy, sums);
}
