//! `cornu fit`: training.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use clap::Args;
use cornu::utils::set_random_seed;
use cornu::{Compile, Evaluate, Fit, History, Logs, Model, Sequential, Verbose};

use crate::args::{
    Batches, DATASETS_HELP, Source, TableArguments, check_folder, fraction, keras_file, npz_file, number,
};
use crate::datasets::Part;
use crate::default_loss::default_loss;
use crate::default_network::default_network;
use crate::failure::{Failure, Result};
use crate::report::{Drawings, Run};
use crate::samples::{Opened, Samples};
use crate::tables::fit::{EPOCHS, Wanted};
use crate::{interrupt, model_file, npz, output, tables};

/// Train a model
#[derive(Args)]
#[command(after_help = format!("\
Ctrl-C ends the training after the batch at hand: --output and --history are written, with the epochs that are done. A second
Ctrl-C ends it at once.
MODEL's file says how it is compiled and where its optimizer stands; options change only what they name.
After training on a dataset, the last line is the result on its test part.

A table gets a network of its own: with --csv and --target, columns are taken for numbers, categories or texts, what is
missing is filled in, and a part of the rows is held back for the test, whose result is printed last. The model's file
holds what was learned about the columns: `cornu predict MODEL --csv NEW.csv --output OUT.csv` takes tables as they are.

{DATASETS_HELP}"))]
pub(crate) struct Arguments {
    /// A model (.keras or .h5) or an architecture (.json) [default: a network that suits the dataset]
    model: Option<PathBuf>,
    #[command(flatten)]
    source: Source,
    /// Samples on which loss and metrics are measured after each epoch
    #[arg(long, value_name = "FILE.npz", value_parser = npz_file, conflicts_with = "validation_split")]
    validation_data: Option<PathBuf>,
    /// The part of the samples, from the end, that is held back for validation
    #[arg(long, value_name = "F", value_parser = fraction, allow_negative_numbers = true)]
    validation_split: Option<f64>,
    #[arg(
        long,
        value_name = "N",
        help = "How often training goes through all samples [default: 1; of a table, until it no longer helps]"
    )]
    epochs: Option<usize>,
    #[command(flatten)]
    batches: Batches,
    /// Take the samples in their own order
    #[arg(long)]
    no_shuffle: bool,
    /// Make weights, dropout and shuffling repeatable
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// How weights change: adam, sgd, rmsprop, ...
    #[arg(long, value_name = "NAME", value_parser = optimizer)]
    optimizer: Option<String>,
    /// The optimizer's step size
    #[arg(long, value_name = "R", value_parser = rate, allow_negative_numbers = true)]
    learning_rate: Option<f64>,
    /// What training makes small: mse, sparse_categorical_crossentropy, ...
    #[arg(long, value_name = "NAME", value_parser = loss)]
    loss: Option<String>,
    /// What is measured beside the loss: accuracy, mae, ...
    #[arg(long, value_name = "A,B", value_parser = metric, value_delimiter = ',')]
    metrics: Option<Vec<String>>,
    /// How much the samples of a class count, such as 0=1.0,1=2.5; other classes count 1
    #[arg(long, value_name = "CLASS=W,..", value_parser = class_weight, value_delimiter = ',')]
    class_weight: Option<Vec<(i64, f64)>>,
    /// Where loss and metrics of all epochs go, as JSON
    #[arg(long, value_name = "FILE.json")]
    history: Option<PathBuf>,
    #[command(flatten)]
    drawings: Drawings,
    /// Where the trained model goes
    #[arg(long, value_name = "FILE.keras", value_parser = keras_file)]
    output: Option<PathBuf>,
    /// Progress: 0 none, 1 a bar (lines where there is no terminal), 2 a line an epoch
    #[arg(long, value_name = "0|1|2", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=2))]
    verbose: u8,
    #[command(flatten)]
    table: TableArguments,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    if let Some(seed) = arguments.seed {
        set_random_seed(seed);
    }
    for path in arguments.output.iter().chain(&arguments.history) {
        check_folder(path)?;
    }
    arguments.drawings.check()?;
    if let Some(path) = &arguments.source.csv {
        return arguments.fit_table(path);
    }
    if let Some(option) = arguments.table.first_given() {
        return Err(Failure::usage(format!("{option} is about a table: it goes together with --csv")));
    }
    let mut model = arguments.model()?;
    let source = arguments.source.open()?;
    let training = source.samples(Part::Train, &mut model)?;
    arguments.compile(&mut model, &training)?;
    let stop = interrupt::flag()?;
    let started = Instant::now();
    let history = arguments.train(&mut model, &training, &stop)?;
    let took = started.elapsed();
    if let Some(path) = &arguments.history {
        write_history(&history, path)?;
    }
    if let Some(path) = &arguments.output {
        model.save(path)?;
    }
    ended(&stop, &history)?;
    let test = match source {
        Opened::Dataset(_) => {
            let samples = source.samples(Part::Test, &mut model)?;
            let logs = measure(&mut model, &samples)?;
            output::line(format!("test - {logs}"))?;
            Some((samples, logs))
        }
        Opened::Npz(_) => None,
    };
    let test = test.as_ref().map(|(samples, logs)| (samples, logs));
    let facts = arguments.facts();
    let run = Run { history: &history, took, training: &training, test, facts };
    arguments.drawings.draw(&mut model, &run)
}

