//! `Normalization`: features of mean 0 and variance 1.

use serde_json::Value;

use super::Nested;
use crate::data::Data;
use crate::graph::Var;
use crate::layers::axes::Axes;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::{Argument, Fields};
use crate::{Result, Shape, Tensor};

/// `(x - mean) / sqrt(variance)`, for each index of `axis`, by the statistics of all data: those given, or those that
/// [`adapt`](Self::adapt) finds.
///
/// With `invert` it goes the other way. The square root counts as 1e-7 at least. Weights, unless `mean` and `variance`
/// are given: `mean` and `variance`, of the lengths of the axes, and `count`, which Keras keeps for old files; no
/// training changes them.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/numerical/normalization/>.
///
/// ```
/// use cornu::layers::{Dense, Input, Layer, Normalization};
/// use cornu::{Sequential, Tensor};
/// let x = Tensor::from([[0.0f32, 7.0], [2.0, 9.0], [0.0, 7.0], [2.0, 9.0]]);
/// let mut normalization = Normalization::new();
/// normalization.adapt(&x)?;
/// assert_eq!(normalization.apply(Tensor::from([[0.0f32, 9.0]]))?, Tensor::from([[-1.0f32, 1.0]]));
/// let model = Sequential::new().add(Input::new([2])).add(normalization).add(Dense::new(1));
/// assert_eq!(model.get_weights()?[0], Tensor::from([1.0f32, 8.0]));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Normalization {
    #[fields(flatten)]
    base: Base,
    #[fields(read = axes)]
    axis: Vec<isize>,
    invert: bool,
    mean: Option<Nested>,
    variance: Option<Nested>,
    /// Mean and variance, where `adapt` has found them.
    #[fields(skip)]
    learned: Option<[Tensor; 2]>,
}

/// Keras' files have a list of axes; a single one and none at all are read too.
fn axes(value: &Value) -> Result<Vec<isize>, String> {
    Ok(Option::<Axes>::from_json(value)?.map(|axes| axes.as_slice().to_vec()).unwrap_or_default())
}

impl Default for Normalization {
    fn default() -> Self {
        Normalization {
            base: Base::default(),
            axis: vec![-1],
            invert: false,
            mean: None,
            variance: None,
            learned: None,
        }
    }
}

/// What the square root of the variance counts at least: `keras.backend.epsilon()`.
const EPSILON: f64 = 1e-7;

impl Normalization {
    /// The layer over each feature of the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    /// The axes along which each index has statistics of its own: the last by default. An empty list stands for one mean
    /// and one variance for all, as Keras' `None` does.
    #[must_use]
    pub fn axis(mut self, axis: impl Into<Axes>) -> Self {
        self.axis = axis.into().as_slice().to_vec();
        self
    }

    crate::setters! {
        /// Whether to turn normalised numbers back.
        invert: bool;
        /// The mean, a number or one for each index of the axes; with `variance`.
        mean: some into Nested;
        /// The variance, a number or one for each index of the axes; with `mean`.
        variance: some into Nested;
    }

    /// Learns mean and variance from data, a batch of samples of the shape the layer will see.
    ///
    /// # Errors
    /// If the layer was given `mean` and `variance`, or the data lacks an axis.
    pub fn adapt(&mut self, data: impl Into<Data>) -> Result<()> {
        self.learn(&data.into()).map_err(|message| (self as &dyn Layer).error(message))
    }

    /// The axes that are kept in an input of this rank, in ascending order.
    fn kept_axes(&self, input: &Shape) -> Result<Vec<usize>, String> {
        let found = self
            .axis
            .iter()
            .map(|axis| input.axis(*axis).ok_or_else(|| format!("has no axis {axis} in its input {input}")));
        let mut axes = found.collect::<Result<Vec<usize>, String>>()?;
        axes.sort_unstable();
        axes.dedup();
        Ok(axes)
    }

    /// The shape of the statistics: the lengths of the kept axes.
    fn lengths(&self, input: &Shape) -> Result<Vec<usize>, String> {
        let axes = self.kept_axes(input)?;
        let lengths: Option<Vec<usize>> = axes.iter().map(|axis| input[*axis]).collect();
        lengths.ok_or_else(|| format!("needs to know the axes {:?} of its input, got {input}", self.axis))
    }

    /// Statistics given as an argument, as they stand beside an input.
    fn given(&self, of: &Nested, input: &Shape) -> Result<Tensor, String> {
        let axes = self.kept_axes(input)?;
        let mut shape = vec![1; input.rank()];
        // Lined up with the kept axes from the last on.
        for (axis, length) in axes.iter().rev().zip(of.shape().iter().rev()) {
            if *length != 1 && input[*axis].is_some_and(|own| own != *length) {
                return Err(format!("is given {length} means for axis {axis} of its input {input}"));
            }
            shape[*axis] = *length;
        }
        let tensor = of.to_tensor().and_then(|tensor| Ok(tensor.reshape(shape)?));
        tensor.map_err(|error| error.to_string())
    }
}

