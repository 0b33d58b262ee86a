//! `LecunUniform`: evenly distributed weights as LeCun proposed.

use super::variance_scaling::scaled;

scaled! {
    /// Numbers spread evenly within `±√(3 / fan_in)`.
    ///
    /// Source: <https://keras.io/api/layers/initializers/#lecununiform-class> and
    /// [Klambauer et al., 2017](https://arxiv.org/abs/1706.02515).
    ///
    /// ```
    /// use cornu::initializers::{Initializer, LecunUniform};
    /// let kernel = LecunUniform::new().call(&[300, 200], 42, "dense/kernel")?.to_vec::<f32>();
    /// let variance = kernel.iter().map(|value| value * value).sum::<f32>() / 60_000.0;
    /// assert!((variance * 300.0 - 1.0).abs() < 0.05);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    LecunUniform = 1.0, FanIn, Uniform
}