/// Says so if Ctrl-C ended the training.
fn ended(stop: &AtomicBool, history: &History) -> Result {
    if stop.load(Ordering::Relaxed) {
        let done = history.epoch.len();
        return Err(Failure::interrupted(format!("the training was ended after {done} whole epochs")));
    }
    Ok(())
}

impl Arguments {
    /// What a report says of how the training was asked for.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![("batch size", self.batches.size().to_string())];
        facts.extend(self.seed.map(|seed| ("seed", seed.to_string())));
        facts
    }

    fn model(&self) -> Result<Model> {
        match (&self.model, self.source.dataset) {
            (Some(path), _) => model_file::load(path),
            (None, Some(dataset)) => default_network(dataset),
            (None, None) => {
                Err(Failure::usage("--data needs a MODEL to train: only a dataset brings its own")
                    .tip("cornu fit MODEL --data FILE.npz, with a .keras file or an architecture in .json"))
            }
        }
    }

    /// Compiles the model, or changes the parts of its compilation that options name.
    fn compile(&self, model: &mut Model, training: &Samples) -> Result {
        let loss = match (&self.loss, model.loss()) {
            (Some(loss), _) => Some(loss.as_str()),
            (None, Some(_)) => None,
            (None, None) => Some(default_loss(model, &training.y)?),
        };
        let change = |now| self.changed(now, loss);
        match model.optimizer() {
            Ok(_) => model.recompile(change)?,
            Err(_) => model.compile(change(Compile::new()))?,
        }
        if let Some(rate) = self.learning_rate {
            model.set_learning_rate(rate)?;
        }
        Ok(())
    }

    /// A compilation with the parts that options name.
    fn changed(&self, mut now: Compile, loss: Option<&str>) -> Compile {
        if let Some(optimizer) = &self.optimizer {
            now = now.optimizer(optimizer.as_str());
        }
        if let Some(loss) = loss {
            now = now.loss(loss);
        }
        if let Some(metrics) = &self.metrics {
            now = now.metrics(metrics.iter().map(String::as_str).collect::<Vec<_>>());
        }
        now
    }

    /// Trains the network that a table gets.
    fn fit_table(&self, path: &Path) -> Result {
        let wrong = [
            ("MODEL", self.model.is_some()),
            ("--validation-data", self.validation_data.is_some()),
            ("--validation-split", self.validation_split.is_some()),
            ("--class-weight", self.class_weight.is_some()),
            ("--no-shuffle", self.no_shuffle),
        ];
        if let Some((name, _)) = wrong.iter().find(|(_, given)| *given) {
            return Err(Failure::usage(format!(
                "{name} does not go together with --csv, which brings its own"
            )));
        }
        let stop = interrupt::flag()?;
        let wanted = Wanted {
            epochs: self.epochs.unwrap_or(EPOCHS),
            batch_size: self.batches.given(),
            learning_rate: self.learning_rate,
            verbose: self.verbose,
            stop: Some(stop.clone()),
            ..self.table.wanted(self.seed)?
        };
        let started = Instant::now();
        let mut trained = tables::fit::run(path, &wanted, |now| self.changed(now, self.loss.as_deref()))?;
        let took = started.elapsed();
        for note in &trained.notes {
            output::error_line(format_args!("note: {note}"));
        }
        if let Some(path) = &self.history {
            write_history(&trained.history, path)?;
        }
        if let Some(path) = &self.output {
            trained.pipeline.save(path)?;
        }
        ended(&stop, &trained.history)?;
        output::line(format!("test - {}", trained.measured).trim_end())?;
        if !self.drawings.any() {
            return Ok(());
        }
        let (training, test) = trained.samples()?;
        let logs = measure(trained.pipeline.model_mut(), &test)?;
        let run = Run {
            history: &trained.history,
            took,
            training: &training,
            test: Some((&test, &logs)),
            facts: self.facts(),
        };
        self.drawings.draw(trained.pipeline.model_mut(), &run)
    }

    fn train(&self, model: &mut Model, training: &Samples, stop: &Arc<AtomicBool>) -> Result<History> {
        let validation = self.validation_data.as_ref().map(|path| {
            let file = cornu::data::load_npz(path)?;
            npz::samples(&file, model)
        });
        let validation = validation.transpose()?;
        let mut settings = Fit::new()
            .epochs(self.epochs.unwrap_or(1))
            .batch_size(self.batches.size())
            .shuffle(!self.no_shuffle)
            .verbose(self.verbose)
            .stop_on(stop.clone())
            .validation_split(self.validation_split.unwrap_or(0.0));
        if let Some(held_out) = &validation {
            settings = match &held_out.sample_weight {
                Some(weight) => settings.weighted_validation_data(held_out.x(), &held_out.y, weight),
                None => settings.validation_data(held_out.x(), &held_out.y),
            };
        }
        if let Some(weights) = &self.class_weight {
            settings = settings.class_weight(weights.iter().copied());
        }
        if let Some(weight) = &training.sample_weight {
            settings = settings.sample_weight(weight);
        }
        Ok(model.fit(training.x(), &training.y, settings)?)
    }
}

