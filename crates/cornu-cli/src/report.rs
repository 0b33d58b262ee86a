//! `--plot` and `--report`: what is drawn of a training.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
    let mut facts = vec![("command", command), ("finished", utc(SystemTime::now()))];
    facts.push(("training took", format!("{:.1} s", run.took.as_secs_f64())));
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

/// Date and time in UTC. Days are counted as in <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>.
fn utc(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", second / 3600, second / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let at = |seconds| utc(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01 00:00 UTC");
        assert_eq!(at(951_827_696), "2000-02-29 12:34 UTC");
        assert_eq!(at(4_102_444_799), "2099-12-31 23:59 UTC");
    }
}
