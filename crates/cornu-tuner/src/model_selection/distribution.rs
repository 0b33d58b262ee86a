//! What parameters are drawn from.

use cornu::rng::Stream;

use crate::Value;

/// What a parameter is drawn from: SciPy's distributions, or a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution(pub(super) Kind);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Uniform { from: f64, to: f64 },
    Reciprocal { from: f64, to: f64 },
    Randint { low: i64, high: i64 },
    List(Vec<Value>),
}

/// Numbers between `loc` and `loc + scale`, all alike.
///
/// Source: <https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.uniform.html>.
pub fn uniform(loc: f64, scale: f64) -> Distribution {
    Distribution(Kind::Uniform { from: loc, to: loc + scale })
}

/// Numbers from `a` to `b` whose density is the reciprocal of their size: as many between 1 and 10 as between 10 and 100.
/// SciPy also calls it `loguniform`.
///
/// Source: <https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.reciprocal.html>.
pub fn reciprocal(a: f64, b: f64) -> Distribution {
    Distribution(Kind::Reciprocal { from: a, to: b })
}

/// Whole numbers from `low` up to but not including `high`, all alike.
///
/// Source: <https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.randint.html>.
pub fn randint(low: i64, high: i64) -> Distribution {
    Distribution(Kind::Randint { low, high })
}

impl<V: Into<Value>> From<Vec<V>> for Distribution {
    fn from(values: Vec<V>) -> Self {
        Distribution(Kind::List(values.into_iter().map(Into::into).collect()))
    }
}

impl<V: Into<Value>, const N: usize> From<[V; N]> for Distribution {
    fn from(values: [V; N]) -> Self {
        Distribution(Kind::List(values.into_iter().map(Into::into).collect()))
    }
}

impl Distribution {
    /// What is wrong with it, if anything.
    pub(super) fn problem(&self) -> Option<String> {
        match &self.0 {
            Kind::Uniform { from, to } if !(from <= to && from.is_finite() && to.is_finite()) => {
                Some(format!("uniform wants a scale of at least 0, got numbers from {from} to {to}"))
            }
            Kind::Reciprocal { from, to } if !(*from > 0.0 && from <= to && to.is_finite()) => {
                Some(format!("reciprocal wants 0 < a <= b, got a={from}, b={to}"))
            }
            Kind::Randint { low, high } if low >= high => {
                Some(format!("randint wants low < high, got low={low}, high={high}"))
            }
            Kind::List(values) if values.is_empty() => Some("the list is empty".into()),
            _ => None,
        }
    }

    /// The value at a place between 0 and 1, a place that is as likely as any other.
    fn at(&self, place: f64) -> Value {
        match &self.0 {
            Kind::Uniform { from, to } => (from + place * (to - from)).into(),
            Kind::Reciprocal { from, to } => (from * (to / from).powf(place)).clamp(*from, *to).into(),
            Kind::Randint { low, high } => {
                let whole = (place * high.saturating_sub(*low) as f64) as i64;
                low.saturating_add(whole).min(high.saturating_sub(1)).into()
            }
            Kind::List(values) => {
                let at = (place * values.len() as f64) as usize;
                values.get(at).or(values.last()).cloned().unwrap_or(Value::Boolean(false))
            }
        }
    }

    pub(super) fn draw(&self, chance: &mut Stream) -> Value {
        self.at(chance.next_f64())
    }
}
