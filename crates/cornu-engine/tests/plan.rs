//! Plans against the reference kernels: the same graph, the same numbers.

mod common;

use std::collections::HashMap;

use cornu_engine::exec::{State, Workspace};
use cornu_engine::graph::{Builder, Graph, Var};
use cornu_engine::plan::Plan;
use cornu_engine::{DType, Result, Tensor, reference};

use common::{feeds, noise, states, training_step};

fn close(name: &str, got: &Tensor, want: &[f64], tolerance: f64) {
    let got = got.to_vec::<f64>();
    assert_eq!(got.len(), want.len(), "{name}");
    for (at, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((g - w).abs() <= tolerance * (1.0 + w.abs()), "{name}[{at}]: {g} against {w}");
    }
}

/// Runs a graph both ways and compares every result and every variable.
fn compare(graph: &Graph, feeds: &HashMap<String, Tensor>, tolerance: f64) -> Result<Plan> {
    let plan = Plan::new(graph)?;
    let mut state = states(&plan);
    let before: HashMap<String, Tensor> = state.iter().map(|(n, t)| (n.to_owned(), t.clone())).collect();
    let want = reference::evaluate(graph, feeds, &before)?;
    let ordered: Vec<&Tensor> = plan.feeds().iter().map(|slot| &feeds[&slot.name]).collect();
    let mut workspace = Workspace::new();
    plan.run(&mut workspace, &mut state, &ordered)?;
    for (name, value) in &want.outputs {
        close(name, &plan.output(&workspace, name)?, &value.data, tolerance);
    }
    for (name, value) in &want.updates {
        close(name, state.get(name).unwrap(), &value.data, tolerance);
    }
    Ok(plan)
}

#[test]
fn a_training_step_equals_the_reference() -> Result<()> {
    for (batch, inputs, hidden, classes) in [(4, 3, 5, 2), (32, 20, 30, 10), (1, 8, 1, 3), (128, 70, 65, 10)]
    {
        let graph = training_step(batch, inputs, hidden, classes)?;
        compare(&graph, &feeds(batch, inputs, classes), 2e-5)?;
    }
    Ok(())
}

#[test]
fn what_a_training_step_is_fused_into() -> Result<()> {
    insta::assert_snapshot!(Plan::new(&training_step(32, 20, 30, 10)?)?.explain(), @r"
  0  matmul 32x20x30 + ge div add relu mul gt                          44160 flops       21280 bytes  # dense
  1  matmul 32x30x10 + add, in place                                   19520 flops        8880 bytes  # dense_1
  2  softmax 32x10                                                      1600 flops        2560 bytes
  3  sparse_cross_entropy 32x10                                         1600 flops        2560 bytes
  4  mean 1x[32]x1                                                        32 flops         256 bytes
  5  map 320: eq sub mul                                                 960 flops        2560 bytes
  6  sum 1x[32]x10                                                       320 flops        2560 bytes  # dense_1
  7  matmul 32x10x30 + mul select, in place                            21120 flops       18800 bytes  # dense_1
  8  sum 1x[32]x30                                                       960 flops        7680 bytes  # dense
  9  argmax 32x10                                                       1600 flops        2560 bytes
 10  map 32: eq                                                           32 flops         544 bytes
 11  sum 1x[32]x1 of copy                                                 64 flops         160 bytes
 12  matmul 20x32x30 + mul add mul sub, in place                       40800 flops       20800 bytes  # dense
 13  matmul 30x32x10 + mul add mul sub, in place                       20400 flops       12320 bytes  # dense_1
 14  map 40 in 2 parts: mul add mul sub, in place                        160 flops         800 bytes
 15  map 1: add, in place                                                  1 flops          12 bytes
16 steps, 153329 flops, 104332 bytes moved, 16512 bytes of memory
");
    Ok(())
}

#[test]
fn variables_may_trade_places() -> Result<()> {
    let b = Builder::new();
    let (x, y) = (b.state("x", [3], DType::F32), b.state("y", [3], DType::F32));
    b.update("x", y);
    b.update("y", x);
    b.output("old x", x);
    let sum = x + y;
    b.update("sum", sum);
    b.output("sum", sum);
    compare(&b.finish()?, &HashMap::new(), 0.0)?;
    Ok(())
}

#[test]
fn reductions_views_and_copies_equal_the_reference() -> Result<()> {
    type Formula = for<'g> fn(Var<'g>) -> Var<'g>;
    let formulas: [(&str, Formula); 14] = [
        ("sum over leading", |x| (x * 2.0).sum(&[0], false)),
        ("sum over scattered axes", |x| x.square().sum(&[0, 2], true)),
        ("mean over the middle", |x| x.mean(&[1], true) + x),
        ("max over trailing", |x| x - x.max(&[-1], true)),
        ("min of everything", |x| x.min(&[0, 1, 2], false)),
        ("moments", |x| (x - x.mean(&[0, 1], true)).square().mean(&[0, 1], false)),
        ("transposed", |x| x.transpose(&[2, 0, 1]).exp()),
        ("sliced", |x| x.slice(2, 1, 4) * x.slice(2, 2, 5)),
        ("padded", |x| x.pad(1, 2, 1) + 1.0),
        ("softmax of another axis", |x| x.softmax(1)),
        ("sparsemax", |x| (x * 3.0).sparsemax(-1)),
        ("reshaped", |x| x.reshape([6, 35]).tanh().sum(&[1], false)),
        ("one-hot", |x| x.argmax().one_hot(7, DType::F32) * 2.0),
        ("batched product", |x| x.matmul_with(false, x.sigmoid(), true)),
    ];
    for (name, formula) in formulas {
        let b = Builder::new();
        let x = b.input("x", [6, 5, 7], DType::F32);
        b.output(name, formula(x));
        let feeds = HashMap::from([("x".to_owned(), noise(&[6, 5, 7], 3))]);
        compare(&b.finish()?, &feeds, 1e-5)?;
    }
    Ok(())
}

