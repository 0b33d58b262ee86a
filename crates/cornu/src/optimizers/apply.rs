//! What every optimizer does around its own step.

use super::{Base, DynamicScale, Optimizer, Slot, Step, Target};
use crate::constraints::Constraint;
use crate::graph::Var;
use crate::{DType, Shape};

/// A trainable weight in a step's graph.
#[derive(Debug, Clone, Copy)]
pub struct Weighted<'a, 'g> {
    /// The weight's path, such as `dense/kernel`: the name of its variable.
    pub path: &'a str,
    /// The weight at the beginning of the step.
    pub weight: Var<'g>,
    /// The gradient of the loss with respect to it.
    pub gradient: Var<'g>,
    /// The projection it is subjected to at the end of the step.
    pub constraint: Option<&'a dyn Constraint>,
}

/// Appends one step of an optimizer to a graph: the new values of all weights and of all slots become
/// updates of their variables.
///
/// In Keras' order: gradients are divided by the loss scale, accumulated, clipped; weights decay, take the
/// optimizer's step, enter their moving average, are overwritten by it when that is due, and are constrained.
/// While gradients accumulate, weights and slots stay; average and constraint do their work at each step. A loss scale
/// that adapts comes first, and where a gradient is not finite then, all stays.
///
/// ```
/// use cornu::graph::Builder;
/// use cornu::optimizers::{Adam, Step, Weighted, apply};
/// use cornu::DType;
/// let b = Builder::new();
/// let weight = b.state("dense/kernel", [3, 4], DType::F32);
/// let gradient = b.input("gradient", [3, 4], DType::F32);
/// let cx = Step {
///     learning_rate: b.input("learning_rate", [0usize; 0], DType::F32),
///     iteration: b.input("iteration", [0usize; 0], DType::I64),
/// };
/// let weights = [Weighted { path: "dense/kernel", weight, gradient, constraint: None }];
/// apply(&Adam::default(), &cx, &weights);
/// let graph = b.finish()?;
/// let updated: Vec<&str> = graph.updates().iter().map(|(name, _)| name.as_str()).collect();
/// assert_eq!(
///     updated,
///     ["optimizer/momentum/dense/kernel", "optimizer/velocity/dense/kernel", "dense/kernel"]
/// );
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn apply<'g>(optimizer: &dyn Optimizer, cx: &Step<'g>, weights: &[Weighted<'_, 'g>]) {
    let builder = cx.iteration.builder();
    let base = optimizer.base();

    let mut gradients: Vec<Var<'g>> = weights.iter().map(|weight| weight.gradient).collect();
    let finite = optimizer.dynamic_scale().and_then(|scale| scale.unscale(cx, &mut gradients));
    // All that a step left out leaves as it was goes through here.
    let update = |name: &str, new: Var<'g>, old: Var<'g>| {
        builder.update(name, finite.map_or(new, |finite| finite.select(new, old)));
    };
    let slot = |slot: &Slot, of: &Weighted<'_, 'g>| {
        let shape = slot.shape.as_deref().map_or_else(|| of.weight.shape(), Shape::known);
        let name = slot.variable(of.path);
        (builder.state(name.clone(), shape, of.weight.dtype()), name)
    };

    if let Some(factor) = base.loss_scale_factor {
        gradients.iter_mut().for_each(|gradient| *gradient = *gradient / factor);
    }
    let accumulation = Accumulation::of(base, cx);
    let due = accumulation.as_ref().map(|accumulation| accumulation.due);
    if let Some(Accumulation { steps, due, .. }) = accumulation {
        for (gradient, weight) in gradients.iter_mut().zip(weights) {
            let (accumulator, name) = slot(&Slot::new(ACCUMULATOR), weight);
            let sum = *gradient + accumulator;
            update(&name, due.select(sum.zeros_like(), sum), accumulator);
            *gradient = sum / steps;
        }
    }
    clip(base, &mut gradients);

    let cx = Step { iteration: accumulation.map_or(cx.iteration, |it| it.updates), ..*cx };
    let average = Average::of(base, &cx);
    let when_due = |new: Var<'g>, old: Var<'g>| due.map_or(new, |due| due.select(new, old));
    for (at, (weight, gradient)) in weights.iter().zip(gradients).enumerate() {
        let shape = weight.weight.shape().to_known().unwrap_or_default();
        let target = Target { path: weight.path, shape: &shape };
        let decay = optimizer.weight_decay(&target).map(|rate| weight.weight * rate * cx.learning_rate);
        let decayed = decay.map_or(weight.weight, |decay| weight.weight - decay);
        let kept: Vec<Slot> = optimizer.slots(&target).into_iter().filter(Slot::is_kept).collect();
        let (slots, names): (Vec<Var<'g>>, Vec<String>) = kept.iter().map(|kept| slot(kept, weight)).unzip();
        let stepped = optimizer.step(&cx, decayed, gradient, &slots);
        for (((new, old), name), kept) in stepped.slots.into_iter().zip(slots).zip(names).zip(kept) {
            // What all weights share each of them computes, and all get the same.
            if at == 0 || !kept.shared {
                update(&name, when_due(new, old), old);
            }
        }
        let mut value = when_due(stepped.weight, weight.weight);
        if let Some(average) = &average {
            let (old, name) = slot(&Slot::new(AVERAGE), weight);
            let new = average.momentum * old + (1.0 - average.momentum) * value;
            update(&name, new, old);
            value = average.overwrites.map_or(value, |overwrites| overwrites.select(new, value));
        }
        value = weight.constraint.map_or(value, |constraint| constraint.call(value));
        update(weight.path, value, weight.weight);
    }
}

/// The slot of the moving average of a weight.
pub(super) const AVERAGE: &str = "average";
/// The slot of the sum of gradients that have not been applied.
pub(super) const ACCUMULATOR: &str = "gradient_accumulator";

/// Multiplies the loss by the optimizer's loss scale, if it has one; gradients of the result are what [`apply`] wants.
pub fn scale_loss<'g>(optimizer: &dyn Optimizer, loss: Var<'g>) -> Var<'g> {
    match (optimizer.dynamic_scale(), optimizer.base().loss_scale_factor) {
        (Some(_), _) => DynamicScale::scale(loss),
        (None, Some(factor)) => loss * factor,
        (None, None) => loss,
    }
}

