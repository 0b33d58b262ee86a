//! Optimizers take Keras' steps.

use std::collections::HashMap;

use crate::common::{
    assert_close_values, assert_same_json, cases, fixture, numbers, object, shape, tensor, text,
};
use cornu::constraints::Constraint;
use cornu::graph::{Builder, Graph};
use cornu::optimizers::{
    self, Adagrad, Adam, AdamW, Ftrl, LearningRate, Lion, LossScaleOptimizer, Muon, Optimizer, RMSprop, SGD,
    ScheduleFreeAdamW, Step, Value as Held, Variable, Weighted,
};
use cornu::registry::{Configured, Family};
use cornu::{DType, Shape, Tensor};
use cornu_engine::exec::{State, Workspace};
use cornu_engine::plan::Plan;
use cornu_engine::reference;
use serde_json::{Value, json};

/// Of slots; Ftrl divides a difference of near numbers by the learning rate.
const TOLERANCE: f64 = 3e-5;

/// One step on weights, the first of which may be constrained, whose gradients are fed.
fn graph(
    optimizer: &dyn Optimizer,
    weights: &[(&str, Tensor)],
    constraint: Option<&dyn Constraint>,
) -> Graph {
    let builder = Builder::new();
    let cx = Step {
        learning_rate: builder.input("learning_rate", Shape::scalar(), DType::F32),
        iteration: builder.input("iteration", Shape::scalar(), DType::I64),
    };
    let weighted: Vec<Weighted<'_, '_>> = weights
        .iter()
        .enumerate()
        .map(|(at, (path, weight))| Weighted {
            path,
            weight: builder.state(*path, weight.to_shape(), DType::F32),
            gradient: builder.input(format!("gradient/{path}"), weight.to_shape(), DType::F32),
            constraint: constraint.filter(|_| at == 0),
        })
        .collect();
    optimizers::apply(optimizer, &cx, &weighted);
    drop(weighted);
    builder.finish().unwrap()
}

/// Weights within 1e-6 (they are of order 1) and half as much for each step: Keras computes `1 - betaᵗ` in single precision,
/// where near 1 five digits are left.
fn assert_weights(what: &str, got: &Tensor, want: &[f64], steps: usize) {
    let got = got.to_vec::<f64>();
    assert_eq!(got.len(), want.len(), "{what}");
    let near =
        got.iter().zip(want).all(|(got, want)| (got - want).abs() <= 1e-6 * (1.0 + steps as f64 / 2.0));
    assert!(near, "{what}: {got:?} instead of {want:?}");
}

/// Weights and an optimizer's variables, on which steps are run.
struct Run {
    optimizer: Box<dyn Optimizer>,
    plan: Plan,
    variables: Vec<Variable>,
    state: State,
    workspace: Workspace,
    steps: u64,
}

impl Run {
    fn new(
        optimizer: Box<dyn Optimizer>,
        weights: &[(&str, Tensor)],
        constraint: Option<&dyn Constraint>,
    ) -> Run {
        let plan = Plan::new(&graph(optimizer.as_ref(), weights, constraint)).unwrap();
        let shapes: Vec<_> = weights.iter().map(|(path, weight)| (*path, weight.shape().to_vec())).collect();
        let variables = optimizers::variables(optimizer.as_ref(), &shapes);
        let mut state = State::default();
        for (path, weight) in weights {
            state.insert(*path, weight.clone());
        }
        for variable in &variables {
            let value = match variable.value {
                Held::Number(value) => Tensor::full(variable.shape.clone(), value).cast(variable.dtype),
                Held::Weight => state.get(variable.weight.as_deref().unwrap()).unwrap().clone(),
                Held::Iteration | Held::LearningRate | Held::Unused(_) => continue,
            };
            state.insert(variable.name.clone(), value);
        }
        Run { optimizer, plan, variables, state, workspace: Workspace::new(), steps: 0 }
    }

    fn step(&mut self, gradients: &HashMap<String, Tensor>) {
        let optimizer = self.optimizer.as_ref();
        if let Some(name) = optimizers::steps_of(optimizer) {
            self.steps = self.state.get(name).unwrap().to_vec::<i64>()[0] as u64;
        }
        let rate = Tensor::scalar(optimizer.base().learning_rate.at(self.steps));
        self.steps += 1;
        let iteration = Tensor::scalar(self.steps as i64);
        let feed = |name: &str| match name {
            "learning_rate" => &rate,
            "iteration" => &iteration,
            name => &gradients[name],
        };
        let feeds: Vec<&Tensor> = self.plan.feeds().iter().map(|slot| feed(&slot.name)).collect();
        self.plan.run(&mut self.workspace, &mut self.state, &feeds).unwrap();
    }

    /// A variable as Keras has it.
    fn value(&self, variable: &Variable) -> Vec<f64> {
        match variable.value {
            Held::Iteration => vec![self.steps as f64],
            Held::LearningRate => vec![self.optimizer.base().learning_rate.at(0).into()],
            Held::Unused(value) => vec![value.into()],
            Held::Number(_) | Held::Weight => self.state.get(&variable.name).unwrap().to_vec(),
        }
    }
}

