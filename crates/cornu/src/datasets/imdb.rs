//! IMDB: 50000 movie reviews, half of them good.
//!
//! Words are numbers in order of their frequency. 0 stands for padding, and with the default arguments 1 starts a
//! review, 2 stands for a word left out, and the word `i` of [`get_word_index`] is `i + 3`. From Maas et al.,
//! ["Learning word vectors for sentiment analysis"](https://ai.stanford.edu/~amaas/data/sentiment/) (2011).

use std::collections::HashMap;

use super::SequenceData;
use super::cache::{Cache, Hash, Remote};
use super::sequences::{self, Words, word_setters};
use crate::utils::RandomState;
use crate::{Error, Result};

const FILE: Remote = Remote {
    name: "imdb.npz",
    url: "https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb.npz",
    hash: Hash::Sha256("69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"),
};

const WORD_INDEX: Remote = Remote {
    name: "imdb_word_index.json",
    url: "https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb_word_index.json",
    hash: Hash::Md5("bfafd718b763782e994055a2d397834f"),
};

/// Loads 25000 reviews for training and 25000 for tests; labels are int64, 1 for good.
///
/// As [`keras.datasets.imdb.load_data`](https://keras.io/api/datasets/imdb/).
///
/// ```no_run
/// let ((x_train, y_train), _) = cornu::datasets::imdb::load_data()?;
/// println!("the first text has {} words", x_train[0].len());
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the file is not in the cache and cannot be downloaded, or is damaged.
pub fn load_data() -> Result<SequenceData> {
    Imdb::new().load_data()
}

/// The numbers of the words, before [`Imdb::index_from`] is added.
///
/// # Errors
/// As [`load_data`].
pub fn get_word_index() -> Result<HashMap<String, i32>> {
    sequences::word_index(&Cache::of_user(), &WORD_INDEX)
}

/// The arguments of [`load_data`].
///
/// ```no_run
/// use cornu::datasets::Imdb;
/// let ((x_train, y_train), _) = Imdb::new().num_words(10_000).load_data()?;
/// assert!(x_train.iter().flatten().all(|&word| word < 10_000));
/// assert_eq!(y_train.shape(), [25000]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imdb {
    words: Words,
}

impl Imdb {
    /// Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    word_setters!();

    /// Loads the data.
    ///
    /// # Errors
    /// As [`load_data`]; and if `maxlen` leaves nothing.
    pub fn load_data(&self) -> Result<SequenceData> {
        self.load_from(&Cache::of_user())
    }

    fn load_from(&self, cache: &Cache) -> Result<SequenceData> {
        let [train, test] =
            sequences::read(&cache.file(&FILE)?, [("x_train", "y_train"), ("x_test", "y_test")])?;
        let mut rng = RandomState::new(self.words.seed);
        let train = self.words.prepare(train, &mut rng);
        let test = self.words.prepare(test, &mut rng);
        if train.x.is_empty() || test.x.is_empty() {
            return Err(Error::argument("maxlen", "leaves no review for training or for tests: increase it"));
        }
        // One filter for both: without `num_words` the highest number of all reviews counts.
        let count = train.x.len();
        let mut x_train = train.x;
        x_train.extend(test.x);
        self.words.filter(&mut x_train);
        let x_test = x_train.split_off(count);
        Ok(((x_train, train.y.into()), (x_test, test.y.into())))
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
        for Case { name, words, want, .. } in cases("imdb") {
            let got = Imdb { words }.load_from(&cache).map_err(|e| e.to_string());
            assert_eq!(got, Ok(want), "{name}");
        }
    }

    #[test]
    fn too_short_a_length_is_an_error() {
        let cache = Cache::at(fixture("datasets"));
        let error = Imdb::new().maxlen(1).load_from(&cache).unwrap_err();
        assert_eq!(error.to_string(), "maxlen: leaves no review for training or for tests: increase it");
    }

    #[test]
    fn words_have_numbers() {
        let cache = Cache::at(fixture("datasets"));
        let index = sequences::word_index(&cache, &WORD_INDEX).unwrap();
        assert_eq!(index, HashMap::from([("the".into(), 1), ("horn".into(), 2), ("naïve".into(), 3)]));
    }
}
