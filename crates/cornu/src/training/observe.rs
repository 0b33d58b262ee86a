//! What callbacks ask of a model that is running.

use super::Measures;
use crate::callbacks::Direction;
use crate::models::Model;
use crate::models::model::{Built, Kind};
use crate::optimizers;
use crate::{Logs, Result, Tensor};

impl Model {
    /// The loss and metrics of the pass at hand so far, or of the last one, as Keras'
    /// [`get_metrics_result`](https://keras.io/api/models/model_training_apis/); empty before the first.
    ///
    /// # Errors
    /// If the model is not built.
    pub fn get_metrics_result(&self) -> Result<Logs> {
        let Some(measures) = &self.measured else { return Ok(Logs::default()) };
        Ok(measures.logs(&self.built()?.state))
    }

    /// The loss alone of the pass at hand so far, or of the last one; 0 before the first.
    pub(crate) fn loss_so_far(&self) -> Result<f64> {
        Ok(Measures::loss(&self.built()?.state))
    }

    /// Each weight with the path that Keras gives it: in a sequential model the model's name is its first part.
    pub(crate) fn weights_by_keras_path(&self) -> Result<Vec<(String, &Tensor)>> {
        let Built { network, state } = self.built()?;
        let prefix = match self.kind {
            Kind::Sequential => format!("{}/", self.name),
            Kind::Functional => String::new(),
        };
        let weights = network.all_weights();
        Ok(weights.filter_map(|(path, _)| Some((format!("{prefix}{path}"), state.get(path)?))).collect())
    }

    /// Whether larger or smaller values of a metric, by its name or its key in the logs, are better.
    pub(crate) fn metric_direction(&self, name: &str) -> Option<Direction> {
        self.measured.as_ref()?.direction(name)
    }

    /// Exchanges the trained weights and their moving averages; false where the optimizer keeps none.
    pub(crate) fn swap_averages(&mut self) -> Result<bool> {
        self.each_average(|state, path, average| {
            let (Some(weight), Some(value)) = (state.get(path).cloned(), state.get(average).cloned()) else {
                return;
            };
            state.insert(path, value);
            state.insert(average, weight);
        })
    }

    /// Sets the moving averages to the weights.
    pub(crate) fn set_averages(&mut self) -> Result<bool> {
        self.each_average(|state, path, average| {
            if let Some(weight) = state.get(path).cloned() {
                state.insert(average, weight);
            }
        })
    }

    fn each_average(&mut self, change: impl Fn(&mut cornu_engine::exec::State, &str, &str)) -> Result<bool> {
        self.compiled()?;
        self.built()?;
        let (Some(Built { network, state }), Some(compiled)) = (self.built.get_mut(), &self.compiled) else {
            return Ok(false);
        };
        let mut found = false;
        for (path, _) in network.trained() {
            if let Some(average) = optimizers::average_of(compiled.optimizer.as_ref(), path) {
                change(state, path, &average);
                found = true;
            }
        }
        Ok(found)
    }
}
