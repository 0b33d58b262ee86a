//! Tables from names to things: how strings and Keras' JSON become activations, losses, optimizers and the rest.

use std::fmt::Debug;
use std::sync::Arc;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::{Error, Result};

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

    /// All members.
    fn table() -> &'static [Entry<Self>];

    /// A member as Keras writes it in JSON.
    fn to_json(&self) -> Value {
        json!({
            "module": Self::MODULE,
            "class_name": self.class_name(),
            "config": self.config(),
            "registered_name": null,
        })
    }

    /// A member from the object form Keras writes in JSON.
    ///
    /// # Errors
    /// If the class is unknown or its config does not fit.
    fn from_json(value: &Value) -> Result<Arc<Self>> {
        let name = value.get("class_name").and_then(Value::as_str);
        match (value, name) {
            (Value::String(name), _) => Self::by_name(name),
            (_, Some(name)) => {
                let config = value.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
                Self::entry(name)?.create(config)
            }
            _ => Err(Error::argument(
                Self::KIND,
                format!("wants a name or an object with a `class_name`, got {value}"),
            )),
        }
    }

    /// The member of this name with its default arguments.
    ///
    /// # Errors
    /// If no member has this name.
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
            .ok_or_else(|| {
                let names = Self::table().iter().flat_map(|entry| {
                    if entry.aliases.is_empty() { vec![entry.class_name] } else { entry.aliases.to_vec() }
                });
                Error::unknown_name(Self::KIND, name, names.map(String::from))
            })
    }
}

/// One row of a family's table.
pub struct Entry<T: ?Sized + 'static> {
    /// Keras' class name (for activations, the function's name).
    pub class_name: &'static str,
    /// The strings by which Keras knows it beside the class name; the usual one first.
    pub aliases: &'static [&'static str],
    /// Makes one from its config; absent keys take their defaults.
    pub from_config: fn(Config) -> serde_json::Result<Arc<T>>,
}

impl<T: Family + ?Sized> Entry<T> {
    /// Makes one from its config.
    ///
    /// # Errors
    /// If a key is unknown or a value does not fit.
    pub fn create(&self, config: Config) -> Result<Arc<T>> {
        (self.from_config)(config)
            .map_err(|error| Error::argument(format!("{} `{}`", T::KIND, self.class_name), error.to_string()))
    }
}

/// The config of a thing whose fields are Keras' arguments.
pub fn config_of(thing: &impl Serialize) -> Config {
    match serde_json::to_value(thing) {
        Ok(Value::Object(config)) => config,
        _ => Config::new(),
    }
}

/// A thing from its config.
///
/// # Errors
/// If a key is unknown or a value does not fit.
pub fn from_config<T: DeserializeOwned>(config: Config) -> serde_json::Result<T> {
    serde_json::from_value(Value::Object(config))
}

/// Fills in a family's table and [`Configured`] for its members: one row a member,
/// `Type = "ClassName" ["alias", …]`. Members derive serde with `#[serde(default, deny_unknown_fields)]`.
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
                        let member: $type = $crate::registry::from_config(config)?;
                        Ok(std::sync::Arc::new(member))
                    },
                }),*]
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
/// Giving a name never fails; an unknown one is reported by [`Handle::get`], when the model is built.
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
    /// If a name was given that the family does not know.
    pub fn get(&self) -> Result<&T> {
        self.shared().map(AsRef::as_ref)
    }

    /// The thing, to be kept.
    ///
    /// # Errors
    /// If a name was given that the family does not know.
    pub fn shared(&self) -> Result<&Arc<T>> {
        match &self.given {
            Given::Thing(thing) | Given::Name(_, thing) => Ok(thing),
            Given::Unknown(name) => {
                Err(T::entry(name).err().unwrap_or_else(|| Error::model(format!("`{name}` is unknown"))))
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
            _ => self.name() == other.name(),
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
