//! True and false positives and negatives at thresholds.
//!
//! What is kept is a histogram: how much the positives and the negatives weigh whose prediction lies between two
//! neighbouring thresholds. Counting is one addition a prediction then, whatever the number of thresholds; the four
//! counts at each are sums over the histogram, made when the metric is asked.

use super::Thresholds;
use crate::graph::Var;
use crate::losses::squeeze_or_expand_to_same_rank;
use crate::{DType, Shape, Tensor};

/// What a prediction becomes that is not among the largest.
const NOT_AMONG_THEM: f64 = -1e10;

/// What is counted, and at which thresholds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Confusion<'a> {
    pub(super) thresholds: Vec<f64>,
    /// Whether they are evenly spaced from 0 to 1.
    pub(super) even: bool,
    /// Only this many of the largest predictions along the last axis mean yes.
    pub(super) top_k: Option<usize>,
    /// The only one along the last axis that counts.
    pub(super) class_id: Option<usize>,
    /// What each label along the last axis weighs.
    pub(super) label_weights: Option<&'a [f64]>,
    /// Whether each label along the last axis has counts of its own.
    pub(super) multi_label: bool,
}

/// The four counts of one label, one at each threshold.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Counts {
    pub(super) true_positives: Vec<f64>,
    pub(super) false_positives: Vec<f64>,
    pub(super) true_negatives: Vec<f64>,
    pub(super) false_negatives: Vec<f64>,
}

impl Counts {
    /// The share of positives that were found: recall, or sensitivity.
    pub(super) fn recalls(&self) -> Vec<f64> {
        shares(&self.true_positives, &self.false_negatives)
    }

    /// The share of what was taken for positive that is.
    pub(super) fn precisions(&self) -> Vec<f64> {
        shares(&self.true_positives, &self.false_positives)
    }

    /// The share of negatives that were taken for such.
    pub(super) fn specificities(&self) -> Vec<f64> {
        shares(&self.true_negatives, &self.false_positives)
    }

    /// The share of negatives that were taken for positive.
    pub(super) fn fall_outs(&self) -> Vec<f64> {
        shares(&self.false_positives, &self.true_negatives)
    }
}

/// `a / (a + b)`, 0 where both are.
fn shares(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| divide_no_nan(*a, a + b)).collect()
}

/// `a / b` in single precision, as Keras divides, and 0 where `b` is.
pub(super) fn divide_no_nan(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { (a as f32 / b as f32).into() }
}

