//! The part of a metric that is the same for all: its name and Keras' `dtype`.

use serde_json::Value;

use crate::registry::{Argument, words};

/// Defines a metric's struct, with its default arguments, from its name and its own arguments.
macro_rules! metric {
    (
        $(#[$doc:meta])*
        $type:ident, $name:literal { $($(#[$attribute:meta])* $field:ident: $field_type:ty = $default:expr;)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, $crate::registry::Fields)]
        pub struct $type {
            name: String,
            dtype: $crate::metrics::define::StateType,
            $($(#[$attribute])* $field: $field_type,)*
        }

        impl Default for $type {
            fn default() -> Self {
                $type { name: $name.into(), dtype: Default::default(), $($field: $default,)* }
            }
        }

        impl $type {
            /// The metric.
            pub fn new() -> Self {
                Self::default()
            }

            $crate::setters! {
                /// The metric's name: its key in logs and histories.
                name: into String;
            }
        }
    };
}

pub(super) use metric;

/// The element types a metric's running state can have, by Keras' names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum StateType {
    /// The one there is.
    #[default]
    Float32,
}

words! { StateType { Float32 = "float32", } }

/// Keras' argument `axis` where its TensorFlow backend knows but one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LastAxis;

impl Argument for LastAxis {
    fn from_json(value: &Value) -> Result<Self, String> {
        match isize::from_json(value)? {
            -1 => Ok(LastAxis),
            axis => Err(format!("only the last axis, -1, can be that of the classes, got {axis}")),
        }
    }

    fn to_json(&self) -> Value {
        (-1).into()
    }
}
