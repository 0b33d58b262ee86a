//! The trials of a search as parallel coordinates.

use super::Picture;
use super::font::{self, Weight};
use super::ink::{Color, Ink};
use super::picture::{MARGIN, SMALL};
use super::scale::{Scale, extent, significant};
use super::shape::{Anchor, Font, Path, Style};
use crate::{Error, Result};

/// One axis of [`plot_trials`]: a hyperparameter with its value in each trial.
///
/// ```
/// use cornu::visuals::Column;
/// let rate = Column::numbers("learning_rate", [Some(1e-4), Some(0.1)]).log(true);
/// let optimizer = Column::choices("optimizer", [Some("adam"), None]); // the second trial had none
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    name: String,
    values: Values,
    log: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Numbers(Vec<Option<f64>>),
    Choices(Vec<Option<String>>),
}

impl Column {
    /// A number in each trial; `None` where a trial did not have it.
    pub fn numbers(name: impl Into<String>, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        Column { name: name.into(), values: Values::Numbers(values.into_iter().collect()), log: false }
    }

    /// One of several words in each trial; `None` where a trial did not have it.
    pub fn choices<S: Into<String>>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = Option<S>>,
    ) -> Self {
        let values = values.into_iter().map(|value| value.map(Into::into)).collect();
        Column { name: name.into(), values: Values::Choices(values), log: false }
    }

    crate::setters! {
        /// Whether numbers stand at their logarithms. Of numbers that are not positive there are none.
        log: bool;
    }

    fn len(&self) -> usize {
        match &self.values {
            Values::Numbers(values) => values.len(),
            Values::Choices(values) => values.len(),
        }
    }
}

/// What the trials of a search are ranked by.
///
/// ```
/// let score = cornu::visuals::Score::new("val_accuracy", [0.91, 0.97, f64::NAN], true);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    name: String,
    values: Vec<f64>,
    maximize: bool,
}

impl Score {
    /// The score of each trial, NaN for one that failed, and whether larger ones are better.
    pub fn new(name: impl Into<String>, values: impl IntoIterator<Item = f64>, maximize: bool) -> Self {
        Score { name: name.into(), values: values.into_iter().collect(), maximize }
    }

    fn best(&self) -> Option<usize> {
        let worth = |trial: &usize| if self.maximize { self.values[*trial] } else { -self.values[*trial] };
        let ranked = (0..self.values.len()).filter(|trial| self.values[*trial].is_finite());
        ranked.reduce(|best, other| if worth(&other) > worth(&best) { other } else { best })
    }
}

/// The trials of a search as lines across one axis a hyperparameter, up to the axis of their scores: the better, the
/// stronger; the best stands out, those that failed are dashed.
///
/// ```
/// use cornu::visuals::{Column, Score, plot_trials};
/// let columns = [
///     Column::numbers("learning_rate", [Some(1e-4), Some(0.01), Some(0.1)]).log(true),
///     Column::choices("optimizer", [Some("adam"), Some("sgd"), Some("adam")]),
/// ];
/// let picture = plot_trials(&columns, &Score::new("val_accuracy", [0.91, 0.97, f64::NAN], true))?;
/// assert!(picture.to_svg().contains("3 trials, the best 0.97"));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If a column has not as many values as there are scores.
pub fn plot_trials(columns: &[Column], score: &Score) -> Result<Picture> {
    let trials = score.values.len();
    if let Some(other) = columns.iter().find(|column| column.len() != trials) {
        let message = format!("has {} values for {trials} scores", other.len());
        return Err(Error::argument(format!("column `{}`", other.name), message));
    }
    let scores = Column::numbers(score.name.clone(), score.values.iter().copied().map(Some));
    let axes: Vec<Axis> = columns.iter().chain([&scores]).map(Axis::new).collect();

    let (top, height) = (MARGIN + 84.0, 300.0);
    let bottom = top + height;
    let margin = MARGIN + 50.0;
    let distance = axes.iter().map(Axis::width).fold(130.0, f64::max);
    let width = (2.0 * margin + distance * (axes.len() - 1) as f64 + 40.0).max(460.0);
    let mut picture = Picture::new("Trials", width, bottom + 30.0 + MARGIN);
    picture.heading("Trials");
    let note = match score.best() {
        Some(best) => format!("{trials} trials, the best {}", significant(score.values[best])),
        None => format!("{trials} trials, none with a score"),
    };
    picture.text(MARGIN, MARGIN + 33.0, note, Font::new(SMALL, Color::Muted));

    let x = |axis: usize| margin + axis as f64 * distance;
    let y = |share: Option<f64>| share.map_or(bottom + 22.0, |share| bottom - share * height);
    let range = extent(score.values.iter().copied());
    let mut order: Vec<usize> = (0..trials).collect();
    let worth = |trial: usize| {
        let (low, high) = range.unwrap_or((0.0, 1.0));
        let share = if high > low { (score.values[trial] - low) / (high - low) } else { 1.0 };
        if score.maximize { share } else { 1.0 - share }
    };
    // The better lie above the worse, which lie above those without a score.
    order.sort_by(|a, b| worth(*a).total_cmp(&worth(*b)));
    order.sort_by_key(|trial| score.values[*trial].is_finite());
    let best = score.best();
    for trial in order {
        let places: Vec<(f64, f64)> =
            axes.iter().enumerate().map(|(at, axis)| (x(at), y(axis.shares[trial]))).collect();
        let style = match score.values[trial].is_finite() {
            _ if best == Some(trial) => Style::stroke(Color::Series(1), 3.0),
            true => Style::stroke(Ink::new(Color::Heat, 0.12 + 0.6 * worth(trial).powi(2)), 1.6),
            false => Style::stroke(Ink::new(Color::Muted, 0.5), 1.2).dashed(),
        };
        picture.path(smooth(&places), style);
    }
    for (at, axis) in axes.iter().enumerate() {
        axis.draw(&mut picture, x(at), (top, bottom));
    }
    Ok(picture)
}

