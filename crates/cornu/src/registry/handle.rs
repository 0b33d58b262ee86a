//! Members of families as arguments: a value, or a name that stands for one.

use std::fmt::Debug;
use std::sync::Arc;

use serde_json::Value;

use super::{Argument, Family};
use crate::{Error, Result};

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

impl<T: Family + ?Sized> Argument for Handle<T> {
    fn from_json(value: &Value) -> Result<Self, String> {
        match value {
            Value::String(name) => {
                T::by_name(name).map(|thing| Handle { given: Given::Name(name.clone(), thing) })
            }
            value => T::from_json(value).map(Handle::new),
        }
        .map_err(|error| error.to_string())
    }

    fn to_json(&self) -> Value {
        self.get().map_or_else(|_| self.as_given(), Family::to_json)
    }
}
