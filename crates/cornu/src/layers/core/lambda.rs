//! `Lambda`: a function of symbolic tensors as a layer.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use crate::Result;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::{Config, Configured, config_of, from_config};

/// What a [`Lambda`] computes.
type Function = dyn for<'g> Fn(&[Var<'g>]) -> Var<'g> + Send + Sync;

/// The functions a program has registered, by name.
static REGISTERED: RwLock<Vec<(String, Arc<Function>)>> = RwLock::new(Vec::new());

/// Names the function that stands for the `Lambda` layers of this name in files, or for those that compute the Python function of
/// this name. What such a layer holds in a file is a program of Python's, which is never run. A function registered again
/// under a name takes the place of the one before.
///
/// The layer keeps what the file said of it, so that the model is saved as it was.
///
/// ```
/// use cornu::Model;
/// use cornu::utils::register_lambda;
/// let json = r#"{"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [
///     {"class_name": "InputLayer", "config": {"batch_shape": [null, 2], "name": "x"}},
///     {"class_name": "Lambda", "config": {"name": "halve", "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAAA"}}}}
/// ]}}"#;
/// assert!(Model::from_json(json).is_err());
/// register_lambda("halve", |x| x[0] / 2.0);
/// assert!(Model::from_json(json)?.to_json()?.contains("4wEAAAAA"));
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn register_lambda(
    name: impl Into<String>,
    function: impl for<'g> Fn(&[Var<'g>]) -> Var<'g> + Send + Sync + 'static,
) {
    let mut registered = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    registered.push((name.into(), Arc::new(function)));
}

/// A layer that computes a function without weights, written where it stands. It is differentiated like any other.
///
/// The function gets the inputs, and gives the output; their shapes are known but for the batch and other open axes. A
/// model that holds one cannot be saved, for no file holds a function: a layer for the file is a type of its own with the
/// trait [`Layer`], [registered](crate::utils::register_keras_serializable). One that is read from a file computes what
/// [`register_lambda`] says.
///
/// Source: <https://keras.io/api/layers/core_layers/lambda/>.
///
/// ```
/// use cornu::layers::{Dense, Input, Lambda};
/// use cornu::{Predict, Sequential, Tensor};
/// let mut model = Sequential::new().add(Input::new([3])).add(Lambda::new(|x| x[0].square() + 1.0));
/// let y = model.predict(&Tensor::from([[1.0, 2.0, 3.0]]), Predict::new())?;
/// assert_eq!(y.to_vec::<f32>(), [2.0, 5.0, 10.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Clone)]
pub struct Lambda {
    base: Base,
    function: Arc<Function>,
    keeps_mask: bool,
    /// What its file said of it.
    written: Option<Config>,
}

impl Lambda {
    /// A layer that computes this function of its inputs.
    pub fn new(function: impl for<'g> Fn(&[Var<'g>]) -> Var<'g> + Send + Sync + 'static) -> Self {
        Lambda { base: Base::default(), function: Arc::new(function), keeps_mask: false, written: None }
    }

    /// The layer of this config in a file, with the function that is registered for it.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn registered(config: Config) -> Result<Self, String> {
        let arguments = config_of(&Base::default());
        let is_base = |(key, _): &(&String, &Value)| arguments.contains_key(*key);
        let own = config.iter().filter(is_base).map(|(key, value)| (key.clone(), value.clone())).collect();
        let base: Base = from_config(&own, &[])?;
        let python = config.get("function").unwrap_or(&Value::Null);
        let called = python.as_str().or_else(|| python.get("config")?.as_str());
        let names = [Some(base.name()), called];
        let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
        let known = names.into_iter().flatten().find_map(|wanted| {
            registered.iter().rev().find(|(name, _)| name == wanted).map(|(_, function)| function.clone())
        });
        let function = known.ok_or_else(|| {
            let (name, what) =
                (base.name(), called.map_or("bytecode".into(), |name| format!("function `{name}`")));
            format!(
                "the layer `{name}` is a Lambda, whose Python {what} is never run; say what it computes by \
                 cornu::utils::register_lambda(\"{}\", |x| ...)",
                called.unwrap_or(name)
            )
        })?;
        Ok(Lambda { base, function, keeps_mask: false, written: Some(config) })
    }

    /// Whether a file can hold it.
    pub(crate) fn is_of_file(&self) -> bool {
        self.written.is_some()
    }

    layer_base!(setters);

    /// Whether the result carries the first input's mask; false by default, as in Keras.
    #[must_use]
    pub fn keep_mask(mut self, keep_mask: bool) -> Self {
        self.keeps_mask = keep_mask;
        self
    }
}

impl fmt::Debug for Lambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lambda").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Configured for Lambda {
    fn class_name(&self) -> &str {
        "Lambda"
    }

    fn config(&self) -> Config {
        let mut config = self.written.clone().unwrap_or_default();
        config.extend(config_of(&self.base));
        config
    }
}

impl Layer for Lambda {
    layer_base!(several);

    fn supports_masking(&self) -> bool {
        self.keeps_mask
    }

    fn call<'g>(&self, _cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        Ok((self.function)(inputs).into())
    }
}
