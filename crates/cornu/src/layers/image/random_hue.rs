//! `RandomHue`: colours turned on the circle of hues.

use super::color::{in_hsv, to_range};
use super::dice::Dice;
use super::random_color::{Adjustment, RandomColor};
use crate::graph::Var;

/// What [`RandomHue`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hue {}

/// Moves hues by half a factor between 0 and 1, in one direction or the other: 0 leaves them, 1 turns them into their
/// opposites. See [`RandomColor`].
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_hue/>.
pub type RandomHue = RandomColor<Hue>;

impl Adjustment for Hue {
    const BOUNDS: [f64; 2] = [0.0, 1.0];
    const ASCENDING: bool = false;
    const CHANNELS: &'static [usize] = &[3];

    fn adjust<'g>(x: Var<'g>, dice: Dice<'_, '_, 'g>, factor: [f64; 2], values: [f64; 2]) -> Option<Var<'g>> {
        let turn = dice.sign("sign")? * dice.each("factor", factor)? * 0.5;
        let turned = in_hsv(to_range(x, values, [0.0, 1.0]), |[hue, saturation, value]| {
            let hue = hue + turn;
            let hue = hue.greater(1.0).select(hue - 1.0, hue);
            [hue.less(0.0).select(hue + 1.0, hue), saturation, value]
        });
        Some(to_range(turned.clip(0.0, 1.0), [0.0, 1.0], values))
    }
}
