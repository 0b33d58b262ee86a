//! What is printed.

use std::fmt::Display;
use std::io::Write;

/// What `fit` and its kin print.
///
/// ```
/// use cornu::{Fit, Verbose};
/// let quiet = Fit::new().verbose(0);
/// let same = Fit::new().verbose(Verbose::Silent);
/// # drop((quiet, same));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbose {
    /// Nothing (0).
    Silent,
    /// A bar on a terminal, a line an epoch elsewhere (1, Keras' `"auto"`).
    #[default]
    Bar,
    /// A line an epoch (2).
    Lines,
}

impl Verbose {
    /// Keras' number.
    pub(super) fn number(self) -> u8 {
        match self {
            Verbose::Silent => 0,
            Verbose::Bar => 1,
            Verbose::Lines => 2,
        }
    }
}

impl From<u8> for Verbose {
    /// Keras' numbers: 0 is silent, 1 a bar, 2 and above a line an epoch.
    fn from(verbose: u8) -> Self {
        match verbose {
            0 => Verbose::Silent,
            1 => Verbose::Bar,
            _ => Verbose::Lines,
        }
    }
}

/// Prints a line. Where nobody reads any more (a closed pipe) the training goes on all the same.
pub(crate) fn print_line(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints what a terminal shows at once.
pub(crate) fn print_now(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints what is worth knowing and no error.
pub(crate) fn print_warning(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "warning: {line}");
}
