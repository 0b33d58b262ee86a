//! The rewrites against the reference, on every operation.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::cases::cases;
use crate::grad::gradients;
use crate::graph::{Builder, Op, Var};
use crate::reference::{Evaluation, evaluate};
use crate::{DType, Tensor};

type Formula = for<'g> fn(Var<'g>, Var<'g>) -> Var<'g>;
type Pass = fn(&Graph) -> Result<Graph>;
const PASSES: [(&str, Pass); 4] = [("dce", dce), ("fold", fold), ("cse", cse), ("optimise", optimise)];

fn assert_same(before: &Evaluation, after: &Evaluation, what: &str) {
    assert_eq!(before.outputs.len(), after.outputs.len(), "{what}");
    for (name, value) in &before.outputs {
        let other = &after.outputs[name];
        assert_eq!((&value.shape, value.dtype), (&other.shape, other.dtype), "{what}: {name}");
        for (a, b) in value.data.iter().zip(&other.data) {
            // Not bit for bit: a platform's `pow(x, 2)` may round otherwise than `x * x`.
            let close = a == b || (a - b).abs() <= 1e-12 * a.abs().min(b.abs());
            assert!(close || (a.is_nan() && b.is_nan()), "{what}: {name} was {value:?}, became {other:?}");
        }
    }
}

#[test]
fn every_pass_keeps_every_value() -> Result<()> {
    for case in cases() {
        let graph = case.with_gradients()?;
        graph.check()?;
        let feeds = case.feeds();
        let before = evaluate(&graph, &feeds, &feeds)?;
        for (name, pass) in PASSES {
            let rewritten = pass(&graph)?;
            rewritten.check()?;
            let what = format!("{name} of {}", case.name);
            assert!(rewritten.nodes().len() <= graph.nodes().len(), "{what}");
            assert_same(&before, &evaluate(&rewritten, &feeds, &feeds)?, &what);
        }
    }
    Ok(())
}

/// The optimised form of a formula in `x` and `y`, both `float32 (2, 3)`.
fn optimised(formula: impl for<'g> Fn(Var<'g>, Var<'g>) -> Var<'g>) -> String {
    let b = Builder::new();
    let (x, y) = (b.input("x", [2, 3], DType::F32), b.input("y", [2, 3], DType::F32));
    b.output("r", formula(x, y));
    let graph = b.finish().and_then(|graph| optimise(&graph));
    graph.map_or_else(|error| error.to_string(), |graph| graph.to_string())
}

#[test]
fn neutral_operations_vanish() {
    let rules: [(&str, Formula); 18] = [
        ("x + 0", |x, _| x + 0.0),
        ("0 + x", |x, _| 0.0 + x),
        ("x + zeros", |x, _| x + x.zeros_like()),
        ("x - 0", |x, _| x - 0.0),
        ("x · ones", |x, _| x * x.constant(1.0).broadcast_to([3, 2]).transpose(&[1, 0]).reshape([2, 3])),
        ("x · 1", |x, _| x * 1.0),
        ("1 · x", |x, _| 1.0 * x),
        ("x / 1", |x, _| x / 1.0),
        ("x^1", |x, _| x.pow(1.0)),
        ("--x", |x, _| -(-x)),
        ("reshaped forth and back", |x, _| x.reshape([6]).reshape([3, 2]).reshape([2, 3])),
        ("transposed forth and back", |x, _| x.transpose(&[1, 0]).transpose(&[1, 0])),
        ("transposed not at all", |x, _| x.transpose(&[0, 1])),
        ("summed over nothing", |x, _| x.reshape([2, 1, 3]).sum(&[1], false)),
        ("broadcast to itself", |x, _| x.builder().apply(Op::Broadcast([2, 3].into()), &[x])),
        ("cast to itself", |x, _| x.builder().apply(Op::Cast(DType::F32), &[x])),
        ("a known choice", |x, y| x.constant(1.0).less(2.0).select(x, y)),
        ("a choice between equals", |x, y| x.less(y).select(x * 1.0, x + 0.0)),
    ];
    for (name, formula) in rules {
        assert_eq!(
            optimised(formula),
            "%0 = input `x` : float32 (2, 3)\noutput `r` = %0\n",
            "{name} should be x"
        );
    }
}

#[test]
fn what_is_not_exact_stays() {
    let kept: [(&str, Formula); 6] = [
        ("mul", |x, _| x * 0.0),
        ("sub", |x, _| 0.0 - x),
        ("sub", |x, _| x - (-0.0)),
        ("pow", |x, _| x.pow(0.5)),
        ("pow", |x, _| x.pow(0.0)),
        ("div", |x, _| x / x),
    ];
    for (op, formula) in kept {
        assert!(optimised(formula).contains(&format!(" = {op}(")), "{op}: {}", optimised(formula));
    }
}

