//! `:predict`: samples by row or by column in, answers in the same form out.

use cornu::data::{Column, Table};
use cornu::{InputColumn, Shape};
use serde_json::{Map, Value, json};

use super::batcher::{Outputs, Refusal, Samples, Served, Wants};
use super::http::Response;
use super::values::{answers, rows, tensor};

/// The answer to a body of `{"instances": [...]}` or `{"inputs": ...}`.
pub(super) fn predict(body: &[u8], served: &Served) -> Response {
    let body: Map<String, Value> = match serde_json::from_slice(body) {
        Ok(body) => body,
        Err(error) => return Response::error(400, format!("JSON Parse error: {error}")),
    };
    if let Some(name) = body.get("signature_name").filter(|name| *name != "serving_default" && *name != "") {
        return Response::error(400, format!("there is no signature {name}; there is \"serving_default\""));
    }
    let (samples, by_row) = match (body.get("instances"), body.get("inputs")) {
        (Some(instances), None) => (by_rows(instances, &served.inputs), true),
        (None, Some(inputs)) => (by_columns(inputs, &served.inputs), false),
        (Some(_), Some(_)) => (Err("give either `instances` or `inputs`, not both".into()), true),
        (None, None) => (Err("give the samples as `instances` (rows) or `inputs` (columns)".into()), true),
    };
    let samples = match samples {
        Ok(samples) => samples,
        Err(message) => return Response::error(400, message),
    };
    match served.predict(samples) {
        Ok(outputs) => Response { status: 200, body: written(&outputs, served, by_row).to_string() },
        Err(Refusal::Samples(message)) => Response::error(400, message),
        Err(Refusal::Busy) => Response::error(503, "too many requests are waiting; try again later"),
        Err(Refusal::Gone) => Response::error(500, "the model's thread has ended"),
    }
}

/// Samples as a list, each a value or an object of values by input or column.
fn by_rows(instances: &Value, wants: &Wants) -> Result<Samples, String> {
    let Value::Array(instances) = instances else { return Err("`instances` must be a list".into()) };
    if instances.is_empty() {
        return Err("`instances` is empty".into());
    }
    let field = |name: &str| -> Result<Value, String> {
        let of = |(at, instance): (usize, &Value)| match instance {
            Value::Object(fields) => {
                // A table's value that is left out is missing.
                let found = fields.get(name).cloned();
                let given =
                    if matches!(wants, Wants::Columns(_)) { found.or(Some(Value::Null)) } else { found };
                given.ok_or_else(|| format!("instance {at} has no `{name}`"))
            }
            _ => Err(format!("instance {at} must be an object with `{name}`")),
        };
        Ok(Value::Array(instances.iter().enumerate().map(of).collect::<Result<_, _>>()?))
    };
    match wants {
        Wants::Columns(columns) => {
            let known = |name: &String| columns.iter().any(|column| column.name == *name);
            let nothing =
                |instance: &Value| instance.as_object().is_some_and(|fields| !fields.keys().any(known));
            if instances.iter().any(nothing) {
                return Err(format!("an instance has none of the columns {}", listed(columns)));
            }
            table(columns, field)
        }
        Wants::Tensors(inputs) => match inputs.as_slice() {
            [(_, shape, strings)] if !instances.iter().any(Value::is_object) => {
                let whole = Value::Array(instances.clone());
                Ok(Samples::Tensors(vec![checked(&whole, shape, *strings)?]))
            }
            _ => {
                let of =
                    |(name, shape, strings): &(String, Shape, bool)| checked(&field(name)?, shape, *strings);
                Ok(Samples::Tensors(inputs.iter().map(of).collect::<Result<_, _>>()?))
            }
        },
    }
}

/// Samples as one value, or an object of values by input or column.
fn by_columns(inputs: &Value, wants: &Wants) -> Result<Samples, String> {
    let field = |name: &str| {
        let found = inputs.as_object().and_then(|fields| fields.get(name)).cloned();
        found.ok_or_else(|| format!("`inputs` must be an object with `{name}`"))
    };
    match wants {
        Wants::Columns(columns) => table(columns, field),
        Wants::Tensors(wanted) => match wanted.as_slice() {
            [(_, shape, strings)] if !inputs.is_object() => {
                Ok(Samples::Tensors(vec![checked(inputs, shape, *strings)?]))
            }
            _ => {
                let of =
                    |(name, shape, strings): &(String, Shape, bool)| checked(&field(name)?, shape, *strings);
                Ok(Samples::Tensors(wanted.iter().map(of).collect::<Result<_, _>>()?))
            }
        },
    }
}

