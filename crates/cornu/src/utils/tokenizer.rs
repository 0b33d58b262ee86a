//! `Tokenizer`: texts as lists of word numbers.

use std::collections::HashMap;

use crate::{Error, Result, Tensor};

/// What stands between words, beside what splits them.
const FILTERS: &str = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n";

/// The words of a text, in lower case, without punctuation: Keras' `text_to_word_sequence`.
///
/// ```
/// use cornu::utils::text_to_word_sequence;
/// assert_eq!(text_to_word_sequence("The cat sat. Didn't it?"), ["the", "cat", "sat", "didn't", "it"]);
/// ```
pub fn text_to_word_sequence(text: &str) -> Vec<String> {
    words(text, FILTERS, true, " ")
}

fn words(text: &str, filters: &str, lower: bool, split: &str) -> Vec<String> {
    let text = if lower { text.to_lowercase() } else { text.to_owned() };
    let mut spaced = String::with_capacity(text.len());
    for letter in text.chars() {
        if filters.contains(letter) { spaced.push_str(split) } else { spaced.push(letter) }
    }
    if split.is_empty() {
        return vec![spaced];
    }
    spaced.split(split).filter(|word| !word.is_empty()).map(String::from).collect()
}

/// How a row of [`Tokenizer::texts_to_matrix`] tells the words of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// 1 for each word that occurs.
    #[default]
    Binary,
    /// How often each occurs.
    Count,
    /// The part of the text that is the word.
    Freq,
    /// More for words that occur often, less for those that many texts have.
    Tfidf,
}

/// Numbers the words of texts from 1, the most frequent first: Keras' `Tokenizer`.
///
/// New models do better with the layer [`TextVectorization`](crate::layers::TextVectorization), which a model's file holds.
///
/// ```
/// use cornu::utils::{PadSequences, Tokenizer, pad_sequences};
/// let mut tokenizer = Tokenizer::new().oov_token("<OOV>");
/// tokenizer.fit_on_texts(["I love my dog", "I love my cat"]);
/// let sequences = tokenizer.texts_to_sequences(["I love my horse"]);
/// assert_eq!(sequences, [[2, 3, 4, 1]]);
/// assert_eq!(pad_sequences(&sequences, PadSequences::new().maxlen(5))?.shape(), [1, 5]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tokenizer {
    num_words: Option<usize>,
    filters: String,
    lower: bool,
    split: String,
    char_level: bool,
    oov_token: Option<String>,
    /// How often each word occurs, in the order of their first.
    counts: Vec<(String, usize)>,
    places: HashMap<String, usize>,
    /// In how many texts each word occurs.
    texts_with: HashMap<String, usize>,
    document_count: usize,
    index: HashMap<String, i32>,
    words: Vec<String>,
}

impl Default for Tokenizer {
    fn default() -> Self {
        Tokenizer {
            num_words: None,
            filters: FILTERS.into(),
            lower: true,
            split: " ".into(),
            char_level: false,
            oov_token: None,
            counts: Vec::new(),
            places: HashMap::new(),
            texts_with: HashMap::new(),
            document_count: 0,
            index: HashMap::new(),
            words: Vec::new(),
        }
    }
}