/// A curve through points, level at each.
fn smooth(points: &[(f64, f64)]) -> Path {
    let Some(((x, y), rest)) = points.split_first() else { return Path::new() };
    let mut path = Path::new().move_to(*x, *y);
    let mut last = (*x, *y);
    for point in rest {
        let middle = (last.0 + point.0) / 2.0;
        path = path.curve_to((middle, last.1), (middle, point.1), *point);
        last = *point;
    }
    path
}

/// A column as it is drawn.
struct Axis {
    name: String,
    /// Where each trial lies, from 0 to 1, if it has a value.
    shares: Vec<Option<f64>>,
    /// Labels with where they stand.
    labels: Vec<(f64, String)>,
    /// Whether trials are without a value.
    gaps: bool,
}

impl Axis {
    fn new(column: &Column) -> Self {
        let (shares, labels) = match &column.values {
            Values::Numbers(values) => of_numbers(values, column.log),
            Values::Choices(values) => of_choices(values),
        };
        let gaps = shares.iter().any(Option::is_none);
        Axis { name: column.name.clone(), shares, labels, gaps }
    }

    /// The distance to the next axis that its texts need.
    fn width(&self) -> f64 {
        let labels = self.labels.iter().map(|(_, label)| font::width(label, 11.0, Weight::Regular) + 30.0);
        let name = font::width(&self.name, SMALL, Weight::Bold) + 24.0;
        labels.fold(name, f64::max).min(220.0)
    }

    fn draw(&self, picture: &mut Picture, x: f64, (top, bottom): (f64, f64)) {
        picture.path(Path::line((x, top), (x, bottom)), Style::stroke(Color::Ink, 1.2));
        let name = font::fit(&self.name, SMALL, Weight::Bold, 200.0);
        picture.text(x, top - 16.0, name, Font::new(SMALL, Color::Ink).bold().anchor(Anchor::Middle));
        let numbers = Font::new(11.0, Color::Ink);
        let mut label = |y: f64, label: &str| {
            let label = font::fit(label, 11.0, Weight::Regular, 190.0);
            // Lines run behind the labels.
            let back = Style::fill(Ink::new(Color::Surface, 0.8));
            picture.rect(
                (x + 6.0, y - 8.0),
                (font::width(&label, 11.0, Weight::Regular) + 4.0, 15.0),
                3.0,
                back,
            );
            picture.path(Path::line((x - 4.0, y), (x + 4.0, y)), Style::stroke(Color::Ink, 1.2));
            picture.text(x + 8.0, y + 3.8, label, numbers);
        };
        for (share, text) in &self.labels {
            label(bottom - share * (bottom - top), text);
        }
        if self.gaps {
            label(bottom + 22.0, "none");
        }
    }
}

type Placed = (Vec<Option<f64>>, Vec<(f64, String)>);

fn of_numbers(values: &[Option<f64>], log: bool) -> Placed {
    let place = |value: f64| if log { value.log10() } else { value };
    let placed: Vec<Option<f64>> =
        values.iter().map(|value| value.map(place).filter(|value| value.is_finite())).collect();
    let numbers = || placed.iter().copied().flatten();
    let whole = !log && numbers().all(|value| value.fract() == 0.0);
    let scale = Scale::around(numbers(), 5, whole || log);
    let labels = scale.ticks.iter().map(|tick| {
        let label = if log { significant(10f64.powf(*tick)) } else { scale.label(*tick) };
        (scale.share(*tick), label)
    });
    (placed.iter().map(|value| value.map(|value| scale.share(value))).collect(), labels.collect())
}

fn of_choices(values: &[Option<String>]) -> Placed {
    let mut known: Vec<&String> = values.iter().flatten().collect();
    known.sort();
    known.dedup();
    let share = |at: usize| if known.len() == 1 { 0.5 } else { at as f64 / (known.len() - 1) as f64 };
    let place = |value: &String| known.binary_search(&value).ok().map(share);
    let shares = values.iter().map(|value| value.as_ref().and_then(place)).collect();
    (shares, known.iter().enumerate().map(|(at, value)| (share(at), (*value).clone())).collect())
}
