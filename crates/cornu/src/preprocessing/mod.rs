//! What is done with data before and after a model, in scikit-learn's words.
//!
//! Names, arguments and defaults are those of [scikit-learn](https://scikit-learn.org/stable/api/), with which every
//! result is compared by fixtures; the same `random_state` gives the same rows.
//!
//! - Columns of numbers, as a tensor or in a [`Table`](crate::data::Table): [`StandardScaler`], [`MinMaxScaler`],
//!   [`MaxAbsScaler`], [`RobustScaler`], [`Normalizer`], [`SimpleImputer`], [`MissingIndicator`].
//! - Columns of categories and texts: [`OneHotEncoder`], [`OrdinalEncoder`], [`TfidfVectorizer`].
//! - Several of them: [`ColumnTransformer`], [`Pipeline`]. Targets: [`LabelEncoder`], [`LabelBinarizer`].
//! - Splits: [`train_test_split`]; [`KFold`], [`StratifiedKFold`], [`ShuffleSplit`], [`StratifiedShuffleSplit`].
//! - Cross-validation of an [`Estimator`]: [`cross_val_score`], [`cross_val_predict`]; [`score`].
//! - How good answers are: [`accuracy_score`], [`confusion_matrix`], [`classification_report`], [`precision_score`],
//!   [`recall_score`], [`f1_score`], [`roc_auc_score`], [`r2_score`], [`mean_squared_error`], [`mean_absolute_error`].

mod affine;
mod cell;
mod classes;
mod column_transformer;
mod cross_validation;
mod estimator;
mod float;
mod k_fold;
mod label_binarizer;
mod label_encoder;
mod max_abs_scaler;
mod min_max_scaler;
mod missing_indicator;
mod normalizer;
mod one_hot_encoder;
mod ordinal_encoder;
mod pipeline;
mod robust_scaler;
mod rows;
mod scorer;
mod scores;
mod shuffle_split;
mod simple_imputer;
mod sizes;
mod splitter;
mod standard_scaler;
mod stratified_k_fold;
mod stratified_shuffle_split;
mod tfidf_vectorizer;
mod train_test_split;
mod transformer;

pub use cell::Cell;
pub use column_transformer::{ColumnTransformer, Columns, Remainder};
pub use cross_validation::{CrossValidation, Cv, cross_val_predict, cross_val_score};
pub use estimator::Estimator;
pub use k_fold::KFold;
pub use label_binarizer::LabelBinarizer;
pub(crate) use label_binarizer::argmax;
pub use label_encoder::LabelEncoder;
pub use max_abs_scaler::MaxAbsScaler;
pub use min_max_scaler::MinMaxScaler;
pub use missing_indicator::MissingIndicator;
pub use normalizer::{Norm, Normalizer};
pub use one_hot_encoder::{Drop, HandleUnknown, OneHotEncoder};
pub use ordinal_encoder::OrdinalEncoder;
pub use pipeline::Pipeline;
pub use robust_scaler::RobustScaler;
pub use rows::Rows;
pub use scorer::score;
pub use scores::{
    Average, ClassScores, ClassificationReport, ConfusionMatrix, Normalize, accuracy_score,
    classification_report, confusion_matrix, f1_score, mean_absolute_error, mean_squared_error,
    precision_recall_fscore_support, precision_score, r2_score, recall_score, roc_auc_score,
    root_mean_squared_error,
};
pub use shuffle_split::ShuffleSplit;
pub use simple_imputer::{SimpleImputer, Strategy};
pub use sizes::Size;
pub use splitter::{Split, Splitter};
pub use standard_scaler::StandardScaler;
pub use stratified_k_fold::StratifiedKFold;
pub use stratified_shuffle_split::StratifiedShuffleSplit;
pub use tfidf_vectorizer::TfidfVectorizer;
pub use train_test_split::{TrainTestSplit, train_test_split};
pub use transformer::{Tabular, Transformer};
