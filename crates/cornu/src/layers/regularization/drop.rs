//! What the layers share that set a random part of a value to zero.

use crate::graph::Var;
use crate::layers::Call;
use crate::{Dim, Result, Shape};

/// Says what is wrong with a part that is to be dropped.
pub(in crate::layers) fn check_rate(name: &str, rate: f64) -> Result<(), String> {
    if (0.0..=1.0).contains(&rate) {
        Ok(())
    } else {
        Err(format!("expects a {name} between 0 and 1, got {rate}"))
    }
}

/// The shape of a mask that is repeated over an input: `None` in the noise takes the input's length.
pub(super) fn mask_shape(cx: &Call<'_, '_>, noise: Option<&[Option<usize>]>, input: &Shape) -> Result<Shape> {
    let Some(noise) = noise else { return Ok(input.clone()) };
    let dims: Vec<Dim> = noise.iter().zip(input.dims()).map(|(noise, input)| noise.or(*input)).collect();
    let shape = Shape::from(dims);
    match shape.broadcast(input) {
        Some(joint) if noise.len() == input.rank() && joint == *input => Ok(shape),
        _ => Err(cx.error(format!("cannot repeat a mask of shape {shape} over its input {input}"))),
    }
}

/// In training, `x` with a part `rate` of the elements of a mask of this shape set to zero and the others divided by
/// `1 - rate`, so that the expected sum stays.
pub(in crate::layers) fn drop<'g>(
    cx: &Call<'_, 'g>,
    x: Var<'g>,
    rate: f64,
    seed: Option<u64>,
    mask: Shape,
) -> Var<'g> {
    if rate == 0.0 || !cx.training() {
        return x;
    }
    if rate == 1.0 {
        return x.zeros_like();
    }
    let Some(uniform) = cx.uniform("dropout", seed, mask) else { return x };
    uniform.greater_equal(rate).select(x * (1.0 / (1.0 - rate)), 0.0)
}
