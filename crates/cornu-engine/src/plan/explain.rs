//! A plan in words: what was fused and what each step costs.

use std::fmt::Write;

use super::{Kernel, Plan, PoolWork, Product, RowFunction, Segment};
use crate::graph::PoolKind;
use crate::kernels::conv::Part;
use crate::kernels::map::{Instr, Program};

/// What a step costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cost {
    /// Arithmetic operations, an elementwise function counted as one.
    pub(crate) flops: usize,
    /// Bytes read and written.
    pub(crate) bytes: usize,
}

impl Plan {
    /// Arithmetic operations of one run, an elementwise function counted as one.
    pub fn flops(&self) -> usize {
        self.cost().flops
    }

    /// One line a step: the kernel, what is fused into it, arithmetic operations and bytes moved, and the part of the
    /// model it belongs to; then the totals.
    pub fn explain(&self) -> String {
        let mut text = String::new();
        self.list(&mut text, "");
        let total = self.cost();
        let _ = writeln!(
            text,
            "{} steps, {} flops, {} bytes moved, {} bytes of memory",
            self.steps.len(),
            total.flops,
            total.bytes,
            self.memory()
        );
        text
    }
}

impl Plan {
    /// One line a step; under a loop, the steps of which it repeats.
    fn list(&self, text: &mut String, indent: &str) {
        for (at, step) in self.steps.iter().enumerate() {
            let cost = cost(&step.kernel);
            let scope = if step.scope.is_empty() { String::new() } else { format!("  # {}", step.scope) };
            let what = format!("{indent}{}", describe(&step.kernel));
            let _ =
                writeln!(text, "{at:3}  {what:<58} {:>12} flops {:>11} bytes{scope}", cost.flops, cost.bytes);
            if let Kernel::Loop(looped) = &step.kernel {
                looped.step.list(text, &format!("{indent}    "));
            }
        }
    }

    fn cost(&self) -> Cost {
        self.steps.iter().map(|step| cost(&step.kernel)).fold(Cost::default(), add)
    }
}

pub(crate) fn describe(kernel: &Kernel) -> String {
    match kernel {
        Kernel::Map { program, segments, .. } => {
            let elements: usize = segments.iter().map(|segment| segment.length).sum();
            let parts =
                if segments.len() > 1 { format!(" in {} parts", segments.len()) } else { String::new() };
            format!("map {elements}{parts}: {}{}", words(program), in_place(segments))
        }
        Kernel::MatMul { product: Product { batch, m, k, n, .. }, epilogue } => {
            let times = if *batch > 1 { format!("{batch} x ") } else { String::new() };
            format!("matmul {times}{m}x{k}x{n}{}", then(epilogue))
        }
        Kernel::Conv { part, geometry: g, epilogue, .. } => {
            let name = match part {
                Part::Output => "conv",
                Part::Input => "conv_input",
                Part::Kernel => "conv_kernel",
            };
            let sizes = |all: &[usize; 3]| all.map(|length| length.to_string()).join("x");
            let (images, kernel) = (sizes(&g.input), sizes(&g.kernel));
            format!(
                "{name} {}x[{images}]x{} by [{kernel}]x{}{}",
                g.images,
                g.channels,
                g.filters,
                then(epilogue)
            )
        }
        Kernel::Pool { work, kind, windows, .. } => {
            let name = match (work, kind) {
                (PoolWork::Pool, PoolKind::Max) => "max_pool",
                (PoolWork::Pool, PoolKind::Average) => "average_pool",
                (PoolWork::Take, _) => "max_pool_take",
                (PoolWork::Spread, PoolKind::Max) => "max_pool_input",
                (PoolWork::Spread, PoolKind::Average) => "average_pool_input",
            };
            let sizes = |all: [usize; 3]| all.map(|length| length.to_string()).join("x");
            let (input, output) =
                (sizes(windows.input), sizes(std::array::from_fn(|at| windows.ranges[at].len())));
            format!("{name} {}x[{input}]x{} to [{output}]", windows.images, windows.channels)
        }
        Kernel::Reduce { kind, program, layout, .. } => {
            let of = if program.is_empty() { String::new() } else { format!(" of {}", words(program)) };
            let kind = format!("{kind:?}").to_lowercase();
            format!("{kind} {}x[{}]x{}{of}", layout.outer, layout.reduced, layout.inner)
        }
        Kernel::Rows { function, rows, width, .. } => {
            let name = match function {
                RowFunction::Softmax => "softmax",
                RowFunction::LogSoftmax => "log_softmax",
                RowFunction::Sparsemax => "sparsemax",
                RowFunction::SparseCrossEntropy => "sparse_cross_entropy",
                RowFunction::ArgMax => "argmax",
                RowFunction::InTopK(_) => "in_top_k",
            };
            format!("{name} {rows}x{width}")
        }
        Kernel::Concat { parts, runs, .. } => format!("concat {runs}x{} parts", parts.len()),
        Kernel::Gather { table, count, width, .. } => format!("gather {count}x{width} of {table}"),
        Kernel::ScatterAdd { table, count, width, .. } => format!("scatter_add {count}x{width} to {table}"),
        Kernel::Copy { copy, .. } => format!("copy {:?}", copy.lengths),
        Kernel::Loop(looped) => {
            let direction = if looped.reverse { " backwards" } else { "" };
            format!("loop of {} steps{direction}", looped.steps)
        }
    }
}

