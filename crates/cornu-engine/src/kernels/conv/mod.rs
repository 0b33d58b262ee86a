//! Convolutions of channels-last images with one to three spatial axes.
//!
//! A convolution is a product of matrices: each row of the left one is the patch of the image under the window at
//! one output pixel, the right one is the kernel as it lies in memory. Only a block of patches that fits the nearest
//! cache exists at a time, on the stack of the task that needs it. The gradients are products of the same three
//! matrices: with respect to the kernel, patches transposed times output; with respect to the image, output times
//! kernel transposed, whose rows are patches to be added up where they were taken from.
//!
//! A convolution with as many groups as channels multiplies no matrices: see `depthwise`.

mod depthwise;
mod patches;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::matmul::{MatMut, MatRef, gemm};
use super::parallel::{Parts, for_each_task, share};
use super::simd::Level;

/// The sizes of a convolution; what has fewer than three spatial axes has leading ones of length 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Images in the batch.
    pub images: usize,
    /// Spatial lengths of the input.
    pub input: [usize; 3],
    /// Spatial lengths of the output.
    pub output: [usize; 3],
    /// Spatial lengths of the kernel.
    pub kernel: [usize; 3],
    /// Input elements from one position of the window to the next.
    pub strides: [usize; 3],
    /// Input elements from one tap of the window to the next.
    pub dilation: [usize; 3],
    /// Zeros before the first element of each axis.
    pub before: [usize; 3],
    /// Channels of the input.
    pub channels: usize,
    /// Channels of the output.
    pub filters: usize,
    /// Groups of channels convolved on their own.
    pub groups: usize,
}

impl Geometry {
    /// Pixels of one image of the output.
    fn image_pixels(&self) -> usize {
        self.output.iter().product()
    }

    /// Pixels of the whole output.
    fn pixels(&self) -> usize {
        self.images * self.image_pixels()
    }

    fn taps(&self) -> usize {
        self.kernel.iter().product()
    }

    /// Elements of one image of the input.
    fn image_elements(&self) -> usize {
        self.input.iter().product::<usize>() * self.channels
    }

    /// Columns of a matrix of patches: what a group's window sees at a time.
    fn depth(&self) -> usize {
        self.taps() * (self.channels / self.groups)
    }

    fn group_filters(&self) -> usize {
        self.filters / self.groups
    }

    /// Elements of the input.
    pub fn input_elements(&self) -> usize {
        self.images * self.image_elements()
    }

    /// Elements of the kernel.
    pub fn kernel_elements(&self) -> usize {
        self.depth() * self.filters
    }

    /// Elements of the output.
    pub fn output_elements(&self) -> usize {
        self.pixels() * self.filters
    }

    /// Floating point operations of the convolution or either gradient, padding included.
    pub fn flops(&self) -> usize {
        2 * self.output_elements() * self.depth()
    }

    fn is_depthwise(&self) -> bool {
        // One channel is better off as a column of matrices.
        self.groups == self.channels && self.groups > 1
    }

    /// How many tasks the work is worth.
    fn tasks(&self, most: usize) -> usize {
        (self.flops() / TASK_FLOPS).clamp(1, most.clamp(1, MAX_TASKS))
    }

    /// Floats of scratch that [`Part::Input`] or [`Part::Kernel`] needs.
    pub fn scratch_len(&self, part: Part) -> usize {
        match part {
            Part::Output => 0,
            Part::Input if self.is_depthwise() => 0,
            Part::Input => self.kernel_elements(),
            Part::Kernel => match self.kernel_cut().0 {
                1 => 0,
                parts => parts * self.kernel_elements(),
            },
        }
    }

    /// The gradient with respect to the kernel is cut into so many parts of the pixels, each with sums of its own,
    /// times so many parts of the kernel's rows.
    fn kernel_cut(&self) -> (usize, usize) {
        let rows = if self.is_depthwise() { 1 } else { self.depth().div_ceil(MAX_COLUMNS) };
        let affordable = MAX_PARTIAL_SUMS / self.kernel_elements().max(1);
        let pixels = (self.tasks(MAX_TASKS) / rows).min(affordable).min(MAX_PIXEL_PARTS);
        (pixels.max(1), rows)
    }
}

/// Which of the three matrices of a convolution is computed from the other two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The output: the convolution.
    Output,
    /// The gradient with respect to the input.
    Input,
    /// The gradient with respect to the kernel.
    Kernel,
}

