//! What a perceptron cannot learn, and a network with a hidden layer can: one or the other, but not both.
//!
//!     cargo run --example xor

use cornu::classic::Perceptron;
use cornu::layers::{Dense, Input};
use cornu::optimizers::Adam;
use cornu::preprocessing::Estimator;
use cornu::{Compile, Fit, Predict, Sequential, Tensor, utils};

fn main() -> cornu::Result<()> {
    let x = Tensor::from([[0.0f32, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    for (name, y) in [("and", [0i64, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("xor", [0, 1, 1, 0])] {
        let y = Tensor::from(y);
        let mut perceptron = Perceptron::new();
        perceptron.fit(&x, &y)?;
        println!("a perceptron learns {name}: {} of 4 right", 4.0 * perceptron.score(&x, &y)?);
    }

    utils::set_random_seed(1);
    let mut network = Sequential::new()
        .add(Input::new([2]))
        .add(Dense::new(8).activation("tanh"))
        .add(Dense::new(1).activation("sigmoid"));
    network.compile(Compile::new().optimizer(Adam::new(0.05)).loss("binary_crossentropy"))?;
    let y = Tensor::from([[0.0f32], [1.0], [1.0], [0.0]]);
    network.fit(&x, &y, Fit::new().epochs(300).verbose(0))?;
    let answers = network.predict(&x, Predict::new())?.to_vec::<f32>();
    let right = answers.iter().zip(y.to_vec::<f32>()).filter(|(p, y)| (**p > 0.5) == (*y > 0.5)).count();
    println!("a network with a hidden layer learns xor: {right} of 4 right, probabilities {answers:.3?}");
    Ok(())
}
