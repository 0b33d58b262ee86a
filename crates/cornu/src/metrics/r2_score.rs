//! `R2Score`: the coefficient of determination.

use super::confusion::beside;
use super::define::metric;
use super::{Measured, Metric};
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::paired;
use crate::registry::words;
use crate::{DType, Shape};

/// How the scores of outputs become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassAggregation {
    /// Their mean.
    UniformAverage,
    /// Their mean, weighed by the variances of the targets.
    VarianceWeightedAverage,
}

words! {
    ClassAggregation {
        UniformAverage = "uniform_average",
        VarianceWeightedAverage = "variance_weighted_average",
    }
}

metric! {
    /// `1 - Σ(y_true - y_pred)² / Σ(y_true - mean)²` of each output: how much of the targets' variance predictions
    /// explain. 1 where they are right, 0 where they do as well as the mean.
    ///
    /// With `num_regressors` the score is adjusted for the number of inputs the model goes by, unless there are too
    /// few samples. Samples are counted once for each output, as Keras does it.
    ///
    /// Source: <https://keras.io/api/metrics/regression_metrics/#r2score-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, R2Score};
    /// let (y_true, y_pred) = (Tensor::from([[1.0f32], [4.0], [3.0]]), Tensor::from([[2.0f32], [4.0], [4.0]]));
    /// let score = R2Score::new().evaluate(&y_true, &y_pred, None)?;
    /// assert!((score.mean() - 0.57142854).abs() < 1e-6);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    R2Score, "r2_score" {
        class_aggregation: Option<ClassAggregation> = Some(ClassAggregation::UniformAverage);
        num_regressors: usize = 0;
    }
}

impl R2Score {
    crate::setters! {
        /// How the scores of outputs become one; with `None` each stays, and in logs stands their mean.
        class_aggregation: into Option<ClassAggregation>;
        /// How many inputs the model goes by, for the adjusted score; 0 for the plain one.
        num_regressors: usize;
    }

    /// The score adjusted for the number of regressors.
    fn adjusted(&self, score: f64, samples: f64) -> f64 {
        let regressors = self.num_regressors as f64;
        if self.num_regressors == 0 || regressors >= samples - 1.0 {
            return score;
        }
        1.0 - (1.0 - score) * (samples - 1.0) / (samples - regressors - 1.0)
    }
}

impl Metric for R2Score {
    fn name(&self) -> &str {
        &self.name
    }

    fn direction(&self) -> Option<Direction> {
        Some(Direction::Up)
    }

    fn check_shapes(&self, targets: &Shape, output: &Shape) -> Result<(), String> {
        let fits = output.accepts(targets) || (output.last() == Some(1) && targets.rank() == 1);
        if output.rank() == 2 && output.last().is_some() && fits {
            return Ok(());
        }
        Err(format!("wants targets and an output (batch, outputs), got {targets} and {output}"))
    }

    fn variables(&self, output: &Shape) -> Vec<(&'static str, Vec<usize>)> {
        let outputs = vec![output.last().unwrap_or(1)];
        let of_each = ["squared_sum", "sum", "residual", "count"].map(|name| (name, outputs.clone()));
        [("num_samples", Vec::new())].into_iter().chain(of_each).collect()
    }

    fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let (y_true, y_pred) = paired(y_true, y_pred.cast(DType::F32));
        let ones = y_pred.ones_like();
        let weight = sample_weight.map_or(ones, |weight| beside(weight.cast(DType::F32), y_pred));
        let sum = |value: Var<'g>| value.sum(&[0], false);
        let batch = [
            ones.sum_all(),
            sum(y_true * y_true * weight),
            sum(y_true * weight),
            sum((y_true - y_pred).square() * weight),
            sum(weight),
        ];
        state.iter().zip(batch).map(|(old, more)| *old + more).collect()
    }

    fn result(&self, state: &[&[f32]]) -> Measured {
        let [[samples], squares, sums, residuals, counts] = state else { return f64::NAN.into() };
        let total = |((squares, sum), count): ((&f32, &f32), &f32)| {
            let (sum, count) = (f64::from(*sum), f64::from(*count));
            f64::from(*squares) - sum * (sum / count)
        };
        let totals: Vec<f64> = squares.iter().zip(*sums).zip(*counts).map(total).collect();
        let score = |(residual, total): (&f32, &f64)| {
            let score = 1.0 - f64::from(*residual) / total;
            if score.is_infinite() { 0.0 } else { score }
        };
        let scores: Vec<f64> = residuals.iter().zip(&totals).map(score).collect();
        let samples = f64::from(*samples);
        match self.class_aggregation {
            None => scores.into_iter().map(|score| self.adjusted(score, samples)).collect::<Vec<_>>().into(),
            Some(ClassAggregation::UniformAverage) => {
                self.adjusted(Measured::from(scores).mean(), samples).into()
            }
            Some(ClassAggregation::VarianceWeightedAverage) => {
                let weighted: f64 = scores.iter().zip(&totals).map(|(score, total)| score * total).sum();
                self.adjusted(weighted / totals.iter().sum::<f64>(), samples).into()
            }
        }
    }
}
