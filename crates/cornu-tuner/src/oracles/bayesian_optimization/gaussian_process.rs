//! A Gaussian process with a Matérn 5/2 kernel.

/// Points as the process sees them: numbers, of which several may belong to one hyperparameter.
#[derive(Debug, Clone)]
pub(super) struct Features {
    /// Which hyperparameter each number belongs to.
    pub(super) groups: Vec<usize>,
    /// The number of hyperparameters.
    pub(super) count: usize,
}

/// What the kernel learns, as logarithms: how far each hyperparameter's influence reaches, how large values are, how noisy.
#[derive(Debug, Clone, PartialEq)]
struct Kernel {
    lengths: Vec<f64>,
    amplitude: f64,
    noise: f64,
}

/// A process that has seen some points.
#[derive(Debug, Clone)]
pub(super) struct GaussianProcess {
    features: Features,
    kernel: Kernel,
    points: Vec<Vec<f64>>,
    /// What squared differences are multiplied by, of each number of a point.
    scales: Vec<f64>,
    /// The lower triangle whose square is the covariance, row by row.
    factor: Vec<Vec<f64>>,
    /// The values, standardised, solved by the covariance.
    weights: Vec<f64>,
    targets: Vec<f64>,
    mean: f64,
    deviation: f64,
}

/// Steps of the search for the kernel. Its cost grows with the cube of the number of points.
const STEPS: usize = 50;

/// Where lengths, amplitude and noise are expected, and how surely: log-normal priors, without which a few points prove
/// anything.
const LENGTH: Prior = Prior { mean: -0.7, deviation: 0.7 };
const AMPLITUDE: Prior = Prior { mean: 0.0, deviation: 1.0 };
const NOISE: Prior = Prior { mean: -7.0, deviation: 2.0 };

struct Prior {
    mean: f64,
    deviation: f64,
}

impl Prior {
    /// The slope of the log-density.
    fn slope(&self, at: f64) -> f64 {
        (self.mean - at) / (self.deviation * self.deviation)
    }
}

impl GaussianProcess {
    /// Learns a kernel from points and their values, with at least so much noise. None where the values are not numbers.
    pub(super) fn fit(features: Features, points: Vec<Vec<f64>>, values: &[f64], alpha: f64) -> Option<Self> {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        let deviation = if deviation > 0.0 { deviation } else { 1.0 };
        let targets: Vec<f64> = values.iter().map(|value| (value - mean) / deviation).collect();
        let kernel = Kernel {
            lengths: vec![LENGTH.mean; features.count],
            amplitude: AMPLITUDE.mean,
            noise: NOISE.mean.max(alpha.ln()),
        };
        let process = GaussianProcess {
            features,
            kernel,
            points,
            scales: Vec::new(),
            factor: Vec::new(),
            weights: Vec::new(),
            targets,
            mean,
            deviation,
        };
        process.learn(alpha.ln())
    }

    /// The kernel of the largest posterior density on the way that resilient backpropagation takes: each number goes its own
    /// way, faster while its slope keeps its sign.
    fn learn(mut self, least_noise: f64) -> Option<Self> {
        let mut best: Option<(f64, Self)> = None;
        let size = self.features.count + 2;
        let (mut steps, mut before) = (vec![0.1; size], vec![0.0; size]);
        for _ in 0..STEPS {
            self = self.solve()?;
            let density = self.log_density();
            if best.as_ref().is_none_or(|(known, _)| density > *known) {
                best = Some((density, self.clone()));
            }
            let slopes = self.slopes();
            let numbers =
                self.kernel.lengths.iter_mut().chain([&mut self.kernel.amplitude, &mut self.kernel.noise]);
            for (((number, slope), step), before) in numbers.zip(slopes).zip(&mut steps).zip(&mut before) {
                let turned = slope * *before;
                *step = f64::clamp(
                    *step
                        * if turned > 0.0 {
                            1.2
                        } else if turned < 0.0 {
                            0.5
                        } else {
                            1.0
                        },
                    1e-3,
                    0.5,
                );
                *number = f64::clamp(*number + step.copysign(slope) * f64::from(slope != 0.0), -9.0, 5.0);
                *before = slope;
            }
            self.kernel.noise = self.kernel.noise.max(least_noise);
        }
        best.map(|(_, process)| process)
    }

