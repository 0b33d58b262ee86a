//! Weights that had other shapes.

use serde_json::Value;

use crate::saving::weights_h5::own_name;
use crate::{Result, Tensor};

/// Convolutions whose kernel comes first among the weights, after its spatial axes the channels.
const CONVOLUTIONS: &[&str] = &[
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Conv2DTranspose",
    "Conv3DTranspose",
    "SeparableConv2D",
    "DepthwiseConv2D",
];

/// A layer's weights as Keras 3 has them, from those in a file of this version and backend.
///
/// # Errors
/// If they are none of such a layer.
pub fn upgrade_weights(
    class: &str,
    config: &Value,
    weights: Vec<Tensor>,
    major: u32,
    backend: Option<&str>,
) -> Result<Vec<Tensor>> {
    let inner = config.get("layer");
    let inner_class = inner.and_then(|layer| layer.get("class_name")?.as_str()).map(own_name);
    if let (Some(layer), Some(inner_class)) = (inner, inner_class) {
        let inner_config = &layer["config"];
        if class == "TimeDistributed" {
            return upgrade_weights(inner_class, inner_config, weights, major, backend);
        }
        if class == "Bidirectional" {
            let mut forward = weights;
            let backward = forward.split_off(forward.len() / 2);
            let mut both = upgrade_weights(inner_class, inner_config, forward, major, backend)?;
            both.extend(upgrade_weights(inner_class, inner_config, backward, major, backend)?);
            return Ok(both);
        }
    }
    let mut weights = weights;
    // tf.keras counted the samples that it had seen.
    if class == "Normalization" && major < 3 {
        weights.truncate(2);
    }
    if major < 2 {
        weights = merge_gates(class, weights);
        if let Some(kernel) = weights.first_mut() {
            turn_kernel(class, config, kernel)?;
        }
    }
    // Theano convolves where the others correlate.
    if backend == Some("theano")
        && CONVOLUTIONS.contains(&class)
        && let Some(kernel) = weights.first_mut()
    {
        *kernel = flipped(kernel)?;
    }
    from_cudnn(class, config, weights)
}

/// Keras 1 had weights of their own for each gate.
fn merge_gates(class: &str, weights: Vec<Tensor>) -> Vec<Tensor> {
    let order: &[usize] = match (class, weights.len()) {
        ("GRU", 9) => &[0, 1, 2],
        // The cell came before the forget gate.
        ("LSTM" | "ConvLSTM2D", 12) => &[0, 2, 1, 3],
        _ => return weights,
    };
    // Input kernel, recurrent kernel, bias.
    let merged = (0..3).map(|kind| {
        let gates: Vec<&Tensor> = order.iter().filter_map(|gate| weights.get(gate * 3 + kind)).collect();
        beside(&gates)
    });
    let merged: Option<Vec<Tensor>> = merged.collect();
    merged.unwrap_or(weights)
}

/// Kernels of Keras 1 lay as its backend wanted them.
fn turn_kernel(class: &str, config: &Value, kernel: &mut Tensor) -> Result<()> {
    let first = config["data_format"] == "channels_first";
    let axes: &[usize] = match (class, kernel.rank()) {
        ("Conv1D", 4) if kernel.shape()[1] == 1 => &[0, 1, 2, 3],
        ("Conv1D", 4) => &[2, 3, 1, 0],
        ("Conv2D", 4) if first => &[2, 3, 1, 0],
        ("Conv2DTranspose", 4) if first => &[2, 3, 0, 1],
        ("Conv2DTranspose", 4) => &[0, 1, 3, 2],
        ("Conv3D", 5) if first => &[2, 3, 4, 1, 0],
        _ => return Ok(()),
    };
    *kernel = transposed(kernel, axes)?;
    if class == "Conv1D" {
        let shape = kernel.shape();
        *kernel = kernel.reshape([shape[0], shape[2], shape[3]])?;
    }
    Ok(())
}

