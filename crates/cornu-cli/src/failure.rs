//! `Failure`: why a command did not do its work.

use std::fmt;
use std::process::ExitCode;

/// A message for the user, perhaps with what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    tip: Option<String>,
    code: u8,
}

/// What shells give for a process that Ctrl-C ended.
pub(crate) const INTERRUPTED: u8 = 130;

pub(crate) type Result<T = (), E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// The work failed.
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Failure { message: message.to_string(), tip: None, code: 1 }
    }

    /// The command line is wrong in a way that `clap` cannot see.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Failure { code: 2, ..Self::new(message) }
    }

    /// What is amiss has been printed as the result.
    pub(crate) fn told() -> Self {
        Self::new("")
    }

    /// Whether there is nothing left to say.
    pub(crate) fn is_told(&self) -> bool {
        self.message.is_empty()
    }

    /// The user has ended the work: the status that shells know Ctrl-C by.
    pub(crate) fn interrupted(message: impl fmt::Display) -> Self {
        Failure { code: INTERRUPTED, ..Self::new(message) }
    }

    /// A file that cannot be read or written.
    pub(crate) fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(format!("{}: {error}", path.display()))
    }

    /// With what to do about it.
    pub(crate) fn tip(mut self, tip: impl fmt::Display) -> Self {
        self.tip = Some(tip.to_string());
        self
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl From<cornu::Error> for Failure {
    fn from(error: cornu::Error) -> Self {
        Failure::new(error)
    }
}

/// As `clap` prints its own errors.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match &self.tip {
            Some(tip) => write!(f, "\n\n  tip: {tip}"),
            None => Ok(()),
        }
    }
}
