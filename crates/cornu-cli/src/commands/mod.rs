//! The commands, one a file.

pub(crate) mod convert;
pub(crate) mod diff;
pub(crate) mod evaluate;
pub(crate) mod fit;
pub(crate) mod inspect;
pub(crate) mod predict;
pub(crate) mod summary;
