//! Weights alone in files.

use std::path::Path;

use super::Model;
use super::load::{Content, content};
use crate::saving::{Group, KerasArchive, legacy_h5, weights_h5};
use crate::{Error, Result};

/// How [`Model::load_weights_with`] takes weights: Keras' arguments of `load_weights`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadWeights {
    pub(super) by_name: bool,
    pub(super) skip_mismatch: bool,
}

impl LoadWeights {
    /// Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Whether layers take the weights of those of the same name, and others keep theirs (default false). Only files that
        /// keep weights by the layers' names, the `.h5` files from before Keras 3, have them.
        by_name: bool;
        /// Whether weights of another shape or number than the layer's are passed over (default false).
        skip_mismatch: bool;
    }
}

impl Model {
    /// Writes the weights, and the optimizer's variables where the model is compiled, as a `.weights.h5` file that Keras 3
    /// reads; to a name that ends in `.h5` alone the weights by layer, as Keras 2 did. The file at `path` is the old one or
    /// the new one, whole, at any moment.
    ///
    /// ```
    /// use cornu::Sequential;
    /// use cornu::layers::{Dense, Input};
    /// let path = std::env::temp_dir().join("cornu-doc.weights.h5");
    /// let mut model = Sequential::new().add(Input::new([2])).add(Dense::new(1));
    /// model.save_weights(&path)?;
    /// model.load_weights(&path)?;
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the model is not built, the name ends otherwise, or the file cannot be written.
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let name = path.to_string_lossy();
        if name.ends_with(".weights.h5") {
            return weights_h5::write(&self.weight_groups()?).save(path);
        }
        if [".h5", ".hdf5"].iter().any(|end| name.ends_with(end)) {
            let file = legacy_h5::write_weights(&self.legacy_weights()?)
                .map_err(|error| Error::file(path, error))?;
            return file.save(path);
        }
        Err(Error::file(
            path,
            "the name of a file of weights must end in .weights.h5, or in .h5 as with Keras 2",
        ))
    }

    /// Sets the weights to those of a file: a `.weights.h5` file, written by Keras 3 or by Cornu, an `.h5` file of any Keras
    /// since 1.2, or a whole model in a `.keras` or `.h5` file. The optimizer's variables are taken from a `.weights.h5` or
    /// `.keras` file where the model is compiled and the file has them. What the file is, its content says, not its name.
    ///
    /// # Errors
    /// If the model is not built, the file cannot be read or is damaged, or it holds the weights of another model; then
    /// the message says which.
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<()> {
        self.load_weights_with(path, &LoadWeights::new())
    }

    /// Sets the weights as [`Model::load_weights`] does, with arguments.
    ///
    /// ```
    /// use cornu::layers::{Dense, Input};
    /// use cornu::{LoadWeights, Sequential};
    /// let path = std::env::temp_dir().join(format!("cornu-by-name-{}.h5", std::process::id()));
    /// let model = |classes| {
    ///     Sequential::new().add(Input::new([2])).add(Dense::new(8).name("features")).add(Dense::new(classes).name("classes"))
    /// };
    /// let (old, mut new) = (model(3), model(5));
    /// old.save_weights(&path)?;
    /// new.load_weights_with(&path, &LoadWeights::new().by_name(true).skip_mismatch(true))?;
    /// assert_eq!(new.get_weights()?[0], old.get_weights()?[0]);
    /// # std::fs::remove_file(&path).ok();
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Model::load_weights`]; and if `by_name` is set for a file that does not keep weights by name.
    pub fn load_weights_with(&mut self, path: impl AsRef<Path>, settings: &LoadWeights) -> Result<()> {
        let path = path.as_ref();
        let root = match content(path)? {
            Content::Zip => KerasArchive::open(path)?.weights,
            _ => Group::open(path)?,
        };
        let mut load = || {
            if legacy_h5::has_weights(&root) {
                return self.adopt_legacy_weights(&legacy_h5::read_weights(&root)?, settings);
            }
            if settings.by_name {
                return Err(Error::data(
                    "keeps weights by class and order, so that `by_name` cannot be had: an `.h5` file of \
                     `save_weights` keeps them by name",
                ));
            }
            self.adopt_weights(&weights_h5::read(&root)?, settings.skip_mismatch)
        };
        load().map_err(|error| Error::file(path, error))
    }
}
