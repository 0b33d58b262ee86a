//! What the columns of a table are: numbers, categories, texts, or nothing to learn from.

use std::collections::HashSet;

use cornu::data::{Column, Table};

/// What a column is taken for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Number,
    Category,
    Text,
    /// Left out, but where it is missing is told.
    Presence(String),
    /// Left out, with the reason.
    Dropped(String),
}

/// A text has at least as many words, in the mean.
const WORDS_OF_TEXT: f64 = 2.5;
/// Strings with more different values than this are categories only where rows share them.
const CATEGORIES: usize = 20;
/// The part of rows with something missing from which on that itself is worth telling.
const OFTEN_MISSING: f64 = 0.05;

/// What each column is, where the user does not say it.
pub(super) fn kind(name: &str, column: &Column, categorical: &[String], text: &[String]) -> Kind {
    if categorical.iter().any(|given| given == name) {
        return Kind::Category;
    }
    if text.iter().any(|given| given == name) {
        return Kind::Text;
    }
    let n = column.len();
    let missing = column.missing();
    if missing == n {
        return Kind::Dropped("all of it is missing".into());
    }
    match column {
        Column::Ints(values) if counts_rows(values) => Kind::Dropped("it numbers the rows".into()),
        Column::Ints(values) if values.iter().all(|value| *value == values[0]) => constant(),
        Column::Floats(values) if missing == 0 && values.iter().all(|value| *value == values[0]) => {
            constant()
        }
        Column::Ints(_) | Column::Floats(_) => Kind::Number,
        Column::Strings(values) => {
            let present: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
            let different = present.iter().collect::<HashSet<_>>().len();
            let words = present.iter().map(|text| text.split_whitespace().count()).sum::<usize>() as f64;
            let scattered = different > CATEGORIES && different * 2 > present.len();
            match (different, scattered) {
                (1, _) if missing == 0 => constant(),
                (_, true) if words / present.len() as f64 >= WORDS_OF_TEXT => Kind::Text,
                (_, true) => {
                    let why = format!("{different} different values in {} rows", present.len());
                    let often = missing as f64 > OFTEN_MISSING * n as f64;
                    if often { Kind::Presence(why) } else { Kind::Dropped(why) }
                }
                _ => Kind::Category,
            }
        }
    }
}

fn constant() -> Kind {
    Kind::Dropped("all rows have the same".into())
}

/// Whether these are the numbers of rows, in any order and with some rows gone: all different, and hardly a gap.
fn counts_rows(values: &[i64]) -> bool {
    let (Some(min), Some(max)) = (values.iter().min(), values.iter().max()) else { return false };
    values.len() > CATEGORIES
        && max.abs_diff(*min) < values.len() as u64 * 3 / 2
        && values.iter().collect::<HashSet<_>>().len() == values.len()
}

/// A line for each column that is not what it seems, for the user.
pub(super) fn notes(table: &Table, kinds: &[Kind]) -> Vec<String> {
    let note = |(name, kind): (&str, &Kind)| match kind {
        Kind::Number | Kind::Category => None,
        Kind::Text => Some(format!("`{name}` is taken for a text")),
        Kind::Dropped(why) => Some(format!("`{name}` is left out: {why}")),
        Kind::Presence(why) => Some(format!("`{name}` is left out but for whether it is missing: {why}")),
    };
    table.names().zip(kinds).filter_map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(column: Column) -> Kind {
        kind("c", &column, &[], &[])
    }

    #[test]
    fn columns_are_what_they_look_like() {
        let strings =
            |text: &dyn Fn(usize) -> String| Column::Strings((0..60).map(|row| Some(text(row))).collect());
        assert_eq!(of(Column::Ints((1..=60).rev().collect())), Kind::Dropped("it numbers the rows".into()));
        let some = (0..60).filter(|row| row % 5 != 2).collect();
        assert_eq!(of(Column::Ints(some)), Kind::Dropped("it numbers the rows".into()));
        assert_eq!(of(Column::Ints((0..60).map(|row| row * 2).collect())), Kind::Number);
        assert_eq!(of(Column::from([f64::NAN, f64::NAN])), Kind::Dropped("all of it is missing".into()));
        assert_eq!(of(Column::from([2.5, 2.5])), constant());
        assert_eq!(of(Column::from([2.5, f64::NAN])), Kind::Number);
        assert_eq!(of(strings(&|row| format!("c{}", row % 7))), Kind::Category);
        assert_eq!(
            of(strings(&|row| format!("row {row}"))),
            Kind::Dropped("60 different values in 60 rows".into())
        );
        assert_eq!(of(strings(&|row| format!("the row number {row}"))), Kind::Text);
        let cabins = Column::Strings((0..60).map(|row| (row % 2 == 0).then(|| format!("C{row}"))).collect());
        assert_eq!(of(cabins), Kind::Presence("30 different values in 30 rows".into()));
    }

    #[test]
    fn the_user_knows_better() {
        let class = Column::from([1, 2, 3]);
        assert_eq!(kind("c", &class, &["c".into()], &[]), Kind::Category);
        assert_eq!(kind("c", &class, &[], &["c".into()]), Kind::Text);
    }
}
