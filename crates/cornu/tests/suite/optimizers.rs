//! Optimizers take Keras' steps.

use std::collections::HashMap;

use crate::common::{assert_close_values, cases, fixture, number, numbers, object, shape, tensor, text};
use cornu::constraints::Constraint;
use cornu::graph::{Builder, Graph};
use cornu::optimizers::{self, Adam, Optimizer, RMSprop, SGD, Step, Weighted};
use cornu::registry::{Configured, Family};
use cornu::{DType, Shape, Tensor};
use cornu_engine::reference;
use serde_json::{Value, json};

const PATHS: [&str; 2] = ["kernel", "bias"];
const TOLERANCE: f64 = 1e-5;

/// One step on a kernel and a bias, whose gradients are fed.
fn graph(optimizer: &dyn Optimizer, weights: &[Tensor; 2], constraint: Option<&dyn Constraint>) -> Graph {
    let builder = Builder::new();
    let cx = Step {
        learning_rate: builder.input("learning_rate", Shape::scalar(), DType::F32),
        iteration: builder.input("iteration", Shape::scalar(), DType::I64),
    };
    let weighted = [0, 1].map(|at| Weighted {
        path: PATHS[at],
        weight: builder.state(PATHS[at], weights[at].to_shape(), DType::F32),
        gradient: builder.input(format!("gradient/{}", PATHS[at]), weights[at].to_shape(), DType::F32),
        constraint: constraint.filter(|_| at == 0),
    });
    optimizers::apply(optimizer, &cx, &weighted);
    builder.finish().unwrap()
}

/// Weights within 1e-6 (they are of order 1): Keras computes `1 - betaᵗ` in single precision, where near 1 five
/// digits are left.
fn assert_weights(what: &str, got: &Tensor, want: &[f64]) {
    let got = got.to_vec::<f64>();
    assert_eq!(got.len(), want.len(), "{what}");
    let near = got.iter().zip(want).all(|(got, want)| (got - want).abs() <= 1e-6);
    assert!(near, "{what}: {got:?} instead of {want:?}");
}

#[test]
fn steps_and_slots_are_keras() {
    let fixture = fixture("optimizers.json");
    let weights = PATHS.map(|path| tensor(&fixture[path]));
    let gradients = fixture["gradients"].as_array().unwrap();
    let cases = cases("optimizers.json");
    assert!(cases.len() > 50);
    for case in &cases {
        let what = format!("{} {} {}", case["optimizer"], case["args"], case["kernel_constraint"]);
        let optimizer = <dyn Optimizer>::from_class(text(case, "optimizer"), object(case, "args")).unwrap();
        let constraint = &case["kernel_constraint"];
        let constraint = (!constraint.is_null()).then(|| <dyn Constraint>::from_json(constraint).unwrap());
        let graph = graph(&*optimizer, &weights, constraint.as_deref());

        let shapes = [0, 1].map(|at| (PATHS[at], weights[at].shape().to_vec()));
        let variables = optimizers::variables(&*optimizer, &shapes);
        let mut states: HashMap<String, Tensor> =
            variables.iter().map(|v| (v.name.clone(), Tensor::full(v.shape.clone(), v.initial))).collect();
        states.extend(PATHS.iter().map(ToString::to_string).zip(weights.clone()));
        for (at, step) in gradients.iter().enumerate() {
            let mut feeds = HashMap::from([
                ("learning_rate".to_owned(), Tensor::scalar(optimizer.base().learning_rate)),
                ("iteration".to_owned(), Tensor::scalar(at as i64 + 1)),
            ]);
            for (path, gradient) in PATHS.iter().zip(step.as_array().unwrap()) {
                feeds.insert(format!("gradient/{path}"), tensor(gradient));
            }
            let found = reference::evaluate(&graph, &feeds, &states).unwrap();
            for (name, value) in found.updates {
                assert!(
                    states.insert(name.clone(), value.to_tensor().unwrap()).is_some(),
                    "{what}: {name} is new"
                );
            }
            for (which, path) in PATHS.iter().enumerate() {
                let want = numbers(&case["steps"][at][which]);
                let what = format!("{what}, step {}, {path}", at + 1);
                assert_weights(&what, &states[*path], &want);
            }
        }

        let slots = case["optimizer_variables"].as_array().unwrap();
        let names: Vec<&str> = slots.iter().map(|slot| text(slot, "name")).collect();
        let ours: Vec<&str> = variables.iter().map(|variable| variable.keras_name.as_str()).collect();
        assert_eq!(ours, names, "{what}");
        assert_eq!(number(&slots[1]["value"]["data"][0]) as f32, variables[1].initial, "{what}");
        for (variable, slot) in variables.iter().zip(slots).skip(2) {
            let got = states[&variable.name].to_vec::<f64>();
            assert_close_values(
                &format!("{what}, {}", variable.name),
                &got,
                &numbers(&slot["value"]["data"]),
                TOLERANCE,
            );
        }
        for (path, want) in PATHS.iter().zip(case["after_finalize"].as_array().unwrap()) {
            let source = optimizers::average_of(&*optimizer, path).unwrap_or((*path).into());
            assert_weights(&format!("{what}, {source}"), &states[&source], &numbers(want));
        }
    }
}

