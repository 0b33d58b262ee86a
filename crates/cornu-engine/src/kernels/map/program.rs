//! Elementwise programs as data: what is loaded, computed and stored for each element.

use crate::DType;
use crate::scalar::{Binary, Unary};

/// Elements computed at once: their registers stay in the first cache level.
pub const TILE: usize = 256;

/// Registers a program may use.
pub(super) const MAX_REGISTERS: usize = 64;

/// Buffers a program may read or write.
pub const MAX_BUFFERS: usize = 24;

/// What a program computes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// 32-bit floats.
    F32,
    /// 64-bit floats.
    F64,
    /// 64-bit integers, which wrap around.
    I64,
}

/// How element `i` of the sweep finds its element in an operand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Access {
    /// At `i`.
    Full,
    /// At 0.
    Scalar,
    /// At `i % period`: repeated along leading axes, as a bias is.
    Periodic(usize),
    /// At `i / block`: repeated along trailing axes, as a row's sum is.
    Blocked(usize),
    /// At the sum of coordinate times stride, over (length, stride) axes from the outermost.
    Strided(Vec<(usize, usize)>),
}

/// Where a register's values come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Memory.
    Buffer {
        /// The element of memory that belongs to an element of the sweep.
        access: Access,
        /// The type in memory.
        dtype: DType,
    },
    /// One number.
    Const(f64),
    /// Coordinate of an axis: `i / inner % length`.
    Iota {
        /// Elements between two steps of the axis.
        inner: usize,
        /// The axis' length.
        length: usize,
    },
    /// Uniform numbers of a stream; memory holds seed and step as `int64`.
    Random {
        /// The stream.
        stream: u64,
    },
}

impl Source {
    /// Whether the source reads memory.
    pub fn is_bound(&self) -> bool {
        matches!(self, Source::Buffer { .. } | Source::Random { .. })
    }
}

/// A register's number. Sources fill the first ones, in order.
pub type Register = u8;

/// One instruction over a tile.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Instr {
    Copy {
        dst: Register,
        a: Register,
    },
    Unary {
        op: Unary,
        dst: Register,
        a: Register,
    },
    Binary {
        op: Binary,
        dst: Register,
        a: Register,
        b: Register,
    },
    Select {
        dst: Register,
        condition: Register,
        a: Register,
        b: Register,
    },
    /// Conversion to an integer type or to bool and back, as Rust's `as` converts: floats truncate and saturate,
    /// integers wrap around, bool is `!= 0`.
    Convert {
        dtype: DType,
        dst: Register,
        a: Register,
    },
}

impl Instr {
    fn destination(&self) -> Register {
        match *self {
            Instr::Copy { dst, .. }
            | Instr::Unary { dst, .. }
            | Instr::Binary { dst, .. }
            | Instr::Select { dst, .. }
            | Instr::Convert { dst, .. } => dst,
        }
    }

    fn operands(&self) -> [Option<Register>; 3] {
        match *self {
            Instr::Copy { a, .. } | Instr::Unary { a, .. } | Instr::Convert { a, .. } => {
                [Some(a), None, None]
            }
            Instr::Binary { a, b, .. } => [Some(a), Some(b), None],
            Instr::Select { condition, a, b, .. } => [Some(condition), Some(a), Some(b)],
        }
    }
}

/// A function of the elements of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    pub(super) domain: Domain,
    pub(super) sources: Vec<Source>,
    pub(super) instrs: Vec<Instr>,
    /// The registers stored, each with the type memory holds.
    pub(super) outputs: Vec<(Register, DType)>,
    pub(super) registers: usize,
    pub(super) tile: usize,
}

