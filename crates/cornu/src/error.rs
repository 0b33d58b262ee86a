//! Cornu's one error type.

use std::fmt;
use std::panic::Location;
use std::path::{Path, PathBuf};

/// What went wrong. [`Error::kind`] says which sort; `Display` names the place, what was wanted and
/// what came.
#[derive(Debug)]
pub struct Error(Box<Kind>);

/// The result of every fallible call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The sorts of errors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Kind {
    /// A layer that cannot be built or called as it stands in the model.
    #[error("layer `{name}` ({layer}) {message}{}", At(.at))]
    Layer {
        /// The layer's name.
        name: String,
        /// The layer as the user wrote it, such as `Dense, units=10`.
        layer: String,
        /// What it wants and what came.
        message: String,
        /// The line of the user's program that added the layer.
        at: Option<&'static Location<'static>>,
    },
    /// A model that cannot do what was asked of it.
    #[error("{0}")]
    Model(String),
    /// Targets, weights or inputs that do not fit the model.
    #[error("{message}{}", At(.at))]
    Data {
        /// What is wrong with them.
        message: String,
        /// The line of the user's program that added the layer they belong to, where there is one.
        at: Option<&'static Location<'static>>,
    },
    /// An argument outside its range.
    #[error("{what}: {message}")]
    Argument {
        /// Which argument of what.
        what: String,
        /// What is wrong with it.
        message: String,
    },
    /// A name that is in no table.
    #[error("unknown {kind} `{name}`{}", Suggestion(.suggestion, .known))]
    UnknownName {
        /// What was looked for: an activation, an optimizer.
        kind: &'static str,
        /// The name given.
        name: String,
        /// The known name it resembles most.
        suggestion: Option<String>,
        /// All known names.
        known: Vec<String>,
    },
    /// A file whose content cannot be used.
    #[error("{}: {message}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Where in it, what is wrong, what to do.
        message: String,
    },
    /// A file that cannot be read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// An element of a dataset that could not be made.
    #[error("element {index} of `{stage}`: {source}")]
    Element {
        /// Which part of the dataset was at it.
        stage: &'static str,
        /// The number of the element, from 0 on.
        index: usize,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An error of the engine.
    #[error(transparent)]
    Engine(#[from] cornu_engine::Error),
}

/// Prints `; added at FILE:LINE:COLUMN` where the place is known.
struct At<'a>(&'a Option<&'static Location<'static>>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(at) => write!(f, "; added at {}:{}:{}", at.file(), at.line(), at.column()),
            None => Ok(()),
        }
    }
}

/// Prints `: did you mean X?` or, with nothing alike, the list of known names.
struct Suggestion<'a>(&'a Option<String>, &'a Vec<String>);

impl fmt::Display for Suggestion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(f, "; did you mean `{name}`?"),
            None => write!(f, "; known are {}", self.1.join(", ")),
        }
    }
}

impl Error {
    /// Which sort of error this is.
    pub fn kind(&self) -> &Kind {
        &self.0
    }

    /// A model that cannot do what was asked.
    pub fn model(message: impl Into<String>) -> Self {
        Kind::Model(message.into()).into()
    }

    /// Data that does not fit.
    pub fn data(message: impl Into<String>) -> Self {
        Kind::Data { message: message.into(), at: None }.into()
    }

    /// An argument outside its range.
    pub fn argument(what: impl Into<String>, message: impl Into<String>) -> Self {
        Kind::Argument { what: what.into(), message: message.into() }.into()
    }

    /// A file whose content cannot be used.
    pub fn file(path: impl AsRef<Path>, message: impl fmt::Display) -> Self {
        Kind::File { path: path.as_ref().to_owned(), message: message.to_string() }.into()
    }

    /// A file that cannot be read or written.
    pub fn io(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Kind::Io { path: path.as_ref().to_owned(), source }.into()
    }

    /// A name that is not among `known`; the most similar one is suggested.
    pub fn unknown_name(kind: &'static str, name: &str, known: impl IntoIterator<Item = String>) -> Self {
        let known: Vec<String> = known.into_iter().collect();
        let suggestion = most_similar(name, &known.iter().map(String::as_str).collect::<Vec<_>>());
        Kind::UnknownName { kind, name: name.into(), suggestion, known }.into()
    }

    /// This error about data, said to belong to the layer that was added at a line.
    pub(crate) fn added_at(mut self, location: Option<&'static Location<'static>>) -> Self {
        if let Kind::Data { at, .. } = &mut *self.0 {
            *at = location;
        }
        self
    }
}

/// The known name within a third of its length in edits, if any.
pub(crate) fn most_similar(name: &str, known: &[&str]) -> Option<String> {
    let wanted = simplify(name);
    known
        .iter()
        .map(|candidate| (edit_distance(&wanted, &simplify(candidate)), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= candidate.len().max(name.len()).div_ceil(3))
        .map(|(_, candidate)| (*candidate).to_owned())
}

/// Case and underscores are not what makes two names differ.
fn simplify(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(64).collect()
}

/// Levenshtein's distance.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Error(Box::new(kind))
    }
}

impl From<cornu_engine::Error> for Error {
    fn from(error: cornu_engine::Error) -> Self {
        Kind::Engine(error).into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_suggested_and_a_far_one_is_not() {
        let known = || ["relu", "softmax", "sigmoid", "sparse_categorical_crossentropy"].map(String::from);
        let message = |name| Error::unknown_name("activation", name, known()).to_string();
        assert_eq!(message("sofmax"), "unknown activation `sofmax`; did you mean `softmax`?");
        assert_eq!(message("ReLU"), "unknown activation `ReLU`; did you mean `relu`?");
        assert_eq!(
            message("xyzzy"),
            "unknown activation `xyzzy`; known are relu, softmax, sigmoid, sparse_categorical_crossentropy"
        );
    }
}
