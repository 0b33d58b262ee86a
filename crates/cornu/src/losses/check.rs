//! Whether targets fit a loss, asked before the first step.

use super::{Loss, Targets};
use crate::graph::Builder;
use crate::{DType, Error, Result, Shape, Tensor};

/// Checks the shape of targets against the output they are compared with.
///
/// Stricter than Keras, which lets mean losses repeat targets along an axis of length 1.
///
/// ```
/// use cornu::Shape;
/// use cornu::losses::{CategoricalCrossentropy, check_targets};
/// let output = Shape::from([None, Some(10)]);
/// let loss = CategoricalCrossentropy::new();
/// assert!(check_targets(&loss, "dense_2", &output, &Shape::from([None, Some(10)])).is_ok());
/// assert!(check_targets(&loss, "dense_2", &output, &Shape::from([None])).is_err());
/// ```
///
/// # Errors
/// If the shapes do not fit, with a remedy where the mistake is a common one.
pub fn check_targets(loss: &dyn Loss, output: &str, predicted: &Shape, targets: &Shape) -> Result<()> {
    let (predicted, targets) = (open_batch(predicted), open_batch(targets));
    let wanted = match loss.targets() {
        Targets::LikeOutput => predicted.clone(),
        Targets::ClassIndices { .. } => without_last(&predicted),
        Targets::Labels => Shape::from([None]),
        Targets::LabelSequences => Shape::from([None, None]),
    };
    if loss.targets() == Targets::LabelSequences && predicted.rank() != 3 {
        return Err(Error::data(format!(
            "loss `{}` expects an output of shape (batch, steps, classes), `{output}` gives {predicted}",
            loss.name()
        )));
    }
    let fits = wanted.accepts(&targets)
        || (targets.last() == Some(1) && wanted.accepts(&without_last(&targets)))
        || (wanted.last() == Some(1) && without_last(&wanted).accepts(&targets));
    if fits {
        return Ok(());
    }
    Err(Error::data(format!(
        "loss `{}` expects targets of shape {wanted} to match output `{output}`, got {targets}{}",
        loss.name(),
        hint(loss, &predicted, &targets)
    )))
}

/// What probably went wrong.
fn hint(loss: &dyn Loss, predicted: &Shape, targets: &Shape) -> String {
    let labels = without_last(predicted);
    let are_labels =
        labels.accepts(targets) || (targets.last() == Some(1) && labels.accepts(&without_last(targets)));
    let classes = predicted.last();
    let one_hot = classes == targets.last() && classes.is_some();
    match loss.targets() {
        _ if one_hot && predicted.rank() + 1 == targets.rank() && targets.dims().iter().rev().nth(1) == Some(&classes) => {
            "; was `to_categorical` applied twice?".into()
        }
        Targets::LikeOutput if are_labels && loss.class_name() == "CategoricalCrossentropy" => {
            "; for integer labels use the loss `sparse_categorical_crossentropy`, or `to_categorical` on the labels"
                .into()
        }
        Targets::LikeOutput if are_labels && loss.class_name() == "BinaryCrossentropy" => {
            "; for integer labels use `to_categorical` on them, or an output of one unit for a yes-or-no question"
                .into()
        }
        Targets::ClassIndices { .. } if one_hot && predicted.rank() == targets.rank() => {
            "; for one-hot targets use the loss `categorical_crossentropy`".into()
        }
        _ => String::new(),
    }
}