impl Confusion<'_> {
    /// Counts at these thresholds of all predictions alike.
    pub(super) fn at(thresholds: Vec<f64>) -> Self {
        let even = is_even(&thresholds);
        Confusion { thresholds, even, top_k: None, class_id: None, label_weights: None, multi_label: false }
    }

    /// Counts as Keras' precision and recall do them.
    pub(super) fn of(thresholds: Option<&Thresholds>, top_k: Option<usize>, class_id: Option<usize>) -> Self {
        // Whatever is among the largest means yes.
        let default = if top_k.is_some() { NOT_AMONG_THEM } else { 0.5 };
        let thresholds = thresholds.map_or(vec![default], |thresholds| thresholds.as_slice().to_vec());
        Confusion { top_k, class_id, ..Confusion::at(thresholds) }
    }

    /// Says what is wrong with targets and predictions of these shapes.
    pub(super) fn check_shapes(&self, targets: &Shape, output: &Shape) -> Result<(), String> {
        let without_last = |shape: &Shape| -> Shape {
            shape.dims().iter().take(shape.rank().saturating_sub(1)).copied().collect()
        };
        let fits = output.accepts(targets)
            || (targets.last() == Some(1) && output.accepts(&without_last(targets)))
            || (output.last() == Some(1) && without_last(output).accepts(targets));
        if !fits {
            let labels = targets.rank() + 1 == output.rank() || targets.last() == Some(1);
            let hint = if labels { "; use `to_categorical` on integer labels" } else { "" };
            return Err(format!("wants targets of the output's shape {output}, got {targets}{hint}"));
        }
        let classes = if output.rank() > 1 { output.last() } else { Some(1) };
        let Some(classes) = classes else { return Ok(()) };
        match (self.class_id, self.top_k, self.label_weights) {
            (Some(class), ..) if class >= classes || output.rank() < 2 => {
                Err(format!("has `class_id` {class}, but an output {output}"))
            }
            (_, Some(k), _) if k > classes => Err(format!("has `top_k` {k}, but an output {output}")),
            (.., Some(weights)) if weights.len() != classes => {
                Err(format!("has {} `label_weights`, but an output {output}", weights.len()))
            }
            _ if self.multi_label && output.rank() != 2 => {
                Err(format!("wants an output (batch, labels) to be `multi_label`, got {output}"))
            }
            _ => Ok(()),
        }
    }

    /// How many labels have counts of their own for predictions of this shape.
    fn labels(&self, output: &Shape) -> usize {
        if self.multi_label { output.last().unwrap_or(1) } else { 1 }
    }

    /// The histogram: a row for each space between thresholds and each label, the weight of its positives and that
    /// of its negatives.
    pub(super) fn variables(&self, output: &Shape) -> Vec<(&'static str, Vec<usize>)> {
        vec![("histogram", vec![(self.thresholds.len() + 1) * self.labels(output), 2])]
    }

    /// The histogram after a batch.
    pub(super) fn update<'g>(
        &self,
        histogram: Var<'g>,
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Var<'g> {
        let (y_pred, y_true) =
            squeeze_or_expand_to_same_rank(y_pred.cast(DType::F32), y_true.cast(DType::F32));
        let labels = self.labels(&y_pred.shape());
        let mut weight = sample_weight.map(|weight| beside(weight.cast(DType::F32), y_pred));
        let y_pred = self.top_k.map_or(y_pred, |k| among_largest(y_pred, k));
        if let Some(weights) = self.label_weights.filter(|_| !self.multi_label) {
            let weights = constant(y_pred, weights).broadcast_to(y_pred.shape());
            weight = Some(weight.map_or(weights, |weight| weight.broadcast_to(y_pred.shape()) * weights));
        }
        let of_class = |value: Var<'g>| match self.class_id {
            Some(class) if value.shape().last() != Some(1) => value.slice(value.rank() - 1, class, class + 1),
            _ => value,
        };
        let (y_true, y_pred, weight) = (of_class(y_true), of_class(y_pred), weight.map(of_class));

        let positive = y_true.not_equal(0.0).cast(DType::F32);
        let negative = 1.0 - positive;
        let weighted = |side: Var<'g>| weight.map_or(side, |weight| side * weight);
        let column = |side: Var<'g>| weighted(side).reshape([None, Some(1)]);
        let rows = y_pred.builder().concat(&[column(positive), column(negative)], 1);
        let mut space = self.spaces(y_pred);
        if self.multi_label {
            let label = y_pred.builder().iota([1, labels], 1).cast(DType::F32);
            space = space * labels as f64 + label;
        }
        let space = space.cast(DType::I64).reshape([None]);
        histogram + rows.scatter_add(space, (self.thresholds.len() + 1) * labels)
    }

    /// How many thresholds lie below each prediction.
    fn spaces<'g>(&self, y_pred: Var<'g>) -> Var<'g> {
        if self.even {
            // In the arithmetic of Keras, which is not quite that of comparing: `ceil(p · steps)` of predictions kept
            // between 0 and 1. A first threshold below 0 is below all of them.
            let above = y_pred.clip(0.0, 1.0) * (self.thresholds.len() - 1) as f64;
            return if self.reaches_out() { above.ceil().maximum(1.0) } else { above.ceil() };
        }
        match self.thresholds[..] {
            [threshold] => y_pred.greater(threshold).cast(DType::F32),
            _ => {
                let thresholds = constant(y_pred, &self.thresholds);
                y_pred.expand_dims(-1).greater(thresholds).cast(DType::F32).sum(&[-1], false)
            }
        }
    }

    /// Whether the outer thresholds lie outside of 0 and 1.
    fn reaches_out(&self) -> bool {
        self.thresholds.first().is_some_and(|first| *first < 0.0)
            || self.thresholds.last().is_some_and(|last| *last > 1.0)
    }

    /// The counts of each label from the histogram.
    pub(super) fn counts(&self, histogram: &[f32]) -> Vec<Counts> {
        let mut ascending: Vec<f32> = self.thresholds.iter().map(|threshold| *threshold as f32).collect();
        ascending.sort_by(f32::total_cmp);
        // Above a threshold lie the spaces behind all that are not larger.
        let space = |threshold: &f64| ascending.partition_point(|other| *other <= *threshold as f32);
        let spaces: Vec<usize> = self.thresholds.iter().map(space).collect();
        let labels = histogram.len() / (2 * (self.thresholds.len() + 1));
        let side = |label: usize, side: usize| {
            let rows = histogram.chunks_exact(2).skip(label).step_by(labels);
            split(rows.filter_map(|row| row.get(side).copied()), &spaces)
        };
        let counts = |label: usize| {
            let (true_positives, false_negatives) = side(label, 0);
            let (false_positives, true_negatives) = side(label, 1);
            Counts { true_positives, false_positives, true_negatives, false_negatives }
        };
        (0..labels).map(counts).collect()
    }
}

