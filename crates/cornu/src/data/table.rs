//! `Table`: named columns of numbers or strings, some missing.

use std::sync::Arc;

use crate::{DType, Data, Error, Result, StringTensor, Tensor};

/// A column of a [`Table`].
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Numbers; what is missing is NaN.
    Floats(Vec<f64>),
    /// Whole numbers, none of them missing.
    Ints(Vec<i64>),
    /// Strings; what is missing is `None`.
    Strings(Vec<Option<String>>),
}

impl Column {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Column::Floats(values) => values.len(),
            Column::Ints(values) => values.len(),
            Column::Strings(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it holds strings.
    pub fn is_strings(&self) -> bool {
        matches!(self, Column::Strings(_))
    }

    /// How many rows are missing.
    pub fn missing(&self) -> usize {
        match self {
            Column::Floats(values) => values.iter().filter(|value| value.is_nan()).count(),
            Column::Ints(_) => 0,
            Column::Strings(values) => values.iter().filter(|value| value.is_none()).count(),
        }
    }

    /// The column as numbers, if that is what it holds.
    pub fn to_floats(&self) -> Option<Vec<f64>> {
        match self {
            Column::Floats(values) => Some(values.clone()),
            Column::Ints(values) => Some(values.iter().map(|&value| value as f64).collect()),
            Column::Strings(_) => None,
        }
    }

    /// The column as a tensor `(n,)`: int64, float64, or strings, of which the missing are empty.
    pub fn to_data(&self) -> Data {
        match self {
            Column::Floats(values) => Tensor::from(values.as_slice()).into(),
            Column::Ints(values) => Tensor::from(values.as_slice()).into(),
            Column::Strings(values) => StringTensor::from(
                values.iter().map(|v| v.clone().unwrap_or_default()).collect::<Vec<String>>(),
            )
            .into(),
        }
    }

    fn take(&self, rows: &[usize]) -> Option<Column> {
        fn of<T: Clone>(values: &[T], rows: &[usize]) -> Option<Vec<T>> {
            rows.iter().map(|&row| values.get(row).cloned()).collect()
        }
        Some(match self {
            Column::Floats(values) => Column::Floats(of(values, rows)?),
            Column::Ints(values) => Column::Ints(of(values, rows)?),
            Column::Strings(values) => Column::Strings(of(values, rows)?),
        })
    }
}

impl From<Vec<f64>> for Column {
    fn from(values: Vec<f64>) -> Self {
        Column::Floats(values)
    }
}

impl From<Vec<i64>> for Column {
    fn from(values: Vec<i64>) -> Self {
        Column::Ints(values)
    }
}

impl From<Vec<Option<String>>> for Column {
    fn from(values: Vec<Option<String>>) -> Self {
        Column::Strings(values)
    }
}

impl<const N: usize> From<[f64; N]> for Column {
    fn from(values: [f64; N]) -> Self {
        Column::Floats(values.into())
    }
}

impl<const N: usize> From<[i64; N]> for Column {
    fn from(values: [i64; N]) -> Self {
        Column::Ints(values.into())
    }
}

impl<const N: usize> From<[&str; N]> for Column {
    fn from(values: [&str; N]) -> Self {
        Column::Strings(values.map(|value| Some(value.into())).into())
    }
}

impl<const N: usize> From<[Option<&str>; N]> for Column {
    fn from(values: [Option<&str>; N]) -> Self {
        Column::Strings(values.map(|value| value.map(String::from)).into())
    }
}

/// Columns of one length under names. Clones and selections share them.
///
/// ```
/// use cornu::data::{Column, Table};
/// let table = Table::new([
///     ("age", Column::from([31.0, f64::NAN])),
///     ("rooms", Column::from([3, 4])),
///     ("city", Column::from([Some("Oslo"), None])),
/// ])?;
/// assert_eq!((table.row_count(), table.width()), (2, 3));
/// assert_eq!(table.column("age")?.missing(), 1);
/// assert_eq!(table.select(["rooms", "age"])?.to_tensor()?.shape(), [2, 2]);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    columns: Vec<(String, Arc<Column>)>,
    rows: usize,
}

