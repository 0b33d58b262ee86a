//! Operations between layers against the real Keras: values, files, and the operators that make them.

use crate::common::{assert_close, assert_same_json, fixture, tensor, text};
use cornu::layers::{Dense, Input};
use cornu::{Compile, Connect, Fit, KerasTensor, Model, Predict, Result, Tensor, ops};
use serde_json::Value;

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn models_of_keras_compute_and_write_the_same() {
    let fixture = fixture("operations.json");
    let (x, z) = (tensor(&fixture["data"]["x"]), tensor(&fixture["data"]["z"]));
    for case in list(&fixture["cases"]) {
        let what = text(case, "name");
        let mut model = Model::from_json(&case["json"].to_string()).unwrap();
        let y = model.predict([("x", &x), ("z", &z)], Predict::new()).unwrap();
        assert_close(what, &y, &tensor(&case["y"]), 1e-5);
        let written: Value = serde_json::from_str(&model.to_json().unwrap()).unwrap();
        let (got, want) = (&written["config"], &case["json"]["config"]);
        // Layers of the same depth may stand in another order.
        assert_eq!(list(&got["layers"]).len(), list(&want["layers"]).len(), "{what}");
        for layer in list(&want["layers"]) {
            let same = list(&got["layers"]).iter().find(|other| other["name"] == layer["name"]);
            assert_same_json(what, same.unwrap_or(&Value::Null), layer);
        }
        assert_eq!(got["output_layers"], want["output_layers"], "{what}");
    }
}

/// The value of a formula of symbolic tensors for data.
fn value(x: &Tensor, formula: impl Fn(&KerasTensor) -> KerasTensor) -> Result<Vec<f32>> {
    let input = Input::new(x.to_shape().sample()).tensor();
    let mut model = Model::new(&input, formula(&input))?;
    Ok(model.predict(x, Predict::new())?.to_vec())
}

#[test]
fn operators_and_functions_are_those_operations() -> Result<()> {
    let x = Tensor::from([[1.0f32, -2.0, 3.0]]);
    assert_eq!(value(&x, |x| x + x)?, [2.0, -4.0, 6.0]);
    assert_eq!(value(&x, |x| 1.0 - &(x * 2.0))?, [-1.0, 5.0, -5.0]);
    assert_eq!(value(&x, |x| -&(x / 2.0))?, [-0.5, 1.0, -1.5]);
    assert_eq!(value(&x, |x| ops::maximum(x, 0.5))?, [1.0, 0.5, 3.0]);
    assert_eq!(value(&x, |x| ops::power(x, 2.0))?, [1.0, 4.0, 9.0]);
    assert_eq!(value(&x, |x| ops::relu(&ops::negative(x)))?, [0.0, 2.0, 0.0]);
    assert_eq!(value(&x, |x| ops::sum(x, &[1], false))?, [2.0]);
    assert_eq!(
        value(&x, |x| ops::mean(x, &[1], true) + x)?,
        [1.0 + 2.0 / 3.0, -2.0 + 2.0 / 3.0, 3.0 + 2.0 / 3.0]
    );
    assert_eq!(value(&x, |x| x.slice(1, -2..3))?, [-2.0, 3.0]);
    assert_eq!(value(&x, |x| ops::stack([x, x], 1).get(1, -1))?, [1.0, -2.0, 3.0]);
    assert_eq!(value(&x, |x| ops::concatenate([x, &ops::absolute(x)], 1))?, [1.0, -2.0, 3.0, 1.0, 2.0, 3.0]);
    assert_eq!(value(&x, |x| ops::squeeze(&ops::expand_dims(x, 1), 1))?, [1.0, -2.0, 3.0]);
    assert_eq!(value(&x, |x| ops::clip(x, -1.0, 2.0))?, [1.0, -1.0, 2.0]);
    let product = |x: &KerasTensor| ops::matmul(&ops::reshape(x, &[-1, 3, 1]), &ops::reshape(x, &[-1, 1, 3]));
    assert_eq!(value(&x, product)?, [1.0, -2.0, 3.0, -2.0, 4.0, -6.0, 3.0, -6.0, 9.0]);
    Ok(())
}

#[test]
fn a_residual_is_trained() -> Result<()> {
    let x = Input::new([3]).tensor();
    let hidden = Dense::new(3).activation("tanh").on(&x);
    let mut model = Model::new(&x, Dense::new(1).on(ops::relu(&(&x + &hidden * 0.5))))?;
    model.compile(Compile::new().optimizer("adam").loss("mse"))?;
    let data = Tensor::from([[1.0f32, -2.0, 3.0], [0.5, 1.0, -1.0]]);
    let y = Tensor::from([[1.0f32], [0.0]]);
    let history = model.fit(&data, &y, Fit::new().epochs(30).verbose(0))?;
    let losses = history.get("loss").unwrap_or_default();
    assert!(losses[29] < losses[0]);
    Ok(())
}

#[test]
fn what_an_operation_cannot_do_is_refused_by_name() {
    let x = Input::new([3]).name("x").tensor();
    let message = |y: KerasTensor| {
        let text = Model::new(&x, y).unwrap_err().to_string();
        let (message, line) = text.split_once("; added at").unwrap_or((&text, "operations.rs"));
        assert!(line.contains("operations.rs"), "{text}");
        message.to_owned()
    };
    insta::assert_snapshot!(message(ops::sum(&x, &[2], false)), @"layer `sum` (Sum, axis=2) has no axis 2 in its input (None, 3)");
    insta::assert_snapshot!(message(x.get(1, 3)), @"layer `get_item` (GetItem) has no element 3 along axis 1 of (None, 3)");
    insta::assert_snapshot!(message(ops::reshape(&x, &[-1, -1])), @"layer `reshape` (Reshape, newshape=[-1,-1]) can leave one axis open, got [-1, -1]");
    insta::assert_snapshot!(message(ops::transpose(&x, &[0, 0])), @"layer `transpose` (Transpose, axes=[0,0]) wants each axis of (None, 3) once, got [0, 0]");
    insta::assert_snapshot!(message(ops::squeeze(&x, 1)), @"layer `squeeze` (Squeeze, axis=1) can drop axes of length 1 alone, got [1] of (None, 3)");
    insta::assert_snapshot!(message(ops::matmul(&x, &ops::sum(&x, &[], false))), @"layer `matmul` (Matmul) wants matrices, got (None, 3) and ()");
    insta::assert_snapshot!(message(&x + &Dense::new(4).name("four").on(&x)), @"layer `add` (Add) cannot be called: add: (None, 3) and (None, 4) do not broadcast against each other");
}
