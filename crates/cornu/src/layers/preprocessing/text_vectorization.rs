//! `TextVectorization`: texts as numbers of their words.

use super::OutputMode;
use super::encoding::{Mode, check_dense};
use super::lookup::{Arguments, Lookup};
use crate::data::{Data, StringTensor};
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Ahead, Base, Call, Kept, Layer, Outputs, Spec, WeightGroup};
use crate::registry::{Fields, Given, Writable, either};
use crate::{DType, Dim, Result, Tensor};

/// Texts as the numbers of their words in a vocabulary, or as vectors.
///
/// Each text is standardized, split into tokens, these are joined to n-grams, and each is looked up as
/// [`StringLookup`](super::StringLookup) does, with `""` as the mask token, number 0, and one number, 1, for all that is
/// unknown. The input is `(batch)` or `(batch, 1)`, the result `(batch, length)` and `int64`, or `(batch, tokens)` and
/// `float32` in the other output modes. Without `output_sequence_length` shorter texts are filled with 0 up to the longest
/// of all texts at hand; of the batch, in Keras.
///
/// The work on texts is done once, before the first step of a training.
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/>.
///
/// ```
/// use cornu::layers::{Dense, Embedding, Flatten, Input, Layer, TextVectorization};
/// use cornu::{Predict, Sequential, StringTensor, Tensor};
/// let texts = StringTensor::from(["The cat sat.", "The DOG!"]);
/// let mut words = TextVectorization::new().output_sequence_length(3);
/// words.adapt(&texts)?;
/// assert_eq!(words.get_vocabulary(true), ["", "[UNK]", "the", "sat", "dog", "cat"]);
/// assert_eq!(words.apply(["a dog, the dog"])?, Tensor::from([[1i64, 4, 2]]));
/// let input = Input::new([1]).dtype("string");
/// let mut model = Sequential::new().add(input).add(words).add(Embedding::new(6, 2)).add(Flatten::new()).add(Dense::new(1));
/// assert_eq!(model.predict(&texts, Predict::new())?.shape(), [2, 1]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(
    show = Self::show,
    settle = Self::settle,
    order(
        base,
        lookup.arguments.max_tokens,
        standardize,
        split,
        ngrams,
        lookup.arguments.output_mode,
        output_sequence_length,
        lookup.arguments.pad_to_max_tokens,
        lookup.arguments.sparse,
        ragged,
        lookup.arguments.vocabulary,
        lookup.arguments.idf_weights,
        lookup.arguments.encoding,
        lookup.arguments.vocabulary_size,
    ),
)]
pub struct TextVectorization {
    #[fields(flatten)]
    base: Base,
    standardize: Option<String>,
    split: Option<String>,
    ngrams: Option<Ngrams>,
    output_sequence_length: Option<usize>,
    ragged: bool,
    lookup: Lookup<String>,
}

/// How many tokens are joined: up to a number, or exactly so many as one of a list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ngrams {
    /// From one token up to this many.
    UpTo(usize),
    /// So many, each in turn.
    Widths(Vec<usize>),
}

either! { Ngrams: "a number or a list of numbers", UpTo(usize) | Widths(Vec<usize>) }

impl From<usize> for Ngrams {
    fn from(most: usize) -> Self {
        Ngrams::UpTo(most)
    }
}

impl<const N: usize> From<[usize; N]> for Ngrams {
    fn from(widths: [usize; N]) -> Self {
        Ngrams::Widths(widths.to_vec())
    }
}

impl Ngrams {
    fn widths(&self) -> Vec<usize> {
        match self {
            Ngrams::UpTo(most) => (1..=*most).collect(),
            Ngrams::Widths(widths) => widths.clone(),
        }
    }
}

impl TextVectorization {
    fn show(&self, key: &str, value: &dyn Writable, see: &mut dyn FnMut(&str, &dyn Writable)) {
        match key {
            "vocabulary_size" => see(key, &Some(self.vocabulary_size())),
            _ => see(key, value),
        }
    }