#[test]
fn steps_and_slots_are_keras() {
    let fixture = fixture("optimizers.json");
    let recorded: Vec<usize> = numbers(&fixture["recorded"]).iter().map(|at| *at as usize).collect();
    let cases = cases("optimizers.json");
    assert!(cases.len() > 130);
    for case in &cases {
        let what = format!(
            "{} {} {} {}",
            case["optimizer"], case["args"], case["kernel_constraint"], case["exclude"]
        );
        let made = <dyn Optimizer>::from_class(text(case, "optimizer"), object(case, "args")).unwrap();
        let mut optimizer = made.boxed();
        optimizer.base_mut().exclude_from_weight_decay = strings(&case["exclude"]);
        let paths = strings(&case["paths"]);
        let weights: Vec<(&str, Tensor)> =
            paths.iter().map(|path| (path.as_str(), tensor(&fixture["weights"][path]))).collect();
        let constraint = &case["kernel_constraint"];
        let constraint = (!constraint.is_null()).then(|| <dyn Constraint>::from_json(constraint).unwrap());

        let mut run = Run::new(optimizer, &weights, constraint.as_deref());
        for step in 1..=recorded[recorded.len() - 1] {
            let mut gradients: HashMap<String, Tensor> = paths
                .iter()
                .map(|path| (format!("gradient/{path}"), tensor(&fixture["gradients"][path][step - 1])))
                .collect();
            if let Some(poison) = case["poison"][step.to_string()].as_str() {
                let last = gradients.get_mut(&format!("gradient/{}", paths[paths.len() - 1])).unwrap();
                *last.as_mut_slice::<f32>().unwrap().last_mut().unwrap() = poison.parse().unwrap();
            }
            run.step(&gradients);
            let Some(at) = recorded.iter().position(|recorded| *recorded == step) else { continue };
            for (which, path) in paths.iter().enumerate() {
                let want = numbers(&case["steps"][at][which]);
                assert_weights(
                    &format!("{what}, step {step}, {path}"),
                    run.state.get(path).unwrap(),
                    &want,
                    step,
                );
            }
        }

        let slots = case["optimizer_variables"].as_array().unwrap();
        let names: Vec<&str> = slots.iter().map(|slot| text(slot, "name")).collect();
        let filed: Vec<&Variable> = run.variables.iter().filter(|variable| variable.filed).collect();
        let ours: Vec<&str> = filed.iter().map(|variable| variable.keras_name.as_str()).collect();
        assert_eq!(ours, names, "{what}");
        for (variable, slot) in filed.into_iter().zip(slots) {
            assert_close_values(
                &format!("{what}, {}", variable.name),
                &run.value(variable),
                &numbers(&slot["value"]["data"]),
                TOLERANCE,
            );
        }
        for (path, want) in paths.iter().zip(case["after_finalize"].as_array().unwrap()) {
            let source = optimizers::average_of(run.optimizer.as_ref(), path).unwrap_or(path.clone());
            let value = run.state.get(&source).unwrap();
            assert_weights(&format!("{what}, {source}"), value, &numbers(want), recorded[recorded.len() - 1]);
        }
    }
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
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
        assert_eq!(ours, keras, "{} {}", model["optimizer"], model["args"]);
    }
}

#[test]
fn configs_are_keras() {
    for case in cases("optimizers.json") {
        let made = <dyn Optimizer>::from_class(text(&case, "optimizer"), object(&case, "args")).unwrap();
        // By way of text: 1e-30 is not read exactly.
        let written: Value = serde_json::from_str(&made.to_json().to_string()).unwrap();
        assert_same_json(text(&case, "optimizer"), &written, &case["serialized"]);
        let read = <dyn Optimizer>::from_json(&case["serialized"]).unwrap();
        assert_same_json(text(&case, "optimizer"), &read.to_json(), &case["serialized"]);
    }
    let typed = Adam::new(0.002).beta_1(0.5).amsgrad(true).clipnorm(1.0).name("mine");
    let read = <dyn Optimizer>::from_json(&(&typed as &dyn Optimizer).to_json()).unwrap();
    assert_eq!(read.config(), typed.config());
    assert_eq!(<dyn Optimizer>::by_name("sgd").unwrap().config(), SGD::default().config());
}

