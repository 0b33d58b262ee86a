//! Running trials, several at once.

use std::collections::BTreeSet;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use cornu::rng::{Stream, stream_of};
use cornu::{Error, Result};

use super::{Search, failed_in_a_row};
use crate::HyperParameters;
use crate::oracles::{History, Proposal};
use crate::parallel::in_parallel;
use crate::space::NewEntries;
use crate::trial::{Outcome, Trial};

/// What a trial runs.
pub(crate) trait Task: Sync {
    /// Asks for all values without running anything; false where that cannot be done.
    ///
    /// # Errors
    /// If the values cannot be used.
    fn probe(&self, hp: &mut HyperParameters) -> Result<bool>;

    /// Runs a trial.
    ///
    /// # Errors
    /// What makes the trial fail.
    fn run(&self, trial: &Assignment, hp: &mut HyperParameters) -> Result<Outcome>;
}

/// A trial to run.
#[derive(Debug, Clone)]
pub(crate) struct Assignment {
    pub(crate) number: usize,
    pub(crate) trial_id: String,
    seed: u64,
    /// How often it failed before.
    failures: usize,
}

impl Assignment {
    /// The seed of one of the trial's executions.
    pub(crate) fn seed(&self, execution: usize) -> u64 {
        let stream = stream_of(&format!("trial/{}/{execution}", self.failures));
        Stream::new(self.seed, stream, self.number as u64).next_u64()
    }
}

/// What the workers share.
struct Shared<'s> {
    search: &'s mut Search,
    /// Trials that were begun and cut short, then those at work.
    interrupted: BTreeSet<usize>,
    at_work: usize,
    /// Numbers for which there is no trial.
    skipped: BTreeSet<usize>,
    /// Whether what a trial asks for is known when it begins.
    is_probed: bool,
    /// Why nothing more begins: everything is done, or something went wrong.
    over: Option<Result<()>>,
}

/// What a worker does next.
enum Next {
    Run(Assignment, Box<HyperParameters>),
    Wait,
    Over,
}

impl Search {
    /// Runs trials until there are enough.
    pub(crate) fn run_task(&mut self, task: &dyn Task) -> Result<()> {
        self.prepare()?;
        let is_probed = self.explore(task)?;
        self.remember()?;
        let jobs = self.settings.jobs;
        let interrupted = self.trials.iter().filter(|(_, trial)| !trial.has_ended());
        let interrupted = interrupted.map(|(number, _)| *number).collect();
        let shared =
            Shared { search: self, interrupted, at_work: 0, skipped: BTreeSet::new(), is_probed, over: None };
        let board = Board { shared: Mutex::new(shared), changed: Condvar::new() };
        in_parallel("jobs", jobs, &|| board.work(task))?;
        let shared = board.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        shared.over.unwrap_or(Ok(()))
    }
}

/// Where workers find their trials and leave what came of them.
struct Board<'s> {
    shared: Mutex<Shared<'s>>,
    changed: Condvar,
}

impl<'s> Board<'s> {
    fn lock(&self) -> MutexGuard<'_, Shared<'s>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs trials one after another until there are no more.
    fn work(&self, task: &dyn Task) {
        loop {
            let mut shared = self.lock();
            let next = loop {
                match shared.next(task) {
                    Ok(Next::Wait) => {
                        shared = self.changed.wait(shared).unwrap_or_else(PoisonError::into_inner);
                    }
                    Ok(next) => break next,
                    Err(error) => {
                        shared.over = Some(Err(error));
                        break Next::Over;
                    }
                }
            };
            // Where one may begin, another may: all who wait ask again.
            self.changed.notify_all();
            let Next::Run(assignment, hp) = next else { return };
            let retries = shared.search.settings.max_retries_per_trial;
            drop(shared);
            let begun = Instant::now();
            let (hp, outcome) = attempt(task, &assignment, &hp, retries);
            let mut shared = self.lock();
            shared.at_work -= 1;
            if let Err(error) = shared.end(&assignment, hp, outcome, begun) {
                shared.over = Some(Err(error));
            }
            self.changed.notify_all();
        }
    }
}

/// Runs a trial, again where it fails and may.
fn attempt(
    task: &dyn Task,
    assignment: &Assignment,
    hp: &HyperParameters,
    retries: usize,
) -> (HyperParameters, Result<Outcome, String>) {
    let mut assignment = assignment.clone();
    loop {
        let mut own = hp.clone();
        let run = catch_unwind(AssertUnwindSafe(|| task.run(&assignment, &mut own)));
        let outcome = match run {
            Ok(outcome) => {
                outcome.and_then(|outcome| own.check().map(|()| outcome)).map_err(|e| e.to_string())
            }
            Err(panic) => Err(format!("the trial panicked: {}", said(&*panic))),
        };
        if outcome.is_ok() || assignment.failures == retries {
            return (own, outcome);
        }
        assignment.failures += 1;
    }
}

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "for no reason given".into())
}

