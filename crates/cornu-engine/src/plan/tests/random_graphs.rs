//! Random graphs, in small integers that floats compute exactly however they are fused.

use proptest::prelude::*;

use super::{Named, compare};
use crate::graph::{Builder, Graph, Var};
use crate::{DType, Tensor};

/// One step in building a graph: an operation, and which earlier values it takes.
type Step = (u8, usize, usize, usize);

/// A graph to be, its feeds and variables.
#[derive(Debug, Clone)]
struct Recipe {
    /// The shape most values have.
    shape: [usize; 3],
    steps: Vec<Step>,
    /// Which values leave the graph.
    outputs: Vec<usize>,
    /// Which values become the new ones of variables.
    updates: Vec<(usize, usize)>,
    seed: u64,
}

/// Shapes with tile boundaries, short periods, single rows and nothing in them.
fn shapes() -> impl Strategy<Value = [usize; 3]> {
    prop_oneof![
        Just([2, 3, 4]),
        Just([1, 10, 30]),
        Just([5, 1, 300]),
        Just([26, 1, 10]),
        Just([3, 85, 1]),
        Just([1, 1, 257]),
        Just([4, 16, 17]),
        Just([2, 128, 1]),
        Just([1, 1, 1]),
        Just([3, 0, 2]),
        [1usize..5, 1usize..20, 1usize..40].prop_map(|shape| shape),
    ]
}

fn recipes() -> impl Strategy<Value = Recipe> {
    let step = (0u8..40, any::<usize>(), any::<usize>(), any::<usize>());
    let updates = prop::collection::vec((0usize..5, any::<usize>()), 0..5);
    let outputs = prop::collection::vec(any::<usize>(), 1..5);
    (shapes(), prop::collection::vec(step, 1..40), outputs, updates, 0u64..1000)
        .prop_map(|(shape, steps, outputs, updates, seed)| Recipe { shape, steps, outputs, updates, seed })
}

/// Whole numbers of at most 3.
fn digits(shape: &[usize], seed: u64) -> Tensor {
    let mut stream = crate::rng::Stream::new(seed, 0, 0);
    let values: Vec<f32> =
        (0..shape.iter().product()).map(|_| (stream.next_f32() * 7.0).floor() - 3.0).collect();
    Tensor::new(values, shape).unwrap()
}

const VARIABLES: [&str; 5] = ["p", "q", "r", "s", "t"];

impl Recipe {
    /// The shapes of the variables: three that can trade places, and two that are repeated over those.
    fn variable_shape(&self, at: usize) -> Vec<usize> {
        let [_, b, c] = self.shape;
        match at {
            0..=2 => self.shape.to_vec(),
            3 => vec![c],
            _ => vec![b, 1],
        }
    }

    fn tensors(&self) -> (Named, Named) {
        let feeds = Named::from([
            ("x".to_owned(), digits(&self.shape, self.seed)),
            ("y".to_owned(), digits(&self.shape[2..], self.seed ^ 1)),
            ("seed".to_owned(), Tensor::from([self.seed as i64, 7])),
        ]);
        let state = |at: usize| digits(&self.variable_shape(at), self.seed ^ (2 + at as u64));
        (feeds, VARIABLES.iter().enumerate().map(|(at, name)| ((*name).to_owned(), state(at))).collect())
    }

    fn graph(&self) -> Graph {
        let b = Builder::new();
        let mut values = vec![
            b.input("x", self.shape, DType::F32),
            b.input("y", [self.shape[2]], DType::F32),
            b.scalar(2.0, DType::F32),
        ];
        let seed = b.input("seed", [2], DType::I64);
        for (at, name) in VARIABLES.iter().enumerate() {
            values.push(b.state(*name, self.variable_shape(at), DType::F32));
        }
        for step in &self.steps {
            let next = grow(&values, seed, self.shape, *step);
            values.push(next);
        }
        for (at, value) in self.outputs.iter().enumerate() {
            b.output(format!("out {at}"), values[value % values.len()]);
        }
        let mut updated = Vec::new();
        for (variable, value) in &self.updates {
            let shape = self.variable_shape(*variable).into();
            let fitting: Vec<Var<'_>> =
                values.iter().copied().filter(|value| value.shape() == shape).collect();
            if !updated.contains(variable) {
                b.update(VARIABLES[*variable], fitting[value % fitting.len()]);
                updated.push(*variable);
            }
        }
        b.finish().unwrap()
    }
}