    fn settle(&mut self, given: &mut Given<'_>) -> Result<(), String> {
        self.lookup.settle(given)
    }
}

impl Default for TextVectorization {
    fn default() -> Self {
        TextVectorization {
            base: Base::default(),
            standardize: Some(BOTH.into()),
            split: Some("whitespace".into()),
            ngrams: None,
            output_sequence_length: None,
            ragged: false,
            lookup: Arguments { mask_token: Some(String::new()), ..Arguments::default() }.into(),
        }
    }
}

const BOTH: &str = "lower_and_strip_punctuation";
const MODES: [Mode; 4] = [Mode::Int, Mode::MultiHot, Mode::Count, Mode::TfIdf];

/// The part of Keras' layer that keeps the vocabulary, in files.
const PART: &str = "_lookup_layer";

impl TextVectorization {
    /// A layer that lowers letters, strips punctuation, splits at white space, and whose vocabulary is yet to be given or
    /// learned.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    /// What is done to texts first: `"lower_and_strip_punctuation"` (the default), `"lower"`, `"strip_punctuation"`. Only
    /// letters from A to Z are lowered, only ASCII punctuation is stripped, as in Keras.
    #[must_use]
    pub fn standardize(mut self, how: impl Into<String>) -> Self {
        self.standardize = Some(how.into());
        self
    }

    /// Texts are taken as they are: Keras' `standardize=None`.
    #[must_use]
    pub fn without_standardize(mut self) -> Self {
        self.standardize = None;
        self
    }

    /// What tokens are: `"whitespace"` (the default) splits into words, `"character"` into characters.
    #[must_use]
    pub fn split(mut self, at: impl Into<String>) -> Self {
        self.split = Some(at.into());
        self
    }

    /// Each string of the input is a token: Keras' `split=None`.
    #[must_use]
    pub fn without_split(mut self) -> Self {
        self.split = None;
        self
    }

    /// The most tokens a vocabulary that is learned has, those for masks and the unknown among them.
    #[must_use]
    pub fn max_tokens(mut self, tokens: usize) -> Self {
        self.lookup.arguments.max_tokens = Some(tokens);
        self
    }

    /// `"int"` (the default), `"multi_hot"`, `"count"` or `"tf_idf"`.
    #[must_use]
    pub fn output_mode(mut self, mode: impl Into<OutputMode>) -> Self {
        self.lookup = self.lookup.output_mode(mode);
        self
    }

    /// Whether vectors are of length `max_tokens`, however many tokens are known.
    #[must_use]
    pub fn pad_to_max_tokens(mut self, pad: bool) -> Self {
        self.lookup = self.lookup.pad_to_max_tokens(pad);
        self
    }

    /// The tokens that have numbers, those for masks and the unknown at its beginning or left out.
    #[must_use]
    pub fn vocabulary(mut self, tokens: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.lookup = self.lookup.vocabulary(tokens);
        self
    }

    /// The tokens that have numbers, one a line of a file, without those for masks and the unknown.
    #[must_use]
    pub fn vocabulary_file(mut self, path: impl AsRef<std::path::Path>) -> Self {
        self.lookup = self.lookup.vocabulary_file(path);
        self
    }

    /// The weights of the tokens of `vocabulary` in mode `"tf_idf"`.
    #[must_use]
    pub fn idf_weights(mut self, weights: impl Into<Vec<f64>>) -> Self {
        self.lookup = self.lookup.idf_weights(weights);
        self
    }

    crate::setters! {
        /// How many tokens are joined to one: a number for all up to it, or a list.
        ngrams: some into Ngrams;
        /// The length of each result in mode `"int"`: longer ones are cut off, shorter ones filled with 0.
        output_sequence_length: some usize;
        /// Whether results are of different lengths, which Cornu's tensors are not: it must stay false.
        ragged: bool;
    }

