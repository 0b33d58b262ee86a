//! Elementwise programs: many operations in one sweep over memory, a cache-sized tile at a time.

mod lanes;
mod program;

use std::ops::Range;

use super::simd::{self, multiversion};
use crate::rng;
use crate::{DType, with_dtype};
use lanes::{Lane, binary, convert, select, unary};
use program::MAX_REGISTERS;
pub use program::{Access, Domain, Instr, MAX_BUFFERS, Program, Register, Source, TILE};

/// Memory a program reads or writes: the address of element 0.
pub type Address = *mut u8;

/// Computes `program` for the elements of `range`.
///
/// `inputs` and `outputs` are the buffers in the program's order. An output may be the very memory of an
/// input that is read at [`Access::Full`] and holds elements of the same size: each tile is read before
/// it is written.
///
/// # Safety
/// Every address must be aligned for its type and valid for the elements the sweep reaches, outputs for writing;
/// but for the case above, no output may overlap an input or another output, and nothing else may
/// access the outputs' part of `range` meanwhile.
pub unsafe fn run(program: &Program, inputs: &[Address], outputs: &[Address], range: Range<usize>) {
    let sink = &mut Store { program, outputs };
    match program.domain {
        Domain::F32 => sweep_f32(simd::level(), program, inputs, range, sink),
        // Labels, counters and the like: few elements, not worth a copy for each instruction set.
        Domain::F64 => sweep::<false, f64>(program, inputs, range, sink),
        Domain::I64 => sweep::<false, i64>(program, inputs, range, sink),
    }
}

/// Computes `program`, which is one over `f32`, for the elements of `range` and hands the registers to `sink`
/// tile by tile instead of storing anything.
///
/// # Safety
/// As for [`run`], for the inputs.
pub unsafe fn visit(program: &Program, inputs: &[Address], range: Range<usize>, sink: &mut dyn Sink<f32>) {
    sweep_f32(simd::level(), program, inputs, range, sink);
}

/// What is done with each computed tile.
pub trait Sink<L> {
    /// Takes the registers of the tile that starts at element `start`.
    fn tile(&mut self, start: usize, registers: &Registers<L>);
}

/// The registers of one tile.
pub struct Registers<L> {
    at: [*const L; MAX_REGISTERS],
    length: usize,
}

impl<L: Lane> Registers<L> {
    /// The values in a register.
    #[inline(always)]
    pub fn get(&self, register: Register) -> &[L] {
        // SAFETY: `sweep` points every register it fills at `length` values that live as long as the tile.
        unsafe { std::slice::from_raw_parts(self.at[usize::from(register)], self.length) }
    }
}

impl Program {
    /// The values of the program's first output.
    #[inline(always)]
    pub fn result<'r, L: Lane>(&self, registers: &'r Registers<L>) -> &'r [L] {
        registers.get(self.outputs[0].0)
    }
}

struct Store<'a> {
    program: &'a Program,
    outputs: &'a [Address],
}

impl<L: Lane> Sink<L> for Store<'_> {
    #[inline(always)]
    fn tile(&mut self, start: usize, registers: &Registers<L>) {
        for (&(register, dtype), &address) in self.program.outputs.iter().zip(self.outputs) {
            let values = registers.get(register);
            // SAFETY: the caller of `run` vouches for the address. Where the output lies over an input, no
            // slice of that input lives here: `values` is never such a slice, for a program that
            // stores a source copies it to a register of its own first (see `plan::lower`).
            unsafe {
                match dtype {
                    DType::F32 => store(values, address.cast::<f32>().add(start), L::to_f32),
                    DType::F64 => store(values, address.cast::<f64>().add(start), L::to_f64),
                    DType::I32 => store(values, address.cast::<i32>().add(start), L::to_i32),
                    DType::I64 => store(values, address.cast::<i64>().add(start), L::to_i64),
                    DType::U8 => store(values, address.cast::<u8>().add(start), L::to_u8),
                    DType::Bool => store(values, address.add(start), |v| u8::from(v != L::ZERO)),
                }
            }
        }
    }
}

