//! `Muon`: momentum made orthogonal for matrices, Adam for all else.

use super::base::{base_setters, has_base};
use super::moments::Moments;
use super::patterns::{check_patterns, is_found};
use super::{Base, LearningRate, Optimizer, Slot, Step, Stepped, Target};
use crate::graph::Var;
use crate::registry::Fields;

/// Momentum whose singular values are all brought near 1 (Jordan et al. 2024; Liu et al. 2025), for matrices; weights of
/// fewer or more axes, embeddings and the layers in `exclude_layers` take [`Adam`](super::Adam)'s step.
///
/// - `m = momentum · m + g`, and `x = g + momentum · m` (Nesterov) or `x = m`,
/// - `x = x / (‖x‖ + 1e-7)`, then `ns_steps` times, by Newton and Schulz, `A = x·xᵀ`,
///   `x = muon_a · x + (muon_b · A + muon_c · A·A)·x`, on the side on which `A` is smaller,
/// - `w -= learning_rate · x · sqrt(max(rows, columns)) · rms_rate`.
///
/// The last layer of a model should be in `exclude_layers`: regular expressions, which are sought in paths such as
/// `dense/kernel`, in which a model's own name is not, as Keras has it in some.
///
/// Source: <https://keras.io/api/optimizers/muon/>, <https://github.com/KellerJordan/Muon>,
/// <https://arxiv.org/abs/2502.16982>.
///
/// ```
/// use cornu::optimizers::{Muon, Optimizer, Target};
/// let optimizer = Muon::new(1e-3).exclude_layers(["probabilities"]);
/// let slots = |path| optimizer.slots(&Target { path, shape: &[3, 4] }).len();
/// assert_eq!((slots("dense/kernel"), slots("probabilities/kernel")), (1, 2));
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Muon {
    #[fields(flatten)]
    base: Base,
    adam_beta_1: f64,
    adam_beta_2: f64,
    epsilon: f64,
    exclude_layers: Vec<String>,
    muon_a: f64,
    muon_b: f64,
    muon_c: f64,
    adam_lr_ratio: f64,
    momentum: f64,
    ns_steps: u32,
    nesterov: bool,
    exclude_embeddings: bool,
    adam_weight_decay: Option<f64>,
    rms_rate: Option<f64>,
}

/// A learning rate of 0.001, a weight decay of 0.004 and a momentum of 0.95.
impl Default for Muon {
    fn default() -> Self {
        let Moments { beta_1, beta_2, epsilon } = Moments::default();
        Muon {
            base: Base { weight_decay: Some(0.004), ..Base::new("muon", 0.001) },
            adam_beta_1: beta_1,
            adam_beta_2: beta_2,
            epsilon,
            exclude_layers: Vec::new(),
            muon_a: 3.4445,
            muon_b: -4.7750,
            muon_c: 2.0315,
            adam_lr_ratio: 1.0,
            momentum: 0.95,
            ns_steps: 5,
            nesterov: true,
            exclude_embeddings: true,
            adam_weight_decay: Some(0.004),
            rms_rate: Some(0.2),
        }
    }
}

impl Muon {
    /// Muon with this learning rate.
    pub fn new(learning_rate: impl Into<LearningRate>) -> Self {
        Self::default().learning_rate(learning_rate)
    }

    base_setters! {}

    crate::setters! {
        /// The weight of the old mean in Adam's moving mean of gradients.
        adam_beta_1: f64;
        /// The weight of the old mean in Adam's moving mean of squared gradients.
        adam_beta_2: f64;
        /// What is added to Adam's root.
        epsilon: f64;
        /// The factor of the matrix in an iteration.
        muon_a: f64;
        /// The factor of its third power.
        muon_b: f64;
        /// The factor of its fifth power.
        muon_c: f64;
        /// The learning rate of Adam's steps in parts of that of the others.
        adam_lr_ratio: f64;
        /// The part of the last momentum that stays.
        momentum: f64;
        /// How many iterations there are.
        ns_steps: u32;
        /// Whether momentum takes Nesterov's form.
        nesterov: bool;
        /// Whether weights with `embedding` in their path take Adam's step.
        exclude_embeddings: bool;
        /// The weight decay of weights that take Adam's step.
        adam_weight_decay: into Option<f64>;
        /// The factor that, with the root of the longer side, gives matrices steps as large as Adam's; `None` for
        /// steps as they are.
        rms_rate: into Option<f64>;
    }

    /// Weights in whose path one of these regular expressions is found take Adam's step.
    #[must_use]
    pub fn exclude_layers<W: Into<String>>(mut self, patterns: impl IntoIterator<Item = W>) -> Self {
        self.exclude_layers = patterns.into_iter().map(Into::into).collect();
        self
    }

    fn is_left_to_adam(&self, target: &Target<'_>) -> bool {
        target.shape.len() != 2
            || (self.exclude_embeddings && target.path.to_lowercase().contains("embedding"))
            || is_found(&self.exclude_layers, target.path)
    }

    /// The matrix with singular values near 1 that lies along this one.
    fn orthogonal<'g>(&self, x: Var<'g>, rows: usize, columns: usize) -> Var<'g> {
        // The product is on the shorter side.
        let is_tall = rows > columns;
        let mut x = x / (x.square().sum_all().sqrt() + 1e-7);
        for _ in 0..self.ns_steps {
            let a = x.matmul_with(is_tall, x, !is_tall);
            let b = a * self.muon_b + (a * self.muon_c).matmul(a);
            let turned = if is_tall { x.matmul(b) } else { b.matmul(x) };
            x = x * self.muon_a + turned;
        }
        x
    }
}

impl Optimizer for Muon {
    has_base! {}

    fn slots(&self, target: &Target<'_>) -> Vec<Slot> {
        let mut slots = Slot::zeros(["momentum"]);
        slots.extend(self.is_left_to_adam(target).then(|| Slot::new("velocity")));
        slots
    }

    fn step<'g>(&self, cx: &Step<'g>, weight: Var<'g>, gradient: Var<'g>, slots: &[Var<'g>]) -> Stepped<'g> {
        let &[m] = slots else {
            let adam = Moments { beta_1: self.adam_beta_1, beta_2: self.adam_beta_2, epsilon: self.epsilon };
            let cx = Step { learning_rate: cx.learning_rate * self.adam_lr_ratio, ..*cx };
            return adam.step(&cx, weight, gradient, slots);
        };
        let m = m + (gradient + m * (self.momentum - 1.0));
        let x = if self.nesterov { gradient + m * self.momentum } else { m };
        let (rows, columns) = match weight.shape().dims() {
            [Some(rows), Some(columns)] => (*rows, *columns),
            _ => (0, 0),
        };
        let update = self.orthogonal(x, rows, columns) * cx.learning_rate;
        let scale = |rate: f64| f64::from((rows.max(columns) as f32).sqrt()) * rate;
        let update = self.rms_rate.map_or(update, |rate| update * scale(rate));
        Stepped { weight: weight - update, slots: vec![m] }
    }

    fn weight_decay(&self, target: &Target<'_>) -> Option<f64> {
        let decay =
            if self.is_left_to_adam(target) { self.adam_weight_decay } else { self.base.weight_decay };
        decay.filter(|_| self.base.decays(target.path))
    }

    fn check_arguments(&self) -> Result<(), String> {
        check_patterns("exclude_layers", &self.exclude_layers)?;
        self.base.check()
    }
}
