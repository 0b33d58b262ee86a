//! `ModelPipeline`: a model with what is done to its data before and after it, as one thing.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Model;
use super::load::load_model;
use crate::data::{Column, Table};
use crate::preprocessing::{Cell, LabelEncoder, Tabular, Transformer, argmax};
use crate::training::{Fit, History, Predict};
use crate::{DType, Data, Error, Result, Tensor};

/// A column a pipeline wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputColumn {
    /// Its name.
    pub name: String,
    /// Whether it holds strings.
    pub strings: bool,
}

/// What is done to targets before the model, and undone behind it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// They are numbers as they are.
    #[default]
    Numbers,
    /// They are numbers of another scale.
    Scaled(Box<dyn Transformer>),
    /// They are classes, of which the model answers probabilities: one a class, or of two classes that of the second.
    Classes(LabelEncoder),
}

/// A model behind transformers: fitted together, saved as one `.keras` file, asked with the data as it comes.
///
/// The file has one member more than Keras writes, `preprocessing.json`, with the transformers and what they learned.
/// Keras opens the model in it and ignores that member; [`load_model`](crate::load_model) gives the model alone and
/// keeps the member when it is saved again.
///
/// ```
/// use cornu::data::{Column, Table};
/// use cornu::layers::Dense;
/// use cornu::preprocessing::{ColumnTransformer, OneHotEncoder, StandardScaler};
/// use cornu::{Compile, Data, Fit, ModelPipeline, Predict, Sequential, Target};
/// let x = Table::new([
///     ("age", Column::from([20.0, 60.0, 25.0, 55.0])),
///     ("city", Column::from(["Oslo", "Paris", "Oslo", "Paris"])),
/// ])?;
/// let y = Data::from(["no", "yes", "no", "yes"]);
///
/// let columns = ColumnTransformer::new()
///     .transformer("num", StandardScaler::new(), ["age"])
///     .transformer("cat", OneHotEncoder::new(), ["city"]);
/// let mut model = Sequential::new().add(Dense::new(1).activation("sigmoid")); // it takes the width it is given
/// model.compile(Compile::new().optimizer("adam").loss("binary_crossentropy"))?;
/// let mut pipeline = ModelPipeline::new(columns, model.into_model()).target(Target::Classes(Default::default()));
/// pipeline.fit(&x, &y, Fit::new().epochs(5).verbose(0))?;
///
/// let path = std::env::temp_dir().join(format!("cornu-pipeline-{}.keras", std::process::id()));
/// pipeline.save(&path)?;
/// let mut again = ModelPipeline::load(&path)?;
/// assert_eq!(again.predict(&x, Predict::new())?, pipeline.predict(&x, Predict::new())?);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug)]
pub struct ModelPipeline {
    model: Model,
    before: Before,
}

/// All of a pipeline but its model, as `preprocessing.json` holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Before {
    /// Who wrote it: the layout of this struct.
    version: u32,
    features: Box<dyn Transformer>,
    /// The columns the features are made of, once fitted.
    columns: Vec<InputColumn>,
    target_name: Option<String>,
    target: Target,
}

const VERSION: u32 = 1;

impl ModelPipeline {
    /// A model behind a transformer, either of which may be fitted already. A [`Sequential`](crate::Sequential) without
    /// an `Input` takes the width that the transformer gives it.
    pub fn new(features: impl Transformer + 'static, model: Model) -> Self {
        let (columns, target) = (Vec::new(), Target::Numbers);
        let before =
            Before { version: VERSION, features: Box::new(features), columns, target_name: None, target };
        ModelPipeline { model, before }
    }

    /// What is done to targets; nothing by default.
    #[must_use]
    pub fn target(mut self, target: Target) -> Self {
        self.before.target = target;
        self
    }

    /// What the target is called.
    #[must_use]
    pub fn target_name(mut self, name: impl Into<String>) -> Self {
        self.before.target_name = Some(name.into());
        self
    }

    /// Learns how to make features and targets, without training the model.
    ///
    /// # Errors
    /// If samples or targets do not suit the transformers.
    pub fn fit_preprocessing<X: Tabular>(&mut self, x: &X, y: &Data) -> Result<()> {
        let x = x.to_table()?;
        self.before.features.fit_table(&x)?;
        self.before.columns = x
            .columns()
            .map(|(name, column)| InputColumn { name: name.into(), strings: column.is_strings() })
            .collect();
        match &mut self.before.target {
            Target::Numbers => Ok(()),
            Target::Scaled(scaler) => scaler.fit_table(&Table::from_tensor(numbers(y)?)?),
            Target::Classes(encoder) => encoder.fit(y),
        }
    }

