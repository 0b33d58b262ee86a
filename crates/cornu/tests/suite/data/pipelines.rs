//! Combinators against lists: whatever they are put together to, they give what a list would.

use cornu::data::{self, Batch, Cardinality, Dataset, Pipeline, Record, Shuffle};
use cornu::{Data, Result, StringTensor, Tensor};
use proptest::prelude::*;

/// An element: its shape and its numbers.
type Plain = (Vec<usize>, Vec<i64>);

/// What can stand in a pipeline.
#[derive(Debug, Clone)]
enum Stage {
    Batch(usize, bool),
    Unbatch,
    Take(usize),
    Skip(usize),
    Repeat(usize),
    Concatenate,
    Double,
    KeepSmall(i64),
    Prefetch(usize),
    Cache,
    Again,
}

fn stages() -> impl Strategy<Value = Vec<Stage>> {
    let stage = prop_oneof![
        (1..7usize, any::<bool>()).prop_map(|(size, drop)| Stage::Batch(size, drop)),
        Just(Stage::Unbatch),
        (0..30usize).prop_map(Stage::Take),
        (0..10usize).prop_map(Stage::Skip),
        (0..4usize).prop_map(Stage::Repeat),
        Just(Stage::Concatenate),
        Just(Stage::Double),
        (0..40i64).prop_map(Stage::KeepSmall),
        (0..5usize).prop_map(Stage::Prefetch),
        Just(Stage::Cache),
        Just(Stage::Again),
    ];
    proptest::collection::vec(stage, 0..8)
}

fn plain(record: &Record) -> Plain {
    let tensor = record.x.tensor().expect("one tensor");
    (tensor.shape().to_vec(), tensor.to_vec())
}

