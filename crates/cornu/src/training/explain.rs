//! What the compiled training step does: in words, with the time each part takes.

use cornu_engine::exec::Workspace;
use cornu_engine::profile::Profile;

use super::Inputs;
use super::feeds::{Batch, Feeds, Tick};
use super::plans::{Mode, enter_pool};
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

    /// Runs a training step on one batch of such samples so many times and measures each kernel: the time of a step, its
    /// arithmetic and the bytes it moves a nanosecond, and how near that is to what the processor can do. The model
    /// learns nothing of it.
    ///
    /// ```
    /// use cornu::layers::{Dense, Input};
    /// use cornu::{Compile, Sequential, Tensor};
    /// let mut model = Sequential::new().add(Input::new([3])).add(Dense::new(2).activation("relu"));
    /// model.compile(Compile::new().optimizer("adam").loss("mse"))?;
    /// println!("{}", model.profile(&Tensor::from([[1.0, 2.0, 3.0]]), &Tensor::from([[0.0, 1.0]]), 10)?);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the model is not compiled with a loss, or the data does not fit it.
    pub fn profile<'a>(
        &mut self,
        x: impl Into<Inputs<'a>>,
        y: impl Into<Inputs<'a>>,
        steps: u32,
    ) -> Result<Profile> {
        let samples = self.samples(&x.into(), &y.into(), None)?;
        let measures = self.measures(&samples)?;
        self.prepare_optimizer()?;
        let step = self.step(Mode::Train, &samples, samples.rows, Some(&measures))?;
        let mut state = self.built()?.state.clone();
        measures.reset(&mut state);
        let mut feeds = Feeds::new(&step);
        let tick = Tick { learning_rate: self.learning_rate()? as f32, iteration: 1, seed: self.seed };
        feeds.fill(&step, &samples, &Batch::Range(0..samples.rows), tick)?;
        Ok(enter_pool(|| step.plan.profile(&mut Workspace::new(), &mut state, &feeds.tensors, steps))?)
    }
}
