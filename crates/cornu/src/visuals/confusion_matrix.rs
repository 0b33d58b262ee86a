//! Confusion matrices: which class was taken for which.

use super::Picture;
use super::font::{self, Weight};
use super::ink::{Color, Ink};
use super::picture::{MARGIN, SMALL};
use super::scale::significant;
use super::shape::{Anchor, Font, Style};
use crate::{Error, Result, Tensor};

/// What the numbers of a confusion matrix are shares of, as scikit-learn's `normalize` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Normalize {
    /// Counts.
    #[default]
    No,
    /// Shares of the samples that are of the class: each row adds up to 1.
    True,
    /// Shares of the samples that were taken for the class: each column adds up to 1.
    Pred,
    /// Shares of all samples.
    All,
}

/// How [`plot_confusion_matrix`] draws.
///
/// ```
/// use cornu::visuals::{Normalize, PlotConfusionMatrix};
/// let plot = PlotConfusionMatrix::new().class_names(["cat", "dog"]).normalize(Normalize::True).title("Animals");
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlotConfusionMatrix {
    class_names: Vec<String>,
    normalize: Normalize,
    title: Option<String>,
}

impl PlotConfusionMatrix {
    /// Counts, classes by their numbers.
    pub fn new() -> Self {
        Self::default()
    }

    /// What the classes are called.
    #[must_use]
    pub fn class_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.class_names = names.into_iter().map(Into::into).collect();
        self
    }

    crate::setters! {
        /// What the numbers are shares of.
        normalize: Normalize;
        /// What stands above; "Confusion matrix" by default.
        title: some into String;
    }
}

/// A confusion matrix: `matrix[i][j]` samples of class i were taken for class j.
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.ConfusionMatrixDisplay.html>.
///
/// ```
/// use cornu::Tensor;
/// use cornu::visuals::{Normalize, PlotConfusionMatrix, plot_confusion_matrix};
/// let counts = Tensor::from([[48i64, 2], [5, 45]]);
/// let plot = PlotConfusionMatrix::new().class_names(["cat", "dog"]).normalize(Normalize::True);
/// assert!(plot_confusion_matrix(&counts, plot)?.to_svg().contains(">0.96<"));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the matrix is not square, has numbers that count nothing, or the names are not as many as the classes.
pub fn plot_confusion_matrix(matrix: &Tensor, plot: PlotConfusionMatrix) -> Result<Picture> {
    let counts = rows(matrix)?;
    let classes = counts.len();
    let names = match plot.class_names.len() {
        0 => (0..classes).map(|class| class.to_string()).collect(),
        given if given == classes => plot.class_names,
        given => {
            let message = format!("needs {classes} names, one for each class of the matrix, got {given}");
            return Err(Error::argument("class_names", message));
        }
    };
    let shares = normalized(&counts, plot.normalize);
    let largest = shares.iter().flatten().copied().fold(0.0, f64::max);
    let title = plot.title.unwrap_or_else(|| "Confusion matrix".into());

    let texts: Vec<Vec<String>> =
        shares.iter().map(|row| row.iter().map(|share| written(*share, plot.normalize)).collect()).collect();
    let widest = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| font::width(text, SMALL, Weight::Regular)).fold(0.0, f64::max)
    };
    let numbers = widest(&mut texts.iter().flatten()) + 14.0;
    // A great many classes are a pattern, not numbers to read.
    let (cell, with_numbers) = match classes {
        0..=30 => (numbers.clamp(34.0, 90.0), true),
        _ => ((900.0 / classes as f64).max(1.0), false),
    };
    let with_names = cell >= 9.0;
    let longest = if with_names { widest(&mut names.iter()).clamp(8.0, 140.0) } else { 0.0 };
    let side = cell * classes as f64;
    // Names stand upright below if they are wider than their columns.
    let turned = longest > cell - 4.0;
    let (left, top) = (MARGIN + 26.0 + longest + 8.0, MARGIN + 42.0);
    let below = if turned { longest + 8.0 } else { 22.0 };
    let heading = font::width(&title, super::picture::TITLE, Weight::Bold).min(640.0) + 2.0 * MARGIN;
    let (width, height) = ((left + side + MARGIN).max(heading), top + side + below + 26.0 + MARGIN - 8.0);
    let mut picture = Picture::new(title.clone(), width, height);
    picture.heading(&title);

    for (i, row) in shares.iter().enumerate() {
        for (j, share) in row.iter().enumerate() {
            let (x, y) = (left + j as f64 * cell, top + i as f64 * cell);
            let strength = if largest > 0.0 { share / largest } else { 0.0 };
            if strength > 0.0 {
                let ink = Ink::new(Color::Heat, 0.04 + 0.96 * strength);
                picture.rect((x, y), (cell, cell), 0.0, Style::fill(ink));
            }
            if with_numbers {
                let ink = match (strength, *share) {
                    (strong, _) if strong > 0.5 => Color::OnHeat,
                    (_, 0.0) => Color::Muted,
                    _ => Color::Ink,
                };
                let font = Font::new(SMALL, ink).anchor(Anchor::Middle);
                picture.text(x + cell / 2.0, y + cell / 2.0 + 4.3, texts[i][j].clone(), font);
            }
        }
    }
    picture.rect((left, top), (side, side), 0.0, Style::stroke(Color::Border, 1.0));
    if with_names {
        for (at, name) in names.iter().enumerate() {
            let name = font::fit(name, SMALL, Weight::Regular, longest);
            let middle = (at as f64 + 0.5) * cell;
            let font = Font::new(SMALL, Color::Ink).anchor(Anchor::End);
            picture.text(left - 8.0, top + middle + 4.3, name.clone(), font);
            let foot = top + side;
            match turned {
                true => picture.text(left + middle + 4.3, foot + 8.0, name, font.turned()),
                false => picture.text(left + middle, foot + 17.0, name, font.anchor(Anchor::Middle)),
            }
        }
    }
    let label = Font::new(SMALL, Color::Muted).anchor(Anchor::Middle);
    picture.text(left + side / 2.0, top + side + below + 16.0, "predicted class", label);
    picture.text(MARGIN + 10.0, top + side / 2.0, "true class", label.turned());
    Ok(picture)
}

