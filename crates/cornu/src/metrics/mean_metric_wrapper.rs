//! `MeanMetricWrapper`: the mean of a function over samples.

use std::fmt;
use std::sync::Arc;

use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::define::StateType;
use super::{Mean, Measured, Metric};
use crate::graph::Var;
use crate::losses::Loss;
use crate::registry::{Config, Family};
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

impl Serialize for MeanMetricWrapper {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let none = Config::new();
        let (function, arguments) = match &self.function {
            Function::Loss { function, arguments, .. } => (function, arguments),
            Function::Own(name, _) => (name, &none),
        };
        let function = json!({
            "module": "builtins", "class_name": "function", "config": function, "registered_name": "function"
        });
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("dtype", &self.dtype)?;
        map.serialize_entry("fn", &function)?;
        arguments.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for MeanMetricWrapper {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut arguments = Config::deserialize(deserializer)?;
        let given = arguments.shift_remove("fn").ok_or_else(|| D::Error::missing_field("fn"))?;
        let name = match arguments.shift_remove("name") {
            Some(Value::String(name)) => name,
            _ => DEFAULT_NAME.into(),
        };
        if let Some(dtype) = arguments.shift_remove("dtype") {
            StateType::deserialize(dtype).map_err(D::Error::custom)?;
        }
        let function = given.get("config").unwrap_or(&given);
        let Some(function) = function.as_str().map(String::from) else {
            return Err(D::Error::custom(format!("`fn`: wants the name of a function, got {given}")));
        };
        let loss = <dyn Loss>::from_class(&function, arguments.clone()).map_err(D::Error::custom)?;
        let function = Function::Loss { function, arguments, loss };
        Ok(MeanMetricWrapper { name, dtype: StateType::default(), function })
    }
}
