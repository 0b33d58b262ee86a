//! Prices of houses: regression with one hidden layer on standardised inputs and targets.
//!
//! `CORNU_HOME=… cargo run --release -p cornu --example california_housing`

use cornu::datasets::california_housing;
use cornu::layers::{Dense, Input};
use cornu::utils::set_random_seed;
use cornu::{Compile, Evaluate, Fit, Sequential, Tensor};

fn main() -> cornu::Result<()> {
    set_random_seed(42);
    let ((x_train, y_train), (x_test, y_test)) = california_housing::load_data()?;
    let (x_train, x_test) = standardised(&x_train, &x_test)?;
    let (y_train, y_test) = standardised(&column(&y_train)?, &column(&y_test)?)?;

    let mut model =
        Sequential::new().add(Input::new([8])).add(Dense::new(30).activation("relu")).add(Dense::new(1));
    print!("{}", model.summary());

    model.compile(Compile::new().optimizer("adam").loss("mse").metrics(["mae"]))?;
    model.fit(&x_train, &y_train, Fit::new().epochs(30).validation_split(0.1))?;

    let test = model.evaluate(&x_test, &y_test, Evaluate::new().verbose(0))?;
    println!("test: {test}");
    Ok(())
}

fn column(values: &Tensor) -> cornu::Result<Tensor> {
    Ok(values.reshape([values.len(), 1])?)
}

/// Both parts with each column brought to mean 0 and deviation 1 by the training part's statistics.
fn standardised(train: &Tensor, test: &Tensor) -> cornu::Result<(Tensor, Tensor)> {
    let columns = train.row_len();
    let values = train.to_vec::<f64>();
    let rows = train.row_count() as f64;
    let statistics: Vec<(f64, f64)> = (0..columns)
        .map(|column| {
            let own = || values.iter().skip(column).step_by(columns);
            let mean = own().sum::<f64>() / rows;
            (mean, (own().map(|v| (v - mean).powi(2)).sum::<f64>() / rows).sqrt())
        })
        .collect();
    let apply = |part: &Tensor| -> cornu::Result<Tensor> {
        let scaled = part.to_vec::<f64>().into_iter().enumerate().map(|(at, value)| {
            let (mean, deviation) = statistics[at % columns];
            ((value - mean) / deviation) as f32
        });
        Ok(Tensor::new(scaled.collect::<Vec<_>>(), part.shape())?)
    };
    Ok((apply(train)?, apply(test)?))
}
