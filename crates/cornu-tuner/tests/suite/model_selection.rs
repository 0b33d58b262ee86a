//! Searches by cross-validation, beside scikit-learn's: `tests/fixtures/searches.json`, made by
//! `oracle/cornu_oracle/searches.py`.

use cornu::layers::{Dense, Input};
use cornu::optimizers::Adam;
use cornu::preprocessing::{Estimator, KFold};
use cornu::{Compile, Error, Result, Sequential, Tensor, datasets};
use cornu_tuner::model_selection::{
    ErrorScore, GridSearchCV, ParameterGrid, ParameterSampler, RandomizedSearchCV, randint, reciprocal,
    uniform,
};
use cornu_tuner::{Float, KerasClassifier, KerasRegressor, Tunable, Value, Values};
use serde_json::Value as Json;

use crate::values;

fn cases(kind: &str) -> Vec<Json> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/searches.json");
    let all: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases: Vec<Json> =
        all["cases"].as_array().unwrap().iter().filter(|case| case["kind"] == kind).cloned().collect();
    assert!(!cases.is_empty(), "{kind}");
    cases
}

fn grid(json: &Json) -> ParameterGrid {
    let one = |json: &Json| {
        let lists: std::collections::BTreeMap<String, Vec<Value>> =
            serde_json::from_value(json.clone()).unwrap();
        lists.into_iter().fold(ParameterGrid::new(), |grid, (name, values)| grid.list(name, values))
    };
    match json {
        Json::Array(grids) => grids.iter().map(one).reduce(ParameterGrid::or).unwrap(),
        one_alone => one(one_alone),
    }
}

#[test]
fn grids_have_scikit_learns_order() {
    for case in cases("grid") {
        let wanted: Vec<Values> = serde_json::from_value(case["order"].clone()).unwrap();
        let grid = grid(&case["grid"]);
        assert_eq!(grid.iter().collect::<Vec<_>>(), wanted);
        assert_eq!((grid.len(), grid.get(wanted.len())), (wanted.len(), None));
    }
}

/// The estimator of the fixture: fails for a = 13, scores what whole numbers give exactly.
struct Known(Values);

impl Known {
    fn number(&self, name: &str) -> f64 {
        self.0.get(name).and_then(Value::as_f64).unwrap_or(f64::from(u8::from(name == "a")))
    }
}

impl Estimator<Tensor> for Known {
    fn fit(&mut self, _x: &Tensor, _y: &Tensor) -> Result<()> {
        if self.number("a") == 13.0 { Err(Error::model("13 is not to be had")) } else { Ok(()) }
    }
    fn predict(&mut self, x: &Tensor) -> Result<Tensor> {
        Ok(Tensor::full([x.row_count()], self.number("a")))
    }
    fn is_classifier(&self) -> bool {
        false
    }
    fn score(&mut self, x: &Tensor, _y: &Tensor) -> Result<f64> {
        let sum: f64 = x.to_vec::<f64>().iter().sum();
        Ok((self.number("a") * sum + self.number("b")).rem_euclid(7.0))
    }
}

impl Tunable for Known {
    fn get_params(&self) -> Values {
        self.0.clone()
    }
    fn set_params(&mut self, params: &Values) -> Result<()> {
        self.0.extend(params.clone());
        Ok(())
    }
    fn unfitted(&self) -> Self {
        Known(self.0.clone())
    }
}

fn number(json: &Json) -> f64 {
    json.as_f64().unwrap_or(f64::NAN)
}

#[test]
fn results_are_scikit_learns() {
    let x = Tensor::new((0..10).map(f64::from).collect::<Vec<f64>>(), [10, 1]).unwrap();
    for case in cases("results") {
        let name = case["name"].as_str().unwrap();
        let folds = case["folds"].as_u64().unwrap() as usize;
        for n_jobs in [1, 3] {
            let mut search = GridSearchCV::new(Known(Values::new()), grid(&case["grid"]))
                .cv(KFold::new(folds))
                .n_jobs(n_jobs)
                .return_train_score(case["arguments"]["return_train_score"] == true);
            if let Some(score) = case["arguments"]["error_score"].as_f64() {
                search = search.error_score(ErrorScore::Score(score));
            }
            search.fit(&x, &x).unwrap();
            let results = search.cv_results().unwrap();
            let order: Vec<String> = serde_json::from_value(case["order"].clone()).unwrap();
            assert_eq!(results.columns(), order, "{name}");
            let params: Vec<Values> = serde_json::from_value(case["params"].clone()).unwrap();
            assert_eq!(results.params, params, "{name}");
            for (column, wanted) in case["columns"].as_object().unwrap() {
                let got = results.get(column).unwrap();
                let wanted: Vec<f64> = wanted.as_array().unwrap().iter().map(number).collect();
                let same = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-12;
                assert!(
                    got.len() == wanted.len() && got.iter().zip(&wanted).all(same),
                    "{name}: {column} is {got:?} instead of {wanted:?}"
                );
            }
            assert_eq!(search.best_index(), case["best_index"].as_u64().map(|at| at as usize), "{name}");
            assert_eq!(search.best_score(), case["best_score"].as_f64(), "{name}");
            assert_eq!(
                serde_json::to_value(search.best_params().unwrap()).unwrap(),
                case["best_params"],
                "{name}"
            );
            assert_eq!(search.best_estimator().unwrap().0, *search.best_params().unwrap());
        }
    }
}

