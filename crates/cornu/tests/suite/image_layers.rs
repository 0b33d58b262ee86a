//! Layers that change images at random: with the draws of the real Keras, and by what they must never do.

use std::collections::HashMap;

use cornu::graph::{Builder, Op, Var};
use cornu::layers::{
    CenterCrop, Conv2D, Dense, Equalization, Flatten, GlobalAveragePooling2D, Input, Layer, RandomBrightness,
    RandomColorJitter, RandomContrast, RandomCrop, RandomErasing, RandomFlip, RandomGaussianBlur,
    RandomGrayscale, RandomHue, RandomInvert, RandomPosterization, RandomRotation, RandomSaturation,
    RandomSharpness, RandomShear, RandomTranslation, RandomZoom, Resizing, Solarization, alone,
};
use cornu::registry::Family;
use cornu::{Compile, DType, Fit, Predict, Result, Sequential, Tensor, load_model};
use cornu_engine::graph::Graph;
use serde_json::Value;

use crate::common::{Engine, assert_close, fixture, object, outputs, tensor, text};
use crate::layer_case::list;

/// A layer called in training on images of this shape, with a seed and a step.
fn called(layer: &dyn Layer, shape: &[usize], seed: [i64; 2]) -> Graph {
    let b = Builder::new();
    let x = b.input("x", shape, DType::F32);
    let seed = b.constant(Tensor::from(seed));
    let called = alone::call(layer, &[], &[x], &[], Some(seed)).unwrap_or_else(|error| panic!("{error}"));
    b.output("y", called.outputs[0]);
    drop(called);
    b.finish().unwrap_or_else(|error| panic!("{}: {error}", layer.describe()))
}

