//! Layers, losses, metrics and activations that a user writes, through the public traits alone.

use cornu::activations::Activation;
use cornu::graph::Var;
use cornu::initializers::GlorotUniform;
use cornu::layers::{Add, Base, Build, Call, Dense, Embedding, Input, LSTM, Lambda, Layer, Outputs, Weight};
use cornu::losses::{Loss, Reduction};
use cornu::metrics::{Measured, Metric};
use cornu::optimizers::Adam;
use cornu::registry::{Config, Configured, Fields, config_of};
use cornu::utils::register_keras_serializable;
use cornu::{Compile, Connect, Fit, Model, Predict, Result, Sequential, Shape, Tensor, load_model};

/// Multiplies each feature by a weight of its own, and punishes large ones.
#[derive(Debug, Clone, Default, Fields)]
struct Scale {
    #[fields(flatten)]
    base: Base,
    rate: f64,
}

impl Configured for Scale {
    fn class_name(&self) -> &str {
        "Scale"
    }

    fn config(&self) -> Config {
        config_of(self)
    }
}

impl Layer for Scale {
    fn base(&self) -> &Base {
        &self.base
    }

    fn base_mut(&mut self) -> &mut Base {
        &mut self.base
    }

    fn boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let features = cx.known_axis(&inputs[0], -1)?;
        cx.add_weight(Weight::new("scale", [features], "ones"))
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let scale = cx.weight("scale")?;
        cx.add_loss(scale.square().sum_all() * self.rate);
        Ok((inputs[0] * scale).into())
    }
}

/// The fourth power of the difference.
#[derive(Debug, Clone, Default, Fields)]
struct Quartic {}

impl Configured for Quartic {
    fn class_name(&self) -> &str {
        "Quartic"
    }

    fn config(&self) -> Config {
        config_of(self)
    }
}

impl Loss for Quartic {
    fn name(&self) -> &str {
        "quartic"
    }

    fn reduction(&self) -> Reduction {
        Reduction::default()
    }

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        (y_true - y_pred).square().square().mean(&[-1], false)
    }
}

/// The largest difference so far.
#[derive(Debug, Clone, Default, Fields)]
struct Worst {}

impl Configured for Worst {
    fn class_name(&self) -> &str {
        "Worst"
    }

    fn config(&self) -> Config {
        config_of(self)
    }
}

impl Metric for Worst {
    fn name(&self) -> &str {
        "worst"
    }

    fn variables(&self, _: &Shape) -> Vec<(&'static str, Vec<usize>)> {
        vec![("worst", vec![])]
    }

    fn update<'g>(
        &self,
        state: &[Var<'g>],
        y_true: Var<'g>,
        y_pred: Var<'g>,
        _: Option<Var<'g>>,
    ) -> Vec<Var<'g>> {
        vec![state[0].maximum((y_true - y_pred).abs().max(&[0, 1], false))]
    }

    fn result(&self, state: &[&[f32]]) -> Measured {
        f64::from(state[0][0]).into()
    }
}

/// A bump: x / (1 + x²).
#[derive(Debug, Clone, Default, Fields)]
struct Bump {}

impl Configured for Bump {
    fn class_name(&self) -> &str {
        "Bump"
    }

    fn config(&self) -> Config {
        config_of(self)
    }
}

impl Activation for Bump {
    fn call<'g>(&self, x: Var<'g>) -> Var<'g> {
        x / (x.square() + 1.0)
    }
}

fn data() -> Result<(Tensor, Tensor)> {
    let x: Vec<f32> = (0..60).map(|at| ((at * 37 % 101) as f32 - 50.0) / 50.0).collect();
    let y: Vec<f32> = x.chunks(3).map(|row| row[0] * 2.0 - row[2]).collect();
    Ok((Tensor::new(x, [20, 3])?, Tensor::new(y, [20, 1])?))
}

fn own_model() -> Result<Model> {
    let mut model = Sequential::new()
        .add(Input::new([3]))
        .add(Scale { base: Base::default(), rate: 0.01 })
        .add(Dense::new(8).kernel_initializer(GlorotUniform::new().seed(5)).activation(Bump::default()))
        .add(Dense::new(1).kernel_initializer(GlorotUniform::new().seed(6)));
    model.compile(
        Compile::new().optimizer(Adam::new(0.01)).loss(Quartic::default()).metrics([Worst::default()]),
    )?;
    Ok(model.into_model())
}

#[test]
fn they_train_and_differentiate_by_themselves() -> Result<()> {
    let (x, y) = data()?;
    let mut model = own_model()?;
    let loss = |model: &mut Model| Ok::<_, cornu::Error>(model.test_on_batch(&x, &y)?.get("loss").unwrap());
    // The slope in one weight against a difference quotient.
    let (path, slope) = model.gradients(&x, &y)?.remove(0);
    assert_eq!(path, "scale/scale");
    let mut weights = model.get_weights()?;
    let step = 1e-2f32;
    let mut at = |change: f32| -> Result<f64> {
        weights[0] = Tensor::from([1.0 + change, 1.0, 1.0]);
        model.set_weights(&weights)?;
        loss(&mut model)
    };
    let quotient = (at(step)? - at(-step)?) / f64::from(2.0 * step);
    let slope = f64::from(slope.to_vec::<f32>()[0]);
    assert!((quotient - slope).abs() < 1e-3 * slope.abs().max(1.0), "{quotient} {slope}");
    let mut model = own_model()?;
    let history = model.fit(&x, &y, Fit::new().epochs(60).verbose(0))?;
    let (losses, worst) = (history.get("loss").unwrap(), history.get("worst").unwrap());
    assert!(losses[59] < 0.5 * losses[0] && worst[59] < worst[0], "{losses:?} {worst:?}");
    Ok(())
}

