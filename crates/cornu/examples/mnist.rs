//! Handwritten digits with a network of two hidden layers, as in many a first notebook.
//!
//! `CORNU_HOME=… cargo run --release -p cornu --example mnist` reaches at least 97.5 % test accuracy.

use cornu::datasets::mnist;
use cornu::layers::{Dense, Input};
use cornu::utils::{set_random_seed, to_categorical};
use cornu::{Compile, DType, Evaluate, Fit, Sequential, Tensor};

fn main() -> cornu::Result<()> {
    set_random_seed(42);
    let ((x_train, y_train), (x_test, y_test)) = mnist::load_data()?;
    let (x_train, x_test) = (pixels(&x_train)?, pixels(&x_test)?);
    let (y_train, y_test) = (to_categorical(&y_train, Some(10))?, to_categorical(&y_test, Some(10))?);

    let mut model = Sequential::new()
        .add(Input::new([784]))
        .add(Dense::new(256).activation("sigmoid"))
        .add(Dense::new(128).activation("relu"))
        .add(Dense::new(10).activation("softmax"));
    print!("{}", model.summary());

    model.compile(
        Compile::new().optimizer("rmsprop").loss("categorical_crossentropy").metrics(["accuracy"]),
    )?;
    let fit = Fit::new().epochs(15).batch_size(128).validation_split(0.2);
    model.fit(&x_train, &y_train, fit)?;

    let test = model.evaluate(&x_test, &y_test, Evaluate::new().verbose(0))?;
    println!("test: {test}");
    Ok(())
}

/// Rows of 784 pixels between 0 and 1.
fn pixels(images: &Tensor) -> cornu::Result<Tensor> {
    let values = images.cast(DType::F32).to_vec::<f32>().into_iter().map(|v| v / 255.0).collect::<Vec<_>>();
    Ok(Tensor::new(values, [images.row_count(), 784])?)
}
