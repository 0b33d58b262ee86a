//! The part of a metric that is the same for all: its name and Keras' `dtype`.

use serde::{Deserialize, Serialize};

/// Defines a metric's struct, with its default arguments, from its name and its own arguments.
macro_rules! metric {
    (
        $(#[$doc:meta])*
        $type:ident, $name:literal { $($(#[$attribute:meta])* $field:ident: $field_type:ty = $default:expr;)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum StateType {
    /// The one there is.
    #[default]
    Float32,
}

/// Keras' argument `axis` where its TensorFlow backend knows but one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub(super) struct LastAxis;

impl From<LastAxis> for i64 {
    fn from(_: LastAxis) -> i64 {
        -1
    }
}

impl TryFrom<i64> for LastAxis {
    type Error = String;

    fn try_from(axis: i64) -> Result<Self, String> {
        if axis == -1 {
            Ok(LastAxis)
        } else {
            Err(format!("only the last axis, -1, can be that of the classes, got {axis}"))
        }
    }
}

/// Keras' default of arguments that are true.
pub(super) fn yes() -> bool {
    true
}

/// Keras' default of `axis`.
pub(super) fn last_axis() -> isize {
    -1
}
