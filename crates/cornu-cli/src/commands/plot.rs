//! `cornu plot`: pictures of models and trainings.

use std::path::{Path, PathBuf};

use clap::Args;
use cornu::History;
use cornu::visuals::{PlotModel, RankDir, model_to_dot, plot_history, plot_model};
use serde_json::Value;

use crate::args::{check_folder, picture_file};
use crate::failure::{Failure, Result};
use crate::model_file::{self, extension};

/// Draw a model, or the curves of a training
#[derive(Args)]
#[command(after_help = "\
FILE is a model (.keras), an architecture (.json), or a training: what `cornu fit --history` wrote (.json)
or a CSVLogger (.csv). A picture ends in .svg or .png; .dot is text for Graphviz.")]
pub(crate) struct Arguments {
    /// What to draw
    #[arg(value_name = "FILE")]
    input: PathBuf,
    /// Where the picture goes
    #[arg(long, value_name = "FILE.svg|png|dot", value_parser = drawing)]
    output: PathBuf,
    /// Show the shapes of what layers read and give
    #[arg(long)]
    show_shapes: bool,
    /// Show the type of what layers give
    #[arg(long)]
    show_dtype: bool,
    /// Show the names of layers beside their classes
    #[arg(long)]
    show_layer_names: bool,
    /// Show the activations of layers
    #[arg(long)]
    show_layer_activations: bool,
    /// Show whether training changes a layer
    #[arg(long)]
    show_trainable: bool,
    /// Open models that are layers
    #[arg(long)]
    expand_nested: bool,
    /// Draw from top to bottom (TB) or from left to right (LR)
    #[arg(long, value_name = "TB|LR", default_value = "TB", value_parser = rankdir)]
    rankdir: RankDir,
    /// Pixels an inch in .png
    #[arg(long, value_name = "N", default_value_t = 200)]
    dpi: u32,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    let Arguments { input, output, .. } = arguments;
    check_folder(output)?;
    if let Some(history) = read_history(input)? {
        if extension(output) == "dot" {
            return Err(
                Failure::usage("curves cannot be drawn by Graphviz").tip("name the output .svg or .png")
            );
        }
        return Ok(plot_history(&history).dpi(arguments.dpi).save(output)?);
    }
    let model = model_file::load(input)?;
    let mut plot = PlotModel::new()
        .show_shapes(arguments.show_shapes)
        .show_dtype(arguments.show_dtype)
        .show_layer_activations(arguments.show_layer_activations)
        .show_trainable(arguments.show_trainable)
        .expand_nested(arguments.expand_nested)
        .rankdir(arguments.rankdir)
        .dpi(arguments.dpi);
    if arguments.show_layer_names {
        plot = plot.show_layer_names(true);
    }
    match extension(output) {
        "dot" => {
            std::fs::write(output, model_to_dot(&model, plot)?).map_err(|error| Failure::io(output, &error))
        }
        _ => Ok(plot_model(&model, plot)?.save(output)?),
    }
}

fn drawing(text: &str) -> Result<PathBuf, String> {
    if extension(Path::new(text)) == "dot" { Ok(text.into()) } else { picture_file(text) }
}

fn rankdir(text: &str) -> Result<RankDir, String> {
    text.parse().map_err(|error: cornu::Error| error.to_string())
}

/// The training in a file, if it holds one.
fn read_history(path: &Path) -> Result<Option<History>> {
    let read = || std::fs::read_to_string(path).map_err(|error| Failure::io(path, &error));
    let wrong = |message: String| Failure::new(format!("{}: {message}", path.display()));
    match extension(path) {
        "csv" => from_csv(&read()?).map(Some).map_err(wrong),
        "json" => match serde_json::from_str(&read()?) {
            // An architecture says its class; a training has nothing but lists. What is no JSON the model's reader refuses.
            Ok(Value::Object(map)) if !map.contains_key("class_name") => {
                from_json(&map).map(Some).map_err(wrong)
            }
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// What `fit --history` writes: lists by name.
fn from_json(map: &serde_json::Map<String, Value>) -> Result<History, String> {
    let mut history = History::default();
    for (name, values) in map {
        let values = values.as_array().ok_or_else(|| format!("`{name}` is no list of numbers"))?;
        history.history.push((name.clone(), values.iter().map(number).collect()));
    }
    let longest = history.history.iter().map(|(_, values)| values.len()).max();
    history.epoch = (0..longest.unwrap_or(0)).collect();
    Ok(history)
}

/// A number, or the mean of several; what JSON cannot hold is NaN.
fn number(value: &Value) -> f64 {
    match value {
        Value::Array(values) if !values.is_empty() => {
            values.iter().map(number).sum::<f64>() / values.len() as f64
        }
        other => other.as_f64().unwrap_or(f64::NAN),
    }
}

/// What `CSVLogger` writes: a header, then a row an epoch, `NA` where there is no value.
fn from_csv(text: &str) -> Result<History, String> {
    let mut rows = text.lines().map(|line| line.split(',').map(|field| field.trim_matches('"')));
    let names: Vec<&str> = rows.next().into_iter().flatten().collect();
    if names.first() != Some(&"epoch") {
        return Err("its first line does not begin with `epoch`, as a CSVLogger's does".into());
    }
    let mut history = History::default();
    history.history = names[1..].iter().map(|name| ((*name).to_owned(), Vec::new())).collect();
    for (at, mut row) in rows.enumerate() {
        let line = at + 2;
        let epoch = row.next().and_then(|epoch| epoch.parse().ok());
        history.epoch.push(epoch.ok_or_else(|| format!("line {line} begins with no number of an epoch"))?);
        for (name, values) in &mut history.history {
            let value = row.next().ok_or_else(|| format!("line {line} has no value of `{name}`"))?;
            // A value that an epoch did not have leaves a gap.
            values.push(value.parse().unwrap_or(f64::NAN));
        }
    }
    // A metric that no epoch has is none.
    history.history.retain(|(_, values)| values.is_empty() || values.iter().any(|value| !value.is_nan()));
    Ok(history)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_read_as_they_are_written() {
        let history = from_csv("epoch,loss,val_loss\r\n0,1.5,NA\r\n1,0.5,0.75\r\n").unwrap();
        assert_eq!(history.epoch, [0, 1]);
        assert_eq!(history.get("loss"), Some(&[1.5, 0.5][..]));
        assert!(history.get("val_loss").is_some_and(|values| values[0].is_nan() && values[1] == 0.75));
        assert_eq!(
            from_csv("a,b\n1,2\n").unwrap_err(),
            "its first line does not begin with `epoch`, as a CSVLogger's does"
        );
        assert_eq!(from_csv("epoch,loss\nx,2\n").unwrap_err(), "line 2 begins with no number of an epoch");
        assert_eq!(from_csv("epoch,loss\n0,1\n1\n").unwrap_err(), "line 3 has no value of `loss`");
    }
}
