//! The variables of optimizers, which had other names in another order.
//!
//! Keras 3 lists all variables of a weight before those of the next one, as tf.keras 2.11 did. Before that, all
//! variables of one kind came first, by names that end in the kind; before tf.keras, by names that say nothing.

use std::collections::HashMap;

use crate::Tensor;

/// A kind of variable.
struct Kind {
    /// The optimizers that have it.
    of: &'static [&'static str],
    /// Keras 3's name.
    name: &'static str,
    /// Older names.
    older: &'static [&'static str],
    /// In tf.keras 2.11 the kinds of pass 0 come first, weight by weight, then those of pass 1, and so on.
    pass: usize,
}

const fn kind(
    of: &'static [&'static str],
    name: &'static str,
    older: &'static [&'static str],
    pass: usize,
) -> Kind {
    Kind { of, name, older, pass }
}

/// The kinds of variables, those of one optimizer in the order of older files.
const KINDS: &[Kind] = &[
    kind(&["SGD", "Lion"], "momentum", &["m", "momentum"], 0),
    kind(&["Adam", "AdamW", "Nadam", "Adamax"], "momentum", &["m"], 0),
    kind(&["Adam", "AdamW", "Nadam"], "velocity", &["v"], 0),
    kind(&["Adamax"], "norm", &["u", "v"], 0),
    kind(&["Adam", "AdamW"], "velocity_hat", &["vhat"], 1),
    kind(&["RMSprop"], "velocity", &["velocity", "rms"], 0),
    kind(&["RMSprop"], "momentum", &["momentum"], 1),
    kind(&["RMSprop"], "average_gradient", &["average_gradient", "mg"], 2),
    kind(&["Adagrad", "Ftrl"], "accumulator", &["accumulator"], 0),
    kind(&["Ftrl"], "linear", &["linear"], 0),
    kind(&["Adadelta"], "accumulated_grad", &["accumulated_grad", "accum_grad"], 0),
    kind(&["Adadelta"], "accumulated_delta_var", &["accumulated_delta_var", "accum_var"], 0),
];

fn kinds(class: &str) -> Vec<&'static Kind> {
    KINDS.iter().filter(|kind| kind.of.contains(&class)).collect()
}

/// What a file from before Keras 3 says of an optimizer.
#[derive(Debug, Default, PartialEq)]
pub struct Slots {
    /// The number of steps it has done.
    pub steps: Option<u64>,
    /// The variables of each kind, by Keras 3's name, one for each trained weight.
    pub kinds: HashMap<&'static str, Vec<Tensor>>,
}

/// The variables of an optimizer of this class, from their names and values in a file from before Keras 3, of a model with so many
/// trained weights.
///
/// # Errors
/// If they are not as many as the weights.
pub fn arrange(class: &str, stored: &[(String, Tensor)], weights: usize) -> Result<Slots, String> {
    let kinds = kinds(class);
    let mut slots = Slots::default();
    let mut nameless = Vec::new();
    for (at, (name, tensor)) in stored.iter().enumerate() {
        let parts: Vec<&str> = name.split(':').next().unwrap_or_default().split('/').collect();
        let named = |kind: &&&Kind| {
            let is = |part: &&str| kind.older.contains(part);
            parts.len() > 1 && parts.last().is_some_and(is) || parts.len() > 2 && parts.get(1).is_some_and(is)
        };
        if tensor.rank() == 0 && (at == 0 || name.contains("iter")) {
            slots.steps = tensor.item().map(|steps| steps.max(0.0) as u64);
        } else if let Some(kind) = kinds.iter().find(named) {
            slots.kinds.entry(kind.name).or_default().push(tensor.clone());
        } else if tensor.rank() > 0 {
            nameless.push(tensor.clone());
        }
    }
    if slots.kinds.is_empty() && weights > 0 {
        for (kind, tensors) in kinds.iter().zip(nameless.chunks(weights)) {
            slots.kinds.insert(kind.name, tensors.to_vec());
        }
    }
    // Keras 2 kept a number in place of each maximum that Adam was not told to keep.
    slots
        .kinds
        .retain(|kind, tensors| *kind != "velocity_hat" || tensors.iter().any(|tensor| tensor.len() > 1));
    match slots.kinds.iter().find(|(_, tensors)| tensors.len() != weights) {
        Some((kind, tensors)) => {
            Err(format!("has {} variables `{kind}` for {weights} trained weights", tensors.len()))
        }
        None => Ok(slots),
    }
}

