//! Weights as histograms.

use super::Picture;
use super::chart::{Bar, Panel, sheet};
use super::scale::{extent, significant};
use crate::models::Model;
use crate::{Result, Tensor};

/// A histogram of each weight of a model, with its mean and standard deviation; of one layer's, if it is named.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// let model = cornu::Sequential::new().add(Input::new([4])).add(Dense::new(3)).add(Dense::new(1));
/// let picture = cornu::visuals::plot_weights(&model, Some("dense_1"))?;
/// assert!(picture.to_svg().contains("dense_1/kernel"));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the model is not built or has no layer of this name.
pub fn plot_weights(model: &Model, layer: Option<&str>) -> Result<Picture> {
    let paths = model.weight_paths()?;
    if let Some(layer) = layer {
        model.get_layer(layer)?;
    }
    let of_layer = |path: &str| layer.is_none_or(|layer| path.split('/').next() == Some(layer));
    let named = paths.iter().zip(model.get_weights()?).filter(|(path, _)| of_layer(path));
    let panels: Vec<Panel> = named.map(|(path, weight)| panel(path, &weight)).collect();
    Ok(sheet(&format!("Weights of {}", layer.unwrap_or(model.name())), &[], &panels))
}

fn panel(path: &str, weight: &Tensor) -> Panel {
    let values: Vec<f64> = weight.to_vec();
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let lost = values.len() - finite.len();
    let count = finite.len().max(1) as f64;
    let mean = finite.iter().sum::<f64>() / count;
    let deviation = (finite.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    let mut note = format!("{} ± {}", significant(mean), significant(deviation));
    if lost > 0 {
        note = format!("{lost} not finite, {note}");
    }
    Panel {
        title: format!("{path} {}", weight.to_shape()),
        note,
        bars: histogram(&finite),
        ..Panel::default()
    }
}

/// Equally wide bins, the more the more values there are.
fn histogram(values: &[f64]) -> Vec<Bar> {
    let Some((low, high)) = extent(values.iter().copied()) else { return Vec::new() };
    let count = ((values.len() as f64).sqrt() as usize).clamp(1, 50);
    let width = (high - low) / count as f64;
    // Values so close together that they cannot be divided are one bar.
    if width <= f64::EPSILON * high.abs().max(low.abs()) {
        let half = if low == 0.0 { 0.05 } else { low.abs() * 0.005 };
        return vec![(low - half, high + half, values.len() as f64)];
    }
    let mut counts = vec![0usize; count];
    for value in values {
        counts[(((value - low) / width) as usize).min(count - 1)] += 1;
    }
    let bar =
        |(at, in_it): (usize, usize)| (low + at as f64 * width, low + (at + 1) as f64 * width, in_it as f64);
    counts.into_iter().enumerate().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_all_values() {
        for values in [&[][..], &[0.0], &[3.0; 7], &[1e-320, 2e-320], &[-1.0, 0.5, 1.0, 1.0]] {
            let bars = histogram(values);
            assert_eq!(bars.iter().map(|bar| bar.2).sum::<f64>() as usize, values.len(), "{values:?}");
            assert!(bars.iter().all(|bar| bar.0 < bar.1), "{values:?}: {bars:?}");
        }
    }
}
