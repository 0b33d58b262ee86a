//! Colours: grey, hue and saturation.

use crate::graph::Var;

/// How much red, green and blue count for the eye.
const GREY: [f64; 3] = [0.2989, 0.5870, 0.1140];

/// The channels of images `(batch, rows, columns, channels)`, one by one.
fn channels(x: Var<'_>) -> [Var<'_>; 3] {
    [0, 1, 2].map(|channel| x.slice(3, channel, channel + 1))
}

/// Colours as a single channel. Images of one channel are grey already.
pub(super) fn grey(x: Var<'_>) -> Var<'_> {
    if x.shape()[3] == Some(1) {
        return x;
    }
    let [red, green, blue] = channels(x);
    red * GREY[0] + green * GREY[1] + blue * GREY[2]
}

/// Applies a function of hue (0 to 1), saturation (0 to 1) and value to the colours of images.
pub(super) fn in_hsv<'g>(x: Var<'g>, change: impl FnOnce([Var<'g>; 3]) -> [Var<'g>; 3]) -> Var<'g> {
    let [red, green, blue] = channels(x);
    let value = red.maximum(green).maximum(blue);
    let range = value - red.minimum(green).minimum(blue);
    // Nothing is divided by 0: what would be is not taken.
    let above_zero = |x: Var<'g>| x.greater(0.0).select(x, 1.0);
    let saturation = value.greater(0.0).select(range / above_zero(value), 0.0);
    let sixth = above_zero(range).reciprocal() * (1.0 / 6.0);
    let from_green =
        value.equal(green).select((blue - red) * sixth + 2.0 / 6.0, (red - green) * sixth + 4.0 / 6.0);
    let hue = value.equal(red).select((green - blue) * sixth, from_green);
    let hue = range.greater(0.0).select(hue, 0.0);
    let hue = hue.less(0.0).select(hue + 1.0, hue);

    let [hue, saturation, value] = change([hue, saturation, value]);
    let sixths = hue * 6.0;
    let parts = [(sixths - 3.0).abs() - 1.0, 2.0 - (sixths - 2.0).abs(), 2.0 - (sixths - 4.0).abs()];
    let mixed = parts.map(|part| (1.0 - saturation + saturation * part.clip(0.0, 1.0)) * value);
    x.builder().concat(&mixed, 3)
}

/// Values of one range moved to another.
pub(super) fn to_range(x: Var<'_>, from: [f64; 2], to: [f64; 2]) -> Var<'_> {
    if from == to {
        return x;
    }
    (x - from[0]) / (from[1] - from[0]) * (to[1] - to[0]) + to[0]
}
