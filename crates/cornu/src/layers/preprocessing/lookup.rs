//! `Lookup`: tokens of a vocabulary as numbers.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::encoding::{Mode, check_dense, encode};
use super::{OutputMode, Salt};
use crate::data::Data;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Ahead, Base, Call, Kept, Layer, Outputs, Spec};
use crate::registry::{Argument, Configured, Fields, Given, Writable};
use crate::{DType, Result, Tensor};

/// What a vocabulary is made of: strings or integers.
pub trait Token: Clone + Debug + Display + Eq + Ord + Hash + Argument + Send + Sync + 'static {
    /// What tensors of such tokens hold; strings have no type.
    const ELEMENT: Option<DType>;
    /// What messages call them.
    const PLURAL: &'static str;

    /// The token that stands for all that are unknown, unless another is given.
    fn unknown() -> Self;

    /// A token from a line of a vocabulary's file.
    ///
    /// # Errors
    /// What is wrong with the line.
    fn parse(line: &str) -> Result<Self, String>;

    /// The bin of an unknown token.
    fn bin(&self, bins: u64, farmhash: bool, salt: Option<Salt>) -> u64;

    /// Visits the tokens of data one after another; false if it holds something else.
    fn visit(data: &Data, visit: &mut dyn FnMut(&Self)) -> bool;

    /// Tokens as data.
    ///
    /// # Errors
    /// If they do not fill the shape.
    fn collect(tokens: Vec<Self>, shape: &[usize]) -> Result<Data>;
}

/// A layer that gives each token of a vocabulary its number, or a vector as [`OutputMode`] says: what
/// [`IntegerLookup`](super::IntegerLookup) and [`StringLookup`](super::StringLookup) both are.
///
/// In mode `"int"` the numbers begin with the mask token's, 0, if there is one; those of unknown tokens follow, then
/// those of the vocabulary. In all other modes a mask token counts for nothing and has no number. The numbers are
/// `int64`, vectors `float32`.
///
/// The work on data is done once, before the first step of a training; vectors are made of the numbers in each step.
#[derive(Debug, Clone, Fields)]
#[fields(show = Self::show, settle = Self::settle)]
pub struct Lookup<T: Token> {
    #[fields(flatten)]
    base: Base,
    #[fields(flatten)]
    pub(super) arguments: Arguments<T>,
    /// Whether the vocabulary was given when the layer was made, so that it learns none.
    #[fields(skip)]
    fixed: bool,
    #[fields(skip)]
    known: OnceLock<Result<Arc<Known<T>>, String>>,
}

/// Keras' config of such a layer.
#[derive(Debug, Clone, PartialEq, Fields)]
pub(super) struct Arguments<T: Token> {
    pub(super) invert: bool,
    pub(super) max_tokens: Option<usize>,
    pub(super) num_oov_indices: usize,
    pub(super) oov_token: Option<T>,
    pub(super) mask_token: Option<T>,
    pub(super) output_mode: OutputMode,
    pub(super) sparse: bool,
    pub(super) pad_to_max_tokens: bool,
    #[fields(omit_if = Option::is_none)]
    pub(super) vocabulary_dtype: Option<String>,
    pub(super) idf_weights: Option<Vec<f64>>,
    pub(super) vocabulary: Option<Vec<T>>,
    pub(super) vocabulary_size: Option<usize>,
    pub(super) oov_method: String,
    pub(super) salt: Option<Salt>,
    #[fields(omit_if = Option::is_none)]
    pub(super) encoding: Option<String>,
}

impl<T: Token> Default for Arguments<T> {
    fn default() -> Self {
        Arguments {
            invert: false,
            max_tokens: None,
            num_oov_indices: 1,
            oov_token: Some(T::unknown()),
            mask_token: None,
            output_mode: "int".into(),
            sparse: false,
            pad_to_max_tokens: false,
            vocabulary_dtype: T::ELEMENT.map(|dtype| dtype.name().into()),
            idf_weights: None,
            vocabulary: None,
            vocabulary_size: None,
            oov_method: "floormod".into(),
            salt: None,
            encoding: T::ELEMENT.is_none().then(|| "utf-8".into()),
        }
    }
}

/// A vocabulary with what was learned of it.
#[derive(Debug, PartialEq)]
pub(super) struct Known<T: Token> {
    /// The tokens without those for masks and the unknown.
    tokens: Vec<T>,
    numbers: HashMap<T, usize>,
    /// The weight of each number, in mode `"tf_idf"`.
    idf: Option<Vec<f32>>,
}

