//! `cornu predict`.

use cornu::{Predict, Tensor, data};
use serde_json::json;

use crate::{Folder, line_model};

/// An architecture of two separate ways, `a` to `up` and `b` to `down`.
fn two_ways() -> String {
    let input = |name: &str, width: usize| {
        json!({
            "module": "keras.layers", "class_name": "InputLayer", "registered_name": null, "name": name,
            "config": {"batch_shape": [null, width], "dtype": "float32", "sparse": false, "name": name},
            "inbound_nodes": [],
        })
    };
    let dense = |name: &str, from: &str, width: usize| {
        let tensor = json!({
            "class_name": "__keras_tensor__",
            "config": {"shape": [null, width], "dtype": "float32", "keras_history": [from, 0, 0]},
        });
        json!({
            "module": "keras.layers", "class_name": "Dense", "registered_name": null, "name": name,
            "config": {"name": name, "trainable": true, "units": 1, "use_bias": false},
            "inbound_nodes": [{"args": [tensor], "kwargs": {}}],
        })
    };
    let config = json!({
        "name": "ways",
        "trainable": true,
        "layers": [input("a", 1), input("b", 2), dense("up", "a", 1), dense("down", "b", 2)],
        "input_layers": [["a", 0, 0], ["b", 0, 0]],
        "output_layers": [["up", 0, 0], ["down", 0, 0]],
    });
    let class = "Functional";
    json!({"module": "keras", "class_name": class, "registered_name": class, "config": config}).to_string()
}

#[test]
fn several_inputs_and_outputs_go_by_their_names() {
    let folder = Folder::new();
    std::fs::write(folder.path("ways.json"), two_ways()).unwrap();
    folder.done("convert ways.json ways.keras");
    let (a, b) = (Tensor::from([[3.0f32], [0.0]]), Tensor::from([[0.0f32, 0.0], [1.0, 0.0]]));
    folder.npz("ab.npz", [("x_b", b), ("x_a", a)]);
    folder.done("predict ways.keras --data ab.npz --output y.npz");
    let file = data::load_npz(folder.path("y.npz")).unwrap();
    let [up, down] = &folder.weights("ways.keras")[..] else { panic!("two weights") };
    let (up, down) = (up.to_vec::<f32>(), down.to_vec::<f32>());
    assert_eq!(file.names().collect::<Vec<_>>(), ["y_up", "y_down"]);
    assert_eq!(file.get("y_up").unwrap(), &Tensor::from([[3.0 * up[0]], [0.0]]));
    assert_eq!(file.get("y_down").unwrap(), &Tensor::from([[0.0], [down[0]]]));

    folder.npz("a.npz", [("x_a", Tensor::from([[3.0f32]]))]);
    let run = folder.cornu("predict ways.keras --data a.npz --output y.npz");
    assert_eq!((run.code, run.stderr.trim()), (Some(1), "error: a.npz: holds no array `x_b`, only `x_a`"));
    let run = folder.cornu("fit ways.keras --data ab.npz --loss mse");
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("has 2 outputs"), "{}", run.stderr);
}

#[test]
fn predictions_come_back_as_y() {
    let folder = Folder::new();
    let x = Tensor::from([[-1.0f32], [0.0], [4.0]]);
    line_model().save(folder.path("line.keras")).unwrap();
    folder.npz("x.npz", [("x", x.clone())]);
    let name = &line_model().input_names().unwrap()[0];
    folder.npz("named.npz", [(&format!("x_{name}"), x.clone())]);
    let wanted = line_model().predict(&x, Predict::new()).unwrap();
    for input in ["x.npz", "named.npz"] {
        assert_eq!(
            folder.done(&format!("predict line.keras --data {input} --output y.npz --batch-size 2")),
            ""
        );
        let file = data::load_npz(folder.path("y.npz")).unwrap();
        assert_eq!((file.len(), file.get("y").unwrap()), (1, &wanted));
    }
}
