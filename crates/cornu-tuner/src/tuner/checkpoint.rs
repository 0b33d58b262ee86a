//! The weights of trials' best epochs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use cornu::{Error, Model, Result, Shape, Tensor};
use serde::{Deserialize, Serialize};

use crate::project;

/// The weights of one model, with what is needed to build another like it.
#[derive(Debug, Clone)]
pub(super) struct Checkpoint {
    input_shape: Vec<Option<usize>>,
    weights: Vec<Tensor>,
}

impl Checkpoint {
    pub(super) fn of(model: &Model) -> Result<Self> {
        let input_shape = model.input_shape()?.dims().to_vec();
        Ok(Checkpoint { input_shape, weights: model.get_weights()? })
    }
}

/// The checkpoints of a search: in its project folder, else in memory.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    folder: Option<PathBuf>,
    in_memory: Mutex<BTreeMap<String, Checkpoint>>,
}

/// KerasTuner's `build_config.json`.
#[derive(Serialize, Deserialize)]
struct BuildConfig {
    input_shape: Vec<Option<usize>>,
}

const WEIGHTS: &str = "checkpoint.weights.h5";
const BUILD_CONFIG: &str = "build_config.json";

impl Checkpoints {
    /// Keeps them in a folder of a folder a trial.
    pub(super) fn keep_in(&mut self, folder: Option<PathBuf>) {
        self.folder = folder;
    }

    fn trial_folder(&self, trial_id: &str) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(format!("trial_{trial_id}")))
    }

    /// Keeps a trial's checkpoint. `model` is one of its models: that its optimizer stands elsewhere by now is not kept.
    pub(super) fn save(&self, trial_id: &str, model: &Model, checkpoint: Checkpoint) -> Result<()> {
        let Some(folder) = self.trial_folder(trial_id) else {
            let mut kept = self.in_memory.lock().unwrap_or_else(PoisonError::into_inner);
            kept.insert(trial_id.to_owned(), checkpoint);
            return Ok(());
        };
        let mut weights_alone = cornu::clone_model(model)?;
        weights_alone.set_weights(&checkpoint.weights)?;
        weights_alone.save_weights(folder.join(WEIGHTS))?;
        project::write(&folder.join(BUILD_CONFIG), &BuildConfig { input_shape: checkpoint.input_shape })
    }

    /// Gives a model of the same description the weights a trial came to.
    pub(super) fn restore(&self, trial_id: &str, model: &mut Model) -> Result<()> {
        if let Some(folder) = self.trial_folder(trial_id) {
            let config: BuildConfig = project::read(&folder.join(BUILD_CONFIG))?;
            build(model, config.input_shape)?;
            return model.load_weights(folder.join(WEIGHTS));
        }
        let kept = self.in_memory.lock().unwrap_or_else(PoisonError::into_inner).get(trial_id).cloned();
        let kept = kept.ok_or_else(|| Error::model(format!("no weights of trial {trial_id} are kept")))?;
        build(model, kept.input_shape)?;
        model.set_weights(&kept.weights)
    }
}

/// Gives a model that does not say its input's shape the one it had.
fn build(model: &mut Model, input_shape: Vec<Option<usize>>) -> Result<()> {
    if model.is_built() { Ok(()) } else { model.build(Shape::from(input_shape)) }
}