/// Floating point operations worth a task of their own: about 30 µs.
const TASK_FLOPS: usize = 4 << 20;
/// The most tasks a convolution is cut into.
const MAX_TASKS: usize = 64;
/// The most parts of the pixels that have sums of their own, and the most floats of such sums.
const MAX_PIXEL_PARTS: usize = 16;
const MAX_PARTIAL_SUMS: usize = 4 << 20;

/// Floats of a block of patches: 64 KiB.
const BLOCK: usize = 16 << 10;
/// The most columns and pixels of a block. A product so small packs nothing and needs no scratch.
const MAX_COLUMNS: usize = 190;
const MAX_PIXELS: usize = 182;
/// Blocks are whole strips of the widest matrix product, where they can.
const STRIP: usize = 14;

/// How the matrix of patches is cut: even parts of the columns, and so many pixels at a time.
#[derive(Clone, Copy)]
struct Blocks {
    columns: usize,
    column_parts: usize,
    pixels: usize,
}

impl Blocks {
    fn new(columns: usize) -> Blocks {
        let column_parts = columns.div_ceil(MAX_COLUMNS).max(1);
        let pixels = (BLOCK / columns.div_ceil(column_parts).max(1)).min(MAX_PIXELS);
        Blocks { columns, column_parts, pixels: pixels / STRIP * STRIP }
    }

    fn columns(self) -> impl Iterator<Item = Range<usize>> {
        (0..self.column_parts).map(move |part| share(self.columns, 1, self.column_parts, part))
    }

    fn pixels(self, pixels: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        pixels.clone().step_by(self.pixels).map(move |first| first..pixels.end.min(first + self.pixels))
    }
}

/// A group's columns of some rows of the output.
fn output_of<'a>(g: &Geometry, y: &'a [f32], pixels: &Range<usize>, group: usize) -> MatRef<'a> {
    let first = pixels.start * g.filters + group * g.group_filters();
    MatRef::strided(&y[first..], pixels.len(), g.group_filters(), g.filters, 1)
}

/// Computes the convolution `y` of `x` with `kernel`.
///
/// `done` is told once of every finished range of pixels and filters, by the task that computed it: nobody else
/// looks at them.
///
/// # Panics
///
/// If a slice is not as long as the geometry says.
pub fn convolve(
    level: Level,
    g: &Geometry,
    x: &[f32],
    kernel: &[f32],
    y: &mut [f32],
    done: &(dyn Fn(Range<usize>, Range<usize>) + Sync),
) {
    check(g, x, kernel, y);
    if g.is_depthwise() {
        return depthwise::convolve(level, g, x, kernel, y, done);
    }
    let (pixels, width, blocks) = (g.pixels(), g.group_filters(), Blocks::new(g.depth()));
    let tasks = g.tasks(pixels.div_ceil(STRIP));
    let y = Parts::new(y);
    for_each_task(tasks, |task| {
        let mut patches = [0.0; BLOCK];
        for block in blocks.pixels(share(pixels, STRIP, tasks, task)) {
            for group in 0..g.groups {
                let filters = group * width..(group + 1) * width;
                for columns in blocks.columns() {
                    patches::gather(level, g, x, group, block.clone(), columns.clone(), &mut patches);
                    let rows = &kernel[columns.start * g.filters + filters.start..];
                    let first = block.start * g.filters + filters.start;
                    // SAFETY: the pixels are this task's own, and this is the only slice of them.
                    let y = unsafe { y.part(first..(block.end - 1) * g.filters + filters.end) };
                    gemm(
                        level,
                        MatRef::new(&patches, block.len(), columns.len()),
                        MatRef::strided(rows, columns.len(), width, g.filters, 1),
                        MatMut::strided(y, block.len(), width, g.filters),
                        columns.start > 0,
                        &mut [],
                        &|_| {},
                    );
                }
                done(block.clone(), filters);
            }
        }
    });
}

