//! `SpatialDropout1D`: whole channels are set to zero in training.

use super::spatial::spatial_dropout;

spatial_dropout! {
    /// [`Dropout`](super::Dropout) of whole channels of `(batch, steps, channels)`: neighbours in one tell much the same, so that
    /// dropping single elements would drop little.
    ///
    /// Source: Tompson et al. 2014; <https://keras.io/api/layers/regularization_layers/spatial_dropout1d/>.
    ///
    /// ```
    /// use cornu::layers::SpatialDropout1D;
    /// let layer = SpatialDropout1D::new(0.2);
    /// ```
    SpatialDropout1D, 1, data_format: None
}