#[test]
fn fits_that_fail_are_reported() {
    let x = Tensor::new((0..6).map(f64::from).collect::<Vec<f64>>(), [6, 1]).unwrap();
    let search = |list: &[i64]| {
        GridSearchCV::new(Known(Values::new()), ParameterGrid::new().list("a", list.iter().copied())).cv(3)
    };
    let mut some = search(&[13, 1]);
    some.fit(&x, &x).unwrap();
    assert_eq!(some.errors(), ["13 is not to be had"; 3]);
    assert_eq!(
        search(&[13, 1]).error_score(ErrorScore::Raise).fit(&x, &x).unwrap_err().to_string(),
        "13 is not to be had"
    );
    let message = search(&[13]).fit(&x, &x).unwrap_err().to_string();
    assert_eq!(message, "all 3 fits failed, the first with: 13 is not to be had");
    let mut unfitted = search(&[1]).refit(false);
    assert_eq!(
        unfitted.predict(&x).unwrap_err().to_string(),
        "the search has no best estimator: it was told refit(false)"
    );
    let message = search(&[]).fit(&x, &x).unwrap_err().to_string();
    assert_eq!(message, "param_grid: one of its lists is empty, so there is no combination");
    assert!(
        search(&[1])
            .scoring("accurcy")
            .fit(&x, &x)
            .unwrap_err()
            .to_string()
            .contains("did you mean `accuracy`?")
    );
}

#[test]
fn draws_have_their_distributions() {
    let sampler = ParameterSampler::new(4000)
        .param("rate", reciprocal(1e-4, 1e-1))
        .param("units", randint(1, 5))
        .param("dropout", uniform(0.2, 0.4))
        .param("kind", ["a", "b"]);
    let drawn = sampler.random_state(3).sample().unwrap();
    let part =
        |of: &dyn Fn(&Values) -> bool| drawn.iter().filter(|values| of(values)).count() as f64 / 4000.0;
    let number = |values: &Values, name: &str| values[name].as_f64().unwrap();
    assert!((part(&|values| number(values, "rate") < 1e-3) - 1.0 / 3.0).abs() < 0.03);
    assert!((part(&|values| number(values, "units") == 4.0) - 0.25).abs() < 0.03);
    assert!((part(&|values| number(values, "dropout") < 0.3) - 0.25).abs() < 0.03);
    assert!((part(&|values| values["kind"] == Value::from("b")) - 0.5).abs() < 0.03);
    assert!(drawn.iter().all(|values| (0.2..0.6).contains(&number(values, "dropout"))));
    // Lists alone are drawn without putting back.
    let lists = ParameterSampler::new(100).param("a", [1i64, 2, 3]).param("b", ["x", "y"]);
    let mut all: Vec<String> = lists.sample().unwrap().iter().map(|values| format!("{values:?}")).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6);
    assert_eq!(lists.n_iter(4).sample().unwrap().len(), 4);
    let message = |sampler: ParameterSampler| sampler.sample().unwrap_err().to_string();
    let sampler = || ParameterSampler::new(1);
    assert_eq!(
        message(sampler().param("a", reciprocal(0.0, 1.0))),
        "parameter `a`: reciprocal wants 0 < a <= b, got a=0, b=1"
    );
    assert_eq!(
        message(sampler().param("a", randint(2, 2))),
        "parameter `a`: randint wants low < high, got low=2, high=2"
    );
    assert_eq!(message(sampler().param("a", Vec::<i64>::new())), "parameter `a`: the list is empty");
}

fn classifier() -> KerasClassifier {
    KerasClassifier::new(|hp| {
        let mut model = Sequential::new()
            .add(Input::new([4]))
            .add(Dense::new(hp.int("units", 1..=64) as usize).activation("relu"))
            .add(Dense::new(3).activation("softmax"));
        let rate = hp.float("learning_rate", Float::reciprocal(1e-4, 1.0));
        let loss = hp.choice("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"]);
        model.compile(Compile::new().optimizer(Adam::new(rate)).loss(loss))?;
        Ok(model)
    })
    .epochs(15)
    .batch_size(16)
    .random_state(7)
}

