//! `RandomInvert`: the negatives of images.

use super::dice::Dice;
use super::random_color::{Adjustment, RandomColor};
use crate::graph::Var;

/// What [`RandomInvert`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invert {}

/// Takes values from the largest one, with a probability that is itself drawn for each image: from 0 to one number, or
/// between two. See [`RandomColor`].
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_invert/>.
pub type RandomInvert = RandomColor<Invert>;

impl Adjustment for Invert {
    const BOUNDS: [f64; 2] = [0.0, 1.0];
    const FACTOR: f64 = 1.0;
    const ASCENDING: bool = false;

    fn adjust<'g>(x: Var<'g>, dice: Dice<'_, '_, 'g>, factor: [f64; 2], values: [f64; 2]) -> Option<Var<'g>> {
        Some(dice.happens(factor)?.select(values[1] - x, x))
    }
}
