//! The arguments every optimizer has.

use super::LearningRate;
use super::patterns::{check_patterns, is_found};
use crate::registry::Fields;

/// Keras' base arguments of optimizers.
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = Base::new("optimizer", 0.001))]
pub struct Base {
    /// The optimizer's name.
    pub name: String,
    /// The factor on each step.
    pub learning_rate: LearningRate,
    /// Decoupled weight decay: the weight loses this fraction times the learning rate before each step.
    pub weight_decay: Option<f64>,
    /// The largest norm a single weight's gradient may have.
    pub clipnorm: Option<f64>,
    /// The largest norm all gradients together may have.
    pub global_clipnorm: Option<f64>,
    /// The largest absolute value of a gradient's elements.
    pub clipvalue: Option<f64>,
    /// Whether an exponential moving average of the weights is kept.
    pub use_ema: bool,
    /// The weight of the old average in the moving average.
    pub ema_momentum: f64,
    /// After how many steps the weights are overwritten by their average; never when `None`.
    pub ema_overwrite_frequency: Option<u64>,
    /// The factor the loss was scaled by, which gradients are divided by.
    pub loss_scale_factor: Option<f64>,
    /// Over how many steps gradients are averaged before the weights change.
    pub gradient_accumulation_steps: Option<u64>,
    /// Regular expressions that are found in the names of weights that do not decay. Keras does not write them into files.
    #[fields(skip)]
    pub exclude_from_weight_decay: Vec<String>,
}

impl Base {
    /// Keras' defaults under this name and learning rate.
    pub fn new(name: &str, learning_rate: f64) -> Self {
        Base {
            name: name.into(),
            learning_rate: learning_rate.into(),
            weight_decay: None,
            clipnorm: None,
            global_clipnorm: None,
            clipvalue: None,
            use_ema: false,
            ema_momentum: 0.99,
            ema_overwrite_frequency: None,
            loss_scale_factor: None,
            gradient_accumulation_steps: None,
            exclude_from_weight_decay: Vec::new(),
        }
    }

    /// Whether the weight at this path decays, if weights do.
    pub(super) fn decays(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        !is_found(&self.exclude_from_weight_decay, name)
    }

    /// What is wrong with these arguments, if anything.
    ///
    /// # Errors
    /// The sentence that goes behind the optimizer's name.
    pub fn check(&self) -> Result<(), String> {
        self.learning_rate.check()?;
        check_patterns("exclude_from_weight_decay", &self.exclude_from_weight_decay)?;
        let clips = [
            ("clipnorm", self.clipnorm),
            ("clipvalue", self.clipvalue),
            ("global_clipnorm", self.global_clipnorm),
        ];
        let given: Vec<String> =
            clips.iter().filter_map(|(name, limit)| limit.map(|limit| format!("{name}={limit}"))).collect();
        if given.len() > 1 {
            return Err(format!(
                "only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set, got {}",
                given.join(", ")
            ));
        }
        for (name, value) in clips.into_iter().chain([("weight_decay", self.weight_decay)]) {
            value.map_or(Ok(()), |value| not_negative(name, value))?;
        }
        if self.use_ema && !(0.0..=1.0).contains(&self.ema_momentum) {
            return Err(format!("`ema_momentum` must lie in 0..=1, got {}", self.ema_momentum));
        }
        if let Some(factor) = self.loss_scale_factor.filter(|factor| !factor.is_finite() || *factor == 0.0) {
            return Err(format!("`loss_scale_factor` must be a finite number other than 0, got {factor}"));
        }
        if self.gradient_accumulation_steps == Some(1) {
            return Err("`gradient_accumulation_steps` must be at least 2, got 1".into());
        }
        Ok(())
    }
}

/// Refuses a negative number.
pub(super) fn not_negative(name: &str, value: f64) -> Result<(), String> {
    if value >= 0.0 { Ok(()) } else { Err(format!("`{name}` must not be negative, got {value}")) }
}

/// What every optimizer has through its `base` field, to stand in `impl Optimizer for …`.
macro_rules! has_base {
    () => {
        fn base(&self) -> &$crate::optimizers::Base {
            &self.base
        }

        fn base_mut(&mut self) -> &mut $crate::optimizers::Base {
            &mut self.base
        }

        fn boxed(&self) -> Box<dyn $crate::optimizers::Optimizer> {
            Box::new(self.clone())
        }
    };
}

/// Setters of the base arguments, to stand in `impl` of an optimizer with a `base` field.
macro_rules! base_setters {
    () => {
        $crate::optimizers::base::base_setters! {
            /// The optimizer's name.
            name: impl Into<String> = Into::into;
            /// The factor on each step: a number or a schedule.
            learning_rate: impl Into<LearningRate> = Into::into;
            /// Decoupled weight decay (Loshchilov and Hutter 2019): each weight loses this fraction times the
            /// learning rate before each step.
            weight_decay: f64 = Some;
            /// Scales the gradient of a weight down so that its norm is at most this.
            clipnorm: f64 = Some;
            /// Scales all gradients down together so that their common norm is at most this.
            global_clipnorm: f64 = Some;
            /// Limits each element of each gradient to at most this in absolute value.
            clipvalue: f64 = Some;
            /// Whether an exponential moving average of the weights is kept, which takes their place when `fit`
            /// ends.
            use_ema: bool = std::convert::identity;
            /// The weight of the old average in the moving average: 0.99 unless told otherwise.
            ema_momentum: f64 = std::convert::identity;
            /// After how many steps the weights are overwritten by their average.
            ema_overwrite_frequency: u64 = Some;
            /// The factor the loss is multiplied by and its gradients are divided by.
            loss_scale_factor: f64 = Some;
            /// Over how many steps gradients are averaged before the weights change: at least 2.
            gradient_accumulation_steps: u64 = Some;
        }

        /// Keeps weights from decaying in whose name, such as `bias`, one of these regular expressions is found. Keras does
        /// not write them into files: a loaded optimizer lets all weights decay.
        #[must_use]
        pub fn exclude_from_weight_decay<W: Into<String>>(mut self, patterns: impl IntoIterator<Item = W>) -> Self {
            self.base.exclude_from_weight_decay = patterns.into_iter().map(Into::into).collect();
            self
        }
    };
    ($($(#[$doc:meta])* $name:ident: $type:ty = $into:expr;)*) => {
        $($(#[$doc])* #[must_use]
        pub fn $name(mut self, $name: $type) -> Self {
            self.base.$name = ($into)($name);
            self
        })*
    };
}

pub(super) use {base_setters, has_base};
