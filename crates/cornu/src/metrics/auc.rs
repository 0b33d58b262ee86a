//! `AUC`: the area under a curve of rates.

use serde_json::{Value, json};

use super::confusion::{Confusion, Counts, divide_no_nan};
use super::define::metric;
use super::thresholds::{Thresholds, check_count, check_thresholds, evenly};
use super::{Measured, Metric};
use crate::Shape;
use crate::callbacks::Direction;
use crate::graph::Var;
use crate::losses::EPSILON;
use crate::registry::{Argument, wants, words};

/// The curve whose area [`AUC`] measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Curve {
    /// The share of positives found over that of negatives taken for such.
    #[default]
    ROC,
    /// Precision over recall.
    PR,
    /// The gain in precision over the gain in recall.
    PRGAIN,
}

words! {
    Curve {
        ROC = "ROC" | "roc",
        PR = "PR" | "pr",
        PRGAIN = "PRGAIN" | "prgain",
    }
}

/// How [`AUC`] takes the curve between two thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SummationMethod {
    /// As a line; for [`Curve::PR`] as the true and false positives between would have it.
    #[default]
    Interpolation,
    /// At the lower of the two.
    Minoring,
    /// At the higher of the two.
    Majoring,
}

words! {
    SummationMethod {
        Interpolation = "interpolation" | "Interpolation",
        Minoring = "minoring" | "Minoring",
        Majoring = "majoring" | "Majoring",
    }
}

metric! {
    /// The area under a curve of rates over all thresholds: 1 where all positives lie above all negatives, about 1/2
    /// for guesses (under the ROC curve). Targets other than 0 count as positive, predictions lie between 0 and 1.
    ///
    /// The curve is known at `num_thresholds` points; more make the area more exact, and cost nothing in a step.
    ///
    /// Source: <https://keras.io/api/metrics/classification_metrics/#auc-class>.
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::metrics::{AUC, Metric};
    /// let (y_true, y_pred) = (Tensor::from([0i64, 0, 1, 1]), Tensor::from([0.0f32, 0.5, 0.3, 0.9]));
    /// assert_eq!(AUC::new().num_thresholds(3).evaluate(&y_true, &y_pred, None)?, 0.75);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    AUC, "auc" {
        num_thresholds: usize = 200;
        curve: Curve = Curve::default();
        summation_method: SummationMethod = SummationMethod::default();
        multi_label: bool = false;
        num_labels: Option<usize> = None;
        label_weights: Option<LabelWeights> = None;
        from_logits: bool = false;
        #[fields(omit_if = Option::is_none)]
        thresholds: Option<Thresholds> = None;
    }
}

impl AUC {
    crate::setters! {
        /// At how many thresholds the curve is known.
        num_thresholds: usize;
        /// The curve.
        curve: Curve;
        /// How the curve is taken between two thresholds.
        summation_method: SummationMethod;
        /// Whether each label, along the last axis, has a curve of its own. The result is the mean of the areas.
        multi_label: bool;
        /// How many labels there are; the model's output says it too.
        num_labels: some usize;
        /// What each label weighs: its area with `multi_label`, else its samples.
        label_weights: some into LabelWeights;
        /// Whether predictions are logits rather than probabilities.
        from_logits: bool;
    }

    /// Thresholds between 0 and 1 in place of evenly spaced ones; one below 0 and one above 1 come on top.
    #[must_use]
    pub fn thresholds(mut self, thresholds: impl Into<Thresholds>) -> Self {
        let mut thresholds = thresholds.into().as_slice().to_vec();
        thresholds.sort_by(f64::total_cmp);
        self.num_thresholds = thresholds.len() + 2;
        self.thresholds = Some(Thresholds::Several(thresholds));
        self
    }

    fn confusion(&self) -> Confusion<'_> {
        let given = self.thresholds.as_ref().map(|given| {
            let mut given = given.as_slice().to_vec();
            given.sort_by(f64::total_cmp);
            given
        });
        let is_given = given.is_some();
        let inner = given.unwrap_or_else(|| {
            let even = evenly(self.num_thresholds);
            even.get(1..even.len().saturating_sub(1)).unwrap_or_default().to_vec()
        });
        // The outer two make up for rounding.
        let thresholds = [&[-EPSILON][..], &inner, &[1.0 + EPSILON]].concat();
        let confusion = Confusion::at(thresholds);
        Confusion {
            even: confusion.even || !is_given,
            multi_label: self.multi_label,
            label_weights: self.label_weights.as_ref().map(|weights| weights.0.as_slice()),
            ..confusion
        }
    }

    /// The area under one label's curve.
    fn area(&self, counts: &Counts) -> f64 {
        if (self.curve, self.summation_method) == (Curve::PR, SummationMethod::Interpolation) {
            return interpolated_precisions(counts);
        }
        let (x, y) = match self.curve {
            Curve::ROC => (counts.fall_outs(), counts.recalls()),
            Curve::PR => (counts.recalls(), counts.precisions()),
            Curve::PRGAIN => gains(counts),
        };
        let strip = |(x, y): (&[f64], &[f64])| match (x, y) {
            ([x0, x1], [y0, y1]) => {
                let height = match self.summation_method {
                    SummationMethod::Interpolation => (y0 + y1) / 2.0,
                    SummationMethod::Minoring => y0.min(*y1),
                    SummationMethod::Majoring => y0.max(*y1),
                };
                (x0 - x1) * height
            }
            _ => 0.0,
        };
        x.windows(2).zip(y.windows(2)).map(strip).sum()
    }
}

