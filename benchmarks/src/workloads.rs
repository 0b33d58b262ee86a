//! The workloads: what is trained on what.

use cornu::datasets::{CaliforniaHousing, mnist};
use cornu::layers::{Activation, BatchNormalization, Dense, Dropout, Flatten, Input};
use cornu::optimizers::{Adam, RMSprop, SGD};
use cornu::{Compile, DType, Model, Result, Sequential, Tensor};

/// One workload.
pub(crate) struct Workload {
    /// Its name.
    pub(crate) name: &'static str,
    /// Samples a step.
    pub(crate) batch: usize,
    /// Inputs and targets.
    pub(crate) data: fn() -> Result<(Tensor, Tensor)>,
    /// The compiled model.
    pub(crate) model: fn() -> Result<Model>,
}

/// All workloads.
pub(crate) const ALL: &[Workload] = &[
    Workload { name: "mlp128", batch: 128, data: mnist_rows, model: mlp128 },
    Workload { name: "mlp32", batch: 32, data: mnist_rows, model: mlp32 },
    Workload { name: "reg", batch: 32, data: california_housing, model: reg },
    Workload { name: "bn", batch: 64, data: mnist_images, model: bn },
];

const CROSSENTROPY: &str = "sparse_categorical_crossentropy";

fn mlp128() -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([784]))
        .add(Dense::new(256).activation("sigmoid"))
        .add(Dense::new(128).activation("relu"))
        .add(Dense::new(10).activation("softmax"));
    model.compile(Compile::new().optimizer(RMSprop::new(1e-3)).loss(CROSSENTROPY).metrics(["accuracy"]))?;
    Ok(model.into_model())
}

fn mlp32() -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([784]))
        .add(Dense::new(300).activation("relu"))
        .add(Dense::new(100).activation("relu"))
        .add(Dense::new(10).activation("softmax"));
    model.compile(Compile::new().optimizer(SGD::new(0.01)).loss(CROSSENTROPY).metrics(["accuracy"]))?;
    Ok(model.into_model())
}

fn reg() -> Result<Model> {
    let mut model =
        Sequential::new().add(Input::new([8])).add(Dense::new(30).activation("relu")).add(Dense::new(1));
    model.compile(Compile::new().optimizer(SGD::new(0.01)).loss("mse"))?;
    Ok(model.into_model())
}

fn bn() -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([28, 28]))
        .add(Flatten::new())
        .add(Dropout::new(0.2))
        .add(Dense::new(300).use_bias(false))
        .add(BatchNormalization::new())
        .add(Activation::new("relu"))
        .add(Dropout::new(0.2))
        .add(Dense::new(100).use_bias(false))
        .add(BatchNormalization::new())
        .add(Activation::new("relu"))
        .add(Dense::new(10).activation("softmax"));
    model.compile(Compile::new().optimizer(Adam::new(1e-3)).loss(CROSSENTROPY).metrics(["accuracy"]))?;
    Ok(model.into_model())
}

/// 60000 images (28, 28) of numbers in 0..1, with their labels.
fn mnist_images() -> Result<(Tensor, Tensor)> {
    let ((x, y), _) = mnist::load_data()?;
    let x: Vec<f32> = x.as_slice::<u8>()?.iter().map(|pixel| f32::from(*pixel) / 255.0).collect();
    Ok((Tensor::new(x, [y.row_count(), 28, 28])?, y.cast(DType::I32)))
}

fn mnist_rows() -> Result<(Tensor, Tensor)> {
    let (x, y) = mnist_images()?;
    Ok((x.reshape([y.row_count(), 784])?, y))
}

/// The training part: inputs standardised, prices in 100 000 dollars.
fn california_housing() -> Result<(Tensor, Tensor)> {
    let ((x, y), _) = CaliforniaHousing::new().load_data()?;
    let (rows, columns) = (x.row_count(), x.row_len());
    let mut values = x.to_vec::<f64>();
    for column in 0..columns {
        let of = |values: &[f64]| values.iter().skip(column).step_by(columns).copied().collect::<Vec<_>>();
        let own = of(&values);
        let mean = own.iter().sum::<f64>() / rows as f64;
        let deviation = (own.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / rows as f64).sqrt();
        values.iter_mut().skip(column).step_by(columns).for_each(|v| *v = (*v - mean) / deviation);
    }
    let x: Vec<f32> = values.into_iter().map(|v| v as f32).collect();
    let y: Vec<f32> = y.to_vec::<f64>().into_iter().map(|v| (v / 1e5) as f32).collect();
    Ok((Tensor::new(x, [rows, columns])?, Tensor::new(y, [rows, 1])?))
}
