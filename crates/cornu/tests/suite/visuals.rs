//! Pictures: what they show, that they can be read, that nothing lies on anything else.

use cornu::activations::LeakyRelu;
use cornu::layers::{
    Add, BatchNormalization, Concatenate, Conv2D, Dense, Dropout, Embedding, Flatten, Input, LSTM, Layer,
    MaxPooling2D, Subtract,
};
use cornu::optimizers::schedules::CosineDecayRestarts;
use cornu::registry::Handle;
use cornu::visuals::{
    Column, Normalize, Picture, PlotConfusionMatrix, PlotModel, RankDir, Score, model_to_dot,
    plot_activations, plot_confusion_matrix, plot_history, plot_kernels, plot_learning_rate, plot_model,
    plot_trials, plot_weights,
};
use cornu::{Connect, History, Model, Sequential, Tensor};
use insta::assert_snapshot;

use crate::common::fixture;

/// Whether a text is well-formed XML as far as ours goes: every element closed, attributes quoted, nothing left to be
/// escaped. Gives back the elements' names.
fn elements(svg: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut names = Vec::new();
    let mut rest = svg;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        for (at, _) in text.match_indices('&') {
            let entity = text[at..].split(';').next().unwrap_or_default();
            assert!(["&amp", "&lt", "&gt", "&quot", "&#39"].contains(&entity), "{text}");
        }
        let end = tag.find('>').expect("an end of the tag");
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let closed = inside.ends_with('/');
        let inside = inside.trim_end_matches('/');
        let name = inside.split(' ').next().unwrap_or_default().to_owned();
        assert_eq!(inside.matches('"').count() % 2, 0, "{inside}");
        assert!(!inside.contains("NaN") && !inside.contains("inf"), "{inside}");
        names.push(name.clone());
        if !closed {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} are not closed");
    names
}

/// A picture that can be read, is as large as it says, and has all its texts on the sheet.
fn checked(picture: &Picture) -> String {
    let svg = picture.to_svg();
    let names = elements(&svg);
    assert_eq!(names[0], "svg");
    assert!(picture.width() > 0.0 && picture.height() > 0.0);
    let numbers = |line: &str, key: &str| -> Option<f64> {
        line.split(&format!(" {key}=\"")).nth(1)?.split('"').next()?.parse().ok()
    };
    for line in svg.lines().filter(|line| line.starts_with("<text") || line.starts_with("<rect")) {
        let (x, y) = (numbers(line, "x").unwrap_or(0.0), numbers(line, "y").unwrap_or(0.0));
        assert!((0.0..=picture.width()).contains(&x) && (0.0..=picture.height()).contains(&y), "{line}");
    }
    assert_eq!(svg, picture.to_svg());
    svg
}

/// The texts of a picture, a line each.
fn texts(svg: &str) -> Vec<&str> {
    let lines = svg.lines().filter(|line| line.starts_with("<text"));
    lines.filter_map(|line| line.split('>').nth(1)?.split('<').next()).collect()
}

fn history(entries: &[(&str, &[f64])]) -> History {
    let mut history = History::default();
    history.epoch = (0..entries.first().map_or(0, |(_, values)| values.len())).collect();
    history.history = entries.iter().map(|(name, values)| ((*name).to_owned(), values.to_vec())).collect();
    history
}

#[test]
fn a_small_picture_is_drawn_the_same_for_ever() {
    let model = Sequential::new().add(Input::new([4])).add(Dense::new(3).name("a<b>&\"c\""));
    assert_snapshot!(plot_model(&model, PlotModel::new().show_layer_names(true)).unwrap().to_svg());
}

