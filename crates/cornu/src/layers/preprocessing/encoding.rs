//! Categories as vectors: what the layers that encode share.

use serde_json::Value;

use crate::DType;
use crate::graph::Var;
use crate::registry::Argument;
use crate::saving::format::DTypePolicy;

/// What a layer gives for categories: one of Keras' words, such as `"int"` or `"multi_hot"`.
///
/// | word | for categories `(…, length)` |
/// |---|---|
/// | `int` | their numbers, as they are |
/// | `one_hot` | a vector each that is 1 at the number; a last axis of length 1 becomes that vector |
/// | `multi_hot` | one vector for all along the last axis that is 1 at each number among them |
/// | `count` | one vector for all along the last axis: how often each number is among them |
/// | `tf_idf` | `count`, each number weighed by how few documents it is in |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputMode(String);

impl From<String> for OutputMode {
    fn from(word: String) -> Self {
        OutputMode(match word.as_str() {
            // Names Keras had once.
            "binary" => "multi_hot".into(),
            "tf-idf" => "tf_idf".into(),
            _ => word,
        })
    }
}

impl From<&str> for OutputMode {
    fn from(word: &str) -> Self {
        word.to_owned().into()
    }
}

impl Argument for OutputMode {
    fn from_json(value: &Value) -> Result<Self, String> {
        String::from_json(value).map(OutputMode::from)
    }

    fn to_json(&self) -> Value {
        self.0.to_json()
    }
}

/// The meaning of an [`OutputMode`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Int,
    OneHot,
    MultiHot,
    Count,
    TfIdf,
}

const WORDS: [(&str, Mode); 5] = [
    ("int", Mode::Int),
    ("one_hot", Mode::OneHot),
    ("multi_hot", Mode::MultiHot),
    ("count", Mode::Count),
    ("tf_idf", Mode::TfIdf),
];

impl OutputMode {
    /// The type of what it gives, which Keras notes in configs.
    pub(super) fn dtype(&self) -> DTypePolicy {
        DTypePolicy(if self.0 == "int" { "int64" } else { "float32" }.into())
    }

    /// The meaning, if it is one of those a layer knows.
    pub(super) fn mode(&self, known: &[Mode]) -> Result<Mode, String> {
        let mut words = WORDS.iter().filter(|(_, mode)| known.contains(mode));
        let found = words.clone().find(|(word, _)| *word == self.0);
        found.map(|(_, mode)| *mode).ok_or_else(|| {
            let first = words.next().map_or(String::new(), |(word, _)| format!("`{word}`"));
            let all = words.fold(first, |all, (word, _)| format!("{all}, `{word}`"));
            format!("expects an output_mode among {all}, got `{}`", self.0)
        })
    }
}

/// Refuses what Keras offers with TensorFlow alone.
pub(super) fn check_dense(sparse: bool) -> Result<(), String> {
    match sparse {
        true => Err("cannot be sparse: Cornu's tensors are dense; leave out `sparse`".into()),
        false => Ok(()),
    }
}

/// Encodes the numbers of categories, which are `int64`; numbers outside `0..depth` count for nothing. `weights` is
/// what each category counts instead of 1.
pub(super) fn encode<'g>(ids: Var<'g>, mode: Mode, depth: usize, weights: Option<Var<'g>>) -> Var<'g> {
    match mode {
        Mode::Int => ids,
        Mode::OneHot => {
            let dims = ids.shape().dims().to_vec();
            let ids = match dims.as_slice() {
                [rest @ .., Some(1)] if !rest.is_empty() => ids.reshape(rest.to_vec()),
                _ => ids,
            };
            ids.one_hot(depth, DType::F32)
        }
        Mode::MultiHot => counts(ids, depth, None).greater(0.0).cast(DType::F32),
        Mode::Count | Mode::TfIdf => counts(ids, depth, weights),
    }
}

/// How often each number is among those of a sample.
fn counts<'g>(ids: Var<'g>, depth: usize, weights: Option<Var<'g>>) -> Var<'g> {
    let builder = ids.builder();
    let (rows, length) = match ids.shape().dims() {
        [Some(length)] => (1, *length),
        [Some(rows), Some(length)] => (*rows, *length),
        dims => {
            // Shapes alone, or more axes than Keras documents: of those it sums over the second.
            let one_hot = ids.one_hot(depth, DType::F32);
            let weighed = weights.map_or(one_hot, |weights| one_hot * weights.expand_dims(-1));
            return weighed.sum(&[isize::from(dims.len() > 1)], false);
        }
    };
    // A sum at each number's place, instead of a vector of `depth` for each number.
    let first = builder.iota([rows, 1], 0) * depth as f64;
    let inside = ids.greater_equal(0.0).logical_and(ids.less(depth as f64));
    let places = inside.select(ids.reshape([rows, length]) + first, -1.0);
    let ones = || builder.scalar(1.0, DType::F32).broadcast_to([rows, length]);
    let weights = weights.map_or_else(ones, |weights| weights.reshape([rows, length]));
    let sums = weights.scatter_add(places, rows * depth);
    sums.reshape(if ids.rank() == 1 { vec![depth] } else { vec![rows, depth] })
}
