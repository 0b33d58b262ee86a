//! The arguments every optimizer has.

use serde::{Deserialize, Serialize};

/// Keras' base arguments of optimizers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Base {
    /// The optimizer's name.
    pub name: String,
    /// The factor on each step.
    pub learning_rate: f64,
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
}

impl Base {
    /// Keras' defaults under this name and learning rate.
    pub fn new(name: &str, learning_rate: f64) -> Self {
        Base {
            name: name.into(),
            learning_rate,
            weight_decay: None,
            clipnorm: None,
            global_clipnorm: None,
            clipvalue: None,
            use_ema: false,
            ema_momentum: 0.99,
            ema_overwrite_frequency: None,
            loss_scale_factor: None,
            gradient_accumulation_steps: None,
        }
    }
}
