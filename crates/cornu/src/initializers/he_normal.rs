//! `HeNormal`: normally distributed weights as He et al. proposed.

use super::variance_scaling::scaled;

scaled! {
    /// Numbers spread normally, cut off, with standard deviation `√(2 / fan_in)`: for layers under `relu`.
    ///
    /// Source: <https://keras.io/api/layers/initializers/#henormal-class> and
    /// [He et al., 2015](https://arxiv.org/abs/1502.01852).
    ///
    /// ```
    /// use cornu::initializers::{Initializer, HeNormal};
    /// let kernel = HeNormal::new().call(&[300, 200], 42, "dense/kernel")?.to_vec::<f32>();
    /// let variance = kernel.iter().map(|value| value * value).sum::<f32>() / 60_000.0;
    /// assert!((variance * 150.0 - 1.0).abs() < 0.05);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    HeNormal = 2.0, FanIn, TruncatedNormal
}
