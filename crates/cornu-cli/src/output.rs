//! What is printed, in spite of readers that go away.

use std::fmt::Display;
use std::io::{self, Write};

use crate::failure::{Failure, Result};

/// Prints a line of results. A reader who has seen enough, such as `head`, is no failure; a full disk is.
pub(crate) fn line(text: impl Display) -> Result {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Failure::new(format!("standard output: {error}"))),
    }
}

/// Prints a message for the user; if even that fails, only the exit status is left to tell.
pub(crate) fn error_line(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}
