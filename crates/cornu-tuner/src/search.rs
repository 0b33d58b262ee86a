//! `Search`: trials of any function.

mod engine;

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;

use cornu::{Error, Result};
use serde::{Deserialize, Serialize};

pub(crate) use engine::{Assignment, Task};

use crate::objective::Objective;
use crate::oracles::Oracle;
use crate::project::Project;
use crate::results::Results;
use crate::space::NewEntries;
use crate::trial::{Outcome, Status, Trial};
use crate::{HyperParameters, Values};

/// A search for the values at which a function is best. The function is called with the values of each trial and gives
/// back what they came to. [`Tuner`](crate::Tuner) is the search for models.
///
/// ```
/// use cornu_tuner::{Search, oracles::RandomSearch};
/// let mut search = Search::new(RandomSearch::new()).max_trials(60).seed(3).verbose(0);
/// search.run(|hp| {
///     let x = hp.float("x", -2.0..=2.0);
///     Ok((x - 1.0) * (x - 1.0)) // small is good, unless the objective says otherwise
/// })?;
/// assert!(search.best_score() < Some(0.01));
/// let x = search.best_params().and_then(|values| values["x"].as_f64());
/// assert!((x.unwrap_or(0.0) - 1.0).abs() < 0.1);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// With a [`directory`](Search::directory) or [`project_name`](Search::project_name), each trial is written to
/// `directory/project_name/trial_NUMBER/trial.json` when it begins and when it ends, in KerasTuner's words. The same search
/// begun again repeats no trial that ended and goes on with those that were cut short.
///
/// The same seed gives the same trials. How many run at once changes nothing for random, grid and evolutionary search and
/// Hyperband; oracles that learn from each trial see those that run at the same time only when they are settled, so that the
/// same number of [`jobs`](Search::jobs) gives the same trials, however long each takes.
#[derive(Debug)]
pub struct Search {
    pub(crate) oracle: Box<dyn Oracle>,
    pub(crate) settings: Settings,
    pub(crate) space: HyperParameters,
    pub(crate) trials: BTreeMap<usize, Trial>,
    pub(crate) project: Option<Project>,
    seed_in_use: u64,
}

/// What a search is told beside its oracle.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) objective: Objective,
    pub(crate) max_trials: Option<usize>,
    pub(crate) seed: Option<u64>,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) project_name: Option<String>,
    pub(crate) overwrite: bool,
    pub(crate) max_retries_per_trial: usize,
    pub(crate) max_consecutive_failed_trials: usize,
    pub(crate) jobs: usize,
    pub(crate) verbose: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            objective: Objective::default(),
            max_trials: None,
            seed: None,
            directory: None,
            project_name: None,
            overwrite: false,
            max_retries_per_trial: 0,
            max_consecutive_failed_trials: 3,
            jobs: 1,
            verbose: 1,
        }
    }
}

