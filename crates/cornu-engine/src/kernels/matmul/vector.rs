//! One register of floats, for each instruction set.

/// The operations a tile needs of a register of `LANES` floats.
///
/// # Safety
///
/// Calling a method needs the instruction set of the implementation; a pointer needs as many readable (writable)
/// floats as the mask has lanes. The methods are inlined into functions compiled for that set.
pub(super) trait Vector: Copy {
    /// Floats in a register.
    const LANES: usize;
    /// Rows of the tallest tile whose accumulators, two registers a row, fit the register file.
    const ROWS: usize;
    /// The first so many lanes.
    type Mask: Copy;

    /// The mask of the first `lanes` lanes, at most all.
    unsafe fn mask(lanes: usize) -> Self::Mask;
    /// All lanes equal to `value`.
    unsafe fn splat(value: f32) -> Self;
    /// The masked lanes from memory, zero in the others.
    unsafe fn load(from: *const f32, mask: Self::Mask) -> Self;
    /// The masked lanes to memory.
    unsafe fn store(self, to: *mut f32, mask: Self::Mask);
    /// `self + other`.
    unsafe fn add(self, other: Self) -> Self;
    /// `self + a * b`, fused where the set can.
    unsafe fn add_product(self, a: Self, b: Self) -> Self;
    /// The sum of all lanes.
    unsafe fn sum(self) -> f32;
    /// Writes `panel[p][j] = columns[j][p]` for `p < 4` and `j < LANES`: column `j` is at
    /// `columns + min(j, last) * stride`, row `p` of the panel at `panel + p * width`.
    unsafe fn transpose4(columns: *const f32, stride: usize, last: usize, panel: *mut f32, width: usize);
}

/// Four floats, without any intrinsics: the compiler turns the loops into what the target has.
#[derive(Clone, Copy)]
pub(super) struct Portable([f32; 4]);

impl Vector for Portable {
    const LANES: usize = 4;
    const ROWS: usize = 4;
    type Mask = usize;