    /// Learns the vocabulary from texts: their tokens, the most frequent first, of equally frequent ones the largest. In
    /// mode `"tf_idf"` each text is a document.
    ///
    /// # Errors
    /// If the vocabulary was given when the layer was made, or the data is not texts.
    pub fn adapt(&mut self, data: impl Into<Data>) -> Result<()> {
        self.learn(&data.into()).map_err(|message| (self as &dyn Layer).error(message))
    }

    /// The tokens by number, or without those for masks and the unknown.
    pub fn get_vocabulary(&self, include_special_tokens: bool) -> Vec<String> {
        self.lookup.get_vocabulary(include_special_tokens)
    }

    /// Sets the vocabulary, with the weights of its tokens in mode `"tf_idf"`.
    ///
    /// # Errors
    /// If a token occurs twice, there are more than `max_tokens`, or weights are missing or of another number.
    pub fn set_vocabulary(
        &mut self,
        tokens: impl IntoIterator<Item = impl Into<String>>,
        idf_weights: Option<&[f64]>,
    ) -> Result<()> {
        let tokens: Vec<String> = tokens.into_iter().map(Into::into).collect();
        self.lookup.set(&tokens, idf_weights).map_err(|message| (self as &dyn Layer).error(message))
    }

    /// The number of tokens, those for masks and the unknown among them.
    pub fn vocabulary_size(&self) -> usize {
        self.lookup.vocabulary_size()
    }

    /// The shape of the rows of tokens, for texts of this shape.
    fn rows(&self, shape: &[Dim]) -> Result<Vec<Dim>, String> {
        match (shape, &self.split) {
            ([rest @ .., Some(1)], Some(_)) if !rest.is_empty() => Ok(rest.to_vec()),
            ([_], _) => Ok(shape.to_vec()),
            ([rest @ .., _], None) => Ok(rest.to_vec()),
            _ => Err(format!(
                "splits texts of shape (batch) or (batch, 1), got {}",
                crate::Shape::from(shape.to_vec())
            )),
        }
    }

    /// The tokens of each row.
    fn tokens(&self, texts: &StringTensor) -> Result<Vec<Vec<String>>, String> {
        let dims: Vec<Dim> = texts.shape().iter().copied().map(Some).collect();
        self.rows(&dims)?;
        let standard = |text: &String| {
            let how = self.standardize.as_deref().unwrap_or_default();
            let mut text = text.clone();
            if how.starts_with("lower") {
                text.make_ascii_lowercase();
            }
            if how.ends_with("strip_punctuation") {
                text.retain(|c| !c.is_ascii_punctuation());
            }
            text
        };
        let texts_in_order = texts.as_slice().iter().map(standard);
        let mut rows: Vec<Vec<String>> = match self.split.as_deref() {
            Some("character") => {
                texts_in_order.map(|text| text.chars().map(String::from).collect()).collect()
            }
            Some(_) => texts_in_order
                .map(|text| text.split(is_space).filter(|word| !word.is_empty()).map(String::from).collect())
                .collect(),
            None => {
                let width = if dims.len() > 1 { texts.shape().last().copied().unwrap_or(1) } else { 1 };
                let all: Vec<String> = texts_in_order.collect();
                all.chunks(width.max(1)).map(<[String]>::to_vec).collect()
            }
        };
        if let Some(ngrams) = &self.ngrams {
            let widths = ngrams.widths();
            let joined = |tokens: &Vec<String>| {
                let of = |width: &usize| {
                    tokens.windows((*width).max(1)).map(|few| few.join(" ")).collect::<Vec<_>>()
                };
                widths.iter().flat_map(of).collect()
            };
            rows = rows.iter().map(joined).collect();
        }
        Ok(rows)
    }

