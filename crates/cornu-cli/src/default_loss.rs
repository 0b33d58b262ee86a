//! The loss that a model's output and its targets ask for.

use cornu::{DType, Model, Tensor};

use crate::failure::{Failure, Result};

/// The one loss that fits; an error where several do.
pub(crate) fn default_loss(model: &Model, y: &Tensor) -> Result<&'static str> {
    let output = model.output_shape()?;
    let activation = last_activation(model);
    let units = output.last().unwrap_or(1);
    let loss = fitting(&activation, units, y);
    loss.ok_or_else(|| {
        Failure::new(format!(
            "the model says no loss, and outputs {output} of activation `{activation}` with {} targets {} leave more than one to choose from",
            y.dtype(),
            y.to_shape()
        ))
        .tip("name it, such as --loss mse or --loss sparse_categorical_crossentropy")
    })
}

fn fitting(activation: &str, units: usize, y: &Tensor) -> Option<&'static str> {
    let width = y.shape().get(1..).unwrap_or_default().iter().product::<usize>();
    let real = matches!(y.dtype(), DType::F32 | DType::F64);
    match activation {
        "softmax" if units > 1 && width == 1 => Some("sparse_categorical_crossentropy"),
        "softmax" if units > 1 && width == units => Some("categorical_crossentropy"),
        "sigmoid" if width == units && yes_or_no(y) => Some("binary_crossentropy"),
        "linear" if width == units && real && !yes_or_no(y) => Some("mse"),
        _ => None,
    }
}

fn yes_or_no(y: &Tensor) -> bool {
    y.to_vec::<f64>().iter().all(|value| [0.0, 1.0].contains(value))
}

/// The name of the activation that makes the output.
fn last_activation(model: &Model) -> String {
    let layers = model.layers();
    let Some(last) = layers.last() else { return "linear".into() };
    match last.class_name() {
        "Softmax" => "softmax".into(),
        _ => last.get_config().get("activation").and_then(|name| name.as_str()).unwrap_or("linear").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_chosen_where_only_one_fits() {
        let (classes, one_hot) = (Tensor::from([2i64, 0]), Tensor::from([[0i64, 0, 1], [1, 0, 0]]));
        let (yes, prices) = (Tensor::from([[1u8], [0]]), Tensor::from([[1.5f32], [0.0]]));
        assert_eq!(fitting("softmax", 3, &classes), Some("sparse_categorical_crossentropy"));
        assert_eq!(fitting("softmax", 3, &one_hot), Some("categorical_crossentropy"));
        assert_eq!(fitting("sigmoid", 1, &yes), Some("binary_crossentropy"));
        assert_eq!(fitting("linear", 1, &prices), Some("mse"));
        for (activation, units, y) in [("linear", 3, &classes), ("linear", 1, &yes), ("sigmoid", 1, &prices)]
        {
            assert_eq!(fitting(activation, units, y), None, "{activation} {y:?}");
        }
    }
}
