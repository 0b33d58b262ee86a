//! How much a file from the internet may ask of this machine.

/// How many times larger than itself a file may become: compressed zeros have honest uses, terabytes
/// in a kilobyte have not.
const EXPANSION: u64 = 100;
/// Even the smallest file may become this large.
const FREE_BYTES: u64 = 1 << 20;

/// How many times over a file's bytes may be read: the honest files tried take up to four.
const READINGS: u64 = 8;

/// A quantity that shrinks as a file makes claims on it.
pub(super) struct Budget {
    left: u64,
    what: &'static str,
}

impl Budget {
    /// A budget of `left` units.
    pub(super) fn new(left: u64, what: &'static str) -> Self {
        Budget { left, what }
    }

    /// The bytes a file of this length may unfold to.
    pub(super) fn unfolded(length: u64) -> Self {
        Self::new(length.saturating_mul(EXPANSION).saturating_add(FREE_BYTES), "memory")
    }

    /// The bytes that may be read from a file of this length.
    pub(super) fn reading(length: u64) -> Self {
        Self::new(length.saturating_mul(READINGS).saturating_add(FREE_BYTES), "reading")
    }

    /// Takes its share, if there is enough.
    pub(super) fn take(&mut self, wanted: u64) -> Result<(), String> {
        self.check(wanted)?;
        self.left -= wanted;
        Ok(())
    }

    /// Whether there would be enough.
    pub(super) fn check(&self, wanted: u64) -> Result<(), String> {
        if wanted <= self.left {
            return Ok(());
        }
        Err(format!("asks for more {} than a file of its size can honestly need", self.what))
    }
}
