//! `CvResults`: what came of each combination.

use std::collections::BTreeSet;
use std::fmt;

use crate::{Value, Values};

/// A row a combination, in the order in which they were tried, with scikit-learn's columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CvResults {
    /// The combinations: the column `params`.
    pub params: Vec<Values>,
    /// The columns of numbers by name, in scikit-learn's order.
    columns: Vec<(String, Vec<f64>)>,
}

/// What one combination came to on one split.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fold {
    pub(super) fit_time: f64,
    pub(super) score_time: f64,
    pub(super) test: f64,
    pub(super) train: Option<f64>,
}

impl CvResults {
    /// The results of combinations, each with one fold a split.
    pub(super) fn new(params: Vec<Values>, folds: &[Vec<Fold>]) -> Self {
        let mut results = CvResults { params, columns: Vec::new() };
        results.add_statistics("fit_time", folds, |fold| fold.fit_time);
        results.add_statistics("score_time", folds, |fold| fold.score_time);
        let ranks = results.add_scores("test", folds, |fold| fold.test);
        let with_train = folds.iter().flatten().all(|fold| fold.train.is_some());
        results.columns.push(("rank_test_score".into(), ranks));
        if with_train {
            results.add_scores("train", folds, |fold| fold.train.unwrap_or(f64::NAN));
        }
        results
    }

    fn add_statistics(&mut self, name: &str, folds: &[Vec<Fold>], of: impl Fn(&Fold) -> f64) {
        let values = |folds: &Vec<Fold>| folds.iter().map(&of).collect::<Vec<f64>>();
        let of_all =
            |statistic: fn(&[f64]) -> f64| folds.iter().map(|folds| statistic(&values(folds))).collect();
        self.columns.push((format!("mean_{name}"), of_all(mean)));
        self.columns.push((format!("std_{name}"), of_all(deviation)));
    }

    /// The scores of each split with their statistics; gives back the ranks of the means.
    fn add_scores(&mut self, part: &str, folds: &[Vec<Fold>], of: impl Fn(&Fold) -> f64) -> Vec<f64> {
        for split in 0..folds.iter().map(Vec::len).min().unwrap_or(0) {
            let scores = folds.iter().map(|folds| of(&folds[split])).collect();
            self.columns.push((format!("split{split}_{part}_score"), scores));
        }
        self.add_statistics(&format!("{part}_score"), folds, of);
        ranks(self.get(&format!("mean_{part}_score")).unwrap_or_default())
    }

    /// The numbers of a column: `mean_fit_time`, `std_fit_time`, `mean_score_time`, `std_score_time`, `split0_test_score` and
    /// so on, `mean_test_score`, `std_test_score`, `rank_test_score`, and with `return_train_score` the same of `train`.
    pub fn get(&self, column: &str) -> Option<&[f64]> {
        self.columns.iter().find(|(name, _)| name == column).map(|(_, values)| values.as_slice())
    }

    /// The values of a parameter: the column `param_NAME`. None where a combination does not set it.
    pub fn param(&self, name: &str) -> Vec<Option<&Value>> {
        self.params.iter().map(|values| values.get(name)).collect()
    }

    /// The names of all columns, in scikit-learn's order.
    pub fn columns(&self) -> Vec<String> {
        let (times, scores) = self.columns.split_at(4.min(self.columns.len()));
        let names =
            |columns: &[(String, Vec<f64>)]| columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let params = self.names().into_iter().map(|name| format!("param_{name}")).chain(["params".into()]);
        names(times).into_iter().chain(params).chain(names(scores)).collect()
    }

    fn names(&self) -> BTreeSet<&String> {
        self.params.iter().flat_map(|values| values.keys()).collect()
    }

    /// The combination of rank 1, the first of several.
    pub(super) fn best(&self) -> Option<usize> {
        self.get("rank_test_score")?.iter().position(|rank| *rank == 1.0)
    }
}

/// The combinations with their scores, the best first.
impl fmt::Display for CvResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = |name| self.get(name).unwrap_or_default();
        let (ranks, means, deviations) =
            (column("rank_test_score"), column("mean_test_score"), column("std_test_score"));
        let mut order: Vec<usize> = (0..self.params.len()).collect();
        order.sort_by(|a, b| ranks[*a].total_cmp(&ranks[*b]));
        for at in order {
            let values: Vec<String> =
                self.params[at].iter().map(|(name, value)| format!("{name}={value}")).collect();
            writeln!(f, "{:>4}  {:.6} ± {:.6}  {}", ranks[at], means[at], deviations[at], values.join(" "))?;
        }
        Ok(())
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

/// How many are better, and one: equal ones have equal ranks, what is no number comes last.
fn ranks(means: &[f64]) -> Vec<f64> {
    let key = |mean: &f64| if mean.is_nan() { f64::NEG_INFINITY } else { *mean };
    means
        .iter()
        .map(|mean| 1.0 + means.iter().filter(|other| key(other) > key(mean)).count() as f64)
        .collect()
}
