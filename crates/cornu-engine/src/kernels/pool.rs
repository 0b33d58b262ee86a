//! Pools of channels-last images with one to three spatial axes.

use std::ops::Range;

use super::parallel::{Parts, for_each_task, share};
use super::simd::{Level, multiversion};
pub use crate::window::PoolKind;

/// The windows of a pool; what has fewer than three spatial axes has leading ones of length 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// Images in the batch.
    pub images: usize,
    /// Spatial lengths of the input.
    pub input: [usize; 3],
    /// The elements of each window along each axis, at least one.
    pub ranges: [Vec<Range<usize>>; 3],
    /// Channels, each pooled on its own.
    pub channels: usize,
}

/// Elements read that pay for a task.
const TASK_ELEMENTS: usize = 1 << 15;
/// The most tasks a pool is cut into.
const MAX_TASKS: usize = 64;
/// Channels whose largest elements are looked for at a time.
const LANES: usize = 64;

impl Windows {
    fn image_elements(&self) -> usize {
        self.input.iter().product::<usize>() * self.channels
    }

    fn image_windows(&self) -> usize {
        self.ranges.iter().map(Vec::len).product()
    }

    /// Elements of the input.
    pub fn input_elements(&self) -> usize {
        self.images * self.image_elements()
    }

    /// Elements of the output.
    pub fn output_elements(&self) -> usize {
        self.images * self.image_windows() * self.channels
    }

    /// Elements that all windows together read.
    pub fn reads(&self) -> usize {
        let along = |ranges: &Vec<Range<usize>>| ranges.iter().map(Range::len).sum::<usize>();
        self.images * self.ranges.iter().map(along).product::<usize>() * self.channels
    }

    fn tasks(&self, most: usize) -> usize {
        (self.reads() / TASK_ELEMENTS).clamp(1, most.clamp(1, MAX_TASKS))
    }

    /// The number of the image and the ranges of window `index`.
    #[inline(always)]
    fn window(&self, index: usize) -> (usize, [&Range<usize>; 3]) {
        let [z, y, x] = &self.ranges;
        let (line, at_x) = (index / x.len(), index % x.len());
        let (plane, at_y) = (line / y.len(), line % y.len());
        (plane / z.len(), [&z[plane % z.len()], &y[at_y], &x[at_x]])
    }

    /// Calls `each` with the place of every pixel of a window, counted from its image's first.
    #[inline(always)]
    fn for_each_pixel(&self, ranges: [&Range<usize>; 3], mut each: impl FnMut(usize)) {
        for z in ranges[0].clone() {
            for y in ranges[1].clone() {
                let line = (z * self.input[1] + y) * self.input[2];
                ranges[2].clone().for_each(|x| each(line + x));
            }
        }
    }
}

#[inline(always)]
fn size(ranges: [&Range<usize>; 3]) -> usize {
    ranges.iter().map(|range| range.len()).product()
}

/// The largest of some channels of a window and the pixels where they stand first. NaN is larger than nothing, but
/// stays where it comes first.
#[inline(always)]
fn find(w: &Windows, image: &[f32], ranges: [&Range<usize>; 3], channels: Range<usize>) -> [usize; LANES] {
    let (mut best, mut at) = ([0.0; LANES], [0; LANES]);
    let mut first = true;
    w.for_each_pixel(ranges, |pixel| {
        let row = &image[pixel * w.channels..][channels.clone()];
        for ((best, at), value) in best.iter_mut().zip(&mut at).zip(row) {
            let better = first || *value > *best;
            *best = if better { *value } else { *best };
            *at = if better { pixel } else { *at };
        }
        first = false;
    });
    at
}

/// The channels, [`LANES`] at a time.
#[inline(always)]
fn lanes(channels: usize) -> impl Iterator<Item = Range<usize>> {
    (0..channels).step_by(LANES).map(move |first| first..channels.min(first + LANES))
}

multiversion! {
    fn pool_rows<const FMA: bool>(w: &Windows, kind: PoolKind, windows: Range<usize>, x: &[f32], y: &mut [f32]) {
        for (window, y) in windows.zip(y.chunks_exact_mut(w.channels)) {
            let (image, ranges) = w.window(window);
            let image = &x[image * w.image_elements()..][..w.image_elements()];
            let mut first = true;
            w.for_each_pixel(ranges, |pixel| {
                let row = &image[pixel * w.channels..][..w.channels];
                for (y, x) in y.iter_mut().zip(row) {
                    *y = match kind {
                        _ if first => *x,
                        PoolKind::Average => *y + *x,
                        PoolKind::Max => if *x > *y { *x } else { *y },
                    };
                }
                first = false;
            });
            if kind == PoolKind::Average {
                let count = size(ranges) as f32;
                y.iter_mut().for_each(|y| *y /= count);
            }
        }
    }
}

