//! `cornu evaluate`: a model's loss and metrics on samples.

use std::path::PathBuf;

use clap::Args;
use cornu::{Evaluate, ModelPipeline, Verbose};

use crate::args::{Batches, DATASETS_HELP, Source};
use crate::datasets::Part;
use crate::failure::{Failure, Result};
use crate::tables::answers;
use crate::{model_file, output};

/// Measure a model's loss and metrics, on the test part of a dataset or on a file
#[derive(Args)]
#[command(after_help = DATASETS_HELP)]
pub(crate) struct Arguments {
    /// A trained model (.keras or .h5)
    model: PathBuf,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    batches: Batches,
    /// Print one JSON object of names and values
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    let mut model = model_file::load_trained(&arguments.model)?;
    if model.loss().is_none() {
        return Err(Failure::new(format!(
            "{}: the model says no loss to measure",
            arguments.model.display()
        ))
        .tip("`cornu fit MODEL --loss L --metrics M --epochs 0 ... --output OUT` writes it with them"));
    }
    if let Some(path) = &arguments.source.csv {
        let measured = answers::evaluate(&mut ModelPipeline::of(model)?, path)?;
        return match arguments.json {
            true => output::line(measured.to_json()),
            false => output::line(measured.to_string().trim_end()),
        };
    }
    let samples = arguments.source.open()?.samples(Part::Test, &mut model)?;
    let mut settings = Evaluate::new().batch_size(arguments.batches.size()).verbose(if arguments.json {
        Verbose::Silent
    } else {
        Verbose::Bar
    });
    if let Some(weight) = &samples.sample_weight {
        settings = settings.sample_weight(weight);
    }
    let logs = model.evaluate(samples.x(), &samples.y, settings)?;
    if arguments.json {
        let json = serde_json::to_string(&logs).map_err(Failure::new)?;
        output::line(json)?;
    }
    Ok(())
}
