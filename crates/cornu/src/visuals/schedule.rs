//! Learning rates over the steps of a training.

use super::Picture;
use super::chart::{Curve, Panel, sheet};
use super::ink::Color;
use crate::optimizers::LearningRate;

/// The learning rate of each of so many steps.
///
/// ```
/// use cornu::optimizers::schedules::CosineDecay;
/// let picture = cornu::visuals::plot_learning_rate(CosineDecay::new(0.1, 1000), 1500);
/// assert!(picture.to_svg().contains("CosineDecay"));
/// ```
pub fn plot_learning_rate(rate: impl Into<LearningRate>, steps: u64) -> Picture {
    panel(&rate.into(), steps)
}

fn panel(rate: &LearningRate, steps: u64) -> Picture {
    // More points than can be seen would only take time.
    let count = steps.clamp(1, 2000);
    let at = |number: u64| number * (steps.max(1) - 1) / (count - 1).max(1);
    let points = (0..count).map(at).map(|step| (step as f64, f64::from(rate.at(step)))).collect();
    let name = rate.schedule().map_or("constant", |schedule| schedule.class_name());
    let panel = Panel {
        title: name.into(),
        x_label: "step".into(),
        curves: vec![Curve { points, color: Color::Series(0), dashed: false }],
        whole_x: true,
        from_zero: true,
        ..Panel::default()
    };
    sheet("Learning rate", &[], &[panel])
}
