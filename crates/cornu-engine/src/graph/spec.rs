//! The executable statement of which graphs are legal.

use std::collections::HashSet;

use super::{Graph, NodeId, infer};
use crate::error::{Kind, Result};

impl Graph {
    /// Checks every rule a graph must obey: inputs stand before their users, every node has the shape and
    /// type its operation infers, results and updates exist, and no variable is updated twice.
    /// Run after every pass in tests.
    ///
    /// # Errors
    /// The first rule broken, with the node that breaks it.
    pub fn check(&self) -> Result<()> {
        for id in self.ids() {
            let node = self.node(id);
            if let Some(late) = node.inputs.iter().find(|input| **input >= id) {
                return Err(Kind::Spec(format!("%{} = {} uses the later %{}", id.0, node.op, late.0)).into());
            }
            if node.scope as usize >= self.scopes.len() {
                return Err(Kind::Spec(format!("%{} lies in no known scope", id.0)).into());
            }
            let inputs: Vec<_> = node.inputs.iter().map(|input| self.node(*input)).collect();
            // The shape and type of an input or a variable are what its maker declared.
            if let Some((shape, dtype)) = infer(&node.op, &inputs)?
                && (shape != node.shape || dtype != node.dtype)
            {
                return Err(Kind::Spec(format!(
                    "%{} = {} is declared {} {} but infers {dtype} {shape}",
                    id.0, node.op, node.dtype, node.shape
                ))
                .into());
            }
        }
        let known = |id: &NodeId| id.index() < self.nodes.len();
        if let Some((name, id)) = self.outputs.iter().chain(&self.updates).find(|(_, id)| !known(id)) {
            return Err(Kind::Spec(format!("`{name}` is the unknown node %{}", id.0)).into());
        }
        let mut updated = HashSet::new();
        if let Some((name, _)) = self.updates.iter().find(|(name, _)| !updated.insert(name)) {
            return Err(Kind::Spec(format!("the variable `{name}` is updated twice")).into());
        }
        Ok(())
    }
}
