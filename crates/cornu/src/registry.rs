//! Tables from names to things: how strings and Keras' JSON become activations, losses, optimizers and the rest.

mod registered;

use std::fmt::Debug;
use std::sync::Arc;

use serde::de::{DeserializeOwned, Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::error::most_similar;
use crate::{Error, Result};

pub(crate) use registered::find as find_registered;
pub use registered::{Registered, register_keras_serializable};

/// What a thing is made of: Keras' `get_config()`, with its keys in Keras' order.
pub type Config = Map<String, Value>;

/// Anything that has a Keras class name and a config from which it can be made again.
pub trait Configured: Debug + Send + Sync + 'static {
    /// Keras' name of the class or function, such as `GlorotUniform` or `relu`.
    fn class_name(&self) -> &str;
    /// Keras' `get_config()`.
    fn config(&self) -> Config;
}

/// A kind of thing that is looked up by name: implemented for `dyn Activation`, `dyn Loss`, …
pub trait Family: Configured {
    /// What one member is called in messages: `activation`.
    const KIND: &'static str;
    /// Keras' module: `keras.activations`.
    const MODULE: &'static str;
    /// Keys that some version of Keras writes into every member's config and that change nothing here.
    const IGNORED_KEYS: &'static [&'static str] = &[];

    /// All members.
    fn table() -> &'static [Entry<Self>];

    /// The members a program has added by [`register_keras_serializable`].
    fn registered() -> &'static Registered<Self>;

    /// What is wrong with the arguments, if anything. Setters take what they are given; this is asked when
    /// the thing is used.
    ///
    /// # Errors
    /// The sentence that goes behind the member's name, such as "`l2` must not be negative, got -1".
    fn check_arguments(&self) -> Result<(), String> {
        Ok(())
    }

    /// Reports arguments outside their range.
    ///
    /// # Errors
    /// The first one.
    fn check(&self) -> Result<()> {
        self.check_arguments().map_err(|message| misfit::<Self>(self.class_name(), message))
    }

    /// Reports a thing that Keras' JSON has no words for, so that a file would say something else. What
    /// [`Family::to_json`] gives for it only Cornu can read.
    ///
    /// # Errors
    /// If Keras does not know the class (or, for activations, the arguments).
    fn check_serializable(&self) -> Result<()> {
        Self::entry(self.class_name()).map(drop)
    }

    /// A member as Keras writes it in JSON.
    fn to_json(&self) -> Value {
        let (module, registered_name) = registered::place::<Self>(self.class_name());
        json!({
            "module": module,
            "class_name": self.class_name(),
            "config": self.config(),
            "registered_name": registered_name,
        })
    }

    /// A member from the forms Keras writes in JSON: a name, an object with a class and its config, or an
    /// object for a function.
    ///
    /// # Errors
    /// If the class is unknown or its config does not fit.
    fn from_json(value: &Value) -> Result<Arc<Self>> {
        let config = value.get("config");
        let registered = value.get("registered_name").and_then(Value::as_str);
        let registered = registered.filter(|name| registered::find::<Self>(name).is_some());
        let class = registered.or_else(|| value.get("class_name").and_then(Value::as_str));
        match (value, class, config) {
            (Value::String(name), ..) => Self::by_name(name),
            (_, Some("function"), Some(Value::String(name))) => Self::by_name(name),
            (_, Some(class), Some(Value::Object(config))) => Self::from_class(class, config.clone()),
            (_, Some(class), None) => Self::from_class(class, Config::new()),
            _ => {
                let message =
                    format!("wants a name or an object with `class_name` and `config`, got {value}");
                Err(Error::argument(Self::KIND, message))
            }
        }
    }

    /// A member from its class and config.
    ///
    /// # Errors
    /// If the class is unknown or the config does not fit.
    fn from_class(class: &str, config: Config) -> Result<Arc<Self>> {
        Self::entry(class)?.create(config)
    }

    /// The member of this name with its default arguments.
    ///
    /// # Errors
    /// If no member has this name, or if it has arguments without a default.
    fn by_name(name: &str) -> Result<Arc<Self>> {
        Self::entry(name)?.create(Config::new())
    }

    /// The table's row of this name.
    ///
    /// # Errors
    /// If no member has this name.
    fn entry(name: &str) -> Result<&'static Entry<Self>> {
        Self::table()
            .iter()
            .find(|entry| entry.class_name == name || entry.aliases.contains(&name))
            .or_else(|| registered::find(name))
            .ok_or_else(|| {
                let names = Self::table().iter().flat_map(|entry| {
                    if entry.aliases.is_empty() { vec![entry.class_name] } else { entry.aliases.to_vec() }
                });
                Error::unknown_name(Self::KIND, name, names.map(String::from))
            })
    }
}