    #[inline(always)]
    unsafe fn mask(lanes: usize) -> usize {
        lanes
    }

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32, mask: usize) -> Self {
        let mut lanes = [0.0; 4];
        if mask == 4 {
            // SAFETY: the caller vouches for four floats.
            lanes = unsafe { from.cast::<[f32; 4]>().read() };
        } else {
            for (i, lane) in lanes.iter_mut().enumerate().take(mask) {
                // SAFETY: the caller vouches for `mask` floats.
                *lane = unsafe { *from.add(i) };
            }
        }
        Self(lanes)
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, mask: usize) {
        if mask == 4 {
            // SAFETY: the caller vouches for four floats.
            unsafe { to.cast::<[f32; 4]>().write(self.0) };
        } else {
            for (i, &lane) in self.0.iter().enumerate().take(mask) {
                // SAFETY: the caller vouches for `mask` floats.
                unsafe { *to.add(i) = lane };
            }
        }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }

    #[inline(always)]
    unsafe fn add_product(self, a: Self, b: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + a.0[i] * b.0[i]))
    }

    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        let [a, b, c, d] = self.0;
        (a + b) + (c + d)
    }

    #[inline(always)]
    unsafe fn transpose4(columns: *const f32, stride: usize, last: usize, panel: *mut f32, width: usize) {
        for j in 0..4 {
            for p in 0..4 {
                // SAFETY: the caller vouches for four floats a column and four lanes a row.
                unsafe { *panel.add(p * width + j) = *columns.add(j.min(last) * stride + p) };
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) mod x86 {
    //! The registers of x86-64.

    use super::Vector;
    use std::arch::x86_64::*;

    /// A register of AVX2.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx2(__m256);

    /// A mask of AVX2. Full ones are told apart because masked stores are slow on some machines.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx2Mask {
        lanes: __m256i,
        full: bool,
    }

    impl Vector for Avx2 {
        const LANES: usize = 8;
        const ROWS: usize = 6;
        type Mask = Avx2Mask;

        #[inline(always)]
        unsafe fn mask(lanes: usize) -> Avx2Mask {
            // SAFETY: the caller vouches for AVX2.
            unsafe {
                let index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
                let lanes_before = _mm256_set1_epi32(lanes as i32);
                Avx2Mask { lanes: _mm256_cmpgt_epi32(lanes_before, index), full: lanes == 8 }
            }
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            // SAFETY: the caller vouches for AVX2.
            Self(unsafe { _mm256_set1_ps(value) })
        }

        #[inline(always)]
        unsafe fn load(from: *const f32, mask: Avx2Mask) -> Self {
            // SAFETY: the caller vouches for AVX2 and for the masked floats.
            unsafe {
                Self(if mask.full { _mm256_loadu_ps(from) } else { _mm256_maskload_ps(from, mask.lanes) })
            }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32, mask: Avx2Mask) {
            // SAFETY: the caller vouches for AVX2 and for the masked floats.
            unsafe {
                if mask.full {
                    _mm256_storeu_ps(to, self.0);
                } else {
                    _mm256_maskstore_ps(to, mask.lanes, self.0);
                }
            }
        }

        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            // SAFETY: the caller vouches for AVX2.
            Self(unsafe { _mm256_add_ps(self.0, other.0) })
        }

        #[inline(always)]
        unsafe fn add_product(self, a: Self, b: Self) -> Self {
            // SAFETY: the caller vouches for AVX2 and FMA.
            Self(unsafe { _mm256_fmadd_ps(a.0, b.0, self.0) })
        }

        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            // SAFETY: the caller vouches for AVX2.
            unsafe {
                let four = _mm_add_ps(_mm256_castps256_ps128(self.0), _mm256_extractf128_ps::<1>(self.0));
                let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
                _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
            }
        }

        #[inline(always)]
        unsafe fn transpose4(columns: *const f32, stride: usize, last: usize, panel: *mut f32, width: usize) {
            // SAFETY: the caller vouches for AVX2, for four floats a column and for eight lanes a row.
            unsafe {
                let four = |j: usize| _mm_loadu_ps(columns.add(j.min(last) * stride));
                let eight =
                    |j: usize| _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(four(j)), four(j + 4));
                let (a, b, c, d) = (eight(0), eight(1), eight(2), eight(3));
                let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
                let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
                _mm256_storeu_ps(panel, _mm256_shuffle_ps::<0x44>(ab_low, cd_low));
                _mm256_storeu_ps(panel.add(width), _mm256_shuffle_ps::<0xee>(ab_low, cd_low));
                _mm256_storeu_ps(panel.add(2 * width), _mm256_shuffle_ps::<0x44>(ab_high, cd_high));
                _mm256_storeu_ps(panel.add(3 * width), _mm256_shuffle_ps::<0xee>(ab_high, cd_high));
            }
        }
    }

    /// A register of AVX-512.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx512(__m512);

    impl Vector for Avx512 {
        const LANES: usize = 16;
        const ROWS: usize = 14;
        type Mask = __mmask16;

        #[inline(always)]
        unsafe fn mask(lanes: usize) -> __mmask16 {
            ((1u32 << lanes) - 1) as __mmask16
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            // SAFETY: the caller vouches for AVX-512.
            Self(unsafe { _mm512_set1_ps(value) })
        }

        #[inline(always)]
        unsafe fn load(from: *const f32, mask: __mmask16) -> Self {
            // SAFETY: the caller vouches for AVX-512 and for the masked floats.
            Self(unsafe { _mm512_maskz_loadu_ps(mask, from) })
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32, mask: __mmask16) {
            // SAFETY: the caller vouches for AVX-512 and for the masked floats.
            unsafe { _mm512_mask_storeu_ps(to, mask, self.0) }
        }

        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            // SAFETY: the caller vouches for AVX-512.
            Self(unsafe { _mm512_add_ps(self.0, other.0) })
        }

        #[inline(always)]
        unsafe fn add_product(self, a: Self, b: Self) -> Self {
            // SAFETY: the caller vouches for AVX-512.
            Self(unsafe { _mm512_fmadd_ps(a.0, b.0, self.0) })
        }

        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            // SAFETY: the caller vouches for AVX-512.
            unsafe { _mm512_reduce_add_ps(self.0) }
        }

        #[inline(always)]
        unsafe fn transpose4(columns: *const f32, stride: usize, last: usize, panel: *mut f32, width: usize) {
            // SAFETY: the caller vouches for AVX-512, for four floats a column and for sixteen lanes a row.
            unsafe {
                let four = |j: usize| _mm_loadu_ps(columns.add(j.min(last) * stride));
                // Loading the four quarters from memory keeps the one shuffle port for the shuffles below.
                let sixteen = |j: usize| {
                    let first = _mm512_castps128_ps512(four(j));
                    let second = _mm512_insertf32x4::<1>(first, four(j + 4));
                    let third = _mm512_insertf32x4::<2>(second, four(j + 8));
                    _mm512_insertf32x4::<3>(third, four(j + 12))
                };
                let (a, b, c, d) = (sixteen(0), sixteen(1), sixteen(2), sixteen(3));
                let (ab_low, ab_high) = (_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
                let (cd_low, cd_high) = (_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
                _mm512_storeu_ps(panel, _mm512_shuffle_ps::<0x44>(ab_low, cd_low));
                _mm512_storeu_ps(panel.add(width), _mm512_shuffle_ps::<0xee>(ab_low, cd_low));
                _mm512_storeu_ps(panel.add(2 * width), _mm512_shuffle_ps::<0x44>(ab_high, cd_high));
                _mm512_storeu_ps(panel.add(3 * width), _mm512_shuffle_ps::<0xee>(ab_high, cd_high));
            }
        }
    }
}

