//! `ThresholdUnit`: a neuron that fires or not.

/// A threshold logic unit: it fires where the weighted sum of its inputs is above 0.
///
/// McCulloch and Pitts, "A logical calculus of the ideas immanent in nervous activity" (1943).
///
/// ```
/// use cornu::classic::ThresholdUnit;
/// let majority = ThresholdUnit { weights: vec![1.0, 1.0, 1.0], bias: -1.5 };
/// assert!(majority.fires(&[1.0, 0.0, 1.0]));
/// assert!(!majority.fires(&[0.0, 0.0, 1.0]));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdUnit {
    /// What each input counts.
    pub weights: Vec<f64>,
    /// What is added to the sum: the threshold, negative.
    pub bias: f64,
}

impl ThresholdUnit {
    /// Fires where all inputs are 1.
    pub fn and(inputs: usize) -> Self {
        ThresholdUnit { weights: vec![1.0; inputs], bias: 0.5 - inputs as f64 }
    }

    /// Fires where at least one input is 1.
    pub fn or(inputs: usize) -> Self {
        ThresholdUnit { weights: vec![1.0; inputs], bias: -0.5 }
    }

    /// Fires where its one input is 0.
    pub fn not() -> Self {
        ThresholdUnit { weights: vec![-1.0], bias: 0.5 }
    }

    /// Fires where at least one input is 0: enough to build every other logic of.
    pub fn nand(inputs: usize) -> Self {
        ThresholdUnit { weights: vec![-1.0; inputs], bias: inputs as f64 - 0.5 }
    }

    /// The weighted sum; inputs beyond the weights do not count.
    pub fn sum(&self, inputs: &[f64]) -> f64 {
        self.weights.iter().zip(inputs).map(|(weight, input)| weight * input).sum::<f64>() + self.bias
    }

    /// Whether it fires.
    pub fn fires(&self, inputs: &[f64]) -> bool {
        self.sum(inputs) > 0.0
    }
}

/// Whether one of two inputs is 1 and the other 0, which takes two layers: "one of them, and not both".
///
/// Minsky and Papert, "Perceptrons" (1969), showed that one layer is not enough.
///
/// ```
/// use cornu::classic::xor;
/// assert_eq!([xor(0.0, 0.0), xor(0.0, 1.0), xor(1.0, 0.0), xor(1.0, 1.0)], [false, true, true, false]);
/// ```
pub fn xor(a: f64, b: f64) -> bool {
    let hidden = [ThresholdUnit::or(2), ThresholdUnit::nand(2)].map(|unit| f64::from(unit.fires(&[a, b])));
    ThresholdUnit::and(2).fires(&hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_tables_are_right() {
        let all = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
        let table = |unit: ThresholdUnit| all.map(|inputs| unit.fires(&inputs));
        assert_eq!(table(ThresholdUnit::and(2)), [false, false, false, true]);
        assert_eq!(table(ThresholdUnit::or(2)), [false, true, true, true]);
        assert_eq!(table(ThresholdUnit::nand(2)), [true, true, true, false]);
        assert_eq!([0.0, 1.0].map(|input| ThresholdUnit::not().fires(&[input])), [true, false]);
        assert_eq!(all.map(|[a, b]| xor(a, b)), [false, true, true, false]);
    }
}
