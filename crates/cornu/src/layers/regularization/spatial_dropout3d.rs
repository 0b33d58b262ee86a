//! `SpatialDropout3D`: whole channels are set to zero in training.

use super::spatial::spatial_dropout;

spatial_dropout! {
    /// [`Dropout`](super::Dropout) of whole channels of `(batch, x, y, z, channels)`: neighbours in one tell much the same, so that
    /// dropping single elements would drop little.
    ///
    /// Source: Tompson et al. 2014; <https://keras.io/api/layers/regularization_layers/spatial_dropout3d/>.
    ///
    /// ```
    /// use cornu::layers::SpatialDropout3D;
    /// let layer = SpatialDropout3D::new(0.2);
    /// ```
    SpatialDropout3D, 3, data_format: Some("channels_last"), data_format
}
