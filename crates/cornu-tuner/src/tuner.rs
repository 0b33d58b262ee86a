//! `Tuner`: the search for models.

mod checkpoint;

use std::collections::BTreeMap;
use std::ops::Deref;

use cornu::callbacks::Callback;
use cornu::utils::with_random_seed;
use cornu::{Error, Fit, History, Inputs, Logs, Model, Result};

use self::checkpoint::{Checkpoint, Checkpoints};
use crate::objective::Objective;
use crate::oracles::Oracle;
use crate::search::{Assignment, Search, Task, search_setters};
use crate::trial::Outcome;
use crate::{HyperParameters, Values};

/// A function that describes a model.
type Build<'b> = dyn Fn(&mut HyperParameters) -> Result<Model> + Sync + 'b;

/// The search for models: trains one for each trial and keeps the weights of its best epoch. KerasTuner's `Tuner`.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Compile, Fit, Sequential, Tensor, callbacks::EarlyStopping};
/// use cornu_tuner::{Float, Tuner, oracles::RandomSearch};
/// let x = Tensor::from([[0.0f32], [1.0], [2.0], [3.0]]);
/// let y = Tensor::from([[1.0f32], [3.0], [5.0], [7.0]]);
/// let mut tuner = Tuner::new(RandomSearch::new(), |hp| {
///     let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1));
///     model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
///     model.set_learning_rate(hp.float("learning_rate", Float::reciprocal(1e-4, 1e-1)))?;
///     Ok(model)
/// })
/// .objective("loss")
/// .max_trials(4)
/// .seed(1)
/// .verbose(0);
/// // What `fit` is told may vary, too; each trial gets callbacks of its own.
/// tuner.search(&x, &y, |hp| {
///     let stop = EarlyStopping::new().monitor("loss").patience(3);
///     Fit::new().epochs(20).batch_size(hp.choice("batch_size", [1, 2, 4])).callback(stop)
/// })?;
/// assert_eq!(tuner.trials().count(), 4);
/// println!("{}", tuner.results());
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// All that a [`Search`] can be asked, a tuner can, too.
///
/// Source: <https://keras.io/keras_tuner/api/tuners/base_tuner/>.
pub struct Tuner<'b> {
    search: Search,
    build: Box<Build<'b>>,
    executions_per_trial: usize,
    max_model_size: Option<usize>,
    checkpoints: Checkpoints,
}

impl<'b> Tuner<'b> {
    /// A search by an oracle for models that a function describes, compiled.
    pub fn new<M: Into<Model>>(
        oracle: impl Oracle + 'static,
        build: impl Fn(&mut HyperParameters) -> Result<M> + Sync + 'b,
    ) -> Self {
        Tuner {
            search: Search::new(oracle),
            build: Box::new(move |hp| build(hp).map(Into::into)),
            executions_per_trial: 1,
            max_model_size: None,
            checkpoints: Checkpoints::default(),
        }
    }

    search_setters!(search.);

    setters! {
        /// How many models are trained in a trial, from other initial weights each; the score is the mean of theirs. 1 by
        /// default.
        executions_per_trial: usize;
        /// The number of parameters of a model at most; trials with larger ones fail.
        max_model_size: some usize;
    }

    /// Runs trials until there are enough: each trains a model on these samples, as `fit` says for its values. What a trial
    /// comes to is the best epoch's value of the objective. Called again, it goes on.
    ///
    /// # Errors
    /// If an argument is out of range, the model cannot be described with all defaults, the project folder cannot be used or
    /// belongs to another search, or too many trials in a row fail.
    pub fn search<'a>(
        &mut self,
        x: impl Into<Inputs<'a>>,
        y: impl Into<Inputs<'a>>,
        fit: impl Fn(&mut HyperParameters) -> Fit<'a> + Sync,
    ) -> Result<()> {
        if self.executions_per_trial == 0 {
            return Err(Error::argument("executions_per_trial", "must be at least 1, got 0"));
        }
        let (x, y) = (x.into(), y.into());
        self.checkpoints.keep_in(self.search.folder());
        let task = ModelTask {
            x: &x,
            y: &y,
            fit: &fit,
            build: &*self.build,
            objective: self.search.settings.objective.clone(),
            executions: self.executions_per_trial,
            max_model_size: self.max_model_size,
            verbose: if self.search.settings.verbose > 1 { 2 } else { 0 },
            checkpoints: &self.checkpoints,
        };
        self.search.run_task(&task)
    }

    /// A model described with these values, such as [`Search::get_best_hyperparameters`] gives, with fresh weights.
    ///
    /// # Errors
    /// If it cannot be described.
    pub fn build(&self, hp: &HyperParameters) -> Result<Model> {
        let mut hp = hp.clone();
        let model = (self.build)(&mut hp)?;
        hp.check()?;
        Ok(model)
    }

    /// The models of the best trials, the best first, each with the weights of its best epoch.
    ///
    /// # Errors
    /// If one cannot be described, or its weights cannot be read.
    pub fn get_best_models(&self, num_models: usize) -> Result<Vec<Model>> {
        let trials = self.search.get_best_trials(num_models).into_iter();
        let restored = trials.map(|trial| {
            let mut model = self.build(&trial.hyperparameters)?;
            self.checkpoints.restore(&trial.trial_id, &mut model)?;
            Ok(model)
        });
        restored.collect()
    }
}

