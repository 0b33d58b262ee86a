//! `Perceptron`: a neuron that learns from its mistakes.

use super::ThresholdUnit;
use crate::preprocessing::{Estimator, LabelEncoder};
use crate::utils::{RandomState, next_seed};
use crate::{Data, Error, Result, Tensor};

/// Rosenblatt's rule: a sample on the wrong side of the line moves the line towards it. Of several classes each has a
/// neuron of its own, against all others.
///
/// Arguments and results are scikit-learn's, the order of mixed samples aside; `shuffle(false)` gives its very weights.
/// F. Rosenblatt, "The perceptron" (1958);
/// <https://scikit-learn.org/stable/modules/generated/sklearn.linear_model.Perceptron.html>.
///
/// ```
/// use cornu::classic::Perceptron;
/// use cornu::preprocessing::Estimator;
/// let (x, y) = cornu::datasets::iris::load_all()?;
/// let mut perceptron = Perceptron::new().random_state(1);
/// perceptron.fit(&x, &y)?;
/// assert!(perceptron.score(&x, &y)? > 0.7);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Perceptron {
    eta0: f64,
    max_iter: usize,
    tol: Option<f64>,
    n_iter_no_change: usize,
    fit_intercept: bool,
    shuffle: bool,
    random_state: Option<u32>,
    encoder: LabelEncoder,
    units: Vec<ThresholdUnit>,
    n_iter: usize,
}

impl Default for Perceptron {
    fn default() -> Self {
        Perceptron {
            eta0: 1.0,
            max_iter: 1000,
            tol: Some(1e-3),
            n_iter_no_change: 5,
            fit_intercept: true,
            shuffle: true,
            random_state: Some(0),
            encoder: LabelEncoder::new(),
            units: Vec::new(),
            n_iter: 0,
        }
    }
}

impl Perceptron {
    /// Scikit-learn's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// How far a mistake moves the line; 1 by default.
        eta0: f64;
        /// How often it goes through all samples at most; 1000 by default.
        max_iter: usize;
        /// How much better the mean of the losses must become for training to go on; 0.001 by default.
        tol: into Option<f64>;
        /// Passes without such an improvement after which it stops; 5 by default.
        n_iter_no_change: usize;
        /// Whether the line may lie beside the origin.
        fit_intercept: bool;
        /// Whether samples are mixed before each pass.
        shuffle: bool;
        /// The seed of the mixing; 0 by default.
        random_state: into Option<u32>;
    }

    /// The neurons: one for the second of two classes, or one a class.
    pub fn units(&self) -> &[ThresholdUnit] {
        &self.units
    }

    /// How many passes the slowest neuron took.
    pub fn n_iter(&self) -> usize {
        self.n_iter
    }

    /// The weighted sums of each sample: `(n,)` of two classes, else `(n, classes)`.
    ///
    /// # Errors
    /// If it is not fitted, or samples have another number of features.
    pub fn decision_function(&self, x: &Tensor) -> Result<Tensor> {
        let width = self.units.first().map(|unit| unit.weights.len());
        let width = width.ok_or_else(|| Error::model("Perceptron: call `fit` before it is used"))?;
        let rows = samples(x, Some(width))?;
        let sums = rows.iter().flat_map(|row| self.units.iter().map(|unit| unit.sum(row)));
        let sums: Vec<f64> = sums.collect();
        let shape = if self.units.len() == 1 { vec![rows.len()] } else { vec![rows.len(), self.units.len()] };
        Ok(Tensor::new(sums, shape)?)
    }

    /// Learns where each sample lies: 1 or -1. How many passes it took comes back.
    fn learn(&self, rows: &[Vec<f64>], sides: &[f64]) -> (ThresholdUnit, usize) {
        let mut unit = ThresholdUnit { weights: vec![0.0; rows.first().map_or(0, Vec::len)], bias: 0.0 };
        let mut generator = RandomState::new(self.random_state.unwrap_or_else(|| next_seed() as u32));
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let (mut best, mut stale) = (f64::INFINITY, 0);
        for pass in 1..=self.max_iter {
            if self.shuffle {
                generator.shuffle(&mut order);
            }
            let mut loss = 0.0;
            for &at in &order {
                let (row, side) = (&rows[at], sides[at]);
                let margin = unit.sum(row) * side;
                loss += (-margin).max(0.0);
                if margin <= 0.0 {
                    let step = self.eta0 * side;
                    unit.weights.iter_mut().zip(row).for_each(|(weight, value)| *weight += step * value);
                    if self.fit_intercept {
                        unit.bias += step;
                    }
                }
            }
            let better = self.tol.is_none_or(|tol| loss <= best - tol * rows.len() as f64);
            stale = if better { 0 } else { stale + 1 };
            best = best.min(loss);
            if stale >= self.n_iter_no_change {
                return (unit, pass);
            }
        }
        (unit, self.max_iter)
    }
}

