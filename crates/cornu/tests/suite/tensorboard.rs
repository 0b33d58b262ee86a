//! TensorBoard: the events of the real Keras, with its tags, steps and values.

use std::io::Read;
use std::path::PathBuf;

use cornu::callbacks::TensorBoard;
use cornu::layers::{Conv2D, Dense, Embedding, Flatten, Input};
use cornu::optimizers::SGD;
use cornu::{Compile, Evaluate, Fit, Model, Result, Sequential, Tensor};
use flate2::read::ZlibDecoder;
use serde_json::{Value, json};

use crate::common::{assert_close_values, cases, fixture, numbers, tensor, text};
use crate::events::{Event, events};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("cornu-board-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// A model with a weight of each number of dimensions.
fn model(weights: &Value) -> Result<Model> {
    let mut model = Sequential::new()
        .name("sequential")
        .add(Input::new([4, 4, 1]))
        .add(Conv2D::new(3, 2).activation("relu"))
        .add(Conv2D::new(3, 2).activation("relu"))
        .add(Flatten::new())
        .add(Dense::new(2).activation("tanh"))
        .add(Dense::new(1));
    let weights: Vec<Tensor> = weights.as_array().unwrap().iter().map(tensor).collect();
    model.set_weights(&weights)?;
    model.compile(Compile::new().optimizer(SGD::new(0.05)).loss("mse").metrics(["mae"]))?;
    Ok(model.into_model())
}

/// The pixels of a PNG without filters.
fn pixels(png: &[u8], row: usize) -> Vec<f64> {
    let (head, mut chunks) = png.split_at(8);
    assert_eq!(head, b"\x89PNG\r\n\x1a\n");
    let mut data = Vec::new();
    while let Some((length, rest)) = chunks.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        if &rest[..4] == b"IDAT" {
            ZlibDecoder::new(&rest[4..4 + length]).read_to_end(&mut data).unwrap();
        }
        chunks = &rest[8 + length..];
    }
    data.chunks(row + 1).flat_map(|row| row[1..].iter().map(|byte| f64::from(*byte))).collect()
}

fn assert_same(got: &Event, want: &Value) {
    let tag = text(want, "tag");
    assert_eq!(got.tag, tag);
    let (what, value) = (format!("{tag} at {}", want["step"]), &want["value"]);
    let found = json!([got.step, got.plugin, got.content, got.dtype, got.shape]);
    assert_eq!(
        found,
        json!([want["step"], want["plugin"], want["content"], want["dtype"], want["shape"]]),
        "{what}"
    );
    if got.plugin == "images" {
        let [width, height, images @ ..] = got.strings.as_slice() else { panic!("{what} has no size") };
        assert_eq!(*width, value["width"].to_string().as_bytes(), "{what}");
        assert_eq!(*height, value["height"].to_string().as_bytes(), "{what}");
        let shape = numbers(&value["pixels"]["shape"]);
        let got: Vec<f64> =
            images.iter().flat_map(|png| pixels(png, (shape[2] * shape[3]) as usize)).collect();
        let want = numbers(&value["pixels"]["data"]);
        assert_eq!(got.len(), want.len(), "{what}");
        // A weight on the edge between two bytes may fall to either side.
        assert!(
            got.iter().zip(&want).all(|(got, want)| (got - want).abs() <= 1.0),
            "{what}: {got:?} {want:?}"
        );
    } else if got.plugin == "graph_keras_model" {
        let json: Value = serde_json::from_slice(&got.strings[0]).unwrap();
        assert_eq!(json["config"]["layers"].as_array().unwrap().len(), 6);
    } else if value.is_null() {
        assert!(got.numbers()[0] > 0.0, "{what}");
    } else {
        assert_close_values(&what, &got.numbers(), &numbers(&value["data"]), 1e-4);
    }
}

#[test]
fn events_are_those_of_keras() -> Result<()> {
    let known = fixture("tensorboard.json");
    let logs = folder("keras");
    let board = TensorBoard::new(&logs)
        .histogram_freq(1)
        .write_images(true)
        .update_freq(1)
        .write_steps_per_second(true);
    let arguments =
        Fit::new().epochs(2).batch_size(4).shuffle(false).validation_split(0.25).verbose(0).callback(board);
    let mut model = model(&known["weights"])?;
    let history = model.fit(&tensor(&known["x"]), &tensor(&known["y"]), arguments)?;
    for case in cases("tensorboard.json") {
        let found = events(&logs.join(text(&case, "folder"))).0;
        let wanted = case["events"].as_array().unwrap();
        found.iter().zip(wanted).for_each(|(got, want)| assert_same(got, want));
        assert_eq!(found.len(), wanted.len());
        let losses: Vec<f64> =
            found.iter().filter(|event| event.tag == "epoch_loss").map(|event| event.numbers()[0]).collect();
        let name = if text(&case, "folder") == "train" { "loss" } else { "val_loss" };
        assert_close_values(name, &losses, history.get(name).unwrap(), 1e-6);
    }
    std::fs::remove_dir_all(logs).unwrap();
    Ok(())
}

