//! `RandomBrightness`: images made lighter or darker.

use super::dice::Dice;
use super::random_color::{Adjustment, RandomColor};
use crate::graph::Var;

/// What [`RandomBrightness`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brightness {}

/// Adds a part, drawn between factors of -1 to 1, of the whole range of values to images. See [`RandomColor`].
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/>.
pub type RandomBrightness = RandomColor<Brightness>;

impl Adjustment for Brightness {
    const BOUNDS: [f64; 2] = [-1.0, 1.0];
    const ASCENDING: bool = true;

    fn adjust<'g>(
        x: Var<'g>,
        dice: Dice<'_, '_, 'g>,
        factor: [f64; 2],
        [low, high]: [f64; 2],
    ) -> Option<Var<'g>> {
        let added = dice.each("factor", factor)? * (high - low);
        Some((x + added).clip(low, high))
    }
}
