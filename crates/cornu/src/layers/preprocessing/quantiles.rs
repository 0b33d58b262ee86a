//! Quantiles of data as Keras' `Discretization` estimates them.
//!
//! The result depends on what is computed in single precision and what in double, so this follows Keras step by step.

/// Values with the number of data each stands for, in ascending order.
#[derive(Debug, Clone, Default)]
struct Summary {
    values: Vec<f32>,
    weights: Vec<f32>,
}

/// The bounds between `bins` bins that hold about equally many of the values; `epsilon` is the part of the data
/// within which they may err.
pub(super) fn boundaries(mut values: Vec<f32>, bins: usize, epsilon: f64) -> Vec<f64> {
    values.sort_by(f32::total_cmp);
    let summary = compress(summarize(&values, epsilon), epsilon);
    let mut bounds = compress(summary, 1.0 / bins as f64).values;
    bounds.pop();
    bounds.into_iter().map(f64::from).collect()
}

fn summarize(sorted: &[f32], epsilon: f64) -> Summary {
    let step = (sorted.len() as f64 / (1.0 / epsilon)).max(1.0);
    let values: Vec<f32> =
        sorted.iter().skip((step - 1.0) as usize).step_by(step as usize).copied().collect();
    Summary { weights: vec![step as f32; values.len()], values }
}

/// The summary at every `epsilon` of its weight, if it is finer than that.
fn compress(summary: Summary, epsilon: f64) -> Summary {
    if (summary.values.len() as f64) * epsilon < 1.0 {
        return summary;
    }
    let reached: Vec<f32> = summary
        .weights
        .iter()
        .scan(0.0f32, |sum, weight| {
            *sum += weight;
            Some(*sum)
        })
        .collect();
    let total = reached.last().copied().unwrap_or(1.0);
    let parts: Vec<f64> = reached.iter().map(|sum| f64::from(sum / total)).collect();
    let wide = |of: &[f32]| of.iter().copied().map(f64::from).collect::<Vec<f64>>();
    let (values, reached) = (wide(&summary.values), wide(&reached));
    let mut before = 0.0;
    let mut compressed = Summary::default();
    for at in 0..(1.0 / epsilon).ceil() as usize {
        let part = epsilon + at as f64 * epsilon;
        let weight = interpolate(part, &parts, &reached);
        compressed.values.push(interpolate(part, &parts, &values) as f32);
        compressed.weights.push((weight - before) as f32);
        before = weight;
    }
    compressed
}

/// The value at `x` of the line through the points, level beyond its ends: NumPy's `interp`.
fn interpolate(x: f64, xs: &[f64], ys: &[f64]) -> f64 {
    let above = xs.partition_point(|known| *known <= x);
    match (above.checked_sub(1).map(|at| (xs[at], ys[at])), xs.get(above).zip(ys.get(above))) {
        (None, next) => next.map_or(f64::NAN, |(_, y)| *y),
        (Some((_, y)), None) => y,
        (Some((x0, y0)), Some(_)) if x0 == x => y0,
        (Some((x0, y0)), Some((x1, y1))) => (y1 - y0) / (x1 - x0) * (x - x0) + y0,
    }
}
