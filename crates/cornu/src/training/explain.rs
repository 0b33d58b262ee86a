//! `Model::explain`: the compiled training step in words.

use super::Inputs;
use super::plans::Mode;
use crate::Result;
use crate::models::Model;

impl Model {
    /// What a training step on one batch of such samples does, kernel by kernel: which layers each one computes, its
    /// arithmetic, the bytes it moves, and the memory of the whole.
    ///
    /// ```
    /// use cornu::layers::{Dense, Input};
    /// use cornu::{Compile, Sequential, Tensor};
    /// let mut model = Sequential::new().add(Input::new([3])).add(Dense::new(2).activation("relu"));
    /// model.compile(Compile::new().optimizer("adam").loss("mse"))?;
    /// println!("{}", model.explain(&Tensor::from([[1.0, 2.0, 3.0]]), &Tensor::from([[0.0, 1.0]]))?);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the model is not compiled with a loss, or the data does not fit it.
    pub fn explain<'a>(&mut self, x: impl Into<Inputs<'a>>, y: impl Into<Inputs<'a>>) -> Result<String> {
        let samples = self.samples(&x.into(), &y.into(), None)?;
        let measures = self.measures(&samples)?;
        Ok(self.step(Mode::Train, &samples, samples.rows, Some(&measures))?.plan.explain())
    }
}