/// The stage, done to a dataset and to a list. `None` where it is an error for both.
fn apply(stage: &Stage, dataset: Pipeline, list: Vec<Plain>) -> Option<(Pipeline, Vec<Plain>)> {
    Some(match *stage {
        Stage::Batch(size, drop) => {
            let mut batches = Vec::new();
            for batch in list.chunks(size) {
                if batch.iter().any(|(shape, _)| *shape != batch[0].0) {
                    return None;
                }
                if drop && batch.len() < size {
                    continue;
                }
                let shape = [&[batch.len()], batch[0].0.as_slice()].concat();
                batches.push((shape, batch.iter().flat_map(|(_, values)| values.clone()).collect()));
            }
            (dataset.batch(Batch::new(size).drop_remainder(drop)), batches)
        }
        Stage::Unbatch => {
            let mut rows = Vec::new();
            for (shape, values) in list {
                let (count, row) = shape.split_first()?;
                let width: usize = row.iter().product();
                rows.extend(
                    (0..*count).map(|at| (row.to_vec(), values[at * width..(at + 1) * width].to_vec())),
                );
            }
            (dataset.unbatch(), rows)
        }
        Stage::Take(count) => (dataset.take(count), list.into_iter().take(count).collect()),
        Stage::Skip(count) => (dataset.skip(count), list.into_iter().skip(count).collect()),
        Stage::Repeat(count) => (dataset.repeat(count), (0..count).flat_map(|_| list.clone()).collect()),
        Stage::Concatenate => {
            let more = data::range(100..103);
            (
                dataset.concatenate(more),
                list.into_iter().chain((100..103).map(|v| (vec![], vec![v]))).collect(),
            )
        }
        Stage::Double => {
            let double = |record: Record| {
                let tensor = record.x.tensor().expect("one tensor");
                let values: Vec<i64> = tensor.to_vec::<i64>().iter().map(|value| value * 2).collect();
                Ok(Tensor::new(values, tensor.shape())?.into())
            };
            let list =
                list.into_iter().map(|(shape, values)| (shape, values.iter().map(|v| v * 2).collect()));
            (dataset.map(double), list.collect())
        }
        Stage::KeepSmall(most) => {
            let small = move |values: &[i64]| values.iter().sum::<i64>() <= most;
            let dataset = dataset.filter(move |record| Ok(small(&plain(record).1)));
            (dataset, list.into_iter().filter(|(_, values)| small(values)).collect())
        }
        Stage::Prefetch(size) => (dataset.prefetch(size), list),
        Stage::Cache => (dataset.cache(), list),
        // A cached pass, half of a pass: what was seen before changes nothing.
        Stage::Again => {
            let mut records = dataset.iter();
            records.by_ref().take(list.len() / 2).for_each(drop);
            (dataset, list)
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pipelines_give_what_lists_would(length in 0..25i64, stages in stages()) {
        let mut dataset = data::range(0..length);
        let mut list: Vec<Plain> = (0..length).map(|value| (vec![], vec![value])).collect();
        for stage in &stages {
            match apply(stage, dataset.clone(), list) {
                Some(next) => (dataset, list) = next,
                // Elements of two shapes, or rows of single numbers.
                None => {
                    let broken = match stage {
                        Stage::Unbatch => dataset.unbatch(),
                        Stage::Batch(size, drop) => dataset.batch(Batch::new(*size).drop_remainder(*drop)),
                        other => panic!("{other:?} is no error"),
                    };
                    prop_assert!(broken.iter().any(|record| record.is_err()));
                    return Ok(());
                }
            }
        }
        for pass in [0, 1] {
            let got: Vec<Plain> = dataset.pass(pass).map(|record| plain(&record.unwrap())).collect();
            prop_assert_eq!(&got, &list);
        }
        if let Cardinality::Known(count) = dataset.cardinality() {
            prop_assert_eq!(count, list.len());
        }
        if let Some(spec) = dataset.element_spec() {
            for (shape, _) in &list {
                let spec = spec.x.only().expect("one tensor");
                prop_assert!(spec.shape.accepts(&cornu::Shape::known(shape)), "{:?} {:?}", spec, shape);
            }
        }
    }

    #[test]
    fn a_shuffle_gives_each_element_once_and_none_too_early(
        length in 0..60i64,
        buffer in 1..70usize,
        batch in 1..9usize,
        seed in 0..5u64,
    ) {
        let order = |batch: usize, pass: u64| {
            let dataset = data::range(0..length).shuffle(Shuffle::new(buffer).seed(seed)).batch(batch);
            dataset.pass(pass).flat_map(|record| plain(&record.unwrap()).1).collect::<Vec<i64>>()
        };
        let got = order(batch, 3);
        // The order does not follow from how many are asked for at a time.
        prop_assert_eq!(&got, &order(1, 3));
        for (at, value) in got.iter().enumerate() {
            prop_assert!(*value < (at + buffer) as i64, "{value} at {at}");
        }
        let mut sorted = got.clone();
        sorted.sort();
        prop_assert!(sorted.into_iter().eq(0..length));
        if length > 20 && buffer > 5 {
            prop_assert_ne!(got, order(batch, 4));
        }
    }
}

#[test]
fn a_shuffle_is_uniform() {
    // Where the first of four elements ends up, over many passes.
    let dataset = data::range(0..4).shuffle(Shuffle::new(4).seed(11));
    let mut counts = [0; 4];
    for pass in 0..4000 {
        counts[dataset.pass(pass).position(|record| plain(&record.unwrap()).1 == [0]).unwrap()] += 1;
    }
    // Four standard deviations around 1000.
    assert!(counts.iter().all(|count| (890..1110).contains(count)), "{counts:?}");
}

#[test]
fn a_shuffle_that_is_not_done_anew_repeats_its_order() {
    let order = |anew: bool| {
        let shuffled =
            data::range(0..50).shuffle(Shuffle::new(50).seed(1).reshuffle_each_iteration(anew)).repeat(2);
        shuffled.iter().map(|record| plain(&record.unwrap()).1[0]).collect::<Vec<i64>>()
    };
    let (fixed, fresh) = (order(false), order(true));
    assert_eq!(fixed[..50], fixed[50..]);
    assert_ne!(fresh[..50], fresh[50..]);
    // Before `repeat`, a pass ends before the next begins.
    let mut first = fresh[..50].to_vec();
    first.sort();
    assert!(first.into_iter().eq(0..50));
}

#[test]
fn cardinalities_are_those_of_tf_data() {
    use Cardinality::{Infinite, Known, Unknown};
    let ten = || data::range(0..10);
    let unknown = || ten().filter(|_| Ok(true));
    let forever = || ten().repeat_forever();
    let cases = [
        (ten().batch(3), Known(4)),
        (ten().batch(Batch::new(3).drop_remainder(true)), Known(3)),
        (ten().batch(Batch::new(3).drop_remainder(true)).unbatch(), Known(9)),
        (ten().batch(3).unbatch(), Unknown),
        (unknown().batch(3), Unknown),
        (forever().batch(3), Infinite),
        (forever().take(7), Known(7)),
        (unknown().take(7), Unknown),
        (forever().skip(3), Infinite),
        (ten().skip(30), Known(0)),
        (ten().repeat(3), Known(30)),
        (ten().repeat(0), Known(0)),
        (unknown().repeat(0), Known(0)),
        (forever().repeat(0), Known(0)),
        (unknown().repeat_forever(), Infinite),
        (ten().take(0).repeat_forever(), Known(0)),
        (ten().zip(forever()), Known(10)),
        (forever().zip(forever()), Infinite),
        (ten().zip(unknown()), Unknown),
        (ten().concatenate(forever()), Infinite),
        (unknown().concatenate(forever()), Infinite),
        (ten().concatenate(unknown()), Unknown),
        (ten().map(Ok).shuffle(5).cache().prefetch(1).enumerate(), Known(10)),
    ];
    for (at, (dataset, want)) in cases.into_iter().enumerate() {
        assert_eq!(dataset.cardinality(), want, "case {at}");
    }
    // A cache knows in the end.
    let cached = unknown().cache();
    assert_eq!((cached.cardinality(), cached.iter().count(), cached.cardinality()), (Unknown, 10, Known(10)));
}

#[test]
fn strings_and_named_fields_go_through_all_of_it() -> Result<()> {
    let cities = StringTensor::from(["Oslo", "Paris", "Rome", "Bern", "Riga"]);
    let fields =
        data::Fields::from([("age", Data::from(Tensor::from([1i64, 2, 3, 4, 5]))), ("city", cities.into())]);
    let rows = data::from_tensor_slices((fields, Tensor::from([0.1f32, 0.2, 0.3, 0.4, 0.5])))?;
    let batches = rows.clone().filter(|_| Ok(true)).batch(2).prefetch(2);
    let last = batches.iter().last().expect("three batches")?;
    assert_eq!(last.x.get("city"), Some(&Data::from(["Riga"])));
    let mixed = rows.shuffle(Shuffle::new(3).seed(4)).batch(3);
    let mut pairs: Vec<(i64, String)> = Vec::new();
    for batch in mixed.iter() {
        let batch = batch?;
        let ages: Vec<i64> = batch.x.get("age").and_then(Data::tensor).unwrap().to_vec();
        let cities = batch.x.get("city").and_then(Data::strings).unwrap().as_slice().to_vec();
        pairs.extend(ages.into_iter().zip(cities));
    }
    pairs.sort();
    let want = ["Oslo", "Paris", "Rome", "Bern", "Riga"];
    assert!(pairs.into_iter().eq((1..).zip(want.map(str::to_owned))));
    Ok(())
}

#[test]
fn elements_of_several_lengths_can_be_shuffled_and_padded() -> Result<()> {
    let sentences = data::from_iter((0..40).map(|length| Tensor::full([length % 7], length as i64)));
    let padded = sentences.shuffle(Shuffle::new(10).seed(2)).map(|record| {
        let mut values: Vec<i64> = record.x.tensor().map(Tensor::to_vec).unwrap_or_default();
        values.resize(7, -1);
        Ok(Tensor::from(values).into())
    });
    let mut lengths = Vec::new();
    for batch in padded.batch(8).iter() {
        let values = plain(&batch?).1;
        lengths.extend(values.chunks(7).map(|row| row.iter().filter(|value| **value >= 0).count()));
    }
    lengths.sort();
    let mut want: Vec<usize> = (0..40).map(|length| length % 7).collect();
    want.sort();
    assert_eq!(lengths, want);
    Ok(())
}

#[test]
fn nothing_is_asked_for_that_nobody_wants() {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = asked.clone();
    let numbers = data::from_generator(move || {
        let counter = counter.clone();
        (0i64..).map(move |value| {
            counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok::<_, cornu::Error>(Tensor::scalar(value))
        })
    });
    assert_eq!(numbers.take(5).batch(2).iter().count(), 3);
    assert_eq!(asked.load(std::sync::atomic::Ordering::Relaxed), 5);
}

#[test]
fn what_is_wrong_is_said() {
    let first = |dataset: Pipeline| dataset.iter().find_map(Result::err).expect("an error").to_string();
    let shapes = data::from_iter([3usize, 3, 2].map(|length| Tensor::full([length], 0.0f32)));
    let (x, y) = (Tensor::from([1.0f32, 2.0]), Tensor::from([1i64, 2, 3]));
    let said = [
        first(data::range(0..3).batch(0)),
        first(data::range(0..3).shuffle(0)),
        first(shapes.batch(3)),
        first(data::range(0..3).unbatch()),
        first(data::range(0..3).map(|record| match record.x.tensor().and_then(Tensor::item) {
            Some(1.0) => Err(cornu::Error::data("one is not wanted")),
            _ => Ok(record),
        })),
        first(data::range(0..3).zip(data::range(0..3)).zip(data::range(0..3))),
        data::from_tensor_slices((&x, &y)).unwrap_err().to_string(),
        data::from_tensor_slices(Tensor::scalar(1.0f32)).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(said.join("\n"), @r"
    batch_size: must be at least 1, got 0
    buffer_size: of `shuffle` must be at least 1, got 0
    element 2 of `batch` has `x` of float32 (2,) where others have float32 (3,): `map` them to one shape before
    element 0 of `unbatch`: `x` is a single number: it has no rows to go through
    element 1 of `map`: one is not wanted
    `zip` takes the inputs of both datasets, but one has targets, too: join them by `zip_with`
    `y` has 3 rows, `x` 2
    `x` is a single number: it has no rows to go through
    ");
}
