//! The arguments of layers that look tokens up.

use super::Token;
use crate::DType;
use crate::layers::preprocessing::encoding::{Mode, check_dense};
use crate::layers::preprocessing::{OutputMode, Salt};
use crate::registry::Fields;

const MODES: [Mode; 5] = [Mode::Int, Mode::OneHot, Mode::MultiHot, Mode::Count, Mode::TfIdf];

/// Keras' config of such a layer.
#[derive(Debug, Clone, PartialEq, Fields)]
pub(in super::super) struct Arguments<T: Token> {
    pub(in super::super) invert: bool,
    pub(in super::super) max_tokens: Option<usize>,
    pub(in super::super) num_oov_indices: usize,
    pub(in super::super) oov_token: Option<T>,
    pub(in super::super) mask_token: Option<T>,
    pub(in super::super) output_mode: OutputMode,
    pub(in super::super) sparse: bool,
    pub(in super::super) pad_to_max_tokens: bool,
    #[fields(omit_if = Option::is_none)]
    pub(in super::super) vocabulary_dtype: Option<String>,
    pub(in super::super) idf_weights: Option<Vec<f64>>,
    pub(in super::super) vocabulary: Option<Vec<T>>,
    pub(in super::super) vocabulary_size: Option<usize>,
    pub(in super::super) oov_method: String,
    pub(in super::super) salt: Option<Salt>,
    #[fields(omit_if = Option::is_none)]
    pub(in super::super) encoding: Option<String>,
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

impl<T: Token> Arguments<T> {
    pub(super) fn mode(&self) -> Result<Mode, String> {
        self.output_mode.mode(&MODES)
    }

    /// What is wrong with them, if anything.
    pub(super) fn check(&self) -> Result<(), String> {
        let Arguments { max_tokens, num_oov_indices, pad_to_max_tokens, invert, .. } = self;
        let mode = self.mode()?;
        check_dense(self.sparse)?;
        if let Some(most @ 0..=1) = max_tokens {
            return Err(format!("needs max_tokens above 1, got {most}"));
        }
        if *pad_to_max_tokens && max_tokens.is_none() {
            return Err("needs max_tokens for pad_to_max_tokens".into());
        }
        if *invert && mode != Mode::Int {
            return Err("gives tokens when inverted: output_mode must be `int`".into());
        }
        if self.idf_weights.is_some() && mode != Mode::TfIdf {
            return Err("takes idf_weights in output_mode `tf_idf` only".into());
        }
        if self.oov_token.is_none() && (*num_oov_indices > 0 || *invert) {
            return Err("needs an oov_token".into());
        }
        if self.vocabulary_dtype.as_deref() != T::ELEMENT.map(DType::name) {
            return Err(format!("has vocabulary_dtype {:?}, which is not its own", self.vocabulary_dtype));
        }
        if self.encoding.as_ref().is_some_and(|encoding| !encoding.eq_ignore_ascii_case("utf-8")) {
            return Err(format!("has encoding {:?}; Rust's strings are utf-8", self.encoding));
        }
        match self.oov_method.as_str() {
            "farmhash" => {}
            "floormod" if T::ELEMENT.is_some() && self.salt.is_some() => {
                return Err("takes a salt with oov_method `farmhash` only".into());
            }
            "floormod" => {}
            other => return Err(format!("expects oov_method `floormod` or `farmhash`, got `{other}`")),
        }
        Ok(())
    }
}
