//! Convolutions larger than one block, against their definition.

use super::*;
use crate::kernels::simd::Level;

/// Numbers without a pattern.
fn spread(count: usize, phase: f32) -> Vec<f32> {
    (0..count).map(|at| ((at as f32 * 0.618_034 + phase).fract() - 0.5) * 2.0).collect()
}

/// Calls `product` with the places in input, kernel and output of each product.
fn products(g: &Geometry, mut product: impl FnMut(usize, usize, usize)) {
    let (grouped, width) = (g.channels / g.groups, g.filters / g.groups);
    for pixel in 0..g.pixels() {
        let (line, x) = (pixel / g.output[2], pixel % g.output[2]);
        let (plane, y) = (line / g.output[1], line % g.output[1]);
        let (image, z) = (plane / g.output[0], plane % g.output[0]);
        for tap in 0..g.taps() {
            let taps = [tap / g.kernel[2] / g.kernel[1], tap / g.kernel[2] % g.kernel[1], tap % g.kernel[2]];
            let at: [usize; 3] = std::array::from_fn(|axis| {
                ([z, y, x][axis] * g.strides[axis] + taps[axis] * g.dilation[axis])
                    .wrapping_sub(g.before[axis])
            });
            if (0..3).any(|axis| at[axis] >= g.input[axis]) {
                continue;
            }
            let place = ((image * g.input[0] + at[0]) * g.input[1] + at[1]) * g.input[2] + at[2];
            for filter in 0..g.filters {
                for channel in 0..grouped {
                    let from = place * g.channels + filter / width * grouped + channel;
                    product(from, (tap * grouped + channel) * g.filters + filter, pixel * g.filters + filter);
                }
            }
        }
    }
}

fn assert_close(what: &str, g: &Geometry, got: &[f32], want: &[f64]) {
    for (at, (got, want)) in got.iter().zip(want).enumerate() {
        assert!((f64::from(*got) - want).abs() < 2e-3, "{what}[{at}] is {got}, not {want}: {g:?}");
    }
}

fn geometries() -> Vec<Geometry> {
    let plain = Geometry {
        images: 3,
        input: [1, 13, 17],
        output: [1, 11, 15],
        kernel: [1, 3, 3],
        strides: [1; 3],
        dilation: [1; 3],
        before: [0; 3],
        channels: 5,
        filters: 7,
        groups: 1,
    };
    vec![
        plain,
        // Several parts of the columns, which end within a tap.
        Geometry { images: 2, input: [1, 5, 6], output: [1, 5, 6], before: [0, 1, 1], channels: 50, ..plain },
        Geometry { channels: 6, filters: 4, groups: 2, strides: [1, 2, 2], output: [1, 6, 8], ..plain },
        Geometry { channels: 4, filters: 8, groups: 4, ..plain },
        Geometry { channels: 9, filters: 9, groups: 9, before: [0, 1, 1], output: [1, 13, 17], ..plain },
        // Enough work for several tasks.
        Geometry { images: 8, input: [1, 20, 20], output: [1, 18, 18], channels: 16, filters: 33, ..plain },
    ]
}

#[test]
fn every_part_is_the_sum_of_its_products_on_every_level() {
    for g in geometries() {
        let (x, kernel) = (spread(g.input_elements(), 0.1), spread(g.kernel_elements(), 0.7));
        let dy = spread(g.output_elements(), 0.4);
        let mut want = [vec![0.0; x.len()], vec![0.0; kernel.len()], vec![0.0; dy.len()]];
        products(&g, |i, k, o| {
            want[0][i] += f64::from(dy[o]) * f64::from(kernel[k]);
            want[1][k] += f64::from(x[i]) * f64::from(dy[o]);
            want[2][o] += f64::from(x[i]) * f64::from(kernel[k]);
        });
        for level in Level::available() {
            let mut got = [vec![f32::NAN; x.len()], vec![f32::NAN; kernel.len()], vec![f32::NAN; dy.len()]];
            let finished = std::sync::Mutex::new(vec![0; dy.len()]);
            convolve(level, &g, &x, &kernel, &mut got[2], &|pixels, filters| {
                for pixel in pixels {
                    let mut finished = finished.lock().unwrap();
                    filters.clone().for_each(|filter| finished[pixel * g.filters + filter] += 1);
                }
            });
            assert!(finished.into_inner().unwrap().iter().all(|times| *times == 1), "{g:?}");
            let mut scratch = vec![f32::NAN; g.scratch_len(Part::Input)];
            input_gradient(level, &g, &dy, &kernel, &mut got[0], &mut scratch);
            let mut scratch = vec![f32::NAN; g.scratch_len(Part::Kernel)];
            kernel_gradient(level, &g, &x, &dy, &mut got[1], &mut scratch);
            for (at, what) in ["dx", "dkernel", "y"].into_iter().enumerate() {
                assert_close(what, &g, &got[at], &want[at]);
            }
        }
    }
}

#[test]
fn bits_do_not_depend_on_threads() {
    let g = geometries().pop().unwrap();
    let (x, kernel, dy) =
        (spread(g.input_elements(), 0.1), spread(g.kernel_elements(), 0.7), spread(g.output_elements(), 0.4));
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let level = crate::kernels::simd::level();
            let (mut y, mut dx, mut dk) = (vec![0.0; dy.len()], vec![0.0; x.len()], vec![0.0; kernel.len()]);
            let mut scratch = vec![0.0; g.scratch_len(Part::Input).max(g.scratch_len(Part::Kernel))];
            convolve(level, &g, &x, &kernel, &mut y, &|_, _| {});
            input_gradient(level, &g, &dy, &kernel, &mut dx, &mut scratch);
            kernel_gradient(level, &g, &x, &dy, &mut dk, &mut scratch);
            [y, dx, dk].concat().into_iter().map(f32::to_bits).collect::<Vec<_>>()
        })
    };
    assert!(g.tasks(MAX_TASKS) > 1 && g.kernel_cut().0 > 1, "one task would show nothing");
    assert_eq!(on(1), on(3));
}