impl Table {
    /// A table of these columns.
    ///
    /// # Errors
    /// If two have one name, or their lengths differ.
    pub fn new<N: Into<String>>(columns: impl IntoIterator<Item = (N, Column)>) -> Result<Self> {
        Self::of(columns.into_iter().map(|(name, column)| (name.into(), Arc::new(column))).collect())
    }

    fn of(columns: Vec<(String, Arc<Column>)>) -> Result<Self> {
        let rows = columns.first().map_or(0, |(_, column)| column.len());
        let mut known = std::collections::HashSet::new();
        for (name, column) in &columns {
            if !known.insert(name) {
                return Err(Error::data(format!("table: two columns are called `{name}`")));
            }
            if column.len() != rows {
                let (first, got) = (&columns[0].0, column.len());
                return Err(Error::data(format!(
                    "table: column `{name}` has {got} rows where `{first}` has {rows}"
                )));
            }
        }
        Ok(Table { columns, rows })
    }

    /// The columns `x0`, `x1`, … of a tensor `(n,)` or `(n, k)`.
    ///
    /// # Errors
    /// If it has other axes.
    pub fn from_tensor(tensor: &Tensor) -> Result<Self> {
        if !matches!(tensor.rank(), 1 | 2) {
            return Err(Error::data(format!(
                "table: wants a tensor of shape (n,) or (n, columns), got {}",
                tensor.to_shape()
            )));
        }
        let width = tensor.row_len();
        let column = |at: usize| match tensor.dtype().is_float() {
            true => Column::Floats(tensor.to_vec::<f64>().into_iter().skip(at).step_by(width).collect()),
            false => Column::Ints(tensor.to_vec::<i64>().into_iter().skip(at).step_by(width).collect()),
        };
        let columns = (0..width).map(|at| (format!("x{at}"), Arc::new(column(at)))).collect();
        Ok(Table { columns, rows: tensor.row_count() })
    }

    /// A table of so many rows without columns, beside which others are put.
    pub(crate) fn rows_alone(rows: usize) -> Self {
        Table { columns: Vec::new(), rows }
    }

    /// The number of rows.
    pub fn row_count(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The columns with their names, in order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.columns.iter().map(|(name, column)| (name.as_str(), column.as_ref()))
    }

    /// Whether the columns have no names of their own, as those of a tensor.
    pub(crate) fn is_numbered(&self) -> bool {
        self.names().enumerate().all(|(at, name)| name.strip_prefix('x') == Some(&at.to_string()))
    }

    fn find(&self, name: &str) -> Result<&(String, Arc<Column>)> {
        let found = self.columns.iter().find(|(known, _)| known == name);
        found.ok_or_else(|| Error::unknown_name("column", name, self.names().map(String::from)))
    }

