//! The few shapes that all pictures are made of.

use std::fmt::Write;

use super::font::Weight;
use super::ink::Ink;

/// A shape on the sheet; y grows downwards.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// An upright rectangle, perhaps with round corners.
    Rect { x: f64, y: f64, width: f64, height: f64, radius: f64, style: Style },
    /// Lines and curves.
    Path { path: Path, style: Style },
    /// One line of text, its baseline at `y`.
    Text { x: f64, y: f64, text: String, font: Font },
}

/// How a shape is filled and outlined.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Style {
    pub(super) fill: Option<Ink>,
    pub(super) stroke: Option<Stroke>,
}

/// A line's look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stroke {
    pub(super) ink: Ink,
    pub(super) width: f64,
    pub(super) dashed: bool,
}

/// The lengths of a dash and of the gap behind it.
pub(super) const DASHES: [f64; 2] = [5.0, 4.0];

impl Style {
    /// Filled alone.
    pub(super) fn fill(ink: impl Into<Ink>) -> Self {
        Style { fill: Some(ink.into()), stroke: None }
    }

    /// Outlined alone.
    pub(super) fn stroke(ink: impl Into<Ink>, width: f64) -> Self {
        Style { fill: None, stroke: Some(Stroke { ink: ink.into(), width, dashed: false }) }
    }

    /// With an outline as well.
    pub(super) fn outlined(mut self, ink: impl Into<Ink>, width: f64) -> Self {
        self.stroke = Some(Stroke { ink: ink.into(), width, dashed: false });
        self
    }

    /// With dashes for a line.
    pub(super) fn dashed(mut self) -> Self {
        if let Some(stroke) = &mut self.stroke {
            stroke.dashed = true;
        }
        self
    }
}

/// Where a text stands in relation to its x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text's look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Font {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) anchor: Anchor,
    pub(super) ink: Ink,
    /// Whether it runs upwards.
    pub(super) turned: bool,
}

impl Font {
    pub(super) fn new(size: f64, ink: impl Into<Ink>) -> Self {
        Font { size, weight: Weight::Regular, anchor: Anchor::Start, ink: ink.into(), turned: false }
    }

    pub(super) fn bold(self) -> Self {
        Font { weight: Weight::Bold, ..self }
    }

    pub(super) fn anchor(self, anchor: Anchor) -> Self {
        Font { anchor, ..self }
    }

    pub(super) fn turned(self) -> Self {
        Font { turned: true, ..self }
    }
}

/// Lines and curves, as SVG writes them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Path(String);

impl Path {
    pub(super) fn new() -> Self {
        Self::default()
    }

    fn push(mut self, command: char, numbers: &[f64]) -> Self {
        self.0.push(command);
        for (at, value) in numbers.iter().enumerate() {
            if at > 0 {
                self.0.push(' ');
            }
            let _ = write!(self.0, "{}", number(*value)); // a String takes all that is written
        }
        self
    }

    pub(super) fn move_to(self, x: f64, y: f64) -> Self {
        self.push('M', &[x, y])
    }

    pub(super) fn line_to(self, x: f64, y: f64) -> Self {
        self.push('L', &[x, y])
    }

    pub(super) fn curve_to(self, a: (f64, f64), b: (f64, f64), end: (f64, f64)) -> Self {
        self.push('C', &[a.0, a.1, b.0, b.1, end.0, end.1])
    }

    pub(super) fn close(mut self) -> Self {
        self.0.push('Z');
        self
    }

    /// A line from one point to another.
    pub(super) fn line(from: (f64, f64), to: (f64, f64)) -> Self {
        Self::new().move_to(from.0, from.1).line_to(to.0, to.1)
    }

    /// A line through all points.
    pub(super) fn through(points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        points.into_iter().enumerate().fold(Self::new(), |path, (at, (x, y))| match at {
            0 => path.move_to(x, y),
            _ => path.line_to(x, y),
        })
    }

    /// A circle.
    pub(super) fn circle(x: f64, y: f64, radius: f64) -> Self {
        // Four cubic curves; this factor comes closest to a circle.
        let k = radius * 0.552_284_75;
        Self::new()
            .move_to(x - radius, y)
            .curve_to((x - radius, y - k), (x - k, y - radius), (x, y - radius))
            .curve_to((x + k, y - radius), (x + radius, y - k), (x + radius, y))
            .curve_to((x + radius, y + k), (x + k, y + radius), (x, y + radius))
            .curve_to((x - k, y + radius), (x - radius, y + k), (x - radius, y))
            .close()
    }

    /// A rectangle with round corners.
    #[cfg(feature = "png")]
    pub(super) fn rect(x: f64, y: f64, width: f64, height: f64, radius: f64) -> Self {
        let r = radius.min(width / 2.0).min(height / 2.0);
        let (right, bottom, k) = (x + width, y + height, r * (1.0 - 0.552_284_75));
        let path = Self::new().move_to(x + r, y).line_to(right - r, y);
        if r == 0.0 {
            return path.line_to(right, bottom).line_to(x, bottom).close();
        }
        path.curve_to((right - k, y), (right, y + k), (right, y + r))
            .line_to(right, bottom - r)
            .curve_to((right, bottom - k), (right - k, bottom), (right - r, bottom))
            .line_to(x + r, bottom)
            .curve_to((x + k, bottom), (x, bottom - k), (x, bottom - r))
            .line_to(x, y + r)
            .curve_to((x, y + k), (x + k, y), (x + r, y))
            .close()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A length with two decimals at most, so that pictures are the same on every machine.
pub(super) fn number(value: f64) -> f64 {
    let rounded = (value * 100.0).round() / 100.0;
    // Not a number would make the file unreadable, and minus zero another file.
    if rounded.is_finite() { rounded + 0.0 } else { 0.0 }
}