/// # Safety
/// `to` must be valid for writing as many elements as there are values, and lie apart from them.
#[inline(always)]
unsafe fn store<L: Lane, T>(values: &[L], to: *mut T, convert: impl Fn(L) -> T) {
    // SAFETY: the caller vouches for the address.
    let to = unsafe { std::slice::from_raw_parts_mut(to, values.len()) };
    for (to, value) in to.iter_mut().zip(values) {
        *to = convert(*value);
    }
}

/// A register file as it lies on the stack, on cache line boundaries.
#[repr(align(64))]
struct File<L>([std::mem::MaybeUninit<[L; TILE]>; MAX_REGISTERS]);

multiversion! {
    /// The interpreter over `f32`, compiled for every instruction set. The sink is called, not compiled into it, for the
    /// interpreter is large.
    fn sweep_f32<const FMA: bool>(
        program: &Program,
        inputs: &[Address],
        range: Range<usize>,
        sink: &mut dyn Sink<f32>,
    ) {
        sweep::<FMA, f32>(program, inputs, range, sink)
    }
}

/// The interpreter: for each tile, load, compute, hand over.
#[inline(always)]
fn sweep<const FMA: bool, L: Lane>(
    program: &Program,
    inputs: &[Address],
    range: Range<usize>,
    sink: &mut dyn Sink<L>,
) {
    // Only registers the program uses are touched, so the rest of the file costs nothing.
    let mut file = File::<L>([const { std::mem::MaybeUninit::uninit() }; MAX_REGISTERS]);
    let base: *mut L = file.0.as_mut_ptr().cast();
    let own = |register: usize| base.wrapping_add(register * TILE);
    let mut registers = Registers::<L> { at: [base; MAX_REGISTERS], length: 0 };
    for register in 0..program.registers {
        registers.at[register] = own(register);
    }
    let mut start = range.start;
    while start < range.end {
        let length = program.tile.min(range.end - start);
        registers.length = length;
        let mut bound = 0;
        for (register, source) in program.sources.iter().enumerate() {
            let address = if source.is_bound() {
                bound += 1;
                inputs[bound - 1]
            } else {
                std::ptr::null_mut()
            };
            // SAFETY: the caller vouches for the addresses; `own` lies in the file, TILE values long.
            unsafe {
                let to = std::slice::from_raw_parts_mut(own(register), length);
                if let Some(direct) =
                    load::<L>(source, address, start, start == range.start, program.tile, to)
                {
                    registers.at[register] = direct;
                }
            }
        }
        for instr in &program.instrs {
            // SAFETY: `Program::new` checked that destinations are no sources and differ from the
            // operands, so the slices do not overlap.
            let destination = |register: Register| unsafe {
                std::slice::from_raw_parts_mut(own(usize::from(register)), length)
            };
            match *instr {
                Instr::Copy { dst, a } => destination(dst).copy_from_slice(registers.get(a)),
                Instr::Unary { op, dst, a } => unary::<FMA, L>(op, destination(dst), registers.get(a)),
                Instr::Binary { op, dst, a, b } => {
                    binary(op, destination(dst), registers.get(a), registers.get(b));
                }
                Instr::Select { dst, condition, a, b } => {
                    select(destination(dst), registers.get(condition), registers.get(a), registers.get(b));
                }
                Instr::Convert { dtype, dst, a } => convert(dtype, destination(dst), registers.get(a)),
            }
        }
        sink.tile(start, &registers);
        start += length;
    }
}

multiversion! {
    /// [`rng::fill_uniform`] for every instruction set. A function of its own, for the compiler does not turn it into
    /// vector code inside one as large as the interpreter.
    #[inline(never)]
    fn fill_uniform<const FMA: bool>(seed: u64, stream: u64, step: u64, start: usize, out: &mut [f32]) {
        rng::fill_uniform(seed, stream, step, start, out)
    }
}