    /// The column of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn column(&self, name: &str) -> Result<&Column> {
        Ok(self.find(name)?.1.as_ref())
    }

    /// The columns of these names, in their order.
    ///
    /// # Errors
    /// If there is no such column, or one is named twice.
    pub fn select<N: AsRef<str>>(&self, names: impl IntoIterator<Item = N>) -> Result<Table> {
        let columns: Result<Vec<_>> =
            names.into_iter().map(|name| self.find(name.as_ref()).cloned()).collect();
        Ok(Table { rows: self.rows, ..Self::of(columns?)? })
    }

    /// All columns but those of these names.
    #[must_use]
    pub fn without<N: AsRef<str>>(&self, names: &[N]) -> Table {
        let kept = |name: &String| !names.iter().any(|dropped| dropped.as_ref() == name);
        let columns = self.columns.iter().filter(|(name, _)| kept(name)).cloned().collect();
        Table { columns, rows: self.rows }
    }

    /// The columns of this table, then those of another.
    ///
    /// # Errors
    /// If the numbers of rows differ, or a name occurs twice.
    pub fn beside(&self, other: &Table) -> Result<Table> {
        Self::of(self.columns.iter().chain(&other.columns).cloned().collect())
    }

    /// The same columns under names that begin with `prefix`.
    pub(crate) fn prefixed(&self, prefix: &str) -> Table {
        let columns = self.columns.iter().map(|(name, column)| (format!("{prefix}{name}"), column.clone()));
        Table { columns: columns.collect(), rows: self.rows }
    }

    /// The rows with these indices, in that order.
    ///
    /// # Errors
    /// If an index lies outside the rows.
    pub fn take(&self, rows: &[usize]) -> Result<Table> {
        let columns: Option<Vec<_>> = self
            .columns
            .iter()
            .map(|(name, column)| Some((name.clone(), Arc::new(column.take(rows)?))))
            .collect();
        match (columns, rows.iter().find(|&&row| row >= self.rows)) {
            (Some(columns), None) => Ok(Table { columns, rows: rows.len() }),
            (_, bad) => Err(Error::data(format!(
                "row {} lies outside a table with {} rows",
                bad.copied().unwrap_or_default(),
                self.rows
            ))),
        }
    }

    /// The numbers of all columns: float64 `(n, columns)`.
    ///
    /// # Errors
    /// If a column holds strings.
    pub fn to_tensor(&self) -> Result<Tensor> {
        let width = self.width();
        let mut data = vec![0.0; self.rows * width];
        for (at, (name, column)) in self.columns().enumerate() {
            let numbers = column.to_floats().ok_or_else(|| {
                Error::data(format!(
                    "column `{name}` holds strings, which must be made numbers first: `OneHotEncoder`"
                ))
            })?;
            data.iter_mut().skip(at).step_by(width).zip(numbers).for_each(|(out, number)| *out = number);
        }
        Ok(Tensor::new(data, [self.rows, width])?)
    }

    /// As [`Table::to_tensor`], in single precision if the other tensor is.
    pub(crate) fn to_tensor_like(&self, other: &Tensor) -> Result<Tensor> {
        let tensor = self.to_tensor()?;
        Ok(if other.dtype() == DType::F32 { tensor.cast(DType::F32) } else { tensor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_named() {
        let (a, b) = (Column::from([1, 2]), Column::from([1.0]));
        let of = |columns| Table::new::<&str>(columns).unwrap_err().to_string();
        assert_eq!(of([("a", a.clone()), ("b", b)]), "table: column `b` has 1 rows where `a` has 2");
        assert_eq!(of([("a", a.clone()), ("a", a.clone())]), "table: two columns are called `a`");
        let table = Table::new([("age", a), ("city", Column::from(["x", "y"]))]).unwrap();
        assert_eq!(table.take(&[2]).unwrap_err().to_string(), "row 2 lies outside a table with 2 rows");
        assert_eq!(
            table.column("agee").unwrap_err().to_string(),
            "unknown column `agee`; did you mean `age`?"
        );
        assert_eq!(
            table.to_tensor().unwrap_err().to_string(),
            "column `city` holds strings, which must be made numbers first: `OneHotEncoder`"
        );
    }

    #[test]
    fn rows_and_columns_are_chosen() {
        let table = Table::from_tensor(&Tensor::from([[1.0f32, 2.0], [3.0, 4.0]])).unwrap();
        assert!(table.is_numbered());
        assert_eq!(table.take(&[1, 0, 1]).unwrap().column("x1").unwrap(), &Column::from([4.0, 2.0, 4.0]));
        assert_eq!(table.without(&["x0"]).names().collect::<Vec<_>>(), ["x1"]);
        assert_eq!(table.without(&["x0", "x1"]).to_tensor().unwrap().shape(), [2, 0]);
    }
}
