//! What the two datasets of texts have in common: words as numbers, filtered by Keras' arguments.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::cache::{Cache, Remote};
use super::pickle::Pickle;
use crate::data::npy::{self, Found, Header};
use crate::data::npz::Archive;
use crate::utils::RandomState;
use crate::{DType, Error, Result};

/// The largest array of lists read; IMDB's have 14 MB.
const MAX_BYTES: u64 = 1 << 28;

/// Texts and their labels.
pub(super) struct Texts {
    pub(super) x: Vec<Vec<i32>>,
    pub(super) y: Vec<i64>,
}

/// Keras' arguments, with its defaults.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Words {
    pub(super) num_words: Option<i32>,
    pub(super) skip_top: i32,
    pub(super) maxlen: Option<usize>,
    pub(super) seed: u32,
    pub(super) start_char: Option<i32>,
    pub(super) oov_char: Option<i32>,
    pub(super) index_from: i32,
}

impl Default for Words {
    fn default() -> Self {
        Words {
            num_words: None,
            skip_top: 0,
            maxlen: None,
            seed: 113,
            start_char: Some(1),
            oov_char: Some(2),
            index_from: 3,
        }
    }
}

/// The setters of a loader with a field `words`, named as Keras names the arguments.
macro_rules! word_setters {
    () => {
        /// Keep the most frequent words only, whose numbers are below this one; all of them unless set.
        ///
        /// As in Keras, "all" leaves out the single word with the highest number.
        pub fn num_words(mut self, count: impl Into<Option<i32>>) -> Self {
            self.words.num_words = count.into();
            self
        }

        /// Skip the most frequent words, whose numbers are below this one; 0 unless set.
        pub fn skip_top(mut self, count: i32) -> Self {
            self.words.skip_top = count;
            self
        }

        /// Leave out samples of this many words or more; none unless set.
        pub fn maxlen(mut self, length: impl Into<Option<usize>>) -> Self {
            self.words.maxlen = length.into();
            self
        }

        /// The seed of the shuffle, 113 unless set.
        pub fn seed(mut self, seed: u32) -> Self {
            self.words.seed = seed;
            self
        }

        /// The number each sample starts with, 1 unless set; `None` for no start.
        pub fn start_char(mut self, number: impl Into<Option<i32>>) -> Self {
            self.words.start_char = number.into();
            self
        }

        /// The number that stands for words left out, 2 unless set; with `None` they just disappear.
        pub fn oov_char(mut self, number: impl Into<Option<i32>>) -> Self {
            self.words.oov_char = number.into();
            self
        }

        /// What is added to the number of every word, 3 unless set.
        pub fn index_from(mut self, number: i32) -> Self {
            self.words.index_from = number;
            self
        }
    };
}
pub(super) use word_setters;

impl Words {
    /// The texts in shuffled order, words renumbered, long texts left out.
    pub(super) fn prepare(&self, texts: Texts, rng: &mut RandomState) -> Texts {
        let order = rng.permutation(texts.x.len());
        let maxlen = self.maxlen.filter(|&length| length > 0).unwrap_or(usize::MAX);
        let number = |word: i32| word.saturating_add(self.index_from);
        let (x, y) = order
            .into_iter()
            .filter_map(|at| {
                let (x, y) = (texts.x.get(at)?, texts.y.get(at)?);
                let x: Vec<i32> = self.start_char.into_iter().chain(x.iter().copied().map(number)).collect();
                (x.len() < maxlen).then_some((x, *y))
            })
            .unzip();
        Texts { x, y }
    }

    /// Replaces or removes the words outside the range to be kept.
    pub(super) fn filter(&self, x: &mut [Vec<i32>]) {
        let all = || x.iter().flatten().copied().max().unwrap_or(0);
        let num_words = self.num_words.filter(|&count| count != 0).unwrap_or_else(all);
        let kept = |word: i32| (self.skip_top..num_words).contains(&word);
        for text in x {
            match self.oov_char {
                Some(oov) => text.iter_mut().filter(|word| !kept(**word)).for_each(|word| *word = oov),
                None => text.retain(|&word| kept(word)),
            }
        }
    }
}

/// Reads pairs of arrays, texts and labels, from an npz file.
pub(super) fn read<const N: usize>(path: &Path, names: [(&str, &str); N]) -> Result<[Texts; N]> {
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    let mut archive = Archive::open(BufReader::new(file), path)?;
    let mut read = |(x_name, y_name): (&str, &str)| -> Result<Texts> {
        let x = archive.read(x_name, read_lists)?;
        let y = archive.read(y_name, npy::read)?;
        if y.shape() != [x.len()] || y.dtype() != DType::I64 {
            let came = format!("{} of shape {:?}", y.dtype(), y.shape());
            return Err(Error::file(
                path,
                format!("array `{y_name}` should hold {} int64 labels, not {came}", x.len()),
            ));
        }
        Ok(Texts { x, y: y.to_vec() })
    };
    let mut texts = names.map(|_| Texts { x: Vec::new(), y: Vec::new() });
    for (out, names) in texts.iter_mut().zip(names) {
        *out = read(names)?;
    }
    Ok(texts)
}

