//! Initializers against the real Keras: values, distributions, names, configs.

use crate::common;
use crate::common::{assert_close, cases, fixture, number, object, shape, tensor, text};
use cornu::Tensor;
use cornu::initializers::{self, *};
use cornu::registry::{Argument, Family, Handle};
use serde_json::{Value, json};

fn cases_of_kind(kind: &str) -> Vec<Value> {
    let cases: Vec<_> = cases("initializers.json").into_iter().filter(|case| case["kind"] == kind).collect();
    assert!(!cases.is_empty(), "{kind}");
    cases
}

fn made(case: &Value, shape: &[usize]) -> Tensor {
    let entry = <dyn Initializer>::entry(text(case, "name")).unwrap();
    entry.create(object(case, "args")).unwrap().call(shape, 42, "dense/kernel").unwrap()
}

fn lengths(case: &Value) -> Vec<usize> {
    common::numbers(&case["shape"]).into_iter().map(|length| length as usize).collect()
}

#[test]
fn constants_are_those_of_keras() {
    for case in cases_of_kind("exact").iter().filter(|case| case["dtype"] == "float32") {
        let what = format!("{} {}", case["name"], case["args"]);
        assert_close(&what, &made(case, &shape(&case["value"])), &tensor(&case["value"]), 1e-4);
    }
}

#[test]
fn random_weights_are_spread_like_those_of_keras() {
    for case in cases_of_kind("random") {
        let what = format!("{} {}", case["name"], case["args"]);
        let values = made(&case, &lengths(&case)).to_vec::<f64>();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let std = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        let within = values.iter().filter(|value| (*value - mean).abs() < std).count() as f64 / count;
        let (low, high) =
            values.iter().fold((f64::MAX, f64::MIN), |(low, high), &v| (low.min(v), high.max(v)));
        let keras = |key: &str| number(&case[key]);
        // Both are samples: each statistic may lie five standard errors or so from its expectation.
        let near = |key: &str, got: f64, slack: f64| {
            assert!((got - keras(key)).abs() <= slack, "{what}: {key} {got}, not {}", keras(key));
        };
        near("mean", mean, 7.0 * std / count.sqrt());
        near("std", std, 7.0 * std / count.sqrt());
        near("share_within_one_std", within, 7.0 * 0.5 / count.sqrt());
        // The ends of bounded distributions are sharp; those of the normal one are not.
        let bounded = (keras("max") - keras("min")) / keras("std") < 5.0;
        let slack = if bounded { 1e-3 * std } else { 1.2 * std };
        near("min", low, slack);
        near("max", high, slack);
    }
}

#[test]
fn orthogonal_weights_are_orthogonal() {
    for case in cases_of_kind("orthogonal") {
        let dims = lengths(&case);
        let columns = *dims.last().unwrap();
        let values = made(&case, &dims).to_vec::<f64>();
        let rows = values.len() / columns;
        let gram_of_rows = text(&case, "gram_of") == "rows";
        let (count, length) = if gram_of_rows { (rows, columns) } else { (columns, rows) };
        let at = |vector: usize, element: usize| {
            if gram_of_rows { values[vector * columns + element] } else { values[element * columns + vector] }
        };
        for (i, j) in (0..count).flat_map(|i| (0..count).map(move |j| (i, j))) {
            let product: f64 = (0..length).map(|element| at(i, element) * at(j, element)).sum();
            let want = if i == j { number(&case["gram_diagonal"]) } else { 0.0 };
            assert!((product - want).abs() < 2e-6, "{dims:?}: the product of {i} and {j} is {product}");
        }
    }
}

