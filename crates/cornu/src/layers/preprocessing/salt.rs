//! `Salt`: the key of a hash.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::hash::{farmhash, siphash};

/// The key of SipHash: two numbers, or one for both.
///
/// ```
/// use cornu::layers::Salt;
/// assert_eq!(Salt::from(7), Salt::from([7, 7]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let pair = || serde_json::from_value::<[u64; 2]>(value.clone()).ok().map(Salt);
        let found = value.as_u64().map(Salt::from).or_else(pair);
        found.ok_or_else(|| D::Error::custom(format!("expects a number or two, not negative, got {value}")))
    }
}
