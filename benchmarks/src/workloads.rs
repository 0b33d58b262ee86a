//! The workloads: what is trained on what.

use cornu::datasets::{CaliforniaHousing, mnist};
use cornu::layers::{
    Activation, Add, BatchNormalization, Conv2D, Dense, DepthwiseConv2D, Dropout, Embedding, Flatten, GRU,
    GlobalAveragePooling1D, GlobalAveragePooling2D, Input, LSTM, LayerNormalization, MaxPooling2D,
    MultiHeadAttention,
};
use cornu::optimizers::{Adam, RMSprop, SGD};
use cornu::{Compile, Connect, DType, KerasTensor, Model, Result, Sequential, Tensor};

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
    Workload { name: "cnn", batch: 128, data: mnist_pictures, model: cnn },
    Workload { name: "lstm", batch: 128, data: mnist_lines, model: lstm },
    Workload { name: "gru", batch: 128, data: mnist_lines, model: gru },
    Workload { name: "resnet", batch: 32, data: pictures, model: resnet },
    Workload { name: "mobilenet", batch: 32, data: pictures, model: mobilenet },
    Workload { name: "transformer", batch: 32, data: short_texts, model: transformer },
    Workload { name: "embedding", batch: 128, data: long_texts, model: embedding },
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

fn cnn() -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([28, 28, 1]))
        .add(Conv2D::new(32, 3).activation("relu"))
        .add(MaxPooling2D::new(2))
        .add(Conv2D::new(64, 3).activation("relu"))
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dropout::new(0.5))
        .add(Dense::new(10).activation("softmax"));
    model.compile(Compile::new().optimizer(Adam::new(1e-3)).loss(CROSSENTROPY).metrics(["accuracy"]))?;
    Ok(model.into_model())
}

fn lstm() -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([28, 28]))
        .add(LSTM::new(128))
        .add(Dense::new(10).activation("softmax"));
    model.compile(Compile::new().optimizer(Adam::new(1e-3)).loss(CROSSENTROPY).metrics(["accuracy"]))?;
    Ok(model.into_model())
}

fn gru() -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([28, 28]))
        .add(GRU::new(128))
        .add(Dense::new(10).activation("softmax"));
    model.compile(Compile::new().optimizer(Adam::new(1e-3)).loss(CROSSENTROPY).metrics(["accuracy"]))?;
    Ok(model.into_model())
}

/// ResNet-20 (He et al. 2015, section 4.2) with projections where the size changes.
fn resnet() -> Result<Model> {
    let convolved = |x: &KerasTensor, filters, size, strides| {
        let x = Conv2D::new(filters, size).strides(strides).padding("same").use_bias(false).on(x);
        BatchNormalization::new().on(&x)
    };
    let input = Input::new([32, 32, 3]).tensor();
    let mut x = Activation::new("relu").on(convolved(&input, 16, 3, 1));
    for (stage, filters) in [16, 32, 64].into_iter().enumerate() {
        for block in 0..3 {
            let strides = if stage > 0 && block == 0 { 2 } else { 1 };
            let inner = Activation::new("relu").on(convolved(&x, filters, 3, strides));
            let inner = convolved(&inner, filters, 3, 1);
            let outer = if strides == 2 { convolved(&x, filters, 1, 2) } else { x };
            x = Activation::new("relu").on(Add::new().on([&inner, &outer]));
        }
    }
    let x = GlobalAveragePooling2D::new().on(&x);
    let mut model = Model::new(&input, Dense::new(10).activation("softmax").on(&x))?;
    let sgd = SGD::new(0.01).momentum(0.9);
    model.compile(Compile::new().optimizer(sgd).loss(CROSSENTROPY).metrics(["accuracy"]))?;
    Ok(model)
}

