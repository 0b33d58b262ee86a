//! The network of `cornu tune`: layers of neurons between the inputs and what the targets ask for.

use cornu::layers::{Dense, Dropout, Flatten, Input};
use cornu::{Compile, DType, Result, Sequential, Tensor};
use cornu_tuner::{HyperParameters, Value};

use super::space::Space;
use crate::failure::Failure;

/// What the network answers, and how that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    units: usize,
    activation: &'static str,
    loss: &'static str,
    pub(crate) metric: &'static str,
}

impl Answer {
    /// What targets ask for: classes where they are whole numbers, yes or no where they are 0 and 1, else numbers.
    pub(crate) fn of(y: &Tensor) -> crate::failure::Result<Self> {
        let values = y.to_vec::<f64>();
        let (width, real) = (y.row_len(), matches!(y.dtype(), DType::F32 | DType::F64));
        let binary = values.iter().all(|value| [0.0, 1.0].contains(value));
        let one_hot = || values.chunks(width.max(1)).all(|row| row.iter().sum::<f64>() == 1.0);
        let answer = |units, activation, loss, metric| Answer { units, activation, loss, metric };
        Ok(if width == 1 && binary {
            answer(1, "sigmoid", "binary_crossentropy", "accuracy")
        } else if width > 1 && binary && one_hot() {
            answer(width, "softmax", "categorical_crossentropy", "accuracy")
        } else if width == 1 && !real {
            if let Some(label) = values.iter().find(|label| **label < 0.0) {
                return Err(Failure::new(format!(
                    "the targets hold the class {label}: classes are counted from 0"
                )));
            }
            let classes = values.iter().fold(0.0, |most: f64, label| most.max(*label)) as usize + 1;
            answer(classes, "softmax", "sparse_categorical_crossentropy", "accuracy")
        } else {
            answer(width, "linear", "mse", "mae")
        })
    }

    /// What a search makes better, where the user does not say.
    pub(crate) fn objective(self) -> &'static str {
        if self.metric == "accuracy" { "val_accuracy" } else { "val_loss" }
    }
}

/// A network for samples of a shape, with the values of a trial.
pub(crate) fn network(
    hp: &mut HyperParameters,
    space: &Space,
    sample: &[usize],
    answer: Answer,
) -> Result<Sequential> {
    let whole = |value: Option<Value>, otherwise| {
        value.and_then(|value| usize::try_from(value.as_i64()?).ok()).unwrap_or(otherwise)
    };
    let word = |value: Option<Value>, otherwise: &str| {
        value.and_then(|value| value.as_str().map(String::from)).unwrap_or_else(|| otherwise.into())
    };
    let number = |value: Option<Value>| value.and_then(|value| value.as_f64());
    let layers = whole(space.ask(hp, "layers", "layers"), 1);
    let activation = word(space.ask(hp, "activation", "activation"), "relu");
    let dropout = number(space.ask(hp, "dropout", "dropout")).unwrap_or(0.0);
    let mut network = Sequential::new().name("tuned").add(Input::new(sample.to_vec()));
    if sample.len() > 1 {
        network = network.add(Flatten::new());
    }
    for layer in 1..=layers {
        let units = whole(space.ask(hp, "units", &format!("units_{layer}")), 32);
        network = network.add(Dense::new(units).activation(activation.as_str()));
        if dropout > 0.0 {
            network = network.add(Dropout::new(dropout));
        }
    }
    let mut network = network.add(Dense::new(answer.units).activation(answer.activation));
    let optimizer = word(space.ask(hp, "optimizer", "optimizer"), "adam");
    network
        .compile(Compile::new().optimizer(optimizer.as_str()).loss(answer.loss).metrics([answer.metric]))?;
    if let Some(rate) = number(space.ask(hp, "learning_rate", "learning_rate")) {
        network.set_learning_rate(rate)?;
    }
    Ok(network)
}

/// The samples a step of a trial.
pub(crate) fn batch_size(hp: &mut HyperParameters, space: &Space) -> usize {
    let asked = space.ask(hp, "batch_size", "batch_size").and_then(|value| value.as_i64());
    asked.and_then(|size| usize::try_from(size).ok()).unwrap_or(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_say_what_the_network_answers() {
        let of = |y: Tensor| Answer::of(&y).map(|answer| (answer.units, answer.loss)).unwrap();
        assert_eq!(of(Tensor::from([0i64, 2, 1])), (3, "sparse_categorical_crossentropy"));
        assert_eq!(of(Tensor::from([0u8, 1, 1])), (1, "binary_crossentropy"));
        assert_eq!(of(Tensor::from([[0.0f32, 1.0], [1.0, 0.0]])), (2, "categorical_crossentropy"));
        assert_eq!(of(Tensor::from([0.5f32, 2.0])), (1, "mse"));
        assert_eq!(of(Tensor::from([[0.5f32, 2.0, 1.0]])), (3, "mse"));
        assert!(Answer::of(&Tensor::from([-1i64, 1])).is_err());
    }
}
