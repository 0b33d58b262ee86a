//! The network a dataset gets where the user names none.

use cornu::layers::{Dense, Flatten, Input};
use cornu::optimizers::Adam;
use cornu::{Compile, Model, Sequential};

use crate::datasets::{Dataset, WORDS};
use crate::failure::Result;

/// What a network answers.
#[derive(Clone, Copy)]
enum Answer {
    /// One class of so many.
    Class(usize),
    /// Yes or no.
    Yes,
    /// A number.
    Number,
}

/// Two hidden layers of a size that suits the dataset, compiled.
pub(crate) fn default_network(dataset: Dataset) -> Result<Model> {
    let (shape, hidden, answer): (&[usize], [usize; 2], Answer) = match dataset {
        Dataset::Digits => (&[8, 8], [256, 128], Answer::Class(10)),
        Dataset::Iris => (&[4], [32, 16], Answer::Class(3)),
        Dataset::Mnist | Dataset::FashionMnist => (&[28, 28], [300, 100], Answer::Class(10)),
        Dataset::Cifar10 => (&[32, 32, 3], [512, 256], Answer::Class(10)),
        Dataset::Cifar100 => (&[32, 32, 3], [512, 256], Answer::Class(100)),
        Dataset::CaliforniaHousing => (&[8], [64, 32], Answer::Number),
        Dataset::BostonHousing => (&[13], [64, 32], Answer::Number),
        Dataset::Imdb => (&[WORDS], [16, 16], Answer::Yes),
        Dataset::Reuters => (&[WORDS], [64, 64], Answer::Class(46)),
    };
    let mut network = Sequential::new().name(dataset.name()).add(Input::new(shape));
    if shape.len() > 1 {
        network = network.add(Flatten::new());
    }
    for units in hidden {
        network = network.add(Dense::new(units).activation("relu").kernel_initializer("he_normal"));
    }
    let (output, loss, metric) = match answer {
        Answer::Class(classes) => {
            (Dense::new(classes).activation("softmax"), "sparse_categorical_crossentropy", "accuracy")
        }
        Answer::Yes => (Dense::new(1).activation("sigmoid"), "binary_crossentropy", "accuracy"),
        Answer::Number => (Dense::new(1), "mse", "mae"),
    };
    let mut model = network.add(output).into_model();
    // The 120 flowers are four steps an epoch: they are to be long ones.
    let rate = if matches!(dataset, Dataset::Iris) { 1e-2 } else { 1e-3 };
    model.compile(Compile::new().optimizer(Adam::new(rate)).loss(loss).metrics([metric]))?;
    Ok(model)
}