/// An error about one member's arguments.
fn misfit<T: Family + ?Sized>(class_name: &str, message: String) -> Error {
    Error::argument(format!("{} `{class_name}`", T::KIND), message)
}

/// One row of a family's table.
pub struct Entry<T: ?Sized + 'static> {
    /// Keras' class name (for activations, the function's name).
    pub class_name: &'static str,
    /// The strings by which Keras knows it beside the class name; the usual one first.
    pub aliases: &'static [&'static str],
    /// Makes one from its config; absent keys take their defaults.
    pub from_config: fn(Config) -> Result<Arc<T>, String>,
}

impl<T: Family + ?Sized> Entry<T> {
    /// Makes one from its config.
    ///
    /// # Errors
    /// If a key is unknown, or a value does not fit or is outside its range.
    pub fn create(&self, config: Config) -> Result<Arc<T>> {
        let thing = (self.from_config)(config).map_err(|message| misfit::<T>(self.class_name, message))?;
        thing.check()?;
        Ok(thing)
    }
}

/// The config of a thing whose fields are Keras' arguments.
pub fn config_of(thing: &impl Serialize) -> Config {
    match serde_json::to_value(thing) {
        Ok(Value::Object(mut config)) => {
            // Keras' base layer writes the regularizer of the activity, if there is one, behind its own arguments.
            const KEY: &str = "activity_regularizer";
            // Attention of several heads and SimpleRNN have none of their own: theirs is that of a part within.
            let has = |key: &str| config.contains_key(key);
            let simple = has("return_sequences") && !has("recurrent_activation");
            let passed_on = simple || has("num_heads") || has("num_query_heads");
            if !passed_on
                && let Some(dtype) = config.keys().position(|key| key == "dtype")
                && let Some(regularizer) = config.get(KEY).filter(|value| !value.is_null()).cloned()
            {
                config.shift_remove(KEY);
                config.shift_insert(dtype + 1, KEY.into(), regularizer);
            }
            config
        }
        _ => Config::new(),
    }
}

/// A thing from its config, in which keys may also be those in `ignored`.
///
/// # Errors
/// What is wrong, naming the key.
pub fn from_config<T: Serialize + DeserializeOwned>(config: Config, ignored: &[&str]) -> Result<T, String> {
    let mut made = None;
    read_config(&config, ignored, &mut |config| {
        let mut fields = None;
        let read = T::deserialize(Recorder { config, fields: &mut fields });
        let written = match &read {
            // A thing with flattened parts does not tell serde its fields; writing it does.
            Ok(thing) => config_of(thing),
            Err(_) => Config::new(),
        };
        let error = read.map(|thing| made = Some(thing)).err().map(|error| error.to_string());
        Attempt { fields, written, error }
    })?;
    made.ok_or_else(|| "cannot be made".into())
}

/// What came of reading a config.
struct Attempt {
    /// The keys the thing asked for, where it said.
    fields: Option<&'static [&'static str]>,
    /// The config of the thing that was read.
    written: Config,
    error: Option<String>,
}

/// Reads a config by `attempt` and says what is wrong with it. Apart from [`from_config`], for there are hundreds of
/// types and this need not be compiled for each.
fn read_config(
    config: &Config,
    ignored: &[&str],
    attempt: &mut dyn FnMut(Config) -> Attempt,
) -> Result<(), String> {
    let Attempt { fields, written, error } = attempt(config.clone());
    if let (Some(error), None) = (&error, fields) {
        return Err(blame(config, error, attempt));
    }
    let mut known: Vec<String> = fields.iter().copied().flatten().map(ToString::to_string).collect();
    known.extend(
        written
            .into_iter()
            .map(|(key, _)| key)
            .filter(|key| !fields.unwrap_or_default().contains(&key.as_str())),
    );
    match (config.keys().find(|key| !known.contains(key) && !ignored.contains(&key.as_str())), error) {
        (Some(key), _) => Err(unknown_key(key, &known)),
        (None, Some(error)) => Err(blame(config, &error, attempt)),
        (None, None) => Ok(()),
    }
}

