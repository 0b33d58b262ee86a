//! Scalers, encoders and imputers make what scikit-learn's make.

use cornu::data::{Column, Table};
use cornu::preprocessing::*;
use cornu::{DType, Result, Tensor};
use serde_json::{Value, json};

use crate::common::{assert_close, assert_close_values, cases, numbers, tensor, text};

const CLOSE: f64 = 1e-9;

fn column(value: &Value) -> Column {
    if let Some(words) = value["strings"].as_array() {
        return Column::Strings(words.iter().map(|word| word.as_str().map(String::from)).collect());
    }
    match value["ints"].as_array() {
        Some(ints) => Column::Ints(ints.iter().map(|int| int.as_i64().unwrap()).collect()),
        None => Column::Floats(numbers(&value["floats"])),
    }
}

fn names(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn table(value: &Value) -> Table {
    let columns = value["columns"].as_array().unwrap().iter().map(column);
    Table::new(names(&value["names"]).into_iter().zip(columns)).unwrap()
}

/// A transformer whose config has the arguments of a case: they are scikit-learn's own.
fn with_arguments(transformer: &dyn Transformer, args: &Value) -> Box<dyn Transformer> {
    let mut config = transformer.config().unwrap();
    for (name, value) in args.as_object().unwrap() {
        let value = match (name.as_str(), value) {
            // A size says whether it counts or is a part.
            ("min_frequency" | "min_df", value) if value.is_u64() => json!({"count": value}),
            ("min_frequency" | "min_df", value) => json!({"part": value}),
            // One argument stands for two of scikit-learn's here.
            ("handle_unknown", value) if value == "use_encoded_value" => continue,
            (_, value) => value.clone(),
        };
        assert!(config.get(name).is_some(), "no argument {name} in {config}");
        config[name] = value;
    }
    serde_json::from_value(json!({"class_name": transformer.class_name(), "config": config})).unwrap()
}

fn made(case: &Value) -> Box<dyn Transformer> {
    let plain: Box<dyn Transformer> = match text(case, "name") {
        "StandardScaler" => Box::new(StandardScaler::new()),
        "MinMaxScaler" => Box::new(MinMaxScaler::new()),
        "MaxAbsScaler" => Box::new(MaxAbsScaler::new()),
        "RobustScaler" => Box::new(RobustScaler::new()),
        "Normalizer" => Box::new(Normalizer::new()),
        "OneHotEncoder" => Box::new(OneHotEncoder::new()),
        "OrdinalEncoder" => Box::new(OrdinalEncoder::new()),
        "SimpleImputer" => Box::new(SimpleImputer::new()),
        "TfidfVectorizer" => Box::new(TfidfVectorizer::new()),
        "ColumnTransformer" => {
            let fill = SimpleImputer::new().strategy(Strategy::Median).add_indicator(true);
            Box::new(
                ColumnTransformer::new()
                    .transformer(
                        "num",
                        Pipeline::new().step("fill", fill).step("scale", StandardScaler::new()),
                        ["b", "a"],
                    )
                    .transformer("cat", OneHotEncoder::new().handle_unknown(HandleUnknown::Ignore), ["city"])
                    .passthrough("kept", ["count"]),
            )
        }
        other => panic!("no {other}"),
    };
    with_arguments(plain.as_ref(), &case["args"])
}

/// The transformer as it comes back from JSON text.
fn through_json(transformer: &(dyn Transformer + 'static)) -> Box<dyn Transformer> {
    serde_json::from_str(&serde_json::to_string(transformer).unwrap()).unwrap()
}

#[test]
fn tables_become_what_scikit_learn_makes_of_them() -> Result<()> {
    let all = cases("scikit_transformers.json");
    for case in all.iter().filter(|case| case["train"].is_object()) {
        let what = format!("{} {}", case["name"], case["args"]);
        let mut transformer = made(case);
        transformer.fit_table(&table(&case["train"]))?;
        let transformer = through_json(transformer.as_ref());
        for output in case["outputs"].as_array().unwrap() {
            let got = transformer.transform_table(&table(&output["x"]))?;
            assert_eq!(got.names().collect::<Vec<_>>(), names(&output["names"]), "{what}");
            if let Some(columns) = output["columns"].as_array() {
                assert!(
                    got.columns().map(|(_, column)| column.clone()).eq(columns.iter().map(column)),
                    "{what}"
                );
                continue;
            }
            assert_close(&what, &got.to_tensor()?, &tensor(&output["y"]), CLOSE);
            if !output["inverse"].is_null() {
                let back = transformer.inverse_transform_table(&got)?.to_tensor()?;
                assert_close(&format!("{what} inverse"), &back, &tensor(&output["inverse"]), CLOSE);
            }
        }
    }
    Ok(())
}

#[test]
fn texts_become_weights_of_words() -> Result<()> {
    for case in cases("scikit_transformers.json").iter().filter(|case| case["texts"].is_array()) {
        let texts = names(&case["texts"]).into_iter().map(Some).collect();
        let x = Table::new([("t", Column::Strings(texts))])?;
        let mut transformer = made(case);
        transformer.fit_table(&x)?;
        let got = through_json(transformer.as_ref()).transform_table(&x)?;
        let words: Vec<String> = names(&case["words"]).iter().map(|word| format!("t_{word}")).collect();
        assert_eq!(got.names().collect::<Vec<_>>(), words, "{}", case["args"]);
        assert_close(&case["args"].to_string(), &got.to_tensor()?, &tensor(&case["y"]), CLOSE);
    }
    Ok(())
}

#[test]
fn tensors_stay_tensors_of_their_type() -> Result<()> {
    let x = Tensor::from([[1.0f32, 5.0], [3.0, f32::NAN], [5.0, 9.0]]);
    let mut scaler = StandardScaler::new();
    let scaled = scaler.fit_transform(&x)?;
    assert_eq!((scaled.dtype(), scaled.shape()), (DType::F32, &[3, 2][..]));
    assert_close_values(
        "missing stays",
        &scaled.to_vec(),
        &[-1.2247448, -1.0, 0.0, f64::NAN, 1.2247448, 1.0],
        1e-6,
    );
    assert_eq!(scaler.fit_transform(&x.cast(DType::F64))?.dtype(), DType::F64);
    assert_eq!((scaler.mean()?, scaler.scale()?[1]), (vec![3.0, 7.0], 2.0));
    let wide = scaler.transform(&Tensor::from([[1.0f32, 2.0, 3.0]])).unwrap_err();
    assert_eq!(wide.to_string(), "StandardScaler: was fitted to 2 columns, got 3");
    Ok(())
}

#[test]
fn columns_go_by_name() -> Result<()> {
    let train = Table::new([("a", Column::from([1.0, 3.0])), ("b", Column::from([0.0, 10.0]))])?;
    let mut scaler = StandardScaler::new();
    scaler.fit(&train)?;
    let other =
        Table::new([("b", Column::from([10.0])), ("c", Column::from(["x"])), ("a", Column::from([3.0]))])?;
    assert_eq!(scaler.transform(&other)?, scaler.transform(&train.take(&[1])?)?);
    Ok(())
}

#[test]
fn what_does_not_suit_is_said() -> Result<()> {
    let city = Table::new([("city", Column::from([Some("Oslo"), Some("3"), None]))])?;
    let rome = Table::new([("city", Column::from(["Rome"]))])?;
    let mut encoder = OneHotEncoder::new();
    encoder.fit(&city)?;
    let mut lossy = MinMaxScaler::new().feature_range(1.0, 1.0);
    let of = |result: Result<Table>| result.unwrap_err().to_string();
    let mut pipeline = Pipeline::new().step("scale", StandardScaler::new());
    let mut missing = ColumnTransformer::new().transformer("n", StandardScaler::new(), ["age"]);
    let mut outside = ColumnTransformer::new().transformer("n", StandardScaler::new(), [4usize]);
    let mut constant = SimpleImputer::new().strategy(Strategy::Constant).fill_value(3);
    let lines = [
        of(StandardScaler::new().transform(&city)),
        of(StandardScaler::new().fit_transform(&city)),
        of(encoder.transform(&rome)),
        of(encoder.inverse_transform(&rome)),
        of(encoder.transform(&Table::new([("town", Column::from(["Rome"]))])?)),
        of(lossy.fit_transform(&city)),
        of(pipeline.fit_transform(&city)),
        of(missing.fit_transform(&city)),
        of(outside.fit_transform(&city)),
        of(constant.fit_transform(&city)),
        of(TfidfVectorizer::new().min_df(9usize).fit_transform(&city)),
        LabelEncoder::new().transform(["a"]).unwrap_err().to_string(),
        serde_json::from_value::<Box<dyn Transformer>>(json!({"class_name": "StandartScaler", "config": {}}))
            .unwrap_err()
            .to_string(),
        serde_json::from_value::<Box<dyn Transformer>>(
            json!({"class_name": "Pipeline", "config": {"steps": 3}}),
        )
        .unwrap_err()
        .to_string(),
    ];
    insta::assert_snapshot!(lines.join("\n"));
    Ok(())
}

#[test]
fn labels_are_numbered() -> Result<()> {
    let mut encoder = LabelEncoder::new();
    assert_eq!(encoder.fit_transform(Tensor::from([30i64, 10, 30]))?, Tensor::from([1i64, 0, 1]));
    assert_eq!(encoder.classes()?, [Cell::Int(10), Cell::Int(30)]);
    let error = encoder.transform(Tensor::from([20i64])).unwrap_err().to_string();
    assert_eq!(error, "LabelEncoder: `20` is none of the classes 10, 30");
    assert!(encoder.inverse_transform(&Tensor::from([2i64])).is_err());
    let mut binarizer = LabelBinarizer::new().neg_label(-1).pos_label(2);
    let y = binarizer.fit_transform(["b", "a", "c"])?;
    assert_eq!(y, Tensor::from([[-1i64, 2, -1], [2, -1, -1], [-1, -1, 2]]));
    Ok(())
}