impl Deref for Tuner<'_> {
    type Target = Search;
    fn deref(&self) -> &Search {
        &self.search
    }
}

/// The training of models as what trials run.
struct ModelTask<'t, 'a> {
    x: &'t Inputs<'a>,
    y: &'t Inputs<'a>,
    fit: &'t (dyn Fn(&mut HyperParameters) -> Fit<'a> + Sync),
    build: &'t Build<'t>,
    objective: Objective,
    executions: usize,
    max_model_size: Option<usize>,
    verbose: u8,
    checkpoints: &'t Checkpoints,
}

impl Task for ModelTask<'_, '_> {
    fn probe(&self, hp: &mut HyperParameters) -> Result<bool> {
        (self.build)(hp)?;
        let _ = (self.fit)(hp);
        Ok(true)
    }

    fn run(&self, trial: &Assignment, hp: &mut HyperParameters) -> Result<Outcome> {
        let mut best = BestEpoch { objective: &self.objective, value: None, checkpoint: None };
        let mut outcomes = Vec::new();
        let mut trained = None;
        for execution in 0..self.executions {
            let (model, history) = self.train(trial, execution, hp, &mut best)?;
            outcomes.push(outcome(&history, &self.objective));
            trained = Some(model);
        }
        if let (Some(model), Some(checkpoint)) = (trained, best.checkpoint) {
            self.checkpoints.save(&trial.trial_id, &model, checkpoint)?;
        }
        Ok(mean(&outcomes))
    }
}

impl ModelTask<'_, '_> {
    /// Trains one model of a trial.
    fn train(
        &self,
        trial: &Assignment,
        execution: usize,
        hp: &mut HyperParameters,
        best: &mut BestEpoch<'_>,
    ) -> Result<(Model, History)> {
        let mut model = with_random_seed(trial.seed(execution), || (self.build)(hp))?;
        if let Some(limit) = self.max_model_size
            && model.is_built()
            && model.count_params()? > limit
        {
            let size = model.count_params()?;
            return Err(Error::model(format!(
                "the model has {size} parameters, more than max_model_size, {limit}"
            )));
        }
        let mut fit = (self.fit)(hp).verbose(self.verbose).callback(best);
        if let Some(rung) = Rung::of(hp.values()) {
            fit = fit.epochs(rung.epochs).initial_epoch(rung.initial_epoch);
            if let Some(before) = rung.trial_id {
                self.checkpoints.restore(before, &mut model)?;
            }
        }
        let history = model.fit(self.x.clone(), self.y.clone(), fit)?;
        Ok((model, history))
    }
}

/// What Hyperband notes among the values of a trial.
struct Rung<'v> {
    epochs: usize,
    initial_epoch: usize,
    /// The trial that this one goes on with.
    trial_id: Option<&'v str>,
}

impl<'v> Rung<'v> {
    fn of(values: &'v Values) -> Option<Self> {
        let count = |name| usize::try_from(values.get(name)?.as_i64()?).ok();
        Some(Rung {
            epochs: count("tuner/epochs")?,
            initial_epoch: count("tuner/initial_epoch")?,
            trial_id: values.get("tuner/trial_id").and_then(|id| id.as_str()),
        })
    }
}

/// Keeps the weights of the epoch at which the objective is best, of all executions of a trial.
struct BestEpoch<'o> {
    objective: &'o Objective,
    value: Option<f64>,
    checkpoint: Option<Checkpoint>,
}

impl Callback for BestEpoch<'_> {
    fn on_epoch_end(&mut self, model: &mut Model, _epoch: usize, logs: &mut Logs) -> Result<()> {
        let Some(value) = logs.get(self.objective.name()) else { return Ok(()) };
        if self.value.is_none_or(|best| self.objective.is_better(value, best)) {
            self.value = Some(value);
            self.checkpoint = Some(Checkpoint::of(model)?);
        }
        Ok(())
    }
}

/// What was measured at the epoch at which the objective is best.
fn outcome(history: &History, objective: &Objective) -> Outcome {
    let values = history.get(objective.name()).unwrap_or_default();
    let best = (1..values.len()).fold(0, |best, at| {
        if values[best].is_nan() || objective.is_better(values[at], values[best]) { at } else { best }
    });
    // A value that not every epoch has, such as validation now and then, is that of its last one.
    let at_best = |values: &Vec<f64>| values.get(best).or(values.last()).copied();
    let metrics = history.history.iter();
    let metrics = metrics.filter_map(|(name, values)| Some((name.clone(), at_best(values)?))).collect();
    Outcome { metrics, best_step: history.epoch.get(best).copied().unwrap_or(best) }
}

/// The mean of several executions.
fn mean(outcomes: &[Outcome]) -> Outcome {
    let count = outcomes.len().max(1);
    let mut sums: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (name, value) in outcomes.iter().flat_map(|outcome| &outcome.metrics) {
        sums.entry(name).or_default().push(*value);
    }
    let average = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    Outcome {
        metrics: sums.into_iter().map(|(name, values)| (name.to_owned(), average(&values))).collect(),
        best_step: outcomes.iter().map(|outcome| outcome.best_step).sum::<usize>() / count,
    }
}
