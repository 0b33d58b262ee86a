//! `cornu inspect`: what is in a file.

use std::path::PathBuf;

use clap::Args;
use cornu::saving::{Contents, contents, crc32};
use cornu::{Shape, Tensor};
use serde_json::{Value, json};

use crate::failure::{Failure, Result};
use crate::output;

/// Show what is in a file: versions, parts, arrays with their shapes, types, sizes and checksums
#[derive(Args)]
#[command(after_help = "\
Reads .keras, .h5, .weights.h5, .npz and .json by their content, whole models or weights alone.
Of a damaged file it shows what can be read, then what cannot be; the exit status is 1 then.
Checksums are CRC-32 of the values.")]
pub(crate) struct Arguments {
    /// The file to look into
    file: PathBuf,
    /// Print one JSON document, with configs
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    let found = contents(&arguments.file)?;
    output::line(if arguments.json { document(&found).to_string() } else { page(&found) })?;
    if found.damage.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("{} is damaged", arguments.file.display())))
}

fn document(found: &Contents) -> Value {
    let facts: serde_json::Map<String, Value> =
        found.facts.iter().map(|(name, fact)| (name.clone(), json!(fact))).collect();
    let documents: serde_json::Map<String, Value> = found.documents.iter().cloned().collect();
    let parts: Vec<Value> = found
        .parts
        .iter()
        .map(|part| json!({"name": part.name, "bytes": part.bytes, "crc32": hex(part.crc32)}))
        .collect();
    let array = |(path, array): &(String, Tensor)| {
        json!({
            "path": path,
            "shape": array.shape(),
            "dtype": array.dtype().name(),
            "bytes": bytes(array),
            "crc32": hex(crc32(array)),
        })
    };
    json!({
        "kind": found.kind,
        "bytes": found.bytes,
        "facts": facts,
        "parts": parts,
        "documents": documents,
        "arrays": found.arrays.iter().map(array).collect::<Vec<_>>(),
        "damage": found.damage,
    })
}

fn page(found: &Contents) -> String {
    let mut lines = vec![format!("{}, {} bytes", found.kind, found.bytes)];
    let facts = found.facts.iter().map(|(name, fact)| vec![name.clone(), fact.clone()]);
    section(&mut lines, "Facts", facts.collect());
    let parts = found
        .parts
        .iter()
        .map(|part| vec![part.name.clone(), format!("{} bytes", part.bytes), hex(part.crc32)]);
    section(&mut lines, "Parts", parts.collect());
    let documents = found.documents.iter().map(|(name, value)| vec![name.clone(), describe(value)]);
    section(&mut lines, "Documents", documents.collect());
    section(&mut lines, "Arrays", tree(&found.arrays));
    if !found.arrays.is_empty() {
        let total: usize = found.arrays.iter().map(|(_, array)| bytes(array)).sum();
        let elements: usize = found.arrays.iter().map(|(_, array)| array.len()).sum();
        lines.push(format!("  {} arrays of {elements} values, {total} bytes", found.arrays.len()));
    }
    section(&mut lines, "Damage", found.damage.iter().map(|damage| vec![damage.clone()]).collect());
    lines.join("\n")
}

/// The arrays below their groups, each group once.
fn tree(arrays: &[(String, Tensor)]) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for (path, array) in arrays {
        let mut groups: Vec<&str> = path.split('/').collect();
        let name = groups.pop().unwrap_or_default();
        let same = open.iter().zip(&groups).take_while(|(a, b)| a == b).count();
        rows.extend((same..groups.len()).map(|at| vec![format!("{}{}/", "  ".repeat(at), groups[at])]));
        rows.push(vec![
            format!("{}{name}", "  ".repeat(groups.len())),
            array.dtype().name().to_owned(),
            Shape::known(array.shape()).to_string(),
            format!("{} bytes", bytes(array)),
            hex(crc32(array)),
        ]);
        open = groups;
    }
    rows
}

/// A heading with rows below it in columns; nothing where there are no rows.
fn section(lines: &mut Vec<String>, title: &str, rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    lines.push(format!("{title}:"));
    let cells =
        |column: usize| rows.iter().filter(|row| row.len() > 1).filter_map(move |row| row.get(column));
    let width = |column: usize| cells(column).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..8).map(width).collect();
    for row in &rows {
        let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        lines.push(format!("  {}", padded.collect::<Vec<_>>().join("  ").trim_end()));
    }
}

/// What a JSON document is about.
fn describe(value: &Value) -> String {
    let config = value.get("config");
    let layers = config.and_then(|config| config.get("layers").unwrap_or(config).as_array());
    match (value.get("class_name").and_then(Value::as_str), layers) {
        (Some(class), Some(layers)) => {
            let name = config.and_then(|config| config.get("name")?.as_str()).unwrap_or_default();
            format!("{class} `{name}` of {} layers", layers.len())
        }
        (Some(class), None) => class.to_owned(),
        _ => {
            let keys: Vec<&str> =
                value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
            keys.join(", ")
        }
    }
}

fn bytes(array: &Tensor) -> usize {
    array.len() * array.dtype().size()
}

fn hex(checksum: u32) -> String {
    format!("{checksum:08x}")
}
