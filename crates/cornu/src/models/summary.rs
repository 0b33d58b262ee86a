//! `Summary`: the table of layers, shapes and parameters that Keras prints.

use std::fmt;

use super::Model;
use crate::DType;
use crate::optimizers;

/// What `summary()` shows; `Display` prints Keras' table.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    model: String,
    rows: Vec<Row>,
    trainable: usize,
    frozen: usize,
    /// The optimizer's numbers and their bytes, once it has variables.
    optimizer: Option<(usize, usize)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    name: String,
    class: String,
    shape: String,
    parameters: String,
}

impl Summary {
    pub(super) fn of(model: &Model) -> Self {
        let layers = model.layers();
        let built = layers.iter().map(|layer| Row {
            name: layer.name().into(),
            class: layer.class_name().into(),
            shape: layer.output_shape().to_string(),
            parameters: thousands(layer.count_params()),
        });
        let rows = if layers.is_empty() { Vec::new() } else { built.collect() };
        let count = |wanted: bool| -> usize {
            let Ok(network) = model.network() else { return 0 };
            let trained: Vec<&String> = network.trained().map(|(path, _)| path).collect();
            let of = network.all_weights().filter(|(path, _)| trained.contains(&path) == wanted);
            of.map(|(_, weight)| weight.shape.iter().product::<usize>()).sum()
        };
        Summary {
            model: model.name().into(),
            rows,
            trainable: count(true),
            frozen: count(false),
            optimizer: optimizer_size(model),
        }
    }
}

/// The numbers and bytes of the optimizer's variables, if it has been used.
fn optimizer_size(model: &Model) -> Option<(usize, usize)> {
    let (network, compiled) = (model.network().ok()?, model.compiled.as_ref()?);
    if compiled.iterations == 0 {
        return None;
    }
    let trained: Vec<(&str, Vec<usize>)> =
        network.trained().map(|(path, weight)| (path.as_str(), weight.shape.clone())).collect();
    let variables = optimizers::variables(compiled.optimizer.as_ref(), &trained);
    let numbers = |dtype: Option<DType>| -> usize {
        let of = variables.iter().filter(|variable| dtype.is_none_or(|dtype| variable.dtype == dtype));
        of.map(|variable| variable.shape.iter().product::<usize>() * dtype.map_or(1, DType::size)).sum()
    };
    Some((numbers(None), numbers(Some(DType::F32)) + numbers(Some(DType::I64))))
}

/// Digits in groups of three.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Two decimals in units of 1024.
fn size(bytes: usize) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "KB", "MB", "GB", "TB"] {
        if value < 1024.0 {
            return format!("{value:.2} {unit}");
        }
        value /= 1024.0;
    }
    format!("{value:.2} PB")
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Model: \"{}\"", self.model)?;
        let widths = [33, 24, 15];
        let line = |left: &str, fill: &str, cross: &str, right: &str| {
            format!("{left}{}{right}", widths.map(|width| fill.repeat(width)).join(cross))
        };
        writeln!(f, "{}", line("┏", "━", "┳", "┓"))?;
        writeln!(f, "┃ {:<31} ┃ {:<22} ┃ {:>13} ┃", "Layer (type)", "Output Shape", "Param #")?;
        writeln!(f, "{}", line("┡", "━", "╇", "┩"))?;
        for (at, row) in self.rows.iter().enumerate() {
            if at > 0 {
                writeln!(f, "{}", line("├", "─", "┼", "┤"))?;
            }
            let label = format!("{} ({})", row.name, row.class);
            if label.chars().count() <= 31 {
                writeln!(f, "│ {label:<31} │ {:<22} │ {:>13} │", row.shape, row.parameters)?;
            } else {
                writeln!(f, "│ {:<31} │ {:<22} │ {:>13} │", row.name, row.shape, row.parameters)?;
                writeln!(f, "│ {:<31} │ {:<22} │ {:>13} │", format!("({})", row.class), "", "")?;
            }
        }
        writeln!(f, "{}", line("└", "─", "┴", "┘"))?;
        let (optimizer, bytes) = self.optimizer.unwrap_or_default();
        let own = self.trainable + self.frozen;
        let total = |what: &str, numbers: usize, bytes: usize| {
            format!(" {what} params: {} ({})", thousands(numbers), size(bytes))
        };
        writeln!(f, "{}", total("Total", own + optimizer, 4 * own + bytes))?;
        writeln!(f, "{}", total("Trainable", self.trainable, 4 * self.trainable))?;
        writeln!(f, "{}", total("Non-trainable", self.frozen, 4 * self.frozen))?;
        if self.optimizer.is_some() {
            writeln!(f, "{}", total("Optimizer", optimizer, bytes))?;
        }
        Ok(())
    }
}
