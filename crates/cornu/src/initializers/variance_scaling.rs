//! `VarianceScaling`: weights whose variance follows from the number of units.

use super::draw;
use super::{Initializer, RandomNormal, RandomUniform, TruncatedNormal, compute_fans};
use crate::registry::{Fields, words};
use crate::{Error, Result, Tensor};

/// The standard deviation of the standard normal distribution cut off at ±2.
const TRUNCATED_STDDEV: f64 = 0.879_625_661_034_239_8;

/// Numbers of variance `scale / n`, where `n` is the number of input units, of output units, or their mean
/// (see [`compute_fans`]).
///
/// Source: <https://keras.io/api/layers/initializers/#variancescaling-class>.
///
/// ```
/// use cornu::initializers::{Distribution, Initializer, Mode, VarianceScaling};
/// let initializer = VarianceScaling::new().scale(3.0).mode(Mode::FanAvg).distribution(Distribution::Uniform);
/// let kernel = initializer.call(&[5, 4], 42, "dense/kernel")?;
/// assert!(kernel.to_vec::<f32>().iter().all(|value| value.abs() <= 2f32.sqrt()));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct VarianceScaling {
    #[fields(read = draw::seed)]
    pub(super) seed: Option<i64>,
    pub(super) scale: f64,
    pub(super) mode: Mode,
    pub(super) distribution: Distribution,
    pub(super) input_axes: Option<Vec<isize>>,
    pub(super) output_axes: Option<Vec<isize>>,
}

/// Which units [`VarianceScaling`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The input units.
    #[default]
    FanIn,
    /// The output units.
    FanOut,
    /// The mean of both.
    FanAvg,
}

words! { Mode { FanIn = "fan_in", FanOut = "fan_out", FanAvg = "fan_avg", } }

/// How [`VarianceScaling`] spreads its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Distribution {
    /// Normally, cut off at two standard deviations.
    #[default]
    TruncatedNormal,
    /// Normally.
    UntruncatedNormal,
    /// Evenly around 0.
    Uniform,
}

words! {
    Distribution {
        TruncatedNormal = "truncated_normal" | "normal",
        UntruncatedNormal = "untruncated_normal",
        Uniform = "uniform",
    }
}

impl Default for VarianceScaling {
    fn default() -> Self {
        VarianceScaling {
            seed: None,
            scale: 1.0,
            mode: Mode::default(),
            distribution: Distribution::default(),
            input_axes: None,
            output_axes: None,
        }
    }
}

impl VarianceScaling {
    /// The initializer with Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The factor on the variance (default 1).
        scale: f64;
        /// Which units count (default the input units).
        mode: Mode;
        /// How numbers are spread (default normally, cut off).
        distribution: Distribution;
        /// A seed of its own in place of the model's.
        seed: some i64;
        /// The axes whose lengths multiply to the number of input units; counts when `output_axes` is set too.
        input_axes: some into Vec<isize>;
        /// The axes whose lengths multiply to the number of output units; counts when `input_axes` is set too.
        output_axes: some into Vec<isize>;
    }
}

impl Initializer for VarianceScaling {
    fn call(&self, shape: &[usize], seed: u64, path: &str) -> Result<Tensor> {
        self.check_arguments()
            .map_err(|message| Error::argument("initializer `VarianceScaling`", message))?;
        let fans = compute_fans(shape, self.input_axes.as_deref(), self.output_axes.as_deref())?;
        let (fan_in, fan_out) = (fans.0 as f64, fans.1 as f64);
        let units = match self.mode {
            Mode::FanIn => fan_in,
            Mode::FanOut => fan_out,
            Mode::FanAvg => (fan_in + fan_out) / 2.0,
        };
        let variance = self.scale / units.max(1.0);
        let own = self.seed;
        match self.distribution {
            Distribution::TruncatedNormal => {
                let stddev = variance.sqrt() / TRUNCATED_STDDEV;
                TruncatedNormal { seed: own, mean: 0.0, stddev }.call(shape, seed, path)
            }
            Distribution::UntruncatedNormal => {
                RandomNormal { seed: own, mean: 0.0, stddev: variance.sqrt() }.call(shape, seed, path)
            }
            Distribution::Uniform => {
                let limit = (3.0 * variance).sqrt();
                RandomUniform { seed: own, minval: -limit, maxval: limit }.call(shape, seed, path)
            }
        }
    }

    fn check_arguments(&self) -> Result<(), String> {
        if self.scale > 0.0 {
            return Ok(());
        }
        Err(format!("`scale` must be positive, got {}", self.scale))
    }
}

/// An initializer that is [`VarianceScaling`] with three arguments set for good.
macro_rules! scaled {
    ($(#[$doc:meta])* $type:ident = $scale:literal, $mode:ident, $distribution:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, $crate::registry::Fields)]
        pub struct $type {
            #[fields(read = super::draw::seed)]
            seed: Option<i64>,
            input_axes: Option<Vec<isize>>,
            output_axes: Option<Vec<isize>>,
        }

        impl $type {
            /// The initializer with Keras' defaults.
            pub fn new() -> Self {
                Self::default()
            }

            $crate::setters! {
                /// A seed of its own in place of the model's.
                seed: some i64;
                /// The axes whose lengths multiply to the number of input units; counts when `output_axes`
                /// is set too.
                input_axes: some into Vec<isize>;
                /// The axes whose lengths multiply to the number of output units; counts when `input_axes`
                /// is set too.
                output_axes: some into Vec<isize>;
            }
        }

        impl super::Initializer for $type {
            fn call(&self, shape: &[usize], seed: u64, path: &str) -> $crate::Result<$crate::Tensor> {
                let Self { seed: own, input_axes, output_axes } = self.clone();
                let scaling = super::VarianceScaling {
                    seed: own,
                    scale: $scale,
                    mode: super::Mode::$mode,
                    distribution: super::Distribution::$distribution,
                    input_axes,
                    output_axes,
                };
                scaling.call(shape, seed, path)
            }
        }
    };
}
pub(super) use scaled;