#[test]
fn orthogonal_weights_are_the_positive_factor_of_normal_numbers() {
    // R = QᵀA must be triangular with a positive diagonal; the columns are the vectors drawn.
    let drawn = RandomNormal::new().stddev(1.0).seed(9).call(&[4, 7], 0, "").unwrap().to_vec::<f64>();
    let q = Orthogonal::new().seed(9).call(&[7, 4], 0, "").unwrap().to_vec::<f64>();
    for i in 0..4 {
        for j in 0..=i {
            let r: f64 = (0..7).map(|element| q[element * 4 + i] * drawn[j * 7 + element]).sum();
            assert!(if i == j { r > 0.1 } else { r.abs() < 1e-6 }, "R[{i}, {j}] is {r}");
        }
    }
}

#[test]
fn fans_are_those_of_keras() {
    let fixture = fixture("initializers.json");
    let axes = |value: &Value| -> Option<Vec<isize>> { serde_json::from_value(value.clone()).unwrap() };
    for case in fixture["fans"].as_array().unwrap() {
        let (input, output) = (axes(&case["input_axes"]), axes(&case["output_axes"]));
        let fans = compute_fans(&lengths(case), input.as_deref(), output.as_deref()).unwrap();
        assert_eq!(
            (json!(fans.0), json!(fans.1)),
            (case["fan_in"].clone(), case["fan_out"].clone()),
            "{case}"
        );
    }
    assert_eq!(
        compute_fans(&[2, 3], Some(&[2]), Some(&[0])).unwrap_err().to_string(),
        "initializer: a weight of shape [2, 3] has no axis 2"
    );
}

#[test]
fn names_and_configs_are_those_of_keras() {
    let fixture = fixture("initializers.json");
    common::assert_same_names::<dyn Initializer>(&fixture["strings"]);
    for (arguments, want) in fixture["configs"].as_object().unwrap() {
        let read = <dyn Initializer>::from_json(want).unwrap();
        common::assert_same_json(arguments, &read.to_json(), want);
    }
    for entry in <dyn Initializer>::table() {
        let known = fixture["configs"].as_object().unwrap().values();
        assert!(
            known.into_iter().any(|config| config["class_name"] == entry.class_name),
            "{}",
            entry.class_name
        );
    }
}

#[test]
fn identity_keeps_the_gain_that_keras_forgets() {
    let gained: Handle<dyn Initializer> = Identity::new().gain(2.0).into();
    assert_eq!(gained.get().unwrap().config(), *json!({"gain": 2.0}).as_object().unwrap());
    let plain = json!({"class_name": "Identity", "config": {"gain": 1.0}});
    assert_eq!(Handle::<dyn Initializer>::from_json(&plain).unwrap(), "identity".into());
}

#[test]
fn numbers_depend_on_seed_and_path_or_on_the_own_seed_alone() {
    let draw = |seed, path| RandomNormal::new().call(&[3, 4], seed, path).unwrap();
    assert_eq!(draw(1, "dense/kernel"), draw(1, "dense/kernel"));
    assert_ne!(draw(1, "dense/kernel"), draw(2, "dense/kernel"));
    assert_ne!(draw(1, "dense/kernel"), draw(1, "dense_1/kernel"));
    for name in
        ["RandomNormal", "RandomUniform", "TruncatedNormal", "GlorotUniform", "HeNormal", "Orthogonal"]
    {
        let create = |seed: Value| {
            let config = json!({"seed": seed}).as_object().unwrap().clone();
            <dyn Initializer>::entry(name).unwrap().create(config).unwrap()
        };
        let own = create(json!(7));
        let first = own.call(&[3, 4], 1, "dense/kernel").unwrap();
        assert_eq!(first, own.call(&[3, 4], 2, "dense_1/kernel").unwrap(), "{name}");
        assert_ne!(first, create(json!(8)).call(&[3, 4], 1, "dense/kernel").unwrap(), "{name}");
        let generator = json!({"module": "keras.random", "class_name": "SeedGenerator", "config": {"name": "s", "seed": 7}});
        assert_eq!(first, create(generator).call(&[3, 4], 1, "").unwrap(), "{name}");
    }
}