impl<T: Token> Known<T> {
    fn new(tokens: Vec<T>, idf: Option<Vec<f32>>) -> Self {
        let numbers = tokens.iter().enumerate().map(|(at, token)| (token.clone(), at)).collect();
        Known { tokens, numbers, idf }
    }
}

impl<T: Token> From<Arguments<T>> for Lookup<T> {
    fn from(arguments: Arguments<T>) -> Self {
        let fixed = arguments.vocabulary.is_some();
        Lookup { base: Base::default(), arguments, fixed, known: OnceLock::new() }
    }
}

impl<T: Token> Lookup<T> {
    /// The size is that of the vocabulary as it is, wherever it came from.
    fn show(&self, key: &str, value: &dyn Writable, see: &mut dyn FnMut(&str, &dyn Writable)) {
        let size = self.known_size().or(self.arguments.vocabulary_size);
        see(key, if key == "vocabulary_size" { &size } else { value });
    }

    pub(super) fn settle(&mut self, _: &mut Given<'_>) -> Result<(), String> {
        self.fixed = self.arguments.vocabulary.is_some();
        Ok(())
    }
}

impl<T: Token> Default for Lookup<T> {
    fn default() -> Self {
        Arguments::default().into()
    }
}

/// Two are equal that are written the same and know the same vocabulary.
impl<T: Token> PartialEq for Lookup<T> {
    fn eq(&self, other: &Self) -> bool {
        self.base == other.base && self.arguments == other.arguments && self.known() == other.known()
    }
}

const MODES: [Mode; 5] = [Mode::Int, Mode::OneHot, Mode::MultiHot, Mode::Count, Mode::TfIdf];

/// Where Keras keeps a vocabulary among a file's assets.
const FILE: &str = "vocabulary.txt";
const IDF_WEIGHTS: &str = "idf_weights";

impl<T: Token> Lookup<T>
where
    Self: Configured,
{
    /// A layer whose vocabulary is yet to be given or learned.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    /// The tokens that have numbers, those for masks and the unknown at its beginning or left out.
    #[must_use]
    pub fn vocabulary(mut self, tokens: impl IntoIterator<Item = impl Into<T>>) -> Self {
        self.arguments.vocabulary = Some(tokens.into_iter().map(Into::into).collect());
        self.fixed = true;
        self.known = OnceLock::new();
        self
    }

    /// The tokens that have numbers, one a line of a file, without those for masks and the unknown.
    #[must_use]
    pub fn vocabulary_file(mut self, path: impl AsRef<Path>) -> Self {
        let read = || {
            let text = std::fs::read_to_string(path.as_ref()).map_err(|error| error.to_string())?;
            let tokens = lines(&text).into_iter().map(T::parse).collect::<Result<Vec<T>, String>>()?;
            self.check_unique(&tokens)?;
            Ok(Arc::new(Known::new(tokens, None)))
        };
        let known = read().map_err(|error: String| {
            format!("cannot read its vocabulary from {}: {error}", path.as_ref().display())
        });
        self.arguments.vocabulary = None;
        self.fixed = true;
        self.known = known.into();
        self
    }

    /// The most tokens a vocabulary that is learned has, those for masks and the unknown among them.
    #[must_use]
    pub fn max_tokens(mut self, tokens: usize) -> Self {
        self.arguments.max_tokens = Some(tokens);
        self
    }

    /// How many numbers unknown tokens have, by their hash: 1 by default. With 0 an unknown token is an error.
    #[must_use]
    pub fn num_oov_indices(mut self, count: usize) -> Self {
        self.arguments.num_oov_indices = count;
        self
    }

    /// The token that stands for nothing: number 0 in mode `"int"`, left out in the others.
    #[must_use]
    pub fn mask_token(mut self, token: impl Into<T>) -> Self {
        self.arguments.mask_token = Some(token.into());
        self
    }

    /// What an inverted layer gives for numbers that are nobody's: `"[UNK]"`, or -1, by default.
    #[must_use]
    pub fn oov_token(mut self, token: impl Into<T>) -> Self {
        self.arguments.oov_token = Some(token.into());
        self
    }

    /// The weights of the tokens of `vocabulary` in mode `"tf_idf"`.
    #[must_use]
    pub fn idf_weights(mut self, weights: impl Into<Vec<f64>>) -> Self {
        self.arguments.idf_weights = Some(weights.into());
        self
    }

    /// Whether it gives the tokens of numbers instead.
    #[must_use]
    pub fn invert(mut self, invert: bool) -> Self {
        self.arguments.invert = invert;
        self
    }

    /// `"int"` (the default), `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`.
    #[must_use]
    pub fn output_mode(mut self, mode: impl Into<OutputMode>) -> Self {
        self.arguments.output_mode = mode.into();
        self
    }

    /// Whether vectors are of length `max_tokens`, however many tokens are known.
    #[must_use]
    pub fn pad_to_max_tokens(mut self, pad: bool) -> Self {
        self.arguments.pad_to_max_tokens = pad;
        self
    }

    /// Whether the result is sparse, which Cornu's tensors are not: it must stay false.
    #[must_use]
    pub fn sparse(mut self, sparse: bool) -> Self {
        self.arguments.sparse = sparse;
        self
    }

    /// How unknown integers are spread over several numbers: `"floormod"`, the default, or `"farmhash"`. Strings are
    /// always hashed.
    #[must_use]
    pub fn oov_method(mut self, method: impl Into<String>) -> Self {
        self.arguments.oov_method = method.into();
        self
    }

    /// The key of the hash that spreads unknown tokens, which is SipHash then.
    #[must_use]
    pub fn salt(mut self, salt: impl Into<Salt>) -> Self {
        self.arguments.salt = Some(salt.into());
        self
    }

    /// Learns the vocabulary from data: its tokens, the most frequent first, of equally frequent ones the largest. In
    /// mode `"tf_idf"` each row of the data is a document, or each element where it has one axis.
    ///
    /// # Errors
    /// If the vocabulary was given when the layer was made, or the data holds other things than tokens.
    pub fn adapt(&mut self, data: impl Into<Data>) -> Result<()> {
        self.learn(&data.into()).map_err(|message| (self as &dyn Layer).error(message))
    }

    /// The tokens by number, or without those for masks and the unknown.
    pub fn get_vocabulary(&self, include_special_tokens: bool) -> Vec<T> {
        let special = if include_special_tokens { self.special() } else { Vec::new() };
        let known = self.known().ok();
        special.into_iter().chain(known.into_iter().flat_map(|known| known.tokens.iter().cloned())).collect()
    }

    /// Sets the vocabulary, with the weights of its tokens in mode `"tf_idf"`. The tokens for masks and the unknown are at
    /// its beginning, or left out.
    ///
    /// # Errors
    /// If a token occurs twice, there are more than `max_tokens`, or weights are missing or of another number.
    pub fn set_vocabulary(
        &mut self,
        tokens: impl IntoIterator<Item = impl Into<T>>,
        idf_weights: Option<&[f64]>,
    ) -> Result<()> {
        let tokens: Vec<T> = tokens.into_iter().map(Into::into).collect();
        self.set(&tokens, idf_weights).map_err(|message| (self as &dyn Layer).error(message))
    }

    /// The number of tokens, those for masks and the unknown among them.
    pub fn vocabulary_size(&self) -> usize {
        self.known_size().unwrap_or_else(|| self.token_start())
    }
}

