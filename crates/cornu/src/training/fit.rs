//! `fit` and `train_on_batch`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use cornu_engine::rng;

use super::evaluate::{checked_batch_size, checked_steps};
use super::feeds::Samples;
use super::plans::{Mode, enter_pool};
use super::progress::Verbose;
use super::run::Batches;
use super::source::{self, Source};
use super::watch::{Watch, is_set};
use super::{History, Inputs, Logs};
use crate::callbacks::{Callback, CallbackList, Params, Resume};
use crate::models::Model;
use crate::models::model::Built;
use crate::models::network::Network;
use crate::optimizers;
use crate::{DType, Error, Result, Tensor};

/// Keras' arguments of `fit` beside the data.
///
/// ```
/// use cornu::Fit;
/// let arguments = Fit::new().epochs(15).batch_size(128).validation_split(0.2).verbose(0);
/// ```
pub struct Fit<'a> {
    batch_size: Option<usize>,
    epochs: usize,
    verbose: Verbose,
    validation_split: f64,
    validation_data: Option<(Inputs<'a>, Inputs<'a>, Option<Inputs<'a>>)>,
    shuffle: bool,
    class_weight: Option<BTreeMap<i64, f64>>,
    sample_weight: Option<Inputs<'a>>,
    initial_epoch: usize,
    validation_batch_size: Option<usize>,
    steps_per_epoch: Option<usize>,
    validation_steps: Option<usize>,
    validation_freq: ValidationFreq,
    callbacks: CallbackList<'a>,
    debug_nans: bool,
    stop: Option<Arc<AtomicBool>>,
}

/// In which epochs validation runs: every so many, or in those of a list, counted from 1.
///
/// ```
/// use cornu::Fit;
/// let every_third = Fit::new().epochs(9).validation_split(0.2).validation_freq(3);
/// let in_these = Fit::new().epochs(9).validation_split(0.2).validation_freq([1, 5, 9]);
/// # drop((every_third, in_these));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValidationFreq {
    /// Whenever so many epochs are done.
    Every(usize),
    /// In these epochs.
    In(Vec<usize>),
}

impl From<usize> for ValidationFreq {
    fn from(epochs: usize) -> Self {
        ValidationFreq::Every(epochs)
    }
}

impl<const N: usize> From<[usize; N]> for ValidationFreq {
    fn from(epochs: [usize; N]) -> Self {
        ValidationFreq::In(epochs.into())
    }
}

impl ValidationFreq {
    /// Whether an epoch, counted from 0, ends with validation.
    fn holds(&self, epoch: usize) -> bool {
        match self {
            ValidationFreq::Every(freq) => (epoch + 1).is_multiple_of(*freq),
            ValidationFreq::In(epochs) => epochs.contains(&(epoch + 1)),
        }
    }
}

impl Default for Fit<'_> {
    fn default() -> Self {
        Fit {
            batch_size: None,
            epochs: 1,
            verbose: Verbose::default(),
            validation_split: 0.0,
            validation_data: None,
            shuffle: true,
            class_weight: None,
            sample_weight: None,
            initial_epoch: 0,
            validation_batch_size: None,
            steps_per_epoch: None,
            validation_steps: None,
            validation_freq: ValidationFreq::Every(1),
            callbacks: CallbackList::new(),
            debug_nans: false,
            stop: None,
        }
    }
}

