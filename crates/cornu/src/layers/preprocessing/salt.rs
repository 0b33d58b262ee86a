//! `Salt`: the key of a hash.

use serde_json::Value;

use super::hash::{farmhash, siphash};
use crate::registry::Argument;

/// The key of SipHash: two numbers, or one for both.
///
/// ```
/// use cornu::layers::Salt;
/// assert_eq!(Salt::from(7), Salt::from([7, 7]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt([u64; 2]);

impl Salt {
    /// The bin of some bytes: by SipHash under this key, or by FarmHash without one.
    pub(super) fn bin(salt: Option<Salt>, bytes: &[u8], bins: u64) -> u64 {
        salt.map_or_else(|| farmhash(bytes), |Salt(key)| siphash(key, bytes)) % bins.max(1)
    }
}

impl From<u64> for Salt {
    fn from(salt: u64) -> Self {
        Salt([salt, salt])
    }
}

impl From<[u64; 2]> for Salt {
    fn from(salt: [u64; 2]) -> Self {
        Salt(salt)
    }
}

impl Argument for Salt {
    fn from_json(value: &Value) -> Result<Self, String> {
        let both = u64::from_json(value).map(Salt::from).or_else(|_| Argument::from_json(value).map(Salt));
        both.map_err(|_| format!("expects a number or two, not negative, got {value}"))
    }

    fn to_json(&self) -> Value {
        self.0.to_json()
    }
}