    /// The distance of two points in lengths, times √5.
    fn distance(&self, a: &[f64], b: &[f64]) -> f64 {
        let parts = a.iter().zip(b).zip(&self.scales).map(|((x, y), scale)| (x - y) * (x - y) * scale);
        (5.0 * parts.sum::<f64>()).sqrt()
    }

    /// How much the values at two points have in common: Rasmussen and Williams (2006), equation 4.17.
    fn covariance(&self, a: &[f64], b: &[f64]) -> f64 {
        let s = self.distance(a, b);
        self.kernel.amplitude.exp() * (1.0 + s + s * s / 3.0) * (-s).exp()
    }

    /// Factors the covariance of the points.
    fn solve(mut self) -> Option<Self> {
        let noise = self.kernel.noise.exp();
        let scale = |group: &usize| (-2.0 * self.kernel.lengths[*group]).exp();
        self.scales = self.features.groups.iter().map(scale).collect();
        let mut factor: Vec<Vec<f64>> = Vec::with_capacity(self.points.len());
        for (at, point) in self.points.iter().enumerate() {
            let mut row: Vec<f64> =
                self.points[..=at].iter().map(|other| self.covariance(point, other)).collect();
            row[at] += noise + 1e-10;
            for column in 0..=at {
                let dot: f64 = match factor.get(column) {
                    Some(other) => (0..column).map(|k| row[k] * other[k]).sum(),
                    None => (0..column).map(|k| row[k] * row[k]).sum(),
                };
                let rest = row[column] - dot;
                row[column] = match factor.get(column) {
                    Some(other) => rest / other[column],
                    None => Some(rest.sqrt()).filter(|root| *root > 0.0)?,
                };
            }
            factor.push(row);
        }
        self.factor = factor;
        self.weights = self.solve_upper(self.solve_lower(&self.targets));
        Some(self)
    }

    fn solve_lower(&self, right: &[f64]) -> Vec<f64> {
        let mut found: Vec<f64> = Vec::with_capacity(right.len());
        for (row, value) in self.factor.iter().zip(right) {
            let dot: f64 = row.iter().zip(&found).map(|(a, b)| a * b).sum();
            found.push((value - dot) / row[found.len()]);
        }
        found
    }

    fn solve_upper(&self, mut right: Vec<f64>) -> Vec<f64> {
        for at in (0..right.len()).rev() {
            right[at] /= self.factor[at][at];
            let value = right[at];
            for (other, factor) in right[..at].iter_mut().zip(&self.factor[at]) {
                *other -= factor * value;
            }
        }
        right
    }

    /// The logarithm of the kernel's posterior density, but for a constant: Rasmussen and Williams, equation 5.8.
    fn log_density(&self) -> f64 {
        let fit: f64 = self.targets.iter().zip(&self.weights).map(|(y, weight)| y * weight).sum();
        let volume: f64 = self.factor.iter().filter_map(|row| row.last()).map(|root| root.ln()).sum();
        let prior = |prior: &Prior, at: f64| -0.5 * ((at - prior.mean) / prior.deviation).powi(2);
        let lengths: f64 = self.kernel.lengths.iter().map(|length| prior(&LENGTH, *length)).sum();
        -0.5 * fit - volume
            + lengths
            + prior(&AMPLITUDE, self.kernel.amplitude)
            + prior(&NOISE, self.kernel.noise)
    }

    /// The slope of [`Self::log_density`] in lengths, amplitude and noise: Rasmussen and Williams, equation 5.9.
    fn slopes(&self) -> Vec<f64> {
        let size = self.points.len();
        let unit = |at: usize| (0..size).map(|other| f64::from(u8::from(other == at))).collect::<Vec<f64>>();
        let inverse: Vec<Vec<f64>> =
            (0..size).map(|at| self.solve_upper(self.solve_lower(&unit(at)))).collect();
        let (amplitude, noise) = (self.kernel.amplitude.exp(), self.kernel.noise.exp());
        let mut slopes = vec![0.0; self.features.count + 2];
        for (row, point) in self.points.iter().enumerate() {
            for (column, other) in self.points[..=row].iter().enumerate() {
                // Of a symmetric matrix half of the sum is the sum of one half.
                let pair = self.weights[row] * self.weights[column] - inverse[row][column];
                let pair = if row == column { 0.5 * pair } else { pair };
                let s = self.distance(point, other);
                let shape = amplitude * (-s).exp();
                let parts = point.iter().zip(other).zip(&self.scales).zip(&self.features.groups);
                for (((x, y), scale), group) in parts {
                    slopes[*group] += pair * shape * (1.0 + s) * 5.0 * (x - y) * (x - y) * scale / 3.0;
                }
                slopes[self.features.count] += pair * shape * (1.0 + s + s * s / 3.0);
                if row == column {
                    slopes[self.features.count + 1] += pair * noise;
                }
            }
        }
        for (slope, length) in slopes.iter_mut().zip(&self.kernel.lengths) {
            *slope += LENGTH.slope(*length);
        }
        slopes[self.features.count] += AMPLITUDE.slope(self.kernel.amplitude);
        slopes[self.features.count + 1] += NOISE.slope(self.kernel.noise);
        slopes
    }