#[test]
fn variables_come_in_the_order_of_keras() {
    for model in fixture("optimizers.json")["models"].as_array().unwrap() {
        let optimizer = <dyn Optimizer>::from_class(text(model, "optimizer"), object(model, "args")).unwrap();
        let shapes = [vec![3, 4], vec![4], vec![4], vec![4], vec![4, 2], vec![2]];
        let paths = model["trainable"].as_array().unwrap().iter().map(|path| path.as_str().unwrap());
        let weights: Vec<(&str, Vec<usize>)> = paths.zip(shapes).collect();
        let ours: Vec<Value> = optimizers::variables(&*optimizer, &weights)
            .into_iter()
            .map(|v| json!([v.keras_name, v.shape, v.dtype.name()]))
            .collect();
        let keras: Vec<Value> = model["model_slots"]
            .as_array()
            .unwrap()
            .iter()
            .map(|slot| json!([slot["name"], shape(slot), slot["dtype"]]))
            .collect();
        assert_eq!(ours, keras);
    }
}

#[test]
fn configs_are_keras() {
    for case in cases("optimizers.json") {
        let made = <dyn Optimizer>::from_class(text(&case, "optimizer"), object(&case, "args")).unwrap();
        assert_eq!(made.to_json(), case["serialized"]);
        let keys: Vec<String> = made.config().keys().cloned().collect();
        assert_eq!(keys, object(&case, "config").keys().cloned().collect::<Vec<_>>());
        let read = <dyn Optimizer>::from_json(&case["serialized"]).unwrap();
        assert_eq!(read.to_json(), case["serialized"]);
    }
    let typed = Adam::new(0.002).beta_1(0.5).amsgrad(true).clipnorm(1.0).name("mine");
    let read = <dyn Optimizer>::from_json(&(&typed as &dyn Optimizer).to_json()).unwrap();
    assert_eq!(read.config(), typed.config());
    assert_eq!(<dyn Optimizer>::by_name("sgd").unwrap().config(), SGD::default().config());
}

#[test]
fn names_are_found_in_any_case() {
    let strings = fixture("optimizers.json")["strings"].take();
    let found: Vec<&str> = strings
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .filter(|name| <dyn Optimizer>::by_name(name).is_ok())
        .collect();
    assert_eq!(found, ["adam", "rmsprop", "sgd"]);
    assert_eq!(<dyn Optimizer>::by_name("RMSProp").unwrap().class_name(), "RMSprop");
}

#[test]
fn bad_arguments_are_refused() {
    let message = |optimizer: &dyn Optimizer| Family::check(optimizer).unwrap_err().to_string();
    insta::assert_snapshot!(message(&SGD::default().clipnorm(1.0).clipvalue(0.5)), @"optimizer `SGD`: only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set, got clipnorm=1, clipvalue=0.5");
    insta::assert_snapshot!(message(&SGD::default().clipnorm(-1.0)), @"optimizer `SGD`: `clipnorm` must not be negative, got -1");
    insta::assert_snapshot!(message(&SGD::default().momentum(1.5)), @"optimizer `SGD`: `momentum` must lie in 0..=1, got 1.5");
    insta::assert_snapshot!(message(&SGD::new(f64::NAN)), @"optimizer `SGD`: `learning_rate` must be a finite number, got NaN");
    insta::assert_snapshot!(message(&RMSprop::default().weight_decay(-0.1)), @"optimizer `RMSprop`: `weight_decay` must not be negative, got -0.1");
    insta::assert_snapshot!(message(&Adam::default().use_ema(true).ema_momentum(1.5)), @"optimizer `Adam`: `ema_momentum` must lie in 0..=1, got 1.5");
    insta::assert_snapshot!(message(&Adam::default().gradient_accumulation_steps(1)), @"optimizer `Adam`: `gradient_accumulation_steps` must be at least 2, got 1");
    insta::assert_snapshot!(message(&Adam::default().loss_scale_factor(0.0)), @"optimizer `Adam`: `loss_scale_factor` must be a finite number other than 0, got 0");
    let unknown = <dyn Optimizer>::from_json(&json!({"class_name": "Adam", "config": {"beta1": 0.9}}));
    insta::assert_snapshot!(unknown.unwrap_err(), @"optimizer `Adam`: has no argument `beta1`; did you mean `beta_1`? its arguments are name, learning_rate, weight_decay, clipnorm, global_clipnorm, clipvalue, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, beta_1, beta_2, epsilon, amsgrad");
    let wrong =
        <dyn Optimizer>::from_json(&json!({"class_name": "Adam", "config": {"learning_rate": "fast"}}));
    insta::assert_snapshot!(wrong.unwrap_err(), @r#"optimizer `Adam`: `learning_rate`: invalid type: string "fast", expected f32"#);
    insta::assert_snapshot!(<dyn Optimizer>::by_name("adamm").unwrap_err(), @"unknown optimizer `adamm`; did you mean `adam`?");
}

#[test]
fn limits_of_zero_do_nothing() {
    let weights = [Tensor::from([1.0_f32, 2.0]), Tensor::from([3.0_f32])];
    let plain = graph(&SGD::default(), &weights, None);
    for optimizer in
        [SGD::default().clipnorm(0.0), SGD::default().clipvalue(0.0), SGD::default().global_clipnorm(0.0)]
    {
        assert_eq!(graph(&optimizer, &weights, None).to_string(), plain.to_string());
    }
}

#[test]
fn the_loss_is_scaled() {
    let builder = Builder::new();
    let loss = builder.input("loss", Shape::scalar(), DType::F32);
    builder.output("scaled", optimizers::scale_loss(&SGD::default().loss_scale_factor(4.0), loss));
    builder.output("plain", optimizers::scale_loss(&SGD::default(), loss));
    let feeds = HashMap::from([("loss".to_owned(), Tensor::scalar(1.5_f32))]);
    let found = reference::evaluate(&builder.finish().unwrap(), &feeds, &HashMap::new()).unwrap();
    assert_eq!((found.outputs["scaled"].data[0], found.outputs["plain"].data[0]), (6.0, 1.5));
}
