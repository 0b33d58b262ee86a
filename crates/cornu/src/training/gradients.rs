//! `Model::gradients`: the slope of the loss, without a step.

use cornu_engine::plan::Plan;

use super::feeds::{Batch, Feeds, Tick};
use super::plans::{Mode, StepKey, StepPlan, enter_pool};
use super::step::Recipe;
use super::{Inputs, feeds::batch_of};
use crate::models::Model;
use crate::models::model::Built;
use crate::{DType, Error, Result, Tensor};

impl Model {
    /// The gradients of the loss on one batch with respect to the trained weights, by their paths, as a training step
    /// would compute them from these samples: penalties count, dropout drops, nothing changes. What a
    /// `tf.GradientTape` around the model and its loss gives.
    ///
    /// ```
    /// use cornu::layers::{Dense, Input};
    /// use cornu::{Compile, Sequential, Tensor};
    /// let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1).kernel_initializer("ones"));
    /// model.compile(Compile::new().loss("mse"))?;
    /// // The loss is (w·x + b - y)²; its slope in w is 2·x·(w·x + b - y).
    /// let gradients = model.gradients(&Tensor::from([[3.0f32]]), &Tensor::from([[1.0f32]]))?;
    /// assert_eq!((gradients[0].0.as_str(), gradients[0].1.item()), ("dense/kernel", Some(12.0)));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the model is not compiled with a loss, or the data does not fit it.
    pub fn gradients<'a>(
        &mut self,
        x: impl Into<Inputs<'a>>,
        y: impl Into<Inputs<'a>>,
    ) -> Result<Vec<(String, Tensor)>> {
        let samples = self.samples(&x.into(), &y.into(), None)?;
        let measures = self.measures(&samples)?;
        let key = StepKey {
            mode: Mode::Train,
            x: samples.x.iter().map(|tensor| batch_of(tensor, samples.rows)).collect(),
            y: samples.y.iter().map(|tensor| batch_of(tensor, samples.rows)).collect(),
            weights: vec![None; samples.y.len()],
        };
        let tick = Tick { seed: self.seed, ..Tick::default() };
        let Model { built, workspace, .. } = self;
        let Some(Built { network, state }) = built.get_mut() else {
            return Err(Error::model("the model is not built"));
        };
        let graph = Recipe { network, measures: Some(&measures), optimizer: None }.gradients(&key)?;
        let step = StepPlan::new(Plan::new(&graph)?)?;
        let mut feeds = Feeds::new(&step);
        feeds.fill(&step, &samples, &Batch::Range(0..samples.rows), tick)?;
        // Variables are read, not written: the plan has no updates.
        enter_pool(|| step.run(workspace, state, &feeds.tensors))?;
        let paths = network.trained().map(|(path, weight)| (path.clone(), weight.shape.clone()));
        paths
            .enumerate()
            .map(|(at, (path, shape))| {
                let mut gradient = Tensor::zeros(shape, DType::F32);
                step.plan.read_output(workspace, at, gradient.as_mut_slice::<f32>()?)?;
                Ok((path, gradient))
            })
            .collect()
    }
}
