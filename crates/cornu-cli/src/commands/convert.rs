//! `cornu convert`: a model in another form.

use std::path::PathBuf;

use clap::Args;
use cornu::Model;

use crate::failure::{Failure, Result};
use crate::model_file::{self, extension};

/// Write a model in another form, chosen by the names' extensions
#[derive(Args)]
#[command(after_help = "\
Reads .keras (a model) or .json (an architecture, which gets fresh weights).
Writes .keras, .json, or .npz: the weights in Keras' order, each by its path.")]
pub(crate) struct Arguments {
    /// The file to read
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write
    #[arg(value_name = "OUT")]
    output: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    let Arguments { input, output } = arguments;
    if !["keras", "json"].contains(&extension(input))
        || !["keras", "json", "npz"].contains(&extension(output))
    {
        return Err(Failure::usage(format!("cannot convert {} to {}", input.display(), output.display()))
            .tip("IN ends in .keras or .json, OUT in .keras, .json or .npz"));
    }
    let model = model_file::load(input)?;
    match extension(output) {
        "keras" => Ok(model.save(output)?),
        "json" => std::fs::write(output, model.to_json()?).map_err(|error| Failure::io(output, &error)),
        _ => Ok(cornu::data::save_npz(output, &named_weights(&model)?)?),
    }
}

fn named_weights(model: &Model) -> cornu::Result<Vec<(String, cornu::Tensor)>> {
    Ok(model.weight_paths()?.into_iter().zip(model.get_weights()?).collect())
}
