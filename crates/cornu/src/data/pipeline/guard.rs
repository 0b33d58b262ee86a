//! Calling a user's function: its errors and panics become errors that name the element.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Kind;
use crate::{Error, Result};

/// What goes wrong in a function that is not ours.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Calls a function for the element with this number.
pub(crate) fn guarded<T, E: Into<Cause>>(
    stage: &'static str,
    index: usize,
    function: impl FnOnce() -> Result<T, E>,
) -> Result<T> {
    let source = match catch_unwind(AssertUnwindSafe(function)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.into(),
        Err(panic) => format!("panicked: {}", said(panic.as_ref())).into(),
    };
    Err(Kind::Element { stage, index, source }.into())
}

/// What a panic said.
pub(crate) fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}

/// A panic where no element can be named.
pub(crate) fn panicked(stage: &str, panic: &(dyn Any + Send)) -> Error {
    Error::data(format!("`{stage}` panicked: {}", said(panic)))
}
