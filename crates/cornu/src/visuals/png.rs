//! Pictures in pixels.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use zeno::{Cap, Join, Mask, Stroke as Pen, Transform};

use super::font;
use super::ink::{Color, Ink};
use super::picture::Picture;
use super::shape::{Anchor, DASHES, Font, Path, Shape, Stroke, Style};
use crate::{Error, Result};

/// Pixels an inch in which pictures are measured, as CSS has it.
const CSS_DPI: f64 = 96.0;
/// As many pixels as a picture may have: 400 megabytes of colours.
const MOST_PIXELS: f64 = 1.34e8;

/// The bytes of a PNG file.
pub(super) fn write(picture: &Picture) -> Result<Vec<u8>> {
    let mut sheet = Sheet::new(picture)?;
    for shape in &picture.shapes {
        sheet.draw(shape);
    }
    sheet.encode(picture.dpi).map_err(|source| Error::io("picture.png", source))
}

/// Pixels that are drawn on.
struct Sheet {
    width: usize,
    height: usize,
    scale: f64,
    /// Red, green and blue of each pixel.
    pixels: Vec<u8>,
}

impl Sheet {
    fn new(picture: &Picture) -> Result<Self> {
        let scale = f64::from(picture.dpi.max(1)) / CSS_DPI;
        let (width, height) =
            ((picture.width * scale).ceil().max(1.0), (picture.height * scale).ceil().max(1.0));
        if width * height > MOST_PIXELS {
            let message = format!(
                "the picture has {:.0} × {:.0} points and would have {width:.0} × {height:.0} pixels: choose a smaller dpi \
                 than {}, or write SVG",
                picture.width, picture.height, picture.dpi
            );
            return Err(Error::argument("to_png", message));
        }
        let (width, height) = (width as usize, height as usize);
        Ok(Sheet { width, height, scale, pixels: Color::Surface.rgb().repeat(width * height) })
    }

    fn draw(&mut self, shape: &Shape) {
        let scale = self.scale as f32;
        let place = Transform::scale(scale, scale);
        match shape {
            Shape::Rect { x, y, width, height, radius, style } => {
                self.path(Path::rect(*x, *y, *width, *height, *radius).as_str(), style, place);
            }
            Shape::Path { path, style } => self.path(path.as_str(), style, place),
            Shape::Text { x, y, text, font } => self.text((*x, *y), text, font),
        }
    }

    fn path(&mut self, path: &str, style: &Style, place: Transform) {
        let mut mask = Mask::new(path);
        mask.transform(Some(place));
        if let Some(ink) = style.fill {
            self.paint(&mask.render(), ink);
        }
        if let Some(Stroke { ink, width, dashed }) = style.stroke {
            let dashes = DASHES.map(|length| length as f32);
            let mut pen = Pen::new(width as f32);
            pen.join(Join::Round).cap(Cap::Butt);
            if dashed {
                pen.dash(&dashes, 0.0);
            }
            self.paint(&mask.style(pen).render(), ink);
        }
    }

    fn text(&mut self, (x, y): (f64, f64), text: &str, look: &Font) {
        let width = font::width(text, look.size, look.weight);
        let start = match look.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -width / 2.0,
            Anchor::End => -width,
        };
        let size = (look.size / 1000.0) as f32;
        let mut at = start;
        for letter in text.chars() {
            let glyph = font::glyph(letter, look.weight);
            if !glyph.outline.is_empty() {
                let (along, scale) = (at as f32, self.scale as f32);
                let place = match look.turned {
                    // Upwards: what runs right runs up.
                    true => Transform::new(0.0, -size, size, 0.0, x as f32, y as f32 - along),
                    false => Transform::new(size, 0.0, 0.0, size, x as f32 + along, y as f32),
                };
                let mut mask = Mask::new(glyph.outline);
                mask.transform(Some(place.then_scale(scale, scale)));
                self.paint(&mask.render(), look.ink);
            }
            at += glyph.advance * look.size / 1000.0;
        }
    }

    /// Lays a colour on the sheet as strongly as a mask says.
    fn paint(&mut self, (mask, place): &(Vec<u8>, zeno::Placement), ink: Ink) {
        let color = ink.color.rgb().map(f64::from);
        for (row, line) in mask.chunks(place.width.max(1) as usize).enumerate() {
            let Ok(y) = usize::try_from(place.top as i64 + row as i64) else { continue };
            if y >= self.height {
                break;
            }
            for (column, cover) in line.iter().enumerate().filter(|(_, cover)| **cover > 0) {
                let Ok(x) = usize::try_from(place.left as i64 + column as i64) else { continue };
                if x >= self.width {
                    break;
                }
                let share = f64::from(*cover) / 255.0 * ink.opacity;
                let at = (y * self.width + x) * 3;
                for (pixel, color) in self.pixels[at..at + 3].iter_mut().zip(color) {
                    *pixel = (f64::from(*pixel) * (1.0 - share) + color * share).round() as u8;
                }
            }
        }
    }

    /// The pixels as PNG has them: <https://www.w3.org/TR/png-3/>.
    fn encode(&self, dpi: u32) -> std::io::Result<Vec<u8>> {
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut header = Vec::new();
        header.extend((self.width as u32).to_be_bytes());
        header.extend((self.height as u32).to_be_bytes());
        // Eight bits a colour, three colours; the only compression, the only filters, no interlacing.
        header.extend([8, 2, 0, 0, 0]);
        chunk(&mut png, b"IHDR", &header);
        let a_metre = (f64::from(dpi) / 0.0254).round() as u32;
        let mut density = [a_metre.to_be_bytes(), a_metre.to_be_bytes()].concat();
        density.push(1);
        chunk(&mut png, b"pHYs", &density);

        let mut packed = ZlibEncoder::new(Vec::new(), Compression::new(6));
        let length = self.width * 3;
        let mut above = vec![0; length];
        let mut filtered = Vec::with_capacity(length + 1);
        for line in self.pixels.chunks(length) {
            // Each byte less the one above: most of a picture is as the line before.
            filtered.clear();
            filtered.push(2);
            filtered.extend(line.iter().zip(&above).map(|(byte, above)| byte.wrapping_sub(*above)));
            packed.write_all(&filtered)?;
            above.copy_from_slice(line);
        }
        chunk(&mut png, b"IDAT", &packed.finish()?);
        chunk(&mut png, b"IEND", &[]);
        Ok(png)
    }
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(name);
    crc.update(data);
    png.extend((data.len() as u32).to_be_bytes());
    png.extend(name);
    png.extend(data);
    png.extend(crc.sum().to_be_bytes());
}
