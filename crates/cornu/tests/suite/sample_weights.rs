//! What training refuses of sample weights, and optimizers whose periods are counted in the compiled step.

use cornu::layers::{Dense, Input};
use cornu::optimizers::SGD;
use cornu::{Compile, Fit, Result, Sequential, Tensor};

#[test]
fn one_weight_a_sample_does_not_fit_losses_of_positions() -> Result<()> {
    let mut model = Sequential::new().add(Input::new([2, 3])).add(Dense::new(1).name("out"));
    model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    // As many samples as positions: repeated silently, these weights would land on the wrong axis.
    let (x, y) = (Tensor::full([2, 2, 3], 1.0f32), Tensor::full([2, 2, 1], 1.0f32));
    let weights = Tensor::from([1.0f32, 0.0]);
    let error = model.fit(&x, &y, Fit::new().verbose(0).sample_weight(&weights)).unwrap_err();
    insta::assert_snapshot!(error, @"loss `mean_squared_error` of output `out` wants sample weights of shape (None, 2) or (None, 1), got (None,)");
    Ok(())
}

/// The weight of a one-weight model after so many steps of gradient descent on `w -> 0`, rate 0.1.
fn after(optimizer: SGD, steps: usize) -> Result<f32> {
    let mut model =
        Sequential::new().add(Input::new([1])).add(Dense::new(1).use_bias(false).kernel_initializer("ones"));
    model.compile(Compile::new().optimizer(optimizer).loss("mse"))?;
    let (x, y) = (Tensor::from([[1.0f32]]), Tensor::from([[0.0f32]]));
    for _ in 0..steps {
        model.train_on_batch(&x, &y)?;
    }
    Ok(model.get_weights()?[0].to_vec::<f32>()[0])
}

#[test]
fn accumulated_gradients_are_applied_when_due() -> Result<()> {
    let accumulating = || SGD::new(0.1).gradient_accumulation_steps(3);
    assert_eq!(after(accumulating(), 2)?, 1.0);
    // Three equal gradients of 2w, averaged.
    assert!((after(accumulating(), 3)? - 0.8).abs() < 1e-6);
    assert!((after(accumulating(), 6)? - 0.64).abs() < 1e-6);
    Ok(())
}

#[test]
fn the_average_overwrites_the_weight_when_due() -> Result<()> {
    let averaging = || SGD::new(0.1).use_ema(true).ema_momentum(0.5).ema_overwrite_frequency(2);
    assert!((after(averaging(), 1)? - 0.8).abs() < 1e-6);
    // After step 2 the weight is 0.64 and the average 0.5 * 0.8 + 0.5 * 0.64.
    assert!((after(averaging(), 2)? - 0.72).abs() < 1e-6);
    Ok(())
}
