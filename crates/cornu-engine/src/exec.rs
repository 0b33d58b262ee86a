//! Execution: a plan's steps run over variables, feeds and a workspace.
#![allow(unsafe_code)]

use std::borrow::Borrow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, Kind, Result};
use crate::graph::PoolKind;
use crate::kernels::conv::{Geometry, Part};
use crate::kernels::map::{self, Address, MAX_BUFFERS, Program};
use crate::kernels::matmul::{MatMut, MatRef, gemm};
use crate::kernels::parallel::for_each_task;
use crate::kernels::pool::Windows;
use crate::kernels::{conv, copy, gather, pool, reduce, rows, simd};
use crate::plan::{
    Chunk, Copy, Kernel, Loop, Place, Plan, PoolWork, Product, Repeated, RowFunction, Segment, Slot,
};
use crate::{DType, Tensor, with_dtype};

/// The variables plans read and write, by name.
#[derive(Debug, Clone, Default)]
pub struct State {
    tensors: Vec<(String, Tensor)>,
    index: HashMap<String, usize>,
    /// Changes whenever names move, so that plans know when to look them up again.
    layout: u64,
}

impl State {
    /// Adds a variable or replaces its value.
    pub fn insert(&mut self, name: impl Into<String>, value: Tensor) {
        let name = name.into();
        match self.index.get(&name) {
            Some(at) => self.tensors[*at].1 = value,
            None => {
                self.index.insert(name.clone(), self.tensors.len());
                self.tensors.push((name, value));
            }
        }
        self.touch();
    }

    /// Removes the variables whose name `keep` does not want.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.tensors.retain(|(name, _)| keep(name));
        self.index = self.tensors.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)).collect();
        self.touch();
    }

    fn touch(&mut self) {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        self.layout = NEXT.fetch_add(1, Ordering::Relaxed);
    }

    /// The variable of this name.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.index.get(name).map(|at| &self.tensors[*at].1)
    }

    /// All variables in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.tensors.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The elements of a `float32` variable, to be written in place.
    ///
    /// # Errors
    /// If there is no such variable or it holds another type.
    pub fn floats_mut(&mut self, name: &str) -> Result<&mut [f32]> {
        match self.index.get(name) {
            Some(at) => self.tensors[*at].1.as_mut_slice(),
            None => Err(Kind::Missing(format!("there is no variable `{name}`")).into()),
        }
    }
}

/// The memory a run works in, kept from run to run.
#[derive(Default)]
pub struct Workspace {
    arena: Vec<Line>,
    scratch: Vec<Line>,
    /// Where the plan's variables stand in the state, looked up for (plan, layout).
    bound: Vec<usize>,
    bound_for: (u64, u64),
    bases: Vec<Address>,
}

// SAFETY: the addresses are used only during a run, which borrows all they point into.
unsafe impl Send for Workspace {}
// SAFETY: as above.
unsafe impl Sync for Workspace {}

/// A cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[allow(dead_code)] [u8; 64]);

impl Workspace {
    /// An empty workspace; it grows to what the plans that use it need.
    pub fn new() -> Self {
        Self::default()
    }
}

fn grow(lines: &mut Vec<Line>, bytes: usize) {
    let wanted = bytes.div_ceil(size_of::<Line>());
    if lines.len() < wanted {
        lines.resize(wanted, Line([0; 64]));
    }
}

/// The address at which the arena, each variable, each feed and each constant begins.
struct Bases<'a>(&'a [Address]);

// SAFETY: the tasks of one kernel write disjoint elements.
unsafe impl Sync for Bases<'_> {}

impl Bases<'_> {
    fn at(&self, place: Place) -> Address {
        self.0[place.base as usize].wrapping_add(place.offset)
    }

    fn fill(&self, places: &[Place]) -> [Address; MAX_BUFFERS] {
        let mut addresses = [std::ptr::null_mut(); MAX_BUFFERS];
        for (address, place) in addresses.iter_mut().zip(places) {
            *address = self.at(*place);
        }
        addresses
    }

    /// # Safety
    /// The place must hold `length` elements of type `T` that nothing writes while the slice lives.
    unsafe fn slice<T>(&self, place: Place, length: usize) -> &[T] {
        // SAFETY: the caller vouches for it.
        unsafe { std::slice::from_raw_parts(self.at(place).cast(), length) }
    }

    /// # Safety
    /// The place must hold `length` elements of type `T` that nothing else touches while the slice lives.
    #[allow(clippy::mut_from_ref)]
    unsafe fn slice_mut<T>(&self, place: Place, length: usize) -> &mut [T] {
        // SAFETY: the caller vouches for it.
        unsafe { std::slice::from_raw_parts_mut(self.at(place).cast(), length) }
    }
}

