//! The stable text form of a graph.

use std::fmt;
use std::sync::Arc;

use super::{Graph, Op, Scan};

/// One node a line: `%2 = add(%0, %1) : float32 (None, 10)  # dense`. The body of a loop stands, once, under the first
/// of its results.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bodies: Vec<&Arc<Scan>> = Vec::new();
        for id in self.ids() {
            let node = self.node(id);
            write!(f, "%{} = {}", id.0, node.op)?;
            if !matches!(node.op, Op::Input(_) | Op::State(_) | Op::Const(_)) {
                let inputs: Vec<String> = node.inputs.iter().map(|input| format!("%{}", input.0)).collect();
                write!(f, "({})", inputs.join(", "))?;
            }
            write!(f, " : {} {}", node.dtype, node.shape)?;
            match self.scope_of(id) {
                "" => writeln!(f)?,
                scope => writeln!(f, "  # {scope}")?,
            }
            if let Op::Scan { scan, .. } = &node.op
                && !bodies.contains(&scan)
            {
                bodies.push(scan);
                for line in scan.body.to_string().lines() {
                    writeln!(f, "    {line}")?;
                }
            }
        }
        for (name, id) in &self.updates {
            writeln!(f, "update `{name}` = %{}", id.0)?;
        }
        for (name, id) in &self.outputs {
            writeln!(f, "output `{name}` = %{}", id.0)?;
        }
        Ok(())
    }
}
