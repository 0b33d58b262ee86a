//! `cornu tune`: a search for the network that does best.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use cornu::utils::write_atomically;
use cornu::{Fit, Model, Tensor};
use cornu_tuner::oracles::{BayesianOptimization, Evolution, GridSearch, Hyperband, RandomSearch, Tpe};
use cornu_tuner::{HyperParameters, Objective, Status, Trial, Tuner};
use serde_json::{Value as Json, json};

use super::fit::measure;
use crate::args::{DATASETS_HELP, Source, TableArguments, check_folder, fraction, keras_file};
use crate::datasets::Part;
use crate::failure::{Failure, Result};
use crate::output;
use crate::samples::Opened;
use crate::tables::fit::{Ready, Wanted, read};
use crate::tune::network::{Answer, batch_size, network};
use crate::tune::space::Space;

/// Search for the network that does best
#[derive(Args)]
#[command(after_help = format!("\
Each trial trains a network with other values: layers, units_1 and so on, activation, dropout, optimizer, learning_rate,
batch_size. A space in TOML says what they may be, and when they matter:

  [units]                          [optimizer]
  min = 16                         choices = [\"adam\", \"sgd\"]
  max = 512
  step = 2                         [dropout]
  sampling = \"log\"                 min = 0.0
                                   max = 0.5
  [layers]                         when = {{ layers = [2, 3] }}
  value = 2

With --project, each trial is written as it ends: the same command given again repeats none that ended.

{DATASETS_HELP}"))]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Which values are tried next
    #[arg(long, default_value = "bayesian")]
    search: Search,
    /// The number of trials at most [default: 10; of a grid and of hyperband, all there are]
    #[arg(long, value_name = "N")]
    trials: Option<NonZeroUsize>,
    /// What may vary, as TOML [default: ranges that suit many a task]
    #[arg(long, value_name = "SPACE.toml")]
    space: Option<PathBuf>,
    /// How often the training of a trial goes through all samples; of hyperband, the longest
    #[arg(long, value_name = "E", default_value = "10")]
    epochs: NonZeroUsize,
    /// The part of the samples, from the end, on which trials are compared
    #[arg(long, value_name = "F", value_parser = fraction, default_value_t = 0.2, allow_negative_numbers = true)]
    validation_split: f64,
    /// What is compared [default: val_accuracy of classes, val_loss of numbers]
    #[arg(long, value_name = "NAME", value_parser = objective)]
    objective: Option<String>,
    /// Make the search repeatable
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Where the best model goes
    #[arg(long, value_name = "BEST.keras", value_parser = keras_file)]
    output: Option<PathBuf>,
    /// Where all trials go, as JSON
    #[arg(long, value_name = "R.json")]
    report: Option<PathBuf>,
    /// The folder that the search goes on from
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// Trials that run at once, each on its share of the cores
    #[arg(long, value_name = "N", default_value = "1")]
    jobs: NonZeroUsize,
    /// Progress: 0 none, 1 a line a trial, 2 also each epoch
    #[arg(long, value_name = "0|1|2", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=2))]
    verbose: u8,
    #[command(flatten)]
    table: TableArguments,
}

/// The ways to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Search {
    /// By chance
    Random,
    /// All combinations
    Grid,
    /// By a Gaussian process
    Bayesian,
    /// Many trials of few epochs, few of many
    Hyperband,
    /// By what good trials have in common
    Tpe,
    /// By breeding
    Evolution,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    for path in arguments.output.iter().chain(&arguments.report) {
        check_folder(path)?;
    }
    let space = arguments.space.as_deref().map_or_else(|| Ok(Space::default()), Space::read)?;
    match &arguments.source.csv {
        Some(path) => arguments.tune_table(path, &space),
        None => arguments.tune(&space),
    }
}

/// What trials are trained on.
struct Training {
    x: Tensor,
    y: Tensor,
    sample_weight: Option<Tensor>,
}

impl Arguments {
    fn tune(&self, space: &Space) -> Result {
        let source = self.source.open()?;
        let training = match &source {
            Opened::Dataset(dataset) => {
                let (x, y) = dataset.part(Part::Train)?;
                Training { x, y, sample_weight: None }
            }
            Opened::Npz(file) => Training {
                x: file.get("x")?.clone(),
                y: file.get("y")?.clone(),
                sample_weight: file.find("sample_weight").cloned(),
            },
        };
        let mut best = self.search(space, &training)?;
        if let Some(path) = &self.output {
            best.save(path)?;
        }
        if let Opened::Dataset(_) = source {
            let test = source.samples(Part::Test, &mut best)?;
            output::line(format_args!("test - {}", measure(&mut best, &test)?))?;
        }
        Ok(())
    }

