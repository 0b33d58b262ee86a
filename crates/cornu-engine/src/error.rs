//! The engine's one error type.

use std::fmt;

/// What went wrong in the engine; [`Error::kind`] says which sort, `Display` says it whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Error(Box<Kind>);

/// The result of every fallible engine call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The sorts of engine errors.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Kind {
    /// Shapes that do not fit the operation.
    #[error("{op}: {message}")]
    Shape {
        /// The operation, as it prints in a graph.
        op: String,
        /// What was wanted, what came.
        message: String,
    },
    /// Element types that do not fit the operation.
    #[error("{op}: {message}")]
    DType {
        /// The operation or the access.
        op: String,
        /// What was wanted, what came.
        message: String,
    },
    /// An element count that does not fit a shape.
    #[error("{data} values cannot fill the shape {shape:?}, which holds {wanted}")]
    Length {
        /// How many values came.
        data: usize,
        /// How many the shape holds.
        wanted: usize,
        /// The shape.
        shape: Vec<usize>,
    },
    /// Rows outside a tensor.
    #[error("rows {start}..{end} lie outside a tensor with {rows} rows")]
    Rows {
        /// First row asked for.
        start: usize,
        /// One past the last row asked for.
        end: usize,
        /// Rows there are.
        rows: usize,
    },
    /// A graph that breaks the rules of `graph::spec`.
    #[error("illegal graph: {0}")]
    Spec(String),
    /// A state variable or feed a plan needs and was not given.
    #[error("{0}")]
    Missing(String),
    /// An operation whose gradient does not exist, on the path from a loss to a weight.
    #[error("{op} is not differentiable, yet a gradient has to flow through it")]
    NotDifferentiable {
        /// The operation.
        op: String,
    },
    /// An error that arose while building one part of a graph.
    #[error("in `{scope}`: {source}")]
    InScope {
        /// The part: a layer's name, a loss, a metric.
        scope: String,
        /// What went wrong there.
        source: Error,
    },
}

impl Error {
    /// Which sort of error this is.
    pub fn kind(&self) -> &Kind {
        &self.0
    }

    /// Shapes that do not fit `op`.
    pub fn shape(op: impl fmt::Display, message: impl Into<String>) -> Self {
        Kind::Shape { op: op.to_string(), message: message.into() }.into()
    }

    /// Element types that do not fit `op`.
    pub fn dtype(op: impl fmt::Display, message: impl Into<String>) -> Self {
        Kind::DType { op: op.to_string(), message: message.into() }.into()
    }

    /// This error, said to have arisen in the part of the graph called `scope`.
    pub fn in_scope(self, scope: &str) -> Self {
        if scope.is_empty() { self } else { Kind::InScope { scope: scope.into(), source: self }.into() }
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Error(Box::new(kind))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Kind::InScope { source, .. } => Some(source),
            _ => None,
        }
    }
}
