//! `TfidfVectorizer`: texts as how much each word stands out in them.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Transformer;
use super::sizes::Size;
use super::transformer::{columns_named, learned, saved_as};
use crate::data::{Column, Table};
use crate::{Error, Result};

/// Makes of each column of texts one for each word: how often it occurs in the row's text, weighted by how few texts
/// have it, each row of length one.
///
/// Words are runs of at least two letters, digits and underscores, in lower case. Missing texts have none. Source:
/// <https://scikit-learn.org/stable/modules/generated/sklearn.feature_extraction.text.TfidfVectorizer.html>, with smooth
/// weights and Euclid's norm.
///
/// ```
/// use cornu::data::{Column, Table};
/// use cornu::preprocessing::{TfidfVectorizer, Transformer};
/// let texts = Table::new([("text", Column::from(["a red fish", "a blue fish"]))])?;
/// let made = TfidfVectorizer::new().fit_transform(&texts)?;
/// assert_eq!(made.names().collect::<Vec<_>>(), ["text_blue", "text_fish", "text_red"]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TfidfVectorizer {
    lowercase: bool,
    min_df: Size,
    max_features: Option<usize>,
    use_idf: bool,
    learned: Option<Vec<(String, Words)>>,
}

/// The words of a column, each with its weight.
type Words = Vec<(String, f64)>;

impl Default for TfidfVectorizer {
    fn default() -> Self {
        TfidfVectorizer {
            lowercase: true,
            min_df: Size::Count(1),
            max_features: None,
            use_idf: true,
            learned: None,
        }
    }
}

impl TfidfVectorizer {
    /// All words.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Whether upper and lower case are one.
        lowercase: bool;
        /// Words that fewer texts have, a number `2usize` or a part `0.01`, are left out.
        min_df: into Size;
        /// How many words are kept at most: those that occur most often.
        max_features: some usize;
        /// Whether words count more the fewer texts have them.
        use_idf: bool;
    }

    fn words(&self, text: &str) -> Vec<String> {
        let text = if self.lowercase { text.to_lowercase() } else { text.to_owned() };
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.filter(|word| word.chars().nth(1).is_some()).map(String::from).collect()
    }

    fn learn(&self, texts: &[String]) -> Result<Words> {
        // Of each word how often it occurs and how many texts have it.
        let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for text in texts {
            let mut seen = HashSet::new();
            for word in self.words(text) {
                let count = counts.entry(word.clone()).or_default();
                count.0 += 1;
                count.1 += usize::from(seen.insert(word));
            }
        }
        let n = texts.len() as f64;
        let least = match self.min_df {
            Size::Count(count) => count as f64,
            Size::Part(part) => part * n,
        };
        let mut kept: Vec<(String, (usize, usize))> =
            counts.into_iter().filter(|(_, (_, texts))| *texts as f64 >= least).collect();
        if let Some(most) = self.max_features {
            kept.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
            kept.truncate(most);
            kept.sort();
        }
        if kept.is_empty() {
            return Err(Error::data(
                "TfidfVectorizer: no word is left: there are none, or `min_df` leaves out all",
            ));
        }
        let weight =
            |texts: usize| if self.use_idf { ((1.0 + n) / (1.0 + texts as f64)).ln() + 1.0 } else { 1.0 };
        Ok(kept.into_iter().map(|(word, (_, texts))| (word, weight(texts))).collect())
    }

    fn encode(&self, name: &str, words: &[(String, f64)], texts: &[String]) -> Vec<(String, Column)> {
        let places: HashMap<&str, usize> =
            words.iter().enumerate().map(|(at, (word, _))| (word.as_str(), at)).collect();
        let mut columns = vec![vec![0.0; texts.len()]; words.len()];
        for (row, text) in texts.iter().enumerate() {
            let mut found: BTreeMap<usize, f64> = BTreeMap::new();
            for word in self.words(text) {
                if let Some(&at) = places.get(word.as_str()) {
                    *found.entry(at).or_default() += words[at].1;
                }
            }
            let length = found.values().map(|value| value * value).sum::<f64>().sqrt();
            found.into_iter().for_each(|(at, value)| columns[at][row] = value / length);
        }
        let names = words.iter().map(|(word, _)| format!("{name}_{word}"));
        names.zip(columns.into_iter().map(Column::Floats)).collect()
    }
}

/// A column as texts: numbers as they print, what is missing empty.
fn texts(column: &Column) -> Vec<String> {
    let text = |row| match super::cell::Cell::at(column, row) {
        super::cell::Cell::Missing => String::new(),
        cell => cell.to_string(),
    };
    (0..column.len()).map(text).collect()
}

impl Transformer for TfidfVectorizer {
    saved_as!("TfidfVectorizer");

    fn fit_table(&mut self, x: &Table) -> Result<()> {
        let learn = |(name, column): (&str, &Column)| Ok((name.to_owned(), self.learn(&texts(column))?));
        self.learned = Some(x.columns().map(learn).collect::<Result<_>>()?);
        Ok(())
    }

    fn transform_table(&self, x: &Table) -> Result<Table> {
        let fitted = learned("TfidfVectorizer", &self.learned)?;
        let columns = columns_named("TfidfVectorizer", fitted.iter().map(|(name, _)| name.as_str()), x)?;
        let encode =
            |((name, words), column): (&(String, Words), &Column)| self.encode(name, words, &texts(column));
        Table::new(fitted.iter().zip(columns).flat_map(encode))
    }
}