impl Tokenizer {
    /// All words, in lower case, without punctuation.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Words with this number and above are left out.
        num_words: some usize;
        /// Letters that part words.
        filters: into String;
        /// Whether upper and lower case are one.
        lower: bool;
        /// What parts words.
        split: into String;
        /// Whether each letter is a word.
        char_level: bool;
        /// What stands for unknown words; they are left out without.
        oov_token: some into String;
    }

    fn parts(&self, text: &str) -> Vec<String> {
        match (self.char_level, self.lower) {
            (true, true) => text.to_lowercase().chars().map(String::from).collect(),
            (true, false) => text.chars().map(String::from).collect(),
            (false, lower) => words(text, &self.filters, lower, &self.split),
        }
    }

    /// Counts the words of texts and numbers them anew.
    pub fn fit_on_texts<S: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = S>) {
        for text in texts {
            self.document_count += 1;
            let mut parts = self.parts(text.as_ref());
            for word in &parts {
                let next = self.counts.len();
                let at = *self.places.entry(word.clone()).or_insert(next);
                match self.counts.get_mut(at) {
                    Some((_, count)) => *count += 1,
                    None => self.counts.push((word.clone(), 1)),
                }
            }
            parts.sort_unstable();
            parts.dedup();
            parts.into_iter().for_each(|word| *self.texts_with.entry(word).or_default() += 1);
        }
        let mut sorted: Vec<&(String, usize)> = self.counts.iter().collect();
        sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        self.words =
            self.oov_token.iter().cloned().chain(sorted.into_iter().map(|(word, _)| word.clone())).collect();
        self.index = self.words.iter().cloned().zip(1..).collect();
    }

    /// The number of each word.
    pub fn word_index(&self) -> &HashMap<String, i32> {
        &self.index
    }

    /// The words of texts by their numbers. Unknown words are left out, or have the number of `oov_token`.
    pub fn texts_to_sequences<S: AsRef<str>>(&self, texts: impl IntoIterator<Item = S>) -> Vec<Vec<i32>> {
        let unknown = self.oov_token.as_ref().and_then(|token| self.index.get(token)).copied();
        let known = |number: &i32| {
            self.num_words.filter(|&most| most > 0).is_none_or(|most| (*number as usize) < most)
        };
        let number = |word: &String| self.index.get(word).copied().filter(known).or(unknown);
        texts.into_iter().map(|text| self.parts(text.as_ref()).iter().filter_map(number).collect()).collect()
    }

    /// The words of numbers, with spaces between.
    pub fn sequences_to_texts<S: AsRef<[i32]>>(&self, sequences: impl IntoIterator<Item = S>) -> Vec<String> {
        let word = |number: &i32| {
            let known = self.num_words.filter(|&most| most > 0).is_none_or(|most| (*number as usize) < most);
            let at = usize::try_from(*number).ok()?.checked_sub(1)?;
            self.words.get(at).filter(|_| known).or(self.oov_token.as_ref()).map(String::as_str)
        };
        let text = |sequence: S| sequence.as_ref().iter().filter_map(word).collect::<Vec<_>>().join(" ");
        sequences.into_iter().map(text).collect()
    }

    /// A row of numbers for each text, a column for each word's number: float64 `(n, words + 1)`, or `num_words` columns.
    ///
    /// # Errors
    /// If it is not fitted.
    pub fn texts_to_matrix<S: AsRef<str>>(
        &self,
        texts: impl IntoIterator<Item = S>,
        mode: Mode,
    ) -> Result<Tensor> {
        if self.words.is_empty() {
            return Err(Error::model("Tokenizer: call `fit_on_texts` before it is used"));
        }
        let width = self.num_words.filter(|&most| most > 0).unwrap_or(self.words.len() + 1);
        let sequences = self.texts_to_sequences(texts);
        let mut data = vec![0.0; sequences.len() * width];
        for (row, sequence) in data.chunks_exact_mut(width).zip(&sequences) {
            for &number in sequence {
                if let Some(count) = row.get_mut(number as usize) {
                    *count += 1.0;
                }
            }
            for (number, value) in row.iter_mut().enumerate().filter(|(_, count)| **count > 0.0) {
                *value = match mode {
                    Mode::Count => *value,
                    Mode::Binary => 1.0,
                    Mode::Freq => *value / sequence.len() as f64,
                    Mode::Tfidf => {
                        let word = self.words.get(number.saturating_sub(1));
                        let texts = word.and_then(|word| self.texts_with.get(word)).copied().unwrap_or(0);
                        (1.0 + value.ln()) * (1.0 + self.document_count as f64 / (1.0 + texts as f64)).ln()
                    }
                };
            }
        }
        Ok(Tensor::new(data, [sequences.len(), width])?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 3] = ["The cat sat on the mat.", "The dog, the DOG!", "a cat"];

    fn fitted(tokenizer: Tokenizer) -> Tokenizer {
        let mut tokenizer = tokenizer;
        tokenizer.fit_on_texts(TEXTS);
        tokenizer
    }

    /// The answers of Keras 3.15.1's `Tokenizer`.
    #[test]
    fn sequences_are_those_of_keras() {
        let plain = fitted(Tokenizer::new());
        assert_eq!(plain.texts_to_sequences(TEXTS), [vec![1, 2, 4, 5, 1, 6], vec![1, 3, 1, 3], vec![7, 2]]);
        let limited = fitted(Tokenizer::new().num_words(4).oov_token("?"));
        assert_eq!(limited.texts_to_sequences(["the dog and the cat"]), [[2, 1, 1, 2, 3]]);
        assert_eq!(limited.sequences_to_texts([[2, 5, 3]]), ["the ? cat"]);
        let letters = fitted(Tokenizer::new().char_level(true).lower(false));
        assert_eq!(letters.texts_to_sequences(["at"]), [[3, 2]]);
    }

    #[test]
    fn matrices_are_those_of_keras() -> Result<()> {
        let plain = fitted(Tokenizer::new());
        let row = |mode| Ok::<_, Error>(plain.texts_to_matrix(["the cat the"], mode)?.to_vec::<f64>());
        assert_eq!(row(Mode::Binary)?, [0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(row(Mode::Count)?[..3], [0.0, 2.0, 1.0]);
        assert_eq!(row(Mode::Freq)?[..3], [0.0, 2.0 / 3.0, 1.0 / 3.0]);
        let tfidf = row(Mode::Tfidf)?;
        assert!(
            (tfidf[1] - 1.173_600_194_478_146_7).abs() < 1e-12 && (tfidf[2] - 2.0_f64.ln()).abs() < 1e-12
        );
        assert!(Tokenizer::new().texts_to_matrix(["a"], Mode::Binary).is_err());
        Ok(())
    }
}
