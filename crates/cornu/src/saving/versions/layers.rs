//! Layers: their classes, their arguments.

use serde_json::{Value, json};

use super::objects;
use super::rule::{Change, Rule};
use super::{Config, MODELS, WRAPPED};

/// A class that has another name today, with what its config left unsaid.
struct Class {
    old: &'static str,
    new: &'static str,
    meant: &'static [(&'static str, bool)],
}

const fn renamed(old: &'static str, new: &'static str) -> Class {
    Class { old, new, meant: &[] }
}

const CLASSES: &[Class] = &[
    renamed("Convolution1D", "Conv1D"),
    renamed("Convolution2D", "Conv2D"),
    renamed("Convolution3D", "Conv3D"),
    renamed("AtrousConvolution1D", "Conv1D"),
    renamed("AtrousConvolution2D", "Conv2D"),
    renamed("Deconvolution2D", "Conv2DTranspose"),
    renamed("Deconvolution3D", "Conv3DTranspose"),
    renamed("SeparableConvolution2D", "SeparableConv2D"),
    renamed("ThresholdedReLU", "ReLU"),
    renamed("SyncBatchNormalization", "BatchNormalization"),
    renamed("BatchNormalizationV1", "BatchNormalization"),
    renamed("BatchNormalizationV2", "BatchNormalization"),
    renamed("CuDNNLSTM", "LSTM"),
    Class { old: "CuDNNGRU", new: "GRU", meant: &[("reset_after", true)] },
];

/// What `Merge` did, and the layers that do it now.
const MERGES: &[(&str, &str)] = &[
    ("sum", "Add"),
    ("mul", "Multiply"),
    ("concat", "Concatenate"),
    ("ave", "Average"),
    ("max", "Maximum"),
    ("dot", "Dot"),
];

const INPUT: &[&str] = &["InputLayer"];
const WITHOUT_TRAINABLE: &[&str] =
    &["InputLayer", "Discretization", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"];
const EMBEDDING: &[&str] = &["Embedding"];
const RECURRENT: &[&str] = &["LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell"];
const GRU: &[&str] = &["GRU", "GRUCell"];
const CONV_LSTM: &[&str] = &["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"];
const CONV_1D: &[&str] = &["Conv1D"];
const SEPARABLE: &[&str] = &["SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D"];
const POOLS_1D: &[&str] = &["MaxPooling1D", "AveragePooling1D"];
const DROPOUTS: &[&str] =
    &["Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout"];
const SPATIAL_DROPOUTS: &[&str] = &["SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"];
const NORMS: &[&str] = &["BatchNormalization", "LayerNormalization"];
const PADDINGS: &[&str] = &["ZeroPadding2D", "ZeroPadding3D"];
const CROPPINGS: &[&str] = &["Cropping2D", "Cropping3D"];
const TRANSPOSES: &[&str] = &["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"];
const LAMBDA: &[&str] = &["Lambda"];
const HEADS: &[&str] = &["MultiHeadAttention"];

const fn row(classes: &'static [&'static str], key: &'static str, change: Change) -> Rule {
    Rule { classes, key, change }
}