impl<T: Token> Lookup<T> {
    pub(super) fn mode(&self) -> Result<Mode, String> {
        self.arguments.output_mode.mode(&MODES)
    }

    fn is_int(&self) -> bool {
        self.mode() == Ok(Mode::Int)
    }

    /// The number of the first unknown token.
    fn oov_start(&self) -> usize {
        usize::from(self.arguments.mask_token.is_some() && self.is_int())
    }

    /// The number of the first token of the vocabulary.
    fn token_start(&self) -> usize {
        self.oov_start() + self.arguments.num_oov_indices
    }

    /// The tokens before those of the vocabulary.
    fn special(&self) -> Vec<T> {
        let Arguments { mask_token, oov_token, num_oov_indices, .. } = &self.arguments;
        let mask = mask_token.iter().take(self.oov_start()).cloned();
        mask.chain(oov_token.iter().cycle().take(*num_oov_indices).cloned()).collect()
    }

    /// The vocabulary, if there is one by now.
    pub(super) fn known(&self) -> Result<&Known<T>, &str> {
        let known = self.known.get_or_init(|| match &self.arguments.vocabulary {
            Some(tokens) => self.make(tokens, self.arguments.idf_weights.as_deref()).map(Arc::new),
            None => Err("has no vocabulary yet: `adapt` it to data, or give it one".into()),
        });
        known.as_ref().map(AsRef::as_ref).map_err(String::as_str)
    }

    /// The number of numbers, if the vocabulary is known.
    fn known_size(&self) -> Option<usize> {
        // A vocabulary that is yet to come must not be taken for one that cannot be.
        let there = self.arguments.vocabulary.is_some() || self.known.get().is_some();
        self.known().ok().filter(|_| there).map(|known| self.token_start() + known.tokens.len())
    }

