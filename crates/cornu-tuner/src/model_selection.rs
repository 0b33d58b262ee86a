//! scikit-learn's searches over an estimator's parameters by cross-validation.

mod cv_results;
mod distribution;
mod parameter_grid;
mod parameter_sampler;
mod search_cv;

pub use cv_results::CvResults;
pub use distribution::{Distribution, randint, reciprocal, uniform};
pub use parameter_grid::ParameterGrid;
pub use parameter_sampler::ParameterSampler;
pub use search_cv::{ErrorScore, GridSearchCV, RandomizedSearchCV};
