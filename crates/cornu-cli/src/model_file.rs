//! Models from the files they are named by.

use std::path::Path;

use cornu::{Model, load_model};

use crate::failure::{Failure, Result};

/// A model with its weights from a `.keras` or `.h5` file.
pub(crate) fn load_trained(path: &Path) -> Result<Model> {
    match extension(path) {
        "json" => Err(Failure::new(format!("{}: an architecture has no weights", path.display()))
            .tip("`cornu fit` trains it into a .keras file")),
        _ => Ok(load_model(path)?),
    }
}

/// A model from a `.keras` or `.h5` file, or with fresh weights from an architecture in `.json`.
pub(crate) fn load(path: &Path) -> Result<Model> {
    match extension(path) {
        "json" => {
            let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, &error))?;
            Model::from_json(&text).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
        }
        _ => load_trained(path),
    }
}

/// What follows the last dot of the file's name.
pub(crate) fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}
