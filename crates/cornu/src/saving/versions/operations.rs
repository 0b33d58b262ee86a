//! Operations between layers, which tf.keras wrote by TensorFlow's names.

use serde_json::{Value, json};

use super::Config;
use super::calls::Call;

/// The module by which Keras 3's files tell operations from layers.
pub(super) const MODULE: &str = "keras.src.ops.numpy";

/// A function of TensorFlow.
struct Function {
    /// Its name.
    name: &'static str,
    /// The operation of Keras 3.
    class: &'static str,
    /// The arguments behind the first that may be tensors, in their order.
    tensors: &'static [&'static str],
    /// Other arguments, with the names Keras has for them.
    arguments: &'static [(&'static str, &'static str)],
}

const fn of_one(name: &'static str, class: &'static str) -> Function {
    Function { name, class, tensors: &[], arguments: &[] }
}

const fn of_two(name: &'static str, class: &'static str) -> Function {
    Function { name, class, tensors: &["y"], arguments: &[] }
}

const fn with(
    name: &'static str,
    class: &'static str,
    arguments: &'static [(&'static str, &'static str)],
) -> Function {
    Function { name, class, tensors: &[], arguments }
}

const REDUCED: &[(&str, &str)] = &[("axis", "axis"), ("keepdims", "keepdims")];
const ALONG: &[(&str, &str)] = &[("axis", "axis")];

const FUNCTIONS: &[Function] = &[
    of_two("__operators__.add", "Add"),
    of_two("math.add", "Add"),
    of_two("math.subtract", "Subtract"),
    of_two("math.multiply", "Multiply"),
    of_two("math.truediv", "TrueDivide"),
    of_two("math.divide", "Divide"),
    of_two("math.pow", "Power"),
    of_two("math.maximum", "Maximum"),
    of_two("math.minimum", "Minimum"),
    of_two("math.equal", "Equal"),
    of_two("__operators__.eq", "Equal"),
    of_two("math.not_equal", "NotEqual"),
    of_two("__operators__.ne", "NotEqual"),
    of_two("math.less", "Less"),
    of_two("math.less_equal", "LessEqual"),
    of_two("math.greater", "Greater"),
    of_two("math.greater_equal", "GreaterEqual"),
    of_two("math.logical_and", "LogicalAnd"),
    of_two("math.logical_or", "LogicalOr"),
    of_one("math.logical_not", "LogicalNot"),
    of_one("math.negative", "Negative"),
    of_one("math.abs", "Absolute"),
    of_one("math.exp", "Exp"),
    of_one("math.expm1", "Expm1"),
    of_one("math.log", "Log"),
    of_one("math.log1p", "Log1p"),
    of_one("math.sqrt", "Sqrt"),
    of_one("math.square", "Square"),
    of_one("math.reciprocal", "Reciprocal"),
    of_one("math.sign", "Sign"),
    of_one("math.floor", "Floor"),
    of_one("math.ceil", "Ceil"),
    of_one("math.tanh", "Tanh"),
    of_one("nn.tanh", "Tanh"),
    of_one("math.sigmoid", "Sigmoid"),
    of_one("nn.sigmoid", "Sigmoid"),
    of_one("math.softplus", "Softplus"),
    of_one("nn.softplus", "Softplus"),
    of_one("nn.softsign", "Softsign"),
    of_one("nn.relu", "Relu"),
    of_one("nn.relu6", "Relu6"),
    of_one("nn.elu", "Elu"),
    of_one("nn.selu", "Selu"),
    of_one("nn.silu", "Silu"),
    with("nn.gelu", "Gelu", &[("approximate", "approximate")]),
    with("nn.leaky_relu", "LeakyRelu", &[("alpha", "negative_slope")]),
    with("nn.softmax", "Softmax", ALONG),
    with("nn.log_softmax", "LogSoftmax", ALONG),
    with("math.reduce_sum", "Sum", REDUCED),
    with("math.reduce_mean", "Mean", REDUCED),
    with("math.reduce_max", "Max", REDUCED),
    with("math.reduce_min", "Min", REDUCED),
    with("math.reduce_any", "Any", REDUCED),
    with("math.reduce_all", "All", REDUCED),
    with("cast", "Cast", &[("dtype", "dtype")]),
    with("clip_by_value", "Clip", &[("clip_value_min", "x_min"), ("clip_value_max", "x_max")]),
    with("reshape", "Reshape", &[("shape", "newshape")]),
    with("transpose", "Transpose", &[("perm", "axes")]),
    with("expand_dims", "ExpandDims", ALONG),
    with("squeeze", "Squeeze", ALONG),
    with("compat.v1.squeeze", "Squeeze", ALONG),
    with("reverse", "Flip", ALONG),
    with("concat", "Concatenate", ALONG),
    with("stack", "Stack", ALONG),
    of_one("stop_gradient", "StopGradient"),
    of_one("zeros_like", "ZerosLike"),
    of_one("ones_like", "OnesLike"),
    Function { name: "linalg.matmul", class: "Matmul", tensors: &["b"], arguments: &[] },
    Function { name: "where", class: "Where", tensors: &["x", "y"], arguments: &[] },
    Function { name: "__operators__.getitem", class: "GetItem", tensors: &["slice_spec"], arguments: &[] },
];

