//! Pictures as SVG.

use std::fmt::Write;

use super::font::Weight;
use super::ink::{Color, Ink};
use super::picture::Picture;
use super::shape::{Anchor, DASHES, Shape, Stroke, Style, number};

/// Where the SVG is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a file of its own, on a white sheet.
    File,
    /// In a page, whose style has the colours.
    Page,
}

/// The fonts a picture is shown in, those first that are as wide as the one it was laid out with.
const FONTS: &str = "Inter, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, sans-serif";

pub(super) fn write(picture: &Picture, place: Place) -> String {
    let (width, height) = (number(picture.width), number(picture.height));
    let mut svg = String::new();
    let mut open = |text: std::fmt::Arguments<'_>| {
        let _ = svg.write_fmt(text); // a String takes all that is written
    };
    open(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"{FONTS}\">\n<title>{}</title>\n",
        escape(&picture.title)
    ));
    if place == Place::File {
        open(format_args!(
            "<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
            Color::Surface.light()
        ));
    }
    for shape in &picture.shapes {
        svg.push_str(&element(shape, place));
        svg.push('\n');
    }
    svg.push_str("</svg>\n");
    svg
}

fn element(shape: &Shape, place: Place) -> String {
    match shape {
        Shape::Rect { x, y, width, height, radius, style } => {
            let (x, y, width, height) = (number(*x), number(*y), number(*width), number(*height));
            let round = if *radius > 0.0 { format!(" rx=\"{}\"", number(*radius)) } else { String::new() };
            let look = look(style, place);
            format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{round}{look}/>")
        }
        Shape::Path { path, style } => format!("<path d=\"{}\"{}/>", path.as_str(), look(style, place)),
        Shape::Text { x, y, text, font } => {
            let (x, y) = (number(*x), number(*y));
            let mut look = paint("fill", font.ink, place);
            if font.weight == Weight::Bold {
                look.push_str(" font-weight=\"600\"");
            }
            look.push_str(match font.anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            });
            if font.turned {
                let _ = write!(look, " transform=\"rotate(-90 {x} {y})\"");
            }
            let (size, text) = (number(font.size), escape(text));
            format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{look}>{text}</text>")
        }
    }
}

fn look(style: &Style, place: Place) -> String {
    let mut look = style.fill.map_or_else(|| " fill=\"none\"".into(), |ink| paint("fill", ink, place));
    if let Some(Stroke { ink, width, dashed }) = style.stroke {
        look.push_str(&paint("stroke", ink, place));
        let _ = write!(look, " stroke-width=\"{}\"", number(width));
        if dashed {
            let _ = write!(look, " stroke-dasharray=\"{} {}\"", DASHES[0], DASHES[1]);
        } else {
            look.push_str(" stroke-linejoin=\"round\"");
        }
    }
    look
}

fn paint(what: &str, ink: Ink, place: Place) -> String {
    let color = match place {
        Place::File => ink.color.light(),
        Place::Page => ink.color.variable(),
    };
    let mut paint = format!(" {what}=\"{color}\"");
    if ink.opacity < 1.0 {
        let _ = write!(paint, " {what}-opacity=\"{}\"", number(ink.opacity));
    }
    paint
}

/// A text as XML and HTML want it; what XML cannot hold becomes U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
