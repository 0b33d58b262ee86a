//! Sums of products over named axes, of two values: `abc,cd->abd`.

use crate::Dim;
use crate::graph::Var;

/// The product of `x` and `y`, whose axes have the names `x_axes` and `y_axes`, with the axes `out`: those that are not
/// in `out` are summed over. No name comes twice in a value, and each of `out` is in `x` or `y`.
pub(super) fn einsum<'g>(x: Var<'g>, x_axes: &[char], y: Var<'g>, y_axes: &[char], out: &[char]) -> Var<'g> {
    let both = |wanted: bool| -> Vec<char> {
        x_axes.iter().copied().filter(|axis| y_axes.contains(axis) && out.contains(axis) == wanted).collect()
    };
    let (shared, summed) = (both(true), both(false));
    let (x, x_free, x_dims) = as_matrices(x, x_axes, y_axes, out, &shared, &summed);
    let (y, y_free, y_dims) = as_matrices(y, y_axes, x_axes, out, &shared, &summed);
    // With nothing shared the right side is one matrix, or `x`'s rows would be one batch of a single product each.
    let product = x.matmul_with(false, y, true);
    let lead = x_dims.lead.iter().zip(&y_dims.lead).map(|(a, b)| a.or(*b));
    let dims: Vec<Dim> = lead.chain(x_dims.free).chain(y_dims.free).collect();
    let names: Vec<char> = shared.into_iter().chain(x_free).chain(y_free).collect();
    let order: Vec<usize> =
        out.iter().filter_map(|axis| names.iter().position(|name| name == axis)).collect();
    product.reshape(dims).transpose(&order)
}

/// The dimensions of the axes both values keep, and of those one has alone.
struct Kept {
    lead: Vec<Dim>,
    free: Vec<Dim>,
}

/// The value as matrices (shared, free, summed), with the names and dimensions of its free axes; axes that are
/// neither in the other value nor in the result are summed over before.
fn as_matrices<'g>(
    x: Var<'g>,
    axes: &[char],
    other: &[char],
    out: &[char],
    shared: &[char],
    summed: &[char],
) -> (Var<'g>, Vec<char>, Kept) {
    let alone = |axis: &char| !other.contains(axis);
    let lost: Vec<isize> = (0..axes.len())
        .filter(|at| alone(&axes[*at]) && !out.contains(&axes[*at]))
        .map(|at| at as isize)
        .collect();
    let x = x.sum(&lost, false);
    let axes: Vec<char> = axes.iter().copied().filter(|axis| !alone(axis) || out.contains(axis)).collect();
    let free: Vec<char> = axes.iter().copied().filter(alone).collect();
    let shape = x.shape();
    let place = |axis: &char| axes.iter().position(|name| name == axis).unwrap_or(0);
    let dims = |names: &[char]| -> Vec<Dim> { names.iter().map(|axis| shape[place(axis)]).collect() };
    let order: Vec<usize> = shared.iter().chain(&free).chain(summed).map(place).collect();
    let length = |dims: &[Dim]| -> Dim { dims.iter().copied().product() };
    let (lead, own, inner) = (dims(shared), dims(&free), dims(summed));
    let mut matrices = vec![length(&own), length(&inner)];
    if !shared.is_empty() {
        matrices.insert(0, length(&lead));
    }
    (x.transpose(&order).reshape(matrices), free, Kept { lead, free: own })
}
