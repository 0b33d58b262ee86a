//! `Nested`: an argument that is a number or numbers in rows and columns.

use serde_json::Value;

use crate::Tensor;
use crate::registry::Argument;

/// A number, or a list of numbers, or lists of those of one length: what Keras takes as `scale` or `mean`.
///
/// ```
/// use cornu::layers::Rescaling;
/// let (one, several) = (Rescaling::new(0.5), Rescaling::new([0.5, 0.25, 0.125]));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Nested {
    values: Vec<f64>,
    shape: Vec<usize>,
}

impl Nested {
    /// The lengths of the axes; none for a single number.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The numbers as `float32`.
    pub(super) fn to_tensor(&self) -> crate::Result<Tensor> {
        let values: Vec<f32> = self.values.iter().map(|value| *value as f32).collect();
        Ok(Tensor::new(values, self.shape.clone())?)
    }

    /// Numbers of Keras' JSON: as they are, or the array or tuple Keras was given.
    fn read(value: &Value) -> Option<Nested> {
        if let Some(number) = value.as_f64() {
            return Some(number.into());
        }
        if let Some(list) = value.get("items").or_else(|| value.pointer("/config/value")) {
            return Self::read(list);
        }
        let rows: Vec<Nested> = value.as_array()?.iter().map(Self::read).collect::<Option<_>>()?;
        let inner = rows.first().map_or(Vec::new(), |row| row.shape.clone());
        let alike = rows.iter().all(|row| row.shape == inner);
        let shape = std::iter::once(rows.len()).chain(inner).collect();
        alike.then(|| Nested { values: rows.into_iter().flat_map(|row| row.values).collect(), shape })
    }

    fn write(values: &[f64], shape: &[usize]) -> Value {
        match shape {
            [] => values.first().copied().into(),
            [rows, inner @ ..] => {
                let width = values.len() / (*rows).max(1);
                (0..*rows).map(|row| Self::write(&values[row * width..(row + 1) * width], inner)).collect()
            }
        }
    }
}

impl From<f64> for Nested {
    fn from(value: f64) -> Self {
        Nested { values: vec![value], shape: Vec::new() }
    }
}

impl From<Vec<f64>> for Nested {
    fn from(values: Vec<f64>) -> Self {
        Nested { shape: vec![values.len()], values }
    }
}

impl<const N: usize> From<[f64; N]> for Nested {
    fn from(values: [f64; N]) -> Self {
        values.to_vec().into()
    }
}

impl From<&Tensor> for Nested {
    fn from(tensor: &Tensor) -> Self {
        Nested { values: tensor.to_vec(), shape: tensor.shape().to_vec() }
    }
}

impl Argument for Nested {
    fn from_json(value: &Value) -> Result<Self, String> {
        Self::read(value).ok_or_else(|| format!("expects a number or lists of them, got {value}"))
    }

    fn to_json(&self) -> Value {
        Self::write(&self.values, &self.shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_come_back_as_they_were() {
        for value in [json!(2.5), json!([]), json!([1.0, 2.0]), json!([[1.0], [2.0]])] {
            let nested: Nested = Nested::from_json(&value).unwrap();
            assert_eq!(nested.to_json(), value);
        }
        let array = json!({"class_name": "__numpy__", "config": {"value": [0.5, 1], "dtype": "float32"}});
        assert_eq!(Nested::from_json(&array).unwrap(), [0.5, 1.0].into());
        assert!(Nested::from_json(&json!([[1.0], [1.0, 2.0]])).is_err());
        assert!(Nested::from_json(&json!("one")).is_err());
    }
}
