//! The names of a model's arrays in npz files.
//!
//! One input is `x`, several are `x_NAME`; targets and predictions are `y` or `y_NAME`; `sample_weight` is optional.

use cornu::data::Npz;
use cornu::{Model, Tensor};

use crate::failure::{Failure, Result};
use crate::samples::{Samples, build};

const SAMPLE_WEIGHT: &str = "sample_weight";

/// Inputs, targets and weights for training or evaluation.
pub(crate) fn samples(file: &Npz, model: &mut Model) -> Result<Samples> {
    let x = inputs(file, model)?;
    let y = match &model.output_names()?[..] {
        [name] => only(file, "y", name)?,
        names => {
            return Err(Failure::new(format!(
                "model `{}` has {} outputs; it can predict, but only models of one output are trained or evaluated",
                model.name(),
                names.len()
            )));
        }
    };
    Ok(Samples::new(x, y, file.find(SAMPLE_WEIGHT).cloned()))
}

/// The inputs alone, by name.
pub(crate) fn inputs(file: &Npz, model: &mut Model) -> Result<Vec<(String, Tensor)>> {
    if !model.is_built() {
        build(model, file.get("x")?)?;
    }
    match model.input_names()? {
        names if names.len() == 1 => {
            names.into_iter().map(|name| only(file, "x", &name).map(|x| (name, x))).collect()
        }
        names => names
            .into_iter()
            .map(|name| {
                let x = file.get(&format!("x_{name}"))?.clone();
                Ok((name, x))
            })
            .collect(),
    }
}

/// Outputs as named arrays.
pub(crate) fn predictions(model: &Model, outputs: Vec<Tensor>) -> Result<Vec<(String, Tensor)>> {
    if outputs.len() == 1 {
        return Ok(outputs.into_iter().map(|output| ("y".to_owned(), output)).collect());
    }
    let names = model.output_names()?.into_iter().map(|name| format!("y_{name}"));
    Ok(names.zip(outputs).collect())
}

/// The only input or output may leave out its name.
fn only(file: &Npz, letter: &str, name: &str) -> Result<Tensor> {
    let found = file.find(&format!("{letter}_{name}"));
    Ok(found.map_or_else(|| file.get(letter), Ok)?.clone())
}
