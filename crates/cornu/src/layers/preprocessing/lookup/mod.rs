//! `Lookup`: tokens of a vocabulary as numbers.

mod arguments;
mod file;
mod numbers;
mod token;
mod vocabulary;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::encoding::Mode;
use super::{OutputMode, Salt};
use crate::data::Data;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Ahead, Base, Call, Kept, Layer, Outputs, Spec};
use crate::registry::{Configured, Fields, Given, Writable};
use crate::{DType, Result};

pub(super) use arguments::Arguments;
use file::lines;
pub use token::Token;
use vocabulary::Known;

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

impl<T: Token> From<Arguments<T>> for Lookup<T> {
    fn from(arguments: Arguments<T>) -> Self {
        let fixed = arguments.vocabulary.is_some();
        Lookup { base: Base::default(), arguments, fixed, known: OnceLock::new() }
    }
}

impl<T: Token> Lookup<T> {
    /// The size is that of the vocabulary as it is, wherever it came from.
    fn show(&self, key: &str, value: &dyn Writable, see: &mut dyn FnMut(&str, &dyn Writable)) {
        match key {
            "vocabulary_size" => see(key, &self.known_size().or(self.arguments.vocabulary_size)),
            _ => see(key, value),
        }
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
        self.arguments.mode()
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
}

impl<T: Token> Layer for Lookup<T>
where
    Self: Configured,
{
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        self.arguments.check()?;
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