/// The result of a graph with other numbers in the place of its random ones, where there are any.
fn replayed<'g>(graph: &Graph, b: &'g Builder, x: Var<'g>, mut draws: Option<&[Var<'g>]>) -> Var<'g> {
    let mut values: Vec<Var<'g>> = Vec::new();
    for node in graph.nodes() {
        let inputs: Vec<Var<'g>> = node.inputs.iter().map(|input| values[input.index()]).collect();
        values.push(match (&node.op, &mut draws) {
            (Op::Input(_), _) => x,
            (Op::Random { shape, .. }, Some(draws)) => {
                let (first, rest) = draws.split_first().expect("as many draws as Keras made");
                *draws = rest;
                first.reshape(shape.clone())
            }
            (op, _) => b.apply(op.clone(), &inputs),
        });
    }
    assert!(draws.is_none_or(<[Var<'g>]>::is_empty), "Keras drew more");
    values[graph.outputs()[0].1.index()]
}

/// What a layer makes of images in training.
fn trained(layer: &dyn Layer, images: &Tensor, seed: [i64; 2]) -> Vec<f32> {
    let graph = called(layer, images.shape(), seed);
    let found = outputs(Engine::Plan, &[images], |b, x| vec![replayed(&graph, b, x[0], None)]);
    found[0].to_vec()
}

#[test]
fn the_draws_of_keras_lead_to_the_images_of_keras() {
    let fixture = fixture("layers/image.json");
    for case in list(&fixture["drawn"]) {
        let layer = <dyn Layer>::from_class(text(case, "class"), object(case, "config")).unwrap();
        let x = tensor(&case["input"]);
        let draws: Vec<Tensor> = list(&case["draws"]).iter().map(tensor).collect();
        let graph = called(layer.as_ref(), x.shape(), [0, 0]);
        let given: Vec<&Tensor> = std::iter::once(&x).chain(&draws).collect();
        for engine in [Engine::Reference, Engine::Plan] {
            let found = outputs(engine, &given, |b, all| vec![replayed(&graph, b, all[0], Some(&all[1..]))]);
            let what = format!("{} {} ({engine:?})", case["class"], case["config"]);
            let tolerance = case["tolerance"].as_f64().unwrap_or(1e-4);
            assert_close(&what, &found[0], &tensor(&case["output"]), tolerance);
        }
    }
}

/// A random layer of each class, with values of 0 to 1.
fn random_layers() -> Vec<Box<dyn Layer>> {
    let unit = [0.0, 1.0];
    vec![
        Box::new(RandomFlip::new("horizontal")),
        Box::new(RandomRotation::new(0.5)),
        Box::new(RandomZoom::new(0.5)),
        Box::new(RandomTranslation::new(0.5, 0.5)),
        Box::new(RandomShear::new(0.5, 0.5)),
        Box::new(RandomContrast::new(0.8).value_range(unit)),
        Box::new(RandomBrightness::new(0.3).value_range(unit)),
        Box::new(RandomHue::new(1.0).value_range(unit)),
        Box::new(RandomSaturation::new((0.1, 0.7))),
        Box::new(RandomInvert::new((0.5, 0.5)).value_range(unit)),
        Box::new(RandomSharpness::new(1.0).value_range(unit)),
        Box::new(RandomGrayscale::new(0.5)),
        Box::new(RandomPosterization::new((1, 5)).value_range(unit)),
        Box::new(RandomErasing::new((1.0, 1.0)).value_range(unit)),
        Box::new(RandomGaussianBlur::new().factor((0.5, 0.5)).sigma((0.5, 1.0)).value_range(unit)),
        Box::new(RandomColorJitter::new().brightness_factor(0.2).hue_factor(0.5).value_range(unit)),
        Box::new(Solarization::new().threshold_factor((0.0, 1.0)).value_range(unit)),
    ]
}

/// Images that are all the same one, of numbers without a pattern.
fn alike(count: usize, [rows, columns, channels]: [usize; 3]) -> Tensor {
    let size = rows * columns * channels;
    let image = |at: usize| ((at % size) as f32 * 12.9898).sin() * 0.45 + 0.5;
    Tensor::new((0..count * size).map(image).collect::<Vec<f32>>(), [count, rows, columns, channels]).unwrap()
}

#[test]
fn each_image_has_its_own_draws_and_each_step_others() {
    const COUNT: usize = 24;
    let images = alike(COUNT, [4, 5, 3]);
    for layer in random_layers() {
        let what = layer.describe();
        let first = trained(layer.as_ref(), &images, [3, 1]);
        let size = first.len() / COUNT;
        let differing = first.chunks(size).filter(|image| *image != &first[..size]).count();
        // A choice between two is the same for all others once in eight million times.
        assert!(differing > 0, "{what}: all images are changed alike");
        assert_eq!(trained(layer.as_ref(), &images, [3, 1]), first, "{what}: the same seed and step");
        assert_ne!(trained(layer.as_ref(), &images, [3, 2]), first, "{what}: another step");
        assert_ne!(trained(layer.as_ref(), &images, [4, 1]), first, "{what}: another seed");
        let mut named = layer.clone();
        named.base_mut().name = Some("other".into());
        assert_ne!(trained(named.as_ref(), &images, [3, 1]), first, "{what}: another layer");

        // Of a batch cut short, the images there are change the same way.
        let fewer = trained(layer.as_ref(), &alike(5, [4, 5, 3]), [3, 1]);
        assert_eq!(fewer, first[..5 * size], "{what}: a shorter batch");
    }
}

#[test]
fn values_stay_in_their_range() {
    let images = alike(16, [4, 5, 3]);
    for layer in random_layers() {
        // Keras does not limit saturated colours to the range.
        if layer.class_name() == "RandomSaturation" {
            continue;
        }
        let outside =
            trained(layer.as_ref(), &images, [8, 0]).into_iter().find(|y| !(-1e-6..=1.0 + 1e-6).contains(y));
        assert_eq!(outside, None, "{}", layer.describe());
    }
}

#[test]
fn a_layers_own_seed_makes_it_independent_of_its_name() {
    let images = alike(12, [4, 5, 3]);
    let flips = |name: &str| {
        let layer = RandomFlip::new("horizontal").seed(5).name(name);
        trained(&layer, &images, [1, 1])
    };
    assert_eq!(flips("a"), flips("b"));
}

/// Images whose only channel is the number of the column, or of the row.
fn numbered(count: usize, [rows, columns]: [usize; 2], of_rows: bool) -> Tensor {
    let number = |at: usize| if of_rows { at / columns % rows } else { at % columns };
    let numbers: Vec<f32> = (0..count * rows * columns).map(|at| number(at) as f32).collect();
    Tensor::new(numbers, [count, rows, columns, 1]).unwrap()
}

#[test]
fn flips_happen_half_of_the_time() {
    const COUNT: usize = 4000;
    let y = trained(&RandomFlip::new("horizontal"), &numbered(COUNT, [1, 2], false), [9, 3]);
    let flipped = y.chunks(2).filter(|row| *row == [1.0, 0.0]).count();
    assert!(y.chunks(2).all(|row| row == [1.0, 0.0] || row == [0.0, 1.0]));
    // Five standard deviations.
    assert!(flipped.abs_diff(COUNT / 2) < 160, "{flipped} of {COUNT}");

    let both = trained(&RandomFlip::default(), &alike(COUNT, [2, 2, 1]), [9, 3]);
    let image = alike(1, [2, 2, 1]).to_vec::<f32>();
    let turned: Vec<f32> = image.iter().rev().copied().collect();
    assert!(both.chunks(4).all(|found| found == image || found == turned), "both directions or none");
}

#[test]
fn factors_fill_their_range_and_no_more() {
    const COUNT: usize = 2000;
    let grey = Tensor::full([COUNT, 1, 1, 1], 0.5f32);
    let layer = RandomBrightness::new((-0.2, 0.4)).value_range([0.0, 1.0]);
    let added: Vec<f32> = trained(&layer, &grey, [1, 7]).iter().map(|y| y - 0.5).collect();
    let (low, high) = added.iter().fold((1.0f32, -1.0f32), |(low, high), at| (low.min(*at), high.max(*at)));
    assert!((-0.2 - 1e-6..-0.19).contains(&low) && (0.39..0.4 + 1e-6).contains(&high), "{low} to {high}");
    let mean = added.iter().sum::<f32>() / COUNT as f32;
    assert!((mean - 0.1).abs() < 0.02, "{mean}");

    // Moved by a part of five columns, the number of the first column tells by how much.
    let layer = RandomTranslation::new(0.0, (-0.4, 0.2)).fill_mode("constant").fill_value(-9.0);
    let columns = trained(&layer, &numbered(COUNT, [1, 5], false), [2, 2]);
    let moves: Vec<f32> = columns.chunks(5).map(|row| 2.0 - row[2]).collect();
    let (low, high) = moves.iter().fold((9.0f32, -9.0f32), |(low, high), at| (low.min(*at), high.max(*at)));
    assert!((-2.0 - 1e-5..-1.95).contains(&low) && (0.95..1.0 + 1e-5).contains(&high), "{low} to {high}");
}

#[test]
fn crops_lie_anywhere_and_are_the_same_for_a_batch() {
    let (rows, columns) = (numbered(3, [5, 4], true), numbered(3, [5, 4], false));
    let layer = RandomCrop::new(3, 3).name("crop");
    let mut seen = HashMap::new();
    for step in 0..200 {
        let (row, column) = (trained(&layer, &rows, [5, step]), trained(&layer, &columns, [5, step]));
        assert!(row.chunks(9).all(|image| image == &row[..9]), "one place for all images");
        let (top, left) = (row[0], column[0]);
        assert_eq!(row[8] - top, 2.0);
        assert_eq!(column[8] - left, 2.0);
        *seen.entry((top as usize, left as usize)).or_insert(0) += 1;
    }
    // Each of six places comes about 33 times.
    assert_eq!(seen.len(), 6, "{seen:?}");
    assert!(seen.values().all(|times| *times > 10), "{seen:?}");
}

#[test]
fn erased_rectangles_hold_noise_in_the_range_of_values() {
    let (rows, columns) = (8, 10);
    let images = Tensor::full([200, rows, columns, 1], 0.125f32);
    let layer = RandomErasing::new((0.5, 0.5)).scale((0.25, 0.25)).value_range([0.0, 1.0]);
    let y = trained(&layer, &images, [6, 6]);
    let erased: Vec<usize> =
        y.chunks(rows * columns).map(|image| image.iter().filter(|y| **y != 0.125).count()).collect();
    let touched = erased.iter().filter(|count| **count > 0).count();
    assert!((60..140).contains(&touched), "half of the images, not {touched} of 200");
    // Half of the rows and half of the columns.
    assert!(erased.iter().all(|count| *count == 0 || *count == rows * columns / 4), "{erased:?}");
    // Below 0 and above 1 noise is cut off.
    assert!(y.contains(&0.0) && y.contains(&1.0));
}

/// A model with many of these layers in front of a small network.
fn augmented() -> Result<cornu::Model> {
    let mut model = Sequential::new()
        .add(Input::new([9, 10, 3]))
        .add(Resizing::new(10, 9))
        .add(CenterCrop::new(9, 9))
        .add(RandomCrop::new(8, 8).seed(3))
        .add(RandomFlip::new("horizontal"))
        .add(RandomRotation::new(0.05).fill_mode("nearest"))
        .add(RandomZoom::new(0.1).width_factor((0.0, 0.2)))
        .add(RandomTranslation::new(0.1, 0.1))
        .add(RandomContrast::new(0.2).value_range([0.0, 1.0]))
        .add(RandomBrightness::new(0.2).value_range([0.0, 1.0]))
        .add(RandomErasing::new(0.5).value_range([0.0, 1.0]))
        .add(Equalization::new().value_range([0.0, 1.0]).bins(32))
        .add(Conv2D::new(4, 3).activation("relu"))
        .add(GlobalAveragePooling2D::new())
        .add(Dense::new(1))
        .into_model();
    model.compile(Compile::new().optimizer("adam").loss("mse"))?;
    Ok(model)
}

#[test]
fn models_with_image_layers_train_predict_and_come_back_from_files() -> Result<()> {
    let images = alike(10, [9, 10, 3]);
    let targets = Tensor::new((0..10).map(|at| at as f32 / 10.0).collect::<Vec<f32>>(), [10, 1])?;
    let mut model = augmented()?;
    // The last batch is short.
    let history = model.fit(&images, &targets, Fit::new().epochs(3).batch_size(4).verbose(0))?;
    assert!(history.get("loss").is_some_and(|losses| losses.iter().all(|loss| loss.is_finite())));
    let first = model.predict(&images, Predict::new())?;
    assert_eq!(first, model.predict(&images, Predict::new())?, "predictions draw nothing");

    let path = std::env::temp_dir().join(format!("cornu-image-layers-{}.keras", std::process::id()));
    model.save(&path)?;
    let mut again = load_model(&path)?;
    std::fs::remove_file(&path).ok();
    assert_eq!(again.predict(&images, Predict::new())?, first);
    Ok(())
}

#[test]
fn images_of_any_size_become_images_of_one() -> Result<()> {
    let mut model = Sequential::new()
        .add(Input::new([None, None, Some(3)]))
        .add(RandomRotation::new(0.1))
        .add(Resizing::new(4, 4))
        .add(Flatten::new())
        .add(Dense::new(2))
        .into_model();
    for size in [[3, 7], [9, 5]] {
        let found = model.predict(&alike(2, [size[0], size[1], 3]), Predict::new())?;
        assert_eq!(found.shape(), [2, 2]);
    }
    Ok(())
}

#[test]
fn absurd_sizes_are_refused() {
    let config = |height: u64| -> Value { serde_json::json!({ "height": height, "width": 2 }) };
    for class in ["Resizing", "CenterCrop", "RandomCrop"] {
        let Value::Object(config) = config(1 << 40) else { unreachable!() };
        let message = <dyn Layer>::from_class(class, config).unwrap_err().to_string();
        assert!(message.contains("expects a size of at most"), "{message}");
    }
}

#[test]
fn bytes_stay_bytes_when_they_are_resized() {
    for case in list(&fixture("layers/image.json")["of_bytes"]) {
        let layer = <dyn Layer>::from_class(text(case, "class"), object(case, "config")).unwrap();
        let x = tensor(&case["inputs"][0]);
        for engine in [Engine::Reference, Engine::Plan] {
            let found = outputs(engine, &[&x], |_, x| {
                alone::call(layer.as_ref(), &[], x, &[], None).unwrap().outputs
            });
            assert_eq!(found[0].dtype(), DType::U8);
            assert_eq!(found[0].to_vec::<f64>(), tensor(&case["outputs"][0]).to_vec::<f64>(), "{layer:?}");
        }
    }
}