#[test]
fn histories_whatever_is_in_them() {
    let whole = history(&[
        ("accuracy", &[0.5, 0.8, 0.9]),
        ("loss", &[1.0, 0.5, 0.4]),
        ("val_accuracy", &[0.4, 0.9, 0.7]),
        ("val_loss", &[1.1, 0.6, 0.7]),
    ]);
    let svg = checked(&plot_history(&whole));
    let shown = texts(&svg);
    for wanted in ["loss", "accuracy", "training", "validation", "best 0.6 at epoch 2", "best 0.9 at epoch 2"]
    {
        assert!(shown.contains(&wanted), "{wanted}: {shown:?}");
    }
    assert!(texts(&checked(&plot_history(&History::default()))).contains(&"Nothing was recorded"));
    let single = checked(&plot_history(&history(&[("loss", &[0.25])])));
    assert!(texts(&single).contains(&"best 0.25 at epoch 1") && !texts(&single).contains(&"validation"));
    let nan = checked(&plot_history(&history(&[("loss", &[1.0, f64::NAN, f64::INFINITY, 0.5])])));
    assert!(texts(&nan).contains(&"best 0.5 at epoch 4"));
    let none = checked(&plot_history(&history(&[("loss", &[f64::NAN, f64::NAN]), ("speed", &[1.0, 2.0])])));
    assert!(!texts(&none).iter().any(|text| text.starts_with("best")));
    let long: Vec<f64> = (0..50_000).map(|at| 1.0 / (at + 1) as f64).collect();
    assert!(checked(&plot_history(&history(&[("loss", &long)]))).len() < 60_000);
    let names: Vec<String> =
        (0..9).map(|at| format!("a_very_long_name_of_an_output_{at}_and_its_metric_loss")).collect();
    let many: Vec<(&str, &[f64])> = names.iter().map(|name| (name.as_str(), &[1.0, 2.0][..])).collect();
    checked(&plot_history(&history(&many)));
}

#[test]
fn confusion_matrices_of_few_and_many_classes() {
    let counts = Tensor::from([[48i64, 2, 0], [5, 45, 0], [0, 0, 0]]);
    let names = ["cat", "dog", "an animal with a name that is much too long to be shown <&>"];
    let plot = || PlotConfusionMatrix::new().class_names(names);
    let svg = checked(&plot_confusion_matrix(&counts, plot()).unwrap());
    assert_eq!(texts(&svg)[1..10], ["48", "2", "0", "5", "45", "0", "0", "0", "0"]);
    let normalized = |normalize| {
        let svg = checked(&plot_confusion_matrix(&counts, plot().normalize(normalize)).unwrap());
        texts(&svg)[1..5].join(" ")
    };
    assert_eq!(normalized(Normalize::True), "0.96 0.04 0 0.10");
    assert_eq!(normalized(Normalize::Pred), "0.91 0.04 0 0.09");
    assert_eq!(normalized(Normalize::All), "0.48 0.02 0 0.05");
    for classes in [1, 2, 10, 31, 100, 1000] {
        let picture =
            plot_confusion_matrix(&Tensor::full([classes, classes], 7i64), PlotConfusionMatrix::new())
                .unwrap();
        assert!(picture.width() < 3000.0);
        if classes <= 100 {
            checked(&picture);
        }
    }
    let said = |matrix: &Tensor, plot| plot_confusion_matrix(matrix, plot).unwrap_err().to_string();
    let plain = PlotConfusionMatrix::new;
    assert_snapshot!(said(&Tensor::zeros([2, 3], cornu::DType::I64), plain()), @"confusion matrix: needs as many rows as columns, at least one, got shape (2, 3)");
    assert_snapshot!(said(&Tensor::zeros([2], cornu::DType::I64), plain()), @"confusion matrix: needs two axes, got shape (2,)");
    assert_snapshot!(said(&Tensor::from([[-1.0f32]]), plain()), @"confusion matrix: holds counts from 0 on, got -1");
    assert_snapshot!(said(&counts, plain().class_names(["one"])), @"class_names: needs 3 names, one for each class of the matrix, got 1");
}

#[test]
fn activations_and_schedules() {
    let all = checked(&plot_activations(Vec::<&str>::new()).unwrap());
    for name in ["relu", "gelu", "tanh", "squareplus", "derivative"] {
        assert!(texts(&all).contains(&name), "{name}");
    }
    checked(&plot_activations([Handle::from(LeakyRelu::new().negative_slope(0.3))]).unwrap());
    let said = |name: &str| plot_activations([name]).unwrap_err().to_string();
    assert_snapshot!(said("softmax"), @"plot_activations: `softmax` is no curve: its result at one place depends on other places");
    assert_snapshot!(said("reul"), @"unknown activation `reul`; did you mean `relu`?");
    for steps in [0, 1, 2, 10_000_000] {
        checked(&plot_learning_rate(CosineDecayRestarts::new(0.1, 1000), steps));
    }
    assert!(texts(&checked(&plot_learning_rate(0.01, 5))).contains(&"constant"));
}