multiversion! {
    fn take_rows<const FMA: bool>(w: &Windows, windows: Range<usize>, x: &[f32], values: &[f32], y: &mut [f32]) {
        for (window, y) in windows.zip(y.chunks_exact_mut(w.channels)) {
            let (image, ranges) = w.window(window);
            let image = image * w.image_elements()..(image + 1) * w.image_elements();
            for channels in lanes(w.channels) {
                let found = find(w, &x[image.clone()], ranges, channels.clone());
                for (channel, pixel) in channels.zip(found) {
                    y[channel] = values[image.start + pixel * w.channels + channel];
                }
            }
        }
    }
}

multiversion! {
    fn spread_image<const FMA: bool>(w: &Windows, kind: PoolKind, image: &[f32], dy: &[f32], dx: &mut [f32]) {
        for (window, dy) in dy.chunks_exact(w.channels).enumerate() {
            let (_, ranges) = w.window(window);
            if kind == PoolKind::Average {
                let count = size(ranges) as f32;
                w.for_each_pixel(ranges, |pixel| {
                    for (dx, dy) in dx[pixel * w.channels..].iter_mut().zip(dy) {
                        *dx += *dy / count;
                    }
                });
                continue;
            }
            for channels in lanes(w.channels) {
                let found = find(w, image, ranges, channels.clone());
                for (channel, pixel) in channels.zip(found) {
                    dx[pixel * w.channels + channel] += dy[channel];
                }
            }
        }
    }
}

/// Calls `rows` for runs of windows with what belongs to them in `y`.
fn for_each_run(w: &Windows, y: &mut [f32], rows: &(dyn Fn(Range<usize>, &mut [f32]) + Sync)) {
    assert_eq!(y.len(), w.output_elements(), "{w:?}");
    let windows = w.images * w.image_windows();
    let tasks = w.tasks(windows);
    let y = Parts::new(y);
    for_each_task(if w.channels == 0 { 0 } else { tasks }, |task| {
        let range = share(windows, 1, tasks, task);
        // SAFETY: tasks own disjoint windows.
        rows(range.clone(), unsafe { y.part(range.start * w.channels..range.end * w.channels) });
    });
}

/// The largest or the mean of each window of `x`.
///
/// # Panics
///
/// If a slice is not as long as the windows say.
pub fn pool(level: Level, w: &Windows, kind: PoolKind, x: &[f32], y: &mut [f32]) {
    for_each_run(w, y, &|windows, y| pool_rows(level, w, kind, windows, x, y));
}

/// Of each window the element of `values` that stands where the first largest of `x` does.
///
/// # Panics
///
/// If a slice is not as long as the windows say.
pub fn take(level: Level, w: &Windows, x: &[f32], values: &[f32], y: &mut [f32]) {
    for_each_run(w, y, &|windows, y| take_rows(level, w, windows, x, values, y));
}

/// Brings each window's gradient to its elements: all of it to the first largest of `x`, or an even part to each.
/// For the mean `x` is not looked at.
///
/// # Panics
///
/// If a slice is not as long as the windows say.
pub fn spread(level: Level, w: &Windows, kind: PoolKind, x: &[f32], dy: &[f32], dx: &mut [f32]) {
    assert_eq!((dx.len(), dy.len()), (w.input_elements(), w.output_elements()), "{w:?}");
    let tasks = w.tasks(w.images);
    let (inside, outside) = (w.image_elements(), w.image_windows() * w.channels);
    let parts = Parts::new(dx);
    for_each_task(if w.channels == 0 { 0 } else { tasks }, |task| {
        for image in share(w.images, 1, tasks, task) {
            // SAFETY: tasks own disjoint images.
            let dx = unsafe { parts.part(image * inside..(image + 1) * inside) };
            dx.fill(0.0);
            let x = if kind == PoolKind::Max { &x[image * inside..][..inside] } else { x };
            spread_image(level, w, kind, x, &dy[image * outside..][..outside], dx);
        }
    });
}
