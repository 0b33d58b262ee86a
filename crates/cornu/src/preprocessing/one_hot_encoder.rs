//! `OneHotEncoder`: a column of zeros and ones for each category.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Transformer;
use super::cell::{Cell, Key, counted};
use super::sizes::Size;
use super::transformer::{columns_named, learned, saved_as};
use crate::data::{Column, Table};
use crate::{Error, Result};

/// What becomes of a category that was not there when the encoder was fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandleUnknown {
    /// It is an error.
    #[default]
    Error,
    /// All its columns are zero.
    Ignore,
    /// It counts among the infrequent ones; where there are none, as [`HandleUnknown::Ignore`].
    InfrequentIfExist,
}

/// Which column of a category is left out, for it follows from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drop {
    /// The first of each column.
    First,
    /// The first of each column that has two categories.
    IfBinary,
}

/// Makes of each column, of strings or of numbers, one for each of its categories, 1 where the row has it. What is
/// missing is a category like another.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.OneHotEncoder.html>.
///
/// ```
/// use cornu::data::{Column, Table};
/// use cornu::preprocessing::{HandleUnknown, OneHotEncoder, Transformer};
/// let train = Table::new([("city", Column::from(["Oslo", "Paris", "Oslo"]))])?;
/// let mut encoder = OneHotEncoder::new().handle_unknown(HandleUnknown::Ignore);
/// let encoded = encoder.fit_transform(&train)?;
/// assert_eq!(encoded.names().collect::<Vec<_>>(), ["city_Oslo", "city_Paris"]);
/// assert_eq!(encoded.to_tensor()?.to_vec::<f64>(), [1.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
/// let rome = Table::new([("city", Column::from(["Rome"]))])?;
/// assert_eq!(encoder.transform(&rome)?.to_tensor()?.to_vec::<f64>(), [0.0, 0.0]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OneHotEncoder {
    categories: Option<Vec<Vec<Cell>>>,
    drop: Option<Drop>,
    handle_unknown: HandleUnknown,
    min_frequency: Option<Size>,
    max_categories: Option<usize>,
    learned: Option<Vec<OneHot>>,
}

/// The categories of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct OneHot {
    column: String,
    /// Those with a column of their own.
    frequent: Vec<Cell>,
    /// Those that share the last column.
    infrequent: Vec<Cell>,
    /// Whether the first column is left out.
    drops_first: bool,
}

impl OneHotEncoder {
    /// All categories that occur; others are errors.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Which column is left out; none by default.
        drop: some Drop;
        /// What becomes of categories not seen before.
        handle_unknown: HandleUnknown;
        /// Categories that occur less often, `5usize` times or in a part `0.1` of the rows, share one column.
        min_frequency: some into Size;
        /// The number of columns a column becomes at most: the most frequent categories and one for all others.
        max_categories: some usize;
    }

    /// The categories of each column, instead of those that occur, in the order of their columns.
    #[must_use]
    pub fn categories<C: Into<Cell>, const N: usize>(
        mut self,
        categories: impl IntoIterator<Item = [C; N]>,
    ) -> Self {
        self.categories = Some(categories.into_iter().map(|of| of.map(Into::into).into()).collect());
        self
    }

    fn learn(&self, at: usize, name: &str, column: &Column) -> Result<OneHot> {
        let what = "OneHotEncoder";
        let mut counts = counted(Cell::all(what, name, column)?);
        if let Some(given) = &self.categories {
            let given = given.get(at).ok_or_else(|| {
                Error::argument(what, format!("categories are given for {at} columns; `{name}` has none"))
            })?;
            let of =
                |key: &Key| counts.iter().find(|(cell, _)| cell.key() == *key).map_or(0, |(_, count)| *count);
            let listed: Vec<(Cell, usize)> =
                given.iter().map(|cell| (cell.clone(), of(&cell.key()))).collect();
            let unknown =
                counts.iter().find(|(cell, _)| !given.iter().any(|known| known.key() == cell.key()));
            if let (HandleUnknown::Error, Some((cell, _))) = (self.handle_unknown, unknown) {
                return Err(unknown_category(what, name, cell));
            }
            counts = listed;
        }
        let least = match self.min_frequency {
            Some(Size::Count(count)) => count as f64,
            Some(Size::Part(part)) => part * column.len() as f64,
            None => 0.0,
        };
        let mut rare: Vec<bool> = counts.iter().map(|(_, count)| (*count as f64) < least).collect();
        let columns = rare.iter().filter(|rare| !**rare).count() + 1;
        if let Some(most) = self.max_categories.filter(|most| *most < columns) {
            let mut order: Vec<usize> = (0..counts.len()).collect();
            order.sort_by_key(|&at| counts[at].1);
            let kept = most.saturating_sub(1);
            order.iter().take(counts.len().saturating_sub(kept)).for_each(|&at| rare[at] = true);
        }
        let (mut frequent, mut infrequent) = (Vec::new(), Vec::new());
        for ((cell, _), rare) in counts.into_iter().zip(rare) {
            if rare { infrequent.push(cell) } else { frequent.push(cell) }
        }
        let width = frequent.len() + usize::from(!infrequent.is_empty());
        let drops_first = match self.drop {
            None => false,
            Some(Drop::First) => true,
            Some(Drop::IfBinary) => width == 2,
        };
        Ok(OneHot { column: name.into(), frequent, infrequent, drops_first })
    }
}