/// A tensor of rows, or of bare numbers where rows of one number are wanted.
fn checked(value: &Value, shape: &Shape, strings: bool) -> Result<cornu::Data, String> {
    let data = tensor(value, strings)?;
    if data.shape().is_empty() || data.row_count() == 0 {
        return Err("there are no samples".into());
    }
    let column = shape.rank() == 2 && shape.last() == Some(1) && data.shape().len() == 1;
    if column || shape.accepts(&data.to_shape()) {
        return Ok(data);
    }
    Err(format!("the model wants samples of shape {shape}, got {}", data.to_shape()))
}

/// Columns of values; what is null is missing.
fn table(columns: &[InputColumn], field: impl Fn(&str) -> Result<Value, String>) -> Result<Samples, String> {
    let of = |InputColumn { name, strings }: &InputColumn| -> Result<(String, Column), String> {
        let Value::Array(values) = field(name)? else { return Err(format!("`{name}` must be a list")) };
        let wrong = |value: &Value| {
            format!("column `{name}` must hold {}, got {value}", if *strings { "strings" } else { "numbers" })
        };
        let column = match strings {
            true => Column::Strings(
                values
                    .iter()
                    .map(|value| match value {
                        Value::Null => Ok(None),
                        Value::String(text) => Ok(Some(text.clone())),
                        // Categories that are numbers are strings to the model.
                        Value::Number(number) => Ok(Some(number.to_string())),
                        _ => Err(wrong(value)),
                    })
                    .collect::<Result<_, _>>()?,
            ),
            false => Column::Floats(
                values
                    .iter()
                    .map(|value| match value {
                        Value::Null => Ok(f64::NAN),
                        _ => value.as_f64().or(value.as_bool().map(f64::from)).ok_or_else(|| wrong(value)),
                    })
                    .collect::<Result<_, _>>()?,
            ),
        };
        Ok((name.clone(), column))
    };
    let columns: Vec<(String, Column)> = columns.iter().map(of).collect::<Result<_, _>>()?;
    let table = Table::new(columns).map_err(|error| error.to_string())?;
    if table.row_count() == 0 { Err("there are no samples".into()) } else { Ok(Samples::Columns(table)) }
}

fn listed(columns: &[InputColumn]) -> String {
    columns.iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(", ")
}

/// Outputs as `predictions` by row, or as `outputs` by name.
fn written(outputs: &Outputs, served: &Served, by_row: bool) -> Value {
    let named: Vec<(String, Vec<Value>)> = match (&outputs.answers, &outputs.probabilities) {
        (Some(labels), Some(probabilities)) => {
            let mut named = vec![("class".to_owned(), answers(labels))];
            let classes = served.classes.as_deref().unwrap_or_default();
            let by_class = |row: Value| {
                let row = row.as_array().cloned().unwrap_or_default();
                Value::Object(classes.iter().cloned().zip(row).collect())
            };
            named.push(("probabilities".into(), rows(probabilities).into_iter().map(by_class).collect()));
            named
        }
        (Some(numbers), None) => vec![(String::new(), answers(numbers))],
        _ => served
            .outputs
            .iter()
            .zip(&outputs.tensors)
            .map(|((name, _), tensor)| (name.clone(), rows(tensor)))
            .collect(),
    };
    let value = match <[_; 1]>::try_from(named) {
        Ok([(_, only)]) => Value::Array(only),
        Err(named) if by_row => {
            let count = named.first().map_or(0, |(_, values)| values.len());
            let row = |at: usize| -> Value {
                let of = |(name, values): &(String, Vec<Value>)| {
                    (name.clone(), values.get(at).cloned().unwrap_or(Value::Null))
                };
                Value::Object(named.iter().map(of).collect())
            };
            Value::Array((0..count).map(row).collect())
        }
        Err(named) => {
            Value::Object(named.into_iter().map(|(name, values)| (name, Value::Array(values))).collect())
        }
    };
    if by_row { json!({"predictions": value}) } else { json!({"outputs": value}) }
}
