//! Reuters: 11228 newswires of 46 topics.
//!
//! Words are numbers in order of their frequency, as in [`imdb`](super::imdb). Made from
//! [Reuters-21578](https://github.com/keras-team/keras/issues/12072).

use std::collections::HashMap;

use super::SequenceData;
use super::cache::{Cache, Hash, Remote};
use super::housing::Split;
use super::sequences::{self, Words, word_setters};
use crate::Result;
use crate::utils::RandomState;

const FILE: Remote = Remote {
    name: "reuters.npz",
    url: "https://storage.googleapis.com/tensorflow/tf-keras-datasets/reuters.npz",
    hash: Hash::Sha256("d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"),
};

const WORD_INDEX: Remote = Remote {
    name: "reuters_word_index.json",
    url: "https://storage.googleapis.com/tensorflow/tf-keras-datasets/reuters_word_index.json",
    hash: Hash::Md5("4d44cc38712099c9e383dc6e5f11a921"),
};

/// Loads 8982 newswires for training and 2246 for tests; labels are int64 topics, see [`get_label_names`].
///
/// As [`keras.datasets.reuters.load_data`](https://keras.io/api/datasets/reuters/).
///
/// ```no_run
/// let ((x_train, y_train), _) = cornu::datasets::reuters::load_data()?;
/// println!("the first text has {} words", x_train[0].len());
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the file is not in the cache and cannot be downloaded, or is damaged.
pub fn load_data() -> Result<SequenceData> {
    Reuters::new().load_data()
}

/// The numbers of the words, before [`Reuters::index_from`] is added.
///
/// # Errors
/// As [`load_data`].
pub fn get_word_index() -> Result<HashMap<String, i32>> {
    sequences::word_index(&Cache::of_user(), &WORD_INDEX)
}

/// The names of the 46 topics, by label.
pub fn get_label_names() -> [&'static str; 46] {
    [
        "cocoa",
        "grain",
        "veg-oil",
        "earn",
        "acq",
        "wheat",
        "copper",
        "housing",
        "money-supply",
        "coffee",
        "sugar",
        "trade",
        "reserves",
        "ship",
        "cotton",
        "carcass",
        "crude",
        "nat-gas",
        "cpi",
        "money-fx",
        "interest",
        "gnp",
        "meal-feed",
        "alum",
        "oilseed",
        "gold",
        "tin",
        "strategic-metal",
        "livestock",
        "retail",
        "ipi",
        "iron-steel",
        "rubber",
        "heat",
        "jobs",
        "lei",
        "bop",
        "zinc",
        "orange",
        "pet-chem",
        "dlr",
        "gas",
        "silver",
        "wpi",
        "hog",
        "lead",
    ]
}

/// The arguments of [`load_data`].
///
/// ```no_run
/// use cornu::datasets::Reuters;
/// let ((x_train, _), _) = Reuters::new().num_words(10_000).test_split(0.1).load_data()?;
/// assert_eq!(x_train.len(), 10105);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Reuters {
    words: Words,
    test_split: f64,
}

impl Default for Reuters {
    fn default() -> Self {
        Reuters { words: Words::default(), test_split: 0.2 }
    }
}

impl Reuters {
    /// Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    word_setters!();

    /// The fraction of samples for tests, 0.2 unless set.
    pub fn test_split(mut self, fraction: f64) -> Self {
        self.test_split = fraction;
        self
    }

    /// Loads the data.
    ///
    /// # Errors
    /// As [`load_data`]; and if the test fraction is not in `0.0..1.0`.
    pub fn load_data(&self) -> Result<SequenceData> {
        self.load_from(&Cache::of_user())
    }

    fn load_from(&self, cache: &Cache) -> Result<SequenceData> {
        let split = Split { test_split: self.test_split, seed: self.words.seed };
        split.training_count(0)?;
        let [texts] = sequences::read(&cache.file(&FILE)?, [("x", "y")])?;
        let texts = self.words.prepare(texts, &mut RandomState::new(self.words.seed));
        let mut x_train = texts.x;
        self.words.filter(&mut x_train);
        let count = split.training_count(x_train.len())?;
        let x_test = x_train.split_off(count);
        let (y_train, y_test) = texts.y.split_at(count);
        Ok(((x_train, y_train.into()), (x_test, y_test.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets::sequences::tests::{Case, cases};
    use crate::testing::fixture;

    #[test]
    fn arguments_mean_what_they_mean_in_keras() {
        let cache = Cache::at(fixture("datasets"));
        for Case { name, words, test_split, want } in cases("reuters") {
            let got = Reuters { words, test_split }.load_from(&cache).map_err(|e| e.to_string());
            assert_eq!(got, Ok(want), "{name}");
        }
    }
}
