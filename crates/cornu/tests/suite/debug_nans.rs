//! `debug_nans`: the layer where numbers stop being numbers.

use cornu::layers::{Dense, Input};
use cornu::optimizers::SGD;
use cornu::{Compile, Fit, Model, Result, Sequential, Tensor};

/// Three layers of one weight each.
fn chain(weights: [f32; 3], rate: f64) -> Result<Model> {
    let dense = |name: &str| Dense::new(1).use_bias(false).name(name);
    let mut model = Sequential::new()
        .name("chain")
        .add(Input::new([1]).name("given"))
        .add(dense("first"))
        .add(dense("second"))
        .add(dense("third"));
    model.set_weights(&weights.map(|weight| Tensor::from([[weight]])))?;
    model.compile(Compile::new().optimizer(SGD::new(rate)).loss("mae"))?;
    Ok(model.into_model())
}

fn column(values: &[f32]) -> Result<Tensor> {
    Ok(Tensor::new(values.to_vec(), [values.len(), 1])?)
}

fn fit() -> Fit<'static> {
    Fit::new().epochs(2).batch_size(2).shuffle(false).verbose(0).debug_nans(true)
}

/// What went wrong, without the line.
#[track_caller]
fn said(result: Result<impl std::fmt::Debug>) -> String {
    let message = result.unwrap_err().to_string();
    let end = message.find("; added at").unwrap_or(message.len());
    assert!(message[end..].is_empty() || message[end..].contains("debug_nans.rs:"), "{message}");
    message[..end].to_owned()
}

#[test]
fn the_first_layer_that_overflows_is_named_and_the_step_is_taken_back() -> Result<()> {
    let mut model = chain([1.0, 1e30, 1.0], 1e-40)?;
    let (x, y) = (column(&[1.0, 1.0, 1.0, 1.0, 1.0, 1e10])?, column(&[0.0; 6])?);
    insta::assert_snapshot!(said(model.fit(&x, &y, fit())), @"layer `second` (Dense, units=1) is the first that gives infinity for sample 1 of the batch: the loss is infinity in batch 3 of epoch 1");
    assert_eq!(model.iterations()?, 2);
    assert_eq!(model.get_weights()?[1], Tensor::from([[1e30f32]]));
    let history = chain([1.0, 1e30, 1.0], 1e-40)?.fit(&x, &y, fit().debug_nans(false))?;
    assert!(history.get("loss").unwrap().iter().all(|loss| !loss.is_finite()));
    Ok(())
}

#[test]
fn data_and_losses_are_blamed_for_what_is_theirs() -> Result<()> {
    let (numbers, with_nan) = (column(&[1.0; 4])?, column(&[1.0, 1.0, 1.0, f32::NAN])?);
    let mut model = chain([1.0; 3], 0.0)?;
    insta::assert_snapshot!(said(model.fit(&with_nan, &numbers, fit())), @"layer `given` (InputLayer) is the first that gives NaN for sample 1 of the batch: the loss is NaN in batch 2 of epoch 1");
    insta::assert_snapshot!(said(model.fit(&numbers, &with_nan, fit())), @"the loss is NaN in batch 2 of epoch 1, while the outputs of all layers are finite: look at the loss, the targets, and the sample weights");
    Ok(())
}

#[test]
fn a_weight_that_overflowed_in_an_earlier_step_is_told() -> Result<()> {
    // The gradient of the first weight is the product of the others, 1e40.
    let mut model = chain([0.0, 1e20, 1e20], 1.0)?;
    let (x, y) = (column(&[1.0; 4])?, column(&[-1.0; 4])?);
    insta::assert_snapshot!(said(model.fit(&x, &y, fit())), @"layer `first` (Dense, units=1) is the first that gives infinity for sample 0 of the batch: the loss is infinity in batch 2 of epoch 1; its weight `first/kernel` is infinity since an earlier step: its gradients overflowed");
    Ok(())
}
