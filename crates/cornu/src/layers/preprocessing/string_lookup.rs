//! `StringLookup`: strings of a vocabulary as numbers from 0 on.

use super::lookup::{Lookup, Token};
use super::salt::Salt;
use crate::data::{Data, StringTensor};
use crate::layers::{Ahead, Layer};
use crate::{DType, Result, Tensor};

/// Strings as their numbers in a vocabulary, or as vectors; a [`Lookup`].
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/>.
///
/// ```
/// use cornu::layers::{Layer, StringLookup};
/// use cornu::Tensor;
/// let layer = StringLookup::new().vocabulary(["a", "b", "c"]);
/// assert_eq!(layer.apply([["a", "c"], ["d", "b"]])?, Tensor::from([[1i64, 3], [0, 2]]));
/// let mut learned = StringLookup::new().output_mode("count");
/// learned.adapt(["z", "y", "y"])?;
/// assert_eq!(learned.get_vocabulary(true), ["[UNK]", "y", "z"]);
/// assert_eq!(learned.apply([["y", "y", "x"]])?, Tensor::from([[1.0f32, 2.0, 0.0]]));
/// # Ok::<(), cornu::Error>(())
/// ```
pub type StringLookup = Lookup<String>;

impl StringLookup {
    /// The tokens of numbers, which is what an [inverted](Lookup::invert) layer gives.
    ///
    /// ```
    /// use cornu::layers::StringLookup;
    /// use cornu::{StringTensor, Tensor};
    /// let layer = StringLookup::new().vocabulary(["a", "b"]).invert(true);
    /// assert_eq!(layer.strings(&Tensor::from([2i64, 0]))?, StringTensor::from(["b", "[UNK]"]));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the layer is not inverted, or has no vocabulary.
    pub fn strings(&self, numbers: &Tensor) -> Result<StringTensor> {
        match self.prepare(&[numbers.into()])?.as_slice() {
            [Data::Strings(strings)] => Ok(strings.clone()),
            _ => Err((self as &dyn Layer).error("gives numbers of strings unless it is inverted")),
        }
    }
}

impl Token for String {
    const ELEMENT: Option<DType> = None;
    const PLURAL: &'static str = "strings";

    fn unknown() -> Self {
        "[UNK]".into()
    }

    fn parse(line: &str) -> Result<Self, String> {
        Ok(line.into())
    }

    fn bin(&self, bins: u64, _farmhash: bool, salt: Option<Salt>) -> u64 {
        Salt::bin(salt, self.as_bytes(), bins)
    }

    fn visit(data: &Data, visit: &mut dyn FnMut(&Self)) -> bool {
        let Some(strings) = data.strings() else { return false };
        strings.as_slice().iter().for_each(visit);
        true
    }

    fn collect(tokens: Vec<Self>, shape: &[usize]) -> Result<Data> {
        Ok(StringTensor::new(tokens, shape)?.into())
    }
}
