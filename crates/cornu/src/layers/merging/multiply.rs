//! `Multiply`: the product of its inputs.

use super::merge::{beside, merging_layer};
use crate::graph::Var;
use crate::layers::masks::union;

merging_layer! {
    /// The product of its inputs, element by element. An element that a mask leaves out counts as 1; the result is 0 where
    /// all are left out.
    ///
    /// Inputs broadcast against each other behind the batch axis; one of lower rank gets axes of length 1 there.
    ///
    /// Source: <https://keras.io/api/layers/merging_layers/multiply/>.
    ///
    /// ```
    /// use cornu::layers::{Multiply, Input};
    /// use cornu::{Connect, Model};
    /// let (a, b) = (Input::new([4, 3]).tensor(), Input::new([3]).tensor());
    /// let model = Model::new([&a, &b], Multiply::new().on([&a, &b]))?;
    /// assert_eq!(model.output_shape()?.to_string(), "(None, 4, 3)");
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Multiply, multiply
}

fn multiply<'g>(inputs: Vec<Var<'g>>, masks: Vec<Option<Var<'g>>>) -> Option<Var<'g>> {
    let masks: Vec<Option<Var<'g>>> =
        inputs.iter().zip(masks).map(|(x, mask)| mask.map(|mask| beside(mask, *x))).collect();
    let counted = inputs.into_iter().zip(&masks).map(|(x, mask)| mask.map_or(x, |mask| mask.select(x, 1.0)));
    let product = counted.reduce(|a, b| a * b)?;
    Some(union(&masks).map_or(product, |mask| mask.select(product, 0.0)))
}
