//! Samples ready for a model.

use cornu::{Inputs, Model, Shape, Tensor};

use crate::args::Source;
use crate::datasets::{Part, Prepared};
use crate::failure::{Failure, Result};
use crate::npz;

/// Inputs by name, targets, perhaps weights.
pub(crate) struct Samples {
    x: Vec<(String, Tensor)>,
    pub(crate) y: Tensor,
    pub(crate) sample_weight: Option<Tensor>,
}

impl Samples {
    pub(crate) fn new(x: Vec<(String, Tensor)>, y: Tensor, sample_weight: Option<Tensor>) -> Self {
        Samples { x, y, sample_weight }
    }

    /// What the samples are, for people.
    pub(crate) fn shapes(&self) -> Vec<(&'static str, String)> {
        let said = |tensor: &Tensor| match tensor.to_shape().sample() {
            number if number.rank() == 0 => format!("one {}", tensor.dtype()),
            shape => format!("{shape} of {}", tensor.dtype()),
        };
        let inputs: Vec<String> = match &self.x[..] {
            [(_, tensor)] => vec![said(tensor)],
            several => several.iter().map(|(name, tensor)| format!("{name} {}", said(tensor))).collect(),
        };
        vec![("an input", inputs.join(", ")), ("a target", said(&self.y))]
    }

    pub(crate) fn x(&self) -> Inputs<'_> {
        Inputs::from(self.x.as_slice())
    }
}

/// A source that has been read.
pub(crate) enum Opened {
    Npz(cornu::data::Npz),
    Dataset(Prepared),
}

impl Source {
    /// Reads the file or the dataset.
    pub(crate) fn open(&self) -> Result<Opened> {
        match (&self.data, self.dataset) {
            (Some(path), _) => Ok(Opened::Npz(cornu::data::load_npz(path)?)),
            (None, Some(dataset)) => Ok(Opened::Dataset(dataset.prepare()?)),
            (None, None) => Err(Failure::usage("there are no samples: give --data, --dataset or --csv")),
        }
    }
}

impl Opened {
    /// Samples as the model wants them. A file has only one part.
    pub(crate) fn samples(&self, part: Part, model: &mut Model) -> Result<Samples> {
        match self {
            Opened::Npz(file) => npz::samples(file, model),
            Opened::Dataset(dataset) => from_dataset(dataset, part, model),
        }
    }
}

fn from_dataset(dataset: &Prepared, part: Part, model: &mut Model) -> Result<Samples> {
    let (x, y) = dataset.part(part)?;
    build(model, &x)?;
    match &model.input_names()?[..] {
        [name] => Ok(Samples::new(vec![(name.clone(), as_wanted(x, &model.input_shape()?)?)], y, None)),
        names => Err(Failure::new(format!(
            "model `{}` has {} inputs, a dataset feeds only one",
            model.name(),
            names.len()
        ))
        .tip("feed it from a file with --data")),
    }
}

/// Gives a model that does not say its input's shape the shape of its first data.
pub(crate) fn build(model: &mut Model, x: &Tensor) -> Result {
    if !model.is_built() && x.rank() > 0 {
        model.build(x.to_shape().sample().batched())?;
    }
    Ok(())
}

/// Images are flattened, or given or spared an axis for their channel, where the model's input asks for it.
fn as_wanted(x: Tensor, wanted: &Shape) -> Result<Tensor> {
    let Some(sample) = wanted.sample().to_known() else { return Ok(x) };
    let long_axes = |shape: &[usize]| shape.iter().copied().filter(|dim| *dim != 1).collect::<Vec<_>>();
    let given = x.shape().get(1..).unwrap_or_default();
    let flat = sample == [x.row_len()];
    if !flat && long_axes(given) != long_axes(&sample) {
        // The model itself says best what does not fit.
        return Ok(x);
    }
    let shape: Vec<usize> = std::iter::once(x.row_count()).chain(sample).collect();
    Ok(x.reshape(shape).map_err(cornu::Error::from)?)
}

#[cfg(test)]
mod tests {
    use cornu::DType;

    use super::*;

    #[test]
    fn images_take_the_form_the_model_wants() {
        let shape_for = |wanted: &[usize]| {
            let images = Tensor::zeros([2, 28, 28], DType::F32);
            as_wanted(images, &Shape::from(wanted).batched()).unwrap().shape().to_vec()
        };
        assert_eq!(shape_for(&[28, 28]), [2, 28, 28]);
        assert_eq!(shape_for(&[784]), [2, 784]);
        assert_eq!(shape_for(&[28, 28, 1]), [2, 28, 28, 1]);
        assert_eq!(shape_for(&[1, 28, 28]), [2, 1, 28, 28]);
        assert_eq!(shape_for(&[14, 56]), [2, 28, 28]);
        assert_eq!(shape_for(&[32, 32]), [2, 28, 28]);
    }
}
