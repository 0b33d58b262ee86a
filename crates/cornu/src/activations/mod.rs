//! Activation functions, by name or as values.

mod relu;

pub use relu::Relu;

use serde_json::{Value, json};

use crate::graph::Var;
use crate::registry::Configured;

/// An elementwise (or, for the softmax kind, axis-wise) function between layers.
pub trait Activation: Configured {
    /// Appends the function of `x` to the graph; the shape stays.
    fn call<'g>(&self, x: Var<'g>) -> Var<'g>;
}

crate::family! { Activation, "activation", "keras.activations", {
    Relu = "relu" [];
}
    fn to_json(&self) -> Value {
        json!(self.class_name())
    }
}