#[cfg(target_arch = "aarch64")]
pub(super) mod arm {
    //! The registers of 64-bit ARM.

    use super::Vector;
    use std::arch::aarch64::*;

    /// A register of NEON.
    #[derive(Clone, Copy)]
    pub(crate) struct Neon(float32x4_t);

    impl Vector for Neon {
        const LANES: usize = 4;
        const ROWS: usize = 10;
        type Mask = usize;

        #[inline(always)]
        unsafe fn mask(lanes: usize) -> usize {
            lanes
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            // SAFETY: every 64-bit ARM has NEON.
            Self(unsafe { vdupq_n_f32(value) })
        }

        #[inline(always)]
        unsafe fn load(from: *const f32, mask: usize) -> Self {
            if mask == 4 {
                // SAFETY: the caller vouches for four floats.
                Self(unsafe { vld1q_f32(from) })
            } else {
                let mut lanes = [0.0; 4];
                for (i, lane) in lanes.iter_mut().enumerate().take(mask) {
                    // SAFETY: the caller vouches for `mask` floats.
                    *lane = unsafe { *from.add(i) };
                }
                // SAFETY: the array holds four floats.
                Self(unsafe { vld1q_f32(lanes.as_ptr()) })
            }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32, mask: usize) {
            if mask == 4 {
                // SAFETY: the caller vouches for four floats.
                unsafe { vst1q_f32(to, self.0) };
            } else {
                let mut lanes = [0.0; 4];
                // SAFETY: the array holds four floats.
                unsafe { vst1q_f32(lanes.as_mut_ptr(), self.0) };
                for (i, &lane) in lanes.iter().enumerate().take(mask) {
                    // SAFETY: the caller vouches for `mask` floats.
                    unsafe { *to.add(i) = lane };
                }
            }
        }

        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            // SAFETY: every 64-bit ARM has NEON.
            Self(unsafe { vaddq_f32(self.0, other.0) })
        }

        #[inline(always)]
        unsafe fn add_product(self, a: Self, b: Self) -> Self {
            // SAFETY: every 64-bit ARM has NEON.
            Self(unsafe { vfmaq_f32(self.0, a.0, b.0) })
        }

        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            // SAFETY: every 64-bit ARM has NEON.
            unsafe { vaddvq_f32(self.0) }
        }

        #[inline(always)]
        unsafe fn transpose4(columns: *const f32, stride: usize, last: usize, panel: *mut f32, width: usize) {
            // SAFETY: the caller vouches for four floats a column and four lanes a row.
            unsafe {
                let four = |j: usize| vld1q_f32(columns.add(j.min(last) * stride));
                let (a, b, c, d) = (four(0), four(1), four(2), four(3));
                let (ac_low, ac_high) = (vzip1q_f32(a, c), vzip2q_f32(a, c));
                let (bd_low, bd_high) = (vzip1q_f32(b, d), vzip2q_f32(b, d));
                vst1q_f32(panel, vzip1q_f32(ac_low, bd_low));
                vst1q_f32(panel.add(width), vzip2q_f32(ac_low, bd_low));
                vst1q_f32(panel.add(2 * width), vzip1q_f32(ac_high, bd_high));
                vst1q_f32(panel.add(3 * width), vzip2q_f32(ac_high, bd_high));
            }
        }
    }
}
