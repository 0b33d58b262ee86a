//! What `"accuracy"` means for given shapes.

use std::sync::Arc;

use super::{BinaryAccuracy, CategoricalAccuracy, Metric, SparseCategoricalAccuracy, misfit};
use crate::losses::Task;
use crate::registry::Handle;
use crate::{Result, Shape};

/// The metric the user named, and its name in the logs, which is the very string the user gave: `"accuracy"` and
/// `"acc"` are the binary, the sparse categorical or the categorical accuracy, as the shapes of targets and
/// output ask for.
///
/// ```
/// use cornu::Shape;
/// use cornu::metrics::{self, Metric};
/// let (labels, output) = (Shape::from([None]), Shape::from([None, Some(10)]));
/// let (name, metric) = metrics::resolve(&"acc".into(), &labels, &output)?;
/// assert_eq!((name.as_str(), metric.class_name()), ("acc", "SparseCategoricalAccuracy"));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If no metric has this name, or it does not suit the shapes.
pub fn resolve(
    metric: &Handle<dyn Metric>,
    target: &Shape,
    output: &Shape,
) -> Result<(String, Arc<dyn Metric>)> {
    let Some(word) = metric.name() else {
        let metric = metric.shared()?.clone();
        return Ok((metric.name().into(), fitting(metric, target, output)?));
    };
    let found: Arc<dyn Metric> = if ["accuracy", "acc"].contains(&word.to_lowercase().as_str()) {
        match Task::of(target, output) {
            Task::Binary => Arc::new(BinaryAccuracy::new().name(word)),
            Task::Sparse => Arc::new(SparseCategoricalAccuracy::new().name(word)),
            Task::Categorical => Arc::new(CategoricalAccuracy::new().name(word)),
        }
    } else {
        metric.shared()?.clone()
    };
    Ok((word.into(), fitting(found, target, output)?))
}

/// The metric, if it suits targets and output.
fn fitting(metric: Arc<dyn Metric>, target: &Shape, output: &Shape) -> Result<Arc<dyn Metric>> {
    let checked = metric.check_shapes(target, output);
    checked.map_err(|message| misfit(metric.class_name(), &message))?;
    Ok(metric)
}