/// The variables of an optimizer of this class from their values alone, in the order of tf.keras 2.11 and later.
///
/// # Errors
/// If they are fewer than the weights want.
pub fn arrange_in_order(class: &str, values: &[Tensor], weights: usize) -> Result<Slots, String> {
    let mut slots = Slots::default();
    let mut values = values.iter();
    slots.steps = values.next().and_then(Tensor::item).map(|steps| steps.max(0.0) as u64);
    let kinds = kinds(class);
    for pass in 0..=kinds.iter().map(|kind| kind.pass).max().unwrap_or(0) {
        if values.as_slice().is_empty() {
            break;
        }
        for _ in 0..weights {
            for kind in kinds.iter().filter(|kind| kind.pass == pass) {
                let value = values.next().ok_or("has too few variables for the trained weights")?;
                slots.kinds.entry(kind.name).or_default().push(value.clone());
            }
        }
    }
    Ok(slots)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(names: &[&str]) -> Vec<(String, Tensor)> {
        let value = |(at, name): (usize, &&str)| {
            let tensor =
                if name.contains("iter") { Tensor::scalar(7i64) } else { Tensor::from([at as f32, 0.0]) };
            ((*name).to_owned(), tensor)
        };
        names.iter().enumerate().map(value).collect()
    }

    fn numbers(slots: &Slots, kind: &str) -> Vec<f32> {
        slots.kinds[kind].iter().map(|tensor| tensor.to_vec::<f32>()[0]).collect()
    }

    #[test]
    fn every_order_is_understood() {
        let orders: [&[&str]; 4] = [
            // tf.keras 2.11
            &["iteration:0", "Adam/m/a/kernel:0", "Adam/v/a/kernel:0", "Adam/m/a/bias:0", "Adam/v/a/bias:0"],
            // tf.keras 2.0
            &["Adam/iter:0", "Adam/a/kernel/m:0", "Adam/a/bias/m:0", "Adam/a/kernel/v:0", "Adam/a/bias/v:0"],
            // tf.keras 1.13
            &["t/Adam/iter:0", "t/A/a/kernel/m:0", "t/A/a/bias/m:0", "t/A/a/kernel/v:0", "t/A/a/bias/v:0"],
            // Keras 2.2
            &[
                "Adam/iterations:0",
                "training/Variable:0",
                "training/Variable_1:0",
                "training/Variable_2:0",
                "training/Variable_3:0",
            ],
        ];
        let found = orders.map(|names| {
            let slots = arrange("Adam", &stored(names), 2).unwrap_or_default();
            assert_eq!(slots.steps, Some(7));
            (numbers(&slots, "momentum"), numbers(&slots, "velocity"))
        });
        let by_kind = (vec![1.0, 2.0], vec![3.0, 4.0]);
        assert_eq!(found, [(vec![1.0, 3.0], vec![2.0, 4.0]), by_kind.clone(), by_kind.clone(), by_kind]);
    }

    #[test]
    fn another_models_variables_are_refused() {
        let names = ["Adam/iter:0", "Adam/a/kernel/m:0", "Adam/a/kernel/v:0"];
        assert_eq!(
            arrange("Adam", &stored(&names), 3).unwrap_err().split(" for ").last(),
            Some("3 trained weights")
        );
    }
}
