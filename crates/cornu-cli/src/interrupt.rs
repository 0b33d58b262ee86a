//! Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::{Failure, INTERRUPTED, Result};

/// A flag that the first Ctrl-C sets; the second ends the process at once.
pub(crate) fn flag() -> Result<Arc<AtomicBool>> {
    let pressed = Arc::new(AtomicBool::new(false));
    let flag = pressed.clone();
    call(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
    })?;
    Ok(pressed)
}

/// Calls this, on a thread of its own, at each Ctrl-C.
pub(crate) fn call(action: impl FnMut() + Send + 'static) -> Result {
    ctrlc::set_handler(action).map_err(|error| Failure::new(format!("Ctrl-C cannot be waited for: {error}")))
}