    pub(super) fn set(&mut self, tokens: &[T], idf_weights: Option<&[f64]>) -> Result<(), String> {
        let known = self.make(tokens, idf_weights)?;
        self.arguments.vocabulary = self.arguments.vocabulary.take().map(|_| tokens.to_vec());
        self.known = OnceLock::from(Ok(Arc::new(known)));
        Ok(())
    }

    fn check_unique(&self, tokens: &[T]) -> Result<(), String> {
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
    pub(super) fn learn_from(&mut self, documents: impl Iterator<Item = Vec<T>>) -> Result<(), String> {
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

    /// The number of a token of the vocabulary or of the mask token, -1 where that counts for nothing.
    pub(super) fn number<Q: ?Sized + Eq + Hash>(&self, known: &Known<T>, token: &Q) -> Option<i64>
    where
        T: Borrow<Q>,
    {
        if self.arguments.mask_token.as_ref().is_some_and(|mask| <T as Borrow<Q>>::borrow(mask) == token) {
            return Some(if self.is_int() { 0 } else { -1 });
        }
        known.numbers.get(token).map(|at| (self.token_start() + at) as i64)
    }

    /// The number of a token that is not in the vocabulary, if there is one.
    pub(super) fn number_of_unknown(&self, token: &T) -> Option<i64> {
        let Arguments { num_oov_indices, oov_method, salt, .. } = &self.arguments;
        let bin = match num_oov_indices {
            0 => return None,
            1 => 0,
            several => token.bin(*several as u64, oov_method == "farmhash", *salt),
        };
        Some((self.oov_start() as u64 + bin) as i64)
    }

    fn numbers(&self, data: &Data) -> Result<Data, String> {
        let known = self.known()?;
        let mut numbers = Vec::with_capacity(data.shape().iter().product());
        let mut unknown: Vec<T> = Vec::new();
        let mut visit = |token: &T| {
            let number = self.number(known, token).or_else(|| self.number_of_unknown(token));
            if number.is_none() && unknown.len() < 5 {
                unknown.push(token.clone());
            }
            numbers.push(number.unwrap_or(-1));
        };
        if !T::visit(data, &mut visit) {
            return Err(self.wrong_kind());
        }
        if !unknown.is_empty() {
            return Err(format!(
                "meets {unknown:?}, which its vocabulary lacks: num_oov_indices of 1 gives all such tokens a number"
            ));
        }
        Ok(Tensor::new(numbers, data.shape()).map_err(|error| error.to_string())?.into())
    }

    fn tokens(&self, data: &Data) -> Result<Data, String> {
        let (known, start) = (self.known()?, self.token_start());
        let numbers = data.tensor().ok_or_else(|| self.wrong_kind())?.to_vec::<i64>();
        let Arguments { mask_token, oov_token, .. } = &self.arguments;
        let unknown = oov_token.clone().unwrap_or_else(T::unknown);
        let token = |number: i64| match (number, mask_token) {
            (0, Some(mask)) => mask.clone(),
            _ => {
                let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(start));
                at.and_then(|at| known.tokens.get(at)).unwrap_or(&unknown).clone()
            }
        };
        T::collect(numbers.into_iter().map(token).collect(), data.shape()).map_err(|error| error.to_string())
    }

    fn wrong_kind(&self) -> String {
        let (wanted, got) = match (self.arguments.invert, T::ELEMENT) {
            (false, None) => (T::PLURAL, "numbers"),
            (false, Some(_)) => (T::PLURAL, "strings"),
            (true, _) => ("numbers of tokens", "strings"),
        };
        format!("expects {wanted}, got {got}")
    }

    /// The result for numbers of tokens.
    pub(super) fn encoded<'g>(&self, ids: Var<'g>) -> Result<Var<'g>, String> {
        let Arguments { max_tokens, pad_to_max_tokens, vocabulary_size, invert, .. } = &self.arguments;
        let mode = self.mode()?;
        if *invert || mode == Mode::Int {
            return Ok(ids);
        }
        let known = self.known_size().or(*vocabulary_size);
        let depth = if *pad_to_max_tokens { *max_tokens } else { known };
        let depth = depth.ok_or_else(|| self.known().err().unwrap_or_default().to_owned())?;
        let encoded = encode(ids, mode, depth, None);
        match self.known().ok().and_then(|known| known.idf.clone()) {
            Some(weights) => Ok(encoded * ids.builder().constant(weights.into())),
            None => Ok(encoded),
        }
    }

    /// What Keras keeps of the layer in a file.
    pub(super) fn keep(&self, path: &str) -> Result<Kept, String> {
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

    pub(super) fn take_back(&mut self, kept: &[Kept]) -> Result<(), String> {
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

/// Weights with zeros behind them up to a length.
fn padded(mut weights: Vec<f32>, length: usize) -> Vec<f32> {
    weights.resize(length.max(weights.len()), 0.0);
    weights
}

/// Whether Python's `splitlines`, by which Keras reads vocabularies, ends a line here.
fn ends_line(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The lines of a text as Python's `splitlines` gives them.
fn lines(text: &str) -> Vec<&str> {
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

impl<T: Token> Layer for Lookup<T>
where
    Self: Configured,
{
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        let Arguments { max_tokens, num_oov_indices, pad_to_max_tokens, invert, .. } = &self.arguments;
        let mode = self.mode()?;
        check_dense(self.arguments.sparse)?;
        if let Some(most @ 0..=1) = max_tokens {
            return Err(format!("needs max_tokens above 1, got {most}"));
        }
        if *pad_to_max_tokens && max_tokens.is_none() {
            return Err("needs max_tokens for pad_to_max_tokens".into());
        }
        if *invert && mode != Mode::Int {
            return Err("gives tokens when inverted: output_mode must be `int`".into());
        }
        if self.arguments.idf_weights.is_some() && mode != Mode::TfIdf {
            return Err("takes idf_weights in output_mode `tf_idf` only".into());
        }
        if self.arguments.oov_token.is_none() && (*num_oov_indices > 0 || *invert) {
            return Err("needs an oov_token".into());
        }
        if self.arguments.vocabulary_dtype.as_deref() != T::ELEMENT.map(DType::name) {
            return Err(format!(
                "has vocabulary_dtype {:?}, which is not its own",
                self.arguments.vocabulary_dtype
            ));
        }
        if self.arguments.encoding.as_ref().is_some_and(|encoding| !encoding.eq_ignore_ascii_case("utf-8")) {
            return Err(format!("has encoding {:?}; Rust's strings are utf-8", self.arguments.encoding));
        }
        match self.arguments.oov_method.as_str() {
            "farmhash" => {}
            "floormod" if T::ELEMENT.is_some() && self.arguments.salt.is_some() => {
                return Err("takes a salt with oov_method `farmhash` only".into());
            }
            "floormod" => {}
            other => return Err(format!("expects oov_method `floormod` or `farmhash`, got `{other}`")),
        }
        if self.fixed { self.known().map(drop).map_err(str::to_owned) } else { Ok(()) }
    }

    fn ahead(&self) -> Option<&dyn Ahead> {
        Some(self)
    }

    fn reads_integers(&self) -> bool {
        true
    }

    fn learn(&mut self, data: &Data) -> Result<(), String> {
        self.check_arguments()?;
        let mut tokens: Vec<T> = Vec::with_capacity(data.shape().iter().product());
        if !T::visit(data, &mut |token| tokens.push(token.clone())) {
            return Err(self.wrong_kind());
        }
        let width = data.shape().iter().skip(1).product::<usize>().max(1);
        let mut tokens = tokens.into_iter();
        let documents = std::iter::from_fn(|| {
            let document: Vec<T> = tokens.by_ref().take(width).collect();
            (!document.is_empty()).then_some(document)
        });
        self.learn_from(documents)
    }

    fn kept(&self) -> Result<Vec<Kept>, String> {
        Ok(vec![self.keep("")?])
    }

    fn restore(&mut self, kept: &[Kept]) -> Result<(), String> {
        self.take_back(kept)
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        Ok(self.encoded(inputs[0]).map_err(|message| cx.error(message))?.into())
    }
}

impl<T: Token> Ahead for Lookup<T>
where
    Self: Configured,
{
    fn specs(&self, inputs: &[Spec]) -> Result<Vec<Spec>> {
        let this: &dyn Layer = self;
        let [Spec { shape, dtype }] = inputs else { return Err(this.error("reads one input")) };
        let reads_strings = !self.arguments.invert && T::ELEMENT.is_none();
        if reads_strings != dtype.is_none() {
            return Err(this.error(self.wrong_kind()));
        }
        let dtype = if self.arguments.invert { T::ELEMENT } else { Some(DType::I64) };
        Ok(vec![Spec { shape: shape.clone(), dtype }])
    }

    fn prepare(&self, inputs: &[Data]) -> Result<Vec<Data>> {
        let this: &dyn Layer = self;
        let [data] = inputs else { return Err(this.error("reads one input")) };
        let result = if self.arguments.invert { self.tokens(data) } else { self.numbers(data) };
        Ok(vec![result.map_err(|message| this.error(message))?])
    }

    fn input_dtype(&self) -> &'static str {
        match T::ELEMENT {
            None if !self.arguments.invert => "string",
            _ => "int64",
        }
    }
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
