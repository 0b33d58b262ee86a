//! `compile`: how a model is trained and measured.

use serde_json::Value;

use super::{Losses, Metrics, PerOutput};
use crate::losses::Loss;
use crate::models::Model;
use crate::optimizers::{LearningRate, Optimizer};
use crate::registry::{Family, Handle};
use crate::{Error, Result};

/// Keras' arguments of `compile`.
///
/// ```
/// use cornu::{Compile, optimizers::Adam};
/// let by_name = Compile::new().optimizer("sgd").loss("mse").metrics(["mae"]);
/// let by_value = Compile::new().optimizer(Adam::new(1e-3).clipnorm(1.0)).loss("sparse_categorical_crossentropy");
/// ```
#[derive(Debug, Clone)]
pub struct Compile {
    pub(crate) optimizer: Handle<dyn Optimizer>,
    pub(crate) loss: Option<Losses>,
    pub(crate) loss_weights: Option<PerOutput<f64>>,
    pub(crate) metrics: Metrics,
    pub(crate) weighted_metrics: Metrics,
    /// What Keras kept beside these in a file, written back as it was.
    pub(crate) rest: serde_json::Map<String, Value>,
}

impl Default for Compile {
    fn default() -> Self {
        Compile {
            optimizer: "rmsprop".into(),
            loss: None,
            loss_weights: None,
            metrics: Metrics::default(),
            weighted_metrics: Metrics::default(),
            rest: serde_json::Map::new(),
        }
    }
}

impl Compile {
    /// RMSprop, no loss, no metrics: Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The rule by which weights change; `"rmsprop"` by default.
        optimizer: into Handle<dyn Optimizer>;
        /// What training makes small: of several outputs the sum. `"mse"` for every output, `["mse", "mae"]` in their
        /// order, `[("price", "mse")]` by name; outputs not named have no loss.
        loss: some into Losses;
        /// What each output's loss is multiplied by, penalties aside.
        loss_weights: some into PerOutput<f64>;
        /// What is measured beside the loss; sample weights do not count. Of several outputs, `["mae", "mse"]` is one
        /// each, `[("price", vec!["mae"])]` by name.
        metrics: into Metrics;
        /// What is measured with sample weights.
        weighted_metrics: into Metrics;
    }

    /// Reports what is unknown or has bad arguments.
    fn check(&self) -> Result<()> {
        self.optimizer.get()?;
        for loss in self.loss.iter().flat_map(PerOutput::values) {
            known_or_resolved_later(loss.get().map(drop), loss.name())?;
        }
        for metric in self.metrics.values().into_iter().chain(self.weighted_metrics.values()) {
            known_or_resolved_later(metric.get().map(drop), metric.name())?;
        }
        Ok(())
    }
}

/// A model's compilation with the optimizer's running values.
pub(crate) struct Compiled {
    pub(crate) arguments: Compile,
    /// The optimizer, whose learning rate may change.
    pub(crate) optimizer: Box<dyn Optimizer>,
    /// Steps done.
    pub(crate) iterations: u64,
    /// Whether the optimizer has made its variables: training and loading do that.
    pub(crate) has_variables: bool,
}

impl Model {
    /// Says how the model is trained. Weights stay; the optimizer begins anew.
    ///
    /// # Errors
    /// If an optimizer, loss or metric is unknown or has bad arguments.
    pub fn compile(&mut self, arguments: Compile) -> Result<()> {
        arguments.check()?;
        let optimizer = arguments.optimizer.get()?.boxed();
        self.forget_state(&["optimizer/", "metrics/"]);
        self.compiled = Some(Compiled { arguments, optimizer, iterations: 0, has_variables: false });
        Ok(())
    }

    /// Changes parts of what the model was compiled with. The optimizer goes on from where it stands unless
    /// `change` gives another: Keras' `model.compile(optimizer=model.optimizer, …)`.
    ///
    /// ```
    /// use cornu::{Compile, Sequential};
    /// let mut model = Sequential::new();
    /// model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    /// model.recompile(|now| now.loss("mae"))?;
    /// assert_eq!(model.loss().and_then(|loss| loss.name()), Some("mae"));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the model is not compiled, or as for [`Model::compile`]; then nothing has changed.
    pub fn recompile(&mut self, change: impl FnOnce(Compile) -> Compile) -> Result<()> {
        let before = &self.compiled()?.arguments;
        let arguments = change(before.clone());
        if !is_same(&arguments.optimizer, &before.optimizer) {
            return self.compile(arguments);
        }
        arguments.check()?;
        self.forget_state(&["metrics/"]);
        if let Some(compiled) = &mut self.compiled {
            compiled.arguments = arguments;
        }
        Ok(())
    }

