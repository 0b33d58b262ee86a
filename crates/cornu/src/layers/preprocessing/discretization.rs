//! `Discretization`: numbers as the bins they fall into.

use super::encoding::{Mode, check_dense, encode};
use super::{OutputMode, quantiles};
use crate::data::Data;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{DType, Result, Tensor};

/// The number of the bin each number falls into: with the bounds `[0, 1]` there are bin 0 below 0, bin 1 from 0 to
/// below 1, and bin 2 from 1 on. NaN falls into the last.
///
/// Either the bounds are given or [`adapt`](Self::adapt) finds them, so that each of `num_bins` holds about equally many
/// of its data. The result is `int64`, or `float32` vectors as [`OutputMode`] says.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/numerical/discretization/>.
///
/// ```
/// use cornu::layers::{Discretization, Layer};
/// use cornu::Tensor;
/// let x = Tensor::from([[-1.5f32, 1.0, 3.4, 0.5]]);
/// let given = Discretization::new().bin_boundaries([0.0, 1.0, 2.0]);
/// assert_eq!(given.apply(&x)?, Tensor::from([[0i64, 2, 3, 1]]));
/// let mut learned = Discretization::new().num_bins(2);
/// learned.adapt(&x)?;
/// assert_eq!(learned.apply(&x)?, Tensor::from([[0i64, 1, 1, 1]]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(order(bin_boundaries, num_bins, epsilon, output_mode, sparse, base.name, dtype: base.dtype.0))]
pub struct Discretization {
    base: Base,
    bin_boundaries: Option<Vec<f64>>,
    num_bins: Option<usize>,
    epsilon: f64,
    output_mode: OutputMode,
    sparse: bool,
}

impl Default for Discretization {
    fn default() -> Self {
        Discretization {
            base: Base::default(),
            bin_boundaries: None,
            num_bins: None,
            epsilon: 0.01,
            output_mode: "int".into(),
            sparse: false,
        }
    }
}

const MODES: [Mode; 4] = [Mode::Int, Mode::OneHot, Mode::MultiHot, Mode::Count];

impl Discretization {
    /// A layer whose bounds are yet to be given or learned.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bounds between bins, in ascending order.
    #[must_use]
    pub fn bin_boundaries(mut self, boundaries: impl Into<Vec<f64>>) -> Self {
        self.bin_boundaries = Some(boundaries.into());
        self
    }

    /// How many bins [`adapt`](Self::adapt) makes.
    #[must_use]
    pub fn num_bins(mut self, bins: usize) -> Self {
        self.num_bins = Some(bins);
        self
    }

    /// The part of the data by which bins may be too large or too small: 0.01 by default. Less takes more time.
    #[must_use]
    pub fn epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = epsilon;
        self
    }

    /// `"int"` (the default), `"one_hot"`, `"multi_hot"` or `"count"`.
    #[must_use]
    pub fn output_mode(mut self, mode: impl Into<OutputMode>) -> Self {
        self.output_mode = mode.into();
        self
    }

    /// Whether the result is sparse, which Cornu's tensors are not: it must stay false.
    #[must_use]
    pub fn sparse(mut self, sparse: bool) -> Self {
        self.sparse = sparse;
        self
    }

    /// The layer's name, which must be the only one of its kind in a model.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.base.name = Some(name.into());
        self
    }

    /// Finds bounds between `num_bins` bins that hold about equally many of these numbers.
    ///
    /// # Errors
    /// If the layer was given its bounds, or the data holds no number.
    pub fn adapt(&mut self, data: impl Into<Data>) -> Result<()> {
        self.learn(&data.into()).map_err(|message| (self as &dyn Layer).error(message))
    }

    /// The bounds between bins, given or learned.
    pub fn boundaries(&self) -> Option<&[f64]> {
        self.bin_boundaries.as_deref()
    }
}

impl Layer for Discretization {
    layer_base!();

    fn has_build(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        let Discretization { bin_boundaries, num_bins, epsilon, sparse, output_mode, .. } = self;
        check_dense(*sparse)?;
        if bin_boundaries.is_none() && num_bins.is_none() {
            return Err("needs bin_boundaries, or num_bins and `adapt`".into());
        }
        if *num_bins == Some(0) || !(*epsilon > 0.0 && *epsilon <= 1.0) {
            return Err(format!(
                "needs num_bins of at least 1 and an epsilon above 0 and not above 1, got {num_bins:?}, {epsilon}"
            ));
        }
        output_mode.mode(&MODES).map(drop)
    }

    fn learn(&mut self, data: &Data) -> Result<(), String> {
        self.check_arguments()?;
        let bins = self.num_bins.ok_or("has its bin_boundaries: only with num_bins does it learn some")?;
        let numbers = data.tensor().ok_or("learns from numbers, got strings")?;
        if numbers.is_empty() {
            return Err("cannot learn from no data".into());
        }
        self.bin_boundaries = Some(quantiles::boundaries(numbers.to_vec::<f32>(), bins, self.epsilon));
        Ok(())
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let mode = self.output_mode.mode(&MODES).map_err(|message| cx.error(message))?;
        let Some(bounds) = &self.bin_boundaries else {
            return Err(cx.error("has no bin_boundaries yet: `adapt` it to data first"));
        };
        let x = inputs[0].cast(DType::F32);
        let depth = bounds.len() + 1;
        let ids = if bounds.is_empty() {
            x.zeros_like().cast(DType::I64)
        } else {
            let bounds: Vec<f32> = bounds.iter().map(|bound| *bound as f32).collect();
            let above = x.expand_dims(-1).less(cx.builder().constant(Tensor::from(bounds)));
            // Counted from above, for NaN is below no bound.
            let above = above.cast(DType::F32).sum(&[-1], false).cast(DType::I64);
            -above + (depth - 1) as f64
        };
        Ok(encode(ids, mode, depth, None).into())
    }
}
