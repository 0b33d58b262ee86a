//! Tensors as nested lists of JSON.

use cornu::{Data, StringTensor, Tensor};
use serde_json::{Value, json};

/// Axes at most.
const AXES: usize = 32;

/// A nested list of numbers, or of strings, as a tensor.
pub(super) fn tensor(value: &Value, strings: bool) -> Result<Data, String> {
    let mut shape = Vec::new();
    let mut at = value;
    while let Value::Array(items) = at {
        shape.push(items.len());
        if shape.len() > AXES {
            return Err(format!("lists are nested more than {AXES} deep"));
        }
        match items.first() {
            Some(first) => at = first,
            None => break,
        }
    }
    if strings {
        let mut words = Vec::new();
        flatten(value, &shape, &mut |leaf| {
            words.push(leaf.as_str().ok_or_else(|| format!("{leaf} is no string"))?.to_owned());
            Ok(())
        })?;
        return Ok(StringTensor::new(words, shape).map_err(|error| error.to_string())?.into());
    }
    let mut numbers = Vec::new();
    flatten(value, &shape, &mut |leaf| {
        let number =
            leaf.as_f64().or(leaf.as_bool().map(f64::from)).ok_or_else(|| format!("{leaf} is no number"))?;
        numbers.push(number);
        Ok(())
    })?;
    Ok(Tensor::new(numbers, shape).map_err(|error| error.to_string())?.into())
}

fn flatten(
    value: &Value,
    shape: &[usize],
    leaf: &mut dyn FnMut(&Value) -> Result<(), String>,
) -> Result<(), String> {
    match (shape, value) {
        ([], Value::Array(_)) => Err("lists side by side have other depths".into()),
        ([], _) => leaf(value),
        ([length, inner @ ..], Value::Array(items)) if items.len() == *length => {
            items.iter().try_for_each(|item| flatten(item, inner, leaf))
        }
        ([length, ..], Value::Array(items)) => {
            Err(format!("lists side by side have {length} and {} items", items.len()))
        }
        ([_, ..], _) => Err("lists side by side have other depths".into()),
    }
}

/// The rows of a tensor, each as a nested list. JSON has no word for NaN: it becomes null.
pub(super) fn rows(tensor: &Tensor) -> Vec<Value> {
    let inner = tensor.shape().get(1..).unwrap_or_default();
    let width = tensor.row_len();
    let leaves: Vec<Value> = match tensor.dtype().is_float() {
        // The shortest decimals that give the number back in its own precision.
        true if tensor.dtype() == cornu::DType::F32 => {
            tensor.to_vec::<f32>().into_iter().map(|value| json!(shortest(value))).collect()
        }
        true => tensor.to_vec::<f64>().into_iter().map(|value| json!(value)).collect(),
        false => tensor.to_vec::<i64>().into_iter().map(|value| json!(value)).collect(),
    };
    if width == 0 {
        return vec![json!([]); tensor.row_count()];
    }
    leaves.chunks(width).map(|row| nested(row, inner)).collect()
}

fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

fn nested(values: &[Value], shape: &[usize]) -> Value {
    match shape {
        [] => values.first().cloned().unwrap_or(Value::Null),
        [_] => Value::Array(values.to_vec()),
        [length, inner @ ..] => {
            let size = values.len().checked_div(*length).unwrap_or(0).max(1);
            Value::Array(values.chunks(size).map(|part| nested(part, inner)).collect())
        }
    }
}

/// The labels or numbers of rows.
pub(super) fn answers(data: &Data) -> Vec<Value> {
    match data {
        Data::Strings(strings) => strings.as_slice().iter().map(|label| json!(label)).collect(),
        Data::Numbers(tensor) => match tensor.reshape([tensor.row_count()]) {
            Ok(column) => rows(&column),
            Err(_) => rows(tensor),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_become_tensors_and_come_back() {
        let value = json!([[[1, 2.5], [3, 4]], [[5, 6], [7, true]]]);
        let data = tensor(&value, false).unwrap();
        assert_eq!(data.shape(), [2, 2, 2]);
        assert_eq!(
            Value::Array(rows(data.tensor().unwrap())).to_string(),
            "[[[1.0,2.5],[3.0,4.0]],[[5.0,6.0],[7.0,1.0]]]"
        );
        assert_eq!(rows(&Tensor::from([0.1f32, f32::NAN])), [json!(0.1), Value::Null]);
        assert_eq!(tensor(&json!([["a"], ["b"]]), true).unwrap(), Data::from([["a"], ["b"]]));
        assert_eq!(tensor(&json!([]), false).unwrap().shape(), [0]);
    }

    #[test]
    fn ragged_lists_are_refused() {
        let message = |value: Value| tensor(&value, false).unwrap_err();
        assert_eq!(message(json!([[1, 2], [3]])), "lists side by side have 2 and 1 items");
        assert_eq!(message(json!([[1], 2])), "lists side by side have other depths");
        assert_eq!(message(json!([1, [2]])), "lists side by side have other depths");
        assert_eq!(message(json!([1, "x"])), "\"x\" is no number");
    }
}
