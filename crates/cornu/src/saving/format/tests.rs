//! The types against files of Keras.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::Result;
use crate::saving::KerasArchive;
use crate::saving::tests::path;

/// Reads a type and writes it again: text for text the same, the order of keys included.
fn round_trip<T: DeserializeOwned + Serialize>(value: &Value, place: &str) -> Result<T> {
    let read: T = decode(value, place)?;
    let written = serde_json::to_value(&read).expect("plain data");
    let unshared = |value: &Value| {
        // What makes two policies one object is not kept: they are equal without it.
        let text = value.to_string();
        let parts = text.split(r#","shared_object_id":"#);
        let rest = parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned());
        rest.collect::<String>()
    };
    assert_eq!(unshared(&written), unshared(value), "{place}");
    Ok(read)
}

#[test]
fn a_sequential_model() -> Result<()> {
    let config = KerasArchive::open(path("sequential.keras"))?.config;
    let model: Object = round_trip(&config, "")?;
    assert_eq!((model.module.as_deref(), &*model.class_name), (Some("keras"), "Sequential"));
    let sequential: SequentialConfig = round_trip(&model.config, "config")?;
    assert_eq!(sequential.build_input_shape, Some(vec![None, Some(4)]));
    assert_eq!(sequential.dtype, Some(DTypePolicy("float32".into())));
    let classes: Vec<_> = sequential.layers.iter().map(|l| &*l.class_name).collect();
    assert_eq!(classes, ["InputLayer", "Dense", "BatchNormalization", "Dropout", "Dense"]);
    let compile = CompileConfig::of(&model, "")?.expect("a compiled model");
    round_trip::<CompileConfig>(&config["compile_config"], "compile_config")?;
    assert_eq!(compile.loss, "sparse_categorical_crossentropy");
    assert_eq!((compile.steps_per_execution, compile.jit_compile), (1, json!(false)));
    let optimizer: Object = decode(&compile.optimizer, "compile_config.optimizer")?;
    assert_eq!(optimizer.class_name, "Adam");
    Ok(())
}

#[test]
fn a_functional_model() -> Result<()> {
    let config = KerasArchive::open(path("functional.keras"))?.config;
    let model: Object = round_trip(&config, "")?;
    let functional: FunctionalConfig = round_trip(&model.config, "config")?;
    let reference = |layer: &str| Tree::Leaf(TensorRef(layer.into(), 0, 0));
    assert_eq!(functional.input_layers, Tree::List(vec![reference("a"), reference("b")]));
    assert_eq!(functional.output_layers, Tree::List(vec![reference("relu"), reference("inner")]));
    let node = |layer: &str, at: usize| {
        let layer = functional.layers.iter().find(|l| l.name.as_deref() == Some(layer)).expect("the layer");
        layer.inbound_nodes.as_deref().expect("its calls")[at].clone()
    };
    let history = |node: &InboundNode| -> Vec<_> {
        node.tensors().iter().map(|t| (t.keras_history.0.clone(), t.keras_history.1)).collect()
    };
    assert_eq!(history(&node("add", 0)), [("shared".into(), 0), ("shared".into(), 1)]);
    assert_eq!(history(&node("shared", 1)), [("b".into(), 0)]);
    assert_eq!(
        node("inner", 0).kwargs,
        Tree::Dict(vec![("mask".into(), Tree::Leaf(Argument::Value(Value::Null)))])
    );
    assert_eq!(node("add_1", 0).args.leaves()[1], &Argument::Value(json!(1.0)));
    assert_eq!(node("concatenate", 0).tensors()[1].shape, [None, Some(3)]);
    let inner = functional.layers.iter().find(|l| l.class_name == "Sequential").expect("the inner model");
    assert_eq!(CompileConfig::of(inner, "")?, None);
    Ok(())
}

#[test]
fn inputs_may_be_nested() -> Result<()> {
    let one = json!(["a", 0, 0]);
    assert_eq!(decode::<Tree<TensorRef>>(&one, "")?, Tree::Leaf(TensorRef("a".into(), 0, 0)));
    let named = json!({"x": ["a", 0, 0], "y": [["b", 1, 2]]});
    let tree: Tree<TensorRef> = round_trip(&named, "")?;
    assert_eq!(tree.leaves(), [&TensorRef("a".into(), 0, 0), &TensorRef("b".into(), 1, 2)]);
    Ok(())
}

#[test]
fn errors_name_their_place() {
    let error = |value: Value| decode::<FunctionalConfig>(&value, "config").unwrap_err().to_string();
    let with_nodes = |nodes: Value| {
        json!({"name": "m", "layers": [{"class_name": "Add", "inbound_nodes": nodes}],
               "input_layers": [["a", 0, 0]], "output_layers": [["a", 0, 0]]})
    };
    assert_eq!(error(json!({"name": "m"})), "config: missing field `layers`");
    assert_eq!(error(json!({"name": 3})), "config.name: invalid type: integer `3`, expected a string");
    assert_eq!(
        error(with_nodes(json!([{"args": []}]))),
        "config.layers[0].inbound_nodes[0]: missing field `kwargs`"
    );
    let tensor =
        json!({"class_name": "__keras_tensor__", "config": {"shape": [null, -3], "dtype": "float32"}});
    assert_eq!(
        error(with_nodes(json!([{"args": [tensor], "kwargs": {}}]))),
        "config.layers[0].inbound_nodes[0].args: config of `__keras_tensor__`: \
         invalid value: integer `-3`, expected usize"
    );
    let mut references = with_nodes(json!([]));
    references["output_layers"] = json!([["a", 0]]);
    assert_eq!(
        error(references.take()),
        "config.output_layers: invalid length 2, expected tuple struct TensorRef with 3 elements"
    );
    let mut layer = Object::keras("keras.layers", "Dense", json!({"units": "many"}));
    #[derive(serde::Deserialize, Debug)]
    struct Dense {
        #[expect(dead_code, reason = "only its error is looked at")]
        units: usize,
    }
    assert_eq!(
        layer.config_as::<Dense>("config.layers[3]").unwrap_err().to_string(),
        "config.layers[3].config.units: invalid type: string \"many\", expected usize"
    );
    layer.compile_config = Some(json!({"optimizer": "adam", "steps_per_execution": -1}));
    assert_eq!(
        CompileConfig::of(&layer, "").unwrap_err().to_string(),
        "compile_config.steps_per_execution: invalid value: integer `-1`, expected usize"
    );
    assert_eq!(
        decode::<DTypePolicy>(
            &json!({"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8"}}),
            "dtype"
        )
        .unwrap_err()
        .to_string(),
        "dtype: `QuantizedDTypePolicy` is no dtype policy with a name, such as `float32`"
    );
}