#[test]
fn registered_they_go_through_files() -> Result<()> {
    register_keras_serializable::<dyn Layer, Scale>("mine", "Scale")?;
    register_keras_serializable::<dyn Loss, Quartic>("mine", "Quartic")?;
    register_keras_serializable::<dyn Metric, Worst>("mine", "Worst")?;
    register_keras_serializable::<dyn Activation, Bump>("mine", "Bump")?;
    let (x, y) = data()?;
    let mut model = own_model()?;
    model.fit(&x, &y, Fit::new().epochs(3).verbose(0))?;
    let path = std::env::temp_dir().join(format!("cornu-own-{}.keras", std::process::id()));
    model.save(&path)?;
    let mut again = load_model(&path)?;
    std::fs::remove_file(&path).unwrap();
    assert_eq!(again.predict(&x, Predict::new())?, model.predict(&x, Predict::new())?);
    let history = |model: &mut Model| model.fit(&x, &y, Fit::new().epochs(2).shuffle(false).verbose(0));
    let (ours, loaded) = (history(&mut model)?, history(&mut again)?);
    assert_eq!(ours.get("loss"), loaded.get("loss"));
    assert_eq!(ours.get("worst"), loaded.get("worst"));
    assert!(model.to_json()?.contains(r#""module":"mine","class_name":"Scale""#));
    let taken = register_keras_serializable::<dyn Layer, Scale>("mine", "Dense").unwrap_err();
    insta::assert_snapshot!(taken, @"layer `Dense`: is a class of keras.layers already: give yours another name");
    Ok(())
}

#[test]
fn a_lambda_is_a_layer() -> Result<()> {
    let x = Input::new([4]).tensor();
    let swapped = Lambda::new(|x| x[0].reverse(1)).name("swapped").on(&x);
    let product = Lambda::new(|x| x[0] * x[1]).on([&x, &swapped]);
    let mut model = Model::new(&x, Dense::new(1).kernel_initializer("ones").on(&product))?;
    let row = Tensor::from([[1.0, 2.0, 3.0, 4.0]]);
    assert_eq!(model.predict(&row, Predict::new())?.item(), Some(20.0));
    model.compile(Compile::new().loss("mse"))?;
    // The kernel's slope at target 0: 2 · 20 · each product.
    let slope = &model.gradients(&row, &Tensor::from([[0.0]]))?[0].1;
    assert_eq!(slope.to_vec::<f32>(), [160.0, 240.0, 240.0, 160.0]);
    let error = model.to_json().unwrap_err().to_string();
    let (error, place) = error.split_once("; added at").unwrap();
    assert!(place.contains("own_things.rs"));
    insta::assert_snapshot!(error, @"layer `swapped` (Lambda) holds a function, which no file can: a layer for the file is a type of its own with the trait Layer");
    Ok(())
}

#[test]
fn a_lambda_passes_the_mask_on_if_told() -> Result<()> {
    let ids = Tensor::new(vec![1i64, 2, 0, 3, 0, 0], [2, 3])?;
    let model = |keep: bool| {
        Sequential::new()
            .add(Input::new([3]))
            .add(Embedding::new(4, 2).mask_zero(true).embeddings_initializer("ones"))
            .add(Lambda::new(|x| x[0] * 0.5).keep_mask(keep))
            .add(LSTM::new(1).kernel_initializer("ones").recurrent_initializer("ones"))
            .into_model()
    };
    let masked = model(true).predict(&ids, Predict::new())?.to_vec::<f32>();
    let open = model(false).predict(&ids, Predict::new())?.to_vec::<f32>();
    assert_eq!(open[0], open[1], "all steps count");
    assert!(masked[0] < open[0] && masked[1] < masked[0], "{masked:?} {open:?}");
    Ok(())
}

#[test]
fn layers_say_how_many_inputs_they_take() -> Result<()> {
    let (a, b) = (Input::new([3]).tensor(), Input::new([3]).tensor());
    let said = |result: Result<Model>| {
        let text = result.unwrap_err().to_string();
        text.split_once("; added at").unwrap().0.to_owned()
    };
    let dense = said(Model::new([&a, &b], Dense::new(2).name("d").on([&a, &b])));
    insta::assert_snapshot!(dense, @"layer `d` (Dense, units=2) expects 1 input, got 2: a merging layer, such as Concatenate, makes one of several");
    let own = said(Model::new([&a, &b], Scale { base: Base::default(), rate: 0.0 }.on([&a, &b])));
    insta::assert_snapshot!(own, @"layer `scale` (Scale, rate=0.0) expects 1 input, got 2: a merging layer, such as Concatenate, makes one of several");
    Model::new([&a, &b], Add::new().on([&a, &b]))?;
    Ok(())
}