/// The setters of a search, for a type whose search is at `self.$search`.
macro_rules! search_setters {
    ($($search:tt)*) => {
        /// What is made large or small: a name of the logs such as `"val_accuracy"`, or an [`Objective`].
        #[must_use]
        pub fn objective(mut self, objective: impl Into<crate::Objective>) -> Self {
            self.$($search)*settings.objective = objective.into();
            self
        }

        /// The number of trials at most; 10 by default, all there are for grids and Hyperband.
        #[must_use]
        pub fn max_trials(mut self, max_trials: usize) -> Self {
            self.$($search)*settings.max_trials = Some(max_trials);
            self
        }

        /// What all chance follows from: the values that are tried, the weights that models begin with.
        #[must_use]
        pub fn seed(mut self, seed: u64) -> Self {
            self.$($search)*settings.seed = Some(seed);
            self
        }

        /// What is known of the space beforehand: what is asked for under the same name and conditions is what is said
        /// here, such as [`fixed`](crate::HyperParameters::fixed).
        #[must_use]
        pub fn hyperparameters(mut self, hyperparameters: crate::HyperParameters) -> Self {
            self.$($search)*space = hyperparameters;
            self
        }

        /// The folder of the project folder; the current one by default. Without it and without a
        /// [`project_name`](Self::project_name), nothing is written.
        #[must_use]
        pub fn directory(mut self, directory: impl Into<std::path::PathBuf>) -> Self {
            self.$($search)*settings.directory = Some(directory.into());
            self
        }

        /// The name of the project folder; `untitled_project` by default.
        #[must_use]
        pub fn project_name(mut self, project_name: impl Into<String>) -> Self {
            self.$($search)*settings.project_name = Some(project_name.into());
            self
        }

        /// Whether what an earlier search left in the project folder is removed instead of gone on with.
        #[must_use]
        pub fn overwrite(mut self, overwrite: bool) -> Self {
            self.$($search)*settings.overwrite = overwrite;
            self
        }

        /// How often a trial that fails is tried again; not at all by default.
        #[must_use]
        pub fn max_retries_per_trial(mut self, retries: usize) -> Self {
            self.$($search)*settings.max_retries_per_trial = retries;
            self
        }

        /// The number of trials in a row that may not all fail; 3 by default.
        #[must_use]
        pub fn max_consecutive_failed_trials(mut self, trials: usize) -> Self {
            self.$($search)*settings.max_consecutive_failed_trials = trials;
            self
        }

        /// The number of trials that run at once, each on its share of the cores; 1 by default.
        #[must_use]
        pub fn jobs(mut self, jobs: usize) -> Self {
            self.$($search)*settings.jobs = jobs;
            self
        }

        /// What is printed: 0 nothing, 1 a line a trial, 2 also what trials themselves print.
        #[must_use]
        pub fn verbose(mut self, verbose: u8) -> Self {
            self.$($search)*settings.verbose = verbose;
            self
        }
    };
}
pub(crate) use search_setters;

/// What a project folder remembers of a search.
#[derive(Serialize, Deserialize)]
struct Remembered {
    oracle: String,
    config: serde_json::Value,
    objective: serde_json::Value,
    seed: u64,
    max_trials: Option<usize>,
    jobs: usize,
    hyperparameters: HyperParameters,
}

impl Search {
    /// A search by an oracle.
    pub fn new(oracle: impl Oracle + 'static) -> Self {
        Search {
            oracle: Box::new(oracle),
            settings: Settings::default(),
            space: HyperParameters::new(),
            trials: BTreeMap::new(),
            project: None,
            seed_in_use: 0,
        }
    }

    search_setters!();

    /// Runs trials of a function until there are enough. It is called with the values of each trial and gives back what
    /// they came to, the objective. Called again, it goes on: with a larger `max_trials` there are more.
    ///
    /// # Errors
    /// If an argument is out of range, the space cannot be, the project folder cannot be used or belongs to another
    /// search, or too many trials in a row fail.
    pub fn run(&mut self, function: impl Fn(&mut HyperParameters) -> Result<f64> + Sync) -> Result<()> {
        let name = self.settings.objective.name().to_owned();
        self.run_task(&FunctionTask { function, name })
    }

    /// The search's trials, in the order in which they began.
    pub fn trials(&self) -> impl Iterator<Item = &Trial> {
        self.trials.values()
    }

    /// The trials that are done, the best first; of equal ones, the first.
    pub fn get_best_trials(&self, num_trials: usize) -> Vec<&Trial> {
        let cost = |trial: &&Trial| {
            trial.result().map_or(f64::INFINITY, |score| self.settings.objective.cost(score))
        };
        let mut done: Vec<&Trial> = self.trials().filter(|trial| trial.result().is_some()).collect();
        done.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
        done.truncate(num_trials);
        done
    }

    /// The best trial, if one is done.
    pub fn best_trial(&self) -> Option<&Trial> {
        self.get_best_trials(1).first().copied()
    }

