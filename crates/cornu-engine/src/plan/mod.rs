//! Plans: a concrete graph as a flat list of steps over one arena.

mod compile;
mod draft;
pub(crate) mod explain;
mod in_place;
mod lower;
mod memory;
mod merge;
mod roots;
mod scan;
mod schedule;
mod steps;
mod storage;
#[cfg(test)]
mod tests;
mod values;
mod windows;

use crate::DType;
use crate::graph::{Graph, PoolKind};
use crate::kernels::conv::{Geometry, Part};
use crate::kernels::map::Program;
use crate::kernels::pool::Windows;
use crate::kernels::reduce::{Cut, Layout};
use crate::scalar::Reduction;

/// A graph made ready to run: what runs in which order, and where each value lies.
///
/// ```
/// use cornu_engine::{DType, Tensor, exec::{State, Workspace}, graph::Builder, plan::Plan};
/// let b = Builder::new();
/// let x = b.input("x", [2, 2], DType::F32);
/// let total = b.state("total", [2], DType::F32);
/// b.output("doubled", x * 2.0);
/// b.update("total", total + x.sum(&[0], false));
/// let plan = Plan::new(&b.finish()?)?;
///
/// let mut state = State::default();
/// state.insert("total", Tensor::from([0.0f32, 0.0]));
/// let mut workspace = Workspace::default();
/// plan.run(&mut workspace, &mut state, &[&Tensor::from([[1.0f32, 2.0], [3.0, 4.0]])])?;
/// assert_eq!(plan.output(&workspace, "doubled")?.to_vec::<f32>(), [2.0, 4.0, 6.0, 8.0]);
/// assert_eq!(state.get("total").unwrap().to_vec::<f32>(), [4.0, 6.0]);
/// # Ok::<(), cornu_engine::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) graph: Graph,
    pub(crate) steps: Vec<Step>,
    pub(crate) states: Vec<Slot>,
    /// Which of `states` the plan writes.
    pub(crate) written: Vec<bool>,
    pub(crate) feeds: Vec<Slot>,
    pub(crate) consts: Vec<crate::Tensor>,
    pub(crate) outputs: Vec<(Slot, Place)>,
    pub(crate) arena_bytes: usize,
    pub(crate) scratch_floats: usize,
    /// The same for every clone of one plan, different for any other.
    pub(crate) identity: u64,
}

/// A named tensor that a plan reads or writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its element type.
    pub dtype: DType,
}

/// Where a value lies: in the arena, a variable, a feed or a constant, so many bytes from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    /// 0 is the arena; then come variables, feeds, constants.
    pub(crate) base: u32,
    pub(crate) offset: usize,
}

/// One kernel call.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) kernel: Kernel,
    /// The part of the model it belongs to.
    pub(crate) scope: String,
}

/// A kernel with its operands.
#[derive(Debug, Clone)]
pub(crate) enum Kernel {
    /// One elementwise program over any number of segments.
    Map { program: Program, segments: Vec<Segment>, tasks: Vec<Vec<Chunk>> },
    /// A matrix product and, on each finished block of it, an elementwise program.
    MatMul { product: Product, epilogue: Option<(Program, Segment)> },
    /// A convolution or a gradient of one and, on each finished block of it, an elementwise program.
    Conv {
        part: Part,
        geometry: Geometry,
        inputs: [Place; 2],
        to: Place,
        epilogue: Option<(Program, Segment)>,
    },
    /// A pool or a gradient of one.
    Pool { work: PoolWork, kind: PoolKind, windows: Windows, inputs: Vec<Place>, to: Place },
    /// A reduction of what a program computes.
    Reduce { kind: Reduction, program: Program, inputs: Vec<Place>, layout: Layout, cut: Cut, to: Place },
    /// A function of whole rows.
    Rows { function: RowFunction, inputs: Vec<Place>, to: Place, rows: usize, width: usize },
    /// Parts side by side: `runs` times as many bytes of each as stand beside it.
    Concat { parts: Vec<(Place, usize)>, runs: usize, to: Place },
    /// `count` rows, of `width` elements, of a table of `table` rows.
    Gather { from: Place, indices: Place, to: Place, table: usize, count: usize, width: usize },
    /// `count` rows, of `width` elements, summed into a table of `table` rows.
    ScatterAdd { from: Place, indices: Place, to: Place, table: usize, count: usize, width: usize },
    /// A strided copy into memory that is cleared first if it is not covered.
    Copy { copy: Copy, from: Place, to: Place },
    /// A plan run step by step.
    Loop(Box<Loop>),
}