fn unknown_key(key: &str, known: &[String]) -> String {
    if known.is_empty() {
        return format!("takes no arguments, got `{key}`");
    }
    let similar = most_similar(key, known);
    let hint = similar.map_or("; ".into(), |name| format!("; did you mean `{name}`? "));
    format!("has no argument `{key}`{hint}its arguments are {}", known.join(", "))
}

/// serde's errors do not name the key: it is the last of the first keys that give the same error.
fn blame(config: &Config, error: &str, attempt: &mut dyn FnMut(Config) -> Attempt) -> String {
    let mut fails = |count: &usize| {
        let first: Config = config.clone().into_iter().take(*count).collect();
        attempt(first).error.is_some_and(|found| found == error)
    };
    let culprit = (0..=config.len())
        .find(|count| fails(count))
        .and_then(|count| config.keys().nth(count.checked_sub(1)?));
    match (culprit, error.strip_prefix("missing field ")) {
        (Some(key), _) => format!("`{key}`: {error}"),
        (None, Some(missing)) => format!("needs {missing}, which has no default"),
        (None, None) => error.to_owned(),
    }
}

/// Notes which fields a struct asks for.
struct Recorder<'a> {
    config: Config,
    fields: &'a mut Option<&'static [&'static str]>,
}

impl<'de> Deserializer<'de> for Recorder<'_> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        Value::Object(self.config).deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.fields = Some(fields);
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Fills in a family's table and [`Configured`] for its members: one row a member,
/// `Type = "ClassName" ["alias", …]`. Members derive serde; their fields are Keras' arguments in the order
/// of `get_config()`, with `#[serde(default)]` unless an argument has no default.
#[macro_export]
#[doc(hidden)]
macro_rules! family {
    ($trait:ident, $kind:literal, $module:literal, { $($type:ty = $class:literal [$($alias:literal),*];)* } $($extra:item)*) => {
        $(impl $crate::registry::Configured for $type {
            fn class_name(&self) -> &str { $class }
            fn config(&self) -> $crate::registry::Config { $crate::registry::config_of(self) }
        })*

        impl $crate::registry::Family for dyn $trait {
            const KIND: &'static str = $kind;
            const MODULE: &'static str = $module;
            fn table() -> &'static [$crate::registry::Entry<Self>] {
                &[$($crate::registry::Entry {
                    class_name: $class,
                    aliases: &[$($alias),*],
                    from_config: |config| {
                        let ignored = <Self as $crate::registry::Family>::IGNORED_KEYS;
                        let member: $type = $crate::registry::from_config(config, ignored)?;
                        Ok(std::sync::Arc::new(member))
                    },
                }),*]
            }
            fn registered() -> &'static $crate::registry::Registered<Self> {
                static REGISTERED: $crate::registry::Registered<dyn $trait> =
                    $crate::registry::Registered::new(Vec::new());
                &REGISTERED
            }
            $($extra)*
        }

        impl<T: $trait> From<T> for $crate::registry::Handle<dyn $trait> {
            fn from(thing: T) -> Self { Self::new(std::sync::Arc::new(thing)) }
        }
    };
}