impl Program {
    /// A program, if it keeps the limits and no instruction writes a source or one of its own operands.
    pub fn new(
        domain: Domain,
        sources: Vec<Source>,
        instrs: Vec<Instr>,
        outputs: Vec<(Register, DType)>,
    ) -> Option<Program> {
        let highest = instrs.iter().map(|instr| usize::from(instr.destination()) + 1).max().unwrap_or(0);
        let registers = highest.max(sources.len());
        let sound = |instr: &Instr| {
            usize::from(instr.destination()) >= sources.len()
                && instr
                    .operands()
                    .into_iter()
                    .flatten()
                    .all(|operand| operand != instr.destination() && usize::from(operand) < registers)
        };
        let bound = sources.iter().filter(|source| source.is_bound()).count();
        let fits = registers <= MAX_REGISTERS
            && bound + outputs.len() <= MAX_BUFFERS
            && outputs.iter().all(|(register, _)| usize::from(*register) < registers)
            && instrs.iter().all(sound);
        let tile = tile_length(&sources);
        fits.then_some(Program { domain, sources, instrs, outputs, registers, tile })
    }

    /// The program that reads `float32` as it lies in memory and computes nothing.
    pub fn identity() -> Program {
        Program {
            domain: Domain::F32,
            sources: vec![Source::Buffer { access: Access::Full, dtype: DType::F32 }],
            instrs: Vec::new(),
            outputs: vec![(0, DType::F32)],
            registers: 1,
            tile: TILE,
        }
    }

    /// Buffers the program reads, in the order in which [`super::run`] takes them.
    pub fn inputs(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| source.is_bound())
    }

    /// The types of the buffers the program writes.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = DType> + '_ {
        self.outputs.iter().map(|(_, dtype)| *dtype)
    }

    /// Elements computed at once, counted from the start of a sweep.
    pub fn tile(&self) -> usize {
        self.tile
    }

    /// The number of instructions.
    pub fn len(&self) -> usize {
        self.instrs.len()
    }

    /// Whether nothing is computed: the program copies.
    pub fn is_empty(&self) -> bool {
        self.instrs.is_empty()
    }

    /// The instructions.
    pub fn instrs(&self) -> &[Instr] {
        &self.instrs
    }

    /// Bytes read and written for each element; what is repeated over elements stays in the cache.
    pub fn bytes_per_element(&self) -> usize {
        let read = |source: &Source| match source {
            Source::Buffer { access: Access::Full, dtype } => dtype.size(),
            _ => 0,
        };
        self.sources.iter().map(read).sum::<usize>()
            + self.outputs.iter().map(|(_, t)| t.size()).sum::<usize>()
    }

    /// About how long an element takes, in units of one simple instruction.
    pub fn cost(&self) -> usize {
        let instr = |instr: &Instr| match instr {
            Instr::Unary { op, .. } => match op {
                Unary::Exp | Unary::Expm1 | Unary::Log | Unary::Log1p | Unary::Tanh | Unary::Sigmoid => 10,
                Unary::Softplus | Unary::Erf => 20,
                _ => 1,
            },
            Instr::Binary { op: Binary::Pow, .. } => 60,
            _ => 1,
        };
        let source = |source: &Source| match source {
            Source::Buffer { access: Access::Strided(_), .. } => 20,
            Source::Random { .. } => 10,
            _ => 2,
        };
        let scale = if self.domain == Domain::F32 { 1 } else { 3 };
        scale
            * (self.instrs.iter().map(instr).sum::<usize>() + self.sources.iter().map(source).sum::<usize>())
            + 2 * self.outputs.len()
    }
}

/// The longest tile in which every short period starts anew, so that such operands are laid out once.
fn tile_length(sources: &[Source]) -> usize {
    let gcd = |mut a: usize, mut b: usize| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let mut common = 1;
    for source in sources {
        let length = match source {
            Source::Buffer { access: Access::Periodic(length) | Access::Blocked(length), .. } => *length,
            Source::Iota { inner, length } => inner.saturating_mul(*length),
            _ => 1,
        };
        let next = (common / gcd(common, length).max(1)).saturating_mul(length);
        if (1..=TILE).contains(&next) {
            common = next;
        }
    }
    TILE / common * common
}
