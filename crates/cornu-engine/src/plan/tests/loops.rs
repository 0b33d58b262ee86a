//! Loops over time: plans that do not grow with it, the same bits on any number of threads.

use crate::error::Result;
use crate::exec::{State, Workspace};
use crate::grad::gradients;
use crate::graph::{Builder, Graph, ScanInputs, Scanned};
use crate::plan::Plan;
use crate::{DType, Tensor};

/// The loss of a recurrent network of tanh units over so many steps, with its gradients.
fn recurrent(steps: usize, batch: usize, units: usize) -> Result<Graph> {
    let b = Builder::new();
    let x = b.input("x", [steps, batch, units], DType::F32);
    let weight = |name: &str| b.state(name, [units, units], DType::F32);
    let weights = [weight("kernel"), weight("recurrent"), b.state("bias", [units], DType::F32)];
    let zeros = b.scalar(0.0, DType::F32).broadcast_to([batch, units]);
    let inputs = ScanInputs { sequences: &[x], states: &[zeros], constants: &weights, reverse: false };
    let found = b.scan(inputs, |step| -> Result<_> {
        let product = step.slices[0].matmul(step.constants[0]) + step.states[0].matmul(step.constants[1]);
        let next = (product + step.constants[2]).tanh();
        Ok(Scanned { states: vec![next], outputs: vec![next] })
    })?;
    let loss = found.outputs[0].square().mean_all() + found.states[0].sum_all();
    for (gradient, name) in gradients(loss, &weights)?.into_iter().zip(["kernel", "recurrent", "bias"]) {
        b.output(format!("d {name}"), gradient);
    }
    b.finish()
}

#[test]
fn a_plan_does_not_grow_with_time() -> Result<()> {
    let (short, long) = (Plan::new(&recurrent(10, 2, 3)?)?, Plan::new(&recurrent(1000, 2, 3)?)?);
    let words = |plan: &Plan| {
        let kernel = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        plan.explain().lines().map(kernel).collect::<Vec<_>>()
    };
    let (short, long) = (words(&short), words(&long));
    assert_eq!(short[..short.len() - 1], long[..long.len() - 1]);
    Ok(())
}

#[test]
fn only_what_depends_on_the_states_is_in_the_loop() -> Result<()> {
    let plan = Plan::new(&recurrent(7, 4, 8)?)?;
    let explained = plan.explain();
    let kernels: Vec<&str> = explained
        .lines()
        .filter_map(|line| line.get(5..63))
        .filter(|line| line.contains("matmul") || line.contains("loop"))
        .map(str::trim_end)
        .collect();
    // The forward step is computed again for all steps at once, as the products with the kernel and those of the
    // weights' gradients are.
    let want = [
        "matmul 28x8x8",
        "loop of 7 steps",
        "    matmul 4x8x8 + add add tanh",
        "matmul 28x8x8 + add add tanh square sub, in place",
        "loop of 7 steps backwards",
        "    matmul 4x8x8",
        "matmul 8x28x8",
        "matmul 8x28x8",
    ];
    assert_eq!(kernels, want, "{explained}");
    Ok(())
}

#[test]
fn the_bits_do_not_depend_on_the_threads() -> Result<()> {
    let (steps, batch, units) = (3, 70, 130);
    let plan = Plan::new(&recurrent(steps, batch, units)?)?;
    let tensor = |shape: &[usize], seed: u64| {
        let mut stream = crate::rng::Stream::new(seed, 0, 0);
        let values = (0..shape.iter().product()).map(|_| stream.next_f32() * 0.2 - 0.1).collect::<Vec<_>>();
        Tensor::new(values, shape)
    };
    let run = |threads: usize| -> Result<Vec<Vec<f32>>> {
        let mut state = State::default();
        for slot in plan.states() {
            state.insert(slot.name.clone(), tensor(&slot.shape, slot.name.len() as u64)?);
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut workspace = Workspace::new();
        let x = tensor(&[steps, batch, units], 0)?;
        // A second run finds what the first one left behind.
        pool.install(|| plan.run(&mut workspace, &mut state, &[&x]))?;
        pool.install(|| plan.run(&mut workspace, &mut state, &[&x]))?;
        plan.outputs().map(|slot| Ok(plan.output(&workspace, &slot.name)?.to_vec())).collect()
    };
    let alone = run(1)?;
    assert!(alone.iter().flatten().all(|value| value.is_finite()));
    assert_eq!(alone, run(3)?);
    Ok(())
}
