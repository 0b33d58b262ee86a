//! Initial values of weights.

mod constant;
mod draw;
mod fans;
mod glorot_normal;
mod glorot_uniform;
mod he_normal;
mod he_uniform;
mod identity;
mod lecun_normal;
mod lecun_uniform;
mod ones;
mod orthogonal;
mod random_normal;
mod random_uniform;
mod stft;
mod truncated_normal;
mod variance_scaling;
mod window;
mod zeros;

pub use constant::Constant;
pub use fans::compute_fans;
pub use glorot_normal::GlorotNormal;
pub use glorot_uniform::GlorotUniform;
pub use he_normal::HeNormal;
pub use he_uniform::HeUniform;
pub use identity::Identity;
pub use lecun_normal::LecunNormal;
pub use lecun_uniform::LecunUniform;
pub use ones::Ones;
pub use orthogonal::Orthogonal;
pub use random_normal::RandomNormal;
pub use random_uniform::RandomUniform;
pub use stft::{STFT, Scaling, Side};
pub use truncated_normal::TruncatedNormal;
pub use variance_scaling::{Distribution, Mode, VarianceScaling};
pub use window::Window;
pub use zeros::Zeros;

use std::sync::Arc;

use crate::registry::{Configured, Family};
use crate::{Result, Tensor};

/// Makes the initial values of a weight.
///
/// ```
/// use cornu::initializers::{HeNormal, Initializer};
/// let kernel = HeNormal::new().seed(1).call(&[300, 100], 0, "dense/kernel")?;
/// assert_eq!(kernel.shape(), [300, 100]);
/// # Ok::<(), cornu::Error>(())
/// ```
pub trait Initializer: Configured {
    /// A `float32` tensor of this shape. Random initializers draw from the stream of numbers that
    /// belongs to `seed` and to `path`, the weight's path in its model, so that adding a layer does not
    /// change the others' weights; an initializer with a seed of its own uses that instead, and gives the
    /// same numbers at every call.
    ///
    /// # Errors
    /// If the shape does not fit the initializer, or is too large for the memory.
    fn call(&self, shape: &[usize], seed: u64, path: &str) -> Result<Tensor>;

    /// What is wrong with the arguments, if anything.
    ///
    /// # Errors
    /// The sentence that goes behind the initializer's name.
    fn check_arguments(&self) -> Result<(), String> {
        Ok(())
    }
}

/// The initializer of this name with its default arguments, as `keras.initializers.get`.
///
/// ```
/// use cornu::initializers;
/// let kernel = initializers::get("he_normal")?.call(&[64, 10], 42, "dense/kernel")?;
/// assert_eq!(kernel.shape(), [64, 10]);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If there is no such initializer.
pub fn get(name: &str) -> Result<Arc<dyn Initializer>> {
    <dyn Initializer>::by_name(name)
}

crate::family! { Initializer, "initializer", "keras.initializers", {
    Constant = "Constant" ["constant"];
    GlorotNormal = "GlorotNormal" ["glorot_normal"];
    GlorotUniform = "GlorotUniform" ["glorot_uniform"];
    HeNormal = "HeNormal" ["he_normal"];
    HeUniform = "HeUniform" ["he_uniform"];
    Identity = "Identity" ["identity", "IdentityInitializer"];
    LecunNormal = "LecunNormal" ["lecun_normal"];
    LecunUniform = "LecunUniform" ["lecun_uniform"];
    Ones = "Ones" ["ones", "one"];
    Orthogonal = "Orthogonal" ["orthogonal", "OrthogonalInitializer"];
    RandomNormal = "RandomNormal" ["random_normal", "normal"];
    RandomUniform = "RandomUniform" ["random_uniform", "uniform"];
    STFT = "STFT" ["stft", "STFTInitializer"];
    TruncatedNormal = "TruncatedNormal" ["truncated_normal"];
    VarianceScaling = "VarianceScaling" ["variance_scaling"];
    Zeros = "Zeros" ["zeros", "zero"];
}
    // Keras 2 wrote it.
    const IGNORED_KEYS: &'static [&'static str] = &["dtype"];

    fn check_arguments(&self) -> Result<(), String> {
        Initializer::check_arguments(self)
    }
}
