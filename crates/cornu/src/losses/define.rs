//! The part of a loss that is the same for all: its name and its reduction.

/// Defines a loss's struct, with its default arguments, from its name and its own arguments.
macro_rules! loss {
    (
        $(#[$doc:meta])*
        $type:ident, $name:literal { $($(#[$attribute:meta])* $field:ident: $field_type:ty = $default:expr;)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, $crate::registry::Fields)]
        pub struct $type {
            name: String,
            #[fields(read = $crate::losses::reduction::read)]
            reduction: $crate::losses::Reduction,
            $($(#[$attribute])* $field: $field_type,)*
        }

        impl Default for $type {
            fn default() -> Self {
                $type { name: $name.into(), reduction: Default::default(), $($field: $default,)* }
            }
        }

        impl $type {
            /// The loss.
            pub fn new() -> Self {
                Self::default()
            }

            $crate::setters! {
                /// The loss's name.
                name: into String;
                /// How per-sample values become one.
                reduction: $crate::losses::Reduction;
            }
        }
    };
}

/// The methods of [`Loss`](super::Loss) that every loss of Keras answers from its fields.
macro_rules! loss_base {
    () => {
        fn name(&self) -> &str {
            &self.name
        }

        fn reduction(&self) -> $crate::losses::Reduction {
            self.reduction
        }
    };
}

pub(super) use {loss, loss_base};