    /// The best trial's score.
    pub fn best_score(&self) -> Option<f64> {
        self.best_trial()?.score
    }

    /// The best trial's values.
    pub fn best_params(&self) -> Option<&Values> {
        self.best_trial().map(Trial::values)
    }

    /// The values of the best trials, the best first, for models to be described with.
    pub fn get_best_hyperparameters(&self, num_trials: usize) -> Vec<HyperParameters> {
        self.get_best_trials(num_trials).into_iter().map(|trial| trial.hyperparameters.clone()).collect()
    }

    /// All trials as a table.
    pub fn results(&self) -> Results {
        Results::new(&self.settings.objective, self.trials())
    }

    /// The best trials in KerasTuner's words.
    pub fn results_summary(&self, num_trials: usize) -> String {
        let mut lines = vec!["Results summary".to_owned()];
        if let Some(folder) = self.folder() {
            lines.push(format!("Results in {}", folder.display()));
        }
        lines.push(format!("Showing {num_trials} best trials"));
        for trial in self.get_best_trials(num_trials) {
            lines.extend([
                String::new(),
                format!("Trial {} summary", trial.trial_id),
                "Hyperparameters:".into(),
            ]);
            lines.extend(trial.values().iter().map(|(name, value)| format!("{name}: {value}")));
            lines.extend(trial.score.map(|score| format!("Score: {score}")));
        }
        lines.join("\n") + "\n"
    }

    /// The name of what is made large or small.
    pub fn objective_name(&self) -> &str {
        self.settings.objective.name()
    }

    /// What may vary, as far as it is known.
    pub fn space(&self) -> &HyperParameters {
        &self.space
    }

    pub(crate) fn folder(&self) -> Option<PathBuf> {
        let Settings { directory, project_name, .. } = &self.settings;
        if directory.is_none() && project_name.is_none() {
            return None;
        }
        let name = project_name.as_deref().unwrap_or("untitled_project");
        Some(directory.clone().unwrap_or_default().join(name))
    }

    /// The number of trials at most.
    pub(crate) fn most_trials(&self) -> Option<usize> {
        self.settings.max_trials.or(self.oracle.default_max_trials())
    }

    /// A trial's number as text: as long as the largest one, as in KerasTuner.
    pub(crate) fn trial_id(&self, number: usize) -> String {
        let width = self.most_trials().map_or(4, |trials| trials.to_string().len());
        format!("{number:0width$}")
    }

    pub(crate) fn seed_in_use(&self) -> u64 {
        self.seed_in_use
    }

    /// Checks the arguments, opens the project folder and takes over what an earlier search left there.
    fn prepare(&mut self) -> Result<()> {
        self.settings.objective.direction()?;
        self.space.check()?;
        self.oracle.check().map_err(|message| Error::argument(self.oracle.name(), message))?;
        for (name, value) in [
            ("jobs", self.settings.jobs),
            ("max_trials", self.most_trials().unwrap_or(1)),
            ("max_consecutive_failed_trials", self.settings.max_consecutive_failed_trials),
        ] {
            if value == 0 {
                return Err(Error::argument(name, "must be at least 1, got 0"));
            }
        }
        let (None, Some(folder)) = (&self.project, self.folder()) else {
            if self.trials.is_empty() {
                self.seed_in_use = self.chosen_seed();
            }
            return self.remember();
        };
        let project = Project::open(&folder)?;
        if self.settings.overwrite {
            project.clear()?;
        }
        self.seed_in_use = match project.oracle::<Remembered>()? {
            Some(remembered) => {
                self.compare(&remembered, &folder)?;
                self.trials.extend(project.trials()?);
                self.take_space(&remembered);
                remembered.seed
            }
            None => self.chosen_seed(),
        };
        self.project = Some(project);
        self.remember()
    }

    /// The space as the trials of an earlier search found it, in their order.
    fn take_space(&mut self, remembered: &Remembered) {
        if self.trials.is_empty() {
            return;
        }
        self.space.merge(remembered.hyperparameters.space());
        for trial in self.trials.values() {
            self.space.merge(trial.hyperparameters.space());
        }
    }

