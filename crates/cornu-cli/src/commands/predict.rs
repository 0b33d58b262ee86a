//! `cornu predict`: a model's outputs for samples in a file.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use cornu::{Inputs, Predict};

use crate::args::{check_folder, npz_file};
use crate::failure::Result;
use crate::{model_file, npz};

/// Write a model's outputs for the samples of a file
#[derive(Args)]
pub(crate) struct Arguments {
    /// A trained model (.keras or .h5)
    model: PathBuf,
    /// Samples: arrays x, or x_NAME for each of several inputs
    #[arg(long, value_name = "FILE.npz", value_parser = npz_file)]
    data: PathBuf,
    /// Where predictions go: arrays y, or y_NAME for each of several outputs
    #[arg(long, value_name = "FILE.npz", value_parser = npz_file)]
    output: PathBuf,
    /// Samples a step, which changes only the speed
    #[arg(long, value_name = "N")]
    batch_size: Option<NonZeroUsize>,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    check_folder(&arguments.output)?;
    let mut model = model_file::load_trained(&arguments.model)?;
    let x = npz::inputs(&cornu::data::load_npz(&arguments.data)?, &mut model)?;
    let mut settings = Predict::new();
    if let Some(size) = arguments.batch_size {
        settings = settings.batch_size(size.get());
    }
    let outputs = model.predict_all(Inputs::from(x.as_slice()), settings)?;
    Ok(cornu::data::save_npz(&arguments.output, &npz::predictions(&model, outputs)?)?)
}
