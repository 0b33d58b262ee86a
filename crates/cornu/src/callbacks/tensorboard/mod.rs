//! `TensorBoard`: the training as TensorBoard shows it.

mod images;
mod projector;

use std::path::PathBuf;
use std::time::Instant;

pub use projector::EmbeddingsMetadata;

use super::{Callback, SaveFreq};
use crate::events::{EventFile, Summary};
use crate::models::Model;
use crate::training::print_warning;
use crate::{Error, Logs, Result, Tensor};

/// Writes event files for [TensorBoard](https://www.tensorflow.org/tensorboard): `tensorboard --logdir logs` shows them while
/// the training runs. What it shows, and under which tags, is what the real Keras writes:
///
/// | dashboard | in `train/` | in `validation/` |
/// |---|---|---|
/// | scalars | `epoch_loss` and each metric, `epoch_learning_rate`; with [`update_freq`](Self::update_freq) `batch_loss` … too; `epoch_steps_per_second`, `batch_steps_per_second` | `epoch_loss` …, `evaluation_loss_vs_iterations` … |
/// | graphs | `keras`: the layers | |
/// | histograms, distributions | `PATH/histogram` of each weight | |
/// | images | `PATH/image` of each weight that can be drawn | |
///
/// A metric that says several numbers is written with their mean. Events are in the file after each batch or epoch that
/// writes some, whole: a process that is killed loses at most those of its last batch, and what a full disk cut off is
/// taken back. A run that goes on from a [`BackupAndRestore`](super::BackupAndRestore) goes on with its steps, in a new file
/// that TensorBoard joins to the old ones.
///
/// Two things are meant otherwise than in Keras 3: with an `update_freq` of several batches, Keras leaves out epochs,
/// evaluations, histograms and images that end on another batch, which here are always written; and embeddings are written in
/// a form that the projector reads.
///
/// Source: <https://keras.io/api/callbacks/tensorboard/>.
///
/// ```
/// use cornu::callbacks::TensorBoard;
/// let board = TensorBoard::new("logs/first").histogram_freq(1).write_images(true).update_freq(100);
/// ```
pub struct TensorBoard {
    log_dir: PathBuf,
    histogram_freq: usize,
    write_graph: bool,
    write_images: bool,
    write_steps_per_second: bool,
    update_freq: SaveFreq,
    profile_batch: usize,
    embeddings_freq: usize,
    embeddings_metadata: Option<EmbeddingsMetadata>,
    train: Writer,
    validation: Writer,
    /// Batches of training so far.
    batch: u64,
    /// Whether this is within `fit`.
    training: bool,
    batch_start: Instant,
    epoch_start: Instant,
    /// The steps done before the epoch.
    epoch_steps: u64,
}

/// An event file that is made when it is first written.
struct Writer {
    folder: PathBuf,
    file: Option<EventFile>,
}

impl Writer {
    fn file(&mut self) -> Result<&mut EventFile> {
        match &mut self.file {
            Some(file) => Ok(file),
            none => Ok(none.insert(EventFile::create(&self.folder)?)),
        }
    }