/// Checks that each label is the number of a class. Losses that take other targets are content with any.
///
/// ```
/// use cornu::losses::{SparseCategoricalCrossentropy, check_labels};
/// use cornu::{Shape, Tensor};
/// let labels = Tensor::new(vec![3_i64, 9, 12], [3])?;
/// let output = Shape::from([None, Some(10)]);
/// let error = check_labels(&SparseCategoricalCrossentropy::new(), "dense_2", &output, &labels).unwrap_err();
/// assert_eq!(error.to_string(), "label 12 at sample 2 lies outside 0..10, the classes of output `dense_2`");
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If a label is no class of the output.
pub fn check_labels(loss: &dyn Loss, output: &str, predicted: &Shape, labels: &Tensor) -> Result<()> {
    let ignored = match loss.targets() {
        Targets::ClassIndices { ignored } => ignored,
        Targets::LabelSequences => None,
        Targets::LikeOutput | Targets::Labels => return Ok(()),
    };
    let Some(classes) = predicted.last() else { return Ok(()) };
    let known =
        |label: f64| (0.0..classes as f64).contains(&label) || ignored.is_some_and(|i| label == i as f64);
    let labels_a_sample = labels.row_len().max(1);
    let misfit =
        labels.cast(DType::F64).to_vec::<f64>().into_iter().enumerate().find(|(_, label)| !known(*label));
    let Some((at, label)) = misfit else { return Ok(()) };
    let hint = if classes == 1 { "; for one output unit use the loss `binary_crossentropy`" } else { "" };
    Err(Error::data(format!(
        "label {label} at sample {} lies outside 0..{classes}, the classes of output `{output}`{hint}",
        at / labels_a_sample
    )))
}

/// Checks that sample weights can be multiplied with the losses of samples, or of positions in them.
///
/// ```
/// use cornu::Shape;
/// use cornu::losses::{MeanSquaredError, check_sample_weight};
/// let output = Shape::from([None, Some(7), Some(3)]);
/// let one_each = Shape::from([None, Some(7)]);
/// assert!(check_sample_weight(&MeanSquaredError::new(), "lstm", &output, &one_each).is_ok());
/// assert!(check_sample_weight(&MeanSquaredError::new(), "lstm", &output, &Shape::from([None])).is_err());
/// ```
///
/// # Errors
/// If there is neither one weight a loss nor one that could be repeated.
pub fn check_sample_weight(loss: &dyn Loss, output: &str, predicted: &Shape, weights: &Shape) -> Result<()> {
    let (predicted, weights) = (open_batch(predicted), open_batch(weights));
    let builder = Builder::new();
    let y_true = match loss.targets() {
        Targets::LikeOutput => builder.input("y_true", predicted.clone(), DType::F32),
        Targets::ClassIndices { .. } => builder.input("y_true", without_last(&predicted), DType::I64),
        Targets::Labels => builder.input("y_true", Shape::from([None]), DType::I64),
        Targets::LabelSequences => builder.input("y_true", Shape::from([None, Some(1)]), DType::I64),
    };
    let losses = loss.call(y_true, builder.input("y_pred", predicted, DType::F32)).shape();
    let repeat = |weights: &Shape, losses: &Shape| {
        let mut dims = weights.dims().iter().zip(losses.dims());
        weights.rank() == losses.rank()
            && dims.all(|(weight, loss)| *weight == Some(1) || loss.is_none() || weight == loss)
    };
    // One loss for the whole batch is multiplied with any weights.
    let fits = losses.rank() == 0
        || repeat(&weights, &losses)
        || (weights.last() == Some(1) && repeat(&without_last(&weights), &losses))
        || (losses.last() == Some(1) && repeat(&weights, &without_last(&losses)));
    if fits {
        return Ok(());
    }
    let one_a_sample: Shape = std::iter::once(None).chain((1..losses.rank()).map(|_| Some(1))).collect();
    let either = if one_a_sample == losses { String::new() } else { format!(" or {one_a_sample}") };
    Err(Error::data(format!(
        "loss `{}` of output `{output}` wants sample weights of shape {losses}{either}, got {weights}",
        loss.name()
    )))
}

/// The shape with its batch axis unknown.
fn open_batch(shape: &Shape) -> Shape {
    if shape.rank() == 0 { shape.clone() } else { shape.sample().batched() }
}

