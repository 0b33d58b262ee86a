//! Panels with curves, as many as are wanted on one sheet.

use super::font::{self, Weight};
use super::ink::Color;
use super::picture::{MARGIN, Picture, SMALL};
use super::scale::{Scale, extent};
use super::shape::{Anchor, Font, Path, Style};

/// A curve.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    pub(super) points: Vec<(f64, f64)>,
    pub(super) color: Color,
    pub(super) dashed: bool,
}

/// A bar of a histogram: from, to, height.
pub(super) type Bar = (f64, f64, f64);

/// One panel.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Panel {
    pub(super) title: String,
    /// What stands at the right of the title.
    pub(super) note: String,
    pub(super) x_label: String,
    pub(super) curves: Vec<Curve>,
    pub(super) bars: Vec<Bar>,
    /// Whether x counts something.
    pub(super) whole_x: bool,
    /// Whether zero is part of the y axis.
    pub(super) from_zero: bool,
    /// Whether the axes through zero are drawn.
    pub(super) cross: bool,
    /// A point to look at.
    pub(super) mark: Option<(f64, f64)>,
}

/// The size of a panel's plot, without title and labels.
const PLOT: (f64, f64) = (340.0, 190.0);
/// Room at the left of a plot for the numbers of its axis, above for its title, below for the other axis.
const LEFT: f64 = 52.0;
const ABOVE: f64 = 30.0;
const BELOW: f64 = 44.0;
/// Room between panels.
const GAP: f64 = 32.0;

/// All panels on one sheet below a title and what its colours mean.
pub(super) fn sheet(title: &str, legend: &[(&str, Color, bool)], panels: &[Panel]) -> Picture {
    let columns = match panels.len() {
        0 | 1 => 1,
        2 | 4 => 2,
        _ => 3,
    };
    let rows = panels.len().div_ceil(columns).max(1);
    let cell = (LEFT + PLOT.0, ABOVE + PLOT.1 + BELOW);
    let width = 2.0 * MARGIN + columns as f64 * (cell.0 + GAP) - GAP;
    let top = MARGIN + 34.0;
    let height = top + rows as f64 * cell.1 + (rows - 1) as f64 * 14.0 + MARGIN - 8.0;
    let mut picture = Picture::new(title, width, height);
    picture.heading(title);
    picture.legend(legend);
    if panels.is_empty() {
        let middle = (width / 2.0, (top + height) / 2.0);
        let font = Font::new(14.0, Color::Muted).anchor(Anchor::Middle);
        picture.text(middle.0, middle.1, "Nothing was recorded", font);
    }
    for (at, panel) in panels.iter().enumerate() {
        let x = MARGIN + (at % columns) as f64 * (cell.0 + GAP);
        let y = top + (at / columns) as f64 * (cell.1 + 14.0);
        draw(&mut picture, panel, (x + LEFT, y + ABOVE));
    }
    picture
}

