//! Clothes with a network of two hidden layers and plain gradient descent, as in Hands-On Machine Learning.
//!
//! `CORNU_HOME=… cargo run --release -p cornu --example fashion_mnist` reaches at least 87 % test accuracy.

use cornu::datasets::fashion_mnist;
use cornu::layers::{Dense, Flatten, Input};
use cornu::utils::set_random_seed;
use cornu::{Compile, DType, Evaluate, Fit, Sequential, Tensor};

fn main() -> cornu::Result<()> {
    set_random_seed(42);
    let ((x_train, y_train), (x_test, y_test)) = fashion_mnist::load_data()?;
    let (x_train, x_test) = (scaled(&x_train)?, scaled(&x_test)?);

    let mut model = Sequential::new()
        .add(Input::new([28, 28]))
        .add(Flatten::new())
        .add(Dense::new(300).activation("relu"))
        .add(Dense::new(100).activation("relu"))
        .add(Dense::new(10).activation("softmax"));
    print!("{}", model.summary());

    model.compile(
        Compile::new().optimizer("sgd").loss("sparse_categorical_crossentropy").metrics(["accuracy"]),
    )?;
    model.fit(&x_train, &y_train, Fit::new().epochs(30).validation_split(0.1))?;

    let test = model.evaluate(&x_test, &y_test, Evaluate::new().verbose(0))?;
    println!("test: {test}");
    Ok(())
}

/// Pixels between 0 and 1.
fn scaled(images: &Tensor) -> cornu::Result<Tensor> {
    let values = images.cast(DType::F32).to_vec::<f32>().into_iter().map(|v| v / 255.0).collect::<Vec<_>>();
    Ok(Tensor::new(values, images.shape())?)
}
