//! Loops over time in plain doubles: the body evaluated once for each step.

use super::{Value, evaluate_with};
use crate::error::{Kind, Result};
use crate::graph::{NodeId, Role, Scan, ScanResult};

/// The elements of one result of a loop.
///
/// # Errors
/// If the body cannot be computed.
pub(super) fn scan(scan: &Scan, result: ScanResult, inputs: &[&Value]) -> Result<Vec<f64>> {
    let steps = inputs[0].shape[0];
    let (first, constants) = inputs[scan.sequences..].split_at(scan.states);
    let mut states: Vec<Value> = first.iter().copied().cloned().collect();
    let mut gathered: Vec<Vec<f64>> = vec![Vec::new(); steps];
    let next: Vec<NodeId> = (0..scan.states).map(|state| scan.next(state)).collect();
    for step in 0..steps {
        let at = if scan.reverse { steps - 1 - step } else { step };
        let roots: Vec<NodeId> = match result {
            ScanResult::Each(id) => next.iter().copied().chain([id]).collect(),
            ScanResult::Last(_) | ScanResult::Before(_) => next.clone(),
        };
        let values = evaluate_with(&scan.body, &roots, &|node| {
            Role::of(node).map(|role| {
                Ok(match role {
                    Role::Sequence(sequence) => slice(inputs[sequence], at),
                    Role::State(state) => states[state].clone(),
                    Role::Constant(constant) => constants[constant].clone(),
                })
            })
        })?;
        let value = |id: NodeId| {
            let missing = || Kind::Spec(format!("the body of a loop does not compute %{}", id.index()));
            values[id.index()].clone().ok_or_else(missing)
        };
        gathered[at] = match result {
            ScanResult::Each(id) => value(id)?.data,
            ScanResult::Before(state) => states[state].data.clone(),
            ScanResult::Last(_) => Vec::new(),
        };
        states = next.iter().map(|id| value(*id)).collect::<Result<_, _>>()?;
    }
    Ok(match result {
        ScanResult::Last(state) => states.swap_remove(state).data,
        ScanResult::Before(_) | ScanResult::Each(_) => gathered.concat(),
    })
}

/// One step of a sequence.
fn slice(sequence: &Value, at: usize) -> Value {
    let shape = sequence.shape[1..].to_vec();
    let length: usize = shape.iter().product();
    Value { data: sequence.data[at * length..][..length].to_vec(), shape, dtype: sequence.dtype }
}
