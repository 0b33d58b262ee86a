//! Arguments of `compile` that may differ from output to output.

use serde_json::{Map, Value};

use crate::losses::Loss;
use crate::metrics::Metric;
use crate::registry::Handle;
use crate::{Error, Result};

/// One value for every output of a model, or one an output: as a list in the order of the outputs, or by name.
///
/// ```
/// use cornu::Compile;
/// let same = Compile::new().loss("mse");
/// let listed = Compile::new().loss(["mse", "mae"]).loss_weights([0.9, 0.1]);
/// let named = Compile::new().loss([("price", "mse"), ("class", "categorical_crossentropy")]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum PerOutput<T> {
    /// The same for every output.
    Same(T),
    /// One an output, in their order.
    Listed(Vec<T>),
    /// By the outputs' names; others have none.
    Named(Vec<(String, T)>),
}

/// A loss, or one an output.
pub type Losses = PerOutput<Handle<dyn Loss>>;

impl<T> PerOutput<T> {
    /// The value of each output.
    ///
    /// # Errors
    /// If there are more or fewer values than outputs, or no output of a name.
    pub(crate) fn of_outputs(&self, what: &str, outputs: &[&str]) -> Result<Vec<Option<&T>>> {
        match self {
            PerOutput::Same(value) => Ok(outputs.iter().map(|_| Some(value)).collect()),
            PerOutput::Listed(values) if values.len() == outputs.len() => {
                Ok(values.iter().map(Some).collect())
            }
            PerOutput::Listed(values) => Err(Error::argument(
                what,
                format!(
                    "wants as many entries as the model has outputs ({}), got {}",
                    outputs.join(", "),
                    values.len()
                ),
            )),
            PerOutput::Named(values) => {
                if let Some((name, _)) = values.iter().find(|(name, _)| !outputs.contains(&name.as_str())) {
                    let known = outputs.iter().map(ToString::to_string);
                    return Err(Error::unknown_name("output", name, known));
                }
                let find =
                    |output: &&str| values.iter().find(|(name, _)| name == output).map(|(_, value)| value);
                Ok(outputs.iter().map(find).collect())
            }
        }
    }

    /// All values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        let (same, listed, named) = match self {
            PerOutput::Same(value) => (Some(value), &[][..], &[][..]),
            PerOutput::Listed(values) => (None, values.as_slice(), &[][..]),
            PerOutput::Named(values) => (None, &[][..], values.as_slice()),
        };
        same.into_iter().chain(listed).chain(named.iter().map(|(_, value)| value))
    }

    /// As Keras writes it: a value, a list, a dictionary.
    pub(crate) fn to_json(&self, value: impl Fn(&T) -> Value) -> Value {
        match self {
            PerOutput::Same(one) => value(one),
            PerOutput::Listed(values) => values.iter().map(value).collect(),
            PerOutput::Named(values) => {
                let named = values.iter().map(|(name, one)| (name.clone(), value(one)));
                Value::Object(named.collect::<Map<_, _>>())
            }
        }
    }

    /// What [`PerOutput::to_json`] wrote; an object is one value if `is_value` says so.
    ///
    /// # Errors
    /// Those of `value`.
    pub(crate) fn from_json(
        json: &Value,
        is_value: impl Fn(&Value) -> bool,
        value: impl Fn(&Value) -> Result<T>,
    ) -> Result<Self> {
        Ok(match json {
            json if is_value(json) => PerOutput::Same(value(json)?),
            Value::Array(values) => PerOutput::Listed(values.iter().map(value).collect::<Result<_>>()?),
            Value::Object(values) => {
                let present = values.iter().filter(|(_, json)| !json.is_null());
                let named = present.map(|(name, json)| Ok((name.clone(), value(json)?)));
                PerOutput::Named(named.collect::<Result<_>>()?)
            }
            json => PerOutput::Same(value(json)?),
        })
    }
}

macro_rules! conversions {
    ($target:ty, $one:ty $(, $bound:ident: $limit:path)?) => {
        impl<$($bound: $limit,)? const N: usize> From<[$one; N]> for PerOutput<$target> {
            fn from(values: [$one; N]) -> Self {
                Vec::from(values).into()
            }
        }

        impl$(<$bound: $limit>)? From<Vec<$one>> for PerOutput<$target> {
            fn from(values: Vec<$one>) -> Self {
                PerOutput::Listed(values.into_iter().map(Into::into).collect())
            }
        }

        impl<$($bound: $limit,)? const N: usize> From<[(&str, $one); N]> for PerOutput<$target> {
            fn from(values: [(&str, $one); N]) -> Self {
                PerOutput::Named(values.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
            }
        }
    };
}

conversions! { Handle<dyn Loss>, L, L: Into<Handle<dyn Loss>> }
conversions! { f64, f64 }

impl<L: Into<Handle<dyn Loss>>> From<L> for PerOutput<Handle<dyn Loss>> {
    fn from(loss: L) -> Self {
        PerOutput::Same(loss.into())
    }
}

impl From<f64> for PerOutput<f64> {
    fn from(weight: f64) -> Self {
        PerOutput::Same(weight)
    }
}

/// Metrics: a list for a model of one output; for several outputs, as many metrics or lists as outputs, or lists by name.
#[derive(Debug, Clone, PartialEq)]
pub enum Metrics {
    /// Metrics of the one output; of several outputs, one each.
    Flat(Vec<Handle<dyn Metric>>),
    /// Some of each output.
    Outputs(PerOutput<Vec<Handle<dyn Metric>>>),
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics::Flat(Vec::new())
    }
}

