//! Splits, cross-validation and scores are scikit-learn's.

use cornu::preprocessing::*;
use cornu::{Data, Result, StringTensor, Tensor};
use serde_json::Value;

use crate::common::{assert_close_values, cases, number, numbers, optional_tensor, tensor, text};

const CLOSE: f64 = 1e-9;

fn of_kind(kind: &str) -> Vec<Value> {
    let found: Vec<Value> =
        cases("scikit_splits.json").into_iter().filter(|case| case["kind"] == kind).collect();
    assert!(!found.is_empty(), "no {kind}");
    found
}

/// Labels: a tensor, or `{"strings": […]}`.
fn labels(value: &Value) -> Data {
    match value["strings"].as_array() {
        Some(words) => {
            let words: Vec<&str> = words.iter().map(|word| word.as_str().unwrap()).collect();
            StringTensor::from(words).into()
        }
        None => tensor(value).into(),
    }
}

fn rows(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|row| row as usize).collect()
}

fn size(value: &Value) -> Option<Size> {
    value.as_u64().map(|count| Size::Count(count as usize)).or(value.as_f64().map(Size::Part))
}

/// A splitter with whichever arguments a case has; those it does not know it lacks.
macro_rules! with_arguments {
    ($splitter:expr, $args:expr; $($name:ident $get:expr),*) => {{
        let mut splitter = $splitter;
        $(if let Some(value) = $get(&$args[stringify!($name)]) { splitter = splitter.$name(value); })*
        splitter
    }};
}

fn seed(value: &Value) -> Option<u32> {
    value.as_u64().map(|seed| seed as u32)
}