    /// The mean and the deviation of what a value at a point may be, without noise.
    pub(super) fn predict(&self, point: &[f64]) -> (f64, f64) {
        let common: Vec<f64> = self.points.iter().map(|other| self.covariance(point, other)).collect();
        let mean: f64 = common.iter().zip(&self.weights).map(|(common, weight)| common * weight).sum();
        let known: f64 = self.solve_lower(&common).iter().map(|part| part * part).sum();
        let variance = (self.kernel.amplitude.exp() - known).max(1e-12);
        (self.mean + self.deviation * mean, self.deviation * variance.sqrt())
    }

    /// The process after it was told one more value, with the kernel it has.
    pub(super) fn told(mut self, point: Vec<f64>, value: f64) -> Option<Self> {
        self.points.push(point);
        self.targets.push((value - self.mean) / self.deviation);
        self.solve()
    }

    /// The smallest mean at a point it has seen.
    pub(super) fn smallest_mean(&self) -> f64 {
        self.points.iter().map(|point| self.predict(point).0).fold(f64::INFINITY, f64::min)
    }

    /// How large values differ.
    pub(super) fn deviation(&self) -> f64 {
        self.deviation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(count: usize) -> GaussianProcess {
        let points: Vec<Vec<f64>> = (0..count).map(|at| vec![at as f64 / count as f64, 0.3]).collect();
        let values: Vec<f64> = points.iter().map(|point| (5.0 * point[0]).sin()).collect();
        let features = Features { groups: vec![0, 1], count: 2 };
        GaussianProcess::fit(features, points, &values, 1e-6).expect("the values are numbers")
    }

    #[test]
    fn what_was_seen_is_predicted_and_what_lies_between_nearly() {
        let process = line(20);
        for at in [0.0, 0.25, 0.5, 0.525, 0.777] {
            let (mean, deviation) = process.predict(&[at, 0.3]);
            assert!((mean - (5.0 * at).sin()).abs() < 0.01, "{at}: {mean}");
            assert!(deviation < 0.05, "{at}: {deviation}");
        }
        assert!(process.predict(&[3.0, 0.3]).1 > 0.2);
    }

    #[test]
    fn slopes_are_those_of_the_density() {
        let mut process = line(8);
        process.kernel = Kernel { lengths: vec![-0.5, 0.2], amplitude: 0.3, noise: -3.0 };
        let density = |change: &dyn Fn(&mut Kernel)| {
            let mut other = process.clone();
            change(&mut other.kernel);
            other.solve().expect("a covariance").log_density()
        };
        let (epsilon, slopes) = (1e-5, process.clone().solve().expect("a covariance").slopes());
        let numeric = [
            density(&|k| k.lengths[0] += epsilon) - density(&|k| k.lengths[0] -= epsilon),
            density(&|k| k.lengths[1] += epsilon) - density(&|k| k.lengths[1] -= epsilon),
            density(&|k| k.amplitude += epsilon) - density(&|k| k.amplitude -= epsilon),
            density(&|k| k.noise += epsilon) - density(&|k| k.noise -= epsilon),
        ];
        for (slope, difference) in slopes.iter().zip(numeric) {
            let numeric = difference / (2.0 * epsilon);
            assert!((slope - numeric).abs() < 1e-5 * (1.0 + numeric.abs()), "{slope} instead of {numeric}");
        }
    }

    #[test]
    fn values_that_are_all_alike_or_at_one_point_are_no_trouble() {
        let features = Features { groups: vec![0], count: 1 };
        let process = GaussianProcess::fit(features, vec![vec![0.5]; 4], &[2.0; 4], 1e-4).expect("a process");
        assert!((process.predict(&[0.5]).0 - 2.0).abs() < 1e-9);
    }
}
