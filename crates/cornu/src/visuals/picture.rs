//! `Picture`: shapes on a sheet, ready to be written.

use std::io::Write;
use std::path::Path as FilePath;

use super::font;
use super::ink::Color;
use super::shape::{Anchor, Font, Path, Shape, Style};
use super::svg;
use crate::fs::write_atomically;
use crate::{Error, Result};

/// A picture, to be saved as SVG or, with the feature `png`, in pixels.
///
/// The same input gives the same bytes on every machine.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::visuals::{PlotModel, plot_model};
/// let model = cornu::Sequential::new().add(Input::new([4])).add(Dense::new(3));
/// let picture = plot_model(&model, PlotModel::new().show_shapes(true))?;
/// assert!(picture.to_svg().contains("(None, 3)"));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub(super) title: String,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) dpi: u32,
    pub(super) shapes: Vec<Shape>,
}

/// Pixels an inch, where nobody says how many: as many as `plot_model` of Keras has.
const DPI: u32 = 200;

impl Picture {
    /// An empty sheet. Its title is for those who cannot see it.
    pub(super) fn new(title: impl Into<String>, width: f64, height: f64) -> Self {
        Picture { title: title.into(), width, height, dpi: DPI, shapes: Vec::new() }
    }

    /// Its width in pixels of a screen, 96 to an inch.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Its height in pixels of a screen, 96 to an inch.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// How many pixels an inch has in PNG; 200 by default. To SVG it means nothing.
    #[must_use]
    pub fn dpi(mut self, dpi: u32) -> Self {
        self.dpi = dpi;
        self
    }

    /// The picture as the text of an SVG file.
    ///
    /// ```
    /// let svg = cornu::visuals::plot_activations(["relu"])?.to_svg();
    /// assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    pub fn to_svg(&self) -> String {
        svg::write(self, svg::Place::File)
    }

    /// The picture as an element of a page, in the page's colours.
    pub(super) fn to_element(&self) -> String {
        svg::write(self, svg::Place::Page)
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    /// If it had more pixels than fit into memory.
    #[cfg(feature = "png")]
    pub fn to_png(&self) -> Result<Vec<u8>> {
        super::png::write(self)
    }

    #[cfg(not(feature = "png"))]
    fn to_png(&self) -> Result<Vec<u8>> {
        Err(Error::argument(
            "save",
            "this build writes no PNG: name the file .svg, or build with the feature `png`",
        ))
    }

    /// Writes the picture to a file whose name ends in `.svg` or, with the feature `png`, `.png`.
    ///
    /// # Errors
    /// If the name ends in anything else, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<FilePath>) -> Result<()> {
        let path = path.as_ref();
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let bytes = match extension.as_str() {
            "svg" => self.to_svg().into_bytes(),
            "png" => self.to_png()?,
            _ => return Err(Error::file(path, "a picture's name ends in .svg or .png")),
        };
        write_atomically(path, |file| file.write_all(&bytes))
    }

    pub(super) fn rect(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        radius: f64,
        style: Style,
    ) {
        self.shapes.push(Shape::Rect { x, y, width, height, radius, style });
    }

    pub(super) fn path(&mut self, path: Path, style: Style) {
        self.shapes.push(Shape::Path { path, style });
    }

    pub(super) fn text(&mut self, x: f64, y: f64, text: impl Into<String>, font: Font) {
        self.shapes.push(Shape::Text { x, y, text: text.into(), font });
    }

    /// The title where all pictures have it; returns the y below it.
    pub(super) fn heading(&mut self, text: &str) -> f64 {
        let font = Font::new(TITLE, Color::Ink).bold();
        let text = font::fit(text, TITLE, font.weight, self.width - 2.0 * MARGIN);
        self.text(MARGIN, MARGIN + 13.0, text, font);
        MARGIN + 24.0
    }

    /// What the colours mean, beside each other at the right of the heading.
    pub(super) fn legend(&mut self, entries: &[(&str, Color, bool)]) {
        let mut x = self.width - MARGIN;
        for (label, color, dashed) in entries.iter().rev() {
            x -= font::width(label, SMALL, font::Weight::Regular);
            self.text(x, MARGIN + 11.0, *label, Font::new(SMALL, Color::Muted).anchor(Anchor::Start));
            let style = Style::stroke(*color, 2.5);
            let line = Path::line((x - 26.0, MARGIN + 7.0), (x - 7.0, MARGIN + 7.0));
            self.path(line, if *dashed { style.dashed() } else { style });
            x -= 46.0;
        }
    }
}

/// The room around a picture.
pub(super) const MARGIN: f64 = 24.0;
/// The size of a picture's title.
pub(super) const TITLE: f64 = 17.0;
/// The size of labels.
pub(super) const SMALL: f64 = 12.0;