/// Draws a panel whose plot begins at `(left, top)`.
fn draw(picture: &mut Picture, panel: &Panel, (left, top): (f64, f64)) {
    let points = || panel.curves.iter().flat_map(|curve| curve.points.iter());
    let xs = points().map(|(x, _)| *x).chain(panel.bars.iter().flat_map(|bar| [bar.0, bar.1]));
    let zero = (panel.from_zero || !panel.bars.is_empty()).then_some(0.0);
    let ys = points().map(|(_, y)| *y).chain(panel.bars.iter().map(|bar| bar.2)).chain(zero);
    let x_scale = Scale::around(xs, 6, panel.whole_x);
    let y_scale = Scale::around(ys, 5, false);
    let x_scale = if panel.bars.is_empty() && !panel.cross { x_scale.padded(0.02) } else { x_scale };
    let y_scale = if panel.bars.is_empty() { y_scale.padded(0.05) } else { y_scale };
    let place = |x: f64, y: f64| (left + x_scale.share(x) * PLOT.0, top + (1.0 - y_scale.share(y)) * PLOT.1);
    let (right, bottom) = (left + PLOT.0, top + PLOT.1);

    let bold = Font::new(13.0, Color::Ink).bold();
    let note_width = font::width(&panel.note, SMALL, Weight::Regular);
    let title = font::fit(&panel.title, 13.0, Weight::Bold, PLOT.0 + LEFT - 16.0 - note_width);
    picture.text(left - LEFT + 8.0, top - 13.0, title, bold);
    picture.text(right, top - 13.0, &panel.note, Font::new(SMALL, Color::Muted).anchor(Anchor::End));

    let numbers = Font::new(11.0, Color::Muted);
    for tick in &y_scale.ticks {
        let y = place(x_scale.low, *tick).1;
        picture.path(Path::line((left, y), (right, y)), Style::stroke(Color::Grid, 1.0));
        picture.text(left - 8.0, y + 4.0, y_scale.label(*tick), numbers.anchor(Anchor::End));
    }
    for tick in &x_scale.ticks {
        let x = place(*tick, y_scale.low).0;
        picture.path(Path::line((x, bottom), (x, bottom + 4.0)), Style::stroke(Color::Border, 1.0));
        picture.text(x, bottom + 17.0, x_scale.label(*tick), numbers.anchor(Anchor::Middle));
    }
    picture.path(Path::line((left, bottom), (right, bottom)), Style::stroke(Color::Border, 1.0));
    picture.text(
        (left + right) / 2.0,
        bottom + 34.0,
        &panel.x_label,
        Font::new(11.0, Color::Muted).anchor(Anchor::Middle),
    );
    if panel.cross {
        let inside = |scale: &Scale| (0.0..=1.0).contains(&scale.share(0.0));
        let (x, y) = place(0.0, 0.0);
        if inside(&x_scale) {
            picture.path(Path::line((x, top), (x, bottom)), Style::stroke(Color::Border, 1.0));
        }
        if inside(&y_scale) {
            picture.path(Path::line((left, y), (right, y)), Style::stroke(Color::Border, 1.0));
        }
    }

    for (from, to, height) in &panel.bars {
        let ((x, y), (end, base)) = (place(*from, *height), place(*to, 0.0));
        if base > y {
            // A hair between bars, unless they are hairs themselves.
            let width = if end - x > 3.0 { end - x - 1.0 } else { end - x };
            picture.rect((x, y), (width, base - y), 0.0, Style::fill(Color::Series(0)));
        }
    }
    if let Some((x, y)) = panel.mark {
        let (x, _) = place(x, y);
        picture.path(Path::line((x, top), (x, bottom)), Style::stroke(Color::Border, 1.0).dashed());
    }
    for curve in &panel.curves {
        let style = Style::stroke(curve.color, 2.0);
        let style = if curve.dashed { style.dashed() } else { style };
        for piece in pieces(&curve.points) {
            let placed: Vec<(f64, f64)> = thinned(piece).into_iter().map(|(x, y)| place(x, y)).collect();
            match placed.as_slice() {
                [(x, y)] => picture.path(Path::circle(*x, *y, 3.0), Style::fill(curve.color)),
                _ => picture.path(Path::through(placed), style),
            }
        }
    }
    if let Some((x, y)) = panel.mark {
        let (x, y) = place(x, y);
        let ring = Style::fill(Color::Surface).outlined(Color::Ink, 1.5);
        picture.path(Path::circle(x, y, 4.0), ring);
    }
}

/// The runs of points that are numbers.
fn pieces(points: &[(f64, f64)]) -> impl Iterator<Item = &[(f64, f64)]> {
    points.split(|(x, y)| !x.is_finite() || !y.is_finite()).filter(|piece| !piece.is_empty())
}

/// The points of a long curve that can be seen: of each narrow column the first, the lowest, the highest and the last.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    const COLUMNS: usize = 400;
    let Some((low, high)) = extent(points.iter().map(|(x, _)| *x)) else { return Vec::new() };
    if points.len() <= 4 * COLUMNS || high <= low {
        return points.to_vec();
    }
    let column = |x: f64| ((x - low) / (high - low) * COLUMNS as f64) as usize;
    let mut kept = Vec::with_capacity(4 * COLUMNS);
    for run in points.chunk_by(|a, b| column(a.0) == column(b.0)) {
        let by_height = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let chosen = [run.first(), run.iter().min_by(by_height), run.iter().max_by(by_height), run.last()];
        let mut of_run: Vec<(f64, f64)> = chosen.into_iter().flatten().copied().collect();
        of_run.sort_by(|a, b| a.0.total_cmp(&b.0));
        of_run.dedup();
        kept.extend(of_run);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_curves_keep_their_extremes() {
        let mut points: Vec<(f64, f64)> =
            (0..100_000).map(|x| (x as f64, (x as f64 / 9000.0).sin())).collect();
        points[54_321].1 = 7.0;
        let kept = thinned(&points);
        assert!(kept.len() <= 1604, "{}", kept.len());
        assert!(kept.contains(&(54_321.0, 7.0)) && kept[0] == points[0] && kept.last() == points.last());
    }

    #[test]
    fn what_is_not_a_number_cuts_a_curve() {
        let nan = f64::NAN;
        let points = [(0.0, 1.0), (1.0, nan), (2.0, 3.0), (3.0, 4.0), (4.0, f64::INFINITY)];
        let found: Vec<_> = pieces(&points).collect();
        assert_eq!(found, [&[(0.0, 1.0)][..], &[(2.0, 3.0), (3.0, 4.0)]]);
    }
}