/// Reads an array of objects that are lists of numbers.
fn read_lists(source: &mut dyn Read) -> Found<Vec<Vec<i32>>> {
    let header = Header::read(source)?;
    if header.descr != "|O" {
        return Err(format!("should hold lists, has elements of type `{}`", header.descr));
    }
    let mut bytes = Vec::new();
    source.take(MAX_BYTES).read_to_end(&mut bytes).map_err(|e| format!("is damaged: {e}"))?;
    let lists = Pickle::parse(&bytes)?.sequences()?;
    if header.shape != [lists.len()] {
        return Err(format!("announces the shape {:?} and holds {} lists", header.shape, lists.len()));
    }
    Ok(lists)
}

/// Reads the words with their numbers.
pub(super) fn word_index(cache: &Cache, remote: &Remote) -> Result<HashMap<String, i32>> {
    let path = cache.file(remote)?;
    let file = File::open(&path).map_err(|e| Error::io(&path, e))?;
    serde_json::from_reader(BufReader::new(file))
        .map_err(|e| Error::file(&path, format!("should be a JSON object of words and their numbers: {e}")))
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::Value;

    use super::*;
    use crate::Tensor;
    use crate::datasets::SequenceData;
    use crate::testing::{TempDir, fixture};

    /// One call of Keras'.
    pub(in super::super) struct Case {
        pub(in super::super) name: String,
        pub(in super::super) words: Words,
        pub(in super::super) test_split: f64,
        pub(in super::super) want: SequenceData,
    }

    /// What the real Keras made of the fixtures, see fixtures/datasets/make.py.
    pub(in super::super) fn cases(dataset: &str) -> Vec<Case> {
        let text = std::fs::read_to_string(fixture("datasets/texts_expected.json")).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        let calls = file[dataset].as_array().unwrap();
        assert!(!calls.is_empty());
        calls.iter().map(case).collect()
    }

    fn case(call: &Value) -> Case {
        let arguments = call["arguments"].as_object().unwrap();
        let (mut words, mut test_split) = (Words::default(), 0.2);
        for (name, value) in arguments {
            let number = value.as_i64().map(|v| v as i32);
            match name.as_str() {
                "num_words" => words.num_words = number,
                "skip_top" => words.skip_top = number.unwrap(),
                "maxlen" => words.maxlen = number.map(|v| v as usize),
                "seed" => words.seed = number.unwrap() as u32,
                "start_char" => words.start_char = number,
                "oov_char" => words.oov_char = number,
                "index_from" => words.index_from = number.unwrap(),
                "test_split" => test_split = value.as_f64().unwrap(),
                _ => panic!("{name}"),
            }
        }
        let x = |part: &Value| serde_json::from_value::<Vec<Vec<i32>>>(part.clone()).unwrap();
        let y = |part: &Value| Tensor::from(serde_json::from_value::<Vec<i64>>(part.clone()).unwrap());
        let [x_train, y_train, x_test, y_test] = ["x_train", "y_train", "x_test", "y_test"].map(|p| &call[p]);
        let want = ((x(x_train), y(y_train)), (x(x_test), y(y_test)));
        Case { name: call["arguments"].to_string(), words, test_split, want }
    }

    #[test]
    fn other_files_are_refused() {
        let dir = TempDir::new();
        let path = dir.path().join("x.npz");
        let message = |arrays: &[(String, Tensor)]| {
            crate::data::save_npz(&path, arrays).unwrap();
            let error = read(&path, [("x", "y")]).err().unwrap().to_string();
            error.replace(&*path.to_string_lossy(), "x.npz")
        };
        let numbers = ("x".to_string(), Tensor::from([1i64, 2]));
        assert_eq!(message(&[numbers]), "x.npz: array `x` should hold lists, has elements of type `<i8`");
        assert!(message(&[]).starts_with("x.npz: array `x` cannot be opened: "));
    }

    #[test]
    fn changed_pickles_never_panic() {
        let path = fixture("datasets/reuters.npz");
        let mut archive = Archive::open(BufReader::new(File::open(&path).unwrap()), &path).unwrap();
        let whole = archive.read("x", |source| {
            let mut bytes = Vec::new();
            source.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
            Ok(bytes)
        });
        let whole = whole.unwrap();
        assert!(read_lists(&mut whole.as_slice()).is_ok());
        assert!((0..whole.len()).all(|length| read_lists(&mut &whole[..length]).is_err()));
        let mut rng = RandomState::new(1);
        let mut below =
            |bound: usize| rng.permutation(bound.min(500)).first().copied().unwrap() * bound / bound.min(500);
        let refused = (0..3000).filter(|_| {
            let mut bytes = whole.clone();
            for _ in 0..1 + below(3) {
                let at = below(bytes.len());
                bytes[at] = below(256) as u8;
            }
            read_lists(&mut bytes.as_slice()).is_err()
        });
        assert!((500..3000).contains(&refused.count()));
    }
}