impl Plan {
    /// Runs the plan: reads `feeds`, in the order of [`Plan::feeds`], reads and writes the variables of
    /// `state`, and leaves the results in the workspace. After the first run nothing is allocated, unless
    /// somebody else holds a variable's tensor, which is then copied before it is written.
    ///
    /// Kernels spread over the current rayon pool; the results' bits do not depend on its size.
    ///
    /// # Errors
    /// If a feed or a variable is missing or has another shape or type than the plan was made for.
    pub fn run<T: Borrow<Tensor>>(
        &self,
        workspace: &mut Workspace,
        state: &mut State,
        feeds: &[T],
    ) -> Result<()> {
        self.bind_to_write(workspace, state, feeds)?;
        self.execute(workspace, None);
        Ok(())
    }

    /// Runs the plan as [`Plan::run`] does and adds to `times` what each step took: those of a loop's plan follow
    /// the loop's own, in the order of [`Plan::explain`].
    ///
    /// # Errors
    /// As for [`Plan::run`].
    ///
    /// # Panics
    /// If there are not as many times as the plan has steps.
    pub(crate) fn run_timed<T: Borrow<Tensor>>(
        &self,
        workspace: &mut Workspace,
        state: &mut State,
        feeds: &[T],
        times: &mut [Duration],
    ) -> Result<()> {
        assert_eq!(times.len(), self.all_steps(), "one time a step");
        self.bind_to_write(workspace, state, feeds)?;
        self.execute(workspace, Some(times));
        Ok(())
    }

    /// Runs a plan that writes no variable.
    ///
    /// # Errors
    /// As for [`Plan::run`]; also if the plan writes variables.
    pub fn infer<T: Borrow<Tensor>>(
        &self,
        workspace: &mut Workspace,
        state: &State,
        feeds: &[T],
    ) -> Result<()> {
        if self.written.contains(&true) {
            return Err(Kind::Missing("a plan that writes variables needs them to be mutable".into()).into());
        }
        self.bind(workspace, state, feeds)?;
        self.execute(workspace, None);
        Ok(())
    }

    /// Checks feeds and variables and notes where everything begins, with variables of one's own to write.
    fn bind_to_write<T: Borrow<Tensor>>(
        &self,
        workspace: &mut Workspace,
        state: &mut State,
        feeds: &[T],
    ) -> Result<()> {
        self.bind(workspace, state, feeds)?;
        for ((at, written), base) in
            workspace.bound.iter().zip(&self.written).zip(workspace.bases.iter_mut().skip(1))
        {
            if *written {
                *base = state.tensors[*at].1.address_mut();
            }
        }
        Ok(())
    }

    /// Checks feeds and variables and notes where everything begins.
    fn bind<T: Borrow<Tensor>>(&self, workspace: &mut Workspace, state: &State, feeds: &[T]) -> Result<()> {
        if feeds.len() != self.feeds.len() {
            return Err(Kind::Missing(format!(
                "the plan takes {} feeds, got {}",
                self.feeds.len(),
                feeds.len()
            ))
            .into());
        }
        if workspace.bound_for != (self.identity, state.layout) {
            // Nothing is bound should this fail half way.
            workspace.bound_for = (0, 0);
            workspace.bound.clear();
            for slot in &self.states {
                let at = *state.index.get(&slot.name).ok_or_else(|| {
                    Error::from(Kind::Missing(format!("the plan needs the variable `{}`", slot.name)))
                })?;
                fits("variable", slot, &state.tensors[at].1)?;
                workspace.bound.push(at);
            }
            workspace.bound_for = (self.identity, state.layout);
        }
        grow(&mut workspace.arena, self.arena_bytes);
        grow(&mut workspace.scratch, 4 * self.scratch_floats);
        let bases = &mut workspace.bases;
        bases.clear();
        bases.push(workspace.arena.as_mut_ptr().cast());
        bases.extend(workspace.bound.iter().map(|at| state.tensors[*at].1.address().cast_mut()));
        for (slot, feed) in self.feeds.iter().zip(feeds) {
            // Borrowed once, for what is checked must be what is read.
            let feed = feed.borrow();
            fits("feed", slot, feed)?;
            bases.push(feed.address().cast_mut());
        }
        bases.extend(self.consts.iter().map(|value| value.address().cast_mut()));
        Ok(())
    }

