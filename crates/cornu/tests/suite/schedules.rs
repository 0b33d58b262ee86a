//! Schedules give Keras' learning rates.

use crate::common::{assert_same_json, cases, fixture, number, numbers, object, text};
use cornu::layers::{Dense, Input};
use cornu::optimizers::schedules::{
    CosineDecay, ExponentialDecay, LearningRateSchedule, PiecewiseConstantDecay, from_fn,
};
use cornu::optimizers::{LearningRate, SGD};
use cornu::registry::{Config, Configured, Family};
use cornu::{Compile, Fit, Model, Sequential, Tensor};
use serde_json::{Value, json};

fn made(case: &Value) -> cornu::Result<std::sync::Arc<dyn LearningRateSchedule>> {
    <dyn LearningRateSchedule>::from_class(text(case, "schedule"), object(case, "args"))
}

#[test]
fn rates_are_keras() {
    let steps = numbers(&fixture("schedules.json")["steps"]);
    for case in cases("schedules.json") {
        let schedule = made(&case).unwrap();
        // A cosine near its end is 1 less almost 1: what is left has the precision of the 1.
        let highest = case["rates"].as_array().unwrap().iter().map(number).fold(0.0, f64::max);
        for (step, want) in steps.iter().zip(numbers(&case["rates"])) {
            let got = schedule.learning_rate(*step as u64);
            let near = got == want || (got - want).abs() <= 1e-6 * want.abs() + 1e-7 * highest;
            assert!(near, "{} {} at {step}: {got} instead of {want}", case["schedule"], case["args"]);
        }
    }
}

#[test]
fn configs_are_keras() {
    for case in cases("schedules.json") {
        let what = case["args"].to_string();
        assert_same_json(&what, &made(&case).unwrap().to_json(), &case["serialized"]);
        let read = <dyn LearningRateSchedule>::from_json(&case["serialized"]).unwrap();
        assert_same_json(&what, &read.to_json(), &case["serialized"]);
    }
}

