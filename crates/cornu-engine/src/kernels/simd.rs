//! The vector instructions the kernels run on, chosen once at run time.

use std::sync::LazyLock;

/// An instruction set a kernel is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// Whatever the target guarantees: SSE2 on x86-64.
    Portable,
    /// AVX2 with fused multiply-add: 8 lanes.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 F, VL, BW and DQ: 16 lanes.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// NEON, which every 64-bit ARM has: 4 lanes.
    #[cfg(target_arch = "aarch64")]
    Neon,
}

/// The proof that this machine has an instruction set.
///
/// Only [`Level::available`] makes one, so a safe function that takes a `Level` may call code compiled for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(Isa);

impl Level {
    /// What every machine of this architecture can run.
    pub const PORTABLE: Level = Level(Isa::Portable);

    /// Every level this machine has, the fastest last: what tests iterate over.
    pub fn available() -> impl Iterator<Item = Level> {
        let mut found = vec![Self::PORTABLE];
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            if avx2 {
                found.push(Level(Isa::Avx2));
            }
            if avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
            {
                found.push(Level(Isa::Avx512));
            }
        }
        #[cfg(target_arch = "aarch64")]
        found.push(Level(Isa::Neon));
        found.into_iter()
    }

    /// The instruction set this level stands for.
    pub fn isa(self) -> Isa {
        self.0
    }
}

/// The fastest level of this machine, detected at the first call.
pub fn level() -> Level {
    static FASTEST: LazyLock<Level> = LazyLock::new(|| Level::available().last().unwrap_or(Level::PORTABLE));
    *FASTEST
}

/// Compiles one plain function for every instruction set.
///
/// Write the loop as for one instruction set; the compiler vectorises a copy for each. The generated function
/// takes a [`Level`] before the written arguments:
///
/// ```text
/// multiversion! {
///     /// Replaces every element by its exponential.
///     pub fn exp_in_place<const FMA: bool>(values: &mut [f32]) {
///         for value in values {
///             *value = math::exp::<FMA>(*value);
///         }
///     }
/// }
/// exp_in_place(simd::level(), &mut values);
/// ```
///
/// - `<const FMA: bool>` is always written. It is true where the copy has a fused multiply-add, and is what the
///   functions of [`math`](super::math) want to know.
/// - More type parameters may follow it, each with one bound: `<const FMA: bool, F: Fn(f32) -> f32>`.
/// - An argument is a plain name: write `let mut x = x;` in the body instead of `mut x`.
/// - Whatever the body calls must be `#[inline(always)]` (or small and in std), else it is compiled once, for the
///   portable set.
macro_rules! multiversion {
    (
        $(#[$meta:meta])*
        $vis:vis fn $name:ident<const $fma:ident: bool $(, $param:ident: $bound:path)* $(,)?>(
            $($arg:ident: $type:ty),* $(,)?
        ) $(-> $output:ty)? $body:block
    ) => {
        $(#[$meta])*
        $vis fn $name<$($param: $bound),*>(
            level: $crate::kernels::simd::Level,
            $($arg: $type),*
        ) $(-> $output)? {
            #[inline(always)]
            fn body<const $fma: bool, $($param: $bound),*>($($arg: $type),*) $(-> $output)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
            fn avx512<$($param: $bound),*>($($arg: $type),*) $(-> $output)? {
                body::<true, $($param),*>($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2<$($param: $bound),*>($($arg: $type),*) $(-> $output)? {
                body::<true, $($param),*>($($arg),*)
            }

            match level.isa() {
                $crate::kernels::simd::Isa::Portable => body::<false, $($param),*>($($arg),*),
                #[cfg(target_arch = "x86_64")]
                $crate::kernels::simd::Isa::Avx2 => {
                    // SAFETY: a `Level` of AVX2 exists only on a machine that has these features.
                    unsafe { avx2::<$($param),*>($($arg),*) }
                }
                #[cfg(target_arch = "x86_64")]
                $crate::kernels::simd::Isa::Avx512 => {
                    // SAFETY: a `Level` of AVX-512 exists only on a machine that has these features.
                    unsafe { avx512::<$($param),*>($($arg),*) }
                }
                #[cfg(target_arch = "aarch64")]
                $crate::kernels::simd::Isa::Neon => body::<true, $($param),*>($($arg),*),
            }
        }
    };
}
pub(crate) use multiversion;

/// How many multiply-adds [`multiply_adds`] keeps in flight: enough for every unit, few enough for the registers.
pub const CHAINS: usize = 192;

multiversion! {
    /// `rounds` multiply-adds in each of [`CHAINS`] independent chains, and nothing else: the yardstick a benchmark
    /// holds a kernel to.
    pub fn multiply_adds<const FMA: bool>(x: f32, rounds: usize) -> f32 {
        let mut sums = [x; CHAINS];
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = if FMA { x.mul_add(*sum, x) } else { x * *sum + x };
            }
        }
        sums.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    multiversion! {
        /// A dot product with one bound type parameter and a return value.
        fn dot<const FMA: bool, F: Fn(f32) -> f32>(a: &[f32], b: &[f32], after: F) -> (f32, bool) {
            let mut sum = 0.0;
            for (&a, &b) in a.iter().zip(b) {
                sum = if FMA { a.mul_add(b, sum) } else { sum + a * b };
            }
            (after(sum), FMA)
        }
    }

    #[test]
    fn every_level_runs_its_own_copy() {
        for level in Level::available() {
            let (sum, fma) = dot(level, &[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], |sum| -sum);
            assert_eq!(sum, -32.0, "{level:?}");
            assert_eq!(fma, level != Level::PORTABLE, "{level:?}");
        }
    }

    #[test]
    fn the_fastest_level_is_the_last_available() {
        assert_eq!(Level::available().last(), Some(level()));
        assert_eq!(Level::available().next(), Some(Level::PORTABLE));
    }
}