/// Arguments that had other names or other values, in the order in which they are asked.
#[rustfmt::skip]
const ARGUMENTS: &[Rule] = &[
    // Where the input's shape is said.
    row(INPUT, "batch_input_shape", Change::To("batch_shape")),
    row(INPUT, "input_dtype", Change::To("dtype")),
    row(WITHOUT_TRAINABLE, "trainable", Change::Gone),
    row(&[], "batch_input_shape", Change::Gone),
    row(&[], "input_dtype", Change::Gone),
    row(&["Dense"], "input_dim", Change::Gone),
    row(RECURRENT, "input_dim", Change::Gone),
    row(CONV_1D, "input_dim", Change::Gone),
    row(&[], "input_length", Change::Gone),

    // Keras 1.
    row(EMBEDDING, "init", Change::To("embeddings_initializer")),
    row(EMBEDDING, "W_regularizer", Change::To("embeddings_regularizer")),
    row(EMBEDDING, "W_constraint", Change::To("embeddings_constraint")),
    row(EMBEDDING, "dropout", Change::Off),
    row(&["PReLU"], "init", Change::To("alpha_initializer")),
    row(SEPARABLE, "init", Change::To("depthwise_initializer")),
    row(&[], "init", Change::To("kernel_initializer")),
    row(&[], "W_regularizer", Change::To("kernel_regularizer")),
    row(&[], "b_regularizer", Change::To("bias_regularizer")),
    row(&[], "U_regularizer", Change::To("recurrent_regularizer")),
    row(&[], "W_constraint", Change::To("kernel_constraint")),
    row(&[], "b_constraint", Change::To("bias_constraint")),
    row(&[], "bias", Change::To("use_bias")),
    row(&["Dense"], "output_dim", Change::To("units")),
    row(RECURRENT, "output_dim", Change::To("units")),
    row(RECURRENT, "inner_init", Change::To("recurrent_initializer")),
    row(RECURRENT, "inner_activation", Change::To("recurrent_activation")),
    row(RECURRENT, "forget_bias_init", Change::Into("unit_forget_bias", is_one)),
    row(RECURRENT, "dropout_W", Change::To("dropout")),
    row(RECURRENT, "dropout_U", Change::To("recurrent_dropout")),
    row(RECURRENT, "consume_less", Change::Gone),
    row(&[], "nb_filter", Change::To("filters")),
    row(CONV_1D, "filter_length", Change::To("kernel_size")),
    row(CONV_1D, "subsample_length", Change::To("strides")),
    row(&[], "kernel_dim1", Change::Joined(&["kernel_dim2", "kernel_dim3"], "kernel_size")),
    row(&[], "nb_row", Change::Joined(&["nb_col"], "kernel_size")),
    row(&[], "subsample", Change::To("strides")),
    row(&[], "atrous_rate", Change::To("dilation_rate")),
    row(&[], "border_mode", Change::To("padding")),
    row(&[], "dim_ordering", Change::Into("data_format", data_format)),
    row(POOLS_1D, "pool_length", Change::To("pool_size")),
    row(POOLS_1D, "stride", Change::To("strides")),
    row(&["UpSampling1D"], "length", Change::To("size")),
    row(DROPOUTS, "p", Change::To("rate")),
    row(&["GaussianNoise"], "sigma", Change::To("stddev")),
    row(NORMS, "mode", Change::Off),
    row(NORMS, "gamma_init", Change::To("gamma_initializer")),
    row(NORMS, "beta_init", Change::To("beta_initializer")),
    row(&["Conv2DTranspose"], "output_shape", Change::Gone),

    row(PADDINGS, "padding", Change::As(in_pairs)),
    row(CROPPINGS, "cropping", Change::As(in_pairs)),

    // Keras 2.
    row(&["LeakyReLU"], "alpha", Change::To("negative_slope")),
    row(&["ReLU"], "theta", Change::To("threshold")),
    row(NORMS, "axis", Change::As(alone)),
    row(NORMS, "virtual_batch_size", Change::Off),
    row(NORMS, "fused", Change::Gone),
    row(NORMS, "adjustment", Change::Off),
    row(NORMS, "renorm", Change::Off),
    row(NORMS, "renorm_clipping", Change::Gone),
    row(NORMS, "renorm_momentum", Change::Gone),
    row(RECURRENT, "implementation", Change::Gone),
    row(CONV_LSTM, "implementation", Change::Gone),
    row(&[], "time_major", Change::Off),
    row(GRU, "reset_after", Change::Absent(|| json!(false))),
    row(SEPARABLE, "kernel_initializer", Change::Gone),
    row(SEPARABLE, "kernel_regularizer", Change::Gone),
    row(SEPARABLE, "kernel_constraint", Change::Gone),
    row(SEPARABLE, "groups", Change::Gone),
    row(TRANSPOSES, "groups", Change::Gone),
    row(&["CategoryEncoding"], "sparse", Change::Off),
    row(&[], "rng_type", Change::Gone),
    row(&[], "causal", Change::Off),
    row(HEADS, "query_shape", Change::Gone),
    row(HEADS, "key_shape", Change::Gone),
    row(HEADS, "value_shape", Change::Gone),
    row(HEADS, "softmax_robust_masking", Change::Gone),
    row(SPATIAL_DROPOUTS, "noise_shape", Change::Off),
    row(LAMBDA, "function", Change::As(python)),
    row(LAMBDA, "function_type", Change::Gone),
    row(LAMBDA, "module", Change::Gone),
    row(LAMBDA, "output_shape_type", Change::Gone),
    row(LAMBDA, "output_shape_module", Change::Gone),
    row(&["Discretization"], "bins", Change::To("bin_boundaries")),
];

