//! The vocabulary of a lookup: given, learned from documents, or yet to come.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::arguments::Arguments;
use super::{Lookup, Token};
use crate::layers::preprocessing::encoding::Mode;

/// A vocabulary with what was learned of it.
#[derive(Debug, PartialEq)]
pub(in super::super) struct Known<T: Token> {
    /// The tokens without those for masks and the unknown.
    pub(super) tokens: Vec<T>,
    pub(super) numbers: HashMap<T, usize>,
    /// The weight of each number, in mode `"tf_idf"`.
    pub(super) idf: Option<Vec<f32>>,
}

impl<T: Token> Known<T> {
    pub(super) fn new(tokens: Vec<T>, idf: Option<Vec<f32>>) -> Self {
        let numbers = tokens.iter().enumerate().map(|(at, token)| (token.clone(), at)).collect();
        Known { tokens, numbers, idf }
    }
}

impl<T: Token> Lookup<T> {
    /// The vocabulary, if there is one by now.
    pub(in super::super) fn known(&self) -> Result<&Known<T>, &str> {
        let known = self.known.get_or_init(|| match &self.arguments.vocabulary {
            Some(tokens) => self.make(tokens, self.arguments.idf_weights.as_deref()).map(Arc::new),
            None => Err("has no vocabulary yet: `adapt` it to data, or give it one".into()),
        });
        known.as_ref().map(AsRef::as_ref).map_err(String::as_str)
    }

    /// The number of numbers, if the vocabulary is known.
    pub(super) fn known_size(&self) -> Option<usize> {
        // A vocabulary that is yet to come must not be taken for one that cannot be.
        let there = self.arguments.vocabulary.is_some() || self.known.get().is_some();
        self.known().ok().filter(|_| there).map(|known| self.token_start() + known.tokens.len())
    }

    pub(in super::super) fn set(&mut self, tokens: &[T], idf_weights: Option<&[f64]>) -> Result<(), String> {
        let known = self.make(tokens, idf_weights)?;
        self.arguments.vocabulary = self.arguments.vocabulary.take().map(|_| tokens.to_vec());
        self.known = OnceLock::from(Ok(Arc::new(known)));
        Ok(())
    }

    pub(super) fn check_unique(&self, tokens: &[T]) -> Result<(), String> {
        let mut seen = HashSet::with_capacity(tokens.len());
        match tokens.iter().find(|token| !seen.insert(*token)) {
            Some(token) => Err(format!("is given a vocabulary in which `{token}` occurs twice")),
            None => Ok(()),
        }
    }

    fn make(&self, vocabulary: &[T], idf_weights: Option<&[f64]>) -> Result<Known<T>, String> {
        let Arguments { max_tokens, pad_to_max_tokens, mask_token, oov_token, invert, .. } = &self.arguments;
        if vocabulary.is_empty() {
            return Err("is given a vocabulary without a token".into());
        }
        let special = self.special();
        let has_special = vocabulary.starts_with(&special);
        let tokens = &vocabulary[if has_special { special.len() } else { 0 }..];
        self.check_unique(tokens)?;
        let misplaced = mask_token.iter().chain(oov_token.iter().filter(|_| *invert));
        for token in misplaced {
            if tokens.contains(token) {
                return Err(format!(
                    "is given a vocabulary with `{token}` in the middle: tokens for masks and the unknown stand at its \
                     beginning, as {special:?}, or are left out"
                ));
            }
        }
        let size = self.token_start() + tokens.len();
        if let Some(most) = max_tokens.filter(|most| size > *most) {
            return Err(format!(
                "is given a vocabulary of {size} tokens, those for masks and the unknown counted, but \
                                max_tokens is {most}"
            ));
        }
        let idf = match (self.mode()?, idf_weights) {
            (Mode::TfIdf, None) => {
                return Err("needs idf_weights with a vocabulary in output_mode `tf_idf`".into());
            }
            (Mode::TfIdf, Some(weights)) if weights.len() != vocabulary.len() => {
                let (got, wanted) = (weights.len(), vocabulary.len());
                return Err(format!(
                    "needs an idf_weight for each of the {wanted} tokens it is given, got {got}"
                ));
            }
            (Mode::TfIdf, Some(weights)) => {
                let front = if has_special { 0 } else { special.len() };
                let mean = weights.iter().sum::<f64>() / weights.len() as f64;
                let all = std::iter::repeat_n(&mean, front).chain(weights).map(|weight| *weight as f32);
                let back = if *pad_to_max_tokens { max_tokens.unwrap_or(0) } else { 0 };
                Some(padded(all.collect(), back))
            }
            (_, Some(_)) => return Err("takes idf_weights in output_mode `tf_idf` only".into()),
            (_, None) => None,
        };
        Ok(Known::new(tokens.to_vec(), idf))
    }

    /// Learns from documents, each of which is a list of tokens.
    pub(in super::super) fn learn_from(
        &mut self,
        documents: impl Iterator<Item = Vec<T>>,
    ) -> Result<(), String> {
        if self.fixed {
            return Err("was given its vocabulary: only without one does it learn one".into());
        }
        // How often a token is there, in how many documents, and the last of these.
        let mut seen: HashMap<T, (u64, u64, usize)> = HashMap::new();
        let mut count = 0;
        for document in documents {
            count += 1;
            for token in document {
                let (times, among, last) = seen.entry(token).or_insert((0, 0, 0));
                *times += 1;
                *among += u64::from(std::mem::replace(last, count) != count);
            }
        }
        let Arguments { mask_token, oov_token, max_tokens, pad_to_max_tokens, .. } = &self.arguments;
        for special in mask_token.iter().chain(oov_token) {
            seen.remove(special);
        }
        let mut found: Vec<(T, (u64, u64, usize))> = seen.into_iter().collect();
        found.sort_unstable_by(|(a, (a_times, ..)), (b, (b_times, ..))| (b_times, b).cmp(&(a_times, a)));
        let start = self.token_start();
        found.truncate(max_tokens.map_or(usize::MAX, |most| most.saturating_sub(start)));
        let idf = (self.mode()? == Mode::TfIdf).then(|| {
            let weight = |(_, (_, among, _)): &(T, (u64, u64, usize))| {
                (1.0 + count as f64 / (1.0 + *among as f64)).ln() as f32
            };
            let weights: Vec<f32> = found.iter().map(weight).collect();
            let mean = weights.iter().sum::<f32>() / weights.len() as f32;
            let all = std::iter::repeat_n(mean, start).chain(weights).collect();
            padded(all, if *pad_to_max_tokens { max_tokens.unwrap_or(0) } else { 0 })
        });
        let tokens = found.into_iter().map(|(token, _)| token).collect();
        self.known = OnceLock::from(Ok(Arc::new(Known::new(tokens, idf))));
        Ok(())
    }
}

/// Weights with zeros behind them up to a length.
fn padded(mut weights: Vec<f32>, length: usize) -> Vec<f32> {
    weights.resize(length.max(weights.len()), 0.0);
    weights
}