impl<'a> Fit<'a> {
    /// One epoch in shuffled batches of 32: Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Samples a step; 32 by default.
        batch_size: some usize;
        /// The number of the epoch to stop at, counted from `initial_epoch`; 1 by default.
        epochs: usize;
        /// What is printed: 0 nothing, 1 a bar, 2 a line an epoch.
        verbose: into Verbose;
        /// The part of the samples, from the end, that is held back for validation.
        validation_split: f64;
        /// Whether samples come in a new order each epoch.
        shuffle: bool;
        /// A weight for each sample: for all outputs, or one tensor an output, as a list or by name.
        sample_weight: some into Inputs<'a>;
        /// The number of the first epoch.
        initial_epoch: usize;
        /// Samples a step of validation; `batch_size` by default.
        validation_batch_size: some usize;
        /// Batches an epoch at most; all of the data by default.
        steps_per_epoch: some usize;
        /// Batches of validation at most; all of its data by default.
        validation_steps: some usize;
        /// In which epochs validation runs: every so many, or those of a list, `[1, 5, 10]`, counted from 1.
        validation_freq: into ValidationFreq;
        /// Whether a loss that is NaN or infinite ends the training with an error that names the epoch, the batch, and the
        /// first layer whose output holds such a number. The model is left as it was before that batch. Weights are
        /// copied before each step for it, which is why it is off by default.
        debug_nans: bool;
    }

    /// Ends the training after the batch at hand once somebody sets the flag: a signal handler, another thread. The history
    /// holds the epochs that are done, files that callbacks write are whole, and a
    /// [`BackupAndRestore`](crate::callbacks::BackupAndRestore) keeps its backup of that very batch: the same program, run
    /// again, ends in the bits of one that was never interrupted.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::AtomicBool;
    /// use cornu::Fit;
    /// let stop = Arc::new(AtomicBool::new(false));
    /// // For Ctrl-C: signal_hook::flag::register(signal_hook::consts::SIGINT, stop.clone())
    /// let arguments = Fit::new().epochs(1000).stop_on(stop.clone());
    /// ```
    #[must_use]
    pub fn stop_on(mut self, flag: Arc<AtomicBool>) -> Self {
        self.stop = Some(flag);
        self
    }

    /// Adds a [callback](crate::callbacks), which is told of the training as it goes. One that is to be asked afterwards
    /// is lent: `.callback(&mut early_stopping)`.
    #[must_use]
    pub fn callback(mut self, callback: impl Callback + 'a) -> Self {
        self.callbacks.append(callback);
        self
    }

    /// Adds callbacks of several kinds.
    #[must_use]
    pub fn callbacks(mut self, callbacks: impl IntoIterator<Item = Box<dyn Callback + 'a>>) -> Self {
        self.callbacks.extend(callbacks);
        self
    }

    /// Samples and targets on which loss and metrics are measured after each epoch; `validation_split` is ignored
    /// then.
    #[must_use]
    pub fn validation_data(mut self, x: impl Into<Inputs<'a>>, y: impl Into<Inputs<'a>>) -> Self {
        self.validation_data = Some((x.into(), y.into(), None));
        self
    }

    /// As [`Fit::validation_data`], with a weight for each sample.
    #[must_use]
    pub fn weighted_validation_data(
        mut self,
        x: impl Into<Inputs<'a>>,
        y: impl Into<Inputs<'a>>,
        sample_weight: impl Into<Inputs<'a>>,
    ) -> Self {
        self.validation_data = Some((x.into(), y.into(), Some(sample_weight.into())));
        self
    }

    /// A weight for the samples of each class; classes not named weigh 1. Validation ignores it.
    #[must_use]
    pub fn class_weight(mut self, weights: impl IntoIterator<Item = (i64, f64)>) -> Self {
        self.class_weight = Some(weights.into_iter().collect());
        self
    }
}

