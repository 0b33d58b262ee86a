//! What the real tf.data and Keras gave for the same pipelines, series, folders and epochs.

use std::path::PathBuf;

use cornu::data::{
    self, Batch, Cardinality, Dataset, LabelMode, Labels, Pipeline, Subset, TextFolder, Timeseries,
    text_dataset_from_directory, timeseries_dataset_from_array,
};
use cornu::{Data, Result, Tensor};
use serde_json::Value;

use crate::common::{cases, numbers, object, text};
use crate::data::training::seen_by_epoch;

fn of_kind(kind: &str) -> impl Iterator<Item = Value> {
    let kind = kind.to_owned();
    cases("data.json").into_iter().filter(move |case| text(case, "kind") == kind)
}

fn whole(value: &Value) -> usize {
    value.as_u64().expect("a whole number") as usize
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

fn apply(dataset: Pipeline, stage: &str, count: usize) -> Pipeline {
    match stage {
        "batch" => dataset.batch(count),
        "batch_drop" => dataset.batch(Batch::new(count).drop_remainder(true)),
        "unbatch" => dataset.unbatch(),
        "take" => dataset.take(count),
        "skip" => dataset.skip(count),
        "repeat" => dataset.repeat(count),
        "concatenate" => dataset.clone().concatenate(dataset.take(count)),
        "small" => dataset.filter(move |record| {
            let values: Vec<i64> = record.x.tensor().map(Tensor::to_vec).unwrap_or_default();
            Ok(values.iter().sum::<i64>() < 10 * count as i64)
        }),
        other => panic!("no stage `{other}`"),
    }
}

#[test]
fn pipelines_give_what_those_of_tf_data_give() -> Result<()> {
    for case in of_kind("pipeline") {
        let mut dataset = data::range(0..whole(&case["length"]) as i64);
        for stage in case["stages"].as_array().expect("stages") {
            dataset = apply(dataset, stage[0].as_str().expect("a name"), whole(&stage[1]));
        }
        let cardinality = match case["cardinality"].as_i64().expect("a number") {
            -1 => Cardinality::Infinite,
            -2 => Cardinality::Unknown,
            count => Cardinality::Known(count as usize),
        };
        assert_eq!(dataset.cardinality(), cardinality, "{case}");
        let mut elements = Vec::new();
        for record in dataset.iter() {
            elements.push(record?.x.tensor().expect("numbers").to_vec::<f64>());
        }
        let want: Vec<Vec<f64>> =
            case["elements"].as_array().expect("elements").iter().map(numbers).collect();
        assert_eq!(elements, want, "{case}");
    }
    Ok(())
}

#[test]
fn windows_are_those_of_keras() -> Result<()> {
    let series = Tensor::new((0..40).map(|v| v as f32).collect::<Vec<_>>(), [20, 2])?;
    for case in of_kind("windows") {
        let given = object(&case, "args");
        let mut arguments = Timeseries::new(whole(&given["sequence_length"]));
        for (name, value) in &given {
            arguments = match name.as_str() {
                "sequence_length" => arguments,
                "sequence_stride" => arguments.sequence_stride(whole(value)),
                "sampling_rate" => arguments.sampling_rate(whole(value)),
                "batch_size" => arguments.batch_size(value.as_u64().map(|size| size as usize)),
                "start_index" => arguments.start_index(whole(value)),
                "end_index" => arguments.end_index(whole(value)),
                other => panic!("no argument `{other}`"),
            };
        }
        let targets = (!case["targets"].is_null()).then(|| Tensor::from(numbers(&case["targets"])));
        let dataset = timeseries_dataset_from_array(&series, targets.as_ref(), arguments)?;
        let (mut x, mut y, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
        for record in dataset.iter() {
            let record = record?;
            let batch = record.x.tensor().expect("numbers");
            x.extend(batch.to_vec::<f64>());
            shapes.push(batch.shape().iter().map(|length| *length as f64).collect::<Vec<f64>>());
            y.extend(record.y.tensor().map(Tensor::to_vec::<f64>).unwrap_or_default());
        }
        let want: Vec<Vec<f64>> = case["shapes"].as_array().expect("shapes").iter().map(numbers).collect();
        assert_eq!((shapes, x), (want, numbers(&case["x"])), "{case}");
        if targets.is_some() {
            assert_eq!(y, numbers(&case["y"]), "{case}");
        }
    }
    Ok(())
}

#[test]
fn files_of_folders_fall_where_they_fall_in_keras() -> Result<()> {
    let root: PathBuf = std::env::temp_dir().join(format!("cornu-folder-{}", std::process::id()));
    for case in of_kind("folder") {
        for name in texts(&case["files"]) {
            let path = root.join(&name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("making a folder");
            std::fs::write(path, name).expect("writing a file");
        }
        let mut folder = TextFolder::new(&root).batch_size(None);
        for (name, value) in object(&case, "args") {
            folder = match name.as_str() {
                "shuffle" => folder.shuffle(value.as_bool().expect("a truth value")),
                "seed" => folder.seed(whole(&value) as u32),
                "validation_split" => folder.validation_split(value.as_f64().expect("a number")),
                "subset" if value == "training" => folder.subset(Subset::Training),
                "subset" => folder.subset(Subset::Validation),
                "class_names" => folder.class_names(texts(&value)),
                "labels" => folder.labels(Labels::None),
                other => panic!("no argument `{other}`"),
            };
        }
        let dataset = text_dataset_from_directory(folder)?;
        let prefix = format!("{}/", root.display());
        let paths: Vec<&str> =
            dataset.file_paths.iter().filter_map(|path| path.strip_prefix(&prefix)).collect();
        assert_eq!(paths, texts(&case["paths"]), "{case}");
        assert_eq!(dataset.class_names, texts(&case["class_names"]), "{case}");
        // Each text, which is its own path, with its label, in whatever order.
        let mut got = Vec::new();
        for record in dataset.iter() {
            let record = record?;
            let text = record.x.strings().map(|text| text.as_slice()[0].clone()).unwrap_or_default();
            got.push((text, record.y.tensor().and_then(Tensor::item)));
        }
        got.sort_by(|a, b| a.0.cmp(&b.0));
        let labels = case["labels"].as_array();
        let label = |at: usize| labels.map(|labels| labels[at].as_f64().expect("a number"));
        let mut want: Vec<_> =
            texts(&case["paths"]).into_iter().enumerate().map(|(at, path)| (path, label(at))).collect();
        want.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(got, want, "{case}");
    }
    let hot = TextFolder::new(&root).class_names(["b", "many"]).shuffle(false).batch_size(19);
    let batch = |mode| -> Result<Vec<f32>> {
        let dataset = text_dataset_from_directory(hot.clone().label_mode(mode))?;
        let batch = dataset.iter().next().expect("a batch")?;
        Ok(batch.y.tensor().map(Tensor::to_vec).unwrap_or_default())
    };
    assert_eq!(batch(LabelMode::Categorical)?[..10], [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(batch(LabelMode::Binary)?[..5], [0.0, 0.0, 0.0, 0.0, 1.0]);
    let cut = text_dataset_from_directory(hot.labels(Labels::None).max_length(3).class_names::<String>([]))
        .map(|_| ())
        .unwrap_err();
    insta::assert_snapshot!(cut, @"class_names: is for inferred labels");
    let cut = TextFolder::new(root.join("a")).labels(Labels::None).max_length(4).shuffle(false);
    let first = text_dataset_from_directory(cut)?.iter().next().expect("a batch")?;
    assert_eq!(first.x.only(), Some(&Data::from(["a/.h", "a/x."])));
    std::fs::remove_dir_all(root).expect("cleaning up");
    Ok(())
}

#[test]
fn epochs_see_the_batches_they_see_in_keras() -> Result<()> {
    let column = Tensor::new((0..7).map(|v| v as f32).collect::<Vec<_>>(), [7, 1])?;
    // Where Keras does not know that a pass is over, it has an epoch without any batch after it; here the next pass begins.
    let empty = |case: &Value| case["seen"][1].as_array().is_some_and(Vec::is_empty);
    for case in of_kind("epochs").filter(|case| !empty(case)) {
        let mut dataset = data::from_tensor_slices((&column, &column))?.batch(1);
        if case["known"] == false {
            dataset = dataset.filter(|_| Ok(true));
        }
        if case["forever"] == true {
            dataset = dataset.repeat_forever();
        }
        let steps = case["steps"].as_u64().map(|steps| steps as usize);
        let got = seen_by_epoch(&dataset, 4, steps)?;
        let want: Vec<Vec<f32>> = case["seen"]
            .as_array()
            .expect("epochs")
            .iter()
            .map(|epoch| numbers(epoch).into_iter().map(|value| value as f32).collect())
            .collect();
        assert_eq!(got, want, "{case}");
    }
    Ok(())
}