/// The next value, kept small so that sums of products stay exact.
fn grow<'g>(values: &[Var<'g>], seed: Var<'g>, shape: [usize; 3], (op, a, b, c): Step) -> Var<'g> {
    let x = values[a % values.len()];
    // The first that fits, from a random one on.
    let fits = |y: &Var<'g>| x.shape().broadcast(&y.shape()).is_some();
    let y = (0..values.len()).map(|at| values[(b + at) % values.len()]).find(fits).unwrap_or(x);
    let [rows, inner, columns] = shape;
    let full = |x: Var<'g>| {
        if x.shape().broadcast(&shape.into()) == Some(shape.into()) {
            x.broadcast_to(shape)
        } else {
            values[0]
        }
    };
    let last = x.rank().checked_sub(1);
    let small = |x: Var<'g>| x.clip(-4.0, 4.0);
    match op {
        0 | 1 => small(x + y),
        2 => small(x - y),
        3 | 4 => small(x * y),
        5 => x.maximum(y),
        6 => x.minimum(y),
        7 => x.less(y).select(x, y),
        8 => x.equal(y).logical_or(x.greater(0.0)).cast(DType::F32),
        9 => -x,
        10 => x.relu(),
        11 => x.abs() - 1.0,
        12 => x.sign() * 2.0,
        13 => (x * 0.5).floor(),
        // Integers, whose division truncates.
        14 => (x.cast(DType::I64) / (y.cast(DType::I64) * 2.0)).cast(DType::F32),
        15 => (x.cast(DType::U8) - 200.0).maximum(y.cast(DType::U8)).not_equal(56.0).cast(DType::F32),
        16 => full(x),
        17 => full(x).reshape([rows * inner, columns]).reshape(shape),
        18 => full(x).transpose(&[0, 2, 1]).reshape(shape),
        19 => full(x).transpose(&[2, 1, 0]).transpose(&[2, 1, 0]),
        20 => small(full(x).sum(&[0], true)),
        21 => small(full(x).sum(&[1], true)),
        22 => small(full(x).sum(&[2], true)),
        23 => small(full(x).sum(&[0, 2], true)),
        24 => full(x).max(&[(c % 3) as isize], true),
        25 => full(x).min(&[1, 2], false).reshape([rows, 1, 1]),
        26 => small((full(x) * full(y)).sum_all()),
        27 => small(
            full(x)
                .reshape([rows * inner, columns])
                .matmul(full(y).reshape([columns, rows * inner]))
                .sum(&[1], true),
        )
        .reshape([rows, inner, 1]),
        28 => small(full(x).matmul_with(true, full(y), false).sum(&[1], true)),
        29 => small(full(x).matmul_with(false, full(y).max(&[0], false), true).sum(&[2], true)),
        30 => {
            // A product with an epilogue that keeps its shape.
            let gram = full(y).reshape([rows * inner, columns]).clip(-1.0, 1.0);
            small(
                full(x).matmul(gram.matmul_with(true, gram, false))
                    + y.max(&(0..y.rank() as isize).collect::<Vec<_>>(), false),
            )
        }
        31 => (full(x).softmax(-1) * 7.3).round(),
        32 => (full(x).tanh() * 3.3).round(),
        33 => ((full(x) * 0.5).exp().ln() * 2.0).round(),
        34 => {
            full(x).argmax().one_hot(columns, DType::F32)
                + y.max(&(0..y.rank() as isize).collect::<Vec<_>>(), false)
        }
        35 => full(seed.random(c as u64 % 3, shape).greater(0.5).cast(DType::F32)) * x.sign(),
        36 => match last {
            Some(axis) if x.shape()[axis] >= Some(2) => {
                let length = x.shape()[axis].unwrap_or(0);
                x.slice(axis, 1, length).pad(axis, c % 2, 1 - c % 2)
            }
            _ => x.square() - 1.0,
        },
        37 => full(x.builder().iota([inner, 1], 0).cast(DType::F32)).clip(0.0, 2.0) - x,
        38 => x.stop_gradient() - y * 0.0,
        _ => (full(x) - full(x).mean(&[2], true)).abs().greater(1e-3).cast(DType::F32),
    }
}

proptest! {
    #[test]
    fn plans_of_random_graphs_equal_the_reference(recipe in recipes()) {
        let (feeds, states) = recipe.tensors();
        compare(&recipe.graph(), &feeds, &states, 2, 0.0).unwrap();
    }
}
