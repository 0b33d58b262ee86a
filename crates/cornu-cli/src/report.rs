//! `--plot` and `--report`: what is drawn of a training.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cornu::visuals::{PlotConfusionMatrix, Report, plot_history};
use cornu::{History, Logs, Model, Predict, Tensor, Verbose};

use crate::args::{check_folder, page_file, picture_file};
use crate::failure::Result;
use crate::samples::Samples;

/// What is to be drawn.
#[derive(Args)]
pub(crate) struct Drawings {
    /// Where the curves of loss and metrics go, as a picture
    #[arg(long, value_name = "FILE.svg|png", value_parser = picture_file)]
    plot: Option<PathBuf>,
    /// Where a page about the training goes: results, curves, confusion matrix, model
    #[arg(long, value_name = "FILE.html", value_parser = page_file)]
    report: Option<PathBuf>,
}

/// What a report tells of a training beside its model.
pub(crate) struct Run<'a> {
    pub(crate) history: &'a History,
    pub(crate) took: Duration,
    pub(crate) training: &'a Samples,
    /// Samples that were kept out of the training, with the result on them.
    pub(crate) test: Option<(&'a Samples, &'a Logs)>,
    pub(crate) facts: Vec<(&'static str, String)>,
}

impl Drawings {
    /// Reports, before hours of work, that their result could not be written.
    pub(crate) fn check(&self) -> Result {
        self.plot.iter().chain(&self.report).try_for_each(|path| check_folder(path))
    }

    /// Whether anything is to be drawn.
    pub(crate) fn any(&self) -> bool {
        self.plot.is_some() || self.report.is_some()
    }

    /// Draws what is wanted.
    pub(crate) fn draw(&self, model: &mut Model, run: &Run<'_>) -> Result {
        if let Some(path) = &self.plot {
            plot_history(run.history).save(path)?;
        }
        if let Some(path) = &self.report {
            report(model, run)?.save(path)?;
        }
        Ok(())
    }
}

fn report(model: &mut Model, run: &Run<'_>) -> Result<Report> {
    let mut report = Report::new(format!("Training of {}", model.name()));
    if let Some((_, logs)) = run.test {
        report = report.results("Test", logs);
    }
    report = report.history(run.history);
    let matrix = match run.test {
        Some((samples, _)) => confusion_matrix(model, samples)?,
        None => None,
    };
    if let Some(matrix) = &matrix {
        report = report
            .confusion_matrix(matrix, PlotConfusionMatrix::new().title("Confusion matrix of the test"))?;
    }
    let command = std::env::args().collect::<Vec<_>>().join(" ");
    let took = format!("{:.1} s", run.took.as_secs_f64());
    let mut facts = vec![("command", command), ("training took", took)];
    facts.extend(run.facts.iter().cloned());
    let mut data = vec![("training samples", run.training.y.row_count().to_string())];
    data.extend(run.training.shapes());
    if let Some((samples, _)) = run.test {
        data.push(("test samples", samples.y.row_count().to_string()));
    }
    Ok(report.facts("Run", facts).facts("Data", data).environment().model(model)?)
}

/// Of each class how many samples were taken for each, where the model tells classes apart.
fn confusion_matrix(model: &mut Model, samples: &Samples) -> Result<Option<Tensor>> {
    let units = model.output_shape()?.last().unwrap_or(0);
    let loss = model.loss().and_then(|loss| loss.get().ok()).map(|loss| loss.class_name().to_owned());
    let single = model.output_names()?.len() == 1 && samples.y.len() == samples.y.row_count();
    let classes = match loss.as_deref() {
        Some("SparseCategoricalCrossentropy") if single => units,
        Some("BinaryCrossentropy") if single && units == 1 => 2,
        _ => return Ok(None),
    };
    let predicted = model.predict(samples.x(), Predict::new().verbose(Verbose::Silent))?;
    let predicted: Vec<f32> = predicted.to_vec();
    let mut counts = vec![0i64; classes * classes];
    for (class, row) in samples.y.to_vec::<i64>().into_iter().zip(predicted.chunks(units)) {
        let guess = match row {
            [share] => usize::from(*share > 0.5),
            row => (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap_or(0),
        };
        let class = usize::try_from(class).unwrap_or(usize::MAX);
        if let Some(count) = class.checked_mul(classes).and_then(|row| counts.get_mut(row + guess)) {
            *count += 1;
        }
    }
    Ok(Some(Tensor::new(counts, [classes, classes]).map_err(cornu::Error::from)?))
}
