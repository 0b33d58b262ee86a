//! Initializers told which axes of a weight are its inputs.

use serde_json::json;

use crate::initializers::Initializer;
use crate::registry::{Family, Handle};

/// The initializer for a kernel of which the first of `fans` are the axes of inputs, the second those of outputs: those
/// that scale by fans do not know it from the shape.
pub(super) fn with_axes(
    initializer: &Handle<dyn Initializer>,
    fans: &[Vec<usize>; 2],
) -> Handle<dyn Initializer> {
    let told = || {
        let known = initializer.get().ok()?;
        let mut config = known.config();
        let open = |key: &str| config.get(key).is_some_and(serde_json::Value::is_null);
        if !open("input_axes") && !open("output_axes") {
            return None;
        }
        config.insert("input_axes".into(), json!(fans[0]));
        config.insert("output_axes".into(), json!(fans[1]));
        <dyn Initializer>::from_class(known.class_name(), config).ok().map(Handle::new)
    };
    told().unwrap_or_else(|| initializer.clone())
}