/// The rows of a table of numbers.
fn samples(x: &Tensor, width: Option<usize>) -> Result<Vec<Vec<f64>>> {
    if x.rank() != 2 || x.row_len() == 0 || width.is_some_and(|width| width != x.row_len()) {
        let wanted = width.map_or("features".into(), |width| width.to_string());
        return Err(Error::data(format!(
            "Perceptron: wants samples of shape (n, {wanted}), got {}",
            x.to_shape()
        )));
    }
    Ok(x.to_vec::<f64>().chunks(x.row_len()).map(<[f64]>::to_vec).collect())
}

impl Estimator<Tensor> for Perceptron {
    fn fit(&mut self, x: &Tensor, y: &Tensor) -> Result<()> {
        let rows = samples(x, None)?;
        let classes = self.encoder.fit_transform(y)?.to_vec::<i64>();
        if classes.len() != rows.len() {
            return Err(Error::data(format!(
                "Perceptron: {} samples have {} targets",
                rows.len(),
                classes.len()
            )));
        }
        let count = self.encoder.classes()?.len();
        if count < 2 {
            return Err(Error::data("Perceptron: wants targets of at least two classes"));
        }
        let positive = if count == 2 { 1..2 } else { 0..count as i64 };
        let learned: Vec<(ThresholdUnit, usize)> = positive
            .map(|class| {
                let sides: Vec<f64> =
                    classes.iter().map(|&of| if of == class { 1.0 } else { -1.0 }).collect();
                self.learn(&rows, &sides)
            })
            .collect();
        self.n_iter = learned.iter().map(|(_, passes)| *passes).max().unwrap_or(0);
        self.units = learned.into_iter().map(|(unit, _)| unit).collect();
        Ok(())
    }

    fn predict(&mut self, x: &Tensor) -> Result<Tensor> {
        let sums = self.decision_function(x)?.to_vec::<f64>();
        let class = |sums: &[f64]| match sums {
            [only] => i64::from(*only > 0.0),
            _ => crate::preprocessing::argmax(sums) as i64,
        };
        let classes: Vec<i64> = sums.chunks(self.units.len().max(1)).map(class).collect();
        match self.encoder.inverse_transform(&Tensor::from(classes))? {
            Data::Numbers(labels) => Ok(labels),
            Data::Strings(_) => Err(Error::model("Perceptron: its classes are no numbers")),
        }
    }

    fn is_classifier(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Perceptron(shuffle=False, **arguments).fit(x, y)` of scikit-learn 1.9.1 on all flowers in the order of
    /// `np.random.RandomState(0).permutation(150)`.
    #[test]
    fn weights_are_scikit_learns() -> Result<()> {
        let (x, y) = crate::datasets::iris::load_all()?;
        let order = RandomState::new(0).permutation(150);
        // In the digits of the file, of which the crate's floats are the nearest.
        let tenths = x.to_vec::<f64>().iter().map(|value| (value * 10.0).round() / 10.0).collect::<Vec<_>>();
        let (x, y) = (Tensor::new(tenths, [150, 4])?.take(&order)?, y.take(&order)?);
        let plain = Perceptron::new().shuffle(false);
        let cases = [
            (
                plain.clone(),
                [[1.6, 5.5, -10.2, -5.6], [11.8, -37.4, 11.1, -23.5], [-34.9, -29.0, 53.2, 50.6]],
                [1.0, 16.0, -21.0],
                15,
            ),
            (
                plain.max_iter(7),
                [[1.6, 5.5, -10.2, -5.6], [4.2, -27.1, 4.9, -18.3], [-23.9, -23.4, 40.1, 32.8]],
                [1.0, 10.0, -13.0],
                7,
            ),
        ];
        for (mut perceptron, weights, biases, passes) in cases {
            perceptron.fit(&x, &y)?;
            assert_eq!(perceptron.n_iter(), passes);
            for ((unit, weights), bias) in perceptron.units().iter().zip(weights).zip(biases) {
                assert!((unit.bias - bias).abs() < 1e-9, "{unit:?}");
                assert!(
                    unit.weights.iter().zip(weights).all(|(got, want)| (got - want).abs() < 1e-9),
                    "{unit:?}"
                );
            }
        }
        Ok(())
    }

    #[test]
    fn what_it_cannot_learn_from_is_said() {
        let mut perceptron = Perceptron::new();
        let mut message = |x: Tensor, y: Tensor| perceptron.fit(&x, &y).unwrap_err().to_string();
        let x = || Tensor::from([[1.0], [2.0]]);
        assert_eq!(message(x(), Tensor::from([0i64])), "Perceptron: 2 samples have 1 targets");
        assert_eq!(
            message(x(), Tensor::from([1i64, 1])),
            "Perceptron: wants targets of at least two classes"
        );
        assert_eq!(
            message(Tensor::from([1.0, 2.0]), Tensor::from([0i64, 1])),
            "Perceptron: wants samples of shape (n, features), got (2,)"
        );
        assert!(Perceptron::new().predict(&x()).is_err());
    }
}
