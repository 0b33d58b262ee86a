//! Axes: which numbers are written at them, and how.

/// The numbers an axis goes through, with those that are written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<f64>,
    /// The distance between ticks, which says how many decimals they need.
    step: f64,
}

impl Scale {
    /// A scale that holds all of `values` that are numbers, with about `count` ticks at round numbers. Whole numbers get
    /// ticks at whole numbers.
    pub(super) fn around(values: impl IntoIterator<Item = f64>, count: usize, whole: bool) -> Self {
        let (mut low, mut high) = extent(values).unwrap_or((0.0, 1.0));
        if high - low <= f64::EPSILON * high.abs().max(low.abs()) {
            // One value stands in the middle.
            let room = if low == 0.0 || whole { 1.0 } else { low.abs() * 0.1 };
            (low, high) = (low - room, high + room);
        }
        let mut step = round_step((high - low) / count.max(1) as f64);
        if whole {
            step = step.max(1.0).round();
        }
        let first = (low / step - 1e-9).ceil();
        let last = (high / step + 1e-9).floor();
        // A step is at least a hundredth of the range, so these are few.
        let ticks = (0..=(last - first).clamp(0.0, 100.0) as usize).map(|at| (first + at as f64) * step);
        Scale { low, high, ticks: ticks.map(|tick| tick + 0.0).collect(), step }
    }

    /// The same scale with a little room at both ends.
    pub(super) fn padded(mut self, share: f64) -> Self {
        let room = (self.high - self.low) * share;
        self.low -= room;
        self.high += room;
        self
    }

    /// Where a value lies, from 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// A tick as it is written.
    pub(super) fn label(&self, tick: f64) -> String {
        let largest = self.low.abs().max(self.high.abs());
        if largest >= 1e6 || (largest < 1e-3 && largest > 0.0) {
            return with_minus(&format!("{:e}", rounded(tick, 3)));
        }
        let decimals = (-self.step.log10().floor()).clamp(0.0, 6.0) as usize;
        with_minus(&format!("{tick:.decimals$}"))
    }
}

/// The smallest and the largest of the values that are numbers.
pub(super) fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|value| value.is_finite()).fold(None, |found: Option<(f64, f64)>, value| {
        let (low, high) = found.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

/// The nearest to a number among 1, 2 and 5 times a power of ten.
fn round_step(wanted: f64) -> f64 {
    if !wanted.is_finite() || wanted <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(wanted.log10().floor());
    let digit = match wanted / power {
        ..1.5 => 1.0,
        ..3.5 => 2.0,
        ..7.5 => 5.0,
        _ => 10.0,
    };
    digit * power
}

/// A number to so many significant digits.
fn rounded(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let factor = 10f64.powi(digits - 1 - value.abs().log10().floor() as i32);
    if factor.is_finite() && factor > 0.0 { (value * factor).round() / factor } else { value }
}

/// A number as people read it: four significant digits.
pub(super) fn significant(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    let size = value.abs();
    if value.is_infinite() {
        return if value > 0.0 { "∞".into() } else { "−∞".into() };
    }
    if size != 0.0 && !(1e-3..1e6).contains(&size) {
        return with_minus(&format!("{:e}", rounded(value, 4)));
    }
    let value = rounded(value, 4);
    let decimals = if size == 0.0 { 0 } else { (3 - size.log10().floor() as i32).clamp(0, 6) as usize };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    with_minus(text)
}

/// The minus sign of typography.
fn with_minus(text: &str) -> String {
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], whole: bool) -> Vec<String> {
        let scale = Scale::around(values.iter().copied(), 5, whole);
        scale.ticks.iter().map(|tick| scale.label(*tick)).collect()
    }

    #[test]
    fn ticks_stand_at_round_numbers() {
        assert_eq!(labels(&[0.0, 1.0], false), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(&[0.431, 0.982], false), ["0.5", "0.6", "0.7", "0.8", "0.9"]);
        assert_eq!(labels(&[-4.0, 5.0], false), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(labels(&[1.0, 3.0], true), ["1", "2", "3"]);
        assert_eq!(labels(&[1.0, 1000.0], true), ["200", "400", "600", "800", "1000"]);
        assert_eq!(labels(&[0.0, 3e-5], false), ["0e0", "5e−6", "1e−5", "1.5e−5", "2e−5", "2.5e−5", "3e−5"]);
        assert_eq!(labels(&[0.0, 2e9], false), ["0e0", "5e8", "1e9", "1.5e9", "2e9"]);
    }

    #[test]
    fn there_is_a_scale_whatever_the_values() {
        for values in [
            &[][..],
            &[f64::NAN],
            &[f64::INFINITY, f64::NEG_INFINITY],
            &[7.0],
            &[0.0],
            &[1e300, -1e300],
            &[1e-320],
        ] {
            let scale = Scale::around(values.iter().copied(), 5, false);
            assert!(scale.low < scale.high && !scale.ticks.is_empty(), "{values:?}: {scale:?}");
            let inside = values
                .iter()
                .filter(|value| value.is_finite())
                .all(|value| (0.0..=1.0).contains(&scale.share(*value)));
            assert!(inside, "{values:?}: {scale:?}");
        }
        assert_eq!(labels(&[7.0], true), ["6", "7", "8"]);
    }

    #[test]
    fn numbers_are_short() {
        let numbers =
            [0.0, 1.0, 0.98765, -12.3456, 1234.5678, 1.2345678e-7, 3e9, f64::NAN, f64::NEG_INFINITY];
        assert_eq!(
            numbers.map(significant),
            ["0", "1", "0.9877", "−12.35", "1235", "1.235e−7", "3e9", "NaN", "−∞"]
        );
    }
}
