//! Gradients held against central differences.

use std::collections::HashMap;

use super::evaluate;
use crate::error::Result;
use crate::grad::gradients;
use crate::graph::{Builder, Var};
use crate::{DType, Tensor};

/// How far the gradients of a loss, a single float, are from its central differences: the largest relative
/// error over all elements of all float inputs. Right formulas stay below `1e-5`.
///
/// Elements below a hundredth of their tensor's largest gradient (or `1e-3`) are measured against that
/// instead of themselves. The inputs must keep away from kinks, such as 0 for `relu`.
///
/// ```
/// use cornu_engine::{Tensor, reference::gradient_error};
/// let error = gradient_error(&[Tensor::from([0.3, -0.7])], |x| x[0].tanh().sum_all())?;
/// assert!(error < 1e-5);
/// # Ok::<(), cornu_engine::Error>(())
/// ```
///
/// # Errors
/// If the loss cannot be built, differentiated or computed.
pub fn gradient_error(inputs: &[Tensor], loss: impl for<'g> Fn(&[Var<'g>]) -> Var<'g>) -> Result<f64> {
    let name = |at: usize| format!("x{at}");
    let builder = Builder::new();
    let vars: Vec<Var<'_>> =
        (0..inputs.len()).map(|at| builder.input(name(at), inputs[at].shape(), inputs[at].dtype())).collect();
    let loss = loss(&vars);
    builder.output("loss", loss);
    let floats: Vec<usize> = (0..inputs.len()).filter(|at| inputs[*at].dtype().is_float()).collect();
    let wrt: Vec<Var<'_>> = floats.iter().map(|at| vars[*at]).collect();
    let gradients = gradients(loss, &wrt)?;
    for (at, gradient) in floats.iter().zip(gradients) {
        builder.output(name(*at), gradient);
    }
    let whole = builder.finish()?;
    let mut forward = whole.clone();
    forward.outputs.retain(|(name, _)| name == "loss");

    // In double precision throughout, or a step would drown in the inputs' rounding.
    let mut feeds: HashMap<String, Tensor> = inputs
        .iter()
        .enumerate()
        .map(|(at, input)| {
            let exact = if input.dtype().is_float() { input.cast(DType::F64) } else { input.clone() };
            (name(at), exact)
        })
        .collect();
    let none = HashMap::new();
    let analytic = evaluate(&whole, &feeds, &none)?.outputs;
    let mut worst = 0.0f64;
    for at in floats {
        let values = inputs[at].to_vec::<f64>();
        let mut numeric = Vec::with_capacity(values.len());
        for element in 0..values.len() {
            let step = 1e-5 * values[element].abs().max(1.0);
            let mut loss_at = |value: f64| -> Result<f64> {
                let mut moved = values.clone();
                moved[element] = value;
                feeds.insert(name(at), Tensor::new(moved, inputs[at].shape())?);
                Ok(evaluate(&forward, &feeds, &none)?.outputs["loss"].data[0])
            };
            let (above, below) = (values[element] + step, values[element] - step);
            numeric.push((loss_at(above)? - loss_at(below)?) / (above - below));
        }
        feeds.insert(name(at), Tensor::new(values, inputs[at].shape())?);
        worst = worst.max(relative_error(&analytic[&name(at)].data, &numeric));
    }
    Ok(worst)
}

fn relative_error(analytic: &[f64], numeric: &[f64]) -> f64 {
    let largest = analytic.iter().chain(numeric).fold(0.0f64, |largest, v| largest.max(v.abs()));
    let errors = analytic.iter().zip(numeric).map(|(a, n)| {
        let scale = a.abs().max(n.abs()).max(0.01 * largest).max(1e-3);
        // NaN is as wrong as can be, though `max` would drop it.
        Some((a - n).abs() / scale).filter(|error| !error.is_nan()).unwrap_or(f64::INFINITY)
    });
    errors.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_gradient_is_caught() -> Result<()> {
        // `stop_gradient` makes the gradient of x² come out as x rather than 2x.
        let wrong = gradient_error(&[Tensor::from([1.5, 2.0])], |x| (x[0] * x[0].stop_gradient()).sum_all())?;
        assert!((wrong - 0.5).abs() < 1e-6, "{wrong}");
        assert_eq!(relative_error(&[f64::NAN], &[1.0]), f64::INFINITY);
        Ok(())
    }
}
