//! `HashedCrossing`: combinations of categories in bins by their hash.

use std::ops::RangeInclusive;

use super::OutputMode;
use super::encoding::{Mode, check_dense, encode};
use super::hash::{cross, farmhash};
use crate::data::Data;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Ahead, Base, Call, Layer, Outputs, SEVERAL, Spec};
use crate::registry::{Fields, Given};
use crate::{DType, Result, Tensor};

/// The bin of each combination of two or more categories, strings or integers, by a hash of all of them that is
/// TensorFlow's.
///
/// Inputs are of one shape, `(batch)` or `(batch, 1)`. The result is `int64`, or `float32` vectors in mode `"one_hot"`.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/>.
///
/// ```
/// use cornu::layers::{HashedCrossing, alone};
/// use cornu::{Data, Tensor};
/// let (city, zone) = (Data::from(["A", "B", "A"]), Tensor::from([101i64, 101, 101]));
/// let crossed = alone::apply(&HashedCrossing::new(5), &[city, zone.into()], &[])?;
/// assert_eq!(crossed, [Data::from(Tensor::from([1i64, 4, 1]))]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(
    start = HashedCrossing::new(0),
    settle = Self::settle,
    order(num_bins, output_mode, sparse, base.name, dtype: base.dtype.0),
)]
pub struct HashedCrossing {
    base: Base,
    #[fields(required)]
    num_bins: usize,
    output_mode: OutputMode,
    sparse: bool,
}

const MODES: [Mode; 2] = [Mode::Int, Mode::OneHot];

/// The key by which TensorFlow's hash of a combination begins.
const KEY: u64 = 0xDECAFCAFFE;

impl HashedCrossing {
    /// A layer of so many bins.
    pub fn new(num_bins: usize) -> Self {
        HashedCrossing { base: Base::default(), num_bins, output_mode: "int".into(), sparse: false }
            .output_mode("int")
    }

    layer_base!(setters);

    /// `"int"` (the default) or `"one_hot"`.
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

    /// Whether the result is sparse, which Cornu's tensors are not: it must stay false.
    #[must_use]
    pub fn sparse(mut self, sparse: bool) -> Self {
        self.sparse = sparse;
        self
    }
}

/// What is hashed of each element.
fn fingerprints(data: &Data) -> Vec<u64> {
    match data {
        Data::Strings(strings) => strings.as_slice().iter().map(|text| farmhash(text.as_bytes())).collect(),
        Data::Numbers(numbers) => numbers.to_vec::<i64>().into_iter().map(|number| number as u64).collect(),
    }
}

impl Layer for HashedCrossing {
    layer_base!();

    fn has_build(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        check_dense(self.sparse)?;
        if self.num_bins == 0 {
            return Err("needs num_bins of at least 1, got 0".into());
        }
        self.output_mode.mode(&MODES).map(drop)
    }

    fn input_count(&self) -> RangeInclusive<usize> {
        SEVERAL
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

impl Ahead for HashedCrossing {
    fn specs(&self, inputs: &[Spec]) -> Result<Vec<Spec>> {
        let this: &dyn Layer = self;
        let [first, others @ ..] = inputs else { return Err(this.error("reads two inputs or more")) };
        if others.is_empty() {
            return Err(this.error("reads two inputs or more, got one"));
        }
        if let Some(odd) = others.iter().find(|other| other.shape.rank() != first.shape.rank()) {
            let (wanted, got) = (&first.shape, &odd.shape);
            return Err(this.error(format!("expects inputs of one shape, got {wanted} and {got}")));
        }
        let single = first.shape.rank() == 2 && first.shape.last() == Some(1);
        if first.shape.rank() != 1 && !single {
            let got = &first.shape;
            return Err(this.error(format!("expects inputs of shape (batch) or (batch, 1), got {got}")));
        }
        Ok(vec![Spec { shape: first.shape.clone(), dtype: Some(DType::I64) }])
    }

    fn prepare(&self, inputs: &[Data]) -> Result<Vec<Data>> {
        let specs: Vec<Spec> = inputs.iter().map(Spec::of).collect();
        self.specs(&specs)?;
        let Some(first) = inputs.first() else { return Ok(Vec::new()) };
        if let Some(odd) = inputs.iter().find(|other| other.shape() != first.shape()) {
            let (wanted, got) = (first.to_shape(), odd.to_shape());
            let message = format!("expects inputs of one shape, got {wanted} and {got}");
            return Err((self as &dyn Layer).error(message));
        }
        let mut hashes = vec![KEY; first.shape().iter().product()];
        for input in inputs {
            hashes.iter_mut().zip(fingerprints(input)).for_each(|(hash, own)| *hash = cross(*hash, own));
        }
        let bins = hashes.into_iter().map(|hash| (hash % self.num_bins as u64) as i64);
        Ok(vec![Tensor::new(bins.collect::<Vec<_>>(), first.shape())?.into()])
    }

    fn input_dtype(&self) -> &'static str {
        "string"
    }
}
