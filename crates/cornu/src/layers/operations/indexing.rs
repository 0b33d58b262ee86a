//! Indexing of tensors: `x[:, 1:3]`, `x[..., 0]`.

use serde_json::{Value, json};

use crate::graph::Var;
use crate::{Dim, Shape};

/// What picks elements along the axes, from the first on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Index(pub(crate) Vec<Part>);

/// What picks elements along one axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Part {
    /// One element; the axis goes.
    At(i64),
    /// A range, in steps of 1; ends count from the last element if negative.
    Range(Option<i64>, Option<i64>),
    /// As many whole axes as are left over.
    Ellipsis,
    /// A new axis of length 1.
    NewAxis,
}

impl Index {
    /// The index as Keras writes it.
    pub(crate) fn to_json(&self) -> Value {
        let part = |part: &Part| match part {
            Part::At(at) => json!(at),
            Part::Range(start, stop) => {
                json!({"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": null}})
            }
            Part::Ellipsis => json!({"class_name": "__ellipsis__", "config": {}}),
            Part::NewAxis => Value::Null,
        };
        self.0.iter().map(part).collect()
    }

    /// What [`Index::to_json`] wrote, or Keras.
    pub(crate) fn of_json(json: &Value) -> Result<Index, String> {
        let parts = match json {
            Value::Array(parts) => parts.as_slice(),
            part => std::slice::from_ref(part),
        };
        let part = |json: &Value| -> Result<Part, String> {
            let end = |key: &str| json.pointer(&format!("/config/{key}")).and_then(Value::as_i64);
            match json.get("class_name").and_then(Value::as_str) {
                Some("__ellipsis__") => Ok(Part::Ellipsis),
                Some("__slice__") if end("step").is_none_or(|step| step == 1) => {
                    Ok(Part::Range(end("start"), end("stop")))
                }
                _ if json.is_null() => Ok(Part::NewAxis),
                _ => json.as_i64().map(Part::At).ok_or_else(|| {
                    format!("is indexed by {json}: Cornu takes whole numbers and ranges in steps of 1")
                }),
            }
        };
        parts.iter().map(part).collect::<Result<_, _>>().map(Index)
    }

    /// The elements of `x`.
    pub(crate) fn call<'g>(&self, x: Var<'g>) -> Result<Var<'g>, String> {
        let shape = x.shape();
        let named = self.0.iter().filter(|part| matches!(part, Part::At(_) | Part::Range(..))).count();
        if named > x.rank() || self.0.iter().filter(|part| **part == Part::Ellipsis).count() > 1 {
            return Err(format!("has more indices than {shape} has axes"));
        }
        let (mut value, mut axis) = (x, 0);
        let mut dims: Vec<Dim> = Vec::new();
        for part in &self.0 {
            match *part {
                Part::NewAxis => dims.push(Some(1)),
                Part::Ellipsis => {
                    let whole = x.rank() - named;
                    dims.extend((axis..axis + whole).map(|at| shape[at]));
                    axis += whole;
                }
                Part::Range(None, None) => {
                    dims.push(shape[axis]);
                    axis += 1;
                }
                Part::Range(start, stop) => {
                    let length = known(&shape, axis)?;
                    let end = |given: i64| (if given < 0 { given + length } else { given }).clamp(0, length);
                    let start = start.map_or(0, end);
                    let stop = stop.map_or(length, end).max(start);
                    value = value.slice(axis, start as usize, stop as usize);
                    dims.push(Some((stop - start) as usize));
                    axis += 1;
                }
                Part::At(at) => {
                    let length = known(&shape, axis)?;
                    let found = if at < 0 { at + length } else { at };
                    if !(0..length).contains(&found) {
                        return Err(format!("has no element {at} along axis {axis} of {shape}"));
                    }
                    value = value.slice(axis, found as usize, found as usize + 1);
                    axis += 1;
                }
            }
        }
        dims.extend((axis..x.rank()).map(|at| shape[at]));
        let unknown = dims.iter().filter(|dim| dim.is_none()).count();
        let same = value.shape().dims() == dims;
        if unknown > 1 && !same {
            return Err(format!("cannot be indexed so while more than one axis of {shape} is unknown"));
        }
        Ok(if same { value } else { value.reshape(dims) })
    }
}

fn known(shape: &Shape, axis: usize) -> Result<i64, String> {
    shape[axis].map(|length| length as i64).ok_or_else(|| format!("needs to know axis {axis} of {shape}"))
}
