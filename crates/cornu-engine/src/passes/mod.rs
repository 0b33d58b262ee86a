//! Rewrites of graphs that keep every result, in the order they run.

mod cse;
mod dce;
mod fold;
pub mod fuse;
mod layout;
mod rebuild;

pub use cse::cse;
pub use dce::dce;
pub use fold::fold;
pub use layout::layout;
pub(crate) use rebuild::live_from;

use crate::error::Result;
use crate::graph::Graph;

/// A graph that gives the same results and new values of variables with less work.
///
/// Differentiate first: `stop_gradient` does not survive, having no effect on values.
///
/// # Errors
/// If the graph is illegal.
pub fn optimise(graph: &Graph) -> Result<Graph> {
    // A merged node may make a formula foldable, and the other way round: until nothing changes.
    let mut graph = dce(graph)?;
    loop {
        let next = cse(&fold(&graph)?)?;
        if next == graph {
            return Ok(next);
        }
        graph = next;
    }
}

#[cfg(test)]
mod tests;
