//! Tables from names to things: how strings and Keras' JSON become activations, losses, optimizers and the rest.

mod argument;
mod fields;
mod handle;
mod registered;

use std::fmt::Debug;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::{Error, Result};

pub use argument::Argument;
pub(crate) use argument::{either, place_of, wants, words};
pub use cornu_derive::Fields;
pub use fields::{Fields, Given, Key, Readable, Reading, Writable, Writing, config_of, from_config};
pub use handle::Handle;
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
    pub from_config: fn(&Config) -> Result<Arc<T>, String>,
}

impl<T: Family + ?Sized> Entry<T> {
    /// Makes one from its config.
    ///
    /// # Errors
    /// If a key is unknown, or a value does not fit or is outside its range.
    pub fn create(&self, config: Config) -> Result<Arc<T>> {
        let thing = (self.from_config)(&config).map_err(|message| misfit::<T>(self.class_name, message))?;
        thing.check()?;
        Ok(thing)
    }
}

/// Fills in a family's table and [`Configured`] for its members: one row a member,
/// `Type = "ClassName" ["alias", …]`. Members derive [`Fields`]: Keras' arguments in the order of `get_config()`.
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