    fn execute(&self, workspace: &mut Workspace, times: Option<&mut [Duration]>) {
        let bases = &Bases(&workspace.bases);
        // SAFETY: the scratch lines hold as many floats; nothing else refers to them during the run.
        let scratch = unsafe {
            std::slice::from_raw_parts_mut(
                workspace.scratch.as_mut_ptr().cast::<f32>(),
                16 * workspace.scratch.len(),
            )
        };
        // SAFETY: `bind` checked that variables and feeds have the sizes the plan was made for, and made the
        // arena large enough. The compiler gave every operand a place of its size; only a sweep's
        // result may lie over an operand it reads element for element, as `map::run` allows.
        unsafe { run_steps(self, bases, scratch, times) };
    }

    /// A copy of a named result of the last run in this workspace.
    ///
    /// # Errors
    /// If the plan has no result of this name, or another plan ran in the workspace last.
    pub fn output(&self, workspace: &Workspace, name: &str) -> Result<Tensor> {
        let found = self.outputs.iter().position(|(slot, _)| slot.name == name);
        let at =
            found.ok_or_else(|| Error::from(Kind::Missing(format!("the plan has no result `{name}`"))))?;
        let (slot, _) = &self.outputs[at];
        with_dtype!(slot.dtype, T => {
            let mut values = vec![T::default(); slot.shape.iter().product()];
            self.read_output(workspace, at, &mut values)?;
            Tensor::new(values, slot.shape.clone())
        })
    }

    /// Copies the elements of result number `at`, in the order of [`Plan::outputs`], into `to`.
    ///
    /// # Errors
    /// If there is no such result, it has another type or number of elements, or another plan ran in the
    /// workspace last.
    pub fn read_output<T: crate::Element>(
        &self,
        workspace: &Workspace,
        at: usize,
        to: &mut [T],
    ) -> Result<()> {
        let Some((slot, place)) = self.outputs.get(at) else {
            return Err(Kind::Missing(format!("the plan has no result number {at}")).into());
        };
        if workspace.bound_for.0 != self.identity {
            return Err(
                Kind::Missing(format!("this plan has not run, so there is no `{}`", slot.name)).into()
            );
        }
        let length: usize = slot.shape.iter().product();
        if slot.dtype != T::DTYPE || length != to.len() {
            return Err(Error::shape(
                format!("result `{}`", slot.name),
                format!("holds {} {:?}, asked for {} {}", slot.dtype, slot.shape, to.len(), T::DTYPE),
            ));
        }
        // SAFETY: the compiler places results in the arena, at offsets aligned to cache lines; the arena is that
        // long since this plan was bound. The bytes are a valid `T`: it was the last plan that wrote there, and
        // truth values are written as 0 or 1.
        let from = unsafe {
            std::slice::from_raw_parts(
                workspace.arena.as_ptr().cast::<u8>().add(place.offset).cast::<T>(),
                length,
            )
        };
        to.copy_from_slice(from);
        Ok(())
    }
}

fn fits(what: &str, slot: &Slot, tensor: &Tensor) -> Result<()> {
    if slot.dtype == tensor.dtype() && slot.shape == tensor.shape() {
        return Ok(());
    }
    Err(Error::shape(
        format!("{what} `{}`", slot.name),
        format!("wants {} {:?}, got {} {:?}", slot.dtype, slot.shape, tensor.dtype(), tensor.shape()),
    ))
}

