//! Types, empty tensors and graphs that make no sense: the same numbers as the reference or a clear error.

use super::{Named, compare, named};
use crate::error::Result;
use crate::exec::{State, Workspace};
use crate::graph::{Builder, Op, Reduction, Var};
use crate::plan::Plan;
use crate::{DType, Tensor};

/// What is wrong with a graph.
fn refusal(build: impl FnOnce(&Builder)) -> String {
    let b = Builder::new();
    build(&b);
    match b.finish().and_then(|graph| Plan::new(&graph)) {
        Ok(plan) => format!("became\n{}", plan.explain()),
        Err(error) => error.to_string(),
    }
}

/// The only result of a formula in constants that are fed, computed by a plan.
fn run(inputs: &[Tensor], formula: impl for<'g> Fn(&[Var<'g>]) -> Var<'g>) -> Result<Tensor> {
    let b = Builder::new();
    let vars: Vec<Var<'_>> = inputs
        .iter()
        .enumerate()
        .map(|(at, input)| b.input(format!("x{at}"), input.shape(), input.dtype()))
        .collect();
    b.output("y", formula(&vars));
    let plan = Plan::new(&b.finish()?)?;
    let fed: Vec<&Tensor> = plan
        .feeds()
        .iter()
        .filter_map(|slot| inputs.get(slot.name.strip_prefix('x')?.parse::<usize>().ok()?))
        .collect();
    let mut workspace = Workspace::new();
    plan.run(&mut workspace, &mut State::default(), &fed)?;
    plan.output(&workspace, "y")
}

#[test]
fn integers_are_exact_and_wrap_around() -> Result<()> {
    const LONG: i64 = (1 << 53) + 1;
    let x = [Tensor::from([LONG, -LONG, i64::MAX, 7]), Tensor::from([2i64, -2, 1, 0])];
    let of = |formula: for<'g> fn(&[Var<'g>]) -> Var<'g>| run(&x, formula).map(|y| y.to_vec::<i64>());
    assert_eq!(of(|x| x[0] + x[1])?, [LONG + 2, -LONG - 2, i64::MIN, 7]);
    assert_eq!(of(|x| x[0] * x[1])?, [2 * LONG, 2 * LONG, i64::MAX, 0]);
    assert_eq!(of(|x| x[0] / x[1])?, [LONG / 2, LONG / 2, i64::MAX, 0]);
    assert_eq!(of(|x| x[0].maximum(x[1]).abs())?, [LONG, 2, i64::MAX, 7]);
    assert_eq!(of(|x| x[1].pow(-x[1]))?, [0, 4, 1, 1]);
    assert_eq!(of(|x| x[0].equal(x[0].constant(0.0) + x[0]).select(x[0], x[1]))?, [LONG, -LONG, i64::MAX, 7]);
    assert_eq!(of(|x| x[0] + x[0].builder().constant(Tensor::scalar(LONG)))?[3], LONG + 7);
    let narrow = |formula: for<'g> fn(&[Var<'g>]) -> Var<'g>| {
        run(&[Tensor::from([200u8, 7]), Tensor::from([100u8, 9])], formula).map(|y| y.to_vec::<i64>())
    };
    assert_eq!(narrow(|x| x[0] + x[1])?, [44, 16]);
    // The sum wraps around before it is compared or divided, fused as they are.
    assert_eq!(narrow(|x| (x[0] + x[1]) / 2.0)?, [22, 8]);
    assert_eq!(narrow(|x| (x[0] - x[1] - x[1]).greater(x[0]))?, [0, 1]);
    assert_eq!(narrow(|x| x[0].cast(DType::I32).square().cast(DType::U8))?, [64, 49]);
    assert_eq!(narrow(|x| x[0].cast(DType::F32) * 2.0)?, [400, 14]);
    Ok(())
}