#[test]
fn weights_and_kernels() {
    let model = Sequential::new()
        .add(Input::new([12, 12, 1]))
        .add(Conv2D::new(6, 3).name("grey"))
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dense::new(3).name("odd"));
    let shown = checked(&plot_weights(&model, None).unwrap());
    assert!(texts(&shown).iter().any(|text| text.starts_with("odd/bias (3,)")));
    let one = checked(&plot_weights(&model, Some("grey")).unwrap());
    assert!(!texts(&one).iter().any(|text| text.starts_with("odd")));
    assert!(
        texts(&checked(&plot_kernels(&model, "grey").unwrap()))
            .contains(&"6 filters of 3 × 3 over 1 channel")
    );
    let said = |layer: &str| plot_kernels(&model, layer).unwrap_err().to_string();
    assert_snapshot!(said("odd"), @"plot_kernels: layer `odd` needs a kernel of shape (height, width, channels, filters), got a first weight (150, 3)");
    assert_snapshot!(said("flatten"), @"plot_kernels: layer `flatten` needs a kernel of shape (height, width, channels, filters), got no weights");
    assert_snapshot!(said("gray"), @"unknown layer `gray`; did you mean `grey`?");
    let wide = Sequential::new().add(Input::new([4, 4, 7])).add(Conv2D::new(12, (3, 2)));
    let svg = checked(&plot_kernels(&wide, "conv2d").unwrap());
    assert!(texts(&svg).contains(&"12 filters of 3 × 2 over 7 channels, the first 64 of 84 images"));
}

#[test]
fn trials_with_and_without_values() {
    let columns = [
        Column::numbers("learning_rate", [Some(1e-4), Some(0.01), Some(0.1), Some(-1.0)]).log(true),
        Column::numbers("units", [Some(32.0), Some(64.0), None, Some(32.0)]),
        Column::choices("optimizer", [Some("adam"), Some("sgd"), None, Some("rmsprop")]),
    ];
    let score = Score::new("val_loss", [0.3, 0.1, f64::NAN, 0.2], false);
    let svg = checked(&plot_trials(&columns, &score).unwrap());
    let shown = texts(&svg);
    for wanted in ["4 trials, the best 0.1", "adam", "0.01", "none", "val_loss", "units"] {
        assert!(shown.contains(&wanted), "{wanted}: {shown:?}");
    }
    assert!(svg.contains("stroke-dasharray"));
    let empty = checked(&plot_trials(&[], &Score::new("score", [], true)).unwrap());
    assert!(texts(&empty).contains(&"0 trials, none with a score"));
    checked(&plot_trials(&[], &Score::new("score", [1.0], true)).unwrap());
    let short = plot_trials(&columns, &Score::new("score", [1.0], true)).unwrap_err().to_string();
    assert_snapshot!(short, @"column `learning_rate`: has 4 values for 1 scores");
}

fn everything() -> PlotModel {
    PlotModel::new()
        .show_shapes(true)
        .show_dtype(true)
        .show_layer_activations(true)
        .show_trainable(true)
        .show_layer_names(true)
        .expand_nested(true)
}

