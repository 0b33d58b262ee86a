//! How windows lie over the spatial axes of an image: the arithmetic of convolutions and pools.

use std::ops::Range;

use crate::Dim;

/// What stands before and after the elements of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Padding {
    /// As many zeros as it takes for `ceil(length / stride)` positions, the odd one after (TensorFlow's `SAME`).
    Same,
    /// So many zeros.
    Explicit {
        /// Before the first element.
        before: usize,
        /// After the last element.
        after: usize,
    },
}

impl Padding {
    /// No zeros: the window stays inside.
    pub const VALID: Padding = Padding::Explicit { before: 0, after: 0 };
}

/// How the window of a convolution moves along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slide {
    /// Elements from one position to the next.
    pub stride: usize,
    /// What stands around the elements.
    pub padding: Padding,
    /// Elements from one tap of the window to the next.
    pub dilation: usize,
}

/// No stride, dilation or padding is longer: sums of positions stay far from the ends of an integer.
const LONGEST: usize = 1 << 31;

impl Slide {
    /// A window of neighbours that moves by one.
    pub const STEP: Slide = Slide { stride: 1, padding: Padding::VALID, dilation: 1 };

    /// Whether strides and dilation are at least 1, and nothing is absurdly long.
    pub fn is_legal(&self) -> bool {
        let padded = match self.padding {
            Padding::Same => true,
            Padding::Explicit { before, after } => before.max(after) <= LONGEST,
        };
        padded && (1..=LONGEST).contains(&self.stride) && (1..=LONGEST).contains(&self.dilation)
    }

    /// From the first to the last of a window's `taps`.
    pub fn extent(&self, taps: usize) -> usize {
        taps.saturating_sub(1).saturating_mul(self.dilation).saturating_add(1)
    }

    /// The padding before and after an axis of this length.
    pub fn padding_of(&self, length: usize, taps: usize) -> (usize, usize) {
        match self.padding {
            Padding::Explicit { before, after } => (before, after),
            Padding::Same => {
                let last = length.div_ceil(self.stride).saturating_sub(1) * self.stride;
                let total = last.saturating_add(self.extent(taps)).saturating_sub(length);
                (total / 2, total - total / 2)
            }
        }
    }

    /// How many positions the window has on an axis of this length; none if it is longer than the padded axis.
    pub fn positions(&self, length: usize, taps: usize) -> Option<usize> {
        if self.padding == Padding::Same {
            return Some(length.div_ceil(self.stride));
        }
        let (before, after) = self.padding_of(length, taps);
        let room = length.saturating_add(before).saturating_add(after).checked_sub(self.extent(taps))?;
        Some(room / self.stride + 1)
    }
}

/// A convolution over 1 to 3 spatial axes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conv {
    /// How the window moves along each spatial axis.
    pub axes: Vec<Slide>,
    /// Channels and filters are cut into so many groups, each convolved on its own.
    pub groups: usize,
}

/// What a pool takes of each window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PoolKind {
    /// The largest element.
    Max,
    /// The mean of the elements; padding does not count.
    Average,
}

/// The windows of a pool along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PoolAxis {
    /// Windows of one size that move along the axis.
    Sliding {
        /// Elements of a window.
        size: usize,
        /// Elements from one window to the next.
        stride: usize,
        /// What stands around the elements.
        padding: Padding,
    },
    /// So many windows that cover the axis evenly: window `i` of `n` is `floor(i·length/n)..ceil((i+1)·length/n)`.
    Adaptive(usize),
}

impl PoolAxis {
    /// Whether every window holds an element of the axis, whatever its length.
    pub fn is_legal(&self) -> bool {
        match *self {
            PoolAxis::Adaptive(windows) => (1..=LONGEST).contains(&windows),
            PoolAxis::Sliding { size, stride, padding } => {
                let covered = match padding {
                    Padding::Same => true,
                    Padding::Explicit { before, after } => before.max(after) < size,
                };
                covered && (1..=LONGEST).contains(&size) && (1..=LONGEST).contains(&stride)
            }
        }
    }

    fn slide(stride: usize, padding: Padding) -> Slide {
        Slide { stride, padding, dilation: 1 }
    }

    /// How many windows lie on an axis of this length, if that is known; none if a window is longer than the axis.
    pub fn windows(&self, length: Dim) -> Option<Dim> {
        match (*self, length) {
            (PoolAxis::Adaptive(_), Some(0)) => None,
            (PoolAxis::Adaptive(windows), _) => Some(Some(windows)),
            (PoolAxis::Sliding { .. }, None) => Some(None),
            (PoolAxis::Sliding { size, stride, padding }, Some(length)) => {
                Self::slide(stride, padding).positions(length, size).map(Some)
            }
        }
    }

    /// The elements of each window on an axis of this length.
    pub fn ranges(&self, length: usize) -> Vec<Range<usize>> {
        let count = self.windows(Some(length)).flatten().unwrap_or(0);
        let range = |at: usize| match *self {
            PoolAxis::Adaptive(windows) => at * length / windows..((at + 1) * length).div_ceil(windows),
            PoolAxis::Sliding { size, stride, padding } => {
                let (before, _) = Self::slide(stride, padding).padding_of(length, size);
                let first = at * stride;
                first.saturating_sub(before)..(first + size - before.min(first + size)).min(length)
            }
        };
        (0..count).map(range).collect()
    }
}

/// A pool over 1 to 3 spatial axes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pool {
    /// What is taken of each window.
    pub kind: PoolKind,
    /// The windows along each spatial axis.
    pub axes: Vec<PoolAxis>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_that_of_tensorflow() {
        let slide = |stride, dilation| Slide { stride, padding: Padding::Same, dilation };
        assert_eq!(slide(1, 1).padding_of(5, 3), (1, 1));
        assert_eq!(slide(2, 1).padding_of(6, 3), (0, 1));
        assert_eq!(slide(1, 2).padding_of(5, 2), (1, 1));
        assert_eq!(slide(3, 1).padding_of(7, 1), (0, 0));
        assert_eq!(slide(2, 1).positions(5, 9), Some(3));
        let valid = Slide { stride: 2, ..Slide::STEP };
        assert_eq!((valid.positions(7, 3), valid.positions(2, 3)), (Some(3), None));
        let endless = Slide { dilation: usize::MAX, ..Slide::STEP };
        assert_eq!((endless.positions(9, 3), endless.is_legal()), (None, false));
    }

    #[test]
    fn windows_of_pools_hold_real_elements_alone() {
        let same = PoolAxis::Sliding { size: 3, stride: 2, padding: Padding::Same };
        assert_eq!(same.ranges(5), [0..2, 1..4, 3..5]);
        assert_eq!(same.ranges(6), [0..3, 2..5, 4..6]);
        assert_eq!(PoolAxis::Adaptive(3).ranges(7), [0..3, 2..5, 4..7]);
        assert_eq!(PoolAxis::Adaptive(4).ranges(2), [0..1, 0..1, 1..2, 1..2]);
        let uncovered = Padding::Explicit { before: 2, after: 0 };
        assert!(!PoolAxis::Sliding { size: 2, stride: 1, padding: uncovered }.is_legal());
    }
}
