//! `IntegerLookup`: integers of a vocabulary as numbers from 0 on.

use super::lookup::{Lookup, Token};
use super::salt::Salt;
use crate::data::Data;
use crate::{DType, Result, Tensor};

/// Integers, however large, as their numbers in a vocabulary, or as vectors; a [`Lookup`].
///
/// An `Input` before it needs the dtype `"int64"` for integers that `float32` cannot hold.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/>.
///
/// ```
/// use cornu::layers::{IntegerLookup, Layer};
/// use cornu::Tensor;
/// let layer = IntegerLookup::new().vocabulary([12, 36, 1138, 42]);
/// assert_eq!(layer.apply(Tensor::from([[12i64, 1138], [1000, 36]]))?, Tensor::from([[1i64, 3], [0, 2]]));
/// let mut learned = IntegerLookup::new();
/// learned.adapt(Tensor::from([3i64, 7, 7]))?;
/// assert_eq!(learned.get_vocabulary(true), [-1, 7, 3]);
/// # Ok::<(), cornu::Error>(())
/// ```
pub type IntegerLookup = Lookup<i64>;

impl Token for i64 {
    const ELEMENT: Option<DType> = Some(DType::I64);
    const PLURAL: &'static str = "integers";

    fn unknown() -> Self {
        -1
    }

    fn parse(line: &str) -> Result<Self, String> {
        line.trim().parse().map_err(|_| format!("`{line}` is no integer"))
    }

    fn bin(&self, bins: u64, farmhash: bool, salt: Option<Salt>) -> u64 {
        match farmhash {
            true => Salt::bin(salt, self.to_string().as_bytes(), bins),
            false => self.rem_euclid(bins as i64) as u64,
        }
    }

    fn visit(data: &Data, visit: &mut dyn FnMut(&Self)) -> bool {
        let Some(tensor) = data.tensor() else { return false };
        tensor.to_vec::<i64>().iter().for_each(visit);
        true
    }

    fn collect(tokens: Vec<Self>, shape: &[usize]) -> Result<Data> {
        Ok(Tensor::new(tokens, shape)?.into())
    }
}
