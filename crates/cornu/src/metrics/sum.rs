//! `Sum`: a weighted running sum.

use super::define::metric;
use super::samplewise::reduce_to_samplewise_values;
use super::{Measured, Metric};
use crate::Shape;
use crate::graph::{Reduction, Var};

metric! {
    /// The sum of values, `Σ weight · value`.
    ///
    /// Like every metric it is updated with two things: here the values in place of targets, and their weights
    /// in place of predictions. [`Sum::accumulate`] takes values without weights.
    ///
    /// Source: <https://keras.io/api/metrics/base_metric/#sum-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{Metric, Sum};
    /// let (values, weights) = (Tensor::from([1.0f32, 4.0]), Tensor::from([1.0f32, 2.0]));
    /// assert_eq!(Sum::new().evaluate(&values, &weights, None)?, 9.0);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Sum, "sum" {}
}

impl Sum {
    /// The total after some more values.
    pub fn accumulate<'g>(
        state: &[Var<'g>],
        values: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let (values, _) = reduce_to_samplewise_values(values, None, sample_weight, Reduction::Sum);
        state.iter().map(|total| *total + values.sum_all()).collect()
    }
}

impl Metric for Sum {
    fn name(&self) -> &str {
        &self.name
    }

    fn variables(&self, _output: &Shape) -> Vec<(&'static str, Vec<usize>)> {
        vec![("total", Vec::new())]
    }

    fn update<'g>(
        &self,
        state: &[Var<'g>],
        values: Var<'g>,
        weights: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let weights = sample_weight.map_or(weights, |sample_weight| weights * sample_weight);
        Self::accumulate(state, values, Some(weights))
    }

    fn result(&self, state: &[&[f32]]) -> Measured {
        state.iter().flat_map(|total| total.iter()).copied().map(f64::from).sum::<f64>().into()
    }
}
