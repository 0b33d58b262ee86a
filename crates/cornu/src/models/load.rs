//! Models from files of any form.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::{Model, legacy_file, serialize};
use crate::saving::Group;
use crate::{Error, Result};

/// How [`load_model_with`] opens a file: Keras' arguments of `load_model`.
///
/// There is no `custom_objects`: [`register_keras_serializable`](crate::utils::register_keras_serializable) makes types of your
/// own known, [`register_lambda`](crate::utils::register_lambda) functions. There is no `safe_mode` either: nothing in a file is
/// ever run, so that it is always on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadModel {
    pub(super) compile: bool,
}

impl Default for LoadModel {
    fn default() -> Self {
        LoadModel { compile: true }
    }
}

impl LoadModel {
    /// Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Whether the model is compiled as the file says (default true).
        compile: bool;
    }
}

/// Opens a model's file: a `.keras` file of Keras 3, tf.keras or Cornu, or a whole model in an `.h5` file of any Keras since
/// 1.2. Layers, weights, compilation and the optimizer's variables are there, so that training goes on where it stood. What the
/// file is, its content says, not its name.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Sequential, load_model};
/// let path = std::env::temp_dir().join(format!("cornu-load-{}.h5", std::process::id()));
/// let model = Sequential::new().add(Input::new([2])).add(Dense::new(1));
/// model.save(&path)?;
/// assert_eq!(load_model(&path)?.get_weights()?, model.get_weights()?);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the file cannot be read, is damaged, or holds a class or argument that is not part of Cornu; the message names
/// the place in the file. A `Lambda` wants its function [registered](crate::utils::register_lambda).
pub fn load_model(path: impl AsRef<Path>) -> Result<Model> {
    load_model_with(path, &LoadModel::new())
}

/// Opens a model's file as [`load_model`] does, with arguments.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Compile, LoadModel, Sequential, load_model_with};
/// let path = std::env::temp_dir().join(format!("cornu-load-with-{}.keras", std::process::id()));
/// let mut model = Sequential::new().add(Input::new([2])).add(Dense::new(1));
/// model.compile(Compile::new().optimizer("adam").loss("mse"))?;
/// model.save(&path)?;
/// let bare = load_model_with(&path, &LoadModel::new().compile(false))?;
/// assert!(bare.optimizer().is_err());
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// As [`load_model`].
pub fn load_model_with(path: impl AsRef<Path>, settings: &LoadModel) -> Result<Model> {
    let path = path.as_ref();
    match content(path)? {
        Content::Zip => serialize::load(path, settings),
        Content::Hdf5 => {
            let root = Group::open(path)?;
            legacy_file::load(&root, settings).map_err(|error| Error::file(path, error))
        }
        Content::Json => Err(Error::file(
            path,
            "is an architecture, which has no weights: Model::from_json reads its text, with fresh ones",
        )),
        Content::SavedModel => Err(Error::file(
            path,
            "is a SavedModel, a program of TensorFlow: make the model anew and load its weights, or save it in Python as \
             `model.save('model.keras')`",
        )),
        Content::Folder => Err(Error::file(path, "is a folder; a model is one file, such as model.keras")),
        Content::Unknown => {
            Err(Error::file(path, "is no model: neither a `.keras` file, which is a zip archive, nor HDF5"))
        }
    }
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Zip,
    Hdf5,
    Json,
    SavedModel,
    Folder,
    Unknown,
}

/// What a path leads to, by its first bytes.
///
/// # Errors
/// If it cannot be read.
pub(super) fn content(path: &Path) -> Result<Content> {
    let io = |source| Error::io(path, source);
    if fs::metadata(path).map_err(io)?.is_dir() {
        let saved = ["saved_model.pb", "saved_model.pbtxt"].iter().any(|name| path.join(name).exists());
        return Ok(if saved { Content::SavedModel } else { Content::Folder });
    }
    let mut first = Vec::new();
    File::open(path).map_err(io)?.take(64).read_to_end(&mut first).map_err(io)?;
    Ok(match first.trim_ascii_start() {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Content::Zip,
        [0x89, b'H', b'D', b'F', ..] => Content::Hdf5,
        [b'{', ..] => Content::Json,
        _ => Content::Unknown,
    })
}
