//! The values a config holds: numbers, words, lists, whatever a field can be.

use serde_json::Value;

/// A type that a config's argument can have. A field of another type wants an `impl` of this:
///
/// ```
/// use cornu::registry::Argument;
/// use serde_json::Value;
///
/// struct Celsius(f64);
///
/// impl Argument for Celsius {
///     fn from_json(value: &Value) -> Result<Self, String> {
///         value.as_f64().map(Celsius).ok_or_else(|| format!("wants a number, got {value}"))
///     }
///     fn to_json(&self) -> Value { self.0.into() }
/// }
/// ```
pub trait Argument: Sized {
    /// The value of some JSON.
    ///
    /// # Errors
    /// What was wanted and what came, to stand behind the argument's name.
    fn from_json(value: &Value) -> Result<Self, String>;

    /// The value as Keras writes it.
    fn to_json(&self) -> Value;
}

/// The error of a value that is not what it should be.
pub(crate) fn wants<T>(what: &str, got: &Value) -> Result<T, String> {
    Err(format!("wants {what}, got {got}"))
}

/// Numbers, by the method of [`Value`] that knows them.
macro_rules! numbers {
    ($($type:ty: $what:literal, $value:ident => $read:expr;)*) => {$(
        impl Argument for $type {
            fn from_json($value: &Value) -> Result<Self, String> {
                $read.map_or_else(|| wants($what, $value), Ok)
            }

            fn to_json(&self) -> Value {
                Value::from(*self)
            }
        }
    )*};
}

numbers! {
    bool: "true or false", value => value.as_bool();
    f64: "a number", value => value.as_f64();
    f32: "a number", value => value.as_f64().map(|number| number as f32);
    i64: "an integer", value => value.as_i64();
    isize: "an integer", value => value.as_i64().and_then(|number| number.try_into().ok());
    u64: "an integer that is not negative", value => value.as_u64();
    usize: "an integer that is not negative", value => value.as_u64().and_then(|number| number.try_into().ok());
    u32: "an integer in 0..=4294967295", value => value.as_u64().and_then(|number| number.try_into().ok());
    u8: "an integer in 0..=255", value => value.as_u64().and_then(|number| number.try_into().ok());
}

impl Argument for String {
    fn from_json(value: &Value) -> Result<Self, String> {
        value.as_str().map_or_else(|| wants("a string", value), |text| Ok(text.to_owned()))
    }

    fn to_json(&self) -> Value {
        self.as_str().into()
    }
}

impl Argument for Value {
    fn from_json(value: &Value) -> Result<Self, String> {
        Ok(value.clone())
    }

    fn to_json(&self) -> Value {
        self.clone()
    }
}

impl<T: Argument> Argument for Option<T> {
    fn from_json(value: &Value) -> Result<Self, String> {
        if value.is_null() { Ok(None) } else { T::from_json(value).map(Some) }
    }

    fn to_json(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_json)
    }
}

impl<T: Argument> Argument for Vec<T> {
    fn from_json(value: &Value) -> Result<Self, String> {
        match value {
            Value::Array(items) => items.iter().map(T::from_json).collect(),
            _ => wants("a list", value),
        }
    }

    fn to_json(&self) -> Value {
        self.iter().map(T::to_json).collect()
    }
}

impl<T: Argument, const N: usize> Argument for [T; N] {
    fn from_json(value: &Value) -> Result<Self, String> {
        let items = value.as_array().filter(|items| items.len() == N).map(|_| Vec::from_json(value));
        let items = items.and_then(|items: Result<Vec<T>, _>| items.ok()?.try_into().ok());
        items.map_or_else(|| wants(&format!("a list of {N}"), value), Ok)
    }

    fn to_json(&self) -> Value {
        self.iter().map(T::to_json).collect()
    }
}

/// The place of a word in a table that has in each row a word and its aliases.
pub(crate) fn place_of(words: &[&[&str]], value: &Value) -> Result<usize, String> {
    let found = value.as_str().and_then(|word| words.iter().position(|row| row.contains(&word)));
    found.map_or_else(|| wants(&one_of(words), value), Ok)
}

/// `one of "a", "b"`, for what can be a word alone.
fn one_of(words: &[&[&str]]) -> String {
    let words: Vec<String> =
        words.iter().flat_map(|row| row.first()).map(|word| format!("{word:?}")).collect();
    match words.as_slice() {
        [only] => only.clone(),
        several => format!("one of {}", several.join(", ")),
    }
}

/// Makes an enum an argument: the word of each member, with the words it is also read from.
macro_rules! words {
    ($type:ident { $($member:ident = $word:literal $(| $alias:literal)*,)* }) => {
        impl $crate::registry::Argument for $type {
            fn from_json(value: &serde_json::Value) -> Result<Self, String> {
                let at = $crate::registry::place_of(&[$(&[$word $(, $alias)*]),*], value)?;
                Ok([$($type::$member),*][at])
            }

            fn to_json(&self) -> serde_json::Value {
                let word = match self {
                    $($type::$member => $word,)*
                };
                word.into()
            }
        }
    };
}
pub(crate) use words;

/// Makes an enum of two members an argument: whichever of them the JSON is.
macro_rules! either {
    ($type:ident: $what:literal, $first:ident($first_type:ty) | $second:ident($second_type:ty)) => {
        impl $crate::registry::Argument for $type {
            fn from_json(value: &serde_json::Value) -> Result<Self, String> {
                let first = <$first_type as $crate::registry::Argument>::from_json(value).map($type::$first);
                let second =
                    || <$second_type as $crate::registry::Argument>::from_json(value).map($type::$second);
                first.or_else(|_| second()).or_else(|_| $crate::registry::wants($what, value))
            }

            fn to_json(&self) -> serde_json::Value {
                match self {
                    $type::$first(value) => $crate::registry::Argument::to_json(value),
                    $type::$second(value) => $crate::registry::Argument::to_json(value),
                }
            }
        }
    };
}
pub(crate) use either;