    /// Learns features and targets, then trains the model. Validation data among the arguments are given as the model is
    /// fed: [`ModelPipeline::features`] and [`ModelPipeline::targets`] make them.
    ///
    /// # Errors
    /// As [`ModelPipeline::fit_preprocessing`] and [`Model::fit`].
    pub fn fit<X: Tabular>(&mut self, x: &X, y: impl Into<Data>, arguments: Fit<'_>) -> Result<History> {
        let y = y.into();
        self.fit_preprocessing(x, &y)?;
        let (features, targets) = (self.features(x)?, self.targets(&y)?);
        self.model.fit(&features, &targets, arguments)
    }

    /// What the model is fed for samples: float32 `(n, features)`.
    ///
    /// # Errors
    /// If nothing is fitted, or the samples do not suit the transformer.
    pub fn features<X: Tabular>(&self, x: &X) -> Result<Tensor> {
        Ok(self.before.features.transform_table(&x.to_table()?)?.to_tensor()?.cast(DType::F32))
    }

    /// What the model's output is compared with: class numbers, or numbers of its scale.
    ///
    /// # Errors
    /// If nothing is fitted, or the targets do not suit.
    pub fn targets(&self, y: &Data) -> Result<Tensor> {
        match &self.before.target {
            Target::Numbers => Ok(numbers(y)?.clone()),
            Target::Scaled(scaler) => {
                let scaled = scaler.transform_table(&Table::from_tensor(numbers(y)?)?)?;
                Ok(scaled.to_tensor()?.cast(DType::F32))
            }
            Target::Classes(encoder) => encoder.transform(y),
        }
    }

    /// The answer for each sample: a class, or numbers in the scale of the targets.
    ///
    /// # Errors
    /// If nothing is fitted, or the samples do not suit.
    pub fn predict<X: Tabular>(&mut self, x: &X, arguments: Predict<'_>) -> Result<Data> {
        let output = self.model.predict(&self.features(x)?, arguments)?;
        self.answers(&output)
    }

    /// The answers that outputs of the model stand for.
    ///
    /// # Errors
    /// If the output is not what [`Target`] says.
    pub fn answers(&self, output: &Tensor) -> Result<Data> {
        match &self.before.target {
            Target::Numbers => Ok(output.clone().into()),
            Target::Scaled(scaler) => {
                let table = scaler.inverse_transform_table(&Table::from_tensor(output)?)?;
                Ok(table.to_tensor()?.into())
            }
            Target::Classes(encoder) => {
                let probabilities = self.probabilities(output)?;
                let class = |row: &[f64]| argmax(row) as i64;
                let width = probabilities.row_len().max(1);
                let classes: Vec<i64> = probabilities.to_vec::<f64>().chunks(width).map(class).collect();
                encoder.inverse_transform(&Tensor::from(classes))
            }
        }
    }

    /// Of each sample the probability of each class, in the order of [`ModelPipeline::classes`]: `(n, classes)`.
    ///
    /// # Errors
    /// If nothing is fitted, the samples do not suit, or the targets are no classes.
    pub fn predict_proba<X: Tabular>(&mut self, x: &X, arguments: Predict<'_>) -> Result<Tensor> {
        let output = self.model.predict(&self.features(x)?, arguments)?;
        self.probabilities(&output)
    }

    /// The probabilities that outputs of the model stand for, as [`ModelPipeline::predict_proba`] gives them.
    ///
    /// # Errors
    /// If the targets are no classes, or the output does not have one number a class.
    pub fn probabilities(&self, output: &Tensor) -> Result<Tensor> {
        let classes = self.classes()?.len();
        if output.rank() == 2 && output.row_len() == classes {
            return Ok(output.clone());
        }
        if classes > 2 || output.len() != output.row_count() {
            let shape = output.to_shape();
            return Err(Error::model(format!("{classes} classes have an output of shape {shape}")));
        }
        let both = output.to_vec::<f32>().into_iter().flat_map(|second| [1.0 - second, second]);
        Ok(Tensor::new(both.collect::<Vec<f32>>(), [output.row_count(), 2])?)
    }

