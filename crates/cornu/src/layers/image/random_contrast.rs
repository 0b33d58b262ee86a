//! `RandomContrast`: colours farther from their mean or nearer to it.

use super::dice::Dice;
use super::random_color::{Adjustment, RandomColor};
use crate::graph::Var;

/// What [`RandomContrast`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contrast {}

/// Changes contrasts: `(x - mean) * factor + mean` with the mean of each channel of an image and a factor drawn from
/// `1 - lower` to `1 + upper` for factors `(lower, upper)` between 0 and 1; one number is the upper one, and 0 the
/// lower. See [`RandomColor`].
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/>.
pub type RandomContrast = RandomColor<Contrast>;

impl Adjustment for Contrast {
    const BOUNDS: [f64; 2] = [0.0, 1.0];
    const ASCENDING: bool = false;

    fn adjust<'g>(
        x: Var<'g>,
        dice: Dice<'_, '_, 'g>,
        [lower, upper]: [f64; 2],
        values: [f64; 2],
    ) -> Option<Var<'g>> {
        let factor = dice.each("factor", [1.0 - lower, 1.0 + upper])?;
        let mean = x.mean(&[1, 2], true);
        Some(((x - mean) * factor + mean).clip(values[0], values[1]))
    }
}