#[test]
fn empty_and_small_shapes_are_served() {
    for entry in <dyn Initializer>::table().iter().filter(|entry| entry.class_name != "STFT") {
        let initializer = initializers::get(entry.class_name).unwrap();
        for shape in [&[0, 2][..], &[2, 0], &[0, 0], &[1, 1], &[5, 1], &[1, 5]] {
            let made = initializer.call(shape, 1, "kernel").unwrap();
            assert_eq!(made.shape(), shape, "{}", entry.class_name);
            assert!(made.to_vec::<f32>().iter().all(|value| value.is_finite()), "{}", entry.class_name);
        }
    }
}

#[test]
fn misfits_say_where_and_what() {
    let call =
        |name: &str, shape: &[usize]| initializers::get(name).unwrap().call(shape, 1, "w").unwrap_err();
    insta::assert_snapshot!(call("identity", &[2]), @"initializer `Identity`: makes matrices only, not a weight of shape [2]");
    insta::assert_snapshot!(call("orthogonal", &[2]), @"initializer `Orthogonal`: wants a weight of at least two axes, got the shape [2]");
    insta::assert_snapshot!(call("stft", &[2, 3]), @"initializer `STFT`: wants a shape (frame length, 1, frequencies), got [2, 3]");
    insta::assert_snapshot!(call("zeros", &[usize::MAX, 2]), @"a weight of shape [18446744073709551615, 2] does not fit into the memory");
    insta::assert_snapshot!(call("glorot_uniform", &[1 << 40, 1 << 20]), @"a weight of shape [1099511627776, 1048576] does not fit into the memory");
    let window = STFT::new().window(Window::Values(vec![1.0, 2.0]));
    insta::assert_snapshot!(window.call(&[3, 1, 4], 1, "").unwrap_err(), @"initializer `STFT`: the window has 2 values, the frame 3");
    let read = |class: &str, config: Value| {
        <dyn Initializer>::from_json(&json!({"class_name": class, "config": config})).unwrap_err()
    };
    insta::assert_snapshot!(read("VarianceScaling", json!({"scale": -1.0})), @"initializer `VarianceScaling`: `scale` must be positive, got -1");
    insta::assert_snapshot!(read("VarianceScaling", json!({"mode": "fan_inn"})), @r#"initializer `VarianceScaling`: `mode`: wants one of "fan_in", "fan_out", "fan_avg", got "fan_inn""#);
    insta::assert_snapshot!(read("VarianceScaling", json!({"distribution": "gauss"})), @r#"initializer `VarianceScaling`: `distribution`: wants one of "truncated_normal", "untruncated_normal", "uniform", got "gauss""#);
    insta::assert_snapshot!(read("RandomNormal", json!({"seed": "a"})), @r#"initializer `RandomNormal`: `seed`: a seed is an integer or null, not "a""#);
    insta::assert_snapshot!(read("RandomNormal", json!({"std": 1.0})), @"initializer `RandomNormal`: has no argument `std`; did you mean `seed`? its arguments are seed, mean, stddev");
    insta::assert_snapshot!(read("STFT", json!({"window": "hanm"})), @r#"initializer `STFT`: `window`: wants a list of values, or one of the names bartlett, blackman, blackmanharris, bohman, boxcar, cosine, flattop, hamming, hann, nuttall, parzen, triang, got "hanm""#);
    insta::assert_snapshot!(read("Zeros", json!({"value": 1.0})), @"initializer `Zeros`: takes no arguments, got `value`");
    insta::assert_snapshot!(read("GlorotUnifrom", json!({})), @"unknown initializer `GlorotUnifrom`; did you mean `glorot_uniform`?");
    let negative: Handle<dyn Initializer> = VarianceScaling::new().scale(-1.0).into();
    insta::assert_snapshot!(negative.get().unwrap_err(), @"initializer `VarianceScaling`: `scale` must be positive, got -1");
}
