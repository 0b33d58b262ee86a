//! `Adafactor`: Adam's mean squares kept as rows and columns, at the scale of each weight.

use super::base::{base_setters, has_base};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target, Value};
use crate::DType;
use crate::graph::Var;
use crate::registry::Fields;

/// A mean square of gradients that is kept, for weights of two or more axes, by its means over the last axis, `r`, and
/// over the one before, `c` (Shazeer and Stern 2018). At step `t`, with `beta = 1 - t^beta_2_decay` and
/// `s = g² + epsilon_1`:
///
/// - `r = beta · r + (1 - beta) · mean(s, -1)`, `c` likewise, `v = r / mean(r, -1) · c`; or, of fewer axes,
///   `v = beta · v + (1 - beta) · s`,
/// - `u = g / sqrt(v)`,
/// - `w -= max(epsilon_2, rms(w)) · min(learning_rate, 1 / sqrt(t)) · u / max(1, rms(u) / clip_threshold)`.
///
/// Source: <https://keras.io/api/optimizers/adafactor/>.
///
/// ```
/// use cornu::optimizers::{Adafactor, Optimizer};
/// assert_eq!(Adafactor::new(0.01).clip_threshold(2.0).base().name, "adafactor");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Adafactor {
    #[fields(flatten)]
    base: Base,
    beta_2_decay: f64,
    epsilon_1: f64,
    epsilon_2: f64,
    clip_threshold: f64,
    relative_step: bool,
}

/// A learning rate of 0.001; the rest as in the paper.
impl Default for Adafactor {
    fn default() -> Self {
        Adafactor {
            base: Base::new("adafactor", 0.001),
            beta_2_decay: -0.8,
            epsilon_1: 1e-30,
            epsilon_2: 1e-3,
            clip_threshold: 1.0,
            relative_step: true,
        }
    }
}

impl Adafactor {
    /// Adafactor with this learning rate.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}

    crate::setters! {
        /// The power of the step's number by which the weight of the newest gradient falls.
        beta_2_decay: f64;
        /// What is added to squared gradients.
        epsilon_1: f64;
        /// The least scale of a weight.
        epsilon_2: f64;
        /// The root mean square above which a step is scaled down.
        clip_threshold: f64;
        /// Whether a constant learning rate is at most `1 / sqrt(t)`. In Keras, and so here, any rate is, whatever
        /// this says.
        relative_step: bool;
    }
}

impl Optimizer for Adafactor {
    has_base! {}

    fn slots(&self, target: &Target<'_>) -> Vec<Slot> {
        let (rows, columns) = match target.shape {
            [leading @ .., _, last] => {
                let columns = [leading, &[*last]].concat();
                (
                    Slot::new("row").shape(&target.shape[..target.shape.len() - 1]),
                    Slot::new("column").shape(columns),
                )
            }
            // Keras' files have a number in their place.
            _ => {
                let unused = |name| Slot::new(name).shape([]).value(Value::Unused(0.0));
                (unused("row"), unused("column"))
            }
        };
        vec![rows.keras_name(target.name()), columns.keras_name(target.name()), Slot::new("velocity")]
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let t = cx.iteration.cast(DType::F32);
        let beta = 1.0 - t.pow(self.beta_2_decay);
        let moved = |old: Var<'g>, new: Var<'g>| old * beta + new * (1.0 - beta);
        let root_mean_square = |of: Var<'g>| of.square().mean_all().sqrt();

        let square = gradient.square() + self.epsilon_1;
        let slots = match *slots {
            [rows, columns, _] => {
                let rows = moved(rows, square.mean(&[-1], false));
                let columns = moved(columns, square.mean(&[-2], false));
                let velocity = (rows / rows.mean(&[-1], true)).expand_dims(-1) * columns.expand_dims(-2);
                vec![rows, columns, velocity]
            }
            _ => vec![moved(slots[0], square)],
        };
        let velocity = slots[slots.len() - 1];

        let rate = cx.learning_rate.minimum(1.0 / t.sqrt());
        let alpha = root_mean_square(weight).maximum(self.epsilon_2) * rate;
        let update = gradient / velocity.sqrt();
        let update = update / (root_mean_square(update) / self.clip_threshold).maximum(1.0);
        Stepped { weight: weight - update * alpha, slots }
    }
}
