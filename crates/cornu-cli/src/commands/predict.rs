//! `cornu predict`: a model's outputs for samples in a file.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use cornu::{Inputs, ModelPipeline, Predict};

use crate::args::{check_folder, csv_file, npz_file};
use crate::failure::{Failure, Result};
use crate::model_file::extension;
use crate::tables::answers;
use crate::{model_file, npz};

/// Write a model's outputs for the samples of a file
#[derive(Args)]
pub(crate) struct Arguments {
    /// A trained model (.keras or .h5)
    model: PathBuf,
    #[command(flatten)]
    samples: Samples,
    /// Where predictions go: as arrays y, or y_NAME for each of several outputs, in FILE.npz; of a table in FILE.csv
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Samples a step, which changes only the speed
    #[arg(long, value_name = "N")]
    batch_size: Option<NonZeroUsize>,
}

/// What is answered.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Samples {
    /// Samples: arrays x, or x_NAME for each of several inputs
    #[arg(long, value_name = "FILE.npz", value_parser = npz_file)]
    data: Option<PathBuf>,
    /// A table with the columns that `cornu fit --csv` learned from
    #[arg(long, value_name = "FILE.csv", value_parser = csv_file)]
    csv: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    let Arguments { samples: Samples { data, csv }, output, .. } = arguments;
    let (option, wanted) = if csv.is_some() { ("--csv", "csv") } else { ("--data", "npz") };
    if extension(output) != wanted {
        return Err(Failure::usage(format!("{option} wants an --output whose name ends in .{wanted}")));
    }
    check_folder(output)?;
    let mut model = model_file::load_trained(&arguments.model)?;
    let batch_size = arguments.batch_size.map(NonZeroUsize::get);
    if let Some(path) = csv {
        return answers::predict(&mut ModelPipeline::of(model)?, path, output, batch_size);
    }
    let Some(path) = data else { return Err(Failure::usage("there are no samples: give --data or --csv")) };
    let x = npz::inputs(&cornu::data::load_npz(path)?, &mut model)?;
    let mut settings = Predict::new();
    if let Some(size) = batch_size {
        settings = settings.batch_size(size);
    }
    let outputs = model.predict_all(Inputs::from(x.as_slice()), settings)?;
    Ok(cornu::data::save_npz(output, &npz::predictions(&model, outputs)?)?)
}
