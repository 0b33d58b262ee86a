//! `Csv`: the rows of text files as a dataset.

mod columns;
mod rows;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use columns::CsvColumn;
use columns::{Cell, Layout};
use rows::{Files, Rows};

use crate::data::{Dataset, ElementSpec, Elements, Pipeline};
use crate::{Error, Result};

/// The rows of CSV files, as [`tf.data.experimental.make_csv_dataset`] reads them: nothing is in memory but the rows at
/// hand.
///
/// An element is a row: the features as one tensor of 32-bit floats, the label as a single number. What more that function
/// does is a method of [`Dataset`]: `shuffle`, `batch`, `repeat`, `prefetch`.
///
/// ```
/// use cornu::Tensor;
/// use cornu::data::{self, Csv, Dataset};
/// # let path = std::env::temp_dir().join(format!("cornu-doc-{}.csv", std::process::id()));
/// # let path = path.as_path();
/// std::fs::write(path, "rooms,age,price\n3,41,2.5\n5,,1.75\n").unwrap();
/// let rows = Csv::new(path).label_name("price").open()?;
/// let batch = rows.batch(2).prefetch(data::AUTOTUNE).iter().next().expect("a batch")?;
/// // A missing number is 0, unless `column("age", 30.0)` says otherwise.
/// assert_eq!(batch, (Tensor::from([[3.0f32, 41.0], [5.0, 0.0]]), Tensor::from([2.5f32, 1.75])).into());
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// A row that cannot be read is an error with its file, line and column. The types of columns are found in the first
/// hundred rows: whole numbers, floats, or text.
///
/// [`tf.data.experimental.make_csv_dataset`]: https://www.tensorflow.org/api_docs/python/tf/data/experimental/make_csv_dataset
#[derive(Debug, Clone)]
pub struct Csv {
    paths: Vec<PathBuf>,
    header: bool,
    column_names: Option<Vec<String>>,
    select_columns: Option<Vec<String>>,
    label_name: Option<String>,
    columns: Vec<(String, CsvColumn)>,
    named: bool,
    field_delim: u8,
    use_quote_delim: bool,
    na_value: String,
    num_rows_for_inference: usize,
    ignore_errors: bool,
}

impl Csv {
    /// The rows of one file, whose first line names the columns.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self::of_files([path])
    }

    /// The rows of several files with the same columns, one after the other.
    pub fn of_files<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Self {
        Csv {
            paths: paths.into_iter().map(|path| path.as_ref().to_owned()).collect(),
            header: true,
            column_names: None,
            select_columns: None,
            label_name: None,
            columns: Vec::new(),
            named: false,
            field_delim: b',',
            use_quote_delim: true,
            na_value: String::new(),
            num_rows_for_inference: 100,
            ignore_errors: false,
        }
    }

    crate::setters! {
        /// The column that is the target; without one there are inputs alone.
        label_name: some into String;
        /// Whether the first line of each file names the columns; true by default.
        header: bool;
        /// Whether each feature is an input of its own, by the name of its column, as `make_csv_dataset` gives them. Columns of
        /// text need it.
        named: bool;
        /// The byte between fields, a comma by default.
        field_delim: u8;
        /// Whether fields may stand in double quotes; true by default.
        use_quote_delim: bool;
        /// A word for a missing value, beside the empty field.
        na_value: into String;
        /// How many rows are looked at to find the types of columns.
        num_rows_for_inference: usize;
        /// Whether rows that cannot be read are left out instead of being an error.
        ignore_errors: bool;
    }

    /// The names of all columns, in the place of those in the first line.
    #[must_use]
    pub fn column_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.column_names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The columns to read, the label among them; all by default. The features come in this order.
    #[must_use]
    pub fn select_columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.select_columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// What a column holds: a type, whose values must all be there (`DType::F32`), or the value that stands for one that is
    /// missing (`0.5f32`, `-1i64`, `"unknown"`). One of `make_csv_dataset`'s `column_defaults`.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>, column: impl Into<CsvColumn>) -> Self {
        self.columns.push((name.into(), column.into()));
        self
    }

    /// Looks at the first rows and gives the dataset of all of them.
    ///
    /// # Errors
    /// If there is no file, a file cannot be read, a column does not exist, or a feature is text without
    /// [`named`](Csv::named).
    pub fn open(self) -> Result<Pipeline> {
        if self.paths.is_empty() {
            return Err(Error::argument("Csv", "wants at least one file"));
        }
        let mut files = Files::new(self.paths.clone(), &self);
        let names = match &self.column_names {
            Some(names) => names.clone(),
            None => files.names()?,
        };
        let find = |name: &String| {
            let known = || Error::unknown_name("column", name, names.iter().cloned());
            names.iter().position(|other| other == name).ok_or_else(known)
        };
        let mut selected = match &self.select_columns {
            Some(wanted) => wanted.iter().map(find).collect::<Result<Vec<usize>>>()?,
            None => (0..names.len()).collect(),
        };
        let label = self.label_name.as_ref().map(find).transpose()?;
        if let Some(label) = label {
            if self.select_columns.is_some() && !selected.contains(&label) {
                let message = format!("`{}` must be among `select_columns`", names[label]);
                return Err(Error::argument("label_name", message));
            }
            selected.retain(|column| *column != label);
        }
        let given: Vec<(usize, &CsvColumn)> =
            self.columns.iter().map(|(name, column)| Ok((find(name)?, column))).collect::<Result<_>>()?;
        let read: Vec<usize> = selected.iter().copied().chain(label).collect();
        let found = files.infer(&read, self.num_rows_for_inference, &self.na_value)?;
        let column_of = |column: usize| {
            let given = given.iter().find(|(at, _)| *at == column).map(|(_, given)| (*given).clone());
            let found = || read.iter().position(|at| *at == column).and_then(|at| found.get(at).cloned());
            Cell {
                column,
                name: names[column].as_str().into(),
                holds: given.or_else(found).unwrap_or_default(),
            }
        };
        let features: Vec<Cell> = selected.iter().map(|column| column_of(*column)).collect();
        let layout = Layout::new(features, label.map(column_of), self.named)
            .map_err(|message| Error::file(&self.paths[0], message))?;
        Ok(Opened { files: Arc::new(self), layout: Arc::new(layout), columns: names.len() }.pipeline())
    }
}

/// Files whose columns are known.
struct Opened {
    files: Arc<Csv>,
    layout: Arc<Layout>,
    /// Fields of a row.
    columns: usize,
}

impl Dataset for Opened {
    fn begin(&self, _pass: u64) -> Result<Box<dyn Elements>> {
        let files = Files::new(self.files.paths.clone(), &self.files);
        Ok(Box::new(Rows::new(files, &self.files, self.layout.clone(), self.columns)))
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        Some(self.layout.spec())
    }
}
