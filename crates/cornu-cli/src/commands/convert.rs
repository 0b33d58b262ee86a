//! `cornu convert`: a model in another form.

use std::path::{Path, PathBuf};

use clap::Args;
use cornu::{Error, Model, Tensor};

use crate::failure::{Failure, Result};
use crate::model_file;

/// Write a model in another form, chosen by the name of OUT
#[derive(Args)]
#[command(after_help = "\
Reads a model in .keras or .h5 (of any Keras since 1.2), or an architecture in .json, which gets fresh weights;
with --architecture also weights alone, in .weights.h5, .h5 or .npz. What IN is, its content says.
Writes .keras, .h5 (legacy), .weights.h5, .json (the architecture), or .npz: the weights in Keras' order, each by its path.

Example:
  cornu convert old.h5 new.keras
  cornu convert trained.weights.h5 whole.keras --architecture model.json")]
pub(crate) struct Arguments {
    /// The file to read
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// The model that IN has the weights of
    #[arg(long, value_name = "FILE")]
    architecture: Option<PathBuf>,
}

/// A form of files that models are written in.
struct Form {
    /// How their names end.
    end: &'static str,
    write: fn(&Model, &Path) -> Result,
}

/// All forms; of two ends that fit, the first.
const FORMS: &[Form] = &[
    Form { end: ".weights.h5", write: |model, path| Ok(model.save_weights(path)?) },
    Form { end: ".keras", write: |model, path| Ok(model.save(path)?) },
    Form { end: ".h5", write: |model, path| Ok(model.save(path)?) },
    Form {
        end: ".json",
        write: |model, path| {
            std::fs::write(path, model.to_json()?).map_err(|error| Failure::io(path, &error))
        },
    },
    Form { end: ".npz", write: |model, path| Ok(cornu::data::save_npz(path, &named_weights(model)?)?) },
];

pub(crate) fn run(arguments: &Arguments) -> Result {
    let Arguments { input, output, architecture } = arguments;
    let name = output.to_string_lossy();
    let form = FORMS.iter().find(|form| name.ends_with(form.end)).ok_or_else(|| {
        let ends: Vec<&str> = FORMS.iter().map(|form| form.end).collect();
        Failure::usage(format!("cannot convert {} to {}", input.display(), output.display()))
            .tip(format!("OUT ends in one of {}", ends.join(", ")))
    })?;
    let model = match architecture {
        None if model_file::extension(input) == "npz" => {
            return Err(Failure::usage(format!("{} holds weights alone", input.display()))
                .tip("name the model that they belong to: --architecture FILE"));
        }
        None => model_file::load(input)?,
        Some(architecture) => {
            let mut model = model_file::load(architecture)?;
            load_weights(&mut model, input)?;
            model
        }
    };
    (form.write)(&model, output)
}

fn named_weights(model: &Model) -> cornu::Result<Vec<(String, Tensor)>> {
    Ok(model.weight_paths()?.into_iter().zip(model.get_weights()?).collect())
}

fn load_weights(model: &mut Model, path: &Path) -> cornu::Result<()> {
    if model_file::extension(path) != "npz" {
        return model.load_weights(path);
    }
    let arrays = cornu::data::load_npz(path)?;
    let weights = model.weight_paths()?.into_iter().map(|name| arrays.get(&name).cloned());
    let weights =
        weights.collect::<cornu::Result<Vec<Tensor>>>().map_err(|error| Error::file(path, error))?;
    model.set_weights(&weights)
}
