//! `Summary`: the table of layers, shapes and parameters that Keras prints.

use std::fmt;

use super::network::{give_names, is_input};
use super::{LayerRef, Model};
use crate::optimizers;
use crate::registry::Configured;
use crate::{DType, Result};

/// What `summary()` shows; `Display` prints Keras' table.
///
/// ```
/// use cornu::{Sequential, layers::{Dense, Input}};
/// let model = Sequential::new().add(Input::new([4])).add(Dense::new(3));
/// let table = model.summary().line_length(60).show_trainable(true).to_string();
/// assert!(table.contains("│ dense (Dense)         │ (None, 3)        │      15 │  Y  │"), "{table}");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    model: String,
    rows: Vec<Row>,
    trainable: usize,
    frozen: usize,
    /// The optimizer's numbers and their bytes, once it has variables.
    optimizer: Option<(usize, usize)>,
    line_length: Option<usize>,
    console_width: Option<usize>,
    show_trainable: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    name: String,
    class: String,
    shape: String,
    parameters: String,
    /// Nothing for a layer without weights.
    trainable: Option<bool>,
}

impl Row {
    fn built(layer: LayerRef<'_>) -> Self {
        let weights = layer.get_weights();
        Row {
            name: layer.name().into(),
            class: layer.class_name().into(),
            shape: layer.output_shape().to_string(),
            parameters: thousands(layer.count_params()),
            trainable: (!weights.is_empty()).then(|| layer.trainable()),
        }
    }

    /// The layers of a model whose input's shape nobody has said.
    fn unbuilt(model: &Model) -> Vec<Self> {
        let mut layers = model.layers.clone();
        give_names(&mut layers);
        let listed = layers.iter().filter(|layer| !is_input(layer.as_ref()));
        listed
            .map(|layer| Row {
                name: layer.base().name().into(),
                class: Configured::class_name(layer.as_ref()).into(),
                shape: "?".into(),
                parameters: "0 (unbuilt)".into(),
                trainable: None,
            })
            .collect()
    }

    fn cells(&self, show_trainable: bool) -> Vec<String> {
        let mut cells =
            vec![format!("{} ({})", self.name, self.class), self.shape.clone(), self.parameters.clone()];
        if show_trainable {
            cells.push(match self.trainable {
                Some(true) => "Y".into(),
                Some(false) => "N".into(),
                None => "-".into(),
            });
        }
        cells
    }
}

impl Summary {
    pub(super) fn of(model: &Model) -> Self {
        let count = |wanted: bool| -> usize {
            let Ok(network) = model.network() else { return 0 };
            let trained: Vec<&String> = network.trained().map(|(path, _)| path).collect();
            let of = network.all_weights().filter(|(path, _)| trained.contains(&path) == wanted);
            of.map(|(_, weight)| weight.shape.iter().product::<usize>()).sum()
        };
        Summary {
            model: model.name().into(),
            rows: match model.is_built() {
                true => model.layers().into_iter().map(Row::built).collect(),
                false => Row::unbuilt(model),
            },
            trainable: count(true),
            frozen: count(false),
            optimizer: optimizer_size(model).ok().flatten(),
            line_length: None,
            console_width: None,
            show_trainable: false,
        }
    }

    /// The width of the table; 76 by default, or 4 less than the console, up to 88.
    #[must_use]
    pub fn line_length(mut self, characters: usize) -> Self {
        self.line_length = Some(characters);
        self
    }

    /// The width of the console, at which wider lines are cut.
    #[must_use]
    pub fn console_width(mut self, characters: usize) -> Self {
        self.console_width = Some(characters);
        self
    }

    /// Whether a column says which layers are trained.
    #[must_use]
    pub fn show_trainable(mut self, show: bool) -> Self {
        self.show_trainable = show;
        self
    }

    /// The lengths of the columns, the blanks around their text included.
    ///
    /// Keras wants columns that end at these shares of the line; rich, which draws its tables, finds that
    /// borders and blanks have no room then, and shortens the columns in turn.
    fn columns(&self) -> Vec<usize> {
        let (mut ends, widest) = match self.show_trainable {
            true => (vec![0.45 * 0.9, 0.8 * 0.9, 0.9, 1.0], 100),
            false => (vec![0.45, 0.8, 1.0], 88),
        };
        let default = self.console_width.unwrap_or(80).saturating_sub(4).min(widest);
        // Below, a column would have no room for a letter.
        let length = self.line_length.unwrap_or(default).max(10 * ends.len()) as f64;
        let mut start = 0;
        let mut excess = 3 * ends.len() + 1;
        let mut left = ends.len();
        let columns = ends.drain(..).map(|end| {
            let end = (end * length) as usize;
            let wanted = end - std::mem::replace(&mut start, end) + 2;
            let share = (excess as f64 / left as f64).round_ties_even() as usize;
            excess -= share;
            left -= 1;
            wanted - share
        });
        columns.collect()
    }

