//! The setters that arguments have in common.

/// Setters named like their fields: of the field's type, `into` it, or `some` of it.
macro_rules! setters {
    () => {};
    ($(#[$doc:meta])* $name:ident: into $type:ty; $($rest:tt)*) => {
        $(#[$doc])* #[must_use]
        pub fn $name(mut self, $name: impl Into<$type>) -> Self { self.$name = $name.into(); self }
        setters! { $($rest)* }
    };
    ($(#[$doc:meta])* $name:ident: some $type:ty; $($rest:tt)*) => {
        $(#[$doc])* #[must_use]
        pub fn $name(mut self, $name: $type) -> Self { self.$name = Some($name); self }
        setters! { $($rest)* }
    };
    ($(#[$doc:meta])* $name:ident: $type:ty; $($rest:tt)*) => {
        $(#[$doc])* #[must_use]
        pub fn $name(mut self, $name: $type) -> Self { self.$name = $name; self }
        setters! { $($rest)* }
    };
}