/// Keras' `is_evenly_distributed_thresholds`.
fn is_even(thresholds: &[f64]) -> bool {
    let steps = thresholds.len().saturating_sub(1) as f64;
    let fits = |(at, threshold): (usize, &f64)| {
        let even = at as f64 / steps;
        (threshold - even).abs() <= 1e-7 + 1e-5 * even
    };
    thresholds.len() > 2 && thresholds.iter().enumerate().all(fits)
}

/// The sums of the weights from each of these places on, and of those before it.
fn split(weights: impl Iterator<Item = f32>, places: &[usize]) -> (Vec<f64>, Vec<f64>) {
    let mut before = vec![0.0];
    let mut sum = 0.0;
    before.extend(weights.map(|weight| {
        sum += f64::from(weight);
        sum
    }));
    let below = |place: &usize| before.get(*place).copied().unwrap_or(sum);
    (places.iter().map(|place| sum - below(place)).collect(), places.iter().map(below).collect())
}

/// Weights of samples, or of positions in them, as one for each prediction.
pub(super) fn beside<'g>(weight: Var<'g>, predictions: Var<'g>) -> Var<'g> {
    let mut weight = weight;
    if weight.rank() > predictions.rank() {
        weight = crate::losses::squeeze_last(weight);
    }
    while weight.rank() < predictions.rank() {
        weight = weight.expand_dims(-1);
    }
    weight.broadcast_to(predictions.shape())
}

/// A vector beside a value.
fn constant<'g>(beside: Var<'g>, values: &[f64]) -> Var<'g> {
    let values: Vec<f32> = values.iter().map(|value| *value as f32).collect();
    beside.builder().constant(Tensor::from(values))
}

/// Predictions of which all but the `k` largest along the last axis have become very small; of equal ones the first
/// are among them.
fn among_largest(predictions: Var<'_>, k: usize) -> Var<'_> {
    let classes = predictions.shape().last().unwrap_or(1);
    let lowest = f64::from(f32::MIN);
    let mut left = predictions;
    for _ in 0..k.min(classes) {
        let largest = left.argmax().one_hot(classes, DType::Bool);
        left = largest.select(left.constant(lowest), left);
    }
    let taken = left.equal(lowest);
    taken.select(predictions, NOT_AMONG_THEM)
}

/// What the metrics that are read off these counts answer alike.
macro_rules! counted {
    () => {
        fn name(&self) -> &str {
            &self.name
        }

        fn check_shapes(&self, targets: &$crate::Shape, output: &$crate::Shape) -> Result<(), String> {
            self.confusion().check_shapes(targets, output)
        }

        fn variables(&self, output: &$crate::Shape) -> Vec<(&'static str, Vec<usize>)> {
            self.confusion().variables(output)
        }

        fn update<'g>(
            &self,
            state: &[$crate::graph::Var<'g>],
            y_true: $crate::graph::Var<'g>,
            y_pred: $crate::graph::Var<'g>,
            sample_weight: Option<$crate::graph::Var<'g>>,
        ) -> Vec<$crate::graph::Var<'g>> {
            let update = |old| self.confusion().update(old, y_true, y_pred, sample_weight);
            state.iter().copied().map(update).collect()
        }
    };
}

pub(super) use counted;