/// Rewrites a layer's class and config.
///
/// # Errors
/// If an argument cannot be had any more.
pub(super) fn upgrade(object: &mut Config, class: &str) -> Result<(), String> {
    let known = CLASSES.iter().find(|known| known.old == class);
    let mut class = known.map_or(class, |known| known.new).to_owned();
    let Some(config) = object.get_mut("config").and_then(Value::as_object_mut) else { return Ok(()) };
    for (key, value) in known.map_or(&[][..], |known| known.meant) {
        config.insert((*key).into(), json!(value));
    }
    if class == "Merge" {
        class = merge(config)?;
    }
    for rule in ARGUMENTS {
        rule.apply(&class, config)?;
    }
    // A regularizer that is none says nothing, to layers that have it and to those that have not.
    if config.get("activity_regularizer").is_some_and(Value::is_null) {
        config.shift_remove("activity_regularizer");
    }
    for (key, value) in config.iter_mut().filter(|(key, _)| !WRAPPED.contains(&key.as_str())) {
        objects::upgrade_argument(key, value)?;
    }
    object.insert("class_name".into(), class.into());
    Ok(())
}

/// The layer that does what `Merge` did, left with its config.
fn merge(config: &mut Config) -> Result<String, String> {
    let mode = config.get("mode").and_then(Value::as_str).unwrap_or_default();
    let known = MERGES.iter().find(|(old, _)| *old == mode);
    let (_, class) = known.ok_or_else(|| format!("`mode` is `{mode}`, which Keras has dropped"))?;
    let axis = match *class {
        "Concatenate" => Some(("axis", config.get("concat_axis").cloned())),
        "Dot" => Some(("axes", config.get("dot_axes").cloned())),
        _ => None,
    };
    config.retain(|key, _| key == "name" || key == "trainable");
    if let Some((key, Some(value))) = axis {
        config.insert(key.into(), value);
    }
    Ok((*class).into())
}

/// Puts an `InputLayer` before the layers of a sequential model that say their input's shape otherwise.
pub(super) fn declare_input(layers: &mut Vec<Value>) {
    let Some(first) = layers.first().filter(|first| first["class_name"] != "InputLayer") else { return };
    let Some(declared) = declares_input(first) else { return };
    let name = format!("{}_input", first["config"]["name"].as_str().unwrap_or("layer"));
    let dtype = ["input_dtype", "dtype"].iter().find_map(|key| declared.get(*key)?.as_str());
    let config = json!({
        "batch_shape": declared.get("batch_input_shape").or_else(|| declared.get("batch_shape")),
        "dtype": dtype.unwrap_or("float32"),
        "name": name,
    });
    layers.insert(0, json!({"class_name": "InputLayer", "config": config}));
}

/// The config, here or in a model within, that says the input's shape.
fn declares_input(layer: &Value) -> Option<&Config> {
    let config = layer.get("config")?;
    if layer["class_name"].as_str().is_some_and(|class| MODELS.contains(&class)) {
        let layers = config.get("layers").unwrap_or(config).as_array()?;
        return layers.first().and_then(declares_input);
    }
    let config = config.as_object()?;
    ["batch_input_shape", "batch_shape"].iter().any(|key| config.contains_key(*key)).then_some(config)
}

/// `one`, of a bias that is initialised so.
fn is_one(initializer: Value) -> Value {
    json!(initializer == "one" || initializer == "ones")
}

fn data_format(ordering: Value) -> Value {
    match ordering.as_str() {
        Some("th") => json!("channels_first"),
        Some("tf" | "default") => json!("channels_last"),
        _ => ordering,
    }
}

/// As much before as behind, where that was one number.
fn in_pairs(margins: Value) -> Value {
    match margins {
        Value::Array(axes) if axes.iter().all(Value::is_number) => {
            axes.iter().map(|axis| json!([axis, axis])).collect()
        }
        margins => margins,
    }
}

/// A function of Python's: its name, or its bytecode with what it encloses.
fn python(function: Value) -> Value {
    match &function {
        Value::String(_) => {
            json!({"module": "builtins", "class_name": "function", "config": function, "registered_name": "function"})
        }
        Value::Array(parts) => {
            let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
            let config = json!({"code": part(0), "defaults": part(1), "closure": part(2)});
            json!({"class_name": "__lambda__", "config": config})
        }
        _ => function,
    }
}

/// A list of one is the one.
fn alone(value: Value) -> Value {
    match value {
        Value::Array(mut values) if values.len() == 1 => values.remove(0),
        value => value,
    }
}
