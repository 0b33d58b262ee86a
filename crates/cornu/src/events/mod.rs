//! TensorBoard's event files.

mod png;
mod protobuf;
mod record;
mod summary;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use protobuf::Message;
pub(crate) use summary::{Image, Summary};

use crate::fs::Appended;
use crate::{Error, Result};

/// A new event file in a folder. What is added is in the file after the next [`flush`](EventFile::flush), whole records or
/// nothing: a process that is killed leaves a file that TensorBoard reads up to the last flush.
pub(crate) struct EventFile {
    file: Appended,
    /// Records to be written.
    pending: Vec<u8>,
}

impl EventFile {
    /// A file that TensorBoard finds in the folder, which is made if need be.
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
        let (path, file) = new_file(folder).map_err(|error| Error::io(folder, error))?;
        let mut events = EventFile { file: Appended::new(path, file)?, pending: Vec::new() };
        let writer = Message::default().string(1, "cornu");
        events.record(&Message::default().double(1, now()).string(3, "brain.Event:2").message(10, &writer));
        events.flush()?;
        Ok(events)
    }

    /// Adds what a tag says at a step.
    pub(crate) fn add(&mut self, step: u64, tag: &str, summary: &Summary) {
        let summary = Message::default().message(1, &summary.value(tag));
        self.record(&Message::default().double(1, now()).varint(2, step).message(5, &summary));
    }

    fn record(&mut self, event: &Message) {
        record::append(&mut self.pending, event.bytes());
    }

    /// Writes what was added.
    pub(crate) fn flush(&mut self) -> Result<()> {
        let written = self.file.append(&self.pending);
        self.pending.clear();
        written
    }
}

/// A file of its own: its name holds the time, so that TensorBoard reads the files of several runs in order.
fn new_file(folder: &Path) -> io::Result<(PathBuf, File)> {
    let (seconds, process) = (now() as u64, std::process::id());
    let mut number = 0;
    loop {
        let path = folder.join(format!("events.out.tfevents.{seconds:010}.cornu.{process}.{number}.v2"));
        match OpenOptions::new().append(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            opened => return opened.map(|file| (path, file)),
        }
    }
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}
