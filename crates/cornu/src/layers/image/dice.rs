//! Random numbers for images.

use crate::Dim;
use crate::graph::Var;
use crate::layers::Call;

/// What a layer draws its random numbers with. Outside of training there are none.
#[derive(Clone, Copy)]
pub struct Dice<'c, 'a, 'g> {
    cx: &'c Call<'a, 'g>,
    seed: Option<u64>,
    batch: Dim,
    /// What comes before the tags, for the parts of a layer.
    part: &'static str,
}

impl<'c, 'a, 'g> Dice<'c, 'a, 'g> {
    /// For a batch of so many images.
    pub(super) fn new(cx: &'c Call<'a, 'g>, seed: Option<u64>, batch: Dim) -> Self {
        Dice { cx, seed, batch, part: "" }
    }

    /// For a part of the layer.
    pub(super) fn of_part(self, part: &'static str) -> Self {
        Dice { part, ..self }
    }

    /// Numbers between two others, `[low, high)`, in this shape.
    pub(super) fn between(&self, tag: &str, [low, high]: [f64; 2], shape: Vec<Dim>) -> Option<Var<'g>> {
        let uniform = self.cx.uniform(&format!("{}{tag}", self.part), self.seed, shape)?;
        Some(if [low, high] == [0.0, 1.0] { uniform } else { uniform * (high - low) + low })
    }

    /// A number between two others for each image, as (batch, 1, 1, 1).
    pub(super) fn each(&self, tag: &str, range: [f64; 2]) -> Option<Var<'g>> {
        self.between(tag, range, vec![self.batch, Some(1), Some(1), Some(1)])
    }

    /// 1 or -1 for each image, each half of the time, as (batch, 1, 1, 1).
    pub(super) fn sign(&self, tag: &str) -> Option<Var<'g>> {
        let uniform = self.each(tag, [0.0, 1.0])?;
        Some(uniform.greater(0.5).select(uniform.constant(-1.0), 1.0))
    }

    /// Whether something happens to each image, with a probability that is itself drawn, as (batch, 1, 1, 1).
    pub(super) fn happens(&self, probability: [f64; 2]) -> Option<Var<'g>> {
        let probability = self.each("probability", probability)?;
        Some(self.each("threshold", [0.0, 1.0])?.less(probability))
    }

    /// Normally distributed numbers of mean 0 and variance 1.
    pub(super) fn normal(&self, tag: &str, shape: Vec<Dim>) -> Option<Var<'g>> {
        self.cx.normal(tag, self.seed, shape)
    }
}
