//! Writes the logs of a short training for TensorBoard, with the model and the data that they are of.
//!
//! `cargo run --release -p cornu --example write_tensorboard -- FOLDER`, then `oracle/check_tensorboard.py FOLDER` shows
//! them to the real TensorBoard and asks it for every one.

use std::path::PathBuf;

use cornu::callbacks::TensorBoard;
use cornu::data::save_npz;
use cornu::layers::{Concatenate, Conv2D, Dense, Embedding, Flatten, Input};
use cornu::optimizers::{Adam, schedules::ExponentialDecay};
use cornu::{Compile, Connect, Error, Evaluate, Fit, Model, Result, Tensor, utils};

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/tensorboard".into()));
    std::fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
    utils::set_random_seed(5);
    let image = Tensor::from((0..48 * 36).map(|at| (at * 37 % 101) as f32 / 101.0).collect::<Vec<_>>());
    let image = image.reshape([48, 6, 6, 1])?;
    let word = Tensor::new((0..48).map(|at| at * at % 7).collect::<Vec<i32>>(), [48, 1])?;
    let y = Tensor::new((0..48).map(|at| ((at * at % 7) % 2) as f32).collect::<Vec<_>>(), [48, 1])?;

    let (images, words) =
        (Input::new([6, 6, 1]).name("image").tensor(), Input::new([1]).name("word").tensor());
    let seen = Conv2D::new(4, 3).activation("relu").name("see").on(&images);
    let read = Embedding::new(7, 3).name("read").on(&words);
    let both = Concatenate::new().on([Flatten::new().on(&seen), Flatten::new().on(&read)]);
    let hidden = Dense::new(5).activation("relu").name("hidden").on(&both);
    let mut model =
        Model::new([&images, &words], Dense::new(1).activation("sigmoid").name("answer").on(&hidden))?;
    let rate = ExponentialDecay::new(0.01, 9, 0.9);
    model.compile(
        Compile::new().optimizer(Adam::new(rate)).loss("binary_crossentropy").metrics(["accuracy"]),
    )?;
    model.save(folder.join("model.keras"))?;
    let data = [("image", image.clone()), ("word", word.clone()), ("y", y.clone())];
    save_npz(folder.join("data.npz"), &data.map(|(name, value)| (name.to_owned(), value)))?;

    let board = || {
        TensorBoard::new(folder.join("logs"))
            .histogram_freq(1)
            .write_images(true)
            .write_steps_per_second(true)
            .update_freq(1)
            .embeddings_freq(1)
    };
    let arguments = Fit::new().epochs(4).batch_size(4).shuffle(false).validation_split(0.25).verbose(2);
    let history = model.fit([&image, &word], &y, arguments.callback(board()))?;
    let json = serde_json::to_string(&history).map_err(|error| Error::model(error.to_string()))?;
    std::fs::write(folder.join("history.json"), json).map_err(|error| Error::io(&folder, error))?;
    let weights = model.weight_paths()?.into_iter().zip(model.get_weights()?).collect::<Vec<_>>();
    save_npz(folder.join("weights.npz"), &weights)?;
    model.evaluate([&image, &word], &y, Evaluate::new().verbose(0).callback(board()))?;
    Ok(())
}
