//! `FBetaScore`: precision and recall as one number for each class.

use super::confusion::beside;
use super::define::metric;
use super::{Measured, Metric};
use crate::graph::Var;
use crate::losses::EPSILON;
use crate::registry::words;
use crate::{DType, Shape};

/// How the scores of classes become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Average {
    /// One score of the counts of all classes together.
    Micro,
    /// The mean of the scores.
    Macro,
    /// Their mean, weighed by how often each class is true.
    Weighted,
}

words! { Average { Micro = "micro", Macro = "macro", Weighted = "weighted", } }

metric! {
    /// `(1 + beta²)·precision·recall / (beta²·precision + recall)` of each class: recall counts `beta` times as much
    /// as precision.
    ///
    /// Targets are rows of zeros and ones. Without `threshold` the largest prediction of a row means yes, with it all
    /// above. Without `average` there is a score for each class; in logs stands their mean, see [`crate::Logs`].
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/>, `keras.metrics.FBetaScore`.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{FBetaScore, Metric};
    /// let y_true = Tensor::from([[1i64, 0], [0, 1], [0, 1]]);
    /// let y_pred = Tensor::from([[0.9f32, 0.1], [0.8, 0.2], [0.3, 0.7]]);
    /// let scores = FBetaScore::new().beta(2.0).evaluate(&y_true, &y_pred, None)?;
    /// assert!((scores.as_slice()[0] - 0.8333).abs() < 1e-4);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    FBetaScore, "fbeta_score" {
        average: Option<Average> = None;
        beta: f64 = 1.0;
        threshold: Option<f64> = None;
    }
}

impl FBetaScore {
    crate::setters! {
        /// How the scores of classes become one; by default they do not.
        average: some Average;
        /// How much more recall counts than precision.
        beta: f64;
        /// Above which predictions mean yes, in place of the largest one.
        threshold: some f64;
    }

    fn score(&self) -> Score {
        Score { average: self.average, beta: self.beta, threshold: self.threshold }
    }
}

/// What [`FBetaScore`] and [`F1Score`](super::F1Score) compute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Score {
    pub(super) average: Option<Average>,
    pub(super) beta: f64,
    pub(super) threshold: Option<f64>,
}

impl Score {
    pub(super) fn check_arguments(&self) -> Result<(), String> {
        match self.threshold {
            _ if self.beta.is_nan() || self.beta <= 0.0 => {
                Err(format!("`beta` must be above 0, got {}", self.beta))
            }
            Some(threshold) if !(threshold > 0.0 && threshold <= 1.0) => {
                Err(format!("`threshold` must be above 0 and at most 1, got {threshold}"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_shapes(&self, targets: &Shape, output: &Shape) -> Result<(), String> {
        if output.rank() != 2 || output.last().is_none() || !output.accepts(targets) {
            let labels = targets.rank() < 2 || targets.last() == Some(1);
            let hint = if labels { "; use `to_categorical` on integer labels" } else { "" };
            return Err(format!(
                "wants targets and an output (batch, classes), got {targets} and {output}{hint}"
            ));
        }
        Ok(())
    }

    pub(super) fn variables(&self, output: &Shape) -> Vec<(&'static str, Vec<usize>)> {
        let shape = match self.average {
            Some(Average::Micro) => Vec::new(),
            _ => vec![output.last().unwrap_or(1)],
        };
        let names = ["true_positives", "false_positives", "false_negatives", "intermediate_weights"];
        names.map(|name| (name, shape.clone())).to_vec()
    }

    pub(super) fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let (y_true, y_pred) = (y_true.cast(DType::F32), y_pred.cast(DType::F32));
        let answers = match self.threshold {
            Some(threshold) => y_pred.greater(threshold),
            // Not the largest of nothing but zeros.
            None => y_pred.greater_equal(y_pred.max(&[-1], true)).logical_and(y_pred.abs().greater(1e-9)),
        };
        let answers = answers.cast(DType::F32);
        let axes: &[isize] = if self.average == Some(Average::Micro) { &[0, 1] } else { &[0] };
        let weight = sample_weight.map(|weight| beside(weight.cast(DType::F32), y_pred));
        let sum = |counted: Var<'g>| weight.map_or(counted, |weight| counted * weight).sum(axes, false);
        let batch = [
            sum(answers * y_true),
            sum(answers * (1.0 - y_true)),
            sum((1.0 - answers) * y_true),
            sum(y_true),
        ];
        state.iter().zip(batch).map(|(old, more)| *old + more).collect()
    }

    pub(super) fn result(&self, state: &[&[f32]]) -> Measured {
        let [hits, false_alarms, missed, weights] = state else { return 0.0.into() };
        let beta = self.beta * self.beta;
        let score = |((hits, false_alarms), missed): ((&f32, &f32), &f32)| {
            let hits = f64::from(*hits);
            let precision = hits / (hits + f64::from(*false_alarms) + EPSILON);
            let recall = hits / (hits + f64::from(*missed) + EPSILON);
            precision * recall / (beta * precision + recall + EPSILON) * (1.0 + beta)
        };
        let scores: Vec<f64> = hits.iter().zip(*false_alarms).zip(*missed).map(score).collect();
        match self.average {
            None => scores.into(),
            Some(Average::Weighted) => {
                let weights = weights.iter().map(|weight| f64::from(*weight));
                let whole = weights.clone().sum::<f64>() + EPSILON;
                scores.iter().zip(weights).map(|(score, weight)| score * weight / whole).sum::<f64>().into()
            }
            Some(Average::Micro | Average::Macro) => Measured::from(scores).mean().into(),
        }
    }
}

/// What a metric answers whose `score` says how.
macro_rules! scored {
    () => {
        fn name(&self) -> &str {
            &self.name
        }

        fn direction(&self) -> Option<$crate::callbacks::Direction> {
            Some($crate::callbacks::Direction::Up)
        }

        fn check_arguments(&self) -> Result<(), String> {
            self.score().check_arguments()
        }

        fn check_shapes(&self, targets: &$crate::Shape, output: &$crate::Shape) -> Result<(), String> {
            self.score().check_shapes(targets, output)
        }

        fn variables(&self, output: &$crate::Shape) -> Vec<(&'static str, Vec<usize>)> {
            self.score().variables(output)
        }

        fn update<'g>(
            &self,
            state: &[$crate::graph::Var<'g>],
            y_true: $crate::graph::Var<'g>,
            y_pred: $crate::graph::Var<'g>,
            sample_weight: Option<$crate::graph::Var<'g>>,
        ) -> Vec<$crate::graph::Var<'g>> {
            self.score().update(state, y_true, y_pred, sample_weight)
        }

        fn result(&self, state: &[&[f32]]) -> Measured {
            self.score().result(state)
        }
    };
}

pub(super) use scored;

impl Metric for FBetaScore {
    scored!();
}