fn without_last(shape: &Shape) -> Shape {
    shape.dims().iter().take(shape.rank().saturating_sub(1)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::losses::{
        BinaryCrossentropy, CTC, CategoricalCrossentropy, Circle, Dice, MeanSquaredError,
        SparseCategoricalCrossentropy,
    };

    fn message(loss: &dyn Loss, predicted: &[usize], targets: &[usize]) -> String {
        let shape = |sample: &[usize]| Shape::known(sample).batched();
        match check_targets(loss, "dense_2", &shape(predicted), &Shape::known(&[&[128], targets].concat())) {
            Ok(()) => "fits".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn targets_like_the_output_fit() {
        let categorical = CategoricalCrossentropy::new();
        assert_eq!(message(&categorical, &[10], &[10]), "fits");
        assert_eq!(message(&categorical, &[7, 10], &[7, 10]), "fits");
        let binary = BinaryCrossentropy::new();
        for (predicted, targets) in [(&[1][..], &[][..]), (&[1], &[1]), (&[3], &[3]), (&[7, 1], &[7])] {
            assert_eq!(message(&binary, predicted, targets), "fits");
        }
        assert_eq!(message(&MeanSquaredError::new(), &[1], &[]), "fits");
        assert_eq!(message(&MeanSquaredError::new(), &[], &[1]), "fits");
    }

    #[test]
    fn class_numbers_fit_with_and_without_an_axis_of_their_own() {
        let sparse = SparseCategoricalCrossentropy::new();
        for targets in [&[][..], &[1]] {
            assert_eq!(message(&sparse, &[10], targets), "fits");
        }
        assert_eq!(message(&sparse, &[7, 10], &[7]), "fits");
        assert_eq!(message(&sparse, &[7, 10], &[7, 1]), "fits");
    }

    #[test]
    fn labels_of_other_shapes_than_the_output_fit() {
        for targets in [&[][..], &[1]] {
            assert_eq!(message(&Circle::new(), &[10], targets), "fits");
        }
        insta::assert_snapshot!(message(&Circle::new(), &[10], &[10]), @"loss `circle` expects targets of shape (None,) to match output `dense_2`, got (None, 10)");
        assert_eq!(message(&CTC::new(), &[50, 10], &[7]), "fits");
        insta::assert_snapshot!(message(&CTC::new(), &[50, 10], &[]), @"loss `ctc` expects targets of shape (None, None) to match output `dense_2`, got (None,)");
        insta::assert_snapshot!(message(&CTC::new(), &[10], &[7]), @"loss `ctc` expects an output of shape (batch, steps, classes), `dense_2` gives (None, 10)");
    }

    #[test]
    fn misfits_are_explained() {
        let categorical = CategoricalCrossentropy::new();
        insta::assert_snapshot!(message(&categorical, &[10], &[10, 10]), @"loss `categorical_crossentropy` expects targets of shape (None, 10) to match output `dense_2`, got (None, 10, 10); was `to_categorical` applied twice?");
        insta::assert_snapshot!(message(&categorical, &[10], &[]), @"loss `categorical_crossentropy` expects targets of shape (None, 10) to match output `dense_2`, got (None,); for integer labels use the loss `sparse_categorical_crossentropy`, or `to_categorical` on the labels");
        insta::assert_snapshot!(message(&categorical, &[10], &[1]), @"loss `categorical_crossentropy` expects targets of shape (None, 10) to match output `dense_2`, got (None, 1); for integer labels use the loss `sparse_categorical_crossentropy`, or `to_categorical` on the labels");
        insta::assert_snapshot!(message(&categorical, &[10], &[7]), @"loss `categorical_crossentropy` expects targets of shape (None, 10) to match output `dense_2`, got (None, 7)");
        let sparse = SparseCategoricalCrossentropy::new();
        insta::assert_snapshot!(message(&sparse, &[10], &[10]), @"loss `sparse_categorical_crossentropy` expects targets of shape (None,) to match output `dense_2`, got (None, 10); for one-hot targets use the loss `categorical_crossentropy`");
        insta::assert_snapshot!(message(&sparse, &[10], &[10, 10]), @"loss `sparse_categorical_crossentropy` expects targets of shape (None,) to match output `dense_2`, got (None, 10, 10); was `to_categorical` applied twice?");
        insta::assert_snapshot!(message(&sparse, &[7, 10], &[]), @"loss `sparse_categorical_crossentropy` expects targets of shape (None, 7) to match output `dense_2`, got (None,)");
        insta::assert_snapshot!(message(&BinaryCrossentropy::new(), &[10], &[]), @"loss `binary_crossentropy` expects targets of shape (None, 10) to match output `dense_2`, got (None,); for integer labels use `to_categorical` on them, or an output of one unit for a yes-or-no question");
        insta::assert_snapshot!(message(&MeanSquaredError::new().name("mse"), &[3], &[]), @"loss `mse` expects targets of shape (None, 3) to match output `dense_2`, got (None,)");
    }

    #[test]
    fn weights_fit_losses_or_can_be_repeated() {
        let message = |loss: &dyn Loss, predicted: &[usize], weights: &[usize]| {
            let shape = |sample: &[usize]| Shape::known(&[&[128], sample].concat());
            match check_sample_weight(loss, "dense_2", &shape(predicted), &shape(weights)) {
                Ok(()) => "fits".into(),
                Err(error) => error.to_string(),
            }
        };
        let (mean, sparse) = (MeanSquaredError::new(), SparseCategoricalCrossentropy::new());
        for (predicted, weights) in
            [(&[3][..], &[][..]), (&[3], &[1]), (&[7, 3], &[7]), (&[7, 3], &[1]), (&[7, 3], &[7, 1])]
        {
            assert_eq!(message(&mean, predicted, weights), "fits");
            assert_eq!(message(&sparse, predicted, weights), "fits");
        }
        for (loss, predicted, weights) in [
            (&Dice::new() as &dyn Loss, &[7, 3][..], &[][..]),
            (&CTC::new(), &[7, 3], &[]),
            (&Circle::new(), &[3], &[1]),
        ] {
            assert_eq!(message(loss, predicted, weights), "fits");
        }
        insta::assert_snapshot!(message(&mean, &[7, 3], &[]), @"loss `mean_squared_error` of output `dense_2` wants sample weights of shape (None, 7) or (None, 1), got (None,)");
        insta::assert_snapshot!(message(&sparse, &[3], &[3]), @"loss `sparse_categorical_crossentropy` of output `dense_2` wants sample weights of shape (None,), got (None, 3)");
    }

    #[test]
    fn labels_outside_the_classes_are_named() {
        let message =
            |loss: SparseCategoricalCrossentropy, predicted: &[usize], labels: Tensor| match check_labels(
                &loss,
                "dense_2",
                &Shape::known(predicted).batched(),
                &labels,
            ) {
                Ok(()) => "fits".into(),
                Err(error) => error.to_string(),
            };
        let labels = |values: &[i64]| Tensor::new(values.to_vec(), [values.len()]).unwrap();
        let sparse = SparseCategoricalCrossentropy::new;
        assert_eq!(message(sparse(), &[10], labels(&[0, 9])), "fits");
        assert_eq!(message(sparse().ignore_class(-1), &[10], labels(&[0, -1])), "fits");
        insta::assert_snapshot!(message(sparse(), &[10], labels(&[0, 9, 1, 1, 1, 1, 1, 12])), @"label 12 at sample 7 lies outside 0..10, the classes of output `dense_2`");
        insta::assert_snapshot!(message(sparse(), &[10], labels(&[0, -1])), @"label -1 at sample 1 lies outside 0..10, the classes of output `dense_2`");
        insta::assert_snapshot!(message(sparse(), &[1], labels(&[0, 1])), @"label 1 at sample 1 lies outside 0..1, the classes of output `dense_2`; for one output unit use the loss `binary_crossentropy`");
        let pairs = Tensor::new(vec![0.0_f32, 1.0, 2.0, f32::NAN], [2, 2]).unwrap();
        insta::assert_snapshot!(message(sparse(), &[2, 3], pairs), @"label NaN at sample 1 lies outside 0..3, the classes of output `dense_2`");
    }
}
