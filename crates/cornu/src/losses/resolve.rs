//! What `"crossentropy"` means for given shapes.

use std::sync::Arc;

use super::{BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy};
use crate::registry::Handle;
use crate::{Result, Shape};

/// What kind of classification the shapes of targets and predictions speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// A yes-or-no question: one output unit.
    Binary,
    /// One class of several, given by number.
    Sparse,
    /// One class of several, given as one-hot rows.
    Categorical,
}

impl Task {
    /// Keras' rule (`is_binary_or_sparse_categorical`).
    pub(crate) fn of(target: &Shape, output: &Shape) -> Task {
        let several = output.last().is_some_and(|classes| classes > 1);
        if output.last() == Some(1) {
            Task::Binary
        } else if target.rank() < output.rank() || (target.last() == Some(1) && several) {
            Task::Sparse
        } else {
            Task::Categorical
        }
    }
}

/// The loss the user named: `"crossentropy"` and `"ce"` are the binary, the sparse categorical or the
/// categorical one, as the shapes of targets and output ask for.
///
/// ```
/// use cornu::Shape;
/// use cornu::losses::{self, Loss};
/// let labels = Shape::from([None]);
/// let output = Shape::from([None, Some(10)]);
/// let loss = losses::resolve(&"crossentropy".into(), &labels, &output)?;
/// assert_eq!(loss.class_name(), "SparseCategoricalCrossentropy");
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If no loss has this name.
pub fn resolve(loss: &Handle<dyn Loss>, target: &Shape, output: &Shape) -> Result<Arc<dyn Loss>> {
    match loss.name() {
        Some(word) if ["crossentropy", "ce"].contains(&word.to_lowercase().as_str()) => {
            Ok(match Task::of(target, output) {
                Task::Binary => Arc::new(BinaryCrossentropy::new().name(word)),
                Task::Sparse => Arc::new(SparseCategoricalCrossentropy::new().name(word)),
                Task::Categorical => Arc::new(CategoricalCrossentropy::new().name(word)),
            })
        }
        _ => loss.shared().cloned(),
    }
}
