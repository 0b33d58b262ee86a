//! `Identity`: the identity matrix.

use super::Initializer;
use super::draw::filled;
use crate::registry::Fields;
use crate::{Error, Result, Tensor};

/// Matrices with `gain` on the diagonal, 0 elsewhere.
///
/// Source: <https://keras.io/api/layers/initializers/#identity-class>. Keras leaves `gain` out of the config, and
/// so loses it; here it is left out only when it is 1.
///
/// ```
/// use cornu::{Tensor, initializers::{Identity, Initializer}};
/// let kernel = Identity::new().gain(2.0).call(&[2, 3], 42, "dense/kernel")?;
/// assert_eq!(kernel, Tensor::from([[2.0f32, 0.0, 0.0], [0.0, 2.0, 0.0]]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Identity {
    #[fields(omit_if = is_one)]
    gain: f64,
}

fn is_one(gain: &f64) -> bool {
    *gain == 1.0
}

impl Default for Identity {
    fn default() -> Self {
        Identity { gain: 1.0 }
    }
}

impl Identity {
    /// The identity matrix.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The factor on the matrix (default 1).
        gain: f64;
    }
}

impl Initializer for Identity {
    fn call(&self, shape: &[usize], _seed: u64, _path: &str) -> Result<Tensor> {
        let &[_, columns] = shape else {
            return Err(Error::argument(
                "initializer `Identity`",
                format!("makes matrices only, not a weight of shape {shape:?}"),
            ));
        };
        filled(shape, |out| {
            let rows = out.chunks_exact_mut(columns.max(1));
            rows.zip(0..columns).for_each(|(row, at)| row[at] = self.gain as f32);
        })
    }
}