    fn chosen_seed(&self) -> u64 {
        self.settings.seed.unwrap_or_else(|| RandomState::new().hash_one("cornu-tuner"))
    }

    /// Writes down what the search is.
    fn remember(&self) -> Result<()> {
        let Some(project) = &self.project else { return Ok(()) };
        project.save_oracle(&Remembered {
            oracle: self.oracle.name().into(),
            config: self.oracle.config(),
            objective: self.settings.objective.to_json(),
            seed: self.seed_in_use,
            max_trials: self.most_trials(),
            jobs: self.settings.jobs,
            hyperparameters: self.space.clone(),
        })
    }

    /// Refuses to go on with a search that was another.
    fn compare(&self, before: &Remembered, folder: &std::path::Path) -> Result<()> {
        let seed = self.settings.seed.unwrap_or(before.seed);
        let parts = [
            ("oracle", before.oracle.clone(), self.oracle.name().to_owned()),
            ("configuration", before.config.to_string(), self.oracle.config().to_string()),
            ("objective", before.objective.to_string(), self.settings.objective.to_json().to_string()),
            ("seed", before.seed.to_string(), seed.to_string()),
        ];
        match parts.into_iter().find(|(_, before, now)| before != now) {
            Some((what, before, now)) => Err(Error::file(
                folder,
                format!(
                    "holds a search of another {what}, {before} instead of {now}: give this one another \
                     project_name, or overwrite(true)"
                ),
            )),
            None => Ok(()),
        }
    }

    /// Asks the function for all it would ask for, so that the space is known before the first trial: KerasTuner's
    /// `_activate_all_conditions`. False where it cannot be asked.
    fn explore(&mut self, task: &dyn Task) -> Result<bool> {
        let mut never: Vec<Vec<crate::Parent>> = Vec::new();
        let mut once: Vec<Vec<crate::Parent>> = Vec::new();
        let mut values = Values::new();
        loop {
            let mut hp = self.space.with_values(values, NewEntries::Default);
            if !task.probe(&mut hp)? {
                return Ok(false);
            }
            hp.check()?;
            self.space.merge(hp.space());
            let (active, inactive) = hp.scopes();
            once.extend(active.iter().filter(|scope| !once.contains(scope)).cloned().collect::<Vec<_>>());
            never.extend(inactive.iter().filter(|scope| !never.contains(scope)).cloned().collect::<Vec<_>>());
            never.retain(|scope| !once.contains(scope));
            if never.is_empty() {
                return Ok(true);
            }
            // What cannot be made to hold is not tried twice.
            let next = never.remove(0);
            once.push(next.clone());
            let held = next.into_iter().filter_map(|scope| Some((scope.name, scope.values.first()?.clone())));
            values = self.space.fill(held.collect(), |parameter| parameter.domain.default_value());
        }
    }
}

/// A function as what trials run.
struct FunctionTask<F> {
    function: F,
    name: String,
}

impl<F: Fn(&mut HyperParameters) -> Result<f64> + Sync> Task for FunctionTask<F> {
    fn probe(&self, _hp: &mut HyperParameters) -> Result<bool> {
        Ok(false)
    }

    fn run(&self, _trial: &Assignment, hp: &mut HyperParameters) -> Result<Outcome> {
        let value = (self.function)(hp)?;
        Ok(Outcome { metrics: vec![(self.name.clone(), value)], best_step: 0 })
    }
}

/// How far the trials of a search are.
pub(crate) fn failed_in_a_row(trials: &BTreeMap<usize, Trial>) -> usize {
    let ended = trials.values().filter(|trial| trial.has_ended());
    let runs = ended.scan(0, |run, trial| {
        *run = if trial.status == Status::Failed { *run + 1 } else { 0 };
        Some(*run)
    });
    runs.max().unwrap_or(0)
}