    /// Writes numbers, if there are some.
    fn scalars(&mut self, step: u64, values: impl IntoIterator<Item = (String, f64)>) -> Result<()> {
        for (tag, value) in values {
            self.file()?.add(step, &tag, &Summary::scalar(value));
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<()> {
        self.file.as_mut().map_or(Ok(()), EventFile::flush)
    }
}

impl TensorBoard {
    /// Into this folder, Keras' default is `"logs"`: the logs of each epoch, and the graph.
    pub fn new(log_dir: impl Into<PathBuf>) -> Self {
        let log_dir = log_dir.into();
        let writer = |name: &str| Writer { folder: log_dir.join(name), file: None };
        let now = Instant::now();
        TensorBoard {
            histogram_freq: 0,
            write_graph: true,
            write_images: false,
            write_steps_per_second: false,
            update_freq: SaveFreq::Epoch,
            profile_batch: 0,
            embeddings_freq: 0,
            embeddings_metadata: None,
            train: writer("train"),
            validation: writer("validation"),
            batch: 0,
            training: false,
            batch_start: now,
            epoch_start: now,
            epoch_steps: 0,
            log_dir,
        }
    }

    crate::setters! {
        /// After how many epochs histograms of the weights are written; 0, never, by default.
        histogram_freq: usize;
        /// Whether the layers are drawn as a graph; true by default.
        write_graph: bool;
        /// Whether weights are drawn as images, together with their histograms.
        write_images: bool;
        /// Whether it is written how many steps a second are done.
        write_steps_per_second: bool;
        /// When loss and metrics are written: at each epoch's end, the default, or also whenever so many batches are done
        /// (1 is Keras' `"batch"`).
        update_freq: into SaveFreq;
        /// Keras' profile of TensorFlow's operations, which has no counterpart here: all but 0 is refused when the training
        /// begins. [`Model::explain`] tells what each kernel of a step costs.
        profile_batch: usize;
        /// After how many epochs the vectors of [`Embedding`](crate::layers::Embedding) layers are written for the projector;
        /// 0, never, by default. They lie in `train/`, and Keras' `keras_embedding.ckpt-EPOCH.weights.h5` beside them.
        embeddings_freq: usize;
        /// The file that describes the rows of embeddings, as a path that the projector finds from `log_dir`: one for all
        /// layers, or by layer.
        embeddings_metadata: some into EmbeddingsMetadata;
    }

    fn check(&self) -> Result<()> {
        if self.profile_batch != 0 {
            let message = format!(
                "must be 0, got {}: TensorFlow's profile has no counterpart here; `Model::explain` tells what each kernel \
                 of a step costs",
                self.profile_batch
            );
            return Err(Error::argument("profile_batch", message));
        }
        if self.update_freq == SaveFreq::Batches(0) {
            return Err(Error::argument("update_freq", "must be at least 1, got 0"));
        }
        Ok(())
    }

    /// Before a run: files of its own, the graph, what the projector is told.
    fn begin(&mut self, model: &Model) -> Result<()> {
        self.check()?;
        self.train.file = None;
        self.validation.file = None;
        if self.write_graph {
            match model.to_json() {
                Ok(json) => self.train.file()?.add(0, "keras", &Summary::keras_model(&json)),
                Err(error) => print_warning(format_args!("TensorBoard draws no graph of the model: {error}")),
            }
            self.train.flush()?;
        }
        if self.embeddings_freq > 0 {
            projector::configure(&self.log_dir, model, self.embeddings_metadata.as_ref())?;
        }
        Ok(())
    }

    /// Whether an epoch is one of every so many; none is where that is 0.
    fn is_due(freq: usize, epoch: usize) -> bool {
        freq > 0 && epoch.is_multiple_of(freq)
    }

    fn write_weights(&mut self, model: &Model, epoch: u64) -> Result<()> {
        let file = self.train.file()?;
        for (path, weight) in model.weights_by_keras_path()? {
            let values = weight.as_slice::<f32>()?;
            file.add(epoch, &format!("{path}/histogram"), &Summary::histogram(values));
            if self.write_images
                && let Some(summary) = images::of(weight.shape(), values)?
            {
                file.add(epoch, &format!("{path}/image"), &summary);
            }
        }
        file.flush()
    }
}

impl Callback for TensorBoard {
    fn on_train_begin(&mut self, model: &mut Model) -> Result<()> {
        self.begin(model)?;
        self.training = true;
        self.batch = 0;
        self.epoch_steps = 0;
        self.epoch_start = Instant::now();
        Ok(())
    }

    fn on_train_end(&mut self, _model: &mut Model, _logs: &Logs) -> Result<()> {
        self.training = false;
        self.train.file = None;
        self.validation.file = None;
        Ok(())
    }

    fn on_epoch_begin(&mut self, model: &mut Model, _epoch: usize) -> Result<()> {
        self.epoch_steps = model.iterations()?;
        self.epoch_start = Instant::now();
        Ok(())
    }

    fn on_epoch_end(&mut self, model: &mut Model, epoch: usize, logs: &mut Logs) -> Result<()> {
        let step = epoch as u64;
        let mut train = Vec::new();
        let mut validation = Vec::new();
        for (name, value) in logs.iter() {
            match name.strip_prefix("val_") {
                Some(name) => validation.push((format!("epoch_{name}"), value)),
                None => train.push((format!("epoch_{name}"), value)),
            }
        }
        train.push(("epoch_learning_rate".into(), model.learning_rate()?));
        if self.write_steps_per_second {
            let steps = model.iterations()?.saturating_sub(self.epoch_steps) as f64;
            train.push(("epoch_steps_per_second".into(), steps / self.epoch_start.elapsed().as_secs_f64()));
        }
        self.train.scalars(step, train)?;
        self.validation.scalars(step, validation)?;
        if Self::is_due(self.histogram_freq, epoch) {
            self.write_weights(model, step)?;
        }
        if Self::is_due(self.embeddings_freq, epoch) {
            projector::write(&self.log_dir, model, epoch)?;
        }
        Ok(())
    }

    fn on_train_batch_begin(&mut self, _model: &mut Model, _batch: usize) -> Result<()> {
        self.batch += 1;
        if self.write_steps_per_second {
            self.batch_start = Instant::now();
        }
        Ok(())
    }

    fn on_train_batch_end(&mut self, model: &mut Model, _batch: usize) -> Result<()> {
        let SaveFreq::Batches(freq) = self.update_freq else { return Ok(()) };
        if !self.batch.is_multiple_of(freq as u64) {
            return Ok(());
        }
        let seconds = self.batch_start.elapsed().as_secs_f64();
        let speed = self.write_steps_per_second.then(|| ("batch_steps_per_second".to_owned(), 1.0 / seconds));
        let logs = model.get_metrics_result()?;
        let logs = logs.iter().map(|(name, value)| (format!("batch_{name}"), value));
        self.train.scalars(self.batch, speed.into_iter().chain(logs))
    }

    fn on_test_begin(&mut self, model: &mut Model) -> Result<()> {
        if self.training { Ok(()) } else { self.begin(model) }
    }

    fn on_test_end(&mut self, model: &mut Model, logs: &Logs) -> Result<()> {
        let values = logs.iter().map(|(name, value)| (format!("evaluation_{name}_vs_iterations"), value));
        self.validation.scalars(model.iterations()?, values)
    }

    fn state(&self) -> Vec<Tensor> {
        vec![Tensor::from([self.batch as i64])]
    }

    fn restore_state(&mut self, state: &[Tensor]) {
        if let Some([batch]) = state.first().map(Tensor::to_vec::<i64>).as_deref() {
            self.batch = u64::try_from(*batch).unwrap_or_default();
        }
    }
}