/// Runs a plan's steps one after the other and, if there are times, adds to each what its step took.
///
/// # Safety
/// As for [`run_step`], for each step.
unsafe fn run_steps(plan: &Plan, bases: &Bases<'_>, scratch: &mut [f32], times: Option<&mut [Duration]>) {
    let Some(mut times) = times else {
        for step in &plan.steps {
            // SAFETY: passed on from the caller.
            unsafe { run_step(&step.kernel, bases, scratch, None) };
        }
        return;
    };
    for step in &plan.steps {
        let (own, rest) = times.split_at_mut(step.kernel.all_steps());
        let (first, inner) = own.split_at_mut(1);
        let start = Instant::now();
        // SAFETY: passed on from the caller.
        unsafe { run_step(&step.kernel, bases, scratch, Some(inner)) };
        first[0] += start.elapsed();
        times = rest;
    }
}

/// # Safety
/// Every place of the kernel must hold what the kernel's sizes say, apart from one another but for a sweep's
/// result over an operand it reads element for element.
unsafe fn run_step(kernel: &Kernel, bases: &Bases<'_>, scratch: &mut [f32], times: Option<&mut [Duration]>) {
    // SAFETY: for all calls, passed on from the caller.
    unsafe {
        match kernel {
            Kernel::Map { program, segments, tasks } => run_map(program, segments, tasks, bases),
            Kernel::MatMul { product, epilogue } => run_matmul(product, epilogue.as_ref(), bases, scratch),
            Kernel::Conv { part, geometry, inputs, to, epilogue } => {
                run_conv(*part, geometry, *inputs, *to, epilogue.as_ref(), bases, scratch);
            }
            Kernel::Pool { work, kind, windows, inputs, to } => {
                run_pool(*work, *kind, windows, inputs, *to, bases);
            }
            Kernel::Reduce { kind, program, inputs, layout, cut, to } => {
                let addresses = bases.fill(inputs);
                let results = bases.slice_mut(*to, layout.results());
                reduce::reduce(*kind, program, &addresses[..inputs.len()], *layout, *cut, results, scratch);
            }
            Kernel::Rows { function, inputs, to, rows, width } => {
                run_rows(*function, inputs, *to, *rows, *width, bases);
            }
            Kernel::Concat { parts, runs, to } => {
                let width: usize = parts.iter().map(|(_, run)| run).sum();
                let whole = bases.slice_mut::<u8>(*to, runs * width);
                let mut start = 0;
                for (place, run) in parts {
                    copy::runs(bases.slice(*place, runs * run), *run, whole, start, width);
                    start += run;
                }
            }
            Kernel::Gather { from, indices, to, table, count, width } => {
                let rows = bases.slice_mut(*to, count * width);
                gather::gather(
                    bases.slice(*from, table * width),
                    bases.slice(*indices, *count),
                    rows,
                    *width,
                );
            }
            Kernel::ScatterAdd { from, indices, to, table, count, width } => {
                let sums = bases.slice_mut(*to, table * width);
                gather::scatter_add(
                    bases.slice(*from, count * width),
                    bases.slice(*indices, *count),
                    sums,
                    *width,
                );
            }
            Kernel::Copy { copy, from, to } => match copy.element {
                1 => run_copy::<1>(copy, *from, *to, bases),
                4 => run_copy::<4>(copy, *from, *to, bases),
                _ => run_copy::<8>(copy, *from, *to, bases),
            },
            Kernel::Loop(looped) => run_loop(looped, bases, scratch, times),
        }
    }
}

unsafe fn run_map(program: &Program, segments: &[Segment], tasks: &[Vec<Chunk>], bases: &Bases<'_>) {
    for_each_task(tasks.len(), |task| {
        for Chunk { segment, start, end } in &tasks[task] {
            let Segment { inputs, outputs, .. } = &segments[*segment];
            let (read, write) = (bases.fill(inputs), bases.fill(outputs));
            // SAFETY: passed on from `run_step`; chunks are disjoint.
            unsafe { map::run(program, &read[..inputs.len()], &write[..outputs.len()], *start..*end) };
        }
    });
}

