//! `MeanMetricWrapper`: the mean of a function over samples.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::define::StateType;
use super::{Mean, Measured, Metric};
use crate::graph::Var;
use crate::losses::Loss;
use crate::registry::{Config, Family, Fields, Given, Key, Readable, Reading, Writable, wants};
use crate::{Result, Shape};

/// The mean over samples of a function of targets and predictions: one of your own, or a loss of Keras by its name.
///
/// A function of your own has but its name in files, as in Keras, and cannot be read back from there.
///
/// Source: <https://keras.io/api/metrics/base_metric/>, `keras.metrics.MeanMetricWrapper`.
///
/// ```
/// use cornu::Tensor;
/// use cornu::metrics::{MeanMetricWrapper, Metric};
/// let largest = MeanMetricWrapper::new("largest_error", |y_true, y_pred| (y_true - y_pred).abs().max(&[-1], false));
/// let (y_true, y_pred) = (Tensor::from([[1.0f32, 5.0], [0.0, 0.0]]), Tensor::from([[2.0f32, 2.0], [0.0, 1.0]]));
/// assert_eq!(largest.evaluate(&y_true, &y_pred, None)?, 2.0);
/// let huber = MeanMetricWrapper::of_loss("huber")?;
/// assert_eq!(huber.evaluate(&y_true, &y_pred, None)?, 0.875);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MeanMetricWrapper {
    name: String,
    dtype: StateType,
    function: Function,
}

#[derive(Clone)]
enum Function {
    /// What a loss gives before reduction, with the arguments it was made with.
    Loss { function: String, arguments: Config, loss: Arc<dyn Loss> },
    /// A function of the user's, by its name.
    Own(String, Arc<Formula>),
}

type Formula = dyn for<'g> Fn(Var<'g>, Var<'g>) -> Var<'g> + Send + Sync;

impl MeanMetricWrapper {
    /// The mean of a function of targets and predictions, which gives a number for each sample or for each position
    /// in it. It is called once for each graph, to write down what a step computes.
    pub fn new(
        name: impl Into<String>,
        function: impl for<'g> Fn(Var<'g>, Var<'g>) -> Var<'g> + Send + Sync + 'static,
    ) -> Self {
        let name = name.into();
        let function = Function::Own(name.clone(), Arc::new(function));
        MeanMetricWrapper { name, dtype: StateType::default(), function }
    }

    /// The mean of what a loss gives for each sample, by the name of its function, such as `"huber"`.
    ///
    /// # Errors
    /// If there is no loss of this name.
    pub fn of_loss(function: &str) -> Result<Self> {
        let loss = <dyn Loss>::by_name(function)?;
        let function = Function::Loss { function: function.into(), arguments: Config::new(), loss };
        Ok(MeanMetricWrapper { name: DEFAULT_NAME.into(), dtype: StateType::default(), function })
    }

    crate::setters! {
        /// The metric's name: its key in logs and histories.
        name: into String;
    }
}

const DEFAULT_NAME: &str = "mean_metric_wrapper";

impl Metric for MeanMetricWrapper {
    fn name(&self) -> &str {
        &self.name
    }

    fn takes_mask(&self) -> bool {
        true
    }

    fn variables(&self, _output: &Shape) -> Vec<(&'static str, Vec<usize>)> {
        Mean::state()
    }

    fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let (values, mask) = match &self.function {
            Function::Loss { loss, .. } => (loss.call(y_true, y_pred), loss.mask(y_true, y_pred)),
            Function::Own(_, formula) => (formula(y_true, y_pred), None),
        };
        Mean::accumulate(state, values, mask, sample_weight)
    }

    fn result(&self, state: &[&[f32]]) -> Measured {
        f64::from(Mean::of(state)).into()
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Function::Loss { loss, .. } => loss.fmt(f),
            Function::Own(name, _) => f.write_str(name),
        }
    }
}

impl Fields for MeanMetricWrapper {
    fn start() -> Self {
        MeanMetricWrapper::new(DEFAULT_NAME, |_, y_pred| y_pred)
    }

    fn visit(&self, see: &mut dyn FnMut(&str, &dyn Writable)) {
        let none = Config::new();
        let (function, arguments) = match &self.function {
            Function::Loss { function, arguments, .. } => (function, arguments),
            Function::Own(name, _) => (name, &none),
        };
        see("name", &self.name);
        see("dtype", &self.dtype);
        see(
            "fn",
            &json!({"module": "builtins", "class_name": "function", "config": function, "registered_name": "function"}),
        );
        arguments.iter().for_each(|(key, value)| see(key, value));
    }

    fn visit_mut(&mut self, see: &mut dyn FnMut(&'static Key, &mut dyn Readable)) {
        see(&Key { name: "name", alias: None, required: false }, &mut self.name);
        see(&Key { name: "dtype", alias: None, required: false }, &mut self.dtype);
        see(
            &Key { name: "fn", alias: None, required: true },
            &mut Reading(&mut self.function, Function::named),
        );
    }

    /// All other keys are the function's arguments.
    fn settle(&mut self, given: &mut Given<'_>) -> Result<(), String> {
        if let Function::Loss { function, .. } = &self.function {
            self.function = Function::of_loss(function, given.take_others())?;
        }
        Ok(())
    }
}

impl Function {
    fn named(value: &Value) -> Result<Self, String> {
        match value.get("config").unwrap_or(value) {
            Value::String(name) => Self::of_loss(name, Config::new()),
            _ => wants("the name of a function", value),
        }
    }

    fn of_loss(function: &str, arguments: Config) -> Result<Self, String> {
        let loss = <dyn Loss>::from_class(function, arguments.clone()).map_err(|error| error.to_string())?;
        Ok(Function::Loss { function: function.into(), arguments, loss })
    }
}