/// Loss and metrics, sorted by name as in the lines of the epochs.
pub(super) fn measure(model: &mut Model, samples: &Samples) -> Result<Logs> {
    let logs = model.evaluate(samples.x(), &samples.y, Evaluate::new().verbose(Verbose::Silent))?;
    let mut values: Vec<(&str, f64)> = logs.iter().collect();
    values.sort_by_key(|(name, _)| *name);
    Ok(values.into_iter().collect())
}

fn write_history(history: &History, path: &Path) -> Result {
    let json = serde_json::to_string(history).map_err(Failure::new)?;
    std::fs::write(path, json + "\n").map_err(|error| Failure::io(path, &error))
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = number(text)?;
    if rate >= 0.0 { Ok(rate) } else { Err("must be at least 0".into()) }
}

fn class_weight(text: &str) -> Result<(i64, f64), String> {
    let (class, weight) = text.split_once('=').ok_or("wants CLASS=WEIGHT, such as 0=1.0")?;
    let class = class.trim().parse().map_err(|_| format!("class `{class}` is not a whole number"))?;
    Ok((class, number(weight.trim()).map_err(|message| format!("weight `{weight}` {message}"))?))
}

fn optimizer(name: &str) -> Result<String, String> {
    known(name, Compile::new().optimizer(name))
}

fn loss(name: &str) -> Result<String, String> {
    known(name, Compile::new().loss(name))
}

fn metric(name: &str) -> Result<String, String> {
    known(name, Compile::new().metrics([name]))
}

/// Compiling any model reports a name that is unknown.
fn known(name: &str, arguments: Compile) -> Result<String, String> {
    let tried = Sequential::new().compile(arguments);
    tried.map(|()| name.to_owned()).map_err(|error| error.to_string())
}
