//! `Classes`: the distinct values of labels with the class of each row.

use crate::{Data, Error, Result, StringTensor, Tensor};

/// Labels as numbers of classes, which are sorted as `numpy.unique` sorts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Classes {
    /// The distinct labels, `(k,)`.
    pub(super) values: Data,
    /// The class of each row.
    pub(super) of_rows: Vec<usize>,
}

impl Classes {
    /// The classes among labels of shape `(n,)` or `(n, 1)`; `what` names them in errors.
    pub(super) fn of(what: &str, labels: &Data) -> Result<Self> {
        let n = labels.row_count();
        if !matches!(labels.shape(), [_] | [_, 1]) {
            return Err(Error::argument(
                what,
                format!("wants a label a row, shape (n,) or (n, 1), got {}", labels.to_shape()),
            ));
        }
        Ok(match labels {
            Data::Strings(strings) => {
                let (values, of_rows) = distinct(strings.as_slice(), |a, b| a.cmp(b));
                let values: Vec<String> =
                    values.into_iter().map(|at| strings.as_slice()[at].clone()).collect();
                Classes { values: StringTensor::from(values).into(), of_rows }
            }
            Data::Numbers(tensor) => {
                let (at, of_rows) = match tensor.dtype().is_float() {
                    true => {
                        let values = tensor.to_vec::<f64>();
                        if let Some(row) = values.iter().position(|value| value.is_nan()) {
                            return Err(Error::argument(what, format!("the label of row {row} is NaN")));
                        }
                        distinct(&values, |a, b| (a + 0.0).total_cmp(&(b + 0.0)))
                    }
                    false => distinct(&tensor.to_vec::<i64>(), i64::cmp),
                };
                Classes { values: tensor.reshape([n])?.take(&at)?.into(), of_rows }
            }
        })
    }

    /// The number of classes.
    pub(super) fn len(&self) -> usize {
        self.values.row_count()
    }

    /// How many rows each class has.
    pub(super) fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.len()];
        self.of_rows.iter().for_each(|&class| counts[class] += 1);
        counts
    }
}

/// Where each distinct value first stands, in sorted order, with the number of each value's class.
fn distinct<T>(values: &[T], compare: impl Fn(&T, &T) -> std::cmp::Ordering) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| compare(&values[a], &values[b]));
    let (mut first, mut class): (Vec<usize>, _) = (Vec::new(), vec![0; values.len()]);
    for at in order {
        if first.last().is_none_or(|&last| compare(&values[last], &values[at]).is_ne()) {
            first.push(at);
        }
        class[at] = first.len() - 1;
    }
    (first, class)
}

/// A label as it is printed: `3` for the float 3.
pub(super) fn names(values: &Data) -> Vec<String> {
    match values {
        Data::Strings(strings) => strings.as_slice().to_vec(),
        Data::Numbers(tensor) if tensor.dtype().is_float() => {
            tensor.to_vec::<f64>().iter().map(|v| format!("{v:?}")).collect()
        }
        Data::Numbers(tensor) => tensor.to_vec::<i64>().iter().map(i64::to_string).collect(),
    }
}

/// Labels as one column of numbers.
pub(super) fn column(what: &str, values: &Tensor) -> Result<Vec<f64>> {
    match values.shape() {
        [_] | [_, 1] => Ok(values.to_vec()),
        _ => Err(Error::argument(what, format!("wants shape (n,) or (n, 1), got {}", values.to_shape()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_sorted_and_counted() -> Result<()> {
        let of = |data: Data| Classes::of("y", &data);
        let words = of(["b", "a", "b", "ä"].into())?;
        assert_eq!(
            (words.values.clone(), words.of_rows.clone()),
            (Data::from(["a", "b", "ä"]), vec![1, 0, 1, 2])
        );
        assert_eq!(words.counts(), [1, 2, 1]);
        let floats = of(Tensor::from([[0.5f32], [-0.0], [0.0]]).into())?;
        assert_eq!((floats.len(), floats.of_rows), (2, vec![1, 0, 0]));
        let long = of(Tensor::from([i64::MAX, i64::MAX - 1]).into())?;
        assert_eq!(names(&long.values), ["9223372036854775806", "9223372036854775807"]);
        Ok(())
    }

    #[test]
    fn what_is_no_label_is_named() {
        let message = |data: Tensor| Classes::of("y", &data.into()).unwrap_err().to_string();
        assert_eq!(message(Tensor::from([0.0, f64::NAN])), "y: the label of row 1 is NaN");
        assert_eq!(
            message(Tensor::from([[0, 1]])),
            "y: wants a label a row, shape (n,) or (n, 1), got (1, 2)"
        );
    }
}
