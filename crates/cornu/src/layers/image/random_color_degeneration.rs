//! `RandomColorDegeneration`: colours made paler.

use super::color::grey;
use super::dice::Dice;
use super::random_color::{Adjustment, RandomColor};
use crate::graph::Var;

/// What [`RandomColorDegeneration`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorDegeneration {}

/// Blends colours with their grey: factor 0 leaves them, 1 is grey. One number is drawn from on both sides of 0, and
/// below 0 colours become stronger, as in Keras. See [`RandomColor`].
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_degeneration/>.
pub type RandomColorDegeneration = RandomColor<ColorDegeneration>;

impl Adjustment for ColorDegeneration {
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
        Some((x + factor * (grey(x) - x)).clip(low, high))
    }
}
