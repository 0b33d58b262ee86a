//! A graph's values computed in plain double-precision loops, for tests to compare with.

mod difference;
mod kernels;
mod scan;
mod windows;

use std::collections::{BTreeMap, HashMap};

pub use difference::gradient_error;

use crate::error::{Error, Kind, Result};
use crate::graph::{Graph, Node, NodeId, Op, infer};
use crate::passes::live_from;
use crate::{DType, Element, Shape, Tensor, with_dtype};

/// A tensor in double precision, whatever its element type says.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The lengths of the axes.
    pub shape: Vec<usize>,
    /// The elements in row-major order. `true` is 1.
    pub data: Vec<f64>,
    /// The element type it would have, were it not computed here.
    pub dtype: DType,
}

impl Value {
    /// The value rounded to its element type.
    ///
    /// # Errors
    /// If `data` does not fill `shape`.
    pub fn to_tensor(&self) -> Result<Tensor> {
        Ok(Tensor::new(self.data.clone(), self.shape.clone())?.cast(self.dtype))
    }

    fn from_tensor(tensor: &Tensor, dtype: DType) -> Self {
        Value { shape: tensor.shape().to_vec(), data: tensor.to_vec(), dtype }
    }
}

/// What a run of a graph gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evaluation {
    /// The results by name.
    pub outputs: BTreeMap<String, Value>,
    /// The variables' values after the run.
    pub updates: BTreeMap<String, Value>,
}

/// Computes a graph's results in double precision: nothing is rounded to `float32`, not even by a cast.
///
/// Integers are exact up to 2^53. Where an input or a variable is declared of one float type, a tensor of
/// the other will do.
///
/// ```
/// use std::collections::HashMap;
/// use cornu_engine::{DType, Tensor, graph::Builder, reference::evaluate};
/// let b = Builder::new();
/// let x = b.input("x", [2], DType::F32);
/// b.output("y", x.square());
/// let feeds = HashMap::from([("x".to_owned(), Tensor::from([3.0f32, 4.0]))]);
/// assert_eq!(evaluate(&b.finish()?, &feeds, &HashMap::new())?.outputs["y"].data, [9.0, 16.0]);
/// # Ok::<(), cornu_engine::Error>(())
/// ```
///
/// # Errors
/// If an input or a variable is missing or of another shape or type than declared, or if a shape does not
/// follow from those of the inputs.
pub fn evaluate(
    graph: &Graph,
    feeds: &HashMap<String, Tensor>,
    states: &HashMap<String, Tensor>,
) -> Result<Evaluation> {
    let roots: Vec<NodeId> = graph.roots().collect();
    let values = evaluate_with(graph, &roots, &|node| match &node.op {
        Op::Input(name) => Some(given(feeds, name, node)),
        Op::State(name) => Some(given(states, name, node)),
        _ => None,
    })?;
    let named = |roots: &[(String, NodeId)]| {
        let value = |id: NodeId| values.get(id.index()).cloned().flatten();
        roots.iter().filter_map(|(name, id)| Some((name.clone(), value(*id)?))).collect()
    };
    Ok(Evaluation { outputs: named(graph.outputs()), updates: named(graph.updates()) })
}

/// The values of all nodes that `roots` depend on; those that are handed in come from `leaf`.
fn evaluate_with(
    graph: &Graph,
    roots: &[NodeId],
    leaf: &dyn Fn(&Node) -> Option<Result<Value>>,
) -> Result<Vec<Option<Value>>> {
    let live = live_from(graph, roots);
    let mut values: Vec<Option<Value>> = vec![None; graph.nodes().len()];
    for id in graph.ids().filter(|id| live[id.index()]) {
        let node = graph.node(id);
        let value = match leaf(node) {
            Some(value) => value?,
            None => {
                let inputs: Vec<&Value> =
                    node.inputs.iter().filter_map(|input| values.get(input.index())?.as_ref()).collect();
                apply(&node.op, &inputs).map_err(|error| error.in_scope(graph.scope_of(id)))?
            }
        };
        values[id.index()] = Some(value);
    }
    Ok(values)
}

/// Computes one operation.
pub(crate) fn apply(op: &Op, inputs: &[&Value]) -> Result<Value> {
    let nodes: Vec<Node> = inputs
        .iter()
        .map(|value| Node {
            op: op.clone(),
            inputs: Vec::new(),
            shape: Shape::known(&value.shape),
            dtype: value.dtype,
            scope: 0,
        })
        .collect();
    let inferred = infer(op, &nodes.iter().collect::<Vec<_>>())?;
    let Some((Some(shape), dtype)) = inferred.map(|(shape, dtype)| (shape.to_known(), dtype)) else {
        return Err(Error::shape(op, "has unknown dimensions; set them first"));
    };
    let data = match op {
        Op::Scan { scan, result } => scan::scan(scan, *result, inputs)?,
        op => kernels::compute(op, inputs, &shape),
    };
    let data = if dtype.is_float() { data } else { data.into_iter().map(|v| wrap(v, dtype)).collect() };
    Ok(Value { shape, data, dtype })
}

/// Integer arithmetic wraps around, whatever is not 0 is true.
fn wrap(value: f64, dtype: DType) -> f64 {
    match dtype {
        DType::I32 => (value + 2f64.powi(31)).rem_euclid(2f64.powi(32)) - 2f64.powi(31),
        DType::U8 => value.rem_euclid(256.0),
        DType::Bool => f64::from(value != 0.0),
        _ => value,
    }
}