#[test]
fn splitters_choose_the_same_rows() -> Result<()> {
    for case in of_kind("splitter") {
        let (args, y) = (&case["args"], labels(&case["y"]));
        let n = args["n_splits"].as_u64().unwrap() as usize;
        let splitter: Box<dyn Splitter> = match text(&case, "name") {
            "KFold" => {
                Box::new(with_arguments!(KFold::new(n), args; shuffle Value::as_bool, random_state seed))
            }
            "StratifiedKFold" => Box::new(
                with_arguments!(StratifiedKFold::new(n), args; shuffle Value::as_bool, random_state seed),
            ),
            "ShuffleSplit" => Box::new(
                with_arguments!(ShuffleSplit::new(n), args; test_size size, train_size size, random_state seed),
            ),
            "StratifiedShuffleSplit" => Box::new(
                with_arguments!(StratifiedShuffleSplit::new(n), args; test_size size, train_size size, random_state seed),
            ),
            other => panic!("no {other}"),
        };
        let wanted: Vec<Split> = case["splits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|split| Split { train: rows(&split["train"]), test: rows(&split["test"]) })
            .collect();
        assert_eq!(splitter.split_rows(&y)?, wanted, "{} {args}", case["name"]);
        assert_eq!(splitter.n_splits(), wanted.len());
    }
    Ok(())
}

#[test]
fn train_test_split_chooses_the_same_rows() -> Result<()> {
    for case in of_kind("train_test_split") {
        let (args, n) = (&case["args"], case["n"].as_u64().unwrap() as usize);
        let mut arguments = with_arguments!(TrainTestSplit::new(), args;
            test_size size, train_size size, shuffle Value::as_bool, random_state seed);
        if !case["stratify"].is_null() {
            arguments = arguments.stratify(labels(&case["stratify"]));
        }
        let x = Tensor::from((0..n as i64).collect::<Vec<_>>());
        let y = StringTensor::from((0..n).map(|row| row.to_string()).collect::<Vec<_>>());
        let (x_train, x_test, y_train, y_test) = train_test_split(&x, &y, arguments)?;
        assert_eq!(x_train.to_vec::<f64>(), numbers(&case["train"]), "{args}");
        assert_eq!(x_test.to_vec::<f64>(), numbers(&case["test"]), "{args}");
        for (x, y) in [(x_train, y_train), (x_test, y_test)] {
            let names: Vec<String> = x.to_vec::<i64>().iter().map(i64::to_string).collect();
            assert_eq!(y.as_slice(), names);
        }
    }
    Ok(())
}

/// Least squares through the normal equations.
struct LeastSquares(Vec<f64>);

impl Estimator<Tensor> for LeastSquares {
    fn fit(&mut self, x: &Tensor, y: &Tensor) -> Result<()> {
        let (x, y) = (design(x), y.to_vec::<f64>());
        let k = x[0].len();
        let mut system: Vec<Vec<f64>> = (0..k)
            .map(|i| {
                let products =
                    |of: &dyn Fn(usize) -> f64| x.iter().enumerate().map(|(r, row)| row[i] * of(r)).sum();
                (0..k).map(|j| products(&|r| x[r][j])).chain([products(&|r| y[r])]).collect()
            })
            .collect();
        for i in 0..k {
            let pivot = system[i].clone();
            for (_, row) in system.iter_mut().enumerate().filter(|(j, _)| *j != i) {
                let factor = row[i] / pivot[i];
                row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
        self.0 = (0..k).map(|i| system[i][k] / system[i][i]).collect();
        Ok(())
    }

    fn predict(&mut self, x: &Tensor) -> Result<Tensor> {
        let answer = |row: &Vec<f64>| row.iter().zip(&self.0).map(|(x, w)| x * w).sum::<f64>();
        Ok(Tensor::from(design(x).iter().map(answer).collect::<Vec<f64>>()))
    }

    fn is_classifier(&self) -> bool {
        false
    }
}

fn design(x: &Tensor) -> Vec<Vec<f64>> {
    x.to_vec::<f64>().chunks(x.row_len()).map(|row| [row, &[1.0]].concat()).collect()
}

#[test]
fn cross_validation_scores_as_scikit_learn_does() -> Result<()> {
    for case in of_kind("cross_validation") {
        let (x, y) = (tensor(&case["x"]), tensor(&case["y"]));
        let make = || Ok(LeastSquares(Vec::new()));
        let mut arguments = CrossValidation::new().cv(4);
        if let Some(name) = case["scoring"].as_str() {
            arguments = arguments.scoring(name);
        }
        let scores = cross_val_score(make, &x, &y, arguments)?;
        assert_close_values(&case["scoring"].to_string(), &scores, &numbers(&case["scores"]), CLOSE);
        let folds = KFold::new(4).shuffle(true).random_state(3);
        let predicted = cross_val_predict(make, &x, &y, CrossValidation::new().cv(folds))?;
        assert_close_values("predictions", &predicted.to_vec(), &tensor(&case["predicted"]).to_vec(), CLOSE);
    }
    Ok(())
}

/// Answers the class that a sample's only number says.
struct Says;

impl Estimator<Tensor> for Says {
    fn fit(&mut self, _: &Tensor, _: &Tensor) -> Result<()> {
        Ok(())
    }

    fn predict(&mut self, x: &Tensor) -> Result<Tensor> {
        Ok(x.clone())
    }

    fn is_classifier(&self) -> bool {
        true
    }

    fn predict_proba(&mut self, x: &Tensor) -> Result<Tensor> {
        let both: Vec<f64> = x.to_vec::<f64>().iter().flat_map(|p| [1.0 - p, *p]).collect();
        Ok(Tensor::new(both, [x.len(), 2])?)
    }
}

#[test]
fn classifiers_are_stratified_and_scored_by_accuracy() -> Result<()> {
    let y = Tensor::from([0, 0, 0, 0, 1, 1, 1, 1]);
    let x = Tensor::from([0, 0, 0, 1, 1, 1, 1, 1]);
    let scores = |arguments| cross_val_score(|| Ok(Says), &x, &y, arguments);
    assert_eq!(scores(CrossValidation::new().cv(2))?, [1.0, 0.75]);
    assert_eq!(scores(CrossValidation::new().cv(2).scoring("roc_auc"))?, [1.0, 0.75]);
    assert_eq!(scores(CrossValidation::new().cv(2).scoring("precision"))?, [1.0, 2.0 / 3.0]);
    Ok(())
}

#[test]
fn classifications_are_scored_the_same() -> Result<()> {
    for case in of_kind("classification") {
        let (y, answers) = (labels(&case["y_true"]), labels(&case["y_pred"]));
        assert_eq!(accuracy_score(&y, &answers)?, number(&case["accuracy"]));
        assert_eq!(confusion_matrix(&y, &answers)?, tensor(&case["confusion_matrix"]));
        let weighted =
            ConfusionMatrix::new().sample_weight(tensor(&case["sample_weight"])).of(&y, &answers)?;
        assert_close_values("weights", &weighted.to_vec(), &tensor(&case["weighted_matrix"]).to_vec(), CLOSE);
        for (name, normalize) in
            [("true", Normalize::True), ("pred", Normalize::Pred), ("all", Normalize::All)]
        {
            let got = ConfusionMatrix::new().normalize(normalize).of(&y, &answers)?;
            assert_close_values(name, &got.to_vec(), &tensor(&case["normalized"][name]).to_vec(), CLOSE);
        }
        let of_labels = ConfusionMatrix::new().labels(labels(&case["labels"])).of(&y, &answers)?;
        assert_eq!(of_labels, tensor(&case["of_labels"]));
        let averages = [
            ("micro", Average::Micro),
            ("macro", Average::Macro),
            ("weighted", Average::Weighted),
            ("binary", Average::Binary),
        ];
        for (name, average) in averages {
            let got = [
                precision_score(&y, &answers, average),
                recall_score(&y, &answers, average),
                f1_score(&y, &answers, average),
            ];
            for (got, score) in got.into_iter().zip(["precision", "recall", "f1"]) {
                match &case[score][name] {
                    Value::Null => assert!(got.is_err(), "{name} {score}"),
                    want => assert_close_values(&format!("{name} {score}"), &[got?], &[number(want)], CLOSE),
                }
            }
        }
        let by_class = precision_recall_fscore_support(&y, &answers)?;
        let wanted = |name: &str| optional_tensor(&case["by_class"][name]).unwrap().to_vec::<f64>();
        let got = |value: fn(&ClassScores) -> f64| by_class.iter().map(value).collect::<Vec<f64>>();
        assert_close_values("precision", &got(|s| s.precision), &wanted("precision"), CLOSE);
        assert_close_values("recall", &got(|s| s.recall), &wanted("recall"), CLOSE);
        assert_close_values("f1", &got(|s| s.f1_score), &wanted("f1"), CLOSE);
        assert_close_values("support", &got(|s| s.support as f64), &wanted("support"), CLOSE);
        let report = classification_report(&y, &answers)?;
        assert_eq!(
            report.to_string(),
            text(&case, "report").replace("False", "    0").replace("True", "   1")
        );
        if let Some(names) = case["target_names"].as_array() {
            let names = names.iter().map(|name| name.as_str().unwrap());
            assert_eq!(report.target_names(names).digits(4).to_string(), text(&case, "named_report"));
        }
    }
    Ok(())
}

#[test]
fn numbers_are_scored_the_same() -> Result<()> {
    for case in of_kind("regression") {
        let (y, answers) = (tensor(&case["y_true"]), tensor(&case["y_pred"]));
        let got = [
            r2_score(&y, &answers)?,
            mean_squared_error(&y, &answers)?,
            root_mean_squared_error(&y, &answers)?,
            mean_absolute_error(&y, &answers)?,
        ];
        let want = ["r2", "mse", "rmse", "mae"].map(|name| number(&case[name]));
        assert_close_values("scores", &got, &want, CLOSE);
    }
    for case in of_kind("roc_auc") {
        let area = roc_auc_score(tensor(&case["y_true"]), &tensor(&case["y_score"]))?;
        assert_close_values("area", &[area], &[number(&case["area"])], CLOSE);
    }
    Ok(())
}

#[test]
fn what_cannot_be_split_or_scored_is_said() {
    let y = Tensor::from([0, 0, 1, 1, 1]);
    let one = Data::from(["a", "b", "b"]);
    let text = |result: Result<String>| result.unwrap_err().to_string();
    let split = |splitter: &dyn Splitter, y: &Data| text(splitter.split_rows(y).map(|_| String::new()));
    let data = Data::from(&y);
    let indices = |arguments: TrainTestSplit, n| text(arguments.indices(n).map(|_| String::new()));
    let lines = [
        split(&KFold::new(1), &data),
        split(&KFold::new(6), &data),
        split(&StratifiedKFold::new(4), &data),
        split(&StratifiedShuffleSplit::new(1).test_size(0.5), &one),
        split(&ShuffleSplit::new(1).test_size(1.0), &data),
        indices(TrainTestSplit::new().test_size(5usize), 5),
        indices(TrainTestSplit::new().test_size(3usize).train_size(3usize), 5),
        indices(TrainTestSplit::new().test_size(0.6).train_size(0.5), 5),
        indices(TrainTestSplit::new().test_size(0.9), 1),
        indices(TrainTestSplit::new().stratify(&y).shuffle(false), 5),
        indices(TrainTestSplit::new().stratify(&y), 4),
        indices(TrainTestSplit::new().stratify(&y).test_size(1usize), 5),
        text(train_test_split(&y, &one, TrainTestSplit::new()).map(|_| String::new())),
        text(
            cross_val_score(|| Ok(Says), &y, &y, CrossValidation::new().scoring("r3")).map(|_| String::new()),
        ),
        text(
            cross_val_predict(|| Ok(Says), &y, &y, CrossValidation::new().cv(ShuffleSplit::new(2)))
                .map(|_| String::new()),
        ),
        text(accuracy_score(&y, &one).map(|_| String::new())),
        text(accuracy_score(&y, ["a", "b", "c", "d", "e"]).map(|_| String::new())),
        text(f1_score(&one, &one, Average::Binary).map(|_| String::new())),
        text(ConfusionMatrix::new().labels(["x"]).of(&one, &one).map(|_| String::new())),
        text(r2_score(&y, &Tensor::from([[1, 2], [3, 4]])).map(|_| String::new())),
        text(roc_auc_score(&y, &Tensor::from([[0.5, 0.5, 0.5]])).map(|_| String::new())),
        text(roc_auc_score(Tensor::from([1, 1]), &Tensor::from([0.5, 0.5])).map(|_| String::new())),
    ];
    insta::assert_snapshot!(lines.join("\n"));
}
