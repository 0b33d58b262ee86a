//! Tokens as numbers, numbers as tokens or vectors.

use std::borrow::Borrow;
use std::hash::Hash;

use super::arguments::Arguments;
use super::vocabulary::Known;
use super::{Lookup, Token};
use crate::Tensor;
use crate::data::Data;
use crate::graph::Var;
use crate::layers::preprocessing::encoding::{Mode, encode};

impl<T: Token> Lookup<T> {
    /// The number of a token of the vocabulary or of the mask token, -1 where that counts for nothing.
    pub(in super::super) fn number<Q: ?Sized + Eq + Hash>(&self, known: &Known<T>, token: &Q) -> Option<i64>
    where
        T: Borrow<Q>,
    {
        if self.arguments.mask_token.as_ref().is_some_and(|mask| <T as Borrow<Q>>::borrow(mask) == token) {
            return Some(if self.is_int() { 0 } else { -1 });
        }
        known.numbers.get(token).map(|at| (self.token_start() + at) as i64)
    }

    /// The number of a token that is not in the vocabulary, if there is one.
    pub(in super::super) fn number_of_unknown(&self, token: &T) -> Option<i64> {
        let Arguments { num_oov_indices, oov_method, salt, .. } = &self.arguments;
        let bin = match num_oov_indices {
            0 => return None,
            1 => 0,
            several => token.bin(*several as u64, oov_method == "farmhash", *salt),
        };
        Some((self.oov_start() as u64 + bin) as i64)
    }

    pub(super) fn numbers(&self, data: &Data) -> Result<Data, String> {
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

    pub(super) fn tokens(&self, data: &Data) -> Result<Data, String> {
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

    pub(super) fn wrong_kind(&self) -> String {
        let (wanted, got) = match (self.arguments.invert, T::ELEMENT) {
            (false, None) => (T::PLURAL, "numbers"),
            (false, Some(_)) => (T::PLURAL, "strings"),
            (true, _) => ("numbers of tokens", "strings"),
        };
        format!("expects {wanted}, got {got}")
    }

    /// The result for numbers of tokens.
    pub(in super::super) fn encoded<'g>(&self, ids: Var<'g>) -> Result<Var<'g>, String> {
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
}