impl Model {
    /// Trains the model and gives back the loss and metrics of each epoch. Called again, it goes on from where
    /// weights and optimizer stand.
    ///
    /// ```
    /// use cornu::{Compile, Fit, Sequential, Tensor, layers::{Dense, Input}};
    /// let x = Tensor::from([[0.0f32], [1.0], [2.0], [3.0]]);
    /// let y = Tensor::from([[1.0f32], [3.0], [5.0], [7.0]]);
    /// let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1));
    /// model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    /// let history = model.fit(&x, &y, Fit::new().epochs(50).batch_size(4).verbose(0))?;
    /// assert!(history.last("loss") < history.get("loss").map(|losses| losses[0]));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// A [`Dataset`](crate::Dataset) of batches stands in the place of `x`, with `()` for `y`; `validation_data` takes one, too. As in
    /// Keras, an epoch is a pass through it, or `steps_per_epoch` batches, with which the next epoch goes on where the last one
    /// stopped; when it runs out before, a warning is printed, the epoch ends and the next begins anew. `batch_size`,
    /// `shuffle` and `validation_split` are for tensors. Unlike Keras, a dataset of which nobody knows how many batches it has
    /// ends without a warning.
    ///
    /// # Errors
    /// If the model is not compiled, an argument is out of range, or the data does not fit the model: shapes,
    /// numbers of samples, labels outside the classes; with validation, also if inputs or targets hold NaN.
    pub fn fit<'a>(
        &mut self,
        x: impl Into<Inputs<'a>>,
        y: impl Into<Inputs<'a>>,
        arguments: Fit<'_>,
    ) -> Result<History> {
        self.compiled()?;
        let mut arguments = arguments;
        let mut callbacks = std::mem::take(&mut arguments.callbacks);
        let size = checked_batch_size(arguments.batch_size)?;
        if arguments.validation_freq == ValidationFreq::Every(0) {
            return Err(Error::argument("validation_freq", "must be at least 1, got 0"));
        }
        let steps = checked_steps("steps_per_epoch", arguments.steps_per_epoch)?;
        let run = Epochs {
            train: Batches { end: steps, debug_nans: arguments.debug_nans, ..Batches::all(size) },
            validation: Batches {
                end: checked_steps("validation_steps", arguments.validation_steps)?,
                ..Batches::all(checked_batch_size(arguments.validation_batch_size.or(Some(size)))?)
            },
            epochs: arguments.epochs,
            initial_epoch: arguments.initial_epoch,
            shuffle: arguments.shuffle,
            verbose: arguments.verbose,
            validation_freq: arguments.validation_freq.clone(),
            stop: arguments.stop.clone(),
        };
        let (mut train, mut validation) = self.sources(&x.into(), &y.into(), &arguments)?;
        self.prepare_optimizer()?;
        enter_pool(|| self.epochs(&run, &mut train, validation.as_mut(), &mut callbacks))
    }

    fn epochs(
        &mut self,
        run: &Epochs<'_>,
        train: &mut Source<'_>,
        mut validation: Option<&mut Source<'_>>,
        callbacks: &mut CallbackList<'_>,
    ) -> Result<History> {
        let Epochs { epochs, initial_epoch, shuffle, verbose, .. } = *run;
        let steps = train.steps(&run.train);
        callbacks.begin(&Params { epochs, steps, verbose: verbose.number() });
        (self.stop_training, self.interrupted) = (false, false);
        callbacks.on_train_begin(self)?;
        let (mut history, first, mut done) = match callbacks.resume(self)? {
            Some(Resume { history, epoch, batch, .. }) => (history, epoch, batch),
            None => (History::default(), initial_epoch, 0),
        };
        let mut logs = Logs::default();
        let mut order: Vec<usize> = match &mut *train {
            Source::Tensors(samples, _) if shuffle => (0..samples.rows).collect(),
            Source::Tensors(..) => Vec::new(),
            Source::Dataset(stream) => {
                stream.resume(first.saturating_sub(initial_epoch), done, self.compiled()?.iterations)?;
                Vec::new()
            }
        };
        let shuffle = !order.is_empty();
        for epoch in first..epochs {
            if shuffle {
                let step = self.compiled()?.iterations.saturating_sub(done as u64);
                rng::permutation_into(self.seed, rng::stream_of("shuffle"), step, &mut order);
            }
            if done == 0 {
                callbacks.on_epoch_begin(self, epoch)?;
            }
            let batches = Batches { order: shuffle.then_some(&order), first: done, ..run.train };
            let mut watch = Watch::epoch(callbacks, epoch, &history, run.stop.as_ref());
            logs = self.go_through(Mode::Train, train, &batches, &mut watch)?;
            if self.interrupted {
                break;
            }
            if let Some(validation) = validation.as_deref_mut().filter(|_| run.validation_freq.holds(epoch)) {
                let held_out = self.measure(validation, &run.validation, callbacks)?;
                logs.extend_prefixed("val_", &held_out);
            }
            logs = logs.sorted();
            callbacks.on_epoch_end(self, epoch, &mut logs)?;
            history.record(epoch, &logs);
            done = 0;
            // A backup from here would go on where this run ends.
            if self.stop_training {
                break;
            }
            self.interrupted = epoch + 1 < epochs && is_set(run.stop.as_ref());
            callbacks.back_up(self, &history, epoch + 1, 0)?;
            if self.interrupted {
                break;
            }
        }
        self.finalize_variable_values()?;
        callbacks.on_train_end(self, &logs)?;
        Ok(history)
    }

    /// Writes the weights' moving averages, if the optimizer keeps some (`use_ema`), over the weights. `fit` ends with
    /// it; after steps of [`Model::train_on_batch`] it is the caller's. Training may go on.
    ///
    /// # Errors
    /// If the model is not compiled.
    pub fn finalize_variable_values(&mut self) -> Result<()> {
        self.compiled()?;
        let (Some(Built { network, state }), Some(compiled)) = (self.built.get_mut(), &self.compiled) else {
            return Ok(());
        };
        for (path, _) in network.trained() {
            let average = optimizers::average_of(compiled.optimizer.as_ref(), path);
            if let Some(value) = average.and_then(|name| state.get(&name).cloned()) {
                state.insert(path.clone(), value);
            }
        }
        Ok(())
    }

    /// What the run trains on, and what it is validated on.
    fn sources<'d>(
        &mut self,
        x: &Inputs<'d>,
        y: &Inputs<'_>,
        arguments: &Fit<'d>,
    ) -> Result<(Source<'d>, Option<Source<'d>>)> {
        let weight = arguments.sample_weight.as_ref();
        let stream = source::dataset(x, y, weight, "training", arguments.steps_per_epoch)?;
        let (mut train, held_out) = match stream {
            None => {
                let (train, held_out) = {
                    let whole = self.samples(x, y, weight)?;
                    self.split(whole, arguments)?
                };
                let measures = self.measures(&train)?;
                (Source::Tensors(train, measures), held_out)
            }
            Some(mut stream) if arguments.validation_split == 0.0 || arguments.validation_data.is_some() => {
                if !self.is_built() {
                    self.acquaint(&mut stream)?;
                }
                (Source::Dataset(stream), None)
            }
            Some(_) => {
                let message =
                    "is for tensors: give a part of the dataset as `validation_data`, by `take` and `skip`";
                return Err(Error::argument("validation_split", message));
            }
        };
        let validation = match (&arguments.validation_data, held_out) {
            (Some((x, y, weight)), _) => {
                Some(self.source(x, y, weight.as_ref(), "validation", arguments.validation_steps)?)
            }
            (None, Some(samples)) => {
                let measures = self.measures(&samples)?;
                Some(Source::Tensors(samples, measures))
            }
            (None, None) => None,
        };
        if let Some(validation) = &validation {
            for (what, source) in [("training", &train), ("validation", validation)] {
                if let Source::Tensors(samples, _) = source {
                    no_nan(self.network()?, what, samples)?;
                }
            }
        }
        if let Some(weights) = &arguments.class_weight {
            match &mut train {
                Source::Tensors(samples, _) => samples.weights = vec![Some(class_weights(weights, samples)?)],
                Source::Dataset(stream) => stream.class_weight = Some(weights.clone()),
            }
        }
        Ok((train, validation))
    }

    /// Training samples, and those held back for validation.
    fn split(&self, whole: Samples, arguments: &Fit<'_>) -> Result<(Samples, Option<Samples>)> {
        let part = arguments.validation_split;
        if part == 0.0 || arguments.validation_data.is_some() {
            return Ok((whole, None));
        }
        if !(0.0..1.0).contains(&part) {
            return Err(Error::argument("validation_split", format!("must lie between 0 and 1, got {part}")));
        }
        let train = (whole.rows as f64 * (1.0 - part)).floor() as usize;
        if train == 0 || train == whole.rows {
            return Err(Error::argument(
                "validation_split",
                format!("{part} of {} samples leaves none for training or none for validation", whole.rows),
            ));
        }
        Ok((whole.range(0..train)?, Some(whole.range(train..whole.rows)?)))
    }

    /// One training step on one batch; gives back its loss and metrics.
    ///
    /// # Errors
    /// As for [`Model::fit`].
    pub fn train_on_batch<'a>(&mut self, x: impl Into<Inputs<'a>>, y: impl Into<Inputs<'a>>) -> Result<Logs> {
        self.compiled()?;
        let samples = self.samples(&x.into(), &y.into(), None)?;
        let measures = self.measures(&samples)?;
        self.prepare_optimizer()?;
        let mut callbacks = CallbackList::new();
        let mut watch = Watch::new(&mut callbacks);
        self.pass(Mode::Train, &samples, &Batches::all(samples.rows), &measures, &mut watch)
    }
}

