//! Metrics that are the best of one rate where another reaches a value.

use super::confusion::Confusion;
use super::thresholds::{check_count, evenly};

/// Counts at so many thresholds from 0 to 1.
pub(super) fn confusion(num_thresholds: usize, class_id: Option<usize>) -> Confusion<'static> {
    let thresholds = if num_thresholds == 1 { vec![0.5] } else { evenly(num_thresholds) };
    Confusion { even: num_thresholds > 1, class_id, ..Confusion::at(thresholds) }
}

/// The largest of `rates` among those where `reached` is at least `value`; 0 where there is none.
pub(super) fn best(reached: &[f64], value: f64, rates: &[f64]) -> f64 {
    let feasible = reached.iter().zip(rates).filter(|(reached, _)| **reached as f32 >= value as f32);
    feasible.map(|(_, rate)| *rate).fold(0.0, f64::max)
}

/// Says what is wrong with the arguments.
pub(super) fn check(name: &str, value: f64, num_thresholds: usize) -> Result<(), String> {
    if !(0.0..=1.0).contains(&value) {
        return Err(format!("`{name}` must lie between 0 and 1, got {value}"));
    }
    check_count(num_thresholds, 1)
}

/// Defines such a metric: its name, its argument, the rate that must reach it and the rate that is wanted.
macro_rules! operating_point {
    (
        $(#[$doc:meta])*
        $type:ident, $name:literal, $(#[$value_doc:meta])* $value:ident, $reached:ident, $wanted:ident
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, $crate::registry::Fields)]
        #[fields(start = $type::new(0.0))]
        pub struct $type {
            name: String,
            dtype: $crate::metrics::define::StateType,
            class_id: Option<usize>,
            num_thresholds: usize,
            #[fields(required)]
            $value: f64,
        }

        impl $type {
            $(#[$value_doc])*
            pub fn new($value: f64) -> Self {
                $type {
                    name: $name.into(),
                    dtype: Default::default(),
                    class_id: None,
                    num_thresholds: 200,
                    $value,
                }
            }

            $crate::setters! {
                /// The metric's name: its key in logs and histories.
                name: into String;
                /// How many thresholds from 0 to 1 are tried.
                num_thresholds: usize;
                /// The only class that counts.
                class_id: some usize;
            }

            fn confusion(&self) -> Confusion<'_> {
                operating_point::confusion(self.num_thresholds, self.class_id)
            }
        }

        impl Metric for $type {
            counted!();

            fn direction(&self) -> Option<$crate::callbacks::Direction> {
                Some($crate::callbacks::Direction::Up)
            }

            fn check_arguments(&self) -> Result<(), String> {
                operating_point::check(stringify!($value), self.$value, self.num_thresholds)
            }

            fn result(&self, state: &[&[f32]]) -> Measured {
                let counts = self.confusion().counts(state.first().copied().unwrap_or_default());
                let best = |counts: &Counts| operating_point::best(&counts.$reached(), self.$value, &counts.$wanted());
                counts.first().map_or(0.0, best).into()
            }
        }
    };
}

pub(super) use operating_point;
