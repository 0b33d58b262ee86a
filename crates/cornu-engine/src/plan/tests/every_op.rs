//! Every operation and its gradient as a plan.

use super::{Named, compare};
use crate::cases::{Case, cases};
use crate::error::Result;
use crate::graph::{Builder, Graph, Op};
use crate::plan::Plan;
use crate::{DType, Tensor};

/// A case with its floats of one type.
fn in_type(case: Case, dtype: DType) -> Case {
    let cast = |x: &Tensor| if x.dtype().is_float() { x.cast(dtype) } else { x.clone() };
    Case { inputs: case.inputs.iter().map(cast).collect(), ..case }
}

/// The graph with every value a result as well, so that nothing stays in registers.
fn laid_open(graph: &Graph) -> Result<Graph> {
    let b = Builder::from_graph(graph.clone());
    for id in graph.ids() {
        b.output(format!("%{}", id.index()), b.var(id));
    }
    b.finish()
}

/// The graph that reads variables where it read inputs.
fn of_variables(graph: &Graph) -> Graph {
    let mut graph = graph.clone();
    for node in &mut graph.nodes {
        if let Op::Input(name) = &node.op {
            node.op = Op::State(name.clone());
        }
    }
    graph
}

#[test]
fn values_and_gradients_equal_the_reference() -> Result<()> {
    for case in cases() {
        let case = in_type(case, DType::F32);
        let (graph, feeds) = (case.with_gradients()?, case.feeds());
        compare(&graph, &feeds, &feeds, 1, 1e-5)?;
        compare(&laid_open(&graph)?, &feeds, &feeds, 1, 1e-5)?;
        compare(&of_variables(&graph), &Named::new(), &feeds, 1, 1e-5)?;
    }
    Ok(())
}

#[test]
fn elementwise_operations_compute_in_doubles_too() -> Result<()> {
    let mut refused = Vec::new();
    for case in cases() {
        let feeds = case.feeds();
        for graph in [case.graph()?, case.with_gradients()?] {
            if let Err(error) = Plan::new(&graph) {
                let message = error.to_string();
                assert!(message.ends_with("plans compute float32, got float64; cast it first"), "{message}");
                refused.push((case.name, graph.outputs().len()));
                continue;
            }
            let rounds = graph.nodes().iter().any(|node| node.dtype == DType::F32);
            compare(&graph, &feeds, &feeds, 1, if rounds { 1e-6 } else { 1e-12 })?;
        }
    }
    // What is no more than elementwise must not be among the refused.
    for name in ["state", "select", "tanh", "integers", "transpose", "slice", "pad"] {
        assert!(!refused.contains(&(name, 1)), "{name} in {refused:?}");
    }
    Ok(())
}
