//! `Mean`: a weighted running mean.

use super::define::metric;
use super::samplewise::reduce_to_samplewise_values;
use super::{Measured, Metric};
use crate::graph::{Reduction, Var};
use crate::{DType, Shape};

metric! {
    /// The mean of values over samples, `Σ weight · value / Σ weight`; 0 where there were none.
    ///
    /// Like every metric it is updated with two things: here the values in place of targets, and their weights
    /// in place of predictions. [`Mean::accumulate`] takes values without weights.
    ///
    /// Source: <https://keras.io/api/metrics/base_metric/#mean-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Mean, Metric};
    /// let (values, weights) = (Tensor::from([1.0f32, 4.0]), Tensor::from([1.0f32, 2.0]));
    /// assert_eq!(Mean::new().evaluate(&values, &weights, None)?, 3.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Mean, "mean" {}
}

impl Mean {
    /// Total and count after some more values. Where values are masked, the mask counts only together with
    /// weights, as in Keras.
    pub fn accumulate<'g>(
        state: &[Var<'g>],
        values: Var<'g>,
        mask: Option<Var<'g>>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let (values, weight) = reduce_to_samplewise_values(values, mask, sample_weight, Reduction::Mean);
        let count = match (weight, values.shape().elements()) {
            (Some(weight), _) => weight.sum_all(),
            (None, Some(samples)) => values.builder().scalar(samples as f64, DType::F32),
            (None, None) => values.ones_like().sum_all(),
        };
        state.iter().zip([values.sum_all(), count]).map(|(old, more)| *old + more).collect()
    }

    /// The mean from the values of total and count.
    pub(super) fn of(state: &[&[f32]]) -> f32 {
        match state {
            [[total], [count]] if *count != 0.0 => total / count,
            _ => 0.0,
        }
    }

    /// Total and count.
    pub(super) fn state() -> Vec<(&'static str, Vec<usize>)> {
        vec![("total", Vec::new()), ("count", Vec::new())]
    }
}

impl Metric for Mean {
    fn name(&self) -> &str {
        &self.name
    }

    fn variables(&self, _output: &Shape) -> Vec<(&'static str, Vec<usize>)> {
        Self::state()
    }

    fn update<'g>(
        &self,
        state: &[Var<'g>],
        values: Var<'g>,
        weights: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let weights = sample_weight.map_or(weights, |sample_weight| weights * sample_weight);
        Self::accumulate(state, values, None, Some(weights))
    }

    fn result(&self, state: &[&[f32]]) -> Measured {
        f64::from(Self::of(state)).into()
    }
}
