//! How good answers are, from targets and answers.

mod accuracy_score;
mod classification_report;
mod confusion_matrix;
mod labels;
mod precision_recall;
mod regression;
mod roc_auc_score;

pub use accuracy_score::accuracy_score;
pub use classification_report::{ClassificationReport, classification_report};
pub use confusion_matrix::{ConfusionMatrix, Normalize, confusion_matrix};
pub use precision_recall::{
    Average, ClassScores, f1_score, precision_recall_fscore_support, precision_score, recall_score,
};
pub use regression::{mean_absolute_error, mean_squared_error, r2_score, root_mean_squared_error};
pub use roc_auc_score::roc_auc_score;