/// Gradients that are summed over some steps before they are applied.
struct Accumulation<'g> {
    steps: f64,
    /// Whether this is the step on which they are.
    due: Var<'g>,
    /// How often they will have been when the step on which they next are is over.
    updates: Var<'g>,
}

impl<'g> Accumulation<'g> {
    fn of(base: &Base, cx: &Step<'g>) -> Option<Self> {
        let steps = base.gradient_accumulation_steps.filter(|steps| *steps > 0)? as f64;
        // Double precision counts exactly up to 2^53.
        let updates = (cx.iteration.cast(DType::F64) / steps).ceil().cast(DType::I64);
        Some(Accumulation { steps, due: is_multiple(cx.iteration, steps), updates })
    }
}

/// The moving average of the weights.
struct Average<'g> {
    /// The weight of the old average: 0 on the first update, which the average begins with.
    momentum: Var<'g>,
    /// Whether it takes the place of the weights at this step.
    overwrites: Option<Var<'g>>,
}

impl<'g> Average<'g> {
    fn of(base: &Base, cx: &Step<'g>) -> Option<Self> {
        let frequency = base.ema_overwrite_frequency.filter(|frequency| *frequency > 0);
        base.use_ema.then(|| Average {
            momentum: cx.iteration.not_equal(1.0).cast(DType::F32) * base.ema_momentum,
            overwrites: frequency.map(|frequency| is_multiple(cx.iteration, frequency as f64)),
        })
    }
}

fn is_multiple(count: Var<'_>, of: f64) -> Var<'_> {
    let count = count.cast(DType::F64);
    ((count / of).floor() * of).equal(count)
}

/// Limits gradients; a limit of 0 is none, as in Keras.
fn clip(base: &Base, gradients: &mut [Var<'_>]) {
    let limit = |limit: Option<f64>| limit.filter(|limit| *limit > 0.0);
    if let Some(limit) = limit(base.clipnorm) {
        for gradient in gradients {
            let norm = gradient.square().sum_all().sqrt();
            *gradient = *gradient * limit / norm.maximum(limit);
        }
    } else if let Some(limit) = limit(base.global_clipnorm) {
        let squares = gradients.iter().map(|gradient| gradient.square().sum_all());
        let Some(norm) = squares.reduce(|a, b| a + b).map(Var::sqrt) else { return };
        // `norm - norm` is 0, or NaN where the norm is not finite: then everything shall be.
        #[allow(clippy::eq_op)]
        let poison = norm - norm;
        let scale = (1.0 / norm).minimum(1.0 / limit) * limit + poison;
        gradients.iter_mut().for_each(|gradient| *gradient = *gradient * scale);
    } else if let Some(limit) = limit(base.clipvalue) {
        gradients.iter_mut().for_each(|gradient| *gradient = gradient.clip(-limit, limit));
    }
}
