//! Training that Keras began goes on with the optimizer's state, as Keras itself goes on.

use std::path::PathBuf;

use crate::common::{
    assert_close, assert_close_values, assert_same_json, cases, fixture_path, number, numbers, tensor, text,
};
use cornu::registry::Family;
use cornu::saving::{KerasArchive, weights_h5};
use cornu::{Fit, Model, Tensor, load_model};
use serde_json::Value;

/// What lies under `optimizer` in a saved model.
fn saved_optimizer(model: &Model, name: &str) -> Vec<(String, Vec<Tensor>)> {
    let path: PathBuf =
        std::env::temp_dir().join(format!("cornu-optimizers-{}-{name}.keras", std::process::id()));
    model.save(&path).unwrap();
    let groups = weights_h5::read(&KerasArchive::open(&path).unwrap().weights).unwrap();
    std::fs::remove_file(&path).unwrap();
    optimizer_groups(groups)
}

fn optimizer_groups(groups: Vec<weights_h5::Weights>) -> Vec<(String, Vec<Tensor>)> {
    let groups = groups.into_iter().filter(|group| group.path.starts_with("optimizer"));
    groups.map(|group| (group.path, group.vars)).collect()
}

fn tensors(values: &Value) -> Vec<Tensor> {
    values.as_array().unwrap().iter().map(tensor).collect()
}

#[test]
fn training_goes_on_with_the_state_of_keras() {
    for case in cases("optimizer_files.json") {
        let file = text(&case, "file");
        let name = file.trim_start_matches("optimizer_files/").trim_end_matches(".keras");
        let mut model = load_model(fixture_path(file)).unwrap();
        let optimizer = model.optimizer().unwrap();
        // Keras says how often gradients were applied, its files how often there were some.
        let each = optimizer.base().gradient_accumulation_steps.unwrap_or(1) as f64;
        assert_eq!(model.iterations().unwrap() as f64, number(&case["steps"]) * each, "{file}");
        assert_same_json(file, &optimizer.to_json(), &case["config"]);
        let original = KerasArchive::open(fixture_path(file)).unwrap();
        let original = optimizer_groups(weights_h5::read(&original.weights).unwrap());
        assert_eq!(saved_optimizer(&model, name), original, "{file}: written as it was read");

        let (x, y) = (tensor(&case["x"]), tensor(&case["y"]));
        // Through a file of our own in the middle, which must make no difference.
        let fit = |epochs| Fit::new().batch_size(5).epochs(epochs).shuffle(false).verbose(0);
        let mut losses = model.fit(&x, &y, fit(2)).unwrap().get("loss").unwrap().to_vec();
        let middle = std::env::temp_dir().join(format!("cornu-middle-{}-{name}.keras", std::process::id()));
        if !model.optimizer().unwrap().base().use_ema {
            model.save(&middle).unwrap();
            model = load_model(&middle).unwrap();
            std::fs::remove_file(&middle).unwrap();
            losses.extend(model.fit(&x, &y, fit(3)).unwrap().get("loss").unwrap());
        } else {
            // The end of `fit` replaces weights by their averages.
            model = load_model(fixture_path(file)).unwrap();
            losses = model.fit(&x, &y, fit(5)).unwrap().get("loss").unwrap().to_vec();
        }
        assert_close_values(&format!("{file}: loss"), &losses, &numbers(&case["history"]), 1e-5);
        let weights = model.get_weights().unwrap();
        for (at, want) in tensors(&case["weights_after_fit"]).iter().enumerate() {
            assert_close(&format!("{file}: weight {at}"), &weights[at], want, 2e-5);
        }
        let optimizer = saved_optimizer(&model, name).swap_remove(0).1;
        for (at, want) in tensors(&case["optimizer_after_fit"]).iter().enumerate() {
            assert_close(&format!("{file}: optimizer variable {at}"), &optimizer[at], want, 1e-4);
        }
        let rate = model.learning_rate().unwrap();
        assert_close_values(file, &[rate], &[number(&case["learning_rate"])], 1e-6);
    }
}
