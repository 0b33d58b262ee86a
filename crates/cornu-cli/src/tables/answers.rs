//! What a model that takes tables answers, and how good that is.

use std::fmt;
use std::path::Path;

use cornu::data::{Column, Table, read_csv, write_csv};
use cornu::preprocessing::{
    ClassificationReport, LabelEncoder, Rows, accuracy_score, classification_report, mean_absolute_error,
    r2_score, root_mean_squared_error,
};
use cornu::{Data, ModelPipeline, Predict};
use serde_json::json;

use super::task::{Task, targets};
use crate::failure::{Failure, Result};

/// Rows a step.
fn steps(batch_size: Option<usize>) -> Predict<'static> {
    batch_size.map_or_else(Predict::new, |size| Predict::new().batch_size(size))
}

/// Answers the rows of a CSV file in another: the prediction, of classes each one's probability, too.
pub(crate) fn predict(
    pipeline: &mut ModelPipeline,
    from: &Path,
    to: &Path,
    batch_size: Option<usize>,
) -> Result {
    let x = read(pipeline, from)?;
    let features = pipeline.features(&x)?;
    let output = pipeline.model_mut().predict(&features, steps(batch_size))?;
    let name = pipeline.name_of_target().unwrap_or("prediction").to_owned();
    let mut columns = vec![(name, column(&pipeline.answers(&output)?))];
    if pipeline.is_classifier() {
        let probabilities = pipeline.probabilities(&output)?.to_vec::<f64>();
        let classes = pipeline.classes()?;
        for (at, class) in classes.iter().enumerate() {
            let of = probabilities.iter().skip(at).step_by(classes.len()).copied().collect();
            columns.push((format!("probability_{class}"), Column::Floats(of)));
        }
    }
    Ok(write_csv(to, &Table::new(columns)?)?)
}

/// Measures a model on a CSV file that has the target's column.
pub(crate) fn evaluate(pipeline: &mut ModelPipeline, from: &Path) -> Result<Measured> {
    let table = read_csv(from)?;
    let Some(name) = pipeline.name_of_target().map(String::from) else {
        return Err(Failure::new("the model does not say which column is its target"));
    };
    let column = table.column(&name).map_err(|error| Failure::new(format!("{}: {error}", from.display())))?;
    let task = if pipeline.is_classifier() { Task::Classification } else { Task::Regression };
    let (y, rows) = targets(&name, column, task)?;
    let x = pipeline
        .arrange(&table.take(&rows)?)
        .map_err(|error| Failure::new(format!("{}: {error}", from.display())))?;
    Measured::of(pipeline, &x, &y.take_rows(&rows)?)
}

fn read(pipeline: &ModelPipeline, from: &Path) -> Result<Table> {
    let table = read_csv(from)?;
    pipeline.arrange(&table).map_err(|error| Failure::new(format!("{}: {error}", from.display())))
}

/// Answers as a column.
fn column(answers: &Data) -> Column {
    match answers {
        Data::Strings(strings) => Column::Strings(strings.as_slice().iter().cloned().map(Some).collect()),
        Data::Numbers(tensor) if tensor.dtype().is_float() => Column::Floats(tensor.to_vec()),
        Data::Numbers(tensor) => Column::Ints(tensor.to_vec()),
    }
}

/// How well a model does on rows.
pub(crate) enum Measured {
    Numbers { r2: f64, rmse: f64, mae: f64 },
    Classes { accuracy: f64, report: Box<ClassificationReport> },
}

impl Measured {
    pub(super) fn of(pipeline: &mut ModelPipeline, x: &Table, y: &Data) -> Result<Self> {
        let answers = pipeline.predict(x, Predict::new())?;
        Ok(match (y, &answers) {
            (Data::Numbers(y), Data::Numbers(answers)) if !pipeline.is_classifier() => Measured::Numbers {
                r2: r2_score(y, answers)?,
                rmse: root_mean_squared_error(y, answers)?,
                mae: mean_absolute_error(y, answers)?,
            },
            _ => Measured::Classes {
                accuracy: accuracy_score(y, &answers)?,
                report: Box::new(classification_report(y, &answers)?),
            },
        })
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        match self {
            Measured::Numbers { r2, rmse, mae } => json!({"r2": r2, "rmse": rmse, "mae": mae}),
            Measured::Classes { accuracy, .. } => json!({"accuracy": accuracy}),
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Measured::Numbers { r2, rmse, mae } => write!(f, "R²: {r2:.4} - RMSE: {rmse:.6} - MAE: {mae:.6}"),
            Measured::Classes { accuracy, report } => write!(f, "accuracy: {accuracy:.4}\n\n{report}"),
        }
    }
}

/// The classes among labels.
pub(super) fn labels(y: &Data) -> Result<Vec<cornu::preprocessing::Cell>> {
    let mut encoder = LabelEncoder::new();
    encoder.fit(y)?;
    Ok(encoder.classes()?.to_vec())
}
