//! Wide and deep (Cheng et al. 2016), as in Hands-On Machine Learning, chapter 10: two inputs, one of them past the hidden
//! layers, an auxiliary output on the deep part.
//!
//! `CORNU_HOME=… cargo run --release -p cornu --example wide_and_deep`

use cornu::datasets::california_housing;
use cornu::layers::{Concatenate, Dense, Input};
use cornu::optimizers::Adam;
use cornu::utils::set_random_seed;
use cornu::{Compile, Connect, Evaluate, Fit, Model, Result, Tensor};

fn main() -> Result<()> {
    set_random_seed(42);
    let ((x_train, y_train), (x_test, y_test)) = california_housing::load_data()?;
    let (x_train, x_test) = standardised(&x_train, &x_test)?;
    let (y_train, y_test) = (hundred_thousands(&y_train)?, hundred_thousands(&y_test)?);
    // The first five features are wide, the last six deep; three are both.
    let (wide_train, deep_train) = (columns(&x_train, 0..5)?, columns(&x_train, 2..8)?);
    let (wide_test, deep_test) = (columns(&x_test, 0..5)?, columns(&x_test, 2..8)?);

    let wide = Input::new([5]).name("wide").tensor();
    let deep = Input::new([6]).name("deep").tensor();
    let hidden = Dense::new(30).activation("relu").on(&deep);
    let hidden = Dense::new(30).activation("relu").on(&hidden);
    let both = Concatenate::new().on([&wide, &hidden]);
    let price = Dense::new(1).name("price").on(&both);
    let auxiliary = Dense::new(1).name("auxiliary").on(&hidden);
    let mut model = Model::new([&wide, &deep], [&price, &auxiliary])?;
    print!("{}", model.summary());

    model.compile(
        Compile::new()
            .optimizer(Adam::new(1e-3))
            .loss([("price", "mse"), ("auxiliary", "mse")])
            .loss_weights([("price", 0.9), ("auxiliary", 0.1)])
            .metrics([("price", vec!["root_mean_squared_error"])]),
    )?;
    model.fit(
        [("wide", &wide_train), ("deep", &deep_train)],
        [&y_train, &y_train],
        Fit::new().epochs(20).validation_split(0.1),
    )?;
    let test = model.evaluate([&wide_test, &deep_test], [&y_test, &y_test], Evaluate::new().verbose(0))?;
    println!("test: {test}");
    Ok(())
}

/// Prices in 100 000 dollars, one column.
fn hundred_thousands(prices: &Tensor) -> Result<Tensor> {
    let values: Vec<f32> = prices.to_vec::<f32>().into_iter().map(|price| price / 1e5).collect();
    Ok(Tensor::new(values, [prices.len(), 1])?)
}

/// Some columns of a matrix.
fn columns(matrix: &Tensor, wanted: std::ops::Range<usize>) -> Result<Tensor> {
    let width = wanted.len();
    let rows = matrix.to_vec::<f32>();
    let picked = rows.chunks_exact(matrix.row_len()).flat_map(|row| row[wanted.clone()].to_vec());
    Ok(Tensor::new(picked.collect::<Vec<f32>>(), [matrix.row_count(), width])?)
}

/// Both parts with each column brought to mean 0 and deviation 1 by the training part's statistics.
fn standardised(train: &Tensor, test: &Tensor) -> Result<(Tensor, Tensor)> {
    let (columns, rows) = (train.row_len(), train.row_count() as f64);
    let values = train.to_vec::<f64>();
    let statistics: Vec<(f64, f64)> = (0..columns)
        .map(|column| {
            let own = || values.iter().skip(column).step_by(columns);
            let mean = own().sum::<f64>() / rows;
            (mean, (own().map(|v| (v - mean).powi(2)).sum::<f64>() / rows).sqrt())
        })
        .collect();
    let apply = |part: &Tensor| -> Result<Tensor> {
        let scaled = part.to_vec::<f64>().into_iter().enumerate().map(|(at, value)| {
            let (mean, deviation) = statistics[at % columns];
            ((value - mean) / deviation) as f32
        });
        Ok(Tensor::new(scaled.collect::<Vec<_>>(), part.shape())?)
    };
    Ok((apply(train)?, apply(test)?))
}