impl Layer for Normalization {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        let axes = self.axis.len();
        match (&self.mean, &self.variance) {
            (None, None) => Ok(()),
            (Some(mean), Some(variance)) if mean.shape() != variance.shape() => Err(format!(
                "needs mean and variance of one shape, got {:?} and {:?}",
                mean.shape(),
                variance.shape()
            )),
            (Some(mean), Some(_)) if mean.shape().len() > axes => {
                Err(format!("is given a mean of {} axes, but keeps {axes}", mean.shape().len()))
            }
            (Some(_), Some(_)) => Ok(()),
            _ => Err("needs both mean and variance, or neither".into()),
        }
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let lengths = self.lengths(&inputs[0]).map_err(|message| cx.error(message))?;
        if let Some(mean) = &self.mean {
            return self.given(mean, &inputs[0]).map(drop).map_err(|message| cx.error(message));
        }
        let [mean, variance] = match &self.learned {
            Some(learned) if learned[0].shape() != lengths => {
                let (known, wanted) = (learned[0].to_shape(), Shape::known(&lengths));
                return Err(cx.error(format!("was adapted to statistics of shape {known}, not {wanted}")));
            }
            Some([mean, variance]) => [Some(mean.clone()), Some(variance.clone())],
            None => [None, None],
        };
        let weights = [
            ("mean", "zeros", &lengths, mean),
            ("variance", "ones", &lengths, variance),
            ("count", "zeros", &Vec::new(), None),
        ];
        for (name, initializer, shape, value) in weights {
            let weight = Weight::new(name, shape.clone(), initializer).running();
            cx.add_weight(Weight { value, ..weight })?;
        }
        Ok(())
    }

    fn has_build(&self) -> bool {
        true
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn learn(&mut self, data: &Data) -> Result<(), String> {
        self.check_arguments()?;
        if self.mean.is_some() {
            return Err("was given its mean and variance: only without does it learn them".into());
        }
        let numbers = data.tensor().ok_or("learns from numbers, got strings")?;
        let shape = numbers.to_shape();
        let (axes, lengths) = (self.kept_axes(&shape)?, self.lengths(&shape)?);
        if numbers.is_empty() {
            return Err("cannot learn from no data".into());
        }
        // The number of each element's statistics, counted up as the last axis runs fastest.
        let strides: Vec<usize> = (0..shape.rank())
            .map(|axis| match axes.iter().position(|kept| *kept == axis) {
                Some(at) => lengths[at + 1..].iter().product(),
                None => 0,
            })
            .collect();
        let mut index = vec![0; shape.rank()];
        let values = numbers.to_vec::<f64>();
        let groups: Vec<usize> = values
            .iter()
            .map(|_| {
                let group = index.iter().zip(&strides).map(|(at, stride)| at * stride).sum();
                for (at, length) in index.iter_mut().zip(numbers.shape()).rev() {
                    *at = (*at + 1) % length;
                    if *at != 0 {
                        break;
                    }
                }
                group
            })
            .collect();
        let count: usize = lengths.iter().product();
        let each = (values.len() / count.max(1)) as f64;
        let mut mean = vec![0.0; count];
        values.iter().zip(&groups).for_each(|(value, group)| mean[*group] += value / each);
        let mut variance = vec![0.0; count];
        values.iter().zip(&groups).for_each(|(value, group)| {
            variance[*group] += (value - mean[*group]).powi(2) / each;
        });
        let tensor = |values: Vec<f64>| {
            let values: Vec<f32> = values.into_iter().map(|value| value as f32).collect();
            Tensor::new(values, lengths.clone()).map_err(|error| error.to_string())
        };
        self.learned = Some([tensor(mean)?, tensor(variance)?]);
        Ok(())
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        let [mean, variance] = match (&self.mean, &self.variance) {
            (Some(mean), Some(variance)) => {
                let constant = |of: &Nested| {
                    let value = self.given(of, &x.shape()).map_err(|message| cx.error(message))?;
                    Ok::<_, crate::Error>(cx.builder().constant(value))
                };
                [constant(mean)?, constant(variance)?]
            }
            _ => {
                let axes = self.kept_axes(&x.shape()).map_err(|message| cx.error(message))?;
                let (mean, variance) = (cx.weight("mean")?, cx.weight("variance")?);
                let mut lengths = mean.shape().dims().to_vec().into_iter();
                let shape: Vec<_> = (0..x.rank())
                    .map(|axis| if axes.contains(&axis) { lengths.next().flatten() } else { Some(1) })
                    .collect();
                [mean.reshape(shape.clone()), variance.reshape(shape)]
            }
        };
        let deviation = variance.sqrt().maximum(EPSILON);
        Ok(if self.invert { mean + x * deviation } else { (x - mean) / deviation }.into())
    }
}
