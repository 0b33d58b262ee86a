//! `Average`: the mean of its inputs.

use super::merge::merging_layer;

merging_layer! {
    /// The mean of its inputs, element by element.
    ///
    /// Inputs broadcast against each other behind the batch axis; one of lower rank gets axes of length 1 there.
    ///
    /// Source: <https://keras.io/api/layers/merging_layers/average/>.
    ///
    /// ```
    /// use cornu::layers::{Average, Input};
    /// use cornu::{Connect, Model};
    /// let (a, b) = (Input::new([4, 3]).tensor(), Input::new([3]).tensor());
    /// let model = Model::new([&a, &b], Average::new().on([&a, &b]))?;
    /// assert_eq!(model.output_shape()?.to_string(), "(None, 4, 3)");
    /// # Ok::<(), cornu::Error>(())
    /// ```
    Average, |inputs, _| {
        let count = inputs.len() as f64;
        inputs.into_iter().reduce(|a, b| a + b).map(|sum| sum / count)
    }
}
