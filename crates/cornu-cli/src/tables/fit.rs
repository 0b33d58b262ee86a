//! `cornu fit --csv`: from a table to a model that takes such tables.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cornu::callbacks::EarlyStopping;
use cornu::data::{Table, read_csv};
use cornu::preprocessing::{LabelEncoder, Split, StandardScaler, TrainTestSplit};
use cornu::{Compile, Data, Fit, History, Model, ModelPipeline, Target, Tensor};

use super::answers::{Measured, labels};
use super::features::transformer;
use super::kinds::{Kind, kind, notes};
use super::network::{Answer, Recipe};
use super::task::{Task, targets};
use crate::failure::{Failure, Result};
use crate::samples::Samples;

/// What the user says about the table.
pub(crate) struct Wanted<'a> {
    pub(crate) target: &'a str,
    pub(crate) features: Option<&'a [String]>,
    pub(crate) categorical: &'a [String],
    pub(crate) text: &'a [String],
    pub(crate) task: Option<Task>,
    pub(crate) test_split: f64,
    pub(crate) epochs: usize,
    pub(crate) batch_size: Option<usize>,
    pub(crate) learning_rate: Option<f64>,
    pub(crate) verbose: u8,
    pub(crate) seed: u64,
    /// Set to end the training after the batch at hand.
    pub(crate) stop: Option<Arc<AtomicBool>>,
}

/// A model trained on a table.
pub(crate) struct Trained {
    pub(crate) pipeline: ModelPipeline,
    pub(crate) history: History,
    /// What was noticed about the columns.
    pub(crate) notes: Vec<String>,
    /// How well it does on rows it has not seen.
    pub(crate) measured: Measured,
    ready: Ready,
}

impl Trained {
    /// What the network was given: for training, and of the rows held back.
    pub(crate) fn samples(&self) -> Result<(Samples, Samples)> {
        let names = self.pipeline.model().input_names()?;
        let given = |(x, y): &(Table, Data)| -> Result<Samples> {
            let x = names.iter().cloned().zip([self.pipeline.features(x)?]).collect();
            Ok(Samples::new(x, self.pipeline.targets(y)?, None))
        };
        Ok((given(&self.ready.train)?, given(&self.ready.test)?))
    }
}

/// The part of the training rows that says when training ends.
const VALIDATION: f64 = 0.2;
/// Epochs at most where the user names no number.
pub(crate) const EPOCHS: usize = 300;

/// Reads the table, decides what its columns are, trains and measures.
pub(crate) fn run(path: &Path, wanted: &Wanted<'_>, change: impl Fn(Compile) -> Compile) -> Result<Trained> {
    let mut ready = read(path, wanted)?;
    let trainer = Trainer { columns: &ready.columns, task: ready.task, wanted, change: &change };
    let (mut pipeline, history) = trainer.train(&ready.train.0, &ready.train.1)?;
    let measured = ready.measure(&mut pipeline)?;
    let notes = std::mem::take(&mut ready.notes);
    Ok(Trained { pipeline, history, notes, measured, ready })
}

/// A table of which it is known what its columns are.
pub(crate) struct Ready {
    columns: Vec<(String, Kind)>,
    task: Task,
    train: (Table, Data),
    test: (Table, Data),
    /// What was noticed about the columns.
    pub(crate) notes: Vec<String>,
}

impl Ready {
    /// Transformers fitted to the training rows before the network a table gets, with what they make of these rows.
    pub(crate) fn pipeline(&self, wanted: &Wanted<'_>) -> Result<(ModelPipeline, Tensor, Tensor)> {
        let (x, y) = &self.train;
        let trainer = Trainer { columns: &self.columns, task: self.task, wanted, change: &|now| now };
        let pipeline = trainer.pipeline(&Recipe::of(x.row_count()), x, y)?;
        let (features, goals) = (pipeline.features(x)?, pipeline.targets(y)?);
        Ok((pipeline, features, goals))
    }

    /// How well a model does on the rows held back.
    pub(crate) fn measure(&self, pipeline: &mut ModelPipeline) -> Result<Measured> {
        Measured::of(pipeline, &self.test.0, &self.test.1)
    }
}

/// Reads the table and decides what its columns are.
pub(crate) fn read(path: &Path, wanted: &Wanted<'_>) -> Result<Ready> {
    let table = read_csv(path)?;
    let target = table.column(wanted.target)?;
    let task = wanted.task.unwrap_or_else(|| Task::of(target));
    let (y, rows) = targets(wanted.target, target, task)?;
    let mut said = Vec::new();
    if rows.len() < table.row_count() {
        let gone = table.row_count() - rows.len();
        said.push(format!("{gone} rows without `{}` are left out", wanted.target));
    }
    if rows.len() < 10 {
        return Err(Failure::new(format!(
            "{}: {} rows are too few to learn from",
            path.display(),
            rows.len()
        )));
    }
    let chosen = chosen(&table, wanted)?.take(&rows)?;
    let y = cornu::preprocessing::Rows::take_rows(&y, &rows)?;
    let split = split(&y, rows.len(), task, wanted.test_split, wanted.seed)?;
    // All rows say what a column is, for a part of them is numbered with gaps; only those of training are learned from.
    let kinds: Vec<Kind> =
        chosen.columns().map(|(name, column)| kind(name, column, wanted.categorical, wanted.text)).collect();
    said.extend(notes(&chosen, &kinds));
    let columns: Vec<(String, Kind)> = chosen.names().map(String::from).zip(kinds).collect();
    let (x_train, y_train) = part(&chosen, &y, &split.train)?;
    let used: Vec<&str> = columns
        .iter()
        .filter(|(_, kind)| !matches!(kind, Kind::Dropped(_)))
        .map(|(name, _)| name.as_str())
        .collect();
    if used.is_empty() {
        return Err(Failure::new(format!("{}: no column is left to learn from", path.display()))
            .tip("name columns with --features, --categorical or --text"));
    }
    let train = (x_train.select(&used)?, y_train);
    let test = part(&chosen.select(&used)?, &y, &split.test)?;
    Ok(Ready { columns, task, train, test, notes: said })
}

