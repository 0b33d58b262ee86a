//! Windows that fade a stretch of time in and out.

use std::f64::consts::PI;

use serde_json::Value;

use crate::registry::Argument;

/// A window by its name in `scipy.signal.windows`, or by its values.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Window {
    Bartlett,
    Blackman,
    BlackmanHarris,
    Bohman,
    Boxcar,
    Cosine,
    FlatTop,
    Hamming,
    Hann,
    Nuttall,
    Parzen,
    Triang,
    /// One value a step of time.
    Values(Vec<f64>),
}

/// The windows that have a name.
const NAMED: [(&str, Window); 12] = [
    ("bartlett", Window::Bartlett),
    ("blackman", Window::Blackman),
    ("blackmanharris", Window::BlackmanHarris),
    ("bohman", Window::Bohman),
    ("boxcar", Window::Boxcar),
    ("cosine", Window::Cosine),
    ("flattop", Window::FlatTop),
    ("hamming", Window::Hamming),
    ("hann", Window::Hann),
    ("nuttall", Window::Nuttall),
    ("parzen", Window::Parzen),
    ("triang", Window::Triang),
];

impl Argument for Window {
    fn from_json(value: &Value) -> Result<Self, String> {
        if value.is_array() {
            return Vec::from_json(value).map(Window::Values);
        }
        let named = NAMED.into_iter().find(|(name, _)| value == name).map(|(_, window)| window);
        named.ok_or_else(|| {
            let names = NAMED.map(|(name, _)| name).join(", ");
            format!("wants a list of values, or one of the names {names}, got {value}")
        })
    }

    fn to_json(&self) -> Value {
        match self {
            Window::Values(values) => values.to_json(),
            named => NAMED.iter().find(|(_, window)| window == named).map(|(name, _)| *name).into(),
        }
    }
}

impl Window {
    /// The window at `length` points. A periodic one leaves out its last point, which would be the first of
    /// the next period.
    pub(super) fn values(&self, length: usize, periodic: bool) -> Vec<f64> {
        if let Window::Values(values) = self {
            return values.clone();
        }
        if length <= 1 {
            return vec![1.0; length];
        }
        let points = length + usize::from(periodic);
        (0..length).map(|at| self.at(at as f64, points as f64)).collect()
    }

    /// The value at point `at` of `points`.
    fn at(&self, at: f64, points: f64) -> f64 {
        let sum_of_cosines = |weights: &[f64]| -> f64 {
            let angle = PI * (2.0 * at / (points - 1.0) - 1.0);
            weights.iter().zip(0..).map(|(weight, k)| weight * (f64::from(k) * angle).cos()).sum()
        };
        // 0 in the middle, 1 at both ends.
        let distance = (2.0 * at / (points - 1.0) - 1.0).abs();
        match self {
            Window::Boxcar | Window::Values(_) => 1.0,
            Window::Hann => sum_of_cosines(&[0.5, 0.5]),
            Window::Hamming => sum_of_cosines(&[0.54, 0.46]),
            Window::Blackman => sum_of_cosines(&[0.42, 0.5, 0.08]),
            Window::Nuttall => sum_of_cosines(&[0.3635819, 0.4891775, 0.1365995, 0.0106411]),
            Window::BlackmanHarris => sum_of_cosines(&[0.35875, 0.48829, 0.14128, 0.01168]),
            Window::FlatTop => {
                sum_of_cosines(&[0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368])
            }
            Window::Bartlett => 1.0 - distance,
            Window::Triang => {
                let width = points + points % 2.0;
                1.0 - (2.0 * at - (points - 1.0)).abs() / width
            }
            Window::Cosine => (PI / points * (at + 0.5)).sin(),
            Window::Bohman if distance >= 1.0 => 0.0,
            Window::Bohman => (1.0 - distance) * (PI * distance).cos() + (PI * distance).sin() / PI,
            Window::Parzen => {
                let from_centre = (at - (points - 1.0) / 2.0).abs();
                let relative = from_centre / (points / 2.0);
                if from_centre <= (points - 1.0) / 4.0 {
                    1.0 - 6.0 * relative.powi(2) + 6.0 * relative.powi(3)
                } else {
                    2.0 * (1.0 - relative).powi(3)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::FRAC_1_PI;

    use super::*;

    #[test]
    fn windows_are_those_of_scipy() {
        let cases = [
            ("bartlett", false, 5, vec![0.0, 0.5, 1.0, 0.5, 0.0]),
            ("bartlett", true, 4, vec![0.0, 0.5, 1.0, 0.5]),
            ("blackman", false, 5, vec![0.0, 0.34, 1.0, 0.34, 0.0]),
            ("blackman", true, 4, vec![0.0, 0.34, 1.0, 0.34]),
            ("blackmanharris", false, 5, vec![6e-05, 0.21747, 1.0, 0.21747, 6e-05]),
            ("blackmanharris", true, 4, vec![6e-05, 0.21747, 1.0, 0.21747]),
            ("bohman", false, 5, vec![0.0, FRAC_1_PI, 1.0, FRAC_1_PI, 0.0]),
            ("bohman", true, 4, vec![0.0, FRAC_1_PI, 1.0, FRAC_1_PI]),
            ("boxcar", false, 5, vec![1.0, 1.0, 1.0, 1.0, 1.0]),
            ("boxcar", true, 4, vec![1.0, 1.0, 1.0, 1.0]),
            ("cosine", false, 5, vec![0.309017, 0.809017, 1.0, 0.809017, 0.309017]),
            ("cosine", true, 4, vec![0.309017, 0.809017, 1.0, 0.809017]),
            ("flattop", false, 5, vec![-0.0004211, -0.0547368, 1.0, -0.0547368, -0.0004211]),
            ("flattop", true, 4, vec![-0.0004211, -0.0547368, 1.0, -0.0547368]),
            ("hamming", false, 5, vec![0.08, 0.54, 1.0, 0.54, 0.08]),
            ("hamming", true, 4, vec![0.08, 0.54, 1.0, 0.54]),
            ("hann", false, 5, vec![0.0, 0.5, 1.0, 0.5, 0.0]),
            ("hann", true, 4, vec![0.0, 0.5, 1.0, 0.5]),
            ("nuttall", false, 5, vec![0.0003628, 0.2269824, 1.0, 0.2269824, 0.0003628]),
            ("nuttall", true, 4, vec![0.0003628, 0.2269824, 1.0, 0.2269824]),
            ("parzen", false, 5, vec![0.016, 0.424, 1.0, 0.424, 0.016]),
            ("parzen", true, 4, vec![0.016, 0.424, 1.0, 0.424]),
            ("triang", false, 5, vec![0.3333333, 0.6666667, 1.0, 0.6666667, 0.3333333]),
            ("triang", true, 4, vec![0.3333333, 0.6666667, 1.0, 0.6666667]),
        ];
        for (name, periodic, length, want) in cases {
            let window: Window = Window::from_json(&name.into()).unwrap();
            let got = window.values(length, periodic);
            assert_eq!(got.len(), want.len(), "{name}");
            for (got, want) in got.iter().zip(want) {
                assert!((got - want).abs() < 1e-6, "{name}, {periodic}: {got}, not {want}");
            }
        }
    }
}
