//! Tables as CSV files.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use super::{Column, Table};
use crate::fs::write_atomically;
use crate::{Error, Result};

/// What stands for a missing value: pandas' list.
const MISSING: [&str; 19] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A",
    "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// Reads a table from a CSV file, whose first line names the columns.
///
/// Fields are separated by commas, or by semicolons or tabs where the first line has more of those. A column of whole
/// numbers becomes [`Column::Ints`], of other numbers, or with some missing, [`Column::Floats`], any other
/// [`Column::Strings`]; missing is what pandas takes for it: empty fields, `NA`, `NaN`, `null` and their kin.
/// Scikit-learn's own files, whose first line counts rows and columns and names the classes, become columns
/// `x0`, `x1`, … and `target`.
///
/// # Errors
/// If the file cannot be read, a row has another number of fields than the first line, or a name occurs twice.
///
/// ```
/// use cornu::data::{read_csv, write_csv};
/// let path = std::env::temp_dir().join(format!("cornu-{}.csv", std::process::id()));
/// std::fs::write(&path, "age,city\n31,Oslo\n,Paris\n").expect("a temporary file");
/// let table = read_csv(&path)?;
/// assert_eq!((table.row_count(), table.column("age")?.missing()), (2, 1));
/// write_csv(&path, &table)?;
/// assert_eq!(read_csv(&path)?.column("city")?, table.column("city")?);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), cornu::Error>(())
/// ```
pub fn read_csv(path: impl AsRef<Path>) -> Result<Table> {
    let path = path.as_ref();
    let mut text = Vec::new();
    let mut file = File::open(path).map_err(|source| Error::io(path, source))?;
    file.read_to_end(&mut text).map_err(|source| Error::io(path, source))?;
    parse(&text).map_err(|message| Error::file(path, message))
}

/// Writes a table as a CSV file, whole or not at all; what is missing is empty.
///
/// # Errors
/// If the file cannot be written.
pub fn write_csv(path: impl AsRef<Path>, table: &Table) -> Result<()> {
    write_atomically(path.as_ref(), |file| write(table, file))
}

