//! Training: from `compile` to the last epoch.

mod compile;
mod evaluate;
mod explain;
mod feeds;
mod fit;
mod gradients;
mod history;
mod inputs;
mod logs;
mod nans;
mod observe;
mod per_output;
mod plans;
mod predict;
mod progbar;
mod progress;
mod run;
mod source;
mod step;
mod stream;
mod watch;

pub use compile::Compile;
pub(crate) use compile::Compiled;
pub use evaluate::Evaluate;
pub use fit::{Fit, ValidationFreq};
pub use history::History;
pub use inputs::Inputs;
pub use logs::Logs;
pub use per_output::{Losses, Metrics, PerOutput};
pub(crate) use plans::Plans;
pub use predict::Predict;
pub(crate) use progbar::Progbar;
pub use progress::Verbose;
pub(crate) use progress::{print_line, print_now, print_warning};
pub(crate) use step::Measures;
