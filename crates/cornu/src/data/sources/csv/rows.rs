//! A pass through the rows of CSV files.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};

use super::Csv;
use super::columns::{CsvColumn, Layout};
use crate::data::buffer::{Buffer, Pool};
use crate::data::{ElementSpec, Elements, Stack};
use crate::{Error, Result};

/// Rows parsed at a time at most.
const BLOCK: usize = 8192;
/// Bytes read at a time.
const READ: usize = 1 << 17;

/// Files on the way through them.
pub(super) struct Files {
    paths: Vec<PathBuf>,
    builder: ReaderBuilder,
    next: usize,
    reader: Option<Reader<File>>,
}

impl Files {
    pub(super) fn new(paths: Vec<PathBuf>, csv: &Csv) -> Self {
        let mut builder = ReaderBuilder::new();
        builder
            .has_headers(csv.header)
            .delimiter(csv.field_delim)
            .quoting(csv.use_quote_delim)
            .flexible(true)
            .buffer_capacity(READ);
        Files { paths, builder, next: 0, reader: None }
    }

    /// The file at hand.
    fn path(&self) -> PathBuf {
        self.paths.get(self.next.saturating_sub(1)).cloned().unwrap_or_default()
    }

    /// The reader of the file at hand, or of the next one.
    fn reader(&mut self) -> Result<Option<&mut Reader<File>>> {
        if self.reader.is_none()
            && let Some(path) = self.paths.get(self.next)
        {
            self.next += 1;
            let file = File::open(path).map_err(|error| Error::io(path, error))?;
            self.reader = Some(self.builder.from_reader(file));
        }
        Ok(self.reader.as_mut())
    }

    /// Reads the next row, of whichever file; false after the last.
    fn read(&mut self, row: &mut ByteRecord) -> Result<bool> {
        while let Some(reader) = self.reader()? {
            match reader.read_byte_record(row) {
                Ok(true) => return Ok(true),
                Ok(false) => self.reader = None,
                Err(error) => return Err(self.failed(error)),
            }
        }
        Ok(false)
    }

    fn failed(&self, error: csv::Error) -> Error {
        let path = self.path();
        match error.into_kind() {
            ErrorKind::Io(error) => Error::io(path, error),
            other => Error::file(path, format!("cannot be read: {other:?}")),
        }
    }

    /// What is wrong with a row.
    fn wrong(&self, row: &ByteRecord, message: &str) -> Error {
        let line = row.position().map_or(0, csv::Position::line);
        Error::file(self.path(), format!("line {line}: {message}"))
    }

    /// The names in the first line of the first file, or numbers where no line names the columns.
    pub(super) fn names(&mut self) -> Result<Vec<String>> {
        let Some(reader) = self.reader()? else { return Ok(Vec::new()) };
        let (named, first) = (reader.has_headers(), reader.byte_headers().cloned());
        let first = first.map_err(|error| self.failed(error))?;
        if first.is_empty() {
            return Err(Error::file(self.path(), "is empty: it has no first line"));
        }
        let name = |(at, text): (usize, &[u8])| match named {
            true => String::from_utf8_lossy(text).trim().to_owned(),
            false => at.to_string(),
        };
        Ok(first.iter().enumerate().map(name).collect())
    }

    /// What columns hold, as the first rows show.
    pub(super) fn infer(&mut self, columns: &[usize], rows: usize, na_value: &str) -> Result<Vec<CsvColumn>> {
        let mut seen = Vec::new();
        let mut row = ByteRecord::new();
        while seen.len() < rows && self.read(&mut row)? {
            seen.push(row.clone());
        }
        let present = |text: &&[u8]| !text.is_empty() && *text != na_value.as_bytes();
        let values = |column: usize| seen.iter().filter_map(move |row| row.get(column)).filter(present);
        Ok(columns.iter().map(|column| CsvColumn::of_values(values(*column))).collect())
    }
}

/// A pass.
pub(super) struct Rows {
    files: Files,
    layout: Arc<Layout>,
    spec: ElementSpec,
    /// Fields of a row.
    columns: usize,
    na_value: Vec<u8>,
    ignore_errors: bool,
    row: ByteRecord,
    pool: Pool,
    /// What comes after the rows before it were given.
    failed: Option<Error>,
}

impl Rows {
    pub(super) fn new(files: Files, csv: &Csv, layout: Arc<Layout>, columns: usize) -> Self {
        Rows {
            files,
            spec: layout.spec(),
            layout,
            columns,
            na_value: csv.na_value.clone().into_bytes(),
            ignore_errors: csv.ignore_errors,
            row: ByteRecord::new(),
            pool: Pool::default(),
            failed: None,
        }
    }

    /// Fills a buffer with rows, as many as there are up to its length; an error is for later.
    fn fill(&mut self, buffer: &mut Buffer) -> Result<usize> {
        let rows = buffer.rows();
        let mut slots = buffer.slots()?;
        let mut filled = 0;
        while filled < rows {
            match self.files.read(&mut self.row) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
            let written = match self.row.len() == self.columns {
                true => self.layout.write(&self.row, filled, &self.na_value, &mut slots),
                false => {
                    Err(format!("has {} fields where there are {} columns", self.row.len(), self.columns))
                }
            };
            match written {
                Ok(()) => filled += 1,
                Err(_) if self.ignore_errors => {}
                Err(message) => {
                    self.failed = Some(self.files.wrong(&self.row, &message));
                    break;
                }
            }
        }
        Ok(filled)
    }
}

impl Elements for Rows {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut buffer = self.pool.specified(&self.spec, most.min(BLOCK))?;
        match (self.fill(&mut buffer)?, self.failed.take()) {
            (0, Some(error)) => Err(error),
            (0, None) => Ok(None),
            (filled, failed) => {
                self.failed = failed;
                self.pool.give(buffer)?.range(0..filled).map(Some)
            }
        }
    }
}
