//! Metrics that are the mean of a formula over samples.

use super::{Mean, Measured, Metric};
use crate::Shape;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::Targets;
use crate::registry::Configured;

/// A metric that is the mean of a formula over samples: what Keras makes with its `MeanMetricWrapper`.
pub trait MeanMetric: Configured {
    /// Which values are better.
    const DIRECTION: Direction;

    /// As [`Metric::name`].
    fn name(&self) -> &str;

    /// As [`Metric::check_arguments`].
    ///
    /// # Errors
    /// As there.
    fn check_arguments(&self) -> Result<(), String> {
        Ok(())
    }

    /// As [`Metric::targets`].
    fn targets(&self) -> Targets {
        Targets::LikeOutput
    }

    /// As [`Metric::takes_mask`].
    fn takes_mask(&self) -> bool {
        true
    }

    /// The value of each sample (or of each position in it).
    fn values<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g>;

    /// Which of the values count, where some do not.
    fn mask<'g>(&self, _y_true: Var<'g>, _y_pred: Var<'g>) -> Option<Var<'g>> {
        None
    }

    /// The measure from the mean.
    fn finish(&self, mean: f32) -> f32 {
        mean
    }
}

impl<T: MeanMetric> Metric for T {
    fn name(&self) -> &str {
        MeanMetric::name(self)
    }

    fn check_arguments(&self) -> Result<(), String> {
        MeanMetric::check_arguments(self)
    }

    fn targets(&self) -> Targets {
        MeanMetric::targets(self)
    }

    fn direction(&self) -> Option<Direction> {
        Some(T::DIRECTION)
    }

    fn takes_mask(&self) -> bool {
        MeanMetric::takes_mask(self)
    }

    fn variables(&self, _output: &Shape) -> Vec<(&'static str, Vec<usize>)> {
        Mean::state()
    }

    fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let mask = self.mask(y_true, y_pred);
        Mean::accumulate(state, self.values(y_true, y_pred), mask, sample_weight)
    }

    fn result(&self, state: &[&[f32]]) -> Measured {
        f64::from(self.finish(Mean::of(state))).into()
    }
}