/// Fills a register, or says where its values lie already.
///
/// # Safety
/// `address` must be valid for the elements the access reaches from `start` on, as many as `to` is long.
#[inline(always)]
unsafe fn load<L: Lane>(
    source: &Source,
    address: Address,
    start: usize,
    first: bool,
    tile: usize,
    to: &mut [L],
) -> Option<*const L> {
    match source {
        Source::Const(value) if first => to.fill(L::from_f64(*value)),
        Source::Const(_) => {}
        Source::Buffer { access: Access::Full, dtype } if *dtype == L::DTYPE => {
            return Some(address.cast::<L>().wrapping_add(start));
        }
        Source::Buffer { access, dtype } => {
            // What a whole tile repeats was laid out with the first one.
            let repeats = |period: usize| !first && tile.is_multiple_of(period);
            match access {
                Access::Scalar if !first => return None,
                // SAFETY: in all arms, the caller vouches for the address.
                Access::Periodic(period) if repeats(*period) => return None,
                _ => with_dtype!(*dtype, T => {
                    let read = |at: usize| {
                        // SAFETY: the caller vouches for the address; a bool is read as its byte.
                        unsafe { lanes::read::<T, L>(address, at) }
                    };
                    gather(access, start, to, read);
                }),
            }
        }
        Source::Iota { inner, length } if first || !tile.is_multiple_of(inner * length) => {
            count(start, *inner, *length, to);
        }
        Source::Iota { .. } => {}
        Source::Random { stream } => {
            // SAFETY: the caller vouches for two int64 at the address.
            let [seed, step] = unsafe { address.cast::<[i64; 2]>().read() };
            let mut uniform = [0.0f32; TILE];
            let uniform = &mut uniform[..to.len()];
            fill_uniform(simd::level(), seed as u64, *stream, step as u64, start, uniform);
            for (to, value) in to.iter_mut().zip(uniform) {
                *to = L::from_f64((*value).into());
            }
        }
    }
    None
}

/// Lays out `i / inner % length` for `i` from `start` on.
#[inline(always)]
fn count<L: Lane>(start: usize, inner: usize, length: usize, to: &mut [L]) {
    let (mut index, mut rest) = (start / inner % length, inner - start % inner);
    let mut at = 0;
    while at < to.len() {
        let run = rest.min(to.len() - at);
        to[at..at + run].fill(L::from_i64(index as i64));
        index = if index + 1 == length { 0 } else { index + 1 };
        (at, rest) = (at + run, inner);
    }
}

/// Lays out the operand's elements that belong to the elements from `start` on.
#[inline(always)]
fn gather<L: Lane>(access: &Access, start: usize, to: &mut [L], read: impl Fn(usize) -> L) {
    match access {
        Access::Full => {
            for (at, to) in to.iter_mut().enumerate() {
                *to = read(start + at);
            }
        }
        Access::Scalar => to.fill(read(0)),
        Access::Periodic(period) => {
            let (mut at, mut phase) = (0, start % period);
            while at < to.len() {
                let run = (period - phase).min(to.len() - at);
                for (offset, to) in to[at..at + run].iter_mut().enumerate() {
                    *to = read(phase + offset);
                }
                (at, phase) = (at + run, 0);
            }
        }
        Access::Blocked(block) => {
            let (mut at, mut index) = (0, start / block);
            let mut rest = block - start % block;
            while at < to.len() {
                let run = rest.min(to.len() - at);
                to[at..at + run].fill(read(index));
                (at, index, rest) = (at + run, index + 1, *block);
            }
        }
        Access::Strided(axes) => {
            let Some((&(inner, step), outer)) = axes.split_last() else { return };
            let mut at = 0;
            while at < to.len() {
                let (mut rest, phase) = ((start + at) / inner, (start + at) % inner);
                let mut offset = phase * step;
                for (length, stride) in outer.iter().rev() {
                    offset += rest % length * stride;
                    rest /= length;
                }
                let run = (inner - phase).min(to.len() - at);
                for (along, to) in to[at..at + run].iter_mut().enumerate() {
                    *to = read(offset + along * step);
                }
                at += run;
            }
        }
    }
}
