//! CSV files as datasets: types, missing values, errors with their line, memory that does not grow.

use std::path::PathBuf;

use cornu::data::{self, Csv, Dataset, ElementSpec};
use cornu::layers::{Dense, Input};
use cornu::{Compile, DType, Data, Fit, Result, Sequential, Tensor};

struct Text(PathBuf);

impl Text {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("cornu-csv-{name}-{}.csv", std::process::id()));
        std::fs::write(&path, text).expect("writing a file");
        Text(path)
    }

    fn csv(&self) -> Csv {
        Csv::new(&self.0)
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

const PEOPLE: &str = "name,age,height,city,member\n\
    Ada,36,1.65,London,1\n\
    \"Grace, R.\",85,,\"New\nYork\",0\n\
    Alan,,1.78,NA,1\n";

#[test]
fn columns_are_inputs_by_name_with_the_types_found() -> Result<()> {
    let file = Text::new("people", PEOPLE);
    let rows =
        file.csv().named(true).label_name("member").na_value("NA").column("height", f32::NAN).open()?;
    let batch = rows.clone().batch(3).iter().next().expect("a batch")?;
    assert_eq!(batch.y.tensor(), Some(&Tensor::from([1i32, 0, 1])));
    assert_eq!(batch.x.get("age"), Some(&Tensor::from([36i32, 85, 0]).into()));
    assert_eq!(batch.x.get("name"), Some(&Data::from(["Ada", "Grace, R.", "Alan"])));
    assert_eq!(batch.x.get("city"), Some(&Data::from(["London", "New\nYork", ""])));
    let height = batch.x.get("height").and_then(Data::tensor).expect("numbers").as_slice::<f32>()?;
    assert!((height[0], height[2]) == (1.65, 1.78) && height[1].is_nan());
    let first = rows.iter().next().expect("a row")?;
    assert_eq!(rows.element_spec(), Some(ElementSpec::of(&first)));
    Ok(())
}

#[test]
fn features_are_one_tensor_in_the_order_that_was_chosen() -> Result<()> {
    let file = Text::new("order", PEOPLE);
    let rows =
        file.csv().select_columns(["height", "member", "age"]).label_name("member").column("age", 50.0f32);
    let batch = rows.open()?.batch(9).iter().next().expect("a batch")?;
    assert_eq!(
        batch,
        (Tensor::from([[1.65f32, 36.0], [0.0, 85.0], [1.78, 50.0]]), Tensor::from([1i32, 0, 1])).into()
    );
    // Without a first line the columns have numbers, or the names that are given.
    let bare = Text::new("bare", "1;2.5\n3;4.5\n");
    let rows = bare.csv().header(false).field_delim(b';');
    let all = rows.clone().open()?.batch(2).iter().next().expect("a batch")?;
    assert_eq!(all.x.tensor(), Some(&Tensor::from([[1.0f32, 2.5], [3.0, 4.5]])));
    let named = rows.column_names(["a", "b"]).label_name("a").column("a", DType::I64).open()?;
    let batch = named.batch(2).iter().next().expect("a batch")?;
    assert_eq!(batch, (Tensor::from([[2.5f32], [4.5]]), Tensor::from([1i64, 3])).into());
    // Files one after the other.
    let both = Csv::of_files([&bare.0, &bare.0]).header(false).field_delim(b';').open()?;
    assert_eq!(both.iter().count(), 4);
    Ok(())
}

#[test]
fn rows_that_cannot_be_read_are_said_or_left_out() -> Result<()> {
    let file = Text::new("broken", "a,b\n1,2\n3,four\n5\n6,7\n,9\n8,1\n");
    let rows = || file.csv().column("a", DType::F32).column("b", DType::F32);
    let said = |csv: Csv| {
        let error = csv.open().map_or_else(Some, |rows| rows.batch(2).iter().find_map(Result::err));
        error.expect("an error").to_string().replace(&file.0.display().to_string(), "FILE")
    };
    let lines = [
        said(rows()),
        said(rows().column("b", "").select_columns(["a"]).label_name("b")),
        said(file.csv()),
        said(file.csv().label_name("c")),
        said(Csv::new("/nowhere/rows.csv")),
        said(Csv::of_files::<&str>([])),
        said(Csv::new(&Text::new("empty", "").0)).split(": ").last().unwrap_or_default().to_owned(),
    ];
    insta::assert_snapshot!(lines.join("\n"), @r#"
    FILE: line 3: column `b` holds `four`, not a number; `column("b", ..)` sets what it holds
    label_name: `b` must be among `select_columns`
    FILE: column `b` holds text, which cannot be in one tensor with numbers: leave it out by `select_columns`, or make each column an input by `named(true)`
    unknown column `c`; did you mean `a`?
    /nowhere/rows.csv: No such file or directory (os error 2)
    Csv: wants at least one file
    it has no first line
    "#);
    let left: Vec<_> = rows().ignore_errors(true).open()?.iter().collect::<Result<_>>()?;
    assert_eq!(left.len(), 3);
    // The rows before the error come first, to those who ask for many at a time, too.
    let mut elements = rows().open()?.begin(0)?;
    assert_eq!(elements.pull(100)?.map(|stack| stack.len()), Some(1));
    assert!(elements.pull(100).is_err());
    Ok(())
}

#[test]
fn training_from_a_file_is_training_from_memory() -> Result<()> {
    const ROWS: usize = 20_000;
    let mut text = String::from("x0,x1,x2,y\n");
    let mut values: Vec<f32> = Vec::new();
    for at in 0..ROWS {
        let row = [at * 37 % 1000, at * 91 % 1000, at * 53 % 1000].map(|v| v as f32 / 1000.0);
        let y = row[0] + 2.0 * row[1] - row[2];
        text += &format!("{},{},{},{y}\n", row[0], row[1], row[2]);
        values.extend(row.iter().chain([&y]));
    }
    let file = Text::new("long", &text);
    let model = || -> Result<_> {
        let mut model = Sequential::new()
            .add(Input::new([3]))
            .add(Dense::new(8).activation("relu").kernel_initializer("ones"))
            .add(Dense::new(1).kernel_initializer("ones"))
            .into_model();
        model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
        Ok(model)
    };
    let column = |from: usize, to: usize| {
        values.chunks(4).flat_map(|row| row[from..to].to_vec()).collect::<Vec<f32>>()
    };
    let (x, y) = (Tensor::new(column(0, 3), [ROWS, 3])?, Tensor::from(column(3, 4)));
    let want = model()?.fit(&x, &y, Fit::new().epochs(2).batch_size(48).shuffle(false).verbose(0))?;
    let batches = file.csv().label_name("y").open()?.batch(48).prefetch(data::AUTOTUNE);
    assert_eq!(model()?.fit(&batches, (), Fit::new().epochs(2).verbose(0))?, want);
    Ok(())
}

#[test]
fn a_reader_goes_on_in_the_memory_it_has() -> Result<()> {
    let text: String = (0..5000).map(|at| format!("{at},{}\n", at % 7)).collect();
    let file = Text::new("memory", &text);
    let batches = file.csv().header(false).open()?.batch(10);
    let mut elements = batches.begin(0)?;
    let mut places = std::collections::BTreeSet::new();
    while let Some(stack) = elements.pull(1)? {
        let record = stack.get(0)?;
        let x = record.x.only().and_then(Data::tensor).expect("numbers").as_slice::<f32>()?;
        assert_eq!(x.len(), 20);
        places.insert(x.as_ptr());
    }
    // One batch at a time is alive, so there is one place for it, or two while they take turns.
    assert!(places.len() <= 2, "{} places for 500 batches", places.len());
    Ok(())
}