#[test]
fn a_search_over_a_network_is_the_same_however_many_fits_run_at_once() {
    let ((x, y), (x_test, y_test)) = datasets::iris::load_data().unwrap();
    let run = |n_jobs| {
        let mut search = RandomizedSearchCV::drawn(classifier())
            .param("learning_rate", reciprocal(1e-4, 1e-1))
            .param("units", randint(2, 20))
            .n_iter(4)
            .cv(3)
            .n_jobs(n_jobs);
        search.fit(&x, &y).unwrap();
        let scores = search.cv_results().unwrap().get("mean_test_score").unwrap().to_vec();
        let weights = search.best_estimator().unwrap().model().unwrap().get_weights().unwrap();
        (search.best_params().cloned(), scores, weights, search.score(&x_test, &y_test).unwrap())
    };
    let one = run(1);
    assert!(one.3 > 0.6, "{one:?}");
    assert_eq!(one, run(2));
}

#[test]
fn labels_of_any_numbers_are_classes() {
    let ((x, y), _) = datasets::iris::load_data().unwrap();
    let labels: Vec<f32> =
        y.to_vec::<f64>().iter().map(|label| [7.5f32, -1.0, 3.0][*label as usize]).collect();
    let labels = Tensor::from(labels);
    for loss in ["sparse_categorical_crossentropy", "categorical_crossentropy"] {
        let mut classifier = classifier().param("learning_rate", 1e-2).unwrap().param("loss", loss).unwrap();
        classifier = classifier.param("units", 16).unwrap();
        classifier.fit(&x, &labels).unwrap();
        assert_eq!(classifier.classes().unwrap().to_vec::<f32>(), [-1.0, 3.0, 7.5]);
        assert!(classifier.score(&x, &labels).unwrap() > 0.7, "{loss}");
        assert_eq!(classifier.history().unwrap().epoch.len(), 15);
    }
}

#[test]
fn two_classes_may_have_one_output() {
    let x = Tensor::new((0..40).map(|at| at as f32 / 20.0 - 1.0).collect::<Vec<f32>>(), [40, 1]).unwrap();
    let y = Tensor::from((0..40).map(|at| if at < 20 { 5i64 } else { 9 }).collect::<Vec<i64>>());
    let mut classifier = KerasClassifier::new(|_| {
        let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1).activation("sigmoid"));
        model.compile(Compile::new().optimizer(Adam::new(0.1)).loss("binary_crossentropy"))?;
        Ok(model)
    })
    .epochs(30);
    classifier.fit(&x, &y).unwrap();
    assert!(classifier.score(&x, &y).unwrap() > 0.9);
    let (probabilities, classes) = (classifier.predict_proba(&x).unwrap(), classifier.predict(&x).unwrap());
    assert_eq!((probabilities.shape(), classes.to_vec::<i64>()[39]), (&[40, 2][..], 9));
}

#[test]
fn parameters_are_set_by_name() {
    let mut estimator = classifier();
    estimator
        .set_params(&values([("epochs", 3.into()), ("units", 8.into()), ("shuffle", false.into())]))
        .unwrap();
    let params = estimator.get_params();
    assert_eq!(
        (&params["epochs"], &params["units"], &params["batch_size"]),
        (&3.into(), &8.into(), &16.into())
    );
    assert_eq!(estimator.unfitted().get_params(), params);
    let wrong = estimator.set_params(&values([("epochs", "many".into())])).unwrap_err();
    assert_eq!(wrong.to_string(), "parameter `epochs`: must be a whole number, got many");
    let ((x, y), _) = datasets::iris::load_data().unwrap();
    let mut typo = classifier().param("unit", 3).unwrap();
    assert_eq!(typo.fit(&x, &y).unwrap_err().to_string(), "unknown parameter `unit`; did you mean `units`?");
    assert_eq!(typo.predict(&x).unwrap_err().to_string(), "the classifier is not fitted: call `fit` first");
    let mut regressor = KerasRegressor::new(|_| Ok(Sequential::new()));
    assert_eq!(
        regressor.predict(&x).unwrap_err().to_string(),
        "the regressor is not fitted: call `fit` first"
    );
    let wide = Tensor::zeros([120, 3], cornu::DType::F32);
    assert!(typo.fit(&x, &wide).unwrap_err().to_string().contains("one label a sample"));
}