/// A plan run once for each step of a loop, over operands that move along time.
#[derive(Debug, Clone)]
pub(crate) struct Loop {
    pub(crate) step: Plan,
    pub(crate) steps: usize,
    /// Whether the last slice comes first.
    pub(crate) reverse: bool,
    /// Where the plan's variables and feeds lie, in the order of their bases.
    pub(crate) operands: Vec<Repeated>,
    /// Room for the addresses of the plan's bases.
    pub(crate) addresses: Place,
    /// The plan's arena.
    pub(crate) arena: Place,
    /// What is copied before the first step, so many bytes: the first states into the variables.
    pub(crate) first: Vec<(Place, Place, usize)>,
    /// What is copied before each step: states into what is gathered of them.
    pub(crate) before: Vec<(Place, Repeated)>,
}

/// A value of each step: so many bytes further with each slice; 0 for what stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repeated {
    pub(crate) place: Place,
    pub(crate) stride: usize,
}

/// Places of one sweep's operands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Segment {
    pub(crate) inputs: Vec<Place>,
    pub(crate) outputs: Vec<Place>,
    pub(crate) length: usize,
}

/// Part of a segment: what one task computes at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) segment: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// `c = a b`, one or many of a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) batch: usize,
    pub(crate) m: usize,
    pub(crate) k: usize,
    pub(crate) n: usize,
    pub(crate) transpose_a: bool,
    pub(crate) transpose_b: bool,
    pub(crate) a: Place,
    pub(crate) b: Place,
    pub(crate) c: Place,
}

/// What is done with the windows of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PoolWork {
    /// Each gives a result.
    Pool,
    /// Each gives an element of another tensor.
    Take,
    /// Each spreads its gradient over its elements.
    Spread,
}

/// Functions of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowFunction {
    Softmax,
    LogSoftmax,
    Sparsemax,
    SparseCrossEntropy,
    ArgMax,
    InTopK(usize),
}

/// A strided copy's geometry, in elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copy {
    pub(crate) element: usize,
    pub(crate) lengths: Vec<usize>,
    pub(crate) from_start: usize,
    pub(crate) from_strides: Vec<isize>,
    pub(crate) from_elements: usize,
    pub(crate) to_start: usize,
    pub(crate) to_strides: Vec<usize>,
    pub(crate) to_elements: usize,
    /// Whether the copy leaves elements out that must be zero.
    pub(crate) clear: bool,
}

impl Plan {
    /// The values a run must be fed, in the order in which [`Plan::run`] takes them.
    pub fn feeds(&self) -> &[Slot] {
        &self.feeds
    }

    /// The variables the plan reads or writes.
    pub fn states(&self) -> &[Slot] {
        &self.states
    }

    /// The named results.
    pub fn outputs(&self) -> impl Iterator<Item = &Slot> {
        self.outputs.iter().map(|(slot, _)| slot)
    }

    /// The optimised graph behind the plan.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The number of bases: the arena, variables, feeds, constants.
    pub(crate) fn bases(&self) -> usize {
        1 + self.states.len() + self.feeds.len() + self.consts.len()
    }

    /// The number of steps, those of loops' plans included.
    pub(crate) fn all_steps(&self) -> usize {
        self.steps.iter().map(|step| step.kernel.all_steps()).sum()
    }

    /// Bytes of memory a run needs beside variables and feeds.
    pub fn memory(&self) -> usize {
        self.arena_bytes + 4 * self.scratch_floats
    }
}

impl Kernel {
    /// 1 and the number of steps of the plan within.
    pub(crate) fn all_steps(&self) -> usize {
        1 + if let Kernel::Loop(looped) = self { looped.step.all_steps() } else { 0 }
    }
}