#[test]
fn casts_convert_as_tensors_do() -> Result<()> {
    let types = [DType::F32, DType::F64, DType::I32, DType::I64, DType::U8, DType::Bool];
    let values = Tensor::from([0.0, 1.0, -1.5, 2.75, 300.0, -7e9, 3e9]);
    for from in types {
        let x = values.cast(from);
        for to in types {
            let found = run(std::slice::from_ref(&x), |x| x[0].builder().apply(Op::Cast(to), x))?;
            assert_eq!(found, x.cast(to), "{from} to {to}");
            let doubled = run(std::slice::from_ref(&x), |x| {
                let y = x[0].builder().apply(Op::Cast(to), x);
                y.equal(y).select(y, y)
            })?;
            assert_eq!(doubled, x.cast(to), "{from} to {to}, fused");
        }
    }
    Ok(())
}

#[test]
fn constants_that_differ_in_one_bit_stay_apart() -> Result<()> {
    let long = |low: i64| Tensor::from([(1i64 << 53) + low, 0, 0]);
    let both = run(&[Tensor::from([0i64, 0, 0])], |x| {
        let b = x[0].builder();
        (x[0] + b.constant(long(0))).equal(b.constant(long(1)))
    })?;
    assert_eq!(both.to_vec::<bool>(), [false, true, true]);
    // Sweeps alike but for the sign of a zero.
    let b = Builder::new();
    for (name, zero) in [("p", 0.0), ("q", -0.0)] {
        b.update(name, 1.0 / (b.state(name, [2], DType::F32).maximum(0.0) * zero));
    }
    compare(
        &b.finish()?,
        &Named::new(),
        &named([("p", Tensor::from([1.0f32, 2.0])), ("q", Tensor::from([1.0f32, 2.0]))]),
        1,
        0.0,
    )?;
    Ok(())
}

#[test]
fn a_seed_may_be_any_value() -> Result<()> {
    let b = Builder::new();
    let seed = b.scalar(3.0, DType::I64).broadcast_to([2]);
    b.output("a", seed.random(1, [5]));
    let step = b.state("step", [1], DType::I64);
    b.output("b", (step + 1.0).broadcast_to([2]).random(1, [300]) * 2.0);
    b.output("c", b.iota([2], 0).random(1, [3]));
    b.update("step", step + 1.0);
    compare(&b.finish()?, &Named::new(), &Named::new(), 2, 0.0)?;
    Ok(())
}

#[test]
fn nothing_is_a_size_like_any_other() -> Result<()> {
    type Formula = for<'g> fn(Var<'g>) -> Var<'g>;
    let formulas: [(&str, Formula); 20] = [
        ("map", |x| x.tanh() + 1.0),
        ("repeated", |x| x.max(&[0], true) + x),
        ("repeated from one", |x| x * x.sum_all()),
        ("sum over nothing", |x| x.sum(&[1], false) + 1.0),
        ("sum of none", |x| (x * 2.0).sum(&[0], false)),
        ("mean of nothing", |x| x.mean(&[1, 2], false)),
        ("max of nothing", |x| x.max(&[1], true)),
        ("min of nothing", |x| x.min(&[0, 1, 2], false)),
        ("softmax", |x| x.softmax(-1)),
        ("log softmax", |x| x.log_softmax(1)),
        ("sparsemax", |x| x.sparsemax(0)),
        ("transposed", |x| x.transpose(&[2, 0, 1]) * 2.0),
        ("sliced", |x| x.slice(2, 0, 0)),
        ("padded", |x| x.pad(1, 2, 1)),
        ("padded and reduced", |x| x.pad(0, 0, 3).pad(1, 1, 0).pad(2, 0, 1).sum_all()),
        ("reshaped", |x| x.reshape([0, 7]) + 1.0),
        ("product over nothing", |x| x.matmul_with(true, x, false) + 1.0),
        ("product of nothing", |x| x.matmul_with(false, x, true).relu()),
        ("one-hot", |x| x.cast(DType::I64).one_hot(3, DType::F32)),
        ("random", |x| x.builder().constant(Tensor::from([1i64, 2])).random(3, x.shape()) + x),
    ];
    for shape in [[0, 2, 3], [2, 0, 3], [2, 3, 0], [0, 0, 0], [1, 0, 1]] {
        for (name, formula) in formulas {
            let b = Builder::new();
            let x = b.input("x", shape, DType::F32);
            b.output("y", formula(x));
            let graph = b.finish().unwrap_or_else(|error| panic!("{name} of {shape:?}: {error}"));
            compare(&graph, &named([("x", Tensor::zeros(shape, DType::F32))]), &Named::new(), 1, 0.0)?;
        }
    }
    Ok(())
}

