//! What classifiers and regressors share: a function that describes a model, with arguments for it and for `fit`.

use std::sync::Arc;

use cornu::callbacks::Callback;
use cornu::utils::with_random_seed;
use cornu::{Error, Fit, History, Model, Predict, Result, Tensor};

use crate::{HyperParameters, Value, Values};

type Build = dyn Fn(&mut HyperParameters) -> Result<Model> + Send + Sync;
pub(super) type Callbacks = dyn Fn() -> Vec<Box<dyn Callback>> + Send + Sync;

pub(super) struct KerasEstimator {
    pub(super) arguments: Arguments,
    fitted: Option<(Model, History)>,
}

/// What an estimator is told.
#[derive(Clone)]
pub(super) struct Arguments {
    build: Arc<Build>,
    pub(super) callbacks: Option<Arc<Callbacks>>,
    pub(super) fit: FitArguments,
    /// What the function that describes the model is told.
    params: Values,
}

/// Arguments of `fit`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FitArguments {
    pub(super) batch_size: usize,
    pub(super) epochs: usize,
    pub(super) validation_split: f64,
    pub(super) shuffle: bool,
    pub(super) verbose: u8,
    pub(super) random_state: Option<u64>,
}

impl Default for FitArguments {
    fn default() -> Self {
        FitArguments {
            batch_size: 32,
            epochs: 1,
            validation_split: 0.0,
            shuffle: true,
            verbose: 0,
            random_state: None,
        }
    }
}

impl KerasEstimator {
    pub(super) fn new<M: Into<Model>>(
        build: impl Fn(&mut HyperParameters) -> Result<M> + Send + Sync + 'static,
    ) -> Self {
        let build = Arc::new(move |hp: &mut HyperParameters| build(hp).map(Into::into));
        let arguments =
            Arguments { build, callbacks: None, fit: FitArguments::default(), params: Values::new() };
        KerasEstimator { arguments, fitted: None }
    }

    pub(super) fn unfitted(&self) -> Self {
        KerasEstimator { arguments: self.arguments.clone(), fitted: None }
    }

    pub(super) fn get_params(&self) -> Values {
        let fit = &self.arguments.fit;
        let mut params = self.arguments.params.clone();
        let mut insert = |name: &str, value: Value| drop(params.insert(name.into(), value));
        insert("batch_size", fit.batch_size.into());
        insert("epochs", fit.epochs.into());
        insert("validation_split", fit.validation_split.into());
        insert("shuffle", fit.shuffle.into());
        insert("verbose", fit.verbose.into());
        if let Some(seed) = fit.random_state.and_then(|seed| i64::try_from(seed).ok()) {
            insert("random_state", seed.into());
        }
        params
    }

