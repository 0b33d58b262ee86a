//! `Inputs`: what a model is fed, by position or by name.

use std::fmt;

use crate::data::Fields;
use crate::{DType, Data, Dataset, Error, Result, Shape, StringTensor, Tensor};

/// One tensor of numbers or strings, or several by position or name.
///
/// ```
/// use cornu::{Data, Inputs, Tensor};
/// let (wide, deep) = (Tensor::from([[1.0f32]]), Tensor::from([[2.0f32, 3.0]]));
/// let one = Inputs::from(&deep);
/// let by_name = Inputs::from([("wide", &wide), ("deep", &deep)]);
/// assert_eq!((one.len(), by_name.len()), (1, 2));
/// // Numbers beside strings: each as `Data`.
/// let city = Data::from(["Oslo"]);
/// let mixed = Inputs::from([("wide", wide.into()), ("city", city)]);
/// assert_eq!(mixed.len(), 2);
/// ```
///
/// `fit`, `evaluate` and `predict` also take a [`Dataset`], which has targets and weights of its own: `model.fit(&dataset, (),
/// Fit::new())`.
#[derive(Clone, Default)]
pub struct Inputs<'a> {
    tensors: Vec<(Option<&'a str>, Data)>,
    dataset: Option<&'a dyn Dataset>,
}

impl<'a> Inputs<'a> {
    fn of(tensors: Vec<(Option<&'a str>, Data)>) -> Self {
        Inputs { tensors, dataset: None }
    }

    /// The dataset, if it is one.
    pub(crate) fn dataset(&self) -> Option<&'a dyn Dataset> {
        self.dataset
    }

    /// Nothing but tensors.
    ///
    /// # Errors
    /// If it is a dataset, named by its place.
    pub(crate) fn no_dataset(&self, place: &str) -> Result<()> {
        match self.dataset {
            Some(_) => Err(Error::data(format!(
                "{place} must be tensors, got a dataset: `fit`, `evaluate` and `predict` take one as `x`, and with it \
                 targets and sample weights"
            ))),
            None => Ok(()),
        }
    }

    /// The number of tensors. A dataset counts as none.
    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }

    /// What is fed, if it is one tensor.
    pub(crate) fn only(&self) -> Option<&Data> {
        match self.tensors.as_slice() {
            [(_, data)] => Some(data),
            _ => None,
        }
    }

    /// The tensors in the order of the inputs of these names and shapes, each with whether it takes strings, checked and
    /// cheaply cloned; `misfit` makes the error about one of another shape or kind. A tensor that lacks the last axis,
    /// where that has length 1, is given it.
    pub(crate) fn ordered<'n>(
        &self,
        model: &str,
        inputs: impl ExactSizeIterator<Item = (&'n str, &'n Shape, bool)>,
        misfit: impl Fn(usize, &Data) -> Error,
    ) -> Result<Vec<Data>> {
        if inputs.len() != self.tensors.len() {
            let names: Vec<String> = inputs.map(|(name, ..)| format!("`{name}`")).collect();
            return Err(Error::data(format!(
                "model `{model}` wants a tensor for each of its inputs ({}), got {}",
                names.join(", "),
                self.tensors.len()
            )));
        }
        let named = self.tensors.iter().any(|(name, _)| name.is_some());
        inputs
            .enumerate()
            .map(|(at, (name, shape, strings))| {
                let found = if named {
                    self.tensors.iter().find(|(given, _)| *given == Some(name)).map(|(_, data)| data)
                } else {
                    self.tensors.get(at).map(|(_, data)| data)
                };
                let data = found.ok_or_else(|| {
                    Error::data(format!("model `{model}` has no tensor for its input `{name}`"))
                })?;
                let kind_fits = data.strings().is_some() == strings;
                fitted(shape, data).filter(|_| kind_fits).ok_or_else(|| misfit(at, data))
            })
            .collect()
    }

    /// The targets of outputs of these names, in their order, cheaply cloned.
    pub(crate) fn of_outputs(&self, model: &str, what: &str, outputs: &[&str]) -> Result<Vec<Tensor>> {
        let listed = || outputs.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        if self.tensors.len() != outputs.len() {
            let given = self.tensors.len();
            return Err(Error::data(format!(
                "model `{model}` wants {what} for each of its outputs ({}), got {given}",
                listed()
            )));
        }
        let named = self.tensors.iter().any(|(name, _)| name.is_some());
        let find = |(at, output): (usize, &&str)| {
            let found = match named {
                true => self.tensors.iter().find(|(name, _)| name.as_ref() == Some(output)),
                false => self.tensors.get(at),
            };
            let (_, data) = found.ok_or_else(|| {
                Error::data(format!("model `{model}` has no {what} for its output `{output}`"))
            })?;
            numbers(model, what, data).cloned()
        };
        outputs.iter().enumerate().map(find).collect()
    }

    /// Sample weights of outputs of these names: one tensor is for all of them, by name some may have none.
    pub(crate) fn weights_of_outputs(&self, model: &str, outputs: &[&str]) -> Result<Vec<Option<Tensor>>> {
        let weights = |data: &Data| Ok(Some(numbers(model, "sample weights", data)?.cast(DType::F32)));
        if let [(None, only)] = self.tensors.as_slice() {
            return outputs.iter().map(|_| weights(only)).collect();
        }
        if self.tensors.iter().any(|(name, _)| name.is_none()) {
            let listed = self.of_outputs(model, "sample weights", outputs)?;
            return Ok(listed.iter().map(|tensor| Some(tensor.cast(DType::F32))).collect());
        }
        if let Some(unknown) =
            self.tensors.iter().filter_map(|(name, _)| *name).find(|name| !outputs.contains(name))
        {
            return Err(Error::unknown_name("output", unknown, outputs.iter().map(ToString::to_string)));
        }
        let find = |output: &&str| self.tensors.iter().find(|(name, _)| name.as_ref() == Some(output));
        outputs.iter().map(|output| find(output).map_or(Ok(None), |(_, data)| weights(data))).collect()
    }
}

