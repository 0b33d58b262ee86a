//! The addresses of TensorFlow Serving's REST interface.

use serde_json::{Value, json};

use super::batcher::{Served, Wants};
use super::http::{Request, Response};
use super::predict::predict;

/// The only version there is.
const VERSION: &str = "1";

/// The answer to a request.
pub(super) fn answer(request: &Request, served: &Served) -> Response {
    let Some(rest) = request.path.strip_prefix("/v1/models/") else {
        let example = format!("/v1/models/{}:predict", served.name);
        return Response::error(404, format!("there is nothing at {}; try {example}", request.path));
    };
    let (place, verb) = match rest.split_once(':') {
        Some((place, verb)) => (place, Some(verb)),
        None => (rest, None),
    };
    let mut parts = place.split('/');
    let name = parts.next().unwrap_or_default();
    if name != served.name {
        return Response::error(
            404,
            format!("Servable not found for request: Latest({name}); there is {}", served.name),
        );
    }
    let mut tail: Vec<&str> = parts.collect();
    if let ["versions", version, ..] = tail[..] {
        if version != VERSION {
            let message =
                format!("Servable not found for request: Specific({name}, {version}); there is {VERSION}");
            return Response::error(404, message);
        }
        tail.drain(..2);
    }
    match (request.method.as_str(), tail.as_slice(), verb) {
        ("GET", [], None) => done(status()),
        ("GET", ["metadata"], None) => done(metadata(served)),
        ("POST", [], Some("predict")) => predict(&request.body, served),
        ("POST", [], Some(verb @ ("classify" | "regress"))) => {
            Response::error(400, format!("`{verb}` wants a model of TensorFlow's own; use `predict`"))
        }
        (_, [], Some(verb)) if verb != "predict" => {
            Response::error(400, format!("there is no `{verb}`; there is `predict`"))
        }
        (method, [] | ["metadata"], _) => {
            let wanted = if verb.is_some() { "POST" } else { "GET" };
            Response::error(405, format!("{method} is not for {}: use {wanted}", request.path))
        }
        _ => Response::error(404, format!("there is nothing at {}", request.path)),
    }
}

fn done(value: Value) -> Response {
    Response { status: 200, body: value.to_string() }
}

fn status() -> Value {
    let status = json!({"error_code": "OK", "error_message": ""});
    json!({"model_version_status": [{"version": VERSION, "state": "AVAILABLE", "status": status}]})
}

fn metadata(served: &Served) -> Value {
    let tensor = |dtype: &str, dims: Vec<Option<usize>>| {
        let size = |dim: Option<usize>| dim.map_or("-1".into(), |length| length.to_string());
        let dims: Vec<Value> = dims.into_iter().map(|dim| json!({"size": size(dim), "name": ""})).collect();
        json!({"dtype": dtype, "tensor_shape": {"dim": dims, "unknown_rank": false}, "name": ""})
    };
    let kind = |strings: bool| if strings { "DT_STRING" } else { "DT_FLOAT" };
    let inputs: serde_json::Map<String, Value> = match &served.inputs {
        Wants::Tensors(inputs) => {
            let of = |(name, shape, strings): &(String, cornu::Shape, bool)| {
                (name.clone(), tensor(kind(*strings), shape.dims().to_vec()))
            };
            inputs.iter().map(of).collect()
        }
        Wants::Columns(columns) => columns
            .iter()
            .map(|column| (column.name.clone(), tensor(kind(column.strings), vec![None])))
            .collect(),
    };
    let outputs: serde_json::Map<String, Value> = served
        .outputs
        .iter()
        .map(|(name, shape)| (name.clone(), tensor("DT_FLOAT", shape.dims().to_vec())))
        .collect();
    let signature =
        json!({"inputs": inputs, "outputs": outputs, "method_name": "tensorflow/serving/predict"});
    json!({
        "model_spec": {"name": served.name, "signature_name": "", "version": VERSION},
        "metadata": {"signature_def": {"signature_def": {"serving_default": signature}}},
    })
}