/// cuDNN's layers had each gate's kernels turned, with a bias for each.
fn from_cudnn(class: &str, config: &Value, weights: Vec<Tensor>) -> Result<Vec<Tensor>> {
    let [kernel, recurrent, bias] = weights.as_slice() else { return Ok(weights) };
    let units = recurrent.shape().first().copied().unwrap_or(0);
    let gates = match class {
        "LSTM" if bias.shape() == [8 * units] => 4,
        "GRU" if bias.shape() == [6 * units] && config["reset_after"] == true => 3,
        _ => return Ok(weights),
    };
    let bias = match class {
        "LSTM" => {
            let values = bias.to_vec::<f32>();
            let (input, recurrent) = values.split_at(4 * units);
            let sums: Vec<f32> = input.iter().zip(recurrent).map(|(a, b)| a + b).collect();
            Tensor::new(sums, [4 * units])?
        }
        _ => bias.reshape([2, 3 * units])?,
    };
    // A gate's kernel, of `rows` by units, lay as units by `rows`; what is read column by column gives it back.
    let turned = |kernel: &Tensor| -> Result<Tensor> {
        let rows = kernel.shape().first().copied().unwrap_or(0);
        rearranged(kernel, &[rows, gates * units], |at| {
            let (gate, column) = (at[1] / units, at[1] % units);
            // The gate's values in row-major order, as its own kernel of `rows` by `units` has them.
            let flat = column * rows + at[0];
            (flat / units) * gates * units + gate * units + flat % units
        })
    };
    Ok(vec![turned(kernel)?, turned(recurrent)?, bias])
}

/// Tensors next to each other along the last axis.
fn beside(tensors: &[&Tensor]) -> Option<Tensor> {
    let first = tensors.first()?;
    let (last, leading) = first.shape().split_last()?;
    if tensors.iter().any(|tensor| tensor.shape() != first.shape()) {
        return None;
    }
    let values: Vec<Vec<f32>> = tensors.iter().map(|tensor| tensor.to_vec::<f32>()).collect();
    let rows: usize = leading.iter().product();
    let row =
        |at: usize| values.iter().flat_map(move |values| values[at * last..(at + 1) * last].iter().copied());
    let joined: Vec<f32> = (0..rows).flat_map(row).collect();
    Tensor::new(joined, [leading, &[last * tensors.len()]].concat()).ok()
}

fn transposed(x: &Tensor, axes: &[usize]) -> Result<Tensor> {
    let strides = strides(x.shape());
    let shape: Vec<usize> = axes.iter().map(|axis| x.shape()[*axis]).collect();
    rearranged(x, &shape, |at| at.iter().zip(axes).map(|(at, axis)| at * strides[*axis]).sum())
}

/// A kernel with all axes but the last two reversed.
fn flipped(kernel: &Tensor) -> Result<Tensor> {
    let (shape, strides) = (kernel.shape().to_vec(), strides(kernel.shape()));
    let spatial = shape.len().saturating_sub(2);
    rearranged(kernel, &shape, |at| {
        let place = |(axis, at): (usize, &usize)| if axis < spatial { shape[axis] - 1 - at } else { *at };
        at.iter().enumerate().map(place).zip(&strides).map(|(at, stride)| at * stride).sum()
    })
}

fn strides(shape: &[usize]) -> Vec<usize> {
    (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect()
}

/// A tensor of this shape whose values `from` takes from those of `x`.
fn rearranged(x: &Tensor, shape: &[usize], from: impl Fn(&[usize]) -> usize) -> Result<Tensor> {
    let values = x.to_vec::<f32>();
    let strides = strides(shape);
    let count: usize = shape.iter().product();
    let mut at = vec![0; shape.len()];
    let moved: Vec<f32> = (0..count)
        .map(|flat| {
            for (axis, at) in at.iter_mut().enumerate() {
                *at = flat / strides[axis] % shape[axis];
            }
            values.get(from(&at)).copied().unwrap_or_default()
        })
        .collect();
    Ok(Tensor::new(moved, shape)?)
}
