//! The vocabulary in a file, as Keras keeps it.

use std::sync::{Arc, OnceLock};

use super::vocabulary::Known;
use super::{Lookup, Token};
use crate::Tensor;
use crate::layers::Kept;
use crate::layers::preprocessing::encoding::Mode;

/// Where Keras keeps a vocabulary among a file's assets.
const FILE: &str = "vocabulary.txt";
const IDF_WEIGHTS: &str = "idf_weights";

impl<T: Token> Lookup<T> {
    /// What Keras keeps of the layer in a file.
    pub(in super::super) fn keep(&self, path: &str) -> Result<Kept, String> {
        let mut kept = Kept { path: path.into(), ..Kept::default() };
        if self.arguments.vocabulary.is_none() {
            let tokens = self
                .special()
                .into_iter()
                .chain(self.known().ok().into_iter().flat_map(|known| known.tokens.iter().cloned()));
            let tokens: Vec<String> = tokens.map(|token| token.to_string()).collect();
            if let Some(token) = tokens.iter().find(|token| token.contains(ends_line)) {
                return Err(format!(
                    "knows the token {token:?}, whose line break Keras' files cannot hold: give it its vocabulary as an \
                     argument"
                ));
            }
            kept.files.insert(FILE.into(), tokens.join("\n").into_bytes());
        }
        if let Some(weights) = self.known().ok().and_then(|known| known.idf.clone()) {
            kept.variables.insert(IDF_WEIGHTS.into(), weights.into());
        }
        Ok(kept)
    }

    pub(in super::super) fn take_back(&mut self, kept: &[Kept]) -> Result<(), String> {
        let file = kept.iter().find_map(|kept| kept.files.get(FILE));
        let Some(file) = file.filter(|_| self.arguments.vocabulary.is_none()) else { return Ok(()) };
        let text = std::str::from_utf8(file).map_err(|error| format!("cannot read {FILE}: {error}"))?;
        let mut lines = lines(text);
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        let tokens = lines.into_iter().map(T::parse).collect::<Result<Vec<T>, String>>();
        let mut tokens = tokens.map_err(|error| format!("cannot read {FILE}: {error}"))?;
        let special = self.special();
        if tokens.starts_with(&special) {
            tokens.drain(..special.len());
        }
        self.check_unique(&tokens)?;
        let idf = kept.iter().find_map(|kept| kept.variables.get(IDF_WEIGHTS)).map(Tensor::to_vec::<f32>);
        let idf = idf.filter(|_| self.mode() == Ok(Mode::TfIdf));
        let size = special.len() + tokens.len();
        if let Some(weights) = idf.as_ref().filter(|weights| weights.len() < size) {
            return Err(format!("has {} idf_weights in its file for {size} tokens", weights.len()));
        }
        self.known = OnceLock::from(Ok(Arc::new(Known::new(tokens, idf))));
        Ok(())
    }
}

/// Whether Python's `splitlines`, by which Keras reads vocabularies, ends a line here.
fn ends_line(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The lines of a text as Python's `splitlines` gives them.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(ends_line) {
        lines.push(&rest[..at]);
        let end = if rest[at..].starts_with("\r\n") {
            2
        } else {
            rest[at..].chars().next().map_or(1, char::len_utf8)
        };
        rest = &rest[at + end..];
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_are_those_of_python() {
        assert_eq!(lines("\na\r\nb\u{2028}c\n\n"), ["", "a", "b", "c", ""]);
        assert!(lines("").is_empty());
    }
}