    pub(super) fn set_params(&mut self, params: &Values) -> Result<()> {
        for (name, value) in params {
            self.set(name, value)?;
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        let fit = &mut self.arguments.fit;
        let wants = |what: &str| {
            Error::argument(format!("parameter `{name}`"), format!("must be {what}, got {value}"))
        };
        let count = || value.as_i64().and_then(|count| usize::try_from(count).ok());
        match name {
            "batch_size" => fit.batch_size = count().ok_or_else(|| wants("a whole number"))?,
            "epochs" => fit.epochs = count().ok_or_else(|| wants("a whole number"))?,
            "validation_split" => {
                fit.validation_split = value.as_f64().ok_or_else(|| wants("a number"))?;
            }
            "shuffle" => fit.shuffle = value.as_bool().ok_or_else(|| wants("true or false"))?,
            "verbose" => {
                let level = count().and_then(|level| u8::try_from(level).ok());
                fit.verbose = level.ok_or_else(|| wants("0, 1 or 2"))?;
            }
            "random_state" => {
                fit.random_state = Some(count().ok_or_else(|| wants("a whole number"))? as u64);
            }
            _ => drop(self.arguments.params.insert(name.into(), value.clone())),
        }
        Ok(())
    }

    /// Describes a model and trains it on samples whose targets `prepare` makes of those given, for a model like this.
    pub(super) fn fit(&mut self, x: &Tensor, prepare: impl FnOnce(&Model) -> Result<Tensor>) -> Result<()> {
        self.fitted = None;
        let Arguments { build, callbacks, fit, params } = &self.arguments;
        let mut hp = HyperParameters::new();
        params.iter().for_each(|(name, value)| hp.set(name.clone(), value.clone()));
        let mut model = match fit.random_state {
            Some(seed) => with_random_seed(seed, || build(&mut hp))?,
            None => build(&mut hp)?,
        };
        hp.check()?;
        if let Some(unknown) = params.keys().find(|name| hp.space().iter().all(|known| known.name != **name))
        {
            let known = hp.space().iter().map(|parameter| parameter.name.clone());
            let own = FIT_PARAMETERS.map(String::from);
            return Err(Error::unknown_name("parameter", unknown, known.chain(own)));
        }
        let y = prepare(&model)?;
        let mut arguments = Fit::new()
            .batch_size(fit.batch_size)
            .epochs(fit.epochs)
            .validation_split(fit.validation_split)
            .shuffle(fit.shuffle)
            .verbose(fit.verbose);
        if let Some(callbacks) = callbacks {
            arguments = arguments.callbacks(callbacks());
        }
        let history = model.fit(x, &y, arguments)?;
        self.fitted = Some((model, history));
        Ok(())
    }

    /// What the model gives for samples.
    pub(super) fn outputs(&mut self, what: &str, x: &Tensor) -> Result<Tensor> {
        let batch_size = self.arguments.fit.batch_size;
        let fitted = self.fitted.as_mut();
        let (model, _) =
            fitted.ok_or_else(|| Error::model(format!("the {what} is not fitted: call `fit` first")))?;
        model.predict(x, Predict::new().batch_size(batch_size))
    }

    pub(super) fn model(&self) -> Option<&Model> {
        self.fitted.as_ref().map(|(model, _)| model)
    }

    pub(super) fn into_model(self) -> Option<Model> {
        self.fitted.map(|(model, _)| model)
    }

    pub(super) fn history(&self) -> Option<&History> {
        self.fitted.as_ref().map(|(_, history)| history)
    }
}

/// The parameters that are not the function's.
const FIT_PARAMETERS: [&str; 6] =
    ["batch_size", "epochs", "validation_split", "shuffle", "verbose", "random_state"];

/// The methods of a classifier or regressor that are the same.
macro_rules! keras_estimator_methods {
    () => {
        /// An estimator of the models that a function describes, compiled. What the function asks for are its parameters,
        /// beside those of `fit`.
        pub fn new<M: Into<cornu::Model>>(
            build: impl Fn(&mut crate::HyperParameters) -> cornu::Result<M> + Send + Sync + 'static,
        ) -> Self {
            super::keras_estimator::KerasEstimator::new(build).into()
        }

        /// A parameter: what the function asks for under this name, or one of `fit`.
        ///
        /// # Errors
        /// If a parameter of `fit` cannot have the value.
        pub fn param(mut self, name: &str, value: impl Into<crate::Value>) -> cornu::Result<Self> {
            self.keras.set_params(&std::iter::once((name.to_owned(), value.into())).collect())?;
            Ok(self)
        }

        /// Samples a step; 32 by default.
        #[must_use]
        pub fn batch_size(mut self, batch_size: usize) -> Self {
            self.keras.arguments.fit.batch_size = batch_size;
            self
        }

        /// How often training goes through the samples; once by default.
        #[must_use]
        pub fn epochs(mut self, epochs: usize) -> Self {
            self.keras.arguments.fit.epochs = epochs;
            self
        }

        /// The part of the samples, from the end, that `fit` holds back for validation.
        #[must_use]
        pub fn validation_split(mut self, part: f64) -> Self {
            self.keras.arguments.fit.validation_split = part;
            self
        }

        /// Whether samples come in a new order each epoch; they do by default.
        #[must_use]
        pub fn shuffle(mut self, shuffle: bool) -> Self {
            self.keras.arguments.fit.shuffle = shuffle;
            self
        }

        /// What training prints: nothing by default.
        #[must_use]
        pub fn verbose(mut self, verbose: u8) -> Self {
            self.keras.arguments.fit.verbose = verbose;
            self
        }

        /// What initial weights and shuffling follow from.
        #[must_use]
        pub fn random_state(mut self, seed: u64) -> Self {
            self.keras.arguments.fit.random_state = Some(seed);
            self
        }

        /// The callbacks of each `fit`, which are made anew for each.
        #[must_use]
        pub fn callbacks(
            mut self,
            make: impl Fn() -> Vec<Box<dyn cornu::callbacks::Callback>> + Send + Sync + 'static,
        ) -> Self {
            self.keras.arguments.callbacks = Some(std::sync::Arc::new(make));
            self
        }

        /// The model, once it is fitted.
        pub fn model(&self) -> Option<&cornu::Model> {
            self.keras.model()
        }

        /// The model alone, once it is fitted: to be saved, for example.
        pub fn into_model(self) -> Option<cornu::Model> {
            self.keras.into_model()
        }

        /// The losses and metrics of the epochs, once it is fitted.
        pub fn history(&self) -> Option<&cornu::History> {
            self.keras.history()
        }
    };
}
pub(super) use keras_estimator_methods;
