//! What is to be learned: classes or a number.

use std::collections::HashSet;

use cornu::Data;
use cornu::data::Column;

use crate::failure::{Failure, Result};

/// What a target asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Task {
    // A number.
    Regression,
    // One of some classes.
    Classification,
}

/// More whole numbers than these are a quantity.
const CLASSES: usize = 20;

impl Task {
    /// Strings are classes, and so are few whole numbers; other numbers are a quantity.
    pub(super) fn of(target: &Column) -> Self {
        match target {
            Column::Strings(_) => Task::Classification,
            Column::Ints(values) => few(values.iter().map(|value| *value as u64), values.len()),
            Column::Floats(values) if values.iter().any(|value| value.fract() != 0.0 && !value.is_nan()) => {
                Task::Regression
            }
            Column::Floats(values) => {
                few(values.iter().filter(|v| !v.is_nan()).map(|v| v.to_bits()), values.len())
            }
        }
    }
}

fn few(values: impl Iterator<Item = u64>, rows: usize) -> Task {
    let different = values.collect::<HashSet<_>>().len();
    if different <= CLASSES.min((rows / 2).max(2)) { Task::Classification } else { Task::Regression }
}

/// The target of each row, and the rows that have one.
pub(super) fn targets(name: &str, column: &Column, task: Task) -> Result<(Data, Vec<usize>)> {
    let present = |row: &usize| match column {
        Column::Floats(values) => !values[*row].is_nan(),
        Column::Ints(_) => true,
        Column::Strings(values) => values[*row].is_some(),
    };
    let rows: Vec<usize> = (0..column.len()).filter(present).collect();
    let whole = |values: &[f64]| values.iter().all(|value| value.is_nan() || value.fract() == 0.0);
    let data = match column {
        Column::Strings(_) if task == Task::Regression => {
            return Err(Failure::new(format!(
                "the target `{name}` holds strings, which are no numbers to predict"
            ))
            .tip("leave out --task regression"));
        }
        // Class 1 of a column with gaps is read as 1.0.
        Column::Floats(values) if task == Task::Classification && whole(values) => {
            cornu::Tensor::from(values.iter().map(|value| *value as i64).collect::<Vec<_>>()).into()
        }
        _ => column.to_data(),
    };
    Ok((data, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_say_what_is_to_be_learned() {
        assert_eq!(Task::of(&Column::from(["a", "b", "a"])), Task::Classification);
        assert_eq!(Task::of(&Column::from([0, 1, 1, 0])), Task::Classification);
        assert_eq!(Task::of(&Column::from([0.0, 1.0, f64::NAN])), Task::Classification);
        assert_eq!(Task::of(&Column::from([0.5, 1.0, 2.0])), Task::Regression);
        assert_eq!(Task::of(&Column::Ints((0..100).collect())), Task::Regression);
        assert_eq!(Task::of(&Column::Ints((0..100).map(|row| row % 10).collect())), Task::Classification);
    }
}
