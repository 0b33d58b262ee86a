//! Well-known datasets made ready for training, in the same way wherever they are named.

use clap::ValueEnum;
use cornu::datasets::{self, Data};
use cornu::{DType, Tensor};

use crate::failure::Result;

/// The datasets by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Dataset {
    Digits,
    Iris,
    Mnist,
    FashionMnist,
    Cifar10,
    Cifar100,
    CaliforniaHousing,
    BostonHousing,
    Imdb,
    Reuters,
}

/// The halves of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Train,
    Test,
}

/// Words that texts are made of; the others count as one.
pub(crate) const WORDS: usize = 10_000;

/// A dollar is too small a unit for an error to be squared in.
const PRICE_UNIT: f64 = 100_000.0;

/// How inputs become numbers around 1.
enum Scale {
    /// Nothing to do.
    Keep,
    /// Through the largest value there can be.
    Divide(f64),
    /// Mean 0 and deviation 1 in each column of the training part.
    Standardise(Vec<Column>),
}

/// A column's statistics.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    mean: f64,
    deviation: f64,
}

/// A dataset that is read, with how to scale it.
pub(crate) struct Prepared {
    data: Data,
    x_scale: Scale,
    y_scale: Scale,
}

impl Dataset {
    /// Reads the dataset.
    pub(crate) fn prepare(self) -> Result<Prepared> {
        let data = self.load()?;
        let x_scale = match self {
            Dataset::Digits => Scale::Divide(16.0),
            Dataset::Mnist | Dataset::FashionMnist | Dataset::Cifar10 | Dataset::Cifar100 => {
                Scale::Divide(255.0)
            }
            Dataset::Iris | Dataset::CaliforniaHousing | Dataset::BostonHousing => {
                Scale::Standardise(columns(&data.0.0))
            }
            Dataset::Imdb | Dataset::Reuters => Scale::Keep,
        };
        let y_scale =
            if self == Dataset::CaliforniaHousing { Scale::Divide(PRICE_UNIT) } else { Scale::Keep };
        Ok(Prepared { data, x_scale, y_scale })
    }

    fn load(self) -> cornu::Result<Data> {
        let words = WORDS as i32;
        let ((x_train, y_train), (x_test, y_test)) = match self {
            Dataset::Imdb => datasets::Imdb::new().num_words(words).load_data()?,
            Dataset::Reuters => datasets::Reuters::new().num_words(words).load_data()?,
            _ => return datasets::load(&self.name()),
        };
        Ok(((multi_hot(&x_train)?, y_train), (multi_hot(&x_test)?, y_test)))
    }

    /// The name the user gives.
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

impl Prepared {
    /// Scaled samples and their targets.
    pub(crate) fn part(&self, part: Part) -> Result<(Tensor, Tensor)> {
        let (x, y) = match part {
            Part::Train => &self.data.0,
            Part::Test => &self.data.1,
        };
        Ok((self.x_scale.apply(x)?, self.y_scale.apply(y)?))
    }
}

impl Scale {
    fn apply(&self, tensor: &Tensor) -> cornu::Result<Tensor> {
        let mut scaled = tensor.cast(DType::F32);
        let values = match self {
            Scale::Keep => return Ok(tensor.clone()),
            Scale::Divide(_) | Scale::Standardise(_) => scaled.as_mut_slice::<f32>()?,
        };
        match self {
            Scale::Keep => {}
            Scale::Divide(largest) => values.iter_mut().for_each(|value| *value /= *largest as f32),
            Scale::Standardise(columns) => {
                for (value, column) in values.iter_mut().zip(columns.iter().cycle()) {
                    *value = ((f64::from(*value) - column.mean) / column.deviation) as f32;
                }
            }
        }
        Ok(scaled)
    }
}

/// Each column's mean and deviation; a constant column is only shifted.
fn columns(x: &Tensor) -> Vec<Column> {
    let values = x.to_vec::<f64>();
    let width = x.row_len().max(1);
    let rows = x.row_count().max(1) as f64;
    let of = |column: usize| values.iter().skip(column).step_by(width);
    (0..width)
        .map(|column| {
            let mean = of(column).sum::<f64>() / rows;
            let variance = of(column).map(|value| (value - mean).powi(2)).sum::<f64>() / rows;
            Column { mean, deviation: if variance > 0.0 { variance.sqrt() } else { 1.0 } }
        })
        .collect()
}

/// Which words each text holds: a row of zeros and ones a text, in bytes, for there are many.
fn multi_hot(texts: &[Vec<i32>]) -> cornu::Result<Tensor> {
    let mut rows = vec![0u8; texts.len() * WORDS];
    for (text, row) in texts.iter().zip(rows.chunks_exact_mut(WORDS)) {
        for word in text {
            if let Some(held) = usize::try_from(*word).ok().and_then(|word| row.get_mut(word)) {
                *held = 1;
            }
        }
    }
    Ok(Tensor::new(rows, [texts.len(), WORDS])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_standardised_by_the_training_part() {
        let train = Tensor::from([[1.0f32, 5.0], [3.0, 5.0]]);
        let scale = Scale::Standardise(columns(&train));
        assert_eq!(scale.apply(&train).unwrap(), Tensor::from([[-1.0f32, 0.0], [1.0, 0.0]]));
        assert_eq!(scale.apply(&Tensor::from([[5.0f32, 6.0]])).unwrap(), Tensor::from([[3.0f32, 1.0]]));
    }

    #[test]
    fn texts_become_rows_of_the_words_they_hold() {
        let rows = multi_hot(&[vec![1, 3, 3], vec![], vec![-1, 9999, 10_000]]).unwrap();
        assert_eq!(rows.shape(), [3, WORDS]);
        let held = |row: usize| {
            let row = rows.rows(row..row + 1).unwrap().to_vec::<u8>();
            row.iter().enumerate().filter(|(_, held)| **held == 1).map(|(word, _)| word).collect::<Vec<_>>()
        };
        assert_eq!([held(0), held(1), held(2)], [vec![1, 3], vec![], vec![9999]]);
    }

    #[test]
    fn pixels_lie_between_0_and_1() {
        let (x, y) = Dataset::Digits.prepare().unwrap().part(Part::Test).unwrap();
        let (x, y) = (x.to_vec::<f64>(), y.to_vec::<i64>());
        assert_eq!(x.iter().copied().fold(f64::NAN, f64::max), 1.0);
        assert_eq!(x.iter().copied().fold(f64::NAN, f64::min), 0.0);
        assert_eq!(y.iter().max(), Some(&9));
    }

    #[test]
    fn every_tensor_dataset_of_cornu_has_its_name_here() {
        let here: Vec<String> = Dataset::value_variants().iter().map(|dataset| dataset.name()).collect();
        assert!(datasets::names().all(|name| here.iter().any(|known| known == name)), "{here:?}");
    }
}