/// Computes the gradient `dx` with respect to the input, or the transposed convolution of `dy`.
///
/// # Panics
///
/// If a slice is not as long as the geometry says, or the scratch is too short.
pub fn input_gradient(
    level: Level,
    g: &Geometry,
    dy: &[f32],
    kernel: &[f32],
    dx: &mut [f32],
    scratch: &mut [f32],
) {
    check(g, dx, kernel, dy);
    let tasks = g.tasks(g.images);
    if g.is_depthwise() {
        return depthwise::input_gradient(level, g, dy, kernel, dx, tasks);
    }
    let (depth, width, blocks) = (g.depth(), g.group_filters(), Blocks::new(g.depth()));
    let turned = &mut scratch[..g.kernel_elements()];
    turn(kernel, turned, depth, g.filters);
    let turned = &*turned;
    let dx = Parts::new(dx);
    for_each_task(tasks, |task| {
        let mut patches = [0.0; BLOCK];
        for image in share(g.images, 1, tasks, task) {
            // SAFETY: the image is this task's own.
            let dx = unsafe { dx.part(image * g.image_elements()..(image + 1) * g.image_elements()) };
            dx.fill(0.0);
            let pixels = image * g.image_pixels()..(image + 1) * g.image_pixels();
            for (block, group) in
                blocks.pixels(pixels).flat_map(|b| (0..g.groups).map(move |g| (b.clone(), g)))
            {
                for columns in blocks.columns() {
                    let kernel = &turned[group * width * depth + columns.start..];
                    gemm(
                        level,
                        output_of(g, dy, &block, group),
                        MatRef::strided(kernel, width, columns.len(), depth, 1),
                        MatMut::new(&mut patches, block.len(), columns.len()),
                        false,
                        &mut [],
                        &|_| {},
                    );
                    patches::scatter(level, g, &patches, group, block.clone(), columns, image, dx);
                }
            }
        }
    });
}

/// Computes the gradient `dkernel` with respect to the kernel.
///
/// # Panics
///
/// If a slice is not as long as the geometry says, or the scratch is too short.
pub fn kernel_gradient(
    level: Level,
    g: &Geometry,
    x: &[f32],
    dy: &[f32],
    dkernel: &mut [f32],
    scratch: &mut [f32],
) {
    check(g, x, dkernel, dy);
    let (pixel_parts, row_parts) = g.kernel_cut();
    let length = g.kernel_elements();
    let sums = if pixel_parts > 1 { &mut scratch[..pixel_parts * length] } else { &mut *dkernel };
    let parts = Parts::new(sums);
    let (pixels, width, blocks) = (g.pixels(), g.group_filters(), Blocks::new(g.depth()));
    for_each_task(pixel_parts * row_parts, |task| {
        let (part, row_part) = (task / row_parts, task % row_parts);
        let pixels = share(pixels, STRIP, pixel_parts, part);
        let columns = if g.is_depthwise() { 0..g.depth() } else { share(g.depth(), 1, row_parts, row_part) };
        let range = part * length + columns.start * g.filters..part * length + columns.end * g.filters;
        // SAFETY: each task has sums, and rows of them, of its own.
        let sums = unsafe { parts.part(range) };
        sums.fill(0.0);
        if g.is_depthwise() {
            return depthwise::kernel_gradient(level, g, x, dy, pixels, sums);
        }
        let mut patches = [0.0; BLOCK];
        for (block, group) in blocks.pixels(pixels).flat_map(|b| (0..g.groups).map(move |g| (b.clone(), g))) {
            patches::gather(level, g, x, group, block.clone(), columns.clone(), &mut patches);
            gemm(
                level,
                MatRef::new(&patches, block.len(), columns.len()).t(),
                output_of(g, dy, &block, group),
                MatMut::strided(&mut sums[group * width..], columns.len(), width, g.filters),
                true,
                &mut [],
                &|_| {},
            );
        }
    });
    if pixel_parts > 1 {
        let sums = &scratch[..pixel_parts * length];
        dkernel.copy_from_slice(&sums[..length]);
        for part in sums[length..].chunks_exact(length) {
            dkernel.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        }
    }
}

fn check(g: &Geometry, x: &[f32], kernel: &[f32], y: &[f32]) {
    assert!(
        (x.len(), kernel.len(), y.len()) == (g.input_elements(), g.kernel_elements(), g.output_elements()),
        "{g:?} does not fit {}, {} and {} floats",
        x.len(),
        kernel.len(),
        y.len()
    );
}

/// `to[j][i] = from[i][j]` for a matrix of so many rows and columns.
fn turn(from: &[f32], to: &mut [f32], rows: usize, columns: usize) {
    /// A square of so many rows and columns lies in few cache lines on both sides.
    const SIDE: usize = 16;
    let parts = Parts::new(to);
    for_each_task(columns.div_ceil(SIDE), |task| {
        let range = task * SIDE..columns.min((task + 1) * SIDE);
        // SAFETY: each task has columns, which become rows, of its own.
        let to = unsafe { parts.part(range.start * rows..range.end * rows) };
        for first in (0..rows).step_by(SIDE) {
            for (column, to) in range.clone().zip(to.chunks_exact_mut(rows)) {
                for row in first..rows.min(first + SIDE) {
                    to[row] = from[row * columns + column];
                }
            }
        }
    });
}
