//! `Results`: all trials of a search as a table.

use std::fmt;

use crate::objective::Objective;
use crate::trial::{Status, Trial};

/// A row a trial, in the order in which they began: its number, how far it is, its score, the values it tried. Printed, it
/// is a table of aligned columns.
///
/// ```
/// use cornu_tuner::{Search, oracles::RandomSearch};
/// let mut search = Search::new(RandomSearch::new()).max_trials(2).seed(1).verbose(0);
/// search.run(|hp| Ok(f64::from(hp.choice("kind", ["a", "b"]) == "a")))?;
/// let results = search.results();
/// assert_eq!(results.columns(), ["trial", "status", "default_objective", "kind"]);
/// assert_eq!(results.rows().len(), 2);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Results {
    pub(crate) fn new<'a>(objective: &Objective, trials: impl Iterator<Item = &'a Trial>) -> Self {
        let trials: Vec<&Trial> = trials.collect();
        let mut names: Vec<&String> = Vec::new();
        for name in trials.iter().flat_map(|trial| trial.values().keys()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let row = |trial: &&Trial| {
            let status = match trial.status {
                Status::Running => "running",
                Status::Completed => "completed",
                Status::Failed => "failed",
            };
            let score = trial.score.map(|score| format!("{score:.6}")).unwrap_or_default();
            let values = names
                .iter()
                .map(|name| trial.values().get(*name).map(ToString::to_string).unwrap_or_default());
            [trial.trial_id.clone(), status.into(), score].into_iter().chain(values).collect()
        };
        let rows = trials.iter().map(row).collect();
        let columns = ["trial", "status", objective.name()].map(String::from);
        Results { columns: columns.into_iter().chain(names.iter().map(ToString::to_string)).collect(), rows }
    }

    /// The columns' names.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows; what a trial has not is empty.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = || std::iter::once(&self.columns).chain(&self.rows);
        let width = |column: usize| {
            lines().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        for line in lines() {
            let cells: Vec<String> =
                line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}
