//! Plans held against the reference: the same graph, the same numbers.

mod corners;
mod every_op;
mod loops;
mod random_graphs;
mod rows;

use std::collections::HashMap;

use crate::Tensor;
use crate::error::Result;
use crate::exec::{State, Workspace};
use crate::graph::Graph;
use crate::plan::Plan;
use crate::reference::{Value, evaluate};

type Named = HashMap<String, Tensor>;

fn named<const N: usize>(tensors: [(&str, Tensor); N]) -> Named {
    tensors.into_iter().map(|(name, tensor)| (name.to_owned(), tensor)).collect()
}

/// Runs a graph for some steps both ways and compares every result and every variable after each.
fn compare(graph: &Graph, feeds: &Named, states: &Named, steps: usize, tolerance: f64) -> Result<Plan> {
    let plan = Plan::new(graph)?;
    let mut state = State::default();
    for slot in plan.states() {
        let zeros = || Tensor::zeros(slot.shape.clone(), slot.dtype);
        state.insert(slot.name.clone(), states.get(&slot.name).cloned().unwrap_or_else(zeros));
    }
    let feed: Vec<&Tensor> = plan.feeds().iter().map(|slot| &feeds[&slot.name]).collect();
    let mut workspace = Workspace::new();
    for step in 0..steps {
        let before = state.iter().map(|(name, tensor)| (name.to_owned(), tensor.clone())).collect();
        let want = evaluate(graph, feeds, &before)?;
        plan.run(&mut workspace, &mut state, &feed)?;
        let what = |name: &str| format!("`{name}` in step {step} of\n{graph}\n{}", plan.explain());
        for (name, value) in &want.outputs {
            assert_close(&plan.output(&workspace, name)?, value, tolerance, &|| what(name));
        }
        for (name, value) in &want.updates {
            let found = state.get(name).unwrap_or_else(|| panic!("no variable {}", what(name)));
            assert_close(found, value, tolerance, &|| what(name));
        }
    }
    Ok(plan)
}

fn assert_close(found: &Tensor, want: &Value, tolerance: f64, what: &dyn Fn() -> String) {
    assert_eq!((found.shape(), found.dtype()), (&want.shape[..], want.dtype), "{}", what());
    for (at, (found, want)) in found.to_vec::<f64>().iter().zip(&want.data).enumerate() {
        let same = found == want || (found.is_nan() && want.is_nan());
        let close = same || (found - want).abs() <= tolerance * want.abs().max(1.0);
        assert!(close, "element {at} is {found}, not {want}: {}", what());
    }
}