unsafe fn run_matmul(
    product: &Product,
    epilogue: Option<&(Program, Segment)>,
    bases: &Bases<'_>,
    scratch: &mut [f32],
) {
    let Product { batch, m, k, n, transpose_a, transpose_b, a, b, c } = *product;
    for at in 0..batch {
        let part = |place: Place, length: usize| Place { offset: place.offset + 4 * at * length, ..place };
        // SAFETY: passed on from `run_step`.
        let (x, y, z) = unsafe {
            (
                bases.slice(part(a, m * k), m * k),
                bases.slice(part(b, k * n), k * n),
                bases.slice_mut(part(c, m * n), m * n),
            )
        };
        let x = if transpose_a { MatRef::new(x, k, m).t() } else { MatRef::new(x, m, k) };
        let y = if transpose_b { MatRef::new(y, n, k).t() } else { MatRef::new(y, k, n) };
        let z = MatMut::new(z, m, n);
        let Some((program, segment)) = epilogue else {
            gemm(simd::level(), x, y, z, false, scratch, &|_| {});
            continue;
        };
        let (read, write) = (bases.fill(&segment.inputs), bases.fill(&segment.outputs));
        let shared = Shared { read: &read[..segment.inputs.len()], write: &write[..segment.outputs.len()] };
        gemm(simd::level(), x, y, z, false, scratch, &|block| {
            let rows = at * m + block.rows().start..at * m + block.rows().end;
            // SAFETY: the block is finished and this task's own; the sweep touches no element outside it.
            unsafe { shared.run_block(program, rows, block.cols(), n) };
        });
    }
}

unsafe fn run_conv(
    part: Part,
    g: &Geometry,
    inputs: [Place; 2],
    to: Place,
    epilogue: Option<&(Program, Segment)>,
    bases: &Bases,
    scratch: &mut [f32],
) {
    let (x, kernel, y) = (g.input_elements(), g.kernel_elements(), g.output_elements());
    let [a, b] = inputs;
    let level = simd::level();
    // SAFETY: passed on from `run_step`.
    unsafe {
        match part {
            Part::Input => {
                let (dy, kernel) = (bases.slice(a, y), bases.slice(b, kernel));
                conv::input_gradient(level, g, dy, kernel, bases.slice_mut(to, x), scratch);
            }
            Part::Kernel => {
                let (x, dy) = (bases.slice(a, x), bases.slice(b, y));
                conv::kernel_gradient(level, g, x, dy, bases.slice_mut(to, kernel), scratch);
            }
            Part::Output => {
                let (x, kernel, y) = (bases.slice(a, x), bases.slice(b, kernel), bases.slice_mut(to, y));
                let Some((program, segment)) = epilogue else {
                    return conv::convolve(level, g, x, kernel, y, &|_, _| {});
                };
                let (read, write) = (bases.fill(&segment.inputs), bases.fill(&segment.outputs));
                let shared =
                    Shared { read: &read[..segment.inputs.len()], write: &write[..segment.outputs.len()] };
                conv::convolve(level, g, x, kernel, y, &|pixels, filters| {
                    shared.run_block(program, pixels, filters, g.filters);
                });
            }
        }
    }
}

unsafe fn run_pool(
    work: PoolWork,
    kind: PoolKind,
    windows: &Windows,
    inputs: &[Place],
    to: Place,
    bases: &Bases,
) {
    let (inside, outside) = (windows.input_elements(), windows.output_elements());
    let level = simd::level();
    // SAFETY: passed on from `run_step`.
    unsafe {
        match work {
            PoolWork::Pool => {
                pool::pool(
                    level,
                    windows,
                    kind,
                    bases.slice(inputs[0], inside),
                    bases.slice_mut(to, outside),
                );
            }
            PoolWork::Take => {
                let (x, values) = (bases.slice(inputs[0], inside), bases.slice(inputs[1], inside));
                pool::take(level, windows, x, values, bases.slice_mut(to, outside));
            }
            PoolWork::Spread => {
                let x = inputs.get(1).map_or(&[][..], |x| bases.slice(*x, inside));
                let dy = bases.slice(inputs[0], outside);
                pool::spread(level, windows, kind, x, dy, bases.slice_mut(to, inside));
            }
        }
    }
}

/// The addresses of a sweep that tasks run blocks of.
struct Shared<'a> {
    read: &'a [Address],
    write: &'a [Address],
}

// SAFETY: each task runs the sweep over elements of its own.
unsafe impl Sync for Shared<'_> {}

impl Shared<'_> {
    /// # Safety
    /// As for [`map::run`].
    unsafe fn run(&self, program: &Program, range: Range<usize>) {
        // SAFETY: passed on from the caller.
        unsafe { map::run(program, self.read, self.write, range) };
    }

    /// Runs the sweep over a block of a matrix with so many columns.
    ///
    /// # Safety
    /// As for [`map::run`].
    unsafe fn run_block(&self, program: &Program, rows: Range<usize>, columns: Range<usize>, width: usize) {
        // SAFETY: passed on from the caller.
        unsafe {
            if columns.len() == width {
                return self.run(program, rows.start * width..rows.end * width);
            }
            for row in rows {
                self.run(program, row * width + columns.start..row * width + columns.end);
            }
        }
    }
}