#[test]
fn no_element_can_be_chosen_of_none() {
    assert_eq!(
        refusal(|b| b.output("y", b.input("x", [3, 0], DType::F32).argmax())),
        "argmax: needs at least one element in a row, got (3, 0)"
    );
    assert_eq!(
        refusal(|b| {
            let labels = b.input("labels", [3], DType::I64);
            let loss = || b.input("x", [3, 0], DType::F32).sparse_cross_entropy(labels);
            b.output("y", b.scoped("loss", loss));
        }),
        "in `loss`: sparse_cross_entropy: needs at least one element in a row, got (3, 0)"
    );
    assert_eq!(
        refusal(|b| b.output("y", b.input("x", [0, 4], DType::F32).argmax() + 1.0)).lines().next(),
        Some("became")
    );
}

#[test]
fn graphs_that_make_no_sense_are_refused() {
    assert_eq!(
        refusal(|b| b.output("y", b.input("x", [None, Some(2)], DType::F32))),
        "input `x`: a plan needs all dimensions, got (None, 2)"
    );
    assert_eq!(
        refusal(|b| b.output("y", b.input("x", [2], DType::F64).sum_all())),
        "sum[0]: plans compute float32, got float64; cast it first"
    );
    assert_eq!(
        refusal(|b| b.output("y", b.input("x", [2], DType::I64).mean_all())),
        "mean[0]: plans compute float32, got int64; cast it first"
    );
    assert_eq!(
        refusal(|b| b.output("y", b.state("w", [2], DType::F32).sum_all() + b.state("w", [3], DType::F32))),
        "state `w`: is float32 (2,) already, got float32 (3,)"
    );
    assert_eq!(
        refusal(|b| b.update("w", b.state("w", [2], DType::F32).pad(0, 0, 1))),
        "illegal graph: the new value of `w` is float32 (3,), the variable float32 (2,)"
    );
    assert_eq!(
        refusal(|b| {
            b.update("w", b.scalar(1.0, DType::F32));
            b.update("w", b.scalar(2.0, DType::F32));
        }),
        "illegal graph: `w` is updated twice"
    );
    assert_eq!(
        refusal(|b| {
            let x = b.input("x", [2, 3, 4], DType::F32);
            let op = Op::Reduce { kind: Reduction::Sum, axes: vec![2, 0], keepdims: false };
            b.output("y", b.apply(op, &[x]));
        }),
        "sum[2, 0]: wants each axis once, in ascending order"
    );
    assert_eq!(
        refusal(|b| {
            let other = Builder::new();
            let x = other.input("x", [2], DType::F32);
            b.apply(Op::Cast(DType::F64), &[x]);
        }),
        "cast[float64]: got a value of another graph"
    );
    assert_eq!(
        refusal(|b| {
            b.output("y", b.scalar(1.0, DType::F32));
            b.output("y", b.scalar(2.0, DType::F32));
        }),
        "illegal graph: `y` is the name of two results"
    );
    assert_eq!(
        refusal(|b| b.output("y", b.scalar(1.0, DType::F32).broadcast_to([1 << 40, 1 << 40]) + 1.0)),
        "broadcast: (1099511627776, 1099511627776) is larger than memory can be"
    );
    assert_eq!(
        refusal(|b| b.output("y", b.input("x", [0, usize::MAX, 2], DType::F32).sum(&[0], false))),
        "input `x`: (0, 18446744073709551615, 2) is larger than memory can be"
    );
    assert_eq!(
        refusal(|b| b.output("y", b.input("x", [2], DType::F32).pad(0, usize::MAX, usize::MAX))),
        "pad[axis=0, 18446744073709551615+18446744073709551615]: (18446744073709551615,) is larger than memory can be"
    );
}

