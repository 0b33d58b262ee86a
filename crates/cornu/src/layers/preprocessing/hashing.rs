//! `Hashing`: strings and integers in bins by their hash.

use super::encoding::{Mode, check_dense, encode};
use super::{OutputMode, Salt};
use crate::data::Data;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Ahead, Base, Call, Layer, Outputs, Spec};
use crate::registry::{Fields, Given, either};
use crate::{DType, Result, Tensor};

/// The bin of each string or integer, of `num_bins`, by a hash of it that is TensorFlow's: FarmHash64, or SipHash-2-4
/// with a `salt`. Integers are hashed as their decimal digits. Nothing is learned, and several may share a bin.
///
/// The result is `int64`, or `float32` vectors as [`OutputMode`] says.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/categorical/hashing/>.
///
/// ```
/// use cornu::layers::{Hashing, Layer};
/// use cornu::Tensor;
/// let layer = Hashing::new(3);
/// assert_eq!(layer.apply([["A"], ["B"], ["C"]])?, Tensor::from([[1i64], [0], [1]]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = Hashing::new(0), settle = Self::settle)]
pub struct Hashing {
    #[fields(flatten)]
    base: Base,
    #[fields(required)]
    num_bins: usize,
    salt: Option<Salt>,
    mask_value: Option<Value>,
    output_mode: OutputMode,
    sparse: bool,
}

/// A string or an integer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Integer(i64),
    Text(String),
}

either! { Value: "an integer or a string", Integer(i64) | Text(String) }

const MODES: [Mode; 4] = [Mode::Int, Mode::OneHot, Mode::MultiHot, Mode::Count];

impl Hashing {
    /// A layer of so many bins.
    pub fn new(num_bins: usize) -> Self {
        Hashing {
            base: Base::default(),
            num_bins,
            salt: None,
            mask_value: None,
            output_mode: "int".into(),
            sparse: false,
        }
        .output_mode("int")
    }

    layer_base!(setters);

    /// `"int"` (the default), `"one_hot"`, `"multi_hot"` or `"count"`.
    #[must_use]
    pub fn output_mode(mut self, mode: impl Into<OutputMode>) -> Self {
        self.output_mode = mode.into();
        self.base.dtype = self.output_mode.dtype();
        self
    }

    fn settle(&mut self, given: &mut Given<'_>) -> Result<(), String> {
        if !given.has("dtype") {
            self.base.dtype = self.output_mode.dtype();
        }
        Ok(())
    }

    /// The string that stands for nothing: it alone is in bin 0.
    #[must_use]
    pub fn mask_value(mut self, value: impl Into<String>) -> Self {
        self.mask_value = Some(Value::Text(value.into()));
        self
    }

    /// The integer that stands for nothing: it alone is in bin 0.
    #[must_use]
    pub fn mask_integer(mut self, value: i64) -> Self {
        self.mask_value = Some(Value::Integer(value));
        self
    }

    crate::setters! {
        /// The key of the hash, which is SipHash then.
        salt: some into Salt;
        /// Whether the result is sparse, which Cornu's tensors are not: it must stay false.
        sparse: bool;
    }

    fn bins(&self, data: &Data) -> Result<Vec<i64>, String> {
        let masked = self.mask_value.is_some() && self.num_bins > 1;
        let bins = (self.num_bins - usize::from(masked)) as u64;
        let bin = |bytes: &[u8], is_mask: bool| match (masked, is_mask) {
            (true, true) => 0,
            _ => (Salt::bin(self.salt, bytes, bins) + u64::from(masked)) as i64,
        };
        match (data, &self.mask_value) {
            (Data::Strings(_), Some(Value::Integer(mask))) if masked => {
                Err(format!("expects integers, such as its mask_value {mask}, got strings"))
            }
            (Data::Numbers(_), Some(Value::Text(mask))) if masked => {
                Err(format!("expects strings, such as its mask_value {mask:?}, got numbers"))
            }
            (Data::Strings(strings), mask) => {
                let is_mask = |text: &String| matches!(mask, Some(Value::Text(mask)) if mask == text);
                Ok(strings.as_slice().iter().map(|text| bin(text.as_bytes(), is_mask(text))).collect())
            }
            (Data::Numbers(numbers), mask) => {
                let is_mask = |number: i64| matches!(mask, Some(Value::Integer(mask)) if *mask == number);
                let numbers = numbers.to_vec::<i64>().into_iter();
                Ok(numbers.map(|number| bin(number.to_string().as_bytes(), is_mask(number))).collect())
            }
        }
    }
}

impl Layer for Hashing {
    layer_base!();

    fn has_build(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        check_dense(self.sparse)?;
        if self.num_bins == 0 {
            return Err("needs num_bins of at least 1, got 0".into());
        }
        let integral = matches!(self.base.dtype.0.as_str(), "int32" | "int64");
        if self.output_mode.mode(&MODES)? == Mode::Int && !integral {
            return Err(format!(
                "gives integers: its dtype must be int32 or int64, got {}",
                self.base.dtype.0
            ));
        }
        Ok(())
    }

    fn ahead(&self) -> Option<&dyn Ahead> {
        Some(self)
    }

    fn reads_integers(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let mode = self.output_mode.mode(&MODES).map_err(|message| cx.error(message))?;
        Ok(encode(inputs[0], mode, self.num_bins, None).into())
    }
}

impl Ahead for Hashing {
    fn specs(&self, inputs: &[Spec]) -> Result<Vec<Spec>> {
        let [Spec { shape, .. }] = inputs else {
            return Err((self as &dyn Layer).error("reads one input"));
        };
        Ok(vec![Spec { shape: shape.clone(), dtype: Some(DType::I64) }])
    }

    fn prepare(&self, inputs: &[Data]) -> Result<Vec<Data>> {
        let this: &dyn Layer = self;
        let [data] = inputs else { return Err(this.error("reads one input")) };
        let bins = self.bins(data).map_err(|message| this.error(message))?;
        Ok(vec![Tensor::new(bins, data.shape())?.into()])
    }

    fn input_dtype(&self) -> &'static str {
        "string"
    }
}
