//! Weights alone as a `.weights.h5` file.

use std::path::Path;

use super::Model;
use crate::saving::{Group, weights_h5};
use crate::{Error, Result};

impl Model {
    /// Writes the weights, and the optimizer's variables where the model is compiled, as a `.weights.h5` file that Keras 3
    /// reads. The file at `path` is the old one or the new one, whole, at any moment.
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
    /// If the model is not built, the name does not end in `.weights.h5`, or the file cannot be written.
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if !path.to_string_lossy().ends_with(".weights.h5") {
            return Err(Error::file(path, "the name of a file of weights must end in .weights.h5"));
        }
        weights_h5::write(&self.weight_groups()?).save(path)
    }

    /// Sets the weights to those of a `.weights.h5` file, written by Keras 3 or by Cornu, and the optimizer's variables where
    /// the model is compiled and the file has them.
    ///
    /// # Errors
    /// If the model is not built, the file cannot be read or is damaged, or it holds the weights of another model; then
    /// the message says which.
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let root = Group::open(path)?;
        let mut load = || self.adopt_weights(&weights_h5::read(&root)?);
        load().map_err(|error| Error::file(path, error))
    }
}
