//! Class numbers as one-hot vectors.

use crate::{Error, Result, Tensor};

/// Turns class numbers into one-hot vectors along a new last axis.
///
/// `x` has any shape; a last axis of length 1 is dropped first, so `(n,)` and `(n, 1)` both become float32
/// `(n, num_classes)`. Without `num_classes`, or with 0, there are as many classes as the largest number says.
/// Fractions are cut off. As [`keras.utils.to_categorical`](https://keras.io/api/utils/python_utils/#to_categorical-function).
///
/// # Errors
/// If a number is negative (Keras would count from the back) or not less than `num_classes`, if `x` is empty and
/// `num_classes` not given, or if the result does not fit into memory.
///
/// ```
/// use cornu::{Tensor, utils::to_categorical};
/// let y = to_categorical(&Tensor::from([0i64, 2, 1]), None)?;
/// assert_eq!(y, Tensor::from([[1.0f32, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]));
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn to_categorical(x: &Tensor, num_classes: Option<usize>) -> Result<Tensor> {
    let wrong = |message: String| Error::argument("to_categorical", message);
    let classes = x.to_vec::<i64>();
    let count = match num_classes.filter(|&count| count > 0) {
        Some(count) => count,
        None => match classes.iter().max() {
            Some(&max) => usize::try_from(max.saturating_add(1)).unwrap_or(0),
            None => return Err(wrong("there are no class numbers to count; give `num_classes`".into())),
        },
    };
    let mut shape = x.shape().to_vec();
    if shape.len() > 1 {
        shape.pop_if(|last| *last == 1);
    }
    shape.push(count);
    let mut data = Vec::new();
    let length = classes.len().checked_mul(count);
    if length.is_none_or(|length| data.try_reserve_exact(length).is_err()) {
        return Err(wrong(format!("{} vectors of {count} classes do not fit into memory", classes.len())));
    }
    data.resize(length.unwrap_or(0), 0.0f32);
    for (at, &class) in classes.iter().enumerate() {
        let column = usize::try_from(class).ok().filter(|&class| class < count);
        match column.and_then(|column| data.get_mut(at * count + column)) {
            Some(out) => *out = 1.0,
            None if class < 0 => return Err(wrong(format!("class {class} at {at} is negative"))),
            None => {
                return Err(wrong(format!(
                    "class {class} at {at} is not one of the {count} classes 0..{count}"
                )));
            }
        }
    }
    Ok(Tensor::new(data, shape)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_those_of_keras() -> Result<()> {
        let x = Tensor::from((0..6).map(|v| v % 3).collect::<Vec<i32>>());
        // [keras.utils.to_categorical(x.reshape(s)).shape for s in ...]
        for (from, to) in [
            (vec![6], vec![6, 3]),
            (vec![6, 1], vec![6, 3]),
            (vec![1, 6], vec![1, 6, 3]),
            (vec![2, 3], vec![2, 3, 3]),
            (vec![3, 2, 1], vec![3, 2, 3]),
        ] {
            let y = to_categorical(&x.reshape(from)?, None)?;
            assert_eq!(y.shape(), to);
            let sparse: Vec<_> =
                y.as_slice::<f32>()?.chunks(3).map(|r| r.iter().position(|&v| v == 1.0)).collect();
            assert_eq!(sparse, [0, 1, 2, 0, 1, 2].map(Some));
            assert_eq!(y.to_vec::<f64>().iter().sum::<f64>(), 6.0);
        }
        assert_eq!(to_categorical(&Tensor::from([1u8]), None)?.shape(), [1, 2]);
        assert_eq!(to_categorical(&Tensor::scalar(1i64), Some(3))?, Tensor::from([0.0f32, 1.0, 0.0]));
        Ok(())
    }

    #[test]
    fn other_types_and_more_classes_will_do() -> Result<()> {
        let want = Tensor::from([[0.0f32, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);
        assert_eq!(to_categorical(&Tensor::from([1.9f32, 2.0]), Some(4))?, want);
        assert_eq!(to_categorical(&Tensor::from([1u8, 2]), Some(4))?, want);
        assert_eq!(to_categorical(&Tensor::from([1i32, 2]), Some(0))?.shape(), [2, 3]);
        assert_eq!(to_categorical(&Tensor::zeros([0], crate::DType::I64), Some(4))?.shape(), [0, 4]);
        Ok(())
    }

    #[test]
    fn wrong_classes_are_named() {
        let none: [i64; 0] = [];
        let lines = [
            to_categorical(&Tensor::from([0i64, 3, 1]), Some(3)),
            to_categorical(&Tensor::from([0i64, -1]), Some(3)),
            to_categorical(&Tensor::from([-5i64]), None),
            to_categorical(&Tensor::from(none), None),
            to_categorical(&Tensor::from([i64::MAX, 0, 0]), None),
        ]
        .map(|result| result.unwrap_err().to_string());
        insta::assert_snapshot!(lines.join("\n"));
    }
}
