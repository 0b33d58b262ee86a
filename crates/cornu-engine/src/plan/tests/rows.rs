//! Functions of whole rows, of every width and of values that are no numbers.

use super::{Named, compare, named};
use crate::error::Result;
use crate::graph::{Builder, Var};
use crate::rng::Stream;
use crate::{DType, Tensor};

/// Everything that is done with rows.
fn everything<'g>(b: &'g Builder, x: Var<'g>, labels: Var<'g>) {
    let results = [
        ("softmax", x.softmax(-1)),
        ("log softmax", x.log_softmax(-1)),
        ("cross-entropy", x.sparse_cross_entropy(labels)),
        ("argmax", x.argmax()),
        ("in top 2", x.in_top_k(labels, 2)),
        ("sum", x.abs().sum(&[1], false)),
        ("mean", (x * 0.5).mean(&[1], false)),
        ("max", x.max(&[1], false)),
        ("min", x.abs().min(&[1], true)),
        ("sums of columns", x.abs().sum(&[0], false)),
        ("largest of columns", x.max(&[0], false)),
    ];
    for (name, value) in results {
        b.output(name, value);
    }
}

#[test]
fn rows_of_every_width_equal_the_reference() -> Result<()> {
    for width in [1, 2, 10, 15, 16, 17, 127, 128, 129, 255, 256, 257, 1000] {
        // Long enough for several tasks where rows are short.
        let rows = 40_000 / width + 1;
        let mut stream = Stream::new(width as u64, 0, 0);
        let values: Vec<f32> = (0..rows * width).map(|_| stream.next_f32() * 20.0 - 10.0).collect();
        let labels: Vec<i64> = (0..rows as i64).map(|row| row * 7 % width as i64).collect();
        let b = Builder::new();
        let x = b.input("x", [rows, width], DType::F32);
        everything(&b, x, b.input("labels", [rows], DType::I64));
        b.output("sparsemax", (x * 0.1).sparsemax(-1));
        b.output("transposed", x.transpose(&[1, 0]));
        let feeds = named([("x", Tensor::new(values, [rows, width])?), ("labels", labels.into())]);
        compare(&b.finish()?, &feeds, &Named::new(), 1, 2e-5)?;
    }
    Ok(())
}

#[test]
fn what_is_no_number_spreads_as_in_tensorflow() -> Result<()> {
    const NAN: f32 = f32::NAN;
    const INF: f32 = f32::INFINITY;
    let rows = Tensor::from([
        [NAN, 1.0, 2.0],
        [1.0, NAN, 2.0],
        [1.0, 2.0, NAN],
        [NAN, NAN, NAN],
        [-INF, -INF, -INF],
        [-INF, NAN, 3.0],
        [INF, INF, 1.0],
        [-INF, 0.0, 1.0],
        [1e30, -1e30, 0.0],
    ]);
    let b = Builder::new();
    let x = b.input("x", [9, 3], DType::F32);
    everything(&b, x, b.input("labels", [9], DType::I64));
    b.output("relu", x.relu());
    b.output("sign", x.sign());
    b.output("larger", x.maximum(x.slice(0, 0, 1)));
    b.output("smaller", x.minimum(1.0));
    let labels = Tensor::from([1i64, 0, 1, 2, 0, 2, 0, 1, 0]);
    // Compared with the reference, whose answers are those TensorFlow 2.21 gives; of its own results here:
    let feeds = named([("x", rows), ("labels", labels)]);
    compare(&b.finish()?, &feeds, &Named::new(), 1, 1e-5)?;
    let b = Builder::new();
    b.output("argmax", b.constant(feeds["x"].clone()).argmax());
    let found = crate::reference::evaluate(&b.finish()?, &Named::new(), &Named::new())?;
    assert_eq!(found.outputs["argmax"].data, [2.0, 2.0, 1.0, 0.0, 0.0, 2.0, 0.0, 2.0, 0.0]);
    Ok(())
}
