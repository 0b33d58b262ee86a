//! `Scorer`: scikit-learn's names for how good answers are.

use super::scores::{
    Average, accuracy_score, f1_score, mean_absolute_error, mean_squared_error, precision_score, r2_score,
    recall_score, roc_auc_score, root_mean_squared_error,
};
use super::{Estimator, Rows};
use crate::{Error, Result, Tensor};

/// Of targets and answers the score, the more the better.
pub(super) type Score = fn(&Tensor, &Tensor) -> Result<f64>;

/// What a score is computed of.
#[derive(Clone, Copy)]
pub(super) enum Answers {
    Predictions,
    Probabilities,
}

/// The names with what they mean.
const SCORERS: [(&str, Answers, Score); 13] = {
    use Answers::{Predictions, Probabilities};
    [
        ("accuracy", Predictions, |y, p| accuracy_score(y, p)),
        ("precision", Predictions, |y, p| precision_score(y, p, Average::Binary)),
        ("precision_macro", Predictions, |y, p| precision_score(y, p, Average::Macro)),
        ("recall", Predictions, |y, p| recall_score(y, p, Average::Binary)),
        ("recall_macro", Predictions, |y, p| recall_score(y, p, Average::Macro)),
        ("f1", Predictions, |y, p| f1_score(y, p, Average::Binary)),
        ("f1_macro", Predictions, |y, p| f1_score(y, p, Average::Macro)),
        ("f1_weighted", Predictions, |y, p| f1_score(y, p, Average::Weighted)),
        ("roc_auc", Probabilities, |y, p| roc_auc_score(y, p)),
        ("r2", Predictions, r2_score),
        ("neg_mean_squared_error", Predictions, |y, p| Ok(-mean_squared_error(y, p)?)),
        ("neg_root_mean_squared_error", Predictions, |y, p| Ok(-root_mean_squared_error(y, p)?)),
        ("neg_mean_absolute_error", Predictions, |y, p| Ok(-mean_absolute_error(y, p)?)),
    ]
};

/// The score of this name that an estimator gets on samples, the more the better: `"accuracy"`, `"precision"`, `"recall"`,
/// `"f1"`, each also with `_macro`, `"f1_weighted"`, `"roc_auc"`, `"r2"`, `"neg_mean_squared_error"`,
/// `"neg_root_mean_squared_error"`, `"neg_mean_absolute_error"`.
///
/// Source: <https://scikit-learn.org/stable/modules/model_evaluation.html#the-scoring-parameter-defining-model-evaluation-rules>.
///
/// # Errors
/// If the name is unknown, or as [`Estimator::predict`] or [`Estimator::predict_proba`].
pub fn score<X: Rows>(name: &str, estimator: &mut dyn Estimator<X>, x: &X, y: &Tensor) -> Result<f64> {
    let (_, answers, score) = find(name)?;
    let answers = match answers {
        Answers::Predictions => estimator.predict(x)?,
        Answers::Probabilities => positive(estimator.predict_proba(x)?)?,
    };
    score(y, &answers)
}

/// Reports a name that is unknown.
pub(super) fn find(name: &str) -> Result<(&'static str, Answers, Score)> {
    let found = SCORERS.iter().find(|(known, ..)| *known == name).copied();
    found.ok_or_else(|| {
        Error::unknown_name("scoring", name, SCORERS.iter().map(|(known, ..)| known.to_string()))
    })
}

/// Of two classes the probability of the second, which is what a curve is drawn of.
fn positive(probabilities: Tensor) -> Result<Tensor> {
    if probabilities.row_len() != 2 {
        return Ok(probabilities);
    }
    let second: Vec<f64> = probabilities.to_vec::<f64>().into_iter().skip(1).step_by(2).collect();
    Ok(Tensor::from(second))
}