/// A run's arguments with the defaults filled in.
struct Epochs<'a> {
    epochs: usize,
    initial_epoch: usize,
    shuffle: bool,
    verbose: Verbose,
    train: Batches<'a>,
    validation: Batches<'a>,
    validation_freq: ValidationFreq,
    stop: Option<Arc<AtomicBool>>,
}

/// Refuses NaN among inputs and targets: every measure after it would be NaN.
fn no_nan(network: &Network, what: &str, samples: &Samples) -> Result<()> {
    let inputs = samples.x.iter().enumerate().map(|(at, x)| (network.fed_layer(at), "inputs", x));
    let targets = samples.y.iter().enumerate().map(|(at, y)| (network.output_layer(at), "targets", y));
    for (layer, part, tensor) in inputs.chain(targets) {
        let found = match tensor.dtype() {
            DType::F32 => tensor.as_slice::<f32>()?.iter().position(|value| value.is_nan()),
            DType::F64 => tensor.as_slice::<f64>()?.iter().position(|value| value.is_nan()),
            _ => None,
        };
        if let Some(at) = found {
            return Err(layer.error(format!(
                "gets NaN at sample {} of the {what} {part}: replace or leave out such samples first",
                at / tensor.row_len().max(1)
            )));
        }
    }
    Ok(())
}