fn write(table: &Table, to: impl Write) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record(table.names())?;
    let columns: Vec<&Column> = table.columns().map(|(_, column)| column).collect();
    for row in 0..table.row_count() {
        for column in &columns {
            match column {
                Column::Floats(values) if values[row].is_nan() => writer.write_field("")?,
                Column::Floats(values) => writer.write_field(values[row].to_string())?,
                Column::Ints(values) => writer.write_field(values[row].to_string())?,
                Column::Strings(values) => writer.write_field(values[row].as_deref().unwrap_or_default())?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

fn parse(text: &[u8]) -> Result<Table, String> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |of: u8| first.iter().filter(|&&byte| byte == of).count();
    // The first of those that occur most often.
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(|&of| count(of)).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text);
    let mut records = reader.byte_records();
    let header = records.next().transpose().map_err(|e| e.to_string())?.ok_or("is empty")?;
    let mut names: Vec<String> =
        header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let mut fields: Vec<Vec<Option<String>>> = Vec::new();
    for (at, record) in records.enumerate() {
        let record = record.map_err(|e| e.to_string())?;
        if at == 0 {
            fields = vec![Vec::new(); record.len()];
        }
        if record.len() != fields.len() {
            let start = record.position().map_or(0, csv::Position::byte) as usize;
            let (line, width) = (line_of(text, start), fields.len());
            return Err(format!("line {line} has {} fields, the lines before it {width}", record.len()));
        }
        for (field, column) in record.iter().zip(&mut fields) {
            let field = std::str::from_utf8(field)
                .map_err(|_| format!("row {} is not UTF-8: convert the file", at + 1))?
                .trim();
            column.push((!MISSING.contains(&field)).then(|| field.to_owned()));
        }
    }
    let rows = fields.first().map_or(0, Vec::len);
    let mut columns: Vec<Column> = fields.into_iter().map(typed).collect();
    if let Some(classes) = scikit_learns(&names, rows, columns.len()) {
        name_classes(columns.last_mut(), classes);
        names = (0..columns.len() - 1).map(|at| format!("x{at}")).chain(["target".into()]).collect();
    }
    if rows == 0 {
        return Err("has no rows below its first line".into());
    }
    if names.len() != columns.len() {
        return Err(format!("the first line names {} columns, the rows have {}", names.len(), columns.len()));
    }
    if let Some(at) = names.iter().position(String::is_empty) {
        // A column of row numbers as pandas writes it.
        names[at] = "Unnamed: 0".into();
    }
    Table::new(names.into_iter().zip(columns)).map_err(|e| e.to_string())
}

/// The number of the line on which a record stands that the reader came to at `start`: it may have skipped empty lines.
fn line_of(text: &[u8], start: usize) -> usize {
    let (before, rest) = text.split_at(start.min(text.len()));
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    1 + before.iter().chain(skipped).filter(|byte| **byte == b'\n').count()
}

/// A column of the narrowest kind that holds all its fields.
fn typed(fields: Vec<Option<String>>) -> Column {
    let ints: Option<Vec<i64>> = fields.iter().map(|field| field.as_ref()?.parse().ok()).collect();
    if let Some(ints) = ints {
        return Column::Ints(ints);
    }
    let number = |field: &Option<String>| match field {
        Some(text) => text.parse::<f64>().ok().filter(|number| !number.is_nan()),
        None => Some(f64::NAN),
    };
    match fields.iter().map(number).collect() {
        Some(floats) => Column::Floats(floats),
        None => Column::Strings(fields),
    }
}

/// The names of the classes where the first line is scikit-learn's: rows, features, then classes.
fn scikit_learns(names: &[String], rows: usize, width: usize) -> Option<&[String]> {
    let [n, features, classes @ ..] = names else { return None };
    let fits = n.parse() == Ok(rows) && features.parse::<usize>().ok()?.checked_add(1) == Some(width);
    fits.then_some(classes)
}

/// Class numbers by their names, where each has one.
fn name_classes(column: Option<&mut Column>, classes: &[String]) {
    let Some(column) = column else { return };
    let Column::Ints(numbers) = column else { return };
    let name = |&number: &i64| classes.get(usize::try_from(number).ok()?).cloned().map(Some);
    if let Some(named) = numbers.iter().map(name).collect() {
        *column = Column::Strings(named);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_get_the_narrowest_kind() {
        let table = parse("\u{feff}a;b ;c;d\n1;2;x;NA\n-3;;\"y;\"\"z\";1e3\n".as_bytes()).unwrap();
        assert_eq!(table.names().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert_eq!(table.column("a").unwrap(), &Column::from([1, -3]));
        let Column::Floats(b) = table.column("b").unwrap() else { panic!("numbers") };
        assert!(b[0] == 2.0 && b[1].is_nan());
        assert_eq!(table.column("c").unwrap(), &Column::from(["x", "y;\"z"]));
        assert_eq!(table.column("d").unwrap().missing(), 1);
    }

    #[test]
    fn files_of_scikit_learn_have_a_target() {
        let table = parse(b"2,3,cat,dog\n1,2,3,1\n4,5,6,0\n").unwrap();
        assert_eq!(table.names().collect::<Vec<_>>(), ["x0", "x1", "x2", "target"]);
        assert_eq!(table.column("target").unwrap(), &Column::from(["dog", "cat"]));
    }

    #[test]
    fn what_is_written_is_read() {
        let table = Table::new([
            ("a", Column::from([0.1, f64::NAN])),
            ("b,", Column::from([Some("x\ny"), None])),
            ("c", Column::from([i64::MAX, -1])),
        ])
        .unwrap();
        let mut text = Vec::new();
        write(&table, &mut text).unwrap();
        assert_eq!(String::from_utf8_lossy(&text), "a,\"b,\",c\n0.1,\"x\ny\",9223372036854775807\n,,-1\n");
        let again = parse(&text).unwrap();
        assert_eq!(again.column("b,").unwrap(), table.column("b,").unwrap());
        assert_eq!(again.column("c").unwrap(), table.column("c").unwrap());
    }

    #[test]
    fn damaged_files_are_refused() {
        let message = |text: &[u8]| parse(text).unwrap_err();
        assert_eq!(message(b""), "is empty");
        assert_eq!(message(b"a,b\n"), "has no rows below its first line");
        assert_eq!(message(b"a,b\n1,2,3\n"), "the first line names 2 columns, the rows have 3");
        assert_eq!(message(b"a,b\n1,2\n\n1\n"), "line 4 has 1 fields, the lines before it 2");
        assert_eq!(message(b"a,a\n1,2\n"), "table: two columns are called `a`");
        assert_eq!(message(b"a\n\xff\n"), "row 1 is not UTF-8: convert the file");
    }
}
