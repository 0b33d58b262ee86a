//! The letters of pictures: how wide they are, what they look like.
//!
//! Layout needs widths whatever draws the text in the end, and a picture in pixels needs outlines. Both come from one
//! table made of the font Inter (`oracle/make_glyphs.py`), so that no font file is parsed.

use std::collections::HashMap;
use std::sync::OnceLock;

/// One letter a line: its code in hexadecimal, how far it advances in thousandths of the size, its outline as SVG
/// writes paths. The bold letters follow the line `bold`.
const TABLE: &str = include_str!("../../assets/inter/glyphs.txt");

/// What stands for a letter that the table does not have.
const MISSING: char = '□';

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// A letter of size 1000, its origin on the baseline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub(super) advance: f64,
    #[cfg_attr(not(feature = "png"), allow(dead_code))] // an SVG's reader has letters of its own
    pub(super) outline: &'static str,
}

#[derive(Default)]
struct Font {
    regular: HashMap<char, Glyph>,
    bold: HashMap<char, Glyph>,
}

fn font() -> &'static Font {
    static FONT: OnceLock<Font> = OnceLock::new();
    FONT.get_or_init(|| {
        let mut font = Font::default();
        let (regular, bold) = TABLE.split_once("bold\n").unwrap_or((TABLE, ""));
        font.regular.extend(regular.lines().filter_map(parse));
        font.bold.extend(bold.lines().filter_map(parse));
        font
    })
}

fn parse(line: &'static str) -> Option<(char, Glyph)> {
    let (code, rest) = line.split_once(' ')?;
    let (advance, outline) = rest.split_once(' ').unwrap_or((rest, ""));
    let letter = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
    Some((letter, Glyph { advance: advance.parse().ok()?, outline }))
}

/// The letter; a box as wide as such letters are where the table has none.
pub(super) fn glyph(letter: char, weight: Weight) -> Glyph {
    let font = font();
    let bold = font.bold.get(&letter).filter(|_| weight == Weight::Bold);
    if let Some(glyph) = bold.or_else(|| font.regular.get(&letter)) {
        return *glyph;
    }
    // Hangul, Chinese and Japanese fill a square.
    let advance = if letter < '\u{1100}' { 650.0 } else { 1000.0 };
    Glyph { advance, outline: font.regular.get(&MISSING).map_or("", |glyph| glyph.outline) }
}

/// How wide a text is.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    text.chars().map(|letter| glyph(letter, weight).advance).sum::<f64>() * size / 1000.0
}

/// The text, shortened by an ellipsis in its middle where it is wider than `room`: names differ at their ends.
pub(super) fn fit(text: &str, size: f64, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let shortened = |kept: usize| -> String {
        let (head, tail) = (kept.div_ceil(2), kept / 2);
        letters[..head].iter().chain(&['…']).chain(&letters[letters.len() - tail..]).collect()
    };
    (0..letters.len())
        .rev()
        .map(shortened)
        .find(|text| width(text, size, weight) <= room)
        .unwrap_or_else(|| "…".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_widths_and_are_cut_in_the_middle() {
        assert!(width("WWW", 10.0, Weight::Regular) > 2.0 * width("iii", 10.0, Weight::Regular));
        assert!(width("dense", 10.0, Weight::Bold) > width("dense", 10.0, Weight::Regular));
        assert_eq!(width("層", 10.0, Weight::Regular), 10.0);
        assert_eq!(fit("dense", 12.0, Weight::Regular, 100.0), "dense");
        let cut = fit("block_12_separable_convolution_3", 12.0, Weight::Regular, 100.0);
        assert_eq!(cut, "block_1…ution_3");
        assert!(width(&cut, 12.0, Weight::Regular) <= 100.0);
        assert_eq!(fit("dense", 12.0, Weight::Regular, 0.0), "…");
    }
}
