//! `LecunNormal`: normally distributed weights as LeCun proposed.

use super::variance_scaling::scaled;

scaled! {
    /// Numbers spread normally, cut off, with standard deviation `√(1 / fan_in)`: for layers under `selu`.
    ///
    /// Source: <https://keras.io/api/layers/initializers/#lecunnormal-class> and
    /// [Klambauer et al., 2017](https://arxiv.org/abs/1706.02515).
    ///
    /// ```
    /// use cornu::initializers::{Initializer, LecunNormal};
    /// let kernel = LecunNormal::new().call(&[300, 200], 42, "dense/kernel")?.to_vec::<f32>();
    /// let variance = kernel.iter().map(|value| value * value).sum::<f32>() / 60_000.0;
    /// assert!((variance * 300.0 - 1.0).abs() < 0.05);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    LecunNormal = 1.0, FanIn, TruncatedNormal
}