/// Fluent setters named like Keras' arguments. `name: T` takes a `T`, `name: into T` anything that
/// converts, `name: some T` sets an optional argument.
#[macro_export]
#[doc(hidden)]
macro_rules! setters {
    () => {};
    ($(#[$doc:meta])* $name:ident: into $type:ty; $($rest:tt)*) => {
        $(#[$doc])* #[must_use]
        pub fn $name(mut self, $name: impl Into<$type>) -> Self { self.$name = $name.into(); self }
        $crate::setters! { $($rest)* }
    };
    ($(#[$doc:meta])* $name:ident: some into $type:ty; $($rest:tt)*) => {
        $(#[$doc])* #[must_use]
        pub fn $name(mut self, $name: impl Into<$type>) -> Self { self.$name = Some($name.into()); self }
        $crate::setters! { $($rest)* }
    };
    ($(#[$doc:meta])* $name:ident: some $type:ty; $($rest:tt)*) => {
        $(#[$doc])* #[must_use]
        pub fn $name(mut self, $name: $type) -> Self { self.$name = Some($name); self }
        $crate::setters! { $($rest)* }
    };
    ($(#[$doc:meta])* $name:ident: $type:ty; $($rest:tt)*) => {
        $(#[$doc])* #[must_use]
        pub fn $name(mut self, $name: $type) -> Self { self.$name = $name; self }
        $crate::setters! { $($rest)* }
    };
}

/// A member of a family as the user gave it: a value, or a name such as `"relu"`.
///
/// Giving one never fails; an unknown name or a bad argument is reported by [`Handle::get`], when the model is
/// built.
pub struct Handle<T: ?Sized> {
    given: Given<T>,
}

enum Given<T: ?Sized> {
    Thing(Arc<T>),
    Name(String, Arc<T>),
    Unknown(String),
}

impl<T: Family + ?Sized> Handle<T> {
    /// A handle on a value.
    pub fn new(thing: Arc<T>) -> Self {
        Handle { given: Given::Thing(thing) }
    }

    /// A handle on whatever has this name.
    pub fn named(name: &str) -> Self {
        let given = match T::by_name(name) {
            Ok(thing) => Given::Name(name.into(), thing),
            Err(_) => Given::Unknown(name.into()),
        };
        Handle { given }
    }

    /// The thing.
    ///
    /// # Errors
    /// If a name was given that the family does not know, or arguments outside their range.
    pub fn get(&self) -> Result<&T> {
        self.shared().map(AsRef::as_ref)
    }

    /// The thing, to be kept.
    ///
    /// # Errors
    /// As [`Handle::get`].
    pub fn shared(&self) -> Result<&Arc<T>> {
        match &self.given {
            Given::Thing(thing) => thing.check().map(|()| thing),
            Given::Name(_, thing) => Ok(thing),
            Given::Unknown(name) => {
                Err(T::by_name(name).err().unwrap_or_else(|| Error::model(format!("`{name}` is unknown"))))
            }
        }
    }

    /// The name, if a name was given.
    pub fn name(&self) -> Option<&str> {
        match &self.given {
            Given::Name(name, _) | Given::Unknown(name) => Some(name),
            Given::Thing(_) => None,
        }
    }

    /// As the user gave it: a name as a string, a value as Keras' object. This is what Keras keeps in a
    /// model's compile config.
    pub fn as_given(&self) -> Value {
        match &self.given {
            Given::Name(name, _) | Given::Unknown(name) => Value::String(name.clone()),
            Given::Thing(thing) => thing.to_json(),
        }
    }
}

impl<T: ?Sized> Clone for Handle<T> {
    fn clone(&self) -> Self {
        let given = match &self.given {
            Given::Thing(thing) => Given::Thing(thing.clone()),
            Given::Name(name, thing) => Given::Name(name.clone(), thing.clone()),
            Given::Unknown(name) => Given::Unknown(name.clone()),
        };
        Handle { given }
    }
}

/// Two handles are equal when they write the same JSON.
impl<T: Family + ?Sized> PartialEq for Handle<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self.get(), other.get()) {
            (Ok(a), Ok(b)) => a.to_json() == b.to_json(),
            _ => self.as_given() == other.as_given(),
        }
    }
}

impl<T: Family + ?Sized> Debug for Handle<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.given {
            Given::Thing(thing) => thing.fmt(f),
            Given::Name(name, _) | Given::Unknown(name) => name.fmt(f),
        }
    }
}

impl<T: Family + ?Sized> From<&str> for Handle<T> {
    fn from(name: &str) -> Self {
        Handle::named(name)
    }
}

impl<T: Family + ?Sized> From<String> for Handle<T> {
    fn from(name: String) -> Self {
        Handle::named(&name)
    }
}

impl<T: Family + ?Sized> From<Arc<T>> for Handle<T> {
    fn from(thing: Arc<T>) -> Self {
        Handle::new(thing)
    }
}

impl<T: Family + ?Sized> Serialize for Handle<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.get() {
            Ok(thing) => thing.to_json().serialize(serializer),
            Err(_) => self.as_given().serialize(serializer),
        }
    }
}

impl<'de, T: Family + ?Sized> Deserialize<'de> for Handle<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => T::by_name(&name).map(|thing| Handle { given: Given::Name(name, thing) }),
            value => T::from_json(&value).map(Handle::new),
        }
        .map_err(D::Error::custom)
    }
}
