//! The models that came before deep networks: logical neurons, the perceptron, regressions of one layer.
//!
//! ```
//! use cornu::classic::{Perceptron, ThresholdUnit};
//! use cornu::preprocessing::Estimator;
//! use cornu::Tensor;
//! let x = Tensor::from([[0.0f32, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
//!
//! // A neuron that is told what to do ...
//! assert!(ThresholdUnit::and(2).fires(&[1.0, 1.0]));
//! // ... one that learns it ...
//! let mut or = Perceptron::new();
//! or.fit(&x, &Tensor::from([0i64, 1, 1, 1]))?;
//! assert_eq!(or.predict(&x)?, Tensor::from([0i64, 1, 1, 1]));
//! // ... and what no such neuron can learn, for no line parts the two classes.
//! let xor = Tensor::from([0i64, 1, 1, 0]);
//! let mut lost = Perceptron::new();
//! lost.fit(&x, &xor)?;
//! assert!(lost.score(&x, &xor)? < 1.0);
//! # Ok::<(), cornu::Error>(())
//! ```
//!
//! `examples/xor.rs` goes on from there with a network that has a hidden layer.

mod one_layer;
mod perceptron;
mod threshold_unit;

pub use one_layer::{linear_regression, logistic_regression, softmax_regression};
pub use perceptron::Perceptron;
pub use threshold_unit::{ThresholdUnit, xor};