/// The start of MobileNet (Howard et al. 2017) for small images.
fn mobilenet() -> Result<Model> {
    let normed = |model: Sequential| model.add(BatchNormalization::new()).add(Activation::new("relu"));
    let mut model = Sequential::new().add(Input::new([32, 32, 3]));
    model = normed(model.add(Conv2D::new(32, 3).padding("same").use_bias(false)));
    for (filters, strides) in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1)] {
        model = normed(model.add(DepthwiseConv2D::new(3).strides(strides).padding("same").use_bias(false)));
        model = normed(model.add(Conv2D::new(filters, 1).use_bias(false)));
    }
    let mut model = model.add(GlobalAveragePooling2D::new()).add(Dense::new(10).activation("softmax"));
    model.compile(Compile::new().optimizer(Adam::new(1e-3)).loss(CROSSENTROPY).metrics(["accuracy"]))?;
    Ok(model.into_model())
}

/// Two blocks of an encoder (Vaswani et al. 2017) of width 128, without positions.
fn transformer() -> Result<Model> {
    let input = Input::new([64]).dtype("int32").tensor();
    let mut x = Embedding::new(2000, 128).on(&input);
    for _ in 0..2 {
        let attended = MultiHeadAttention::new(4, 32).on([&x, &x]);
        x = LayerNormalization::new().on(Add::new().on([&x, &attended]));
        let inner = Dense::new(128).on(Dense::new(512).activation("relu").on(&x));
        x = LayerNormalization::new().on(Add::new().on([&x, &inner]));
    }
    let x = GlobalAveragePooling1D::new().on(&x);
    let mut model = Model::new(&input, Dense::new(10).activation("softmax").on(&x))?;
    model.compile(Compile::new().optimizer(Adam::new(1e-3)).loss(CROSSENTROPY).metrics(["accuracy"]))?;
    Ok(model)
}

fn embedding() -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([200]).dtype("int32"))
        .add(Embedding::new(20_000, 64))
        .add(GlobalAveragePooling1D::new())
        .add(Dense::new(64).activation("relu"))
        .add(Dense::new(10).activation("softmax"));
    model.compile(Compile::new().optimizer(Adam::new(1e-3)).loss(CROSSENTROPY).metrics(["accuracy"]))?;
    Ok(model.into_model())
}

/// Numbers in 0..1 that look random: the same in `peers/workloads.py`.
fn noise(count: usize) -> impl Iterator<Item = f32> {
    (0..count as u32).map(|at| {
        let mixed = (at ^ (at >> 15)).wrapping_mul(0x2c1b_3c6d);
        let mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297a_2d39);
        ((mixed ^ (mixed >> 15)) >> 8) as f32 / (1 << 24) as f32
    })
}

/// Ten classes in turns.
fn classes(count: usize) -> Result<Tensor> {
    Ok(Tensor::new((0..count as i32).map(|at| at % 10).collect::<Vec<_>>(), [count])?)
}

/// 1600 pictures (32, 32, 3) of noise.
fn pictures() -> Result<(Tensor, Tensor)> {
    let x: Vec<f32> = noise(1600 * 32 * 32 * 3).collect();
    Ok((Tensor::new(x, [1600, 32, 32, 3])?, classes(1600)?))
}

/// So many texts of so many words, each one of the first `words`.
fn texts(count: usize, length: usize, words: u32) -> Result<(Tensor, Tensor)> {
    let x: Vec<i32> = noise(count * length).map(|number| (number * words as f32) as i32).collect();
    Ok((Tensor::new(x, [count, length])?, classes(count)?))
}

fn short_texts() -> Result<(Tensor, Tensor)> {
    texts(3200, 64, 2000)
}

fn long_texts() -> Result<(Tensor, Tensor)> {
    texts(12_800, 200, 20_000)
}

/// The first 12800 images of MNIST as 28 lines of 28 numbers.
fn mnist_lines() -> Result<(Tensor, Tensor)> {
    let (x, y) = mnist_images()?;
    Ok((x.rows(0..12_800)?, y.rows(0..12_800)?))
}

/// The same as pictures of one channel.
fn mnist_pictures() -> Result<(Tensor, Tensor)> {
    let (x, y) = mnist_lines()?;
    Ok((x.reshape([12_800, 28, 28, 1])?, y))
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