fn line() -> Result<(Model, Tensor, Tensor)> {
    let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1).kernel_initializer("ones"));
    model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    let x = Tensor::from([[0.0f32], [1.0], [2.0], [3.0], [4.0], [5.0]]);
    Ok((model.into_model(), x.clone(), x))
}

fn told(events: &[Event]) -> String {
    events.iter().map(|event| format!("{} {}\n", event.step, event.tag)).collect()
}

#[test]
fn every_epoch_is_written_whatever_the_batches() -> Result<()> {
    let logs = folder("every");
    let (mut model, x, y) = line()?;
    let board = TensorBoard::new(&logs).update_freq(2).write_graph(false);
    model.fit(&x, &y, Fit::new().epochs(2).batch_size(2).verbose(0).callback(board))?;
    insta::assert_snapshot!(told(&events(&logs.join("train")).0), @"
    2 batch_loss
    0 epoch_loss
    0 epoch_learning_rate
    4 batch_loss
    6 batch_loss
    1 epoch_loss
    1 epoch_learning_rate
    ");
    assert!(!logs.join("validation").exists());
    model.evaluate(&x, &y, Evaluate::new().verbose(0).callback(TensorBoard::new(&logs)))?;
    insta::assert_snapshot!(told(&events(&logs.join("validation")).0), @"6 evaluation_loss_vs_iterations");
    std::fs::remove_dir_all(logs).unwrap();
    Ok(())
}

#[test]
fn weights_that_are_no_numbers_are_counted_out() -> Result<()> {
    let logs = folder("nan");
    let (mut model, x, y) = line()?;
    model.set_weights(&[Tensor::from([[f32::NAN]]), Tensor::from([1.0f32])])?;
    let board = TensorBoard::new(&logs).histogram_freq(1).write_images(true);
    model.fit(&x, &y, Fit::new().verbose(0).callback(board))?;
    let (found, _) = events(&logs.join("train"));
    let histogram = found.iter().find(|event| event.tag.ends_with("kernel/histogram")).unwrap();
    assert_eq!(histogram.numbers(), [0.0; 90]);
    std::fs::remove_dir_all(logs).unwrap();
    Ok(())
}

#[test]
fn embeddings_are_written_for_the_projector() -> Result<()> {
    let logs = folder("embeddings");
    let table = Tensor::from([[0.5f32, 1.5], [-2.0, 0.25]]);
    let mut model = Sequential::new()
        .add(Input::new([1]))
        .add(Embedding::new(2, 2).name("words"))
        .add(Flatten::new())
        .add(Dense::new(1).use_bias(false));
    model.set_weights(&[table, Tensor::from([[0.0f32], [0.0]])])?;
    model.compile(Compile::new().optimizer(SGD::new(0.0)).loss("mse"))?;
    let (x, y) = (Tensor::from([[0i32], [1]]), Tensor::from([[0.0f32], [1.0]]));
    let board = |metadata: &'static str| {
        TensorBoard::new(&logs).embeddings_freq(1).embeddings_metadata([(metadata, "words.tsv")])
    };
    model.fit(&x, &y, Fit::new().epochs(2).verbose(0).callback(board("words")))?;
    let read = |name: &str| std::fs::read_to_string(logs.join(name)).unwrap();
    insta::assert_snapshot!(read("projector_config.pbtxt"), @r#"
    embeddings {
      tensor_name: "words/embeddings"
      tensor_path: "train/words.embeddings.tsv"
      metadata_path: "words.tsv"
    }
    "#);
    assert_eq!(read("train/words.embeddings.tsv"), "0.5\t1.5\n-2\t0.25\n");
    model.load_weights(logs.join("train/keras_embedding.ckpt-1.weights.h5"))?;
    let refused = model.fit(&x, &y, Fit::new().verbose(0).callback(board("letters"))).unwrap_err();
    insta::assert_snapshot!(refused, @"unknown layer of `embeddings_metadata` `letters`; known are words");
    std::fs::remove_dir_all(logs).unwrap();
    Ok(())
}

#[test]
fn what_cannot_be_written_is_refused_first() -> Result<()> {
    let (mut model, x, y) = line()?;
    let mut refused = |board: TensorBoard| {
        model.fit(&x, &y, Fit::new().verbose(0).callback(board)).unwrap_err().to_string()
    };
    let logs = folder("refused");
    insta::assert_snapshot!(refused(TensorBoard::new(&logs).profile_batch(2)), @"profile_batch: must be 0, got 2: TensorFlow's profile has no counterpart here; `Model::explain` tells what each kernel of a step costs");
    insta::assert_snapshot!(refused(TensorBoard::new(&logs).update_freq(0)), @"update_freq: must be at least 1, got 0");
    let file = std::env::temp_dir().join(format!("cornu-board-file-{}", std::process::id()));
    std::fs::write(&file, "").unwrap();
    let message = refused(TensorBoard::new(&file));
    assert!(message.starts_with(&format!("{}/train: ", file.display())), "{message}");
    assert!(!logs.exists());
    std::fs::remove_file(file).unwrap();
    Ok(())
}
