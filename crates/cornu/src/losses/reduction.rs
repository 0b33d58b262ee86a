//! How the losses of many samples become one number.

use serde_json::Value;

use super::ranks::squeeze_or_expand_to_same_rank;
use crate::DType;
use crate::graph::Var;
use crate::registry::{Argument, words};

/// Keras' reductions of per-sample losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reduction {
    /// The sum divided by the number of values, weighted or not.
    #[default]
    SumOverBatchSize,
    /// The sum.
    Sum,
    /// The same as `SumOverBatchSize`.
    Mean,
    /// The weighted sum divided by the sum of the weights.
    MeanWithSampleWeight,
    /// No reduction.
    None,
}

words! {
    Reduction {
        SumOverBatchSize = "sum_over_batch_size",
        Sum = "sum",
        Mean = "mean",
        MeanWithSampleWeight = "mean_with_sample_weight",
        None = "none",
    }
}

/// Reads a reduction, of which Python's `None` is one too.
pub(super) fn read(value: &Value) -> Result<Reduction, String> {
    if value.is_null() { Ok(Reduction::None) } else { Reduction::from_json(value) }
}

/// Weights and reduces per-sample values, as Keras' `reduce_weighted_values`: the mask becomes part of the
/// weights, values and weights are brought to the same rank, multiplied and reduced.
///
/// ```
/// use cornu::graph::Builder;
/// use cornu::losses::{Reduction, reduce_weighted};
/// use cornu::DType;
/// let b = Builder::new();
/// let values = b.input("values", [None], DType::F32);
/// let weight = b.input("weight", [None, Some(1)], DType::F32);
/// let loss = reduce_weighted(values, Some(weight), None, Reduction::SumOverBatchSize);
/// assert_eq!(loss.rank(), 0);
/// b.check()?;
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn reduce_weighted<'g>(
    values: Var<'g>,
    sample_weight: Option<Var<'g>>,
    mask: Option<Var<'g>>,
    reduction: Reduction,
) -> Var<'g> {
    let Some(weight) = apply_mask(sample_weight, mask, reduction) else {
        return reduce(values, None, reduction);
    };
    let (values, weight) = squeeze_or_expand_to_same_rank(values, weight);
    reduce(values * weight, Some(weight), reduction)
}

fn reduce<'g>(values: Var<'g>, weight: Option<Var<'g>>, reduction: Reduction) -> Var<'g> {
    if values.rank() == 0 {
        return values;
    }
    match (reduction, weight) {
        (Reduction::None, _) => values,
        (Reduction::Sum, _) => values.sum_all(),
        (Reduction::MeanWithSampleWeight, Some(weight)) => divide_no_nan(values.sum_all(), weight.sum_all()),
        _ => values.mean_all(),
    }
}

/// Sample weights with a mask worked in, as Keras' `apply_mask`: where the reduction divides by the number of
/// all values, those that count weigh more, so that their mean comes out.
pub fn apply_mask<'g>(
    sample_weight: Option<Var<'g>>,
    mask: Option<Var<'g>>,
    reduction: Reduction,
) -> Option<Var<'g>> {
    let sample_weight = sample_weight.map(|weight| weight.cast(DType::F32));
    let Some(mask) = mask.map(|mask| mask.cast(DType::F32)) else { return sample_weight };
    let mask = match reduction {
        Reduction::Mean | Reduction::SumOverBatchSize => {
            mask * divide_no_nan(mask.ones_like().sum_all(), mask.sum_all())
        }
        _ => mask,
    };
    Some(match sample_weight {
        Some(weight) => {
            let (mask, weight) = squeeze_or_expand_to_same_rank(mask, weight);
            weight * mask
        }
        None => mask,
    })
}

/// `a / b`, and 0 where `b` is 0, with gradients that are finite there.
fn divide_no_nan<'g>(a: Var<'g>, b: Var<'g>) -> Var<'g> {
    let zero = b.equal(0.0);
    let quotient = a / zero.select(b.ones_like(), b);
    zero.select(quotient.zeros_like(), quotient)
}