impl Shared<'_> {
    /// The trial to begin, one that was cut short first.
    fn next(&mut self, task: &dyn Task) -> Result<Next> {
        if self.over.is_some() {
            return Ok(Next::Over);
        }
        if let Some(number) = self.interrupted.pop_first()
            && let Some(trial) = self.search.trials.get(&number)
        {
            let values = trial.values().clone();
            let hp = self.search.space.with_values(values, self.new_entries(number));
            return Ok(self.assign(number, hp));
        }
        // What a function asks for that cannot be probed, the first trial finds out alone.
        if !self.is_probed && self.at_work > 0 && self.search.trials.values().all(|trial| !trial.has_ended())
        {
            return Ok(Next::Wait);
        }
        let mut number = 0;
        loop {
            if self.search.most_trials().is_some_and(|trials| number >= trials) {
                return Ok(self.nothing_left());
            }
            if self.search.trials.contains_key(&number) || self.skipped.contains(&number) {
                number += 1;
                continue;
            }
            match self.propose(number) {
                Proposal::Try(values) => return self.begin(number, values, task),
                Proposal::Skip => drop(self.skipped.insert(number)),
                Proposal::Stop => return Ok(self.nothing_left()),
                Proposal::Wait if self.search.oracle.looks_ahead() => {}
                Proposal::Wait => return Ok(self.nothing_left()),
            }
            number += 1;
        }
    }

    /// With nothing to begin, the search is over as soon as nobody is at work.
    fn nothing_left(&mut self) -> Next {
        if self.at_work > 0 {
            return Next::Wait;
        }
        self.over = Some(Ok(()));
        Next::Over
    }

    fn propose(&self, number: usize) -> Proposal {
        let Search { oracle, settings, space, trials, .. } = &*self.search;
        let seed = self.search.seed_in_use();
        let history = History {
            number,
            seed,
            space,
            objective: &settings.objective,
            trials,
            skipped: &self.skipped,
            is_probed: self.is_probed,
            jobs: settings.jobs,
        };
        oracle.propose(&history)
    }

    /// The values of what a trial asks for that was not known before it.
    fn new_entries(&self, number: usize) -> NewEntries {
        match self.search.oracle.draws_new_entries() {
            true => NewEntries::Drawn { seed: self.search.seed_in_use(), trial: number as u64 },
            false => NewEntries::Default,
        }
    }

    /// Begins a trial of these values, once what else its function asks for has values, too.
    fn begin(&mut self, number: usize, values: crate::Values, task: &dyn Task) -> Result<Next> {
        let new_entries = self.new_entries(number);
        let mut hp = self.search.space.with_values(values, new_entries);
        // What the description itself cannot do, the trial will say.
        let mut probed = hp.clone();
        if let Ok(Ok(true) | Err(_)) = catch_unwind(AssertUnwindSafe(|| task.probe(&mut probed))) {
            self.search.space.merge(probed.space());
            hp = self.search.space.with_values(probed.values().clone(), new_entries);
        }
        let trial = Trial::new(self.search.trial_id(number), hp.clone());
        self.save(&trial)?;
        self.search.trials.insert(number, trial);
        Ok(self.assign(number, hp))
    }

    fn assign(&mut self, number: usize, hp: HyperParameters) -> Next {
        self.at_work += 1;
        let trial_id = self.search.trials.get(&number).map(|trial| trial.trial_id.clone());
        let trial_id = trial_id.unwrap_or_else(|| self.search.trial_id(number));
        Next::Run(Assignment { number, trial_id, seed: self.search.seed_in_use(), failures: 0 }, Box::new(hp))
    }

    /// Records what came of a trial.
    fn end(
        &mut self,
        assignment: &Assignment,
        hp: HyperParameters,
        outcome: Result<Outcome, String>,
        begun: Instant,
    ) -> Result<()> {
        self.search.space.merge(hp.space());
        let Some(mut trial) = self.search.trials.remove(&assignment.number) else { return Ok(()) };
        trial.hyperparameters = hp;
        trial.end(outcome, &self.search.settings.objective);
        self.save(&trial)?;
        self.search.trials.insert(assignment.number, trial);
        self.report(assignment.number, begun);
        let failed = failed_in_a_row(&self.search.trials);
        let message = self.search.trials.get(&assignment.number).and_then(|trial| trial.message.as_ref());
        match message {
            Some(message) if failed >= self.search.settings.max_consecutive_failed_trials => {
                Err(Error::model(format!(
                    "the search stops at max_consecutive_failed_trials={failed}: trial {} failed with: {message}",
                    assignment.trial_id
                )))
            }
            _ => Ok(()),
        }
    }

    fn save(&self, trial: &Trial) -> Result<()> {
        self.search.project.as_ref().map_or(Ok(()), |project| project.save_trial(trial))
    }

    /// A line about a trial that ended. A reader who went away is no reason to stop.
    fn report(&self, number: usize, begun: Instant) {
        if self.search.settings.verbose == 0 {
            return;
        }
        let Some(trial) = self.search.trials.get(&number) else { return };
        let ended = self.search.trials.values().filter(|trial| trial.has_ended()).count();
        let of = self.search.most_trials().map(|trials| format!("/{trials}")).unwrap_or_default();
        let name = self.search.settings.objective.name();
        let came_to = match (trial.score, &trial.message) {
            (Some(score), _) => format!("{name}: {score:.6}"),
            (None, message) => format!("failed: {}", message.as_deref().unwrap_or_default()),
        };
        let best = self.search.best_score().map(|best| format!(" - best: {best:.6}")).unwrap_or_default();
        let values: Vec<String> =
            trial.values().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let seconds = begun.elapsed().as_secs_f64();
        let line = format!(
            "Trial {} ({ended}{of}) - {seconds:.1}s - {came_to}{best} - {}",
            trial.trial_id,
            values.join(" ")
        );
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}