#[test]
fn a_one_that_repeats_its_partner_stays() {
    let b = Builder::new();
    let x = b.input("x", [3], DType::F32);
    b.output("r", x * b.constant(Tensor::full([2, 1], 1.0f32)));
    let graph = b.finish().and_then(|graph| optimise(&graph)).unwrap();
    assert_eq!(graph.node(graph.outputs()[0].1).shape, [2, 3].into());
}

#[test]
fn constants_are_computed_as_a_run_would() -> Result<()> {
    let b = Builder::new();
    let third = b.scalar(1.0, DType::F32) / 3.0;
    b.output("r", third * 3.0 - 1.0);
    b.output("large", b.scalar(3.0, DType::I64) + b.constant(Tensor::scalar((1i64 << 53) + 1)));
    let graph = optimise(&b.finish()?)?;
    // 1/3 is rounded to float32 before it is multiplied; large integers are left to exact kernels.
    let rounded = f64::from((1.0f64 / 3.0) as f32);
    let want = f64::from((f64::from((rounded * 3.0) as f32)) as f32) - 1.0;
    let Op::Const(found) = &graph.node(graph.outputs()[0].1).op else { panic!("not folded: {graph}") };
    assert_eq!(found.0.item(), Some(want));
    assert_eq!(graph.node(graph.outputs()[1].1).op.to_string(), "add");
    Ok(())
}

#[test]
fn equal_nodes_merge() {
    insta::assert_snapshot!(
        optimised(|x, y| {
            let seed = x.builder().constant(Tensor::from([1i64, 2]));
            let noise = || seed.random(7, [2, 3]);
            (x * y + noise()).pow(2.0) + (noise() + y * x).square() + seed.random(8, [2, 3])
        }),
        @r"
        %0 = input `x` : float32 (2, 3)
        %1 = input `y` : float32 (2, 3)
        %2 = const [1, 2] : int64 (2,)
        %3 = mul(%0, %1) : float32 (2, 3)
        %4 = random[0000000000000007](%2) : float32 (2, 3)
        %5 = add(%3, %4) : float32 (2, 3)
        %6 = square(%5) : float32 (2, 3)
        %7 = add(%6, %6) : float32 (2, 3)
        %8 = random[0000000000000008](%2) : float32 (2, 3)
        %9 = add(%7, %8) : float32 (2, 3)
        output `r` = %9
        "
    );
}

#[test]
fn repetition_gives_way_to_its_source() {
    insta::assert_snapshot!(
        optimised(|x, y| {
            let row = x.mean(&[0], true).broadcast_to([4, 2, 3]).broadcast_to([5, 4, 2, 3]);
            y.broadcast_to([5, 4, 2, 3]) * row + x.less(0.0).select(x.constant(2.0).broadcast_to([2, 3]), y)
        }),
        @r"
        %0 = input `x` : float32 (2, 3)
        %1 = input `y` : float32 (2, 3)
        %2 = mean[0]k(%0) : float32 (1, 3)
        %3 = broadcast(%2) : float32 (5, 4, 2, 3)
        %4 = mul(%1, %3) : float32 (5, 4, 2, 3)
        %5 = const 0.0 : float32 ()
        %6 = lt(%0, %5) : bool (2, 3)
        %7 = const 2.0 : float32 ()
        %8 = select(%6, %7, %1) : float32 (2, 3)
        %9 = add(%4, %8) : float32 (5, 4, 2, 3)
        output `r` = %9
        "
    );
}