#[test]
fn long_sweeps_and_reductions_are_cut_into_tasks_that_agree() -> Result<()> {
    let b = Builder::new();
    let x = b.input("x", [700, 301], DType::F32);
    let y = (x.exp() * x.mean(&[0], true) + x.sum(&[1], true)).tanh();
    b.output("y", y);
    b.output("total", y.sum_all());
    b.output("columns", y.square().sum(&[0], false));
    let feeds = HashMap::from([("x".to_owned(), noise(&[700, 301], 4))]);
    compare(&b.finish()?, &feeds, 1e-4)?;
    Ok(())
}

#[test]
fn the_same_bits_on_any_number_of_threads() -> Result<()> {
    let graph = training_step(128, 300, 260, 10)?;
    let feeds = feeds(128, 300, 10);
    let run = |threads: usize| -> Result<Vec<Vec<f32>>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let plan = Plan::new(&graph)?;
            let (mut state, mut workspace) = (states(&plan), Workspace::new());
            let ordered: Vec<&Tensor> = plan.feeds().iter().map(|slot| &feeds[&slot.name]).collect();
            for _ in 0..3 {
                plan.run(&mut workspace, &mut state, &ordered)?;
            }
            Ok(state.iter().map(|(_, t)| t.to_vec::<f32>()).collect())
        })
    };
    let one = run(1)?;
    assert_eq!(one, run(2)?);
    assert_eq!(one, run(5)?);
    Ok(())
}

#[test]
fn what_does_not_fit_is_refused() -> Result<()> {
    let b = Builder::new();
    let x = b.input("x", [2], DType::F32);
    b.output("y", x + b.state("w", [2], DType::F32));
    let plan = Plan::new(&b.finish()?)?;
    let (mut workspace, mut state) = (Workspace::new(), State::default());
    let x = Tensor::from([1.0f32, 2.0]);
    let message = |e: cornu_engine::Error| e.to_string();
    let missing = plan.run(&mut workspace, &mut state, &[&x]).map_err(message);
    assert_eq!(missing, Err("the plan needs the variable `w`".into()));
    state.insert("w", Tensor::from([1.0f32]));
    let short = plan.run(&mut workspace, &mut state, &[&x]).map_err(message);
    assert_eq!(short, Err("variable `w`: wants float32 [2], got float32 [1]".into()));
    state.insert("w", x.clone());
    let typed = plan.run(&mut workspace, &mut state, &[&Tensor::from([1i64, 2])]).map_err(message);
    assert_eq!(typed, Err("feed `x`: wants float32 [2], got int64 [2]".into()));
    plan.run(&mut workspace, &mut state, &[&x])?;
    assert!(plan.output(&workspace, "z").is_err());
    Ok(())
}

/// What a plan does, a step a line, without its costs.
fn steps(graph: &Graph) -> Result<String> {
    let explained = Plan::new(graph)?.explain();
    let words = |line: &str| line.get(5..63).map(|words| words.trim_end().to_owned());
    let steps: Option<Vec<String>> =
        explained.lines().filter(|line| line.ends_with("bytes")).map(words).collect();
    Ok(steps.unwrap_or_default().join("\n"))
}

#[test]
fn what_is_fused_into_what() -> Result<()> {
    let b = Builder::new();
    let x = b.input("x", [8, 16], DType::F32);
    let w = b.state("w", [16, 4], DType::F32);
    let logits = x.matmul(w) + b.state("bias", [4], DType::F32);
    // Into a product: what follows it, though two results are kept.
    b.output("logits", logits);
    b.output("probabilities", logits.sigmoid());
    // Into a reduction: what goes before it.
    b.output("loss", (logits.sigmoid() - 1.0).square().mean_all());
    b.output("spread", x.square().mean(&[1], false));
    // Around a reduction that its own operand needs: two sweeps, no more.
    let centred = x - x.mean(&[0], true);
    b.output("centred", centred / (centred.square().mean(&[0], true) + 1e-3).sqrt());
    // Several variables, one sweep; each in its own memory.
    for (name, shape) in [("p", vec![30]), ("q", vec![7, 3]), ("r", vec![])] {
        b.update(name, b.state(name, shape, DType::F32) * 0.5);
    }
    // Masks are made where they are used.
    let seed = b.input("seed", [2], DType::I64);
    b.output("dropped", seed.random(1, [8, 16]).less(0.5).select(x, 0.0));
    insta::assert_snapshot!(steps(&b.finish()?)?, @r"
    matmul 8x16x4 + add sigmoid sub square
    mean 1x[32]x1
    mean 8x[16]x1 of square
    mean 1x[8]x16
    map 128: sub square
    mean 1x[8]x16
    map 16: add sqrt, in place
    map 128: div, in place
    map 128: lt select
    map 52 in 3 parts: mul, in place
    ");
    Ok(())
}
