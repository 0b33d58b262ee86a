//! `Inputs`: the tensors a model is fed, by position or by name.

use crate::{DType, Error, Result, Shape, Tensor};

/// One tensor, or several by position or name.
///
/// ```
/// use cornu::{Inputs, Tensor};
/// let (wide, deep) = (Tensor::from([[1.0f32]]), Tensor::from([[2.0f32, 3.0]]));
/// let one = Inputs::from(&deep);
/// let by_name = Inputs::from([("wide", &wide), ("deep", &deep)]);
/// assert_eq!((one.len(), by_name.len()), (1, 2));
/// ```
#[derive(Debug, Clone)]
pub struct Inputs<'a>(Vec<(Option<&'a str>, &'a Tensor)>);

impl<'a> Inputs<'a> {
    /// The number of tensors.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tensor, if there is just one.
    pub(crate) fn only(&self) -> Option<&'a Tensor> {
        match self.0[..] {
            [(_, tensor)] => Some(tensor),
            _ => None,
        }
    }

    /// The tensors in the order of the inputs of these names and shapes, checked and cheaply cloned; `misfit`
    /// makes the error about one of another shape. A tensor
    /// that lacks the last axis, where that has length 1, is given it.
    pub(crate) fn ordered<'n>(
        &self,
        model: &str,
        inputs: impl ExactSizeIterator<Item = (&'n str, &'n Shape)>,
        misfit: impl Fn(usize, &Tensor) -> Error,
    ) -> Result<Vec<Tensor>> {
        if inputs.len() != self.0.len() {
            let names: Vec<String> = inputs.map(|(name, _)| format!("`{name}`")).collect();
            return Err(Error::data(format!(
                "model `{model}` wants a tensor for each of its inputs ({}), got {}",
                names.join(", "),
                self.0.len()
            )));
        }
        let named = self.0.iter().any(|(name, _)| name.is_some());
        inputs
            .enumerate()
            .map(|(at, (name, shape))| {
                let found = if named {
                    self.0.iter().find(|(given, _)| *given == Some(name)).map(|(_, tensor)| *tensor)
                } else {
                    self.0.get(at).map(|(_, tensor)| *tensor)
                };
                let tensor = found.ok_or_else(|| {
                    Error::data(format!("model `{model}` has no tensor for its input `{name}`"))
                })?;
                fitted(shape, tensor).ok_or_else(|| misfit(at, tensor))
            })
            .collect()
    }

    /// The targets of outputs of these names, in their order, cheaply cloned.
    pub(crate) fn of_outputs(&self, model: &str, what: &str, outputs: &[&str]) -> Result<Vec<Tensor>> {
        let listed = || outputs.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        if self.0.len() != outputs.len() {
            let given = self.0.len();
            return Err(Error::data(format!(
                "model `{model}` wants {what} for each of its outputs ({}), got {given}",
                listed()
            )));
        }
        let named = self.0.iter().any(|(name, _)| name.is_some());
        let find = |(at, output): (usize, &&str)| {
            let found = match named {
                true => self.0.iter().find(|(name, _)| name.as_ref() == Some(output)),
                false => self.0.get(at),
            };
            let found = found.map(|(_, tensor)| (*tensor).clone());
            found.ok_or_else(|| {
                Error::data(format!("model `{model}` has no {what} for its output `{output}`"))
            })
        };
        outputs.iter().enumerate().map(find).collect()
    }

    /// Sample weights of outputs of these names: one tensor is for all of them, by name some may have none.
    pub(crate) fn weights_of_outputs(&self, model: &str, outputs: &[&str]) -> Result<Vec<Option<Tensor>>> {
        let weights = |tensor: &Tensor| Some(tensor.cast(DType::F32));
        if let [(None, only)] = self.0[..] {
            return Ok(outputs.iter().map(|_| weights(only)).collect());
        }
        if self.0.iter().any(|(name, _)| name.is_none()) {
            let listed = self.of_outputs(model, "sample weights", outputs)?;
            return Ok(listed.iter().map(weights).collect());
        }
        if let Some(unknown) =
            self.0.iter().filter_map(|(name, _)| *name).find(|name| !outputs.contains(name))
        {
            return Err(Error::unknown_name("output", unknown, outputs.iter().map(ToString::to_string)));
        }
        let find = |output: &&str| self.0.iter().find(|(name, _)| name.as_ref() == Some(output));
        Ok(outputs.iter().map(|output| weights(find(output)?.1)).collect())
    }
}

fn fitted(shape: &Shape, tensor: &Tensor) -> Option<Tensor> {
    if shape.accepts(&tensor.to_shape()) {
        return Some(tensor.clone());
    }
    let longer: Vec<usize> = tensor.shape().iter().copied().chain([1]).collect();
    let fits = shape.last() == Some(1) && shape.accepts(&Shape::known(&longer));
    tensor.reshape(longer).ok().filter(|_| fits)
}

impl<'a> FromIterator<(Option<&'a str>, &'a Tensor)> for Inputs<'a> {
    fn from_iter<I: IntoIterator<Item = (Option<&'a str>, &'a Tensor)>>(tensors: I) -> Self {
        Inputs(tensors.into_iter().collect())
    }
}

impl<'a> From<&'a Tensor> for Inputs<'a> {
    fn from(tensor: &'a Tensor) -> Self {
        Inputs(vec![(None, tensor)])
    }
}

impl<'a, const N: usize> From<[&'a Tensor; N]> for Inputs<'a> {
    fn from(tensors: [&'a Tensor; N]) -> Self {
        Inputs(tensors.into_iter().map(|tensor| (None, tensor)).collect())
    }
}

impl<'a, const N: usize> From<[(&'a str, &'a Tensor); N]> for Inputs<'a> {
    fn from(tensors: [(&'a str, &'a Tensor); N]) -> Self {
        Inputs(tensors.into_iter().map(|(name, tensor)| (Some(name), tensor)).collect())
    }
}

impl<'a> From<&'a [Tensor]> for Inputs<'a> {
    fn from(tensors: &'a [Tensor]) -> Self {
        Inputs(tensors.iter().map(|tensor| (None, tensor)).collect())
    }
}

impl<'a> From<&'a [(String, Tensor)]> for Inputs<'a> {
    fn from(tensors: &'a [(String, Tensor)]) -> Self {
        Inputs(tensors.iter().map(|(name, tensor)| (Some(name.as_str()), tensor)).collect())
    }
}
