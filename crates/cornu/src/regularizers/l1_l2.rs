//! `L1L2`: the sums of magnitudes and of squares together.

use super::{Regularizer, check_factor};
use crate::graph::Var;
use crate::registry::Fields;

/// `l1 * sum(|w|) + l2 * sum(w²)`, both factors 0 unless set.
///
/// Source: <https://keras.io/api/layers/regularizers/#l1l2-class>.
///
/// ```
/// use cornu::{Tensor, regularizers::{L1L2, Regularizer}};
/// let penalty = L1L2::new().l1(0.5).l2(0.25).evaluate(&Tensor::from([2.0f32, -4.0]))?;
/// assert_eq!(penalty, Tensor::scalar(8.0f32));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct L1L2 {
    l1: f64,
    l2: f64,
}

impl L1L2 {
    /// A penalty whose factors are 0.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The factor of the sum of magnitudes (default 0).
        l1: f64;
        /// The factor of the sum of squares (default 0).
        l2: f64;
    }
}

impl Regularizer for L1L2 {
    fn call<'g>(&self, weight: Var<'g>) -> Var<'g> {
        let l1 = || weight.abs().sum_all() * self.l1;
        let l2 = || weight.square().sum_all() * self.l2;
        match (self.l1 != 0.0, self.l2 != 0.0) {
            (true, true) => l1() + l2(),
            (true, false) => l1(),
            (false, true) => l2(),
            (false, false) => weight.constant(0.0),
        }
    }

    fn check_arguments(&self) -> Result<(), String> {
        check_factor("l1", self.l1)?;
        check_factor("l2", self.l2)
    }
}