/// The area under the curve of precision over recall, between thresholds as if true positives grew in proportion to
/// all that is taken for positive ([Davis and Goadrich 2006](https://www.biostat.wisc.edu/~page/rocpr.pdf)).
fn interpolated_precisions(counts: &Counts) -> f64 {
    let (hits, others) = (counts.true_positives.windows(2), counts.false_positives.windows(2));
    let strip = |((hits, others), missed): ((&[f64], &[f64]), &f64)| match (hits, others) {
        ([hits0, hits1], [others0, others1]) => {
            let (taken0, taken1) = (hits0 + others0, hits1 + others1);
            let slope = divide_no_nan(hits0 - hits1, (taken0 - taken1).max(0.0));
            let intercept = hits1 - slope * taken1;
            let ratio = if taken0 > 0.0 && taken1 > 0.0 { taken0 / taken1 } else { 1.0 };
            divide_no_nan(slope * (hits0 - hits1 + intercept * ratio.ln()), (hits1 + missed).max(0.0))
        }
        _ => 0.0,
    };
    hits.zip(others).zip(counts.false_negatives.iter().skip(1)).map(strip).sum()
}

/// Gains in recall and in precision ([Flach and Kull 2015](https://papers.nips.cc/paper/5867)).
fn gains(counts: &Counts) -> (Vec<f64>, Vec<f64>) {
    let both = |at: usize| {
        let of = |counts: &[f64]| counts.get(at).copied().unwrap_or_default();
        let (hits, missed) = (of(&counts.true_positives), of(&counts.false_negatives));
        let (false_alarms, rejected) = (of(&counts.false_positives), of(&counts.true_negatives));
        if hits == 0.0 {
            return (0.0, 1.0);
        }
        let scale = divide_no_nan(hits + missed, rejected + false_alarms);
        let gain = |mistakes: f64| 1.0 - scale * divide_no_nan(mistakes, hits);
        (gain(missed).max(0.0), gain(false_alarms))
    };
    (0..counts.true_positives.len()).map(both).unzip()
}

impl Metric for AUC {
    fn name(&self) -> &str {
        &self.name
    }

    fn direction(&self) -> Option<Direction> {
        Some(Direction::Up)
    }

    fn check_shapes(&self, targets: &Shape, output: &Shape) -> Result<(), String> {
        match (self.num_labels, output.last()) {
            (Some(labels), Some(outputs)) if labels != outputs => {
                Err(format!("has `num_labels` {labels}, but an output {output}"))
            }
            _ => self.confusion().check_shapes(targets, output),
        }
    }

    fn variables(&self, output: &Shape) -> Vec<(&'static str, Vec<usize>)> {
        self.confusion().variables(output)
    }

    fn check_arguments(&self) -> Result<(), String> {
        check_thresholds(self.thresholds.as_ref())?;
        if self.thresholds.is_none() {
            check_count(self.num_thresholds, 2)?;
        }
        if self.num_labels.is_some() && !self.multi_label {
            return Err("needs `num_labels` only if it is `multi_label`".into());
        }
        Ok(())
    }

    fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let y_pred = if self.from_logits { y_pred.sigmoid() } else { y_pred };
        let update = |old| self.confusion().update(old, y_true, y_pred, sample_weight);
        state.iter().copied().map(update).collect()
    }

    fn result(&self, state: &[&[f32]]) -> Measured {
        let counts = self.confusion().counts(state.first().copied().unwrap_or_default());
        let areas: Vec<f64> = counts.iter().map(|counts| self.area(counts)).collect();
        match self.label_weights.as_ref().filter(|_| self.multi_label) {
            Some(LabelWeights(weights)) => {
                let weighted = areas.iter().zip(weights).map(|(area, weight)| area * weight).sum();
                divide_no_nan(weighted, weights.iter().sum()).into()
            }
            None => (areas.iter().sum::<f64>() / areas.len() as f64).into(),
        }
    }
}

/// What labels weigh; in Keras' JSON a tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelWeights(Vec<f64>);

impl From<Vec<f64>> for LabelWeights {
    fn from(weights: Vec<f64>) -> Self {
        LabelWeights(weights)
    }
}

impl<const N: usize> From<[f64; N]> for LabelWeights {
    fn from(weights: [f64; N]) -> Self {
        LabelWeights(weights.to_vec())
    }
}

impl Argument for LabelWeights {
    fn from_json(value: &Value) -> Result<Self, String> {
        Vec::from_json(value.pointer("/config/value").unwrap_or(value))
            .map(LabelWeights)
            .or_else(|_| wants("a list of numbers", value))
    }

    fn to_json(&self) -> Value {
        // The numbers single precision makes of them, as Keras writes them.
        let values: Vec<f64> = self.0.iter().map(|weight| f64::from(*weight as f32)).collect();
        json!({"class_name": "__tensor__", "config": {"value": values, "dtype": "float32"}})
    }
}
