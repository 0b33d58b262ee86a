//! `KerasClassifier`: a model of classes under scikit-learn's words.

use cornu::preprocessing::Estimator;
use cornu::utils::to_categorical;
use cornu::{Error, Model, Result, Tensor};

use super::Tunable;
use super::keras_estimator::{KerasEstimator, keras_estimator_methods};
use crate::Values;

/// A model whose outputs are the probabilities of classes, or of the second of two. Targets are one label a sample, any
/// numbers: the model is trained with their places among all labels (one-hot for `categorical_crossentropy`), and what is
/// predicted are labels again.
///
/// ```
/// use cornu::datasets::iris;
/// use cornu::layers::{Dense, Input};
/// use cornu::preprocessing::Estimator;
/// use cornu::{Compile, Sequential};
/// use cornu_tuner::KerasClassifier;
/// let ((x, y), (x_test, y_test)) = iris::load_data()?;
/// let mut classifier = KerasClassifier::new(|hp| {
///     let mut model = Sequential::new()
///         .add(Input::new([4]))
///         .add(Dense::new(hp.int("units", 1..=64) as usize).activation("relu"))
///         .add(Dense::new(3).activation("softmax"));
///     model.compile(Compile::new().optimizer("adam").loss("sparse_categorical_crossentropy"))?;
///     Ok(model)
/// })
/// .param("units", 16)?
/// .epochs(40)
/// .batch_size(8)
/// .random_state(1);
/// classifier.fit(&x, &y)?;
/// assert!(classifier.score(&x_test, &y_test)? > 0.7);
/// assert_eq!(classifier.predict_proba(&x_test)?.shape(), [30, 3]);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// Source: <https://adriangb.com/scikeras/stable/generated/scikeras.wrappers.KerasClassifier.html>.
pub struct KerasClassifier {
    keras: KerasEstimator,
    /// The labels in order, once it is fitted.
    classes: Option<Tensor>,
}

impl KerasClassifier {
    keras_estimator_methods!();

    /// The labels in order, once it is fitted: what the columns of the probabilities are of.
    pub fn classes(&self) -> Option<&Tensor> {
        self.classes.as_ref()
    }
}

impl From<KerasEstimator> for KerasClassifier {
    fn from(keras: KerasEstimator) -> Self {
        KerasClassifier { keras, classes: None }
    }
}

impl Estimator<Tensor> for KerasClassifier {
    fn fit(&mut self, x: &Tensor, y: &Tensor) -> Result<()> {
        let (classes, places) = labels(y)?;
        let count = classes.len();
        self.classes = None;
        self.keras.fit(x, |model| targets(model, places, count))?;
        self.classes = Some(classes);
        Ok(())
    }

    fn predict(&mut self, x: &Tensor) -> Result<Tensor> {
        let probabilities = self.predict_proba(x)?;
        let values = probabilities.to_vec::<f32>();
        let rows = values.chunks_exact(probabilities.row_len().max(1));
        let largest =
            |row: &[f32]| (0..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best });
        let classes = self.classes.as_ref().ok_or_else(|| Error::model("the classifier is not fitted"))?;
        Ok(classes.take(&rows.map(largest).collect::<Vec<_>>())?)
    }

    fn is_classifier(&self) -> bool {
        true
    }

    fn predict_proba(&mut self, x: &Tensor) -> Result<Tensor> {
        let outputs = self.keras.outputs("classifier", x)?;
        if outputs.row_len() != 1 {
            return Ok(outputs);
        }
        let both = outputs.to_vec::<f32>().into_iter().flat_map(|second| [1.0 - second, second]);
        Ok(Tensor::new(both.collect::<Vec<f32>>(), [outputs.row_count(), 2])?)
    }
}

impl Tunable for KerasClassifier {
    fn get_params(&self) -> Values {
        self.keras.get_params()
    }

    fn set_params(&mut self, params: &Values) -> Result<()> {
        self.keras.set_params(params)
    }

    fn unfitted(&self) -> Self {
        self.keras.unfitted().into()
    }
}

/// The distinct labels in order, and the place of each sample's among them.
fn labels(y: &Tensor) -> Result<(Tensor, Tensor)> {
    if y.len() != y.row_count() || y.rank() == 0 {
        return Err(Error::data(format!(
            "a classifier wants one label a sample, got targets of shape {}",
            y.to_shape()
        )));
    }
    let values = y.to_vec::<f64>();
    if let Some(at) = values.iter().position(|label| label.is_nan()) {
        return Err(Error::data(format!("the label of sample {at} is NaN")));
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
    let (mut firsts, mut places) = (Vec::new(), vec![0i64; values.len()]);
    for at in order {
        if firsts.last().is_none_or(|last: &usize| values[*last] != values[at]) {
            firsts.push(at);
        }
        places[at] = firsts.len() as i64 - 1;
    }
    Ok((y.reshape([y.len()])?.take(&firsts)?, Tensor::from(places)))
}

/// Places of labels as the model's loss wants them.
fn targets(model: &Model, places: Tensor, classes: usize) -> Result<Tensor> {
    match model.loss().and_then(|loss| loss.name()) {
        Some("categorical_crossentropy") => to_categorical(&places, Some(classes)),
        _ => Ok(places),
    }
}