#[test]
fn names_are_found_in_any_case() {
    let strings = fixture("optimizers.json")["strings"].take();
    let unknown: Vec<&str> = strings
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .filter(|name| <dyn Optimizer>::by_name(name).is_err())
        .collect();
    // The first needs an optimizer; the second and the last give each weight another; the third is the base class.
    assert_eq!(unknown, ["lossscaleoptimizer", "multioptimizer", "optimizer", "optimizermap"]);
    for name in ["RMSProp", "rmsprop", "RMSPROP"] {
        assert_eq!(<dyn Optimizer>::by_name(name).unwrap().class_name(), "RMSprop");
    }
    // Keras has no string for this one.
    assert_eq!(<dyn Optimizer>::by_name("lamb").unwrap().class_name(), "Lamb");
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
    insta::assert_snapshot!(wrong.unwrap_err(), @r#"optimizer `Adam`: `learning_rate`: wants a number or a schedule, got "fast""#);
    insta::assert_snapshot!(<dyn Optimizer>::by_name("adamm").unwrap_err(), @"unknown optimizer `adamm`; did you mean `adam`?");
}

#[test]
fn limits_of_zero_do_nothing() {
    let weights = [("kernel", Tensor::from([1.0_f32, 2.0])), ("bias", Tensor::from([3.0_f32]))];
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

#[test]
fn bad_arguments_of_the_others_are_refused() {
    let message = |optimizer: &dyn Optimizer| Family::check(optimizer).unwrap_err().to_string();
    insta::assert_snapshot!(message(&Lion::default().beta_1(0.0)), @"optimizer `Lion`: `beta_1` must be above 0 and at most 1, got 0");
    insta::assert_snapshot!(message(&Ftrl::default().learning_rate_power(0.5)), @"optimizer `Ftrl`: `learning_rate_power` must not be above 0, got 0.5");
    insta::assert_snapshot!(message(&Ftrl::default().initial_accumulator_value(-1.0)), @"optimizer `Ftrl`: `initial_accumulator_value` must not be negative, got -1");
    insta::assert_snapshot!(message(&Ftrl::default().l1_regularization_strength(-1.0)), @"optimizer `Ftrl`: `l1_regularization_strength` must not be negative, got -1");
    insta::assert_snapshot!(message(&Ftrl::default().l2_regularization_strength(f64::NAN)), @"optimizer `Ftrl`: `l2_regularization_strength` must not be negative, got NaN");
    insta::assert_snapshot!(message(&Ftrl::default().l2_shrinkage_regularization_strength(-1.0)), @"optimizer `Ftrl`: `l2_shrinkage_regularization_strength` must not be negative, got -1");
    insta::assert_snapshot!(message(&Adagrad::default().initial_accumulator_value(-0.1)), @"optimizer `Adagrad`: `initial_accumulator_value` must not be negative, got -0.1");
    insta::assert_snapshot!(message(&ScheduleFreeAdamW::default().beta_1(0.0)), @"optimizer `ScheduleFreeAdamW`: `beta_1` must not be 0: the weight would not hold the mean");
    insta::assert_snapshot!(message(&Muon::default().exclude_layers(["dense_[12"])), @"optimizer `Muon`: `exclude_layers` wants regular expressions, got `dense_[12`: non-empty character class has no closing bracket");
    insta::assert_snapshot!(message(&AdamW::default().exclude_from_weight_decay(["^(bias$"])), @"optimizer `AdamW`: `exclude_from_weight_decay` wants regular expressions, got `^(bias$`: found open group without closing ')'");
    insta::assert_snapshot!(message(&LossScaleOptimizer::new(Adam::default()).initial_scale(0.0)), @"optimizer `LossScaleOptimizer`: `initial_scale` must be above 0, got 0");
    insta::assert_snapshot!(message(&LossScaleOptimizer::new(Adam::default().clipnorm(-1.0))), @"optimizer `LossScaleOptimizer`: `inner_optimizer`: `clipnorm` must not be negative, got -1");
    insta::assert_snapshot!(message(&LossScaleOptimizer::new(LossScaleOptimizer::new(Adam::default()))), @"optimizer `LossScaleOptimizer`: `inner_optimizer` must not scale the loss itself, got a LossScaleOptimizer");
    let read = |class: &str, config: Value| {
        <dyn Optimizer>::from_json(&json!({"class_name": class, "config": config})).unwrap_err().to_string()
    };
    insta::assert_snapshot!(read("AdamW", json!({"weight_decay": null})), @"optimizer `AdamW`: `weight_decay` must be a number, got none; without decay it is `Adam`");
    insta::assert_snapshot!(read("LossScaleOptimizer", json!({})), @"optimizer `LossScaleOptimizer`: needs `inner_optimizer`, which has no default");
    insta::assert_snapshot!(read("LossScaleOptimizer", json!({"inner_optimizer": {"class_name": "Adan", "config": {}}})), @"optimizer `LossScaleOptimizer`: `inner_optimizer`: unknown optimizer `Adan`; did you mean `adam`?");
    insta::assert_snapshot!(read("LossScaleOptimizer", json!({"inner_optimizer": "adam", "clipnorm": 1.0})), @"optimizer `LossScaleOptimizer`: has no argument `clipnorm`; its arguments are name, inner_optimizer, initial_scale, dynamic_growth_steps");
}

#[test]
fn an_inner_optimizer_does_not_scale_the_loss_as_well() {
    let optimizer = LossScaleOptimizer::new(SGD::new(0.1).loss_scale_factor(8.0));
    assert_eq!(optimizer.base().loss_scale_factor, None);
    let LearningRate::Constant(rate) = optimizer.base().learning_rate else { panic!("a number was given") };
    assert_eq!(rate, 0.1);
}
