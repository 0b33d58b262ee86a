//! `RandomSaturation`: colours made stronger or paler.

use super::color::in_hsv;
use super::dice::Dice;
use super::random_color::{Adjustment, RandomColor};
use crate::graph::Var;

/// What [`RandomSaturation`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saturation {}

/// Multiplies saturations: factor 0 is grey, 0.5 leaves them, 1 is as strong as can be. See [`RandomColor`].
///
/// What Keras' page does not say: one number is drawn from on both sides of 0, and the saturation, of 0 to 1, is limited
/// by `value_range`, which cuts nothing off when that is 0 to 255.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_saturation/>.
pub type RandomSaturation = RandomColor<Saturation>;

/// `keras.backend.epsilon()`.
const EPSILON: f64 = 1e-7;

impl Adjustment for Saturation {
    const BOUNDS: [f64; 2] = [-1.0, 1.0];
    const ASCENDING: bool = true;
    const CHANNELS: &'static [usize] = &[3];

    fn adjust<'g>(
        x: Var<'g>,
        dice: Dice<'_, '_, 'g>,
        factor: [f64; 2],
        [low, high]: [f64; 2],
    ) -> Option<Var<'g>> {
        let factor = dice.each("factor", factor)?;
        let times = factor / (1.0 - factor + EPSILON);
        Some(in_hsv(x, |[hue, saturation, value]| [hue, (saturation * times).clip(low, high), value]))
    }
}