#[test]
fn bad_arguments_are_refused() {
    let fixture = fixture("schedules.json");
    let refused = fixture["refused"].as_array().unwrap();
    let messages: Vec<String> = refused.iter().map(|case| made(case).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(messages.join("\n"), @r"
    learning rate schedule `ExponentialDecay`: `decay_steps` must be above 0, got 0
    learning rate schedule `PiecewiseConstantDecay`: wants at least one of `boundaries` and one more of `values`, got 2 and 2
    learning rate schedule `PolynomialDecay`: `decay_steps` must be above 0, got -1
    learning rate schedule `InverseTimeDecay`: `decay_steps` must be above 0, got 0
    learning rate schedule `CosineDecay`: `decay_steps` must be above 0, got 0
    learning rate schedule `CosineDecayRestarts`: `first_decay_steps` must be above 0, got 0
    learning rate schedule `ExponentialDecay`: needs `decay_rate`, which has no default
    learning rate schedule `CosineDecay`: has no argument `end`; its arguments are initial_learning_rate, decay_steps, alpha, name, warmup_target, warmup_steps
    ");
    let falling = PiecewiseConstantDecay::new([5, 5], [0.3, 0.2, 0.1]);
    insta::assert_snapshot!(Family::check(&falling as &dyn LearningRateSchedule).unwrap_err(), @"learning rate schedule `PiecewiseConstantDecay`: `boundaries` must rise, got 5 before 5");
    let none = PiecewiseConstantDecay::new([], [0.3]);
    insta::assert_snapshot!(Family::check(&none as &dyn LearningRateSchedule).unwrap_err(), @"learning rate schedule `PiecewiseConstantDecay`: wants at least one of `boundaries` and one more of `values`, got 0 and 1");
}

fn compiled(rate: impl Into<LearningRate>) -> Model {
    let mut model = Sequential::new().add(Input::new([2])).add(Dense::new(1)).into_model();
    model.compile(Compile::new().optimizer(SGD::new(rate)).loss("mse")).unwrap();
    model
}

fn train(model: &mut Model, epochs: usize) {
    let x = Tensor::new((0..16).map(|at| (at as f32).sin()).collect::<Vec<_>>(), [8, 2]).unwrap();
    let y = Tensor::new((0..8).map(|at| (at as f32).cos()).collect::<Vec<_>>(), [8, 1]).unwrap();
    let fit = Fit::new().batch_size(2).epochs(epochs).shuffle(false).verbose(0);
    model.fit(&x, &y, fit).unwrap();
}

#[test]
fn a_function_is_a_schedule() {
    let schedule = ExponentialDecay::new(0.5, 3, 0.25);
    let (mut by_class, mut by_function) =
        (compiled(schedule.clone()), compiled(from_fn(move |steps| schedule.learning_rate(steps))));
    by_function.set_weights(&by_class.get_weights().unwrap()).unwrap();
    for model in [&mut by_class, &mut by_function] {
        train(model, 3);
        assert_eq!(model.learning_rate().unwrap(), 0.5 * 0.25f64.powi(4));
    }
    assert_eq!(by_class.get_weights().unwrap(), by_function.get_weights().unwrap());
}

/// A schedule of one's own: it halves at each step.
#[derive(Debug)]
struct Halving;

impl Configured for Halving {
    fn class_name(&self) -> &str {
        "Halving"
    }

    fn config(&self) -> Config {
        Config::new()
    }
}

impl LearningRateSchedule for Halving {
    fn learning_rate(&self, steps: u64) -> f64 {
        0.5f64.powi(steps as i32)
    }
}

#[test]
fn a_type_of_ones_own_is_a_schedule_that_files_cannot_hold() {
    let mut model = compiled(Halving);
    train(&mut model, 1);
    assert_eq!(model.learning_rate().unwrap(), 0.0625);
    let path = std::env::temp_dir().join(format!("cornu-schedules-{}.keras", std::process::id()));
    insta::assert_snapshot!(model.save(&path).unwrap_err(), @"learning_rate: follows `Halving`, a schedule of your own, which a file cannot hold: register its type, or compile the model with a number before it is saved");
    assert!(!path.exists());
    // With a number it is saved.
    model.recompile(|now| now.optimizer(SGD::new(0.1))).unwrap();
    model.save(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_schedule_is_changed_for_another_but_not_overruled() {
    let mut model = compiled(0.5);
    model.set_learning_rate(ExponentialDecay::new(0.5, 4, 0.5)).unwrap();
    train(&mut model, 1);
    assert_eq!(model.learning_rate().unwrap(), 0.25);
    insta::assert_snapshot!(model.set_learning_rate(0.1).unwrap_err(), @"learning_rate: the optimizer follows the schedule `ExponentialDecay`, which a number does not overrule: compile the model with a number, or give another schedule");
    insta::assert_snapshot!(model.set_learning_rate(CosineDecay::new(0.1, 0)).unwrap_err(), @"learning rate schedule `CosineDecay`: `decay_steps` must be above 0, got 0");
    assert_eq!(model.learning_rate().unwrap(), 0.25);
}

#[test]
fn what_is_no_schedule_is_named() {
    let read = |rate: Value| {
        let optimizer = json!({"class_name": "SGD", "config": {"learning_rate": rate}});
        <dyn cornu::optimizers::Optimizer>::from_json(&optimizer).unwrap_err().to_string()
    };
    insta::assert_snapshot!(read(json!("fast")), @r#"optimizer `SGD`: `learning_rate`: wants a number or a schedule, got "fast""#);
    insta::assert_snapshot!(read(json!({"class_name": "CosineDecai", "config": {}})), @"optimizer `SGD`: `learning_rate`: unknown learning rate schedule `CosineDecai`; did you mean `CosineDecay`?");
    insta::assert_snapshot!(read(json!({"class_name": "CosineDecay", "config": {"decay_steps": 3}})), @"optimizer `SGD`: `learning_rate`: learning rate schedule `CosineDecay`: needs `initial_learning_rate`, which has no default");
    insta::assert_snapshot!(read(json!({"class_name": "function", "config": "warmup"})), @"optimizer `SGD`: `learning_rate`: unknown learning rate schedule `warmup`; known are ExponentialDecay, PiecewiseConstantDecay, PolynomialDecay, InverseTimeDecay, CosineDecay, CosineDecayRestarts");
}