    /// Drops what an earlier compilation kept beside the weights under these prefixes.
    fn forget_state(&mut self, prefixes: &[&str]) {
        self.plans.clear();
        if let Some(built) = self.built.get_mut() {
            built.state.retain(|name| !prefixes.iter().any(|prefix| name.starts_with(prefix)));
        }
    }

    pub(crate) fn compiled(&self) -> Result<&Compiled> {
        self.compiled.as_ref().ok_or_else(|| not_compiled(&self.name))
    }

    /// The optimizer, with its learning rate.
    ///
    /// # Errors
    /// If the model is not compiled.
    pub fn optimizer(&self) -> Result<&dyn Optimizer> {
        Ok(self.compiled()?.optimizer.as_ref())
    }

    /// The loss the model is compiled with, if any: the first, where outputs have their own.
    pub fn loss(&self) -> Option<&Handle<dyn Loss>> {
        self.compiled.as_ref()?.arguments.loss.as_ref()?.values().next()
    }

    /// The number of steps the optimizer has done; those it left out do not count.
    ///
    /// # Errors
    /// If the model is not compiled.
    pub fn iterations(&self) -> Result<u64> {
        Ok(self.compiled()?.iterations)
    }

    /// The learning rate of the next step.
    ///
    /// # Errors
    /// If the model is not compiled.
    pub fn learning_rate(&self) -> Result<f64> {
        let Compiled { optimizer, iterations, .. } = self.compiled()?;
        Ok(optimizer.base().learning_rate.at(*iterations).into())
    }

    /// Changes the learning rate to a number or a schedule; nothing is compiled again.
    ///
    /// ```
    /// use cornu::optimizers::{SGD, schedules::ExponentialDecay};
    /// use cornu::{Compile, Sequential};
    /// let mut model = Sequential::new();
    /// model.compile(Compile::new().optimizer(SGD::new(0.5)).loss("mse"))?;
    /// model.set_learning_rate(0.25)?;
    /// assert_eq!(model.learning_rate()?, 0.25);
    /// model.set_learning_rate(ExponentialDecay::new(0.5, 100, 0.9))?;
    /// assert!(model.set_learning_rate(0.25).is_err(), "a schedule is not overruled, as in Keras");
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the model is not compiled; the rate is not a finite number of at least 0, or a schedule with bad arguments; or
    /// it is a number where the optimizer follows a schedule.
    pub fn set_learning_rate(&mut self, learning_rate: impl Into<LearningRate>) -> Result<()> {
        let rate = learning_rate.into();
        let name = self.name.clone();
        let compiled = self.compiled.as_mut().ok_or_else(|| not_compiled(&name))?;
        let base = compiled.optimizer.base_mut();
        match (&rate, &base.learning_rate) {
            (LearningRate::Constant(rate), _) if !(rate.is_finite() && *rate >= 0.0) => {
                return Err(Error::argument("learning_rate", format!("must be at least 0, got {rate}")));
            }
            (LearningRate::Constant(_), LearningRate::Schedule(schedule)) => {
                let message = format!(
                    "the optimizer follows the schedule `{}`, which a number does not overrule: compile the model with \
                     a number, or give another schedule",
                    schedule.class_name()
                );
                return Err(Error::argument("learning_rate", message));
            }
            (LearningRate::Constant(_), LearningRate::Constant(_)) => {}
            (LearningRate::Schedule(schedule), _) => schedule.check()?,
        }
        base.learning_rate = rate;
        Ok(())
    }
}

/// Whether two optimizers are one, also in what files do not hold.
fn is_same(a: &Handle<dyn Optimizer>, b: &Handle<dyn Optimizer>) -> bool {
    let alike = match (a.get(), b.get()) {
        (Ok(a), Ok(b)) => a.base() == b.base(),
        _ => true,
    };
    alike && a == b
}

pub(super) fn not_compiled(name: &str) -> Error {
    Error::model(format!("model `{name}` must be compiled before it is trained or evaluated: call `compile`"))
}

/// Words such as `"accuracy"` stand for what the shapes of targets and outputs ask for.
fn known_or_resolved_later(found: Result<()>, name: Option<&str>) -> Result<()> {
    let later = ["accuracy", "acc", "crossentropy", "ce"];
    match found {
        Err(_) if name.is_some_and(|name| later.contains(&name.to_lowercase().as_str())) => Ok(()),
        found => found,
    }
}
