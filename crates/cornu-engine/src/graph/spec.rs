//! The executable statement of which graphs are legal.

use std::collections::{HashMap, HashSet};

use super::{Graph, Node, NodeId, Op, infer};
use crate::error::{Kind, Result};

impl Graph {
    /// Checks every rule a graph must obey: inputs stand before their users, every node has the shape and
    /// type its operation infers, results and updates exist and have names of their own, inputs and variables
    /// are declared one way, and new values are of their variable's shape and type. Run after every pass in
    /// tests, and before a graph becomes a plan.
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
        self.check_names()
    }

    fn check_names(&self) -> Result<()> {
        let broken = |message: String| Err(Kind::Spec(message).into());
        for (named, what) in
            [(&self.outputs, "is the name of two results"), (&self.updates, "is updated twice")]
        {
            let mut seen = HashSet::new();
            if let Some((name, _)) = named.iter().find(|(name, _)| !seen.insert(name)) {
                return broken(format!("`{name}` {what}"));
            }
        }
        let declared = |node: &Node| format!("{} {}", node.dtype, node.shape);
        let mut leaves: HashMap<&Op, &Node> = HashMap::new();
        for node in self.nodes.iter().filter(|node| matches!(node.op, Op::Input(_) | Op::State(_))) {
            let first = leaves.entry(&node.op).or_insert(node);
            if first.shape != node.shape || first.dtype != node.dtype {
                return broken(format!("{} is both {} and {}", node.op, declared(first), declared(node)));
            }
        }
        for (name, id) in &self.updates {
            let value = self.node(*id);
            if let Some(variable) = leaves.get(&Op::State(name.clone()))
                && (variable.dtype != value.dtype || !variable.shape.accepts(&value.shape))
            {
                let (old, new) = (declared(variable), declared(value));
                return broken(format!("the new value of `{name}` is {new}, the variable {old}"));
            }
        }
        Ok(())
    }
}
