//! `RandomSharpness`: images made sharper or softer.

use super::dice::Dice;
use super::random_color::{Adjustment, RandomColor};
use super::smoothing::smoothed;
use crate::Tensor;
use crate::graph::Var;

/// What [`RandomSharpness`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharpness {}

/// Blends images with a smoothed copy: factor 0 is smooth, 0.5 leaves them, 1 is sharper. See [`RandomColor`].
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_sharpness/>.
pub type RandomSharpness = RandomColor<Sharpness>;

/// How much a pixel and its neighbours count.
const KERNEL: [[f32; 3]; 3] = {
    let (neighbour, own) = (1.0 / 13.0, 5.0 / 13.0);
    [[neighbour; 3], [neighbour, own, neighbour], [neighbour; 3]]
};

impl Adjustment for Sharpness {
    const BOUNDS: [f64; 2] = [0.0, 1.0];
    const ASCENDING: bool = true;

    fn adjust<'g>(
        x: Var<'g>,
        dice: Dice<'_, '_, 'g>,
        factor: [f64; 2],
        [low, high]: [f64; 2],
    ) -> Option<Var<'g>> {
        let factor = dice.each("factor", factor)? * 2.0;
        let smooth = smoothed(x, x.builder().constant(Tensor::from(KERNEL)));
        Some((x + (1.0 - factor) * (smooth - x)).clip(low, high))
    }
}