#[test]
fn a_training_step_of_a_small_network() -> Result<()> {
    let b = Builder::new();
    let (x, labels) = (b.input("x", [8, 4], DType::F32), b.input("labels", [8], DType::I64));
    let weights: Vec<Var<'_>> = [("w1", vec![4, 16]), ("b1", vec![16]), ("w2", vec![16, 3]), ("b2", vec![3])]
        .into_iter()
        .map(|(name, shape)| b.state(name, shape, DType::F32))
        .collect();
    let hidden = b.scoped("dense", || (x.matmul(weights[0]) + weights[1]).relu());
    let logits = b.scoped("dense_1", || hidden.matmul(weights[2]) + weights[3]);
    b.output("probabilities", b.scoped("dense_1", || logits.softmax(-1)));
    let loss = b.scoped("loss", || logits.sparse_cross_entropy(labels).mean_all());
    b.output("loss", loss);
    let gradients = gradients(loss, &weights)?;
    b.scoped("sgd", || {
        for (weight, gradient) in weights.iter().zip(gradients) {
            if let Op::State(name) = weight.op() {
                b.update(name, *weight - gradient * 0.1);
            }
        }
    });
    insta::assert_snapshot!(optimise(&b.finish()?)?, @r"
        %0 = input `x` : float32 (8, 4)
        %1 = input `labels` : int64 (8,)
        %2 = state `w1` : float32 (4, 16)
        %3 = state `b1` : float32 (16,)
        %4 = state `w2` : float32 (16, 3)
        %5 = state `b2` : float32 (3,)
        %6 = matmul(%0, %2) : float32 (8, 16)  # dense
        %7 = add(%6, %3) : float32 (8, 16)  # dense
        %8 = relu(%7) : float32 (8, 16)  # dense
        %9 = matmul(%8, %4) : float32 (8, 3)  # dense_1
        %10 = add(%9, %5) : float32 (8, 3)  # dense_1
        %11 = softmax(%10) : float32 (8, 3)  # dense_1
        %12 = sparse_cross_entropy(%10, %1) : float32 (8,)  # loss
        %13 = mean[0](%12) : float32 ()  # loss
        %14 = const [0.125] : float32 (1,)  # loss
        %15 = reshape(%1) : int64 (8, 1)  # loss
        %16 = iota[axis=1]() : int64 (1, 3)  # loss
        %17 = eq(%15, %16) : bool (8, 3)  # loss
        %18 = cast[float32](%17) : float32 (8, 3)  # loss
        %19 = sub(%11, %18) : float32 (8, 3)  # loss
        %20 = mul(%19, %14) : float32 (8, 3)  # loss
        %21 = sum[0](%20) : float32 (3,)  # dense_1
        %22 = matmul[a, bᵀ](%20, %4) : float32 (8, 16)  # dense_1
        %23 = matmul[aᵀ, b](%8, %20) : float32 (16, 3)  # dense_1
        %24 = const 0.0 : float32 ()  # dense
        %25 = gt(%8, %24) : bool (8, 16)  # dense
        %26 = select(%25, %22, %24) : float32 (8, 16)  # dense
        %27 = sum[0](%26) : float32 (16,)  # dense
        %28 = matmul[aᵀ, b](%0, %26) : float32 (4, 16)  # dense
        %29 = const 0.1 : float32 ()  # sgd
        %30 = mul(%28, %29) : float32 (4, 16)  # sgd
        %31 = sub(%2, %30) : float32 (4, 16)  # sgd
        %32 = mul(%27, %29) : float32 (16,)  # sgd
        %33 = sub(%3, %32) : float32 (16,)  # sgd
        %34 = mul(%23, %29) : float32 (16, 3)  # sgd
        %35 = sub(%4, %34) : float32 (16, 3)  # sgd
        %36 = mul(%21, %29) : float32 (3,)  # sgd
        %37 = sub(%5, %36) : float32 (3,)  # sgd
        update `w1` = %31
        update `b1` = %33
        update `w2` = %35
        update `b2` = %37
        output `probabilities` = %11
        output `loss` = %13
    ");
    Ok(())
}

/// One step in building a random formula: an operation, and which earlier values it takes.
fn step() -> impl Strategy<Value = (u8, usize, usize)> {
    (0u8..18, any::<usize>(), any::<usize>())
}

fn grow<'g>(values: &[Var<'g>], (op, a, b): (u8, usize, usize)) -> Var<'g> {
    let (x, y) = (values[a % values.len()], values[b % values.len()]);
    match op {
        0 => x + y,
        1 => x - y,
        2 => x * y,
        // `x + 0` may lose the sign of a zero: nothing is divided by one.
        3 => x / (y.square() + 0.5),
        4 => x.maximum(y),
        5 => x.less(y).select(x, y),
        6 => x.pow([0.5, 1.0][b % 2]),
        7 => x * [0.0, 1.0, -1.0][b % 3],
        8 => x + [0.0, -0.0, 1.0][b % 3],
        9 => -x,
        10 => x.relu(),
        11 => x.tanh(),
        12 => x.broadcast_to([2, 3]),
        13 => x.broadcast_to([2, 3]).sum(&[0], true),
        14 => x.constant([0.0, 1.0, 2.0, -0.5][b % 4]),
        15 => x.broadcast_to([2, 3]).reshape([3, 2]).reshape([6]).reshape([2, 3]),
        16 => x.broadcast_to([2, 3]).transpose(&[1, 0]).transpose(&[1, 0]),
        _ => x.equal(y).cast(DType::F64),
    }
}

proptest! {
    #[test]
    fn random_formulas_keep_their_values(
        steps in prop::collection::vec(step(), 1..24),
        data in prop::collection::vec(prop_oneof![-2.0..2.0f64, Just(0.0), Just(1.0), Just(f64::INFINITY)], 9),
    ) {
        let b = Builder::new();
        let mut values =
            vec![b.input("x", [2, 3], DType::F64), b.input("y", [3], DType::F64), b.scalar(1.0, DType::F64)];
        for choice in steps {
            values.push(grow(&values, choice));
        }
        for (at, value) in values.iter().enumerate().skip(3) {
            b.output(format!("v{at}"), *value);
        }
        let graph = b.finish().unwrap();
        let optimised = optimise(&graph).unwrap();
        optimised.check().unwrap();
        let feeds = HashMap::from([
            ("x".to_owned(), Tensor::new(&data[..6], [2, 3]).unwrap()),
            ("y".to_owned(), Tensor::from(&data[6..])),
        ]);
        let run = |graph| evaluate(graph, &feeds, &HashMap::new()).unwrap();
        assert_same(&run(&graph), &run(&optimised), "optimise");
    }
}