fn fitted(shape: &Shape, data: &Data) -> Option<Data> {
    if shape.accepts(&data.to_shape()) {
        return Some(data.clone());
    }
    let longer: Vec<usize> = data.shape().iter().copied().chain([1]).collect();
    let fits = shape.last() == Some(1) && shape.accepts(&Shape::known(&longer));
    data.reshape(longer).ok().filter(|_| fits)
}

/// What must be numbers.
fn numbers<'d>(model: &str, what: &str, data: &'d Data) -> Result<&'d Tensor> {
    data.tensor().ok_or_else(|| {
        Error::data(format!(
            "model `{model}` is given strings as {what}, which must be numbers: `StringLookup` makes numbers of labels"
        ))
    })
}

impl<'a, D: Into<Data>> FromIterator<(Option<&'a str>, D)> for Inputs<'a> {
    fn from_iter<I: IntoIterator<Item = (Option<&'a str>, D)>>(tensors: I) -> Self {
        Inputs::of(tensors.into_iter().map(|(name, tensor)| (name, tensor.into())).collect())
    }
}

impl<'a> From<&'a Tensor> for Inputs<'a> {
    fn from(tensor: &'a Tensor) -> Self {
        Inputs::of(vec![(None, tensor.into())])
    }
}

impl<'a> From<&'a StringTensor> for Inputs<'a> {
    fn from(strings: &'a StringTensor) -> Self {
        Inputs::of(vec![(None, strings.into())])
    }
}

impl From<Data> for Inputs<'_> {
    fn from(data: Data) -> Self {
        Inputs::of(vec![(None, data)])
    }
}

impl<const N: usize> From<[Data; N]> for Inputs<'_> {
    fn from(data: [Data; N]) -> Self {
        Inputs::of(data.into_iter().map(|data| (None, data)).collect())
    }
}

impl<'a, const N: usize> From<[(&'a str, Data); N]> for Inputs<'a> {
    fn from(data: [(&'a str, Data); N]) -> Self {
        Inputs::of(data.into_iter().map(|(name, data)| (Some(name), data)).collect())
    }
}

impl<'a, const N: usize> From<[&'a Tensor; N]> for Inputs<'a> {
    fn from(tensors: [&'a Tensor; N]) -> Self {
        Inputs::of(tensors.into_iter().map(|tensor| (None, tensor.into())).collect())
    }
}

impl<'a, const N: usize> From<[(&'a str, &'a Tensor); N]> for Inputs<'a> {
    fn from(tensors: [(&'a str, &'a Tensor); N]) -> Self {
        Inputs::of(tensors.into_iter().map(|(name, tensor)| (Some(name), tensor.into())).collect())
    }
}

impl<'a> From<&'a [Tensor]> for Inputs<'a> {
    fn from(tensors: &'a [Tensor]) -> Self {
        Inputs::of(tensors.iter().map(|tensor| (None, tensor.into())).collect())
    }
}

impl<'a> From<&'a [(String, Tensor)]> for Inputs<'a> {
    fn from(tensors: &'a [(String, Tensor)]) -> Self {
        Inputs::of(tensors.iter().map(|(name, tensor)| (Some(name.as_str()), tensor.into())).collect())
    }
}

impl<'a> From<&'a Fields> for Inputs<'a> {
    fn from(fields: &'a Fields) -> Self {
        fields.iter().collect()
    }
}

/// None: what stands beside a dataset, which has targets of its own.
impl From<()> for Inputs<'_> {
    fn from((): ()) -> Self {
        Inputs::default()
    }
}

impl<'a, D: Dataset> From<&'a D> for Inputs<'a> {
    fn from(dataset: &'a D) -> Self {
        Inputs { tensors: Vec::new(), dataset: Some(dataset) }
    }
}

impl<'a> From<&'a dyn Dataset> for Inputs<'a> {
    fn from(dataset: &'a dyn Dataset) -> Self {
        Inputs { tensors: Vec::new(), dataset: Some(dataset) }
    }
}

impl fmt::Debug for Inputs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dataset {
            Some(dataset) => write!(f, "Inputs(a dataset, {:?})", dataset.cardinality()),
            None => f.debug_tuple("Inputs").field(&self.tensors).finish(),
        }
    }
}