#[test]
fn models_of_every_shape() {
    let chain = || {
        Sequential::new()
            .name("chain")
            .add(Input::new([4]))
            .add(Dense::new(8).activation("relu").name("hidden"))
    };
    let (a, b) = (Input::new([4]).name("a").tensor(), Input::new([4]).name("b").tensor());
    let tower = Dense::new(4).name("tower").shared();
    let shared = Model::new([&a, &b], Subtract::new().on([tower.on(tower.on(&a)), tower.on(&b)])).unwrap();
    let x = Input::new([8]).tensor();
    let mut y = x.clone();
    for _ in 0..40 {
        let inner = BatchNormalization::new().on(Dense::new(8).on(&y));
        y = Add::new().on([&y, &inner]);
    }
    let residual = Model::new(&x, &y).unwrap();
    let words = Input::new([None]).name("words").tensor();
    let mut tensors = vec![Embedding::new(10, 4).on(&words)];
    for _ in 0..12 {
        let joined = Concatenate::new().on(tensors.clone());
        tensors.push(Dense::new(4).on(&joined));
    }
    let dense = Model::new(&words, LSTM::new(3).on(tensors.last().unwrap())).unwrap();
    let outer = Input::new([4]).tensor();
    let inner = chain().into_model().into_layer().unwrap();
    let twice = Sequential::new().name("twice").add(Input::new([4])).add(inner).add(Dropout::new(0.5));
    let nested = twice.into_model().into_layer().unwrap().on(&outer);
    let heads = [Dense::new(1).name("one").on(&nested), Dense::new(2).name("two").on(&nested)];
    let nested = Model::new(&outer, [&heads[0], &heads[1], &nested]).unwrap();
    let long: Vec<Box<dyn Layer>> =
        std::iter::once(Input::new([2]).boxed()).chain((0..300).map(|_| Dense::new(2).boxed())).collect();
    let long = Sequential::from_layers(long).into_model();
    for model in [&chain().into_model(), &shared, &residual, &dense, &nested, &long] {
        for rankdir in [RankDir::TopBottom, RankDir::LeftRight] {
            let svg = checked(&plot_model(model, everything().rankdir(rankdir)).unwrap());
            let shown = texts(&svg);
            for layer in
                model.layers().into_iter().filter(|layer| !["Sequential"].contains(&layer.class_name()))
            {
                assert!(shown.contains(&layer.name()), "{}", layer.name());
            }
        }
    }
    let opened = plot_model(&nested, everything()).unwrap().to_svg();
    assert!(["twice", "chain", "hidden", "relu"].iter().all(|name| texts(&opened).contains(name)));
    assert!(
        !texts(&plot_model(&nested, everything().expand_nested(false)).unwrap().to_svg()).contains(&"hidden")
    );
    let unbuilt =
        plot_model(&Sequential::new().add(Dense::new(1)), PlotModel::new()).unwrap_err().to_string();
    assert_snapshot!(unbuilt, @"model `sequential` has no weights yet: put an `Input` layer first, call `build`, or fit it to data");
    assert_snapshot!("XY".parse::<RankDir>().unwrap_err(), @"unknown rankdir `XY`; known are TB, LR");
}

/// Graphviz' text without what may be quoted or not.
fn plain(dot: &str) -> String {
    let unquoted = dot.lines().map(|line| match line.starts_with("label=") || line.starts_with("subgraph") {
        true => line.replace('"', ""),
        false => line.to_owned(),
    });
    unquoted.collect::<Vec<_>>().join("\n")
}

#[test]
fn graphviz_is_told_what_keras_tells_it() {
    for case in fixture("dot.json")["cases"].as_array().unwrap() {
        let model = Model::from_json(case["model"].as_str().unwrap()).unwrap();
        let arguments = &case["arguments"];
        let flag = |name: &str| arguments[name].as_bool().unwrap_or(false);
        let mut plot = PlotModel::new()
            .show_shapes(flag("show_shapes"))
            .show_dtype(flag("show_dtype"))
            .show_layer_activations(flag("show_layer_activations"))
            .show_trainable(flag("show_trainable"))
            .expand_nested(flag("expand_nested"));
        if let Some(names) = arguments["show_layer_names"].as_bool() {
            plot = plot.show_layer_names(names);
        }
        if let Some(rankdir) = arguments["rankdir"].as_str() {
            plot = plot.rankdir(rankdir.parse().unwrap());
        }
        if let Some(dpi) = arguments["dpi"].as_u64() {
            plot = plot.dpi(dpi as u32);
        }
        let wanted = plain(case["dot"].as_str().unwrap().trim_end());
        assert_eq!(plain(&model_to_dot(&model, plot).unwrap()), wanted, "{arguments}");
    }
}

#[test]
fn files_are_written_by_their_names() {
    let folder = std::env::temp_dir().join(format!("cornu-pictures-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let picture = plot_learning_rate(0.1, 10);
    picture.save(folder.join("rate.svg")).unwrap();
    assert_eq!(std::fs::read_to_string(folder.join("rate.svg")).unwrap(), picture.to_svg());
    let error = picture.save(folder.join("rate.gif")).unwrap_err().to_string();
    assert!(error.ends_with("rate.gif: a picture's name ends in .svg or .png"), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(feature = "png")]
#[test]
fn pixels_show_what_the_shapes_say() {
    let picture = plot_learning_rate(0.1, 10).dpi(96);
    let png = picture.to_png().unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let side = |at: usize| f64::from(u32::from_be_bytes(png[at..at + 4].try_into().unwrap()));
    assert_eq!((side(16), side(20)), (picture.width().ceil(), picture.height().ceil()));
    assert_eq!(png, picture.to_png().unwrap());
    let huge = picture.dpi(1_000_000).to_png().unwrap_err().to_string();
    assert!(huge.contains("choose a smaller dpi than 1000000, or write SVG"), "{huge}");
}
