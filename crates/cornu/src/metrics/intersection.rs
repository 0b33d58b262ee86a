//! Intersections over unions of classes, from how often each class was taken for each.

use super::Measured;
use super::confusion::beside;
use crate::graph::Var;
use crate::losses::EPSILON;
use crate::registry::words;
use crate::{DType, Shape};

const MOST_CLASSES: usize = 1 << 14;

/// The element types in which Keras counts, by its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum CountType {
    /// Weights are cut to whole numbers.
    #[default]
    Int64,
    /// The same.
    Int32,
    /// Weights count as they are.
    Float32,
}

words! {
    CountType {
        Int64 = "int64" | "int",
        Int32 = "int32",
        Float32 = "float32",
    }
}

/// What is compared, and how.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Intersection {
    pub(super) num_classes: usize,
    pub(super) target_class_ids: Vec<usize>,
    pub(super) dtype: CountType,
    /// The class of targets that does not count.
    pub(super) ignore_class: Option<i64>,
    /// Whether targets are class numbers rather than rows with the class's element largest.
    pub(super) sparse_y_true: bool,
    /// Whether predictions are.
    pub(super) sparse_y_pred: bool,
    /// The axis of the classes where there is one.
    pub(super) axis: isize,
    /// From which on a single prediction means class 1.
    pub(super) threshold: Option<f64>,
}

impl Intersection {
    pub(super) fn check_arguments(&self) -> Result<(), String> {
        let classes = self.num_classes;
        match self.target_class_ids.iter().find(|id| **id >= classes) {
            // The square of their number counts.
            _ if !(1..=MOST_CLASSES).contains(&classes) => {
                Err(format!("`num_classes` must lie in 1..={MOST_CLASSES}, got {classes}"))
            }
            Some(id) => Err(format!("`target_class_ids` must lie in 0..{classes}, got {id}")),
            None if self.target_class_ids.is_empty() => {
                Err("`target_class_ids` must hold at least one".into())
            }
            None => Ok(()),
        }
    }

    /// Says what is wrong with targets and predictions of these shapes.
    pub(super) fn check_shapes(&self, targets: &Shape, output: &Shape) -> Result<(), String> {
        for (what, shape, sparse) in
            [("targets", targets, self.sparse_y_true), ("an output", output, self.sparse_y_pred)]
        {
            let classes = shape.axis(self.axis).map(|axis| shape[axis]);
            if !sparse && classes.is_none() {
                return Err(format!("wants {what} with an axis {} of classes, got {shape}", self.axis));
            }
        }
        Ok(())
    }

    pub(super) fn variables(&self) -> Vec<(&'static str, Vec<usize>)> {
        vec![("total_confusion_matrix", vec![self.num_classes, self.num_classes])]
    }

    /// The class of each element as a whole float; rows of them become one.
    fn classes<'g>(&self, value: Var<'g>, sparse: bool) -> Var<'g> {
        if sparse {
            // Towards 0, as a cast to integers goes.
            return value.cast(DType::I64).cast(DType::F32);
        }
        let axis = value.shape().axis(self.axis).unwrap_or_default();
        // The classes last, all others in their order.
        let others = (0..value.rank()).filter(|other| *other != axis);
        let permutation: Vec<usize> = others.chain([axis]).collect();
        let is_last = axis + 1 == value.rank();
        let value = value.cast(DType::F32);
        let value = if is_last { value } else { value.transpose(&permutation) };
        value.argmax().cast(DType::F32)
    }

    pub(super) fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        sample_weight: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        let y_pred = match self.threshold {
            Some(threshold) => y_pred.cast(DType::F32).greater_equal(threshold).cast(DType::F32),
            None => self.classes(y_pred, self.sparse_y_pred),
        };
        let y_true = self.classes(y_true, self.sparse_y_true);
        let classes = self.num_classes as f64;
        let inside = |class: Var<'g>| class.greater_equal(0.0).logical_and(class.less(classes));
        let flat = |value: Var<'g>| value.reshape([None]);
        let (truth, answer) = (flat(y_true), flat(y_pred));
        let mut counts = inside(truth).logical_and(inside(answer));
        if let Some(ignored) = self.ignore_class {
            counts = counts.logical_and(truth.not_equal(ignored as f64));
        }
        let weight = match sample_weight {
            Some(weight) if self.dtype == CountType::Float32 => weight.cast(DType::F32),
            Some(weight) => weight.cast(DType::I64).cast(DType::F32),
            None => y_true.ones_like(),
        };
        let weight = flat(beside(weight, y_true));
        let pair = (truth * classes + answer).cast(DType::I64);
        // What does not count goes nowhere.
        let place = counts.select(pair, -1.0);
        let pairs = weight.scatter_add(place, self.num_classes * self.num_classes);
        let square = [self.num_classes, self.num_classes];
        state.iter().map(|old| *old + pairs.reshape(Shape::known(&square))).collect()
    }

    /// The mean over those of the target classes that occur.
    pub(super) fn result(&self, state: &[&[f32]]) -> Measured {
        let matrix = state.first().copied().unwrap_or_default();
        let classes = self.num_classes;
        let at = |row: usize, column: usize| {
            matrix.get(row * classes + column).map_or(0.0, |count| f64::from(*count))
        };
        let sum = |of: &dyn Fn(usize) -> f64| (0..classes).map(of).sum::<f64>();
        let shares = self.target_class_ids.iter().filter_map(|&class| {
            let hits = at(class, class);
            let union = sum(&|other| at(class, other)) + sum(&|other| at(other, class)) - hits;
            (union > 1e-9).then(|| hits / (union + EPSILON))
        });
        let (total, count) = shares.fold((0.0, 0.0), |(total, count), share| (total + share, count + 1.0));
        (total / (count + EPSILON)).into()
    }
}

/// What a metric answers whose `intersection` says how.
macro_rules! intersected {
    () => {
        fn name(&self) -> &str {
            &self.name
        }

        fn direction(&self) -> Option<$crate::callbacks::Direction> {
            Some($crate::callbacks::Direction::Up)
        }

        fn check_arguments(&self) -> Result<(), String> {
            self.intersection().check_arguments()
        }

        fn check_shapes(&self, targets: &$crate::Shape, output: &$crate::Shape) -> Result<(), String> {
            self.intersection().check_shapes(targets, output)
        }

        fn variables(&self, _output: &$crate::Shape) -> Vec<(&'static str, Vec<usize>)> {
            self.intersection().variables()
        }

        fn update<'g>(
            &self,
            state: &[$crate::graph::Var<'g>],
            y_true: $crate::graph::Var<'g>,
            y_pred: $crate::graph::Var<'g>,
            sample_weight: Option<$crate::graph::Var<'g>>,
        ) -> Vec<$crate::graph::Var<'g>> {
            self.intersection().update(state, y_true, y_pred, sample_weight)
        }

        fn result(&self, state: &[&[f32]]) -> $crate::metrics::Measured {
            self.intersection().result(state)
        }
    };
}

pub(super) use intersected;