    fn tune_table(&self, path: &Path, space: &Space) -> Result {
        let wanted = Wanted { epochs: self.epochs.get(), ..self.table.wanted(self.seed)? };
        let ready: Ready = read(path, &wanted)?;
        for note in &ready.notes {
            output::error_line(format_args!("note: {note}"));
        }
        let (mut pipeline, x, y) = ready.pipeline(&wanted)?;
        *pipeline.model_mut() = self.search(space, &Training { x, y, sample_weight: None })?;
        if let Some(path) = &self.output {
            pipeline.save(path)?;
        }
        output::line(format!("test - {}", ready.measure(&mut pipeline)?).trim_end())
    }

    /// Runs the search, reports it, and gives back the best model.
    fn search(&self, space: &Space, training: &Training) -> Result<Model> {
        let answer = Answer::of(&training.y)?;
        let sample = training.x.shape().get(1..).unwrap_or_default();
        let build = |hp: &mut HyperParameters| {
            // Asked for with the rest, so that it is known before the first trial.
            let network = network(hp, space, sample, answer)?;
            batch_size(hp, space);
            Ok(network)
        };
        let mut tuner = self.tuner(answer, build);
        tuner.search(&training.x, &training.y, |hp| {
            let fit = Fit::new()
                .epochs(self.epochs.get())
                .batch_size(batch_size(hp, space))
                .validation_split(self.validation_split);
            match &training.sample_weight {
                Some(weight) => fit.sample_weight(weight),
                None => fit,
            }
        })?;
        if let Some(path) = &self.report {
            let report = self.report(&tuner);
            let text = serde_json::to_string_pretty(&report).map_err(Failure::new)? + "\n";
            write_atomically(path, text.as_bytes())?;
        }
        let Some(best) = tuner.best_trial() else { return Err(Failure::new("no trial came to an end")) };
        let values: Vec<String> = named(best).map(|(name, value)| format!("{name}={value}")).collect();
        let score = best.score.unwrap_or(f64::NAN);
        output::line(format_args!("best - trial {} - {score:.6} - {}", best.trial_id, values.join(" ")))?;
        let model = tuner.get_best_models(1)?.pop();
        model.ok_or_else(|| Failure::new("no trial came to an end"))
    }

    fn tuner<'b>(
        &self,
        answer: Answer,
        build: impl Fn(&mut HyperParameters) -> cornu::Result<cornu::Sequential> + Sync + 'b,
    ) -> Tuner<'b> {
        // A third of the trials by chance leaves the rest for what they teach.
        let trials = self.trials.map_or(10, NonZeroUsize::get);
        let by_chance = (trials / 3).max(3);
        let mut tuner = match self.search {
            Search::Random => Tuner::new(RandomSearch::new(), build),
            Search::Grid => Tuner::new(GridSearch::new(), build),
            Search::Bayesian => {
                Tuner::new(BayesianOptimization::new().num_initial_points(by_chance.min(20)), build)
            }
            Search::Hyperband => Tuner::new(Hyperband::new().max_epochs(self.epochs.get()), build),
            Search::Tpe => Tuner::new(Tpe::new().n_startup_trials(by_chance.min(20)), build),
            Search::Evolution => {
                Tuner::new(Evolution::new().population_size((trials / 5).clamp(4, 50)), build)
            }
        };
        tuner = tuner
            .objective(self.objective.as_deref().unwrap_or(answer.objective()))
            .jobs(self.jobs.get())
            .verbose(self.verbose);
        if let Some(trials) = self.trials {
            tuner = tuner.max_trials(trials.get());
        }
        if let Some(seed) = self.seed {
            tuner = tuner.seed(seed);
        }
        match &self.project {
            Some(folder) => {
                let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
                let directory = folder.parent().unwrap_or(Path::new(""));
                tuner.directory(directory).project_name(name.unwrap_or_else(|| ".".into()))
            }
            None => tuner,
        }
    }

    fn report(&self, tuner: &Tuner<'_>) -> Json {
        let search = self.search.to_possible_value().map(|value| value.get_name().to_owned());
        json!({
            "search": search,
            "objective": tuner.objective_name(),
            "best": tuner.best_trial().map(|trial| trial.trial_id.clone()),
            "trials": tuner.trials().map(trial).collect::<Vec<_>>(),
        })
    }
}

/// The name of a metric or loss.
fn objective(name: &str) -> Result<String, String> {
    let known = Objective::from(name).direction();
    known
        .map(|_| name.to_owned())
        .map_err(|_| "is no metric or loss of which it is known what is better".into())
}

/// A trial's values without what the search itself notes.
fn named(trial: &Trial) -> impl Iterator<Item = (&String, &cornu_tuner::Value)> {
    trial.values().iter().filter(|(name, _)| !name.starts_with("tuner/"))
}

fn trial(trial: &Trial) -> Json {
    let metrics: serde_json::Map<String, Json> =
        trial.metrics().map(|(name, _)| (name.to_owned(), trial.metric(name).into())).collect();
    json!({
        "trial": trial.trial_id,
        "status": match trial.status {
            Status::Running => "running",
            Status::Completed => "completed",
            Status::Failed => "failed",
        },
        "score": trial.score,
        "best_epoch": trial.best_step,
        "values": trial.values(),
        "metrics": metrics,
        "message": trial.message,
    })
}
