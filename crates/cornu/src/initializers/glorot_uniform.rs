//! `GlorotUniform`: evenly distributed weights as Glorot and Bengio proposed.

use super::variance_scaling::scaled;

scaled! {
    /// Numbers spread evenly within `±√(6 / (fan_in + fan_out))`: the default of most kernels.
    ///
    /// Source: <https://keras.io/api/layers/initializers/#glorotuniform-class> and
    /// [Glorot and Bengio, 2010](http://proceedings.mlr.press/v9/glorot10a.html).
    ///
    /// ```
    /// use cornu::initializers::{Initializer, GlorotUniform};
    /// let kernel = GlorotUniform::new().call(&[300, 200], 42, "dense/kernel")?.to_vec::<f32>();
    /// let variance = kernel.iter().map(|value| value * value).sum::<f32>() / 60_000.0;
    /// assert!((variance * 250.0 - 1.0).abs() < 0.05);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    GlorotUniform = 1.0, FanAvg, Uniform
}
