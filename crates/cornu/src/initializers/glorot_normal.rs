//! `GlorotNormal`: normally distributed weights as Glorot and Bengio proposed.

use super::variance_scaling::scaled;

scaled! {
    /// Numbers spread normally, cut off, with standard deviation `√(2 / (fan_in + fan_out))`.
    ///
    /// Source: <https://keras.io/api/layers/initializers/#glorotnormal-class> and
    /// [Glorot and Bengio, 2010](http://proceedings.mlr.press/v9/glorot10a.html).
    ///
    /// ```
    /// use cornu::initializers::{Initializer, GlorotNormal};
    /// let kernel = GlorotNormal::new().call(&[300, 200], 42, "dense/kernel")?.to_vec::<f32>();
    /// let variance = kernel.iter().map(|value| value * value).sum::<f32>() / 60_000.0;
    /// assert!((variance * 250.0 - 1.0).abs() < 0.05);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    GlorotNormal = 1.0, FanAvg, TruncatedNormal
}
