//! Ranges that random factors are drawn from.

use crate::registry::either;

/// A range that a factor is drawn from, anew for each image: one number for a range around 0, or its two ends.
///
/// ```
/// use cornu::layers::{Factor, RandomRotation};
/// // Up to 36 degrees in both directions.
/// let layer = RandomRotation::new(0.1);
/// assert_eq!(layer, RandomRotation::new((-0.1, 0.1)));
/// assert_eq!(Factor::from((-0.1, 0.1)), Factor::Range([-0.1, 0.1]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Factor {
    /// From minus this number to this number, as far as the layer allows.
    One(f64),
    /// From the smaller to the larger of two numbers.
    Range([f64; 2]),
}

either! { Factor: "a number or two", One(f64) | Range([f64; 2]) }

impl From<f64> for Factor {
    fn from(factor: f64) -> Self {
        Factor::One(factor)
    }
}

impl From<(f64, f64)> for Factor {
    fn from((low, high): (f64, f64)) -> Self {
        Factor::Range([low, high])
    }
}

impl From<[f64; 2]> for Factor {
    fn from(range: [f64; 2]) -> Self {
        Factor::Range(range)
    }
}

impl Factor {
    /// The ends of the range in ascending order. That of a single number does not begin below `lowest`.
    pub(super) fn ends(self, lowest: f64) -> [f64; 2] {
        match self {
            Factor::One(factor) => [(-factor.abs()).max(lowest), factor.abs()],
            Factor::Range(ends) => ascending(ends),
        }
    }

    /// Says what is wrong with a range of which some part must lie within bounds. Keras asks no more of pairs.
    pub(super) fn check(self, name: &str, [low, high]: [f64; 2]) -> Result<(), String> {
        let legal = match self {
            Factor::One(factor) => (low..=high).contains(&factor),
            Factor::Range([first, second]) => first <= high && second >= low,
        };
        if legal { Ok(()) } else { Err(self.outside(name, [low, high])) }
    }

    /// Says what is wrong with a range of which all numbers must be legal.
    pub(super) fn check_each(
        self,
        name: &str,
        bounds: [f64; 2],
        legal: impl Fn(f64) -> bool,
    ) -> Result<(), String> {
        let given = match self {
            Factor::One(factor) => [factor; 2],
            Factor::Range(ends) => ends,
        };
        if given.into_iter().all(legal) { Ok(()) } else { Err(self.outside(name, bounds)) }
    }

    fn outside(self, name: &str, [low, high]: [f64; 2]) -> String {
        let given = match self {
            Factor::One(factor) => factor.to_string(),
            Factor::Range(ends) => format!("{ends:?}"),
        };
        format!("expects a {name} between {low} and {high}, or a pair of them, got {given}")
    }

    /// The factor as Keras keeps it, with both ends, unless it is to be refused.
    pub(super) fn settled(self, bounds: [f64; 2]) -> Factor {
        match self.check("", bounds) {
            Ok(()) => Factor::Range(self.ends(bounds[0])),
            Err(_) => self,
        }
    }
}

/// Two numbers in ascending order.
pub(super) fn ascending([a, b]: [f64; 2]) -> [f64; 2] {
    if b < a { [b, a] } else { [a, b] }
}