/// Whether a layer's class is that of TensorFlow's functions.
pub(super) fn is_tensorflows(class: &str) -> bool {
    matches!(class, "TFOpLambda" | "SlicingOpLambda")
}

/// Whether an object without a module is an operation of Keras 3: in its `.h5` files they look like layers. But a layer has
/// arguments that all layers have, and takes several tensors as a list.
pub(super) fn is_bare(object: &Config) -> bool {
    let Some(config) = object.get("config").and_then(Value::as_object) else { return false };
    let is_known = |class: &str| FUNCTIONS.iter().any(|function| function.class == class);
    let call = object.get("inbound_nodes").and_then(|calls| calls.get(0)?.get("args")?.get(0));
    !object.contains_key("module")
        && object.get("class_name").and_then(Value::as_str).is_some_and(is_known)
        && call.is_some_and(|first| !first.is_array())
        && !["trainable", "dtype"].iter().any(|key| config.contains_key(*key))
}

/// Makes a layer that is a function of TensorFlow the operation of Keras 3, and gives its calls.
///
/// # Errors
/// If there is none.
pub(super) fn upgrade(layer: &mut Value, calls: Vec<Call>) -> Result<Vec<Call>, String> {
    let name = layer["config"]["name"].clone();
    let wanted = layer["config"]["function"].as_str().unwrap_or_default().to_owned();
    let fail =
        |message: String| format!("layer `{}` (tf.{wanted}): {message}", name.as_str().unwrap_or_default());
    let function = FUNCTIONS.iter().find(|function| function.name == wanted).ok_or_else(|| {
        fail("Cornu has no such operation; make the model anew with layers or cornu::ops in its place".into())
    })?;
    let mut config: Option<Config> = None;
    let calls = calls
        .into_iter()
        .map(|mut call| {
            call.kwargs
                .retain(|key, value| key != "name" && !matches!(value, Value::Null | Value::Bool(false)));
            call.args.extend(function.tensors.iter().filter_map(|key| call.kwargs.shift_remove(*key)));
            if function.class == "GetItem" {
                call.args.iter_mut().skip(1).for_each(slices);
            }
            let mut arguments = Config::new();
            arguments.insert("name".into(), name.clone());
            for (key, value) in std::mem::take(&mut call.kwargs) {
                let known = function.arguments.iter().find(|(old, _)| *old == key);
                let (_, today) =
                    known.ok_or_else(|| fail(format!("has the argument `{key}`, which Keras has not")))?;
                arguments.insert((*today).into(), value);
            }
            match &config {
                Some(first) if *first != arguments => Err(fail("is called with different arguments".into())),
                _ => {
                    config = Some(arguments);
                    Ok(call)
                }
            }
        })
        .collect::<Result<Vec<Call>, String>>()?;
    layer["module"] = json!(MODULE);
    layer["class_name"] = json!(function.class);
    layer["config"] = config.unwrap_or_default().into();
    Ok(calls)
}

/// Slices as Keras 3 writes them.
fn slices(index: &mut Value) {
    match index {
        Value::Array(parts) => parts.iter_mut().for_each(slices),
        Value::Object(part) if part.contains_key("start") => {
            *index = json!({"class_name": "__slice__", "config": part});
        }
        _ => {}
    }
}
