//! The arguments of a config: how a struct hands out its fields, how they are read from JSON, how they are written.

use serde_json::Value;

use super::{Argument, Config};
use crate::error::most_similar;

/// Things made of named arguments: what their config holds, in Keras' order. Derived, with
/// [`#[derive(Fields)]`](derive@super::Fields):
///
/// ```
/// use cornu::layers::Base;
/// use cornu::registry::{Fields, config_of};
///
/// #[derive(Default, Fields)]
/// struct Scale {
///     #[fields(flatten)]
///     base: Base,
///     factor: f64,
/// }
///
/// let config = config_of(&Scale { factor: 0.5, ..Scale::default() });
/// assert_eq!(config.keys().collect::<Vec<_>>(), ["name", "trainable", "dtype", "factor"]);
/// assert_eq!(config["factor"], 0.5);
/// ```
pub trait Fields {
    /// What absent arguments are taken from: Keras' defaults.
    fn start() -> Self
    where
        Self: Sized;

    /// Shows each argument that the config holds. Of two under one key, the first counts.
    fn visit(&self, see: &mut dyn FnMut(&str, &dyn Writable));

    /// Shows each argument, to be changed.
    fn visit_mut(&mut self, see: &mut dyn FnMut(&'static Key, &mut dyn Readable));

    /// Asked when all arguments are read: sets what follows from them.
    ///
    /// # Errors
    /// The sentence that goes behind the thing's name.
    fn settle(&mut self, _given: &mut Given<'_>) -> Result<(), String> {
        Ok(())
    }
}

/// Under which keys an argument is read, and whether it must be there.
#[derive(Debug)]
pub struct Key {
    /// Its key.
    pub name: &'static str,
    /// Another key, from older files.
    pub alias: Option<&'static str>,
    /// Whether there is no default.
    pub required: bool,
}

/// A field that takes its value from JSON.
pub trait Readable {
    /// Takes the value.
    ///
    /// # Errors
    /// What was wanted and what came, to stand behind the argument's name.
    fn read(&mut self, value: &Value) -> Result<(), String>;
}

/// A field that has a value in JSON.
pub trait Writable {
    /// The value.
    fn write(&self) -> Value;
}

impl<T: Argument> Readable for T {
    fn read(&mut self, value: &Value) -> Result<(), String> {
        *self = T::from_json(value)?;
        Ok(())
    }
}

impl<T: Argument> Writable for T {
    fn write(&self) -> Value {
        self.to_json()
    }
}

/// A field that is read in a way of its own.
#[derive(Debug)]
pub struct Reading<'a, T>(pub &'a mut T, pub fn(&Value) -> Result<T, String>);

impl<T> Readable for Reading<'_, T> {
    fn read(&mut self, value: &Value) -> Result<(), String> {
        *self.0 = (self.1)(value)?;
        Ok(())
    }
}

/// A field that is written in a way of its own.
#[derive(Debug)]
pub struct Writing<'a, T>(pub &'a T, pub fn(&T) -> Value);

impl<T> Writable for Writing<'_, T> {
    fn write(&self) -> Value {
        (self.1)(self.0)
    }
}

/// A config that is being read.
#[derive(Debug)]
pub struct Given<'a> {
    config: &'a Config,
    /// The keys that are no arguments.
    others: Vec<&'a str>,
}

impl Given<'_> {
    /// Whether this key is there.
    pub fn has(&self, key: &str) -> bool {
        self.config.contains_key(key)
    }

    /// The keys that are no arguments, with their values: now somebody knows them.
    pub fn take_others(&mut self) -> Config {
        let others = std::mem::take(&mut self.others).into_iter();
        others.filter_map(|key| Some((key.to_owned(), self.config.get(key)?.clone()))).collect()
    }
}

/// The config of a thing whose fields are Keras' arguments.
pub fn config_of(thing: &dyn Fields) -> Config {
    let mut config = Config::new();
    thing.visit(&mut |key, value| {
        if !config.contains_key(key) {
            config.insert(key.to_owned(), value.write());
        }
    });
    config
}

/// A thing from its config, in which keys may also be those in `ignored`.
///
/// # Errors
/// What is wrong, naming the key.
pub fn from_config<T: Fields>(config: &Config, ignored: &[&str]) -> Result<T, String> {
    let mut thing = T::start();
    read(&mut thing, config, ignored)?;
    Ok(thing)
}

/// Fills in the arguments that a config gives.
fn read(thing: &mut dyn Fields, config: &Config, ignored: &[&str]) -> Result<(), String> {
    let (mut known, mut aliases) = (Vec::new(), Vec::new());
    let mut wrong = None;
    thing.visit_mut(&mut |key, field| {
        known.push(key.name);
        aliases.extend(key.alias);
        let found =
            [Some(key.name), key.alias].into_iter().flatten().find_map(|key| config.get_key_value(key));
        let read = match found {
            Some((key, value)) => field.read(value).map_err(|message| format!("`{key}`: {message}")),
            None if key.required => Err(format!("needs `{}`, which has no default", key.name)),
            None => Ok(()),
        };
        wrong = wrong.take().or(read.err());
    });
    let is_other = |key: &&str| !known.contains(key) && !aliases.contains(key) && !ignored.contains(key);
    let others = config.keys().map(String::as_str).filter(is_other).collect();
    let mut given = Given { config, others };
    // A wrong key is the likelier reason for a missing argument.
    let settled = match wrong {
        None => thing.settle(&mut given),
        Some(wrong) => Err(wrong),
    };
    match given.others.first() {
        Some(key) => Err(unknown_key(key, &known)),
        None => settled,
    }
}

fn unknown_key(key: &str, known: &[&str]) -> String {
    if known.is_empty() {
        return format!("takes no arguments, got `{key}`");
    }
    let similar = most_similar(key, known);
    let hint = similar.map_or("; ".into(), |name| format!("; did you mean `{name}`? "));
    format!("has no argument `{key}`{hint}its arguments are {}", known.join(", "))
}
