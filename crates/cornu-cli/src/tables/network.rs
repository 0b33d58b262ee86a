//! The network a table gets, by how many rows it has and what is to be learned.

use cornu::layers::{Dense, Dropout};
use cornu::optimizers::Adam;
use cornu::{Compile, Model, Sequential};

/// What the network answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Number,
    Yes,
    Class(usize),
}

/// How a network is made and trained.
pub(super) struct Recipe {
    hidden: &'static [usize],
    dropout: f64,
    learning_rate: f64,
    pub(super) batch_size: usize,
    /// Epochs without improvement after which training ends.
    pub(super) patience: usize,
    /// Whether there are so few rows that those held back for the end of training are trained on, too.
    pub(super) again_on_all: bool,
}

impl Recipe {
    /// The fewer rows, the smaller and the more careful.
    pub(super) fn of(rows: usize) -> Self {
        match rows {
            0..1_000 => Recipe {
                hidden: &[32, 16],
                dropout: 0.2,
                learning_rate: 3e-3,
                batch_size: 16,
                patience: 100,
                again_on_all: true,
            },
            1_000..10_000 => Recipe {
                hidden: &[64, 32],
                dropout: 0.1,
                learning_rate: 2e-3,
                batch_size: 32,
                patience: 20,
                again_on_all: true,
            },
            _ => Recipe {
                hidden: &[128, 64, 32],
                dropout: 0.0,
                learning_rate: 1e-3,
                batch_size: 64,
                patience: 15,
                again_on_all: false,
            },
        }
    }

    /// The network without an `Input`: it takes the width its features have. Compiled.
    pub(super) fn network(
        &self,
        answer: Answer,
        change: impl FnOnce(Compile) -> Compile,
    ) -> cornu::Result<Model> {
        let mut network = Sequential::new().name("table");
        for units in self.hidden {
            network = network.add(Dense::new(*units).activation("relu").kernel_initializer("he_normal"));
            if self.dropout > 0.0 {
                network = network.add(Dropout::new(self.dropout));
            }
        }
        let (output, loss, metrics): (Dense, &str, &[&str]) = match answer {
            Answer::Number => (Dense::new(1), "mse", &["mae"]),
            Answer::Yes => (Dense::new(1).activation("sigmoid"), "binary_crossentropy", &["accuracy"]),
            Answer::Class(classes) => {
                (Dense::new(classes).activation("softmax"), "sparse_categorical_crossentropy", &["accuracy"])
            }
        };
        let mut model = network.add(output).into_model();
        let compile = Compile::new().optimizer(Adam::new(self.learning_rate)).loss(loss);
        model.compile(change(compile.metrics(metrics.to_vec())))?;
        Ok(model)
    }
}