fn given(from: &HashMap<String, Tensor>, name: &str, node: &Node) -> Result<Value> {
    let Some(tensor) = from.get(name) else {
        return Err(Kind::Missing(format!("{} is not given", node.op)).into());
    };
    let fits = tensor.dtype() == node.dtype || (tensor.dtype().is_float() && node.dtype.is_float());
    if !fits || !node.shape.accepts(&tensor.to_shape()) {
        let message =
            format!("wants {} {}, got {} {}", node.dtype, node.shape, tensor.dtype(), tensor.to_shape());
        return Err(Error::shape(&node.op, message));
    }
    Ok(Value::from_tensor(tensor, node.dtype))
}

/// The value of a constant.
pub(crate) fn constant(tensor: &Tensor) -> Value {
    Value::from_tensor(tensor, tensor.dtype())
}

/// A number converted from one element type to another: floats are not rounded, but truncated and saturated
/// where they become integers; integers wrap around.
fn convert(value: f64, from: DType, to: DType) -> f64 {
    match (from.is_float(), to.is_float()) {
        (_, true) => value,
        (true, false) => with_dtype!(to, T => <T as Element>::from_f64(value).to_f64()),
        (false, false) => wrap(value, to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Builder, Var};

    /// The value of a formula in one constant.
    fn of(x: Tensor, formula: for<'g> fn(Var<'g>) -> Var<'g>) -> Result<Vec<f64>> {
        let b = Builder::new();
        b.output("y", formula(b.constant(x)));
        let mut outputs = evaluate(&b.finish()?, &HashMap::new(), &HashMap::new())?.outputs;
        Ok(outputs.remove("y").map_or(Vec::new(), |value| value.data))
    }

    #[test]
    fn values_are_those_of_the_definitions() -> Result<()> {
        assert_eq!(of(Tensor::from([0.5, 1.5, -2.5]), |x| x.round())?, [0.0, 2.0, -2.0]);
        assert_eq!(of(Tensor::from([[3.0, 7.0, 7.0], [1.0, 0.0, 0.0]]), |x| x.argmax())?, [1.0, 0.0]);
        assert_eq!(of(Tensor::from([0.5, 0.25, -1.0]), |x| x.sparsemax(-1))?, [0.625, 0.375, 0.0]);
        assert_eq!(of(Tensor::from([200u8, 100]), |x| x + 100.0)?, [44.0, 200.0]);
        assert_eq!(of(Tensor::from([300i32, -1]), |x| x.cast(DType::U8))?, [44.0, 255.0]);
        assert_eq!(of(Tensor::from([7i32, -7]), |x| x / 2.0)?, [3.0, -3.0]);
        assert_eq!(of(Tensor::from([7i32, -7]), |x| x / 0.0)?, [0.0, 0.0]);
        assert_eq!(of(Tensor::from([-1.5f32, 300.0]), |x| x.cast(DType::U8))?, [0.0, 255.0]);
        assert_eq!(of(Tensor::from([0.1f64]), |x| x.cast(DType::F32))?, [0.1]);
        assert_eq!(
            of(Tensor::from([[1.0, 2.0], [3.0, 4.0]]), |x| x.matmul_with(true, x, false))?,
            [10.0, 14.0, 14.0, 20.0]
        );
        // Ties count for the target; a label that does not exist is never right.
        let ranked =
            |x: Tensor| of(x, |x| x.in_top_k(x.builder().constant(Tensor::from([0i64, 1, 2, 3, -1])), 2));
        assert_eq!(ranked(Tensor::full([5, 3], 1.0))?, [1.0, 1.0, 1.0, 0.0, 0.0]);
        let surprise =
            |x: Tensor| of(x, |x| x.sparse_cross_entropy(x.builder().constant(Tensor::from([1i64]))));
        assert_eq!(surprise(Tensor::from([[0.0, 1000.0]]))?, [0.0]);
        assert_eq!(surprise(Tensor::from([[1000.0, 0.0]]))?, [1000.0]);
        Ok(())
    }

    #[test]
    fn random_numbers_are_those_of_the_generator() -> Result<()> {
        let mut want = [0.0f32; 6];
        crate::rng::fill_uniform(42, 5, 7, 0, &mut want);
        assert_eq!(of(Tensor::from([42i64, 7]), |seed| seed.random(5, [2, 3]))?, want.map(f64::from));
        Ok(())
    }

    #[test]
    fn what_is_missing_or_misfits_is_named() -> Result<()> {
        let b = Builder::new();
        b.output("y", b.input("x", [None, Some(2)], DType::F32) * b.state("w", [2], DType::F32));
        let graph = b.finish()?;
        let message = |feeds: &[(&str, Tensor)], states: &[(&str, Tensor)]| {
            let named = |all: &[(&str, Tensor)]| {
                all.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<HashMap<_, _>>()
            };
            evaluate(&graph, &named(feeds), &named(states)).map_err(|error| error.to_string())
        };
        let (x, w) = (Tensor::zeros([3, 2], DType::F32), Tensor::zeros([2], DType::F64));
        assert_eq!(message(&[("x", x.clone())], &[]), Err("state `w` is not given".into()));
        assert_eq!(
            message(&[("x", w.clone())], &[]),
            Err("input `x`: wants float32 (None, 2), got float64 (2,)".into())
        );
        assert_eq!(
            message(&[("x", x)], &[("w", w)]).map(|found| found.outputs["y"].shape.clone()),
            Ok(vec![3, 2])
        );
        Ok(())
    }
}
