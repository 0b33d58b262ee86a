//! `Pipeline`: transformers one after the other.

use serde::{Deserialize, Serialize};

use super::Transformer;
use super::transformer::saved_as;
use crate::data::Table;
use crate::{Error, Result};

/// Transformers, each of which is given what the one before it made; itself a transformer.
///
/// [`ModelPipeline`](crate::ModelPipeline) puts a model behind it. Source:
/// <https://scikit-learn.org/stable/modules/generated/sklearn.pipeline.Pipeline.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::preprocessing::{Pipeline, SimpleImputer, StandardScaler, Transformer};
/// let mut pipeline = Pipeline::new().step("impute", SimpleImputer::new()).step("scale", StandardScaler::new());
/// let x = pipeline.fit_transform(&Tensor::from([[1.0f32], [f32::NAN], [3.0]]))?;
/// assert_eq!(x.to_vec::<f32>()[1], 0.0);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Pipeline {
    steps: Vec<(String, Box<dyn Transformer>)>,
}

impl Pipeline {
    /// No steps: everything stays as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step under a name, which errors tell.
    #[must_use]
    pub fn step(mut self, name: impl Into<String>, transformer: impl Transformer + 'static) -> Self {
        self.steps.push((name.into(), Box::new(transformer)));
        self
    }

    /// The steps with their names.
    pub fn steps(&self) -> impl Iterator<Item = (&str, &dyn Transformer)> {
        self.steps.iter().map(|(name, transformer)| (name.as_str(), transformer.as_ref()))
    }
}

impl Transformer for Pipeline {
    saved_as!("Pipeline");

    fn fit_table(&mut self, x: &Table) -> Result<()> {
        let mut x = x.clone();
        let last = self.steps.len();
        for (at, (name, step)) in self.steps.iter_mut().enumerate() {
            step.fit_table(&x).map_err(|error| in_step(name, error))?;
            if at + 1 < last {
                x = step.transform_table(&x).map_err(|error| in_step(name, error))?;
            }
        }
        Ok(())
    }

    fn transform_table(&self, x: &Table) -> Result<Table> {
        let run = |x: Table, (name, step): &(String, Box<dyn Transformer>)| {
            step.transform_table(&x).map_err(|error| in_step(name, error))
        };
        self.steps.iter().try_fold(x.clone(), run)
    }

    fn inverse_transform_table(&self, x: &Table) -> Result<Table> {
        let undo = |x: Table, (name, step): &(String, Box<dyn Transformer>)| {
            step.inverse_transform_table(&x).map_err(|error| in_step(name, error))
        };
        self.steps.iter().rev().try_fold(x.clone(), undo)
    }
}

fn in_step(name: &str, error: Error) -> Error {
    Error::data(format!("step `{name}`: {error}"))
}