    fn lines(&self) -> Vec<String> {
        let columns = self.columns();
        let rule = |left: &str, fill: &str, cross: &str, right: &str| {
            let filled: Vec<String> = columns.iter().map(|width| fill.repeat(*width)).collect();
            format!("{left}{}{right}", filled.join(cross))
        };
        let header = ["Layer (type)", "Output Shape", "Param #", "Trainable"].map(String::from);
        let mut lines = vec![format!("Model: \"{}\"", self.model), rule("┏", "━", "┳", "┓")];
        lines.extend(row(&header, &columns, "┃", true));
        lines.push(rule("┡", "━", "╇", "┩"));
        for (at, of) in self.rows.iter().enumerate() {
            if at > 0 {
                lines.push(rule("├", "─", "┼", "┤"));
            }
            lines.extend(row(&of.cells(self.show_trainable), &columns, "│", false));
        }
        lines.push(rule("└", "─", "┴", "┘"));
        let total = |what: &str, numbers: usize, bytes: usize| {
            format!(" {what} params: {} ({})", thousands(numbers), size(bytes))
        };
        let (numbers, bytes) = self.optimizer.unwrap_or_default();
        let own = self.trainable + self.frozen;
        lines.push(total("Total", own + numbers, 4 * own + bytes));
        lines.push(total("Trainable", self.trainable, 4 * self.trainable));
        lines.push(total("Non-trainable", self.frozen, 4 * self.frozen));
        lines.extend(self.optimizer.map(|(numbers, bytes)| total("Optimizer", numbers, bytes)));
        lines
    }
}

/// One row of the table, as many lines as its highest cell. A header's texts stand at its bottom.
fn row(cells: &[String], columns: &[usize], border: &str, header: bool) -> Vec<String> {
    let wrapped: Vec<Vec<String>> =
        cells.iter().zip(columns).map(|(cell, width)| wrap(cell, width.saturating_sub(2))).collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    let line = |at: usize| {
        let texts = wrapped.iter().zip(columns).enumerate().map(|(column, (cell, width))| {
            let above = if header { height - cell.len() } else { 0 };
            let text = at.checked_sub(above).and_then(|at| cell.get(at)).map_or("", String::as_str);
            let width = width.saturating_sub(2);
            match column {
                0 | 1 => format!(" {text:<width$} "),
                2 => format!(" {text:>width$} "),
                _ => format!(" {text:^width$} "),
            }
        });
        format!("{border}{}{border}", texts.collect::<Vec<_>>().join(border))
    };
    (0..height).map(line).collect()
}

/// The lines of a text in a column: broken at spaces, what is still too long cut with `…`.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    for line in &mut lines {
        if line.chars().count() > width {
            *line = line.chars().take(width.saturating_sub(1)).chain(['…']).collect();
        }
    }
    lines
}

/// The numbers and bytes of the optimizer's variables, once it has some.
fn optimizer_size(model: &Model) -> Result<Option<(usize, usize)>> {
    let (network, compiled) = (model.network()?, model.compiled()?);
    if !compiled.has_variables {
        return Ok(None);
    }
    let trained: Vec<(&str, Vec<usize>)> =
        network.trained().map(|(path, weight)| (path.as_str(), weight.shape.clone())).collect();
    let mut variables = optimizers::variables(compiled.optimizer.as_ref(), &trained);
    variables.retain(|variable| variable.filed);
    let numbers = |variable: &optimizers::Variable| variable.shape.iter().product::<usize>();
    let bytes = |variable: &optimizers::Variable| numbers(variable) * DType::size(variable.dtype);
    Ok(Some((variables.iter().map(numbers).sum(), variables.iter().map(bytes).sum())))
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
        let seen = self.console_width.unwrap_or(usize::MAX);
        for line in self.lines() {
            writeln!(f, "{}", line.chars().take(seen).collect::<String>())?;
        }
        Ok(())
    }
}