/// The columns to learn from.
fn chosen(table: &Table, wanted: &Wanted<'_>) -> Result<Table> {
    for name in wanted.categorical.iter().chain(wanted.text) {
        table.column(name)?;
    }
    match wanted.features {
        Some(names) if names.iter().any(|name| name == wanted.target) => {
            Err(Failure::usage(format!("--features names the target `{}`", wanted.target)))
        }
        Some(names) => Ok(table.select(names)?),
        None => Ok(table.without(&[wanted.target])),
    }
}

fn part(x: &Table, y: &Data, rows: &[usize]) -> Result<(Table, Data)> {
    Ok((x.take(rows)?, cornu::preprocessing::Rows::take_rows(y, rows)?))
}

/// Rows for training and for tests, each class in its share where each has enough rows.
fn split(y: &Data, n: usize, task: Task, part: f64, seed: u64) -> Result<Split> {
    let arguments = TrainTestSplit::new().test_size(part).random_state(seed as u32);
    if task == Task::Classification
        && let Ok(split) = arguments.clone().stratify(y).indices(n)
    {
        return Ok(split);
    }
    Ok(arguments.indices(n)?)
}

/// What training needs to know beside the rows.
struct Trainer<'a, C> {
    columns: &'a [(String, Kind)],
    task: Task,
    wanted: &'a Wanted<'a>,
    change: &'a C,
}

impl<C: Fn(Compile) -> Compile> Trainer<'_, C> {
    fn train(&self, x: &Table, y: &Data) -> Result<(ModelPipeline, History)> {
        let n = x.row_count();
        let recipe = Recipe::of(n);
        let held = split(y, n, self.task, VALIDATION, self.wanted.seed.wrapping_add(1))?;
        let mut stop = EarlyStopping::new().patience(recipe.patience).restore_best_weights(true);
        let mut pipeline = self.pipeline(&recipe, x, y)?;
        let (features, goals) = (pipeline.features(x)?, pipeline.targets(y)?);
        let rows = |rows: &[usize]| -> Result<(Tensor, Tensor)> {
            let take = |tensor: &Tensor| tensor.take(rows).map_err(cornu::Error::from);
            Ok((take(&features)?, take(&goals)?))
        };
        let ((x_train, y_train), (x_held, y_held)) = (rows(&held.train)?, rows(&held.test)?);
        let arguments =
            self.arguments(&recipe, self.wanted.epochs).validation_data(&x_held, &y_held).callback(&mut stop);
        let history = pipeline.model_mut().fit(&x_train, &y_train, arguments)?;
        let stopped = self.wanted.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed));
        if !recipe.again_on_all || stopped {
            return Ok((pipeline, history));
        }
        // The best number of epochs is known now: the rows held back are worth more in training.
        let mut whole = self.pipeline(&recipe, x, y)?;
        let arguments = self.arguments(&recipe, stop.best_epoch() + 1).verbose(0);
        whole.model_mut().fit(&features, &goals, arguments)?;
        Ok((whole, history))
    }

    fn arguments(&self, recipe: &Recipe, epochs: usize) -> Fit<'static> {
        let size = self.wanted.batch_size.unwrap_or(recipe.batch_size);
        let arguments = Fit::new().epochs(epochs).batch_size(size).verbose(self.wanted.verbose);
        match &self.wanted.stop {
            Some(stop) => arguments.stop_on(stop.clone()),
            None => arguments,
        }
    }

    /// Fitted transformers before a fresh network.
    fn pipeline(&self, recipe: &Recipe, x: &Table, y: &Data) -> Result<ModelPipeline> {
        let (answer, target) = match self.task {
            Task::Regression => (Answer::Number, Target::Scaled(Box::new(StandardScaler::new()))),
            Task::Classification => match labels(y)?.len() {
                1 => {
                    let name = self.wanted.target;
                    return Err(Failure::new(format!(
                        "all rows have the same `{name}`: there is nothing to learn"
                    )));
                }
                2 => (Answer::Yes, Target::Classes(LabelEncoder::new())),
                classes => (Answer::Class(classes), Target::Classes(LabelEncoder::new())),
            },
        };
        let mut model: Model = recipe.network(answer, self.change)?;
        if let Some(rate) = self.wanted.learning_rate {
            model.set_learning_rate(rate)?;
        }
        let features = transformer(self.columns, x.row_count());
        let mut pipeline = ModelPipeline::new(features, model).target(target).target_name(self.wanted.target);
        pipeline.fit_preprocessing(x, y)?;
        Ok(pipeline)
    }
}