#[test]
fn a_failed_run_leaves_nothing_half_bound() -> Result<()> {
    let b = Builder::new();
    let sum = b.state("p", [2], DType::F32) + b.state("q", [2], DType::F32);
    b.output("sum", sum);
    let plan = Plan::new(&b.finish()?)?;
    let (mut workspace, none) = (Workspace::new(), [] as [&Tensor; 0]);
    let message = |result: Result<()>| result.map_err(|error| error.to_string());
    let mut whole = State::default();
    whole.insert("p", Tensor::from([1.0f32, 2.0]));
    let half = whole.clone();
    whole.insert("q", Tensor::from([3.0f32, 4.0]));
    plan.infer(&mut workspace, &whole, &none)?;
    assert_eq!(
        message(plan.infer(&mut workspace, &half, &none)),
        Err("the plan needs the variable `q`".into())
    );
    assert!(plan.output(&workspace, "sum").is_err());
    plan.infer(&mut workspace, &whole, &none)?;
    assert_eq!(plan.output(&workspace, "sum")?.to_vec::<f32>(), [4.0, 6.0]);
    Ok(())
}

#[test]
fn results_are_read_only_where_the_plan_ran_last() -> Result<()> {
    let made = |value: f64| -> Result<Plan> {
        let b = Builder::new();
        b.output("y", b.state("w", [3], DType::F32) + value);
        b.output("truth", b.state("w", [3], DType::F32).less(value));
        Plan::new(&b.finish()?)
    };
    let (one, two) = (made(1.0)?, made(2.0)?);
    let (mut workspace, mut state, none) = (Workspace::new(), State::default(), [] as [&Tensor; 0]);
    state.insert("w", Tensor::zeros([3], DType::F32));
    one.infer(&mut workspace, &state, &none)?;
    let message = |result: Result<Tensor>| result.map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(
        message(two.output(&workspace, "truth")),
        Err("this plan has not run, so there is no `truth`".into())
    );
    two.infer(&mut workspace, &state, &none)?;
    assert_eq!(two.output(&workspace, "y")?.to_vec::<f32>(), [2.0; 3]);
    assert_eq!(message(one.output(&workspace, "y")), Err("this plan has not run, so there is no `y`".into()));
    Ok(())
}

#[test]
fn tensors_shared_with_a_variable_stay_as_they_are() -> Result<()> {
    let b = Builder::new();
    let (p, x) = (b.state("p", [2], DType::F32), b.input("x", [2], DType::F32));
    b.output("sum", p + x + b.state("q", [2], DType::F32));
    b.update("p", p * x);
    let plan = Plan::new(&b.finish()?)?;
    let x = Tensor::from([2.0f32, 3.0]);
    let (mut workspace, mut state) = (Workspace::new(), State::default());
    state.insert("p", x.clone());
    state.insert("q", x.clone());
    plan.run(&mut workspace, &mut state, &[&x])?;
    assert_eq!(x.to_vec::<f32>(), [2.0, 3.0]);
    assert_eq!(plan.output(&workspace, "sum")?.to_vec::<f32>(), [6.0, 9.0]);
    assert_eq!(state.get("p").map(Tensor::to_vec::<f32>), Some(vec![4.0, 9.0]));
    assert_eq!(state.get("q"), Some(&x));
    Ok(())
}
