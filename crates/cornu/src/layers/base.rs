//! The arguments every layer has.

use std::panic::Location;

use serde_json::{Value, json};

use crate::registry::{Argument, Fields};
use crate::saving::format::DTypePolicy;

/// Keras' base arguments of layers, and where the layer was added.
#[derive(Debug, Clone, Fields)]
pub struct Base {
    /// The layer's name; the model gives one (`dense`, `dense_1`) where there is none.
    pub name: Option<String>,
    /// Whether training changes the layer's weights.
    pub trainable: bool,
    /// What the layer computes in: always `float32`.
    pub dtype: DTypePolicy,
    /// The line of the user's program that added the layer to a model.
    #[fields(skip)]
    pub at: Option<&'static Location<'static>>,
}

impl Default for Base {
    fn default() -> Self {
        Base { name: None, trainable: true, dtype: DTypePolicy("float32".into()), at: None }
    }
}

impl Argument for DTypePolicy {
    fn from_json(value: &Value) -> Result<Self, String> {
        value.clone().try_into()
    }

    fn to_json(&self) -> Value {
        json!({"module": "keras", "class_name": "DTypePolicy", "config": {"name": self.0}, "registered_name": null})
    }
}

/// Where a layer was added does not make it another layer.
impl PartialEq for Base {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.trainable, &self.dtype) == (&other.name, other.trainable, &other.dtype)
    }
}

impl Base {
    /// The layer's name; empty before a model gave one.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// What every layer's `impl Layer` begins with, with `several` for one that takes several inputs, and the setters of the base arguments.
macro_rules! layer_base {
    () => {
        fn base(&self) -> &$crate::layers::Base {
            &self.base
        }

        fn base_mut(&mut self) -> &mut $crate::layers::Base {
            &mut self.base
        }

        fn boxed(&self) -> Box<dyn $crate::layers::Layer> {
            Box::new(self.clone())
        }
    };
    (several) => {
        $crate::layers::base::layer_base!();

        fn input_count(&self) -> std::ops::RangeInclusive<usize> {
            $crate::layers::SEVERAL
        }
    };
    (setters) => {
        /// The layer's name, which must be the only one of its kind in a model.
        #[must_use]
        pub fn name(mut self, name: impl Into<String>) -> Self {
            self.base.name = Some(name.into());
            self
        }

        /// Whether training changes the layer's weights.
        #[must_use]
        pub fn trainable(mut self, trainable: bool) -> Self {
            self.base.trainable = trainable;
            self
        }
    };
}
pub(super) use layer_base;