impl OneHot {
    fn width(&self) -> usize {
        self.frequent.len() + usize::from(!self.infrequent.is_empty())
    }

    /// The new columns of one.
    fn encode(&self, column: &Column, unknown: HandleUnknown) -> Result<Vec<(String, Column)>> {
        let what = "OneHotEncoder";
        let lookup = Lookup::new(self.frequent.iter().chain(&self.infrequent));
        let mut columns = vec![vec![0.0; column.len()]; self.width()];
        let mut seen = HashSet::new();
        for (row, cell) in Cell::all(what, &self.column, column)?.into_iter().enumerate() {
            let place = match lookup.find(&cell) {
                Some(at) => Some(at.min(self.frequent.len())),
                None if unknown == HandleUnknown::Error => {
                    return Err(unknown_category(what, &self.column, &cell));
                }
                None if unknown == HandleUnknown::InfrequentIfExist && !self.infrequent.is_empty() => {
                    Some(self.frequent.len())
                }
                None => None,
            };
            if let Some(column) = place.and_then(|place| columns.get_mut(place)) {
                column[row] = 1.0;
            }
        }
        let mut names: Vec<String> =
            self.frequent.iter().map(|cell| format!("{}_{cell}", self.column)).collect();
        if !self.infrequent.is_empty() {
            names.push(format!("{}_infrequent_sklearn", self.column));
        }
        // A category may be called as another prints, such as the string "nan".
        for name in &mut names {
            while !seen.insert(name.clone()) {
                name.push('_');
            }
        }
        let kept = usize::from(self.drops_first);
        Ok(names.into_iter().zip(columns.into_iter().map(Column::Floats)).skip(kept).collect())
    }
}

/// Where each category stands.
pub(super) struct Lookup {
    places: HashMap<Key, usize>,
    texts: bool,
}

impl Lookup {
    pub(super) fn new<'c>(categories: impl Iterator<Item = &'c Cell>) -> Self {
        let mut lookup = Lookup { places: HashMap::new(), texts: false };
        for (at, cell) in categories.enumerate() {
            lookup.texts |= matches!(cell, Cell::Text(_));
            lookup.places.entry(cell.key()).or_insert(at);
        }
        lookup
    }

    pub(super) fn find(&self, cell: &Cell) -> Option<usize> {
        self.places.get(&if self.texts { cell.text_key() } else { cell.key() }).copied()
    }
}

pub(super) fn unknown_category(what: &str, name: &str, cell: &Cell) -> Error {
    Error::data(format!(
        "{what}: column `{name}` holds the category `{cell}`, which it was not fitted to; `handle_unknown` says what \
         becomes of such"
    ))
}

impl Transformer for OneHotEncoder {
    saved_as!("OneHotEncoder");

    fn fit_table(&mut self, x: &Table) -> Result<()> {
        let of = |(at, (name, column)): (usize, (&str, &Column))| self.learn(at, name, column);
        self.learned = Some(x.columns().enumerate().map(of).collect::<Result<_>>()?);
        Ok(())
    }

    fn transform_table(&self, x: &Table) -> Result<Table> {
        let fitted = learned("OneHotEncoder", &self.learned)?;
        let columns = columns_named("OneHotEncoder", fitted.iter().map(|of| of.column.as_str()), x)?;
        let mut made = Vec::new();
        for (of, column) in fitted.iter().zip(columns) {
            made.extend(of.encode(column, self.handle_unknown)?);
        }
        Table::new(made)
    }
}