    /// The classes in the order of their numbers.
    ///
    /// # Errors
    /// If the targets are no classes, or nothing is fitted.
    pub fn classes(&self) -> Result<&[Cell]> {
        match &self.before.target {
            Target::Classes(encoder) => encoder.classes(),
            _ => Err(Error::model(format!("the targets of model `{}` are no classes", self.model.name()))),
        }
    }

    /// Whether targets are classes.
    pub fn is_classifier(&self) -> bool {
        matches!(self.before.target, Target::Classes(_))
    }

    /// The columns wanted, once fitted.
    pub fn columns(&self) -> &[InputColumn] {
        &self.before.columns
    }

    /// What the target is called, where that was said.
    pub fn name_of_target(&self) -> Option<&str> {
        self.before.target_name.as_deref()
    }

    /// Columns in the kinds wanted: numbers that were read where strings are wanted become strings.
    ///
    /// # Errors
    /// If a column is missing, or holds strings where numbers are wanted; the message names all columns.
    pub fn arrange(&self, x: &Table) -> Result<Table> {
        let columns = self.before.columns.iter().map(|wanted| {
            let column = x.columns().find(|(name, _)| *name == wanted.name).map(|(_, column)| column);
            let column = column.ok_or_else(|| {
                let names: Vec<String> =
                    self.before.columns.iter().map(|c| format!("`{}`", c.name)).collect();
                let name = &wanted.name;
                Error::data(format!("there is no column `{name}`; the model wants {}", names.join(", ")))
            })?;
            Ok((wanted.name.clone(), arranged(&wanted.name, column, wanted.strings)?))
        });
        Table::new(columns.collect::<Result<Vec<_>>>()?)
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The model, to be changed.
    pub fn model_mut(&mut self) -> &mut Model {
        &mut self.model
    }

    /// Writes model and transformers as one `.keras` file.
    ///
    /// # Errors
    /// As [`Model::save`]; or if a transformer is not one of Cornu's own.
    pub fn save(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let before = serde_json::to_value(&self.before).map_err(|error| Error::model(error.to_string()))?;
        self.model.preprocessing = Some(before);
        self.model.save(path)
    }

    /// Opens a file that [`ModelPipeline::save`] wrote.
    ///
    /// # Errors
    /// As [`load_model`](crate::load_model); or if there is no preprocessing in the file, or it is damaged.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let model = load_model(path)?;
        Self::of(model).map_err(|error| Error::file(path, error))
    }

    /// The pipeline of a model that was loaded with its preprocessing.
    ///
    /// # Errors
    /// If the model has none, or it is damaged.
    pub fn of(model: Model) -> Result<Self> {
        let Some(value) = &model.preprocessing else {
            return Err(Error::model(format!(
                "model `{}` has no preprocessing inside; `ModelPipeline::save` or `cornu fit --csv` writes it",
                model.name
            )));
        };
        match value.get("version").and_then(Value::as_u64) {
            Some(version) if version == u64::from(VERSION) => {}
            other => {
                let version = other.map_or("none".into(), |version| version.to_string());
                return Err(Error::data(format!(
                    "preprocessing.json: version {version}, this program reads version {VERSION}"
                )));
            }
        }
        let before = serde_path_to_error::deserialize(value.clone())
            .map_err(|error| Error::data(format!("preprocessing.json: {error}")))?;
        Ok(ModelPipeline { model, before })
    }
}

impl Model {
    /// Whether the file the model came from had preprocessing in it, for [`ModelPipeline::of`].
    pub fn has_preprocessing(&self) -> bool {
        self.preprocessing.is_some()
    }
}

/// Targets that must be numbers.
fn numbers(y: &Data) -> Result<&Tensor> {
    y.tensor().ok_or_else(|| Error::data("the targets are strings: `Target::Classes` makes classes of them"))
}

/// A column in the kind wanted.
fn arranged(name: &str, column: &Column, strings: bool) -> Result<Column> {
    Ok(match (column, strings) {
        (Column::Ints(values), true) => Column::Strings(values.iter().map(|v| Some(v.to_string())).collect()),
        (Column::Floats(values), true) => {
            let text = |value: &f64| (!value.is_nan()).then(|| value.to_string());
            Column::Strings(values.iter().map(text).collect())
        }
        (Column::Strings(values), false) => match values.iter().flatten().next() {
            None => Column::Floats(vec![f64::NAN; values.len()]),
            Some(text) => {
                return Err(Error::data(format!("column `{name}` must hold numbers, but holds {text:?}")));
            }
        },
        _ => column.clone(),
    })
}