    fn numbers(&self, texts: &StringTensor) -> Result<Tensor, String> {
        let known = self.lookup.known()?;
        let rows = self.tokens(texts)?;
        let is_int = self.lookup.mode()? == Mode::Int;
        let length = match self.output_sequence_length {
            Some(length) => length,
            None => rows.iter().map(Vec::len).max().unwrap_or(0),
        };
        let fill = if is_int { 0 } else { -1 };
        let mut numbers = vec![fill; rows.len() * length];
        for (row, tokens) in rows.iter().enumerate() {
            for (to, token) in numbers[row * length..(row + 1) * length].iter_mut().zip(tokens) {
                let number = self.lookup.number(known, token.as_str());
                *to = number.or_else(|| self.lookup.number_of_unknown(token)).unwrap_or(fill);
            }
        }
        let dims: Vec<Dim> = texts.shape().iter().copied().map(Some).collect();
        let shape = self.rows(&dims)?.into_iter().flatten().chain([length]).collect::<Vec<usize>>();
        Tensor::new(numbers, shape).map_err(|error| error.to_string())
    }
}

/// White space to C's `isspace`, at which TensorFlow splits.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

impl Layer for TextVectorization {
    layer_base!();

    fn has_build(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        if let Some(how) = &self.standardize
            && ![BOTH, "lower", "strip_punctuation"].contains(&how.as_str())
        {
            return Err(format!("expects standardize `{BOTH}`, `lower` or `strip_punctuation`, got `{how}`"));
        }
        if let Some(at) = &self.split
            && !["whitespace", "character"].contains(&at.as_str())
        {
            return Err(format!("expects split `whitespace` or `character`, got `{at}`"));
        }
        if self
            .ngrams
            .as_ref()
            .is_some_and(|ngrams| ngrams.widths().contains(&0) || ngrams.widths().is_empty())
        {
            return Err("needs ngrams of at least 1 token".into());
        }
        check_dense(self.ragged)?;
        let mode = self.lookup.arguments.output_mode.mode(&MODES)?;
        if self.output_sequence_length.is_some() && mode != Mode::Int {
            return Err("takes output_sequence_length in output_mode `int` only".into());
        }
        self.lookup.check_arguments()
    }

    fn ahead(&self) -> Option<&dyn Ahead> {
        Some(self)
    }

    fn reads_integers(&self) -> bool {
        true
    }

    fn learn(&mut self, data: &Data) -> Result<(), String> {
        self.check_arguments()?;
        let texts = data.strings().ok_or("learns from strings, got numbers")?;
        let rows = self.tokens(texts)?;
        self.lookup.learn_from(rows.into_iter())
    }

    fn weight_groups(&self, _names: &[&str]) -> Vec<WeightGroup> {
        let group = |path: &str, name: &str| WeightGroup {
            path: path.into(),
            name: name.into(),
            weights: Vec::new(),
        };
        vec![group("", self.base.name()), group(PART, "string_lookup")]
    }

    fn kept(&self) -> Result<Vec<Kept>, String> {
        Ok(vec![self.lookup.keep("")?, self.lookup.keep(PART)?])
    }

    fn restore(&mut self, kept: &[Kept]) -> Result<(), String> {
        self.lookup.take_back(kept)
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        Ok(self.lookup.encoded(inputs[0]).map_err(|message| cx.error(message))?.into())
    }
}

impl Ahead for TextVectorization {
    fn specs(&self, inputs: &[Spec]) -> Result<Vec<Spec>> {
        let this: &dyn Layer = self;
        let [Spec { shape, dtype: None }] = inputs else {
            return Err(this.error("reads one input of strings"));
        };
        let rows = self.rows(shape.dims()).map_err(|message| this.error(message))?;
        let shape = rows.into_iter().chain([self.output_sequence_length]).collect();
        Ok(vec![Spec { shape, dtype: Some(DType::I64) }])
    }

    fn prepare(&self, inputs: &[Data]) -> Result<Vec<Data>> {
        let this: &dyn Layer = self;
        let [Data::Strings(texts)] = inputs else { return Err(this.error("reads one input of strings")) };
        Ok(vec![self.numbers(texts).map_err(|message| this.error(message))?.into()])
    }

    fn input_dtype(&self) -> &'static str {
        "string"
    }
}
