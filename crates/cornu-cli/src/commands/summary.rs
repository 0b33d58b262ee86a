//! `cornu summary`: a model's layers, shapes and parameters.

use std::path::PathBuf;

use clap::Args;

use crate::failure::Result;
use crate::{model_file, output};

/// Show a model's layers, output shapes and parameters
#[derive(Args)]
pub(crate) struct Arguments {
    /// A model (.keras or .h5) or an architecture (.json)
    model: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    let summary = model_file::load(&arguments.model)?.summary().to_string();
    output::line(summary.trim_end())
}
