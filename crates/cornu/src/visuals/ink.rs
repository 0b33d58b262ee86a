//! Colours by what they are for, in light and in dark.

/// What a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Color {
    /// The sheet.
    Surface,
    /// Boxes on the sheet.
    Panel,
    /// Text.
    Ink,
    /// Text that explains other text.
    Muted,
    /// Lines that help the eye.
    Grid,
    /// Lines around things, and between them.
    Border,
    /// Text on a series' colour.
    OnSeries,
    /// The colour of a number, whatever the light: blue of the strength that the opacity says.
    Heat,
    /// Text on a strong [`Color::Heat`].
    OnHeat,
    /// One of eight colours to tell things apart.
    Series(usize),
    /// A pixel of an image.
    Rgb([u8; 3]),
}

/// Name, light and dark of the colours that have a role.
const ROLES: &[(Color, &str, &str, &str)] = &[
    (Color::Surface, "surface", "#ffffff", "#14171d"),
    (Color::Panel, "panel", "#f6f7f9", "#1c2028"),
    (Color::Ink, "ink", "#1a1f2b", "#e8eaf0"),
    (Color::Muted, "muted", "#5b6472", "#9aa3b2"),
    (Color::Grid, "grid", "#e6e9ee", "#2a2f3a"),
    (Color::Border, "border", "#aab2bf", "#4a5160"),
    (Color::OnSeries, "on-series", "#ffffff", "#10131a"),
    (Color::Heat, "heat", "#1d57b8", "#2f74e0"),
    (Color::OnHeat, "on-heat", "#ffffff", "#ffffff"),
    (Color::Series(0), "series-0", "#2160c4", "#7aadff"),
    (Color::Series(1), "series-1", "#d0570b", "#ff9d57"),
    (Color::Series(2), "series-2", "#187a4f", "#55c995"),
    (Color::Series(3), "series-3", "#a52d8e", "#ea8bd8"),
    (Color::Series(4), "series-4", "#6a4cc2", "#b5a1ff"),
    (Color::Series(5), "series-5", "#7a6000", "#dbbd55"),
    (Color::Series(6), "series-6", "#0b7280", "#52c7d8"),
    (Color::Series(7), "series-7", "#b3322a", "#ff8478"),
];

/// How many colours tell things apart.
pub(super) const SERIES: usize = 8;

impl Color {
    /// The colour in light, as `#rrggbb`.
    pub(super) fn light(self) -> String {
        match self.role() {
            Ok((_, light)) => light.to_owned(),
            Err([r, g, b]) => format!("#{r:02x}{g:02x}{b:02x}"),
        }
    }

    /// The colour as a property of the page around it, which knows whether there is light.
    pub(super) fn variable(self) -> String {
        self.role().map_or_else(|_| self.light(), |(name, _)| format!("var(--{name})"))
    }

    /// Red, green and blue in light.
    #[cfg(feature = "png")]
    pub(super) fn rgb(self) -> [u8; 3] {
        match self.role() {
            Ok((_, light)) => {
                let part = |at: usize| {
                    light.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(0)
                };
                [part(1), part(3), part(5)]
            }
            Err(rgb) => rgb,
        }
    }

    /// Name and light colour of the role, or the pixel's own.
    fn role(self) -> Result<(&'static str, &'static str), [u8; 3]> {
        let color = match self {
            Color::Series(number) => Color::Series(number % SERIES),
            Color::Rgb(rgb) => return Err(rgb),
            other => other,
        };
        let role = ROLES.iter().find(|(known, ..)| *known == color);
        role.map(|(_, name, light, _)| (*name, *light)).ok_or([0; 3])
    }

    /// The properties that [`Color::variable`] names, for a page of this light.
    pub(super) fn properties(dark: bool) -> String {
        let property = |(_, name, light, night): &(Color, &str, &str, &str)| {
            format!("--{name}:{};", if dark { night } else { light })
        };
        ROLES.iter().map(property).collect()
    }
}

/// A colour with its opacity, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ink {
    pub(super) color: Color,
    pub(super) opacity: f64,
}

impl Ink {
    pub(super) fn new(color: Color, opacity: f64) -> Self {
        Ink { color, opacity: if opacity.is_finite() { opacity.clamp(0.0, 1.0) } else { 0.0 } }
    }
}

impl From<Color> for Ink {
    fn from(color: Color) -> Self {
        Ink { color, opacity: 1.0 }
    }
}
