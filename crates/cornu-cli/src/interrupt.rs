//! Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::failure::{Failure, INTERRUPTED, Result};

/// A flag that the first Ctrl-C sets; the second ends the process at once.
pub(crate) fn flag() -> Result<Arc<AtomicBool>> {
    let pressed = Arc::new(AtomicBool::new(false));
    // In this order: the first finds the flag unset.
    flag::register_conditional_shutdown(SIGINT, INTERRUPTED.into(), pressed.clone())
        .and_then(|_| flag::register(SIGINT, pressed.clone()))
        .map_err(|error| Failure::new(format!("Ctrl-C cannot be waited for: {error}")))?;
    Ok(pressed)
}
