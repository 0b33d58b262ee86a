//! `BinaryCrossentropy`.

use serde::{Deserialize, Serialize};

use super::logits::{Prediction, clip, sigmoid_cross_entropy};
use super::{Loss, Reduction, squeeze_or_expand_to_same_rank};
use crate::graph::Var;

/// The mean along an axis of `-y_true·ln(y_pred) - (1 - y_true)·ln(1 - y_pred)`: yes-or-no questions, each
/// answered by one output unit.
///
/// Predictions straight from a sigmoid or softmax are traced back to their logits; others are kept `1e-7` away
/// from 0 and 1.
///
/// Source: <https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::losses::{BinaryCrossentropy, Loss};
/// let (y_true, logits) = (Tensor::from([1.0f32, 0.0]), Tensor::from([0.0f32, 0.0]));
/// let loss = BinaryCrossentropy::new().from_logits(true).evaluate(&y_true, &logits, None)?;
/// assert_eq!(loss, Tensor::scalar(std::f32::consts::LN_2));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BinaryCrossentropy {
    name: String,
    reduction: Reduction,
    from_logits: bool,
    label_smoothing: f64,
    axis: isize,
}

impl Default for BinaryCrossentropy {
    fn default() -> Self {
        BinaryCrossentropy {
            name: "binary_crossentropy".into(),
            reduction: Reduction::default(),
            from_logits: false,
            label_smoothing: 0.0,
            axis: -1,
        }
    }
}

impl BinaryCrossentropy {
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
        /// How far targets are drawn from 0 and 1 towards 1/2: 0 not at all, 1 all the way.
        label_smoothing: f64;
        /// The axis the mean is taken along.
        axis: isize;
    }
}

impl Loss for BinaryCrossentropy {
    fn name(&self) -> &str {
        &self.name
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        let (y_true, y_pred) = squeeze_or_expand_to_same_rank(y_true, y_pred);
        binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)
    }
}

pub(crate) fn binary_crossentropy<'g>(
    y_true: Var<'g>,
    y_pred: Var<'g>,
    from_logits: bool,
    label_smoothing: f64,
    axis: isize,
) -> Var<'g> {
    let mut target = y_true.cast(y_pred.dtype());
    if label_smoothing != 0.0 {
        target = target * (1.0 - label_smoothing) + 0.5 * label_smoothing;
    }
    let values = match Prediction::of(y_pred, from_logits) {
        Prediction::Logits(logits) => sigmoid_cross_entropy(target, logits),
        Prediction::Probabilities(p) => {
            let p = clip(p);
            -(target * p.ln() + (1.0 - target) * (1.0 - p).ln())
        }
    };
    values.mean(&[axis], false)
}
