//! What happens on the thread that makes elements ahead, and how it ends.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use cornu::data::{self, Dataset};
use cornu::layers::{Dense, Input};
use cornu::{Compile, Error, Fit, Result, Sequential, Tensor};

/// Waits until nobody but the caller holds a mark, which fails where that never happens.
fn gone(mark: &Arc<()>) -> bool {
    (0..1000).any(|_| {
        std::thread::sleep(Duration::from_millis(5));
        Arc::strong_count(mark) == 1
    })
}

#[test]
fn a_thread_ends_with_its_pass() {
    let mark = Arc::new(());
    let held = mark.clone();
    let forever = data::from_generator(move || {
        let held = held.clone();
        (0i64..).map(move |value| {
            let _held = &held;
            Ok::<_, Error>(Tensor::scalar(value))
        })
    })
    .prefetch(3);
    let mut passes: Vec<_> = (0..4).map(|pass| forever.pass(pass)).collect();
    for pass in &mut passes {
        assert_eq!(pass.by_ref().take(10).filter(|record| record.is_ok()).count(), 10);
    }
    drop(passes);
    drop(forever);
    assert!(gone(&mark), "a thread goes on after its pass was dropped");
}

#[test]
fn dropping_a_pass_does_not_wait_for_a_source_that_does_not_come() {
    let (sender, receiver) = mpsc::channel::<()>();
    let receiver = Arc::new(std::sync::Mutex::new(receiver));
    let stuck = data::from_generator(move || {
        let receiver = receiver.clone();
        (0i64..).map(move |value| {
            if value == 2 {
                let _ = receiver.lock().map(|receiver| receiver.recv());
            }
            Ok::<_, Error>(Tensor::scalar(value))
        })
    })
    .prefetch(4);
    let mut pass = stuck.iter();
    assert!(pass.next().is_some_and(|record| record.is_ok()));
    drop(pass);
    drop(sender);
}

#[test]
fn errors_and_panics_of_a_thread_reach_the_training() -> Result<()> {
    let model = || -> Result<_> {
        let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1)).into_model();
        model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
        Ok(model)
    };
    let samples = |panics: bool| {
        data::range(0..100)
            .map(move |record| {
                let value = record.x.tensor().and_then(Tensor::item).unwrap_or_default();
                assert!(!(panics && value == 37.0), "the file has lost its row {value}");
                if value == 37.0 {
                    return Err(Error::file("rows.txt", "row 37 is no number"));
                }
                let value = Tensor::from([value as f32]);
                Ok((&value, &value).into())
            })
            .batch(8)
            .prefetch(2)
    };
    let mut said = Vec::new();
    for panics in [false, true] {
        said.push(model()?.fit(&samples(panics), (), Fit::new().verbose(0)).unwrap_err().to_string());
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    element 37 of `map`: rows.txt: row 37 is no number
    element 37 of `map`: panicked: the file has lost its row 37
    ");
    Ok(())
}

#[test]
fn a_panic_in_a_dataset_of_ones_own_is_an_error() {
    struct Broken;
    impl Dataset for Broken {
        fn begin(&self, _pass: u64) -> Result<Box<dyn data::Elements>> {
            Ok(data::elements((0..3).map(|value| {
                assert!(value < 2, "no more than {value}");
                Ok(Tensor::scalar(value).into())
            })))
        }
    }
    let said = Broken.prefetch(1).iter().find_map(Result::err).expect("an error");
    insta::assert_snapshot!(said, @"`a dataset` panicked: no more than 2");
}