/// The weight of each sample by its class.
pub(super) fn class_weights(weights: &BTreeMap<i64, f64>, samples: &Samples) -> Result<Tensor> {
    if samples.weights.iter().any(Option::is_some) {
        return Err(Error::argument("class_weight", "cannot be given together with sample_weight"));
    }
    let [y] = samples.y.as_slice() else {
        return Err(Error::argument(
            "class_weight",
            "wants a model of one output; give `sample_weight` by output",
        ));
    };
    let width = if y.rank() > 1 { y.shape().last().copied().unwrap_or(1) } else { 1 };
    if y.len() != samples.rows * width {
        return Err(Error::argument(
            "class_weight",
            format!("wants one label a sample, got {}", y.to_shape()),
        ));
    }
    let values = y.to_vec::<f64>();
    let class = |row: &[f64]| match row {
        [label] => label.round() as i64,
        _ => {
            let best = row
                .iter()
                .enumerate()
                .fold(0, |best, (at, value)| if *value > row[best] { at } else { best });
            best as i64
        }
    };
    let weight = |row: &[f64]| weights.get(&class(row)).copied().unwrap_or(1.0) as f32;
    let weights: Vec<f32> = values.chunks_exact(width.max(1)).map(weight).collect();
    Ok(weights.into())
}
