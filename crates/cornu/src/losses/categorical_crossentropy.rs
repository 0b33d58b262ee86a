//! `CategoricalCrossentropy`.

use serde::{Deserialize, Serialize};

use super::logits::{Prediction, clip, softmax_cross_entropy};
use super::{Loss, Reduction, squeeze_or_expand_to_same_rank};
use crate::graph::Var;

/// `-Σ y_true·ln(y_pred)` along an axis: one class of several, given as one-hot rows.
///
/// Predictions straight from a softmax or sigmoid are traced back to their logits; others are divided by their
/// sum and kept `1e-7` away from 0 and 1.
///
/// Source: <https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::losses::{CategoricalCrossentropy, Loss};
/// let y_true = Tensor::new(vec![0.0f32, 1.0], [1, 2])?;
/// let logits = Tensor::new(vec![3.0f32, 3.0], [1, 2])?;
/// let loss = CategoricalCrossentropy::new().from_logits(true).evaluate(&y_true, &logits, None)?;
/// assert_eq!(loss, Tensor::scalar(std::f32::consts::LN_2));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoricalCrossentropy {
    name: String,
    reduction: Reduction,
    from_logits: bool,
    label_smoothing: f64,
    axis: isize,
}

impl Default for CategoricalCrossentropy {
    fn default() -> Self {
        CategoricalCrossentropy {
            name: "categorical_crossentropy".into(),
            reduction: Reduction::default(),
            from_logits: false,
            label_smoothing: 0.0,
            axis: -1,
        }
    }
}

impl CategoricalCrossentropy {
    /// The loss.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The loss's name.
        name: into String;
        /// How per-sample values become one.
        reduction: Reduction;
        /// Whether predictions are logits rather than probabilities.
        from_logits: bool;
        /// How far targets are drawn towards the uniform distribution: 0 not at all, 1 all the way.
        label_smoothing: f64;
        /// The axis of the classes.
        axis: isize;
    }
}

impl Loss for CategoricalCrossentropy {
    fn name(&self) -> &str {
        &self.name
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = squeeze_or_expand_to_same_rank(y_true, y_pred);
        categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)
    }
}

pub(crate) fn categorical_crossentropy<'g>(
    y_true: Var<'g>,
    y_pred: Var<'g>,
    from_logits: bool,
    label_smoothing: f64,
    axis: isize,
) -> Var<'g> {
    let mut target = y_true.cast(y_pred.dtype());
    if let Some(classes) = target.shape().last().filter(|_| label_smoothing != 0.0) {
        // Keras counts classes along the last axis, whatever `axis` says.
        target = target * (1.0 - label_smoothing) + label_smoothing / classes as f64;
    }
    match Prediction::of(y_pred, from_logits) {
        Prediction::Logits(logits) => softmax_cross_entropy(target, logits, axis),
        Prediction::Probabilities(p) => {
            let p = clip(p / p.sum(&[axis], true));
            -(target * p.ln()).sum(&[axis], false)
        }
    }
}