/// What a product is followed by.
fn then(epilogue: &Option<(Program, Segment)>) -> String {
    epilogue.as_ref().map_or(String::new(), |(program, segment)| {
        format!(" + {}{}", words(program), in_place(std::slice::from_ref(segment)))
    })
}

/// Says so if every result takes the place of an operand.
fn in_place(segments: &[Segment]) -> &'static str {
    let mut results = segments
        .iter()
        .flat_map(|Segment { inputs, outputs, .. }| outputs.iter().map(move |to| (inputs, to)));
    if results.all(|(inputs, to)| inputs.contains(to)) { ", in place" } else { "" }
}

/// The instructions by name, at most eight of them.
fn words(program: &Program) -> String {
    const SHOWN: usize = 8;
    let name = |instr: &Instr| match instr {
        Instr::Copy { .. } => "copy".to_owned(),
        Instr::Unary { op, .. } => format!("{op:?}").to_lowercase(),
        Instr::Binary { op, .. } => format!("{op:?}").to_lowercase(),
        Instr::Select { .. } => "select".to_owned(),
        Instr::Convert { dtype, .. } => dtype.name().to_owned(),
    };
    let shown: Vec<String> = program.instrs().iter().take(SHOWN).map(name).collect();
    let rest = program.len().saturating_sub(SHOWN);
    if rest > 0 { format!("{} and {rest} more", shown.join(" ")) } else { shown.join(" ") }
}

pub(crate) fn cost(kernel: &Kernel) -> Cost {
    match kernel {
        Kernel::Map { program, segments, .. } => {
            segments.iter().map(|segment| sweep(program, segment.length)).fold(Cost::default(), add)
        }
        Kernel::MatMul { product: Product { batch, m, k, n, .. }, epilogue } => {
            let own = Cost { flops: 2 * batch * m * k * n, bytes: 4 * batch * (m * k + k * n + m * n) };
            let after = epilogue.as_ref().map(|(program, segment)| sweep(program, segment.length));
            add(own, after.unwrap_or_default())
        }
        Kernel::Conv { geometry: g, epilogue, .. } => {
            let elements = g.input_elements() + g.kernel_elements() + g.output_elements();
            let after = epilogue.as_ref().map(|(program, segment)| sweep(program, segment.length));
            add(Cost { flops: g.flops(), bytes: 4 * elements }, after.unwrap_or_default())
        }
        Kernel::Pool { windows, .. } => {
            let elements = windows.input_elements() + windows.output_elements();
            Cost { flops: windows.reads(), bytes: 4 * elements }
        }
        Kernel::Reduce { program, layout, .. } => {
            let elements = layout.results() * layout.reduced;
            add(sweep(program, elements), Cost { flops: elements, bytes: 0 })
        }
        Kernel::Rows { rows, width, .. } => Cost { flops: 5 * rows * width, bytes: 8 * rows * width },
        Kernel::Concat { parts, runs, .. } => {
            Cost { flops: 0, bytes: 2 * runs * parts.iter().map(|(_, run)| run).sum::<usize>() }
        }
        Kernel::Gather { count, width, .. } => Cost { flops: 0, bytes: 8 * count * width },
        Kernel::ScatterAdd { table, count, width, .. } => {
            Cost { flops: count * width, bytes: 4 * (2 * count + table) * width }
        }
        Kernel::Copy { copy, .. } => {
            Cost { flops: 0, bytes: 2 * copy.element * copy.lengths.iter().product::<usize>() }
        }
        Kernel::Loop(looped) => {
            let step = looped.step.cost();
            let before: usize = looped.before.iter().map(|(_, to)| 2 * to.stride).sum();
            let first: usize = looped.first.iter().map(|(.., bytes)| 2 * bytes).sum();
            Cost { flops: looped.steps * step.flops, bytes: first + looped.steps * (step.bytes + before) }
        }
    }
}

fn add(a: Cost, b: Cost) -> Cost {
    Cost { flops: a.flops + b.flops, bytes: a.bytes + b.bytes }
}

fn sweep(program: &Program, length: usize) -> Cost {
    Cost { flops: program.len() * length, bytes: program.bytes_per_element() * length }
}
