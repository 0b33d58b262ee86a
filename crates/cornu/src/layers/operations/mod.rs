//! Operations between layers: what `keras.ops` and Python's operators leave in a functional model's file.

mod indexing;
mod table;

use std::ops::RangeInclusive;

use serde_json::Value;

use super::{Base, Call, Layer, Outputs, SEVERAL};
use crate::graph::Var;
use crate::registry::{Config, Configured};
use crate::{Error, Result};

pub(crate) use indexing::{Index, Part as IndexPart};

/// An operation on tensors and constants, as a layer without weights: Keras' `Operation`.
///
/// [`cornu::ops`](crate::ops) and the operators of [`KerasTensor`](crate::KerasTensor) make them.
#[derive(Debug, Clone)]
pub struct Operation {
    base: Base,
    entry: &'static table::Entry,
    config: Config,
    /// The arguments by position: a constant, or the next of the tensors the operation is called on.
    arguments: Vec<Option<Value>>,
}

/// An argument as an operation finds it.
#[derive(Debug, Clone)]
pub(crate) enum Argument<'a, 'g> {
    /// A tensor.
    Tensor(Var<'g>),
    /// A constant of the JSON.
    Value(&'a Value),
}

impl Operation {
    /// The operation of this class, with its config and the constants among its arguments.
    ///
    /// # Errors
    /// If the class is unknown.
    pub(crate) fn new(class: &str, mut config: Config, arguments: Vec<Option<Value>>) -> Result<Self> {
        let entry = table::find(class).ok_or_else(|| {
            let known = table::TABLE.iter().map(|entry| entry.class_name.to_owned());
            Error::unknown_name("operation", class, known)
        })?;
        let name = config.shift_remove("name").and_then(|name| name.as_str().map(str::to_owned));
        let base = Base { name, ..Base::default() };
        Ok(Operation { base, entry, config, arguments })
    }

    /// As [`Operation::new`] of a class of the table.
    pub(crate) fn known(class: &'static str, config: Config, arguments: Vec<Option<Value>>) -> Self {
        let entry = table::find(class).unwrap_or(&table::TABLE[0]);
        debug_assert_eq!(entry.class_name, class);
        Operation { base: Base::default(), entry, config, arguments }
    }

    /// Whether Keras' module of a layer's object is one of operations.
    pub(crate) fn is_module(module: &str) -> bool {
        module.starts_with("keras.src.ops.")
    }

    /// Keras' module of the class.
    pub(crate) fn module(&self) -> &'static str {
        self.entry.module
    }

    /// The arguments by position: constants, and `None` for tensors.
    pub(crate) fn arguments(&self) -> &[Option<Value>] {
        &self.arguments
    }

    /// Whether the tensors come as one list, as those of `Concatenate` do.
    pub(crate) fn takes_list(&self) -> bool {
        self.entry.takes_list
    }
}

impl Configured for Operation {
    fn class_name(&self) -> &str {
        self.entry.class_name
    }

    fn config(&self) -> Config {
        let name = ("name".to_owned(), self.base.name().into());
        std::iter::once(name).chain(self.config.clone()).collect()
    }
}

impl Layer for Operation {
    fn input_count(&self) -> RangeInclusive<usize> {
        SEVERAL
    }

    fn base(&self) -> &Base {
        &self.base
    }

    fn base_mut(&mut self) -> &mut Base {
        &mut self.base
    }

    fn boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }

    fn reads_integers(&self) -> bool {
        true
    }

    fn takes_inputs_apart(&self) -> bool {
        !self.entry.takes_list
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let mut tensors = inputs.iter();
        let mut arguments: Vec<Argument<'_, 'g>> = Vec::new();
        for argument in &self.arguments {
            match argument {
                Some(value) => arguments.push(Argument::Value(value)),
                None => arguments.extend(tensors.next().map(|tensor| Argument::Tensor(*tensor))),
            }
        }
        arguments.extend(tensors.map(|tensor| Argument::Tensor(*tensor)));
        let given = table::Given { arguments: &arguments, config: &self.config, builder: cx.builder() };
        let value = (self.entry.call)(&given).map_err(|message| cx.error(message))?;
        Ok(value.into())
    }
}
