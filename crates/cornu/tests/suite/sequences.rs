//! Sequences of open length: one model, many lengths.

use cornu::layers::{Dense, GRU, Input, LSTM, Masking};
use cornu::{Compile, Dim, Model, Predict, Result, Sequential, Tensor};

fn recurrent(steps: Dim) -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([steps, Some(3)]))
        .add(Masking::new())
        .add(GRU::new(5).return_sequences(true))
        .add(LSTM::new(4))
        .add(Dense::new(2));
    model.compile(Compile::new().optimizer("adam").loss("mse"))?;
    Ok(model.into_model())
}

/// Sequences whose first sample ends in two steps that are masked.
fn sequences(steps: usize) -> Result<(Tensor, Tensor)> {
    let value = |at: usize| match at / 3 >= steps - 2 && at / 3 < steps {
        true => 0.0,
        false => ((at * 37 % 101) as f32 - 50.0) / 50.0,
    };
    let x = Tensor::new((0..4 * steps * 3).map(value).collect::<Vec<f32>>(), [4, steps, 3])?;
    let y = Tensor::new((0..8).map(|at| at as f32 / 8.0).collect::<Vec<f32>>(), [4, 2])?;
    Ok((x, y))
}

#[test]
fn one_model_trains_on_many_lengths() -> Result<()> {
    let mut open = recurrent(None)?;
    for steps in [6, 9, 6, 3] {
        let (x, y) = sequences(steps)?;
        let mut fixed = recurrent(Some(steps))?;
        fixed.set_weights(&open.get_weights()?)?;
        assert_eq!(open.predict(&x, Predict::new())?, fixed.predict(&x, Predict::new())?, "{steps} steps");
        let gradients = |model: &mut Model| -> Result<Vec<Tensor>> {
            Ok(model.gradients(&x, &y)?.into_iter().map(|(_, gradient)| gradient).collect())
        };
        assert_eq!(gradients(&mut open)?, gradients(&mut fixed)?, "{steps} steps");
        open.train_on_batch(&x, &y)?;
    }
    assert_eq!(open.output_shape()?.to_string(), "(None, 2)");
    Ok(())
}

#[test]
fn the_plan_of_a_loop_does_not_grow_with_its_steps() -> Result<()> {
    let explained = |steps: usize| -> Result<String> {
        let (x, y) = sequences(steps)?;
        recurrent(None)?.explain(&x, &y)
    };
    let (short, long) = (explained(10)?, explained(1000)?);
    let words = |text: &str| text.lines().map(|line| line.split_whitespace().count()).collect::<Vec<_>>();
    assert!(short.lines().count() > 20, "{short}");
    assert_eq!(words(&short), words(&long), "{short}\n{long}");
    Ok(())
}