impl Metrics {
    /// All of them.
    pub(crate) fn values(&self) -> Vec<&Handle<dyn Metric>> {
        match self {
            Metrics::Flat(metrics) => metrics.iter().collect(),
            Metrics::Outputs(outputs) => outputs.values().flatten().collect(),
        }
    }

    /// Those of each output.
    ///
    /// # Errors
    /// If there are more or fewer entries than outputs, or no output of a name.
    pub(crate) fn of_outputs(&self, what: &str, outputs: &[&str]) -> Result<Vec<Vec<&Handle<dyn Metric>>>> {
        match self {
            Metrics::Flat(metrics) if outputs.len() == 1 => Ok(vec![metrics.iter().collect()]),
            Metrics::Flat(metrics) if metrics.is_empty() => Ok(vec![Vec::new(); outputs.len()]),
            Metrics::Flat(metrics) => {
                let listed = PerOutput::Listed(metrics.iter().collect::<Vec<_>>());
                let found = listed.of_outputs(what, outputs)?;
                Ok(found.into_iter().map(|metric| metric.into_iter().copied().collect()).collect())
            }
            Metrics::Outputs(of) => {
                let found = of.of_outputs(what, outputs)?;
                Ok(found.into_iter().map(|metrics| metrics.into_iter().flatten().collect()).collect())
            }
        }
    }

    /// As Keras writes them.
    pub(crate) fn to_json(&self) -> Value {
        let list = |metrics: &Vec<Handle<dyn Metric>>| metrics.iter().map(Handle::as_given).collect();
        match self {
            Metrics::Flat(metrics) if metrics.is_empty() => Value::Null,
            Metrics::Flat(metrics) => list(metrics),
            Metrics::Outputs(of) => of.to_json(list),
        }
    }

    /// What [`Metrics::to_json`] wrote, or Keras.
    ///
    /// # Errors
    /// Those of `metric`, which is given each metric's place behind this one's.
    pub(crate) fn from_json(
        json: &Value,
        metric: impl Fn(&Value, String) -> Result<Handle<dyn Metric>>,
    ) -> Result<Self> {
        let several = |json: &Value, place: String| -> Result<Vec<Handle<dyn Metric>>> {
            match json {
                Value::Null => Ok(Vec::new()),
                Value::Array(values) => {
                    let each = values.iter().enumerate();
                    each.map(|(at, value)| metric(value, format!("{place}[{at}]"))).collect()
                }
                one => Ok(vec![metric(one, place)?]),
            }
        };
        Ok(match json {
            // A list in a list of one is that of the one output.
            Value::Array(values) if values.len() == 1 => Metrics::Flat(several(&values[0], "[0]".into())?),
            Value::Array(values) if values.iter().any(|value| value.is_array() || value.is_null()) => {
                let each = values.iter().enumerate();
                let lists =
                    each.map(|(at, value)| several(value, format!("[{at}]"))).collect::<Result<_>>()?;
                Metrics::Outputs(PerOutput::Listed(lists))
            }
            Value::Object(values) if !values.contains_key("class_name") => {
                let each = values.iter();
                let lists = each.map(|(name, value)| Ok((name.clone(), several(value, format!(".{name}"))?)));
                Metrics::Outputs(PerOutput::Named(lists.collect::<Result<_>>()?))
            }
            json => Metrics::Flat(several(json, String::new())?),
        })
    }
}

impl<M: Into<Handle<dyn Metric>>, const N: usize> From<[M; N]> for Metrics {
    fn from(metrics: [M; N]) -> Self {
        Metrics::Flat(metrics.into_iter().map(Into::into).collect())
    }
}

impl<M: Into<Handle<dyn Metric>>> From<Vec<M>> for Metrics {
    fn from(metrics: Vec<M>) -> Self {
        Metrics::Flat(metrics.into_iter().map(Into::into).collect())
    }
}

impl<M: Into<Handle<dyn Metric>>> From<Vec<Vec<M>>> for Metrics {
    fn from(outputs: Vec<Vec<M>>) -> Self {
        let lists = outputs.into_iter().map(|metrics| metrics.into_iter().map(Into::into).collect());
        Metrics::Outputs(PerOutput::Listed(lists.collect()))
    }
}

impl<M: Into<Handle<dyn Metric>>, const N: usize> From<[(&str, Vec<M>); N]> for Metrics {
    fn from(outputs: [(&str, Vec<M>); N]) -> Self {
        let list = |metrics: Vec<M>| metrics.into_iter().map(Into::into).collect();
        Metrics::Outputs(PerOutput::Named(
            outputs.into_iter().map(|(name, metrics)| (name.into(), list(metrics))).collect(),
        ))
    }
}
