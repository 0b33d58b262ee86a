//! `Maximum`: the largest of its inputs.

use super::merge::{fold_unmasked, merging_layer};

merging_layer! {
    /// The largest of its inputs, element by element. An element that a mask leaves out does not take part.
    ///
    /// Inputs broadcast against each other behind the batch axis; one of lower rank gets axes of length 1 there.
    ///
    /// Source: <https://keras.io/api/layers/merging_layers/maximum/>.
    ///
    /// ```
    /// use cornu::layers::{Maximum, Input};
    /// use cornu::{Connect, Model};
    /// let (a, b) = (Input::new([4, 3]).tensor(), Input::new([3]).tensor());
    /// let model = Model::new([&a, &b], Maximum::new().on([&a, &b]))?;
    /// assert_eq!(model.output_shape()?.to_string(), "(None, 4, 3)");
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Maximum, |inputs, masks| fold_unmasked(inputs, masks, |a, b| a.maximum(b))
}