unsafe fn run_rows(
    function: RowFunction,
    inputs: &[Place],
    to: Place,
    count: usize,
    width: usize,
    bases: &Bases<'_>,
) {
    // SAFETY: passed on from `run_step`.
    unsafe {
        let x: &[f32] = bases.slice(inputs[0], count * width);
        let labels = || bases.slice::<i64>(inputs[1], count);
        match function {
            RowFunction::Softmax => rows::softmax(x, bases.slice_mut(to, x.len()), width),
            RowFunction::LogSoftmax => rows::log_softmax(x, bases.slice_mut(to, x.len()), width),
            RowFunction::Sparsemax => rows::sparsemax(x, bases.slice_mut(to, x.len()), width),
            RowFunction::SparseCrossEntropy => {
                rows::sparse_cross_entropy(x, labels(), bases.slice_mut(to, count), width);
            }
            RowFunction::ArgMax => rows::argmax(x, bases.slice_mut(to, count), width),
            RowFunction::InTopK(k) => rows::in_top_k(x, labels(), k, bases.slice_mut(to, count), width),
        }
    }
}

unsafe fn run_copy<const SIZE: usize>(copy: &Copy, from: Place, to: Place, bases: &Bases<'_>) {
    // SAFETY: passed on from `run_step`.
    let (from, to) = unsafe {
        (
            bases.slice::<[u8; SIZE]>(from, copy.from_elements),
            bases.slice_mut::<[u8; SIZE]>(to, copy.to_elements),
        )
    };
    if copy.clear {
        to.fill([0; SIZE]);
    }
    if copy.lengths.iter().product::<usize>() > 0 {
        let to = &mut to[copy.to_start..];
        copy::strided(&copy.lengths, from, copy.from_start, &copy.from_strides, to, &copy.to_strides);
    }
}

/// Runs a plan once for each step.
unsafe fn run_loop(
    looped: &Loop,
    bases: &Bases<'_>,
    scratch: &mut [f32],
    mut times: Option<&mut [Duration]>,
) {
    let Loop { step: plan, steps, reverse, operands, addresses, arena, first, before } = looped;
    let own: *mut Address = bases.at(*addresses).cast();
    let fixed = std::iter::repeat_n(std::ptr::null_mut(), operands.len());
    let consts = plan.consts.iter().map(|value| value.address().cast_mut());
    for (at, address) in std::iter::once(bases.at(*arena)).chain(fixed).chain(consts).enumerate() {
        // SAFETY: passed on from `run_step`: the planner gave as many addresses room, aligned to cache lines.
        unsafe { own.add(at).write(address) };
    }
    for (from, to, bytes) in first {
        // SAFETY: passed on from `run_step`: a state's first value and its own place are apart.
        unsafe { std::ptr::copy_nonoverlapping(bases.at(*from), bases.at(*to), *bytes) };
    }
    for step in 0..*steps {
        let slice = if *reverse { steps - 1 - step } else { step };
        let of = |operand: &Repeated| bases.at(operand.place).wrapping_add(slice * operand.stride);
        for (at, operand) in operands.iter().enumerate() {
            // SAFETY: as above; the arena's address is the first.
            unsafe { own.add(1 + at).write(of(operand)) };
        }
        for (from, to) in before {
            // SAFETY: passed on from `run_step`: what is gathered of a state is apart from it.
            unsafe { std::ptr::copy_nonoverlapping(bases.at(*from), of(to), to.stride) };
        }
        // SAFETY: all are written by now, and none is during the step.
        let own = unsafe { std::slice::from_raw_parts(own, plan.bases()) };
        // SAFETY: passed on from `run_step`: the planner gave each operand as many slices as there are steps, and
        // the step's plan an arena and scratch of its size.
        unsafe { run_steps(plan, &Bases(own), scratch, times.as_deref_mut()) };
    }
}

const _: () = assert!(DType::F32.size() == size_of::<f32>());