fn rows(matrix: &Tensor) -> Result<Vec<Vec<f64>>> {
    let what = "confusion matrix";
    let &[rows, columns] = matrix.shape() else {
        return Err(Error::argument(what, format!("needs two axes, got shape {}", matrix.to_shape())));
    };
    if rows != columns || rows == 0 {
        let message = format!("needs as many rows as columns, at least one, got shape {}", matrix.to_shape());
        return Err(Error::argument(what, message));
    }
    let counts = matrix.to_vec::<f64>();
    if let Some(wrong) = counts.iter().find(|count| !count.is_finite() || **count < 0.0) {
        return Err(Error::argument(what, format!("holds counts from 0 on, got {wrong}")));
    }
    Ok(counts.chunks(columns).map(<[f64]>::to_vec).collect())
}

fn normalized(counts: &[Vec<f64>], normalize: Normalize) -> Vec<Vec<f64>> {
    let share = |count: f64, of: f64| if of > 0.0 { count / of } else { 0.0 };
    let all: f64 = counts.iter().flatten().sum();
    let of_column = |j: usize| counts.iter().map(|row| row[j]).sum::<f64>();
    let columns: Vec<f64> = (0..counts.len()).map(of_column).collect();
    let row = |row: &Vec<f64>| -> Vec<f64> {
        let own: f64 = row.iter().sum();
        let cell = |(j, count): (usize, &f64)| match normalize {
            Normalize::No => *count,
            Normalize::True => share(*count, own),
            Normalize::Pred => share(*count, columns[j]),
            Normalize::All => share(*count, all),
        };
        row.iter().enumerate().map(cell).collect()
    };
    counts.iter().map(row).collect()
}

fn written(value: f64, normalize: Normalize) -> String {
    match normalize {
        _ if value == 0.0 => "0".into(),
        Normalize::No if value.fract() == 0.0 && value < 1e9 => format!("{value:.0}"),
        Normalize::No => significant(value),
        _ => format!("{value:.2}"),
    }
}
