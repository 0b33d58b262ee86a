//! `Token`: what a vocabulary is made of.

use std::fmt::{Debug, Display};
use std::hash::Hash;

use crate::data::Data;
use crate::layers::preprocessing::Salt;
use crate::registry::Argument;
use crate::{DType, Result};

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
