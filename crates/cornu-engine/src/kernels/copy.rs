//! Strided copies: transposition, slices, padding, values side by side.

/// Copies elements of `SIZE` bytes: coordinate by coordinate over `lengths`, from `from + from_start +
/// sum(coordinate * from_strides)` to `to + sum(coordinate * to_strides)`, all in elements.
pub fn strided<const SIZE: usize>(
    lengths: &[usize],
    from: &[[u8; SIZE]],
    from_start: usize,
    from_strides: &[isize],
    to: &mut [[u8; SIZE]],
    to_strides: &[usize],
) {
    let (Some((&length, outer)), Some((&from_step, from_outer)), Some((&to_step, to_outer))) =
        (lengths.split_last(), from_strides.split_last(), to_strides.split_last())
    else {
        // A single number.
        if let (Some(from), Some(to)) = (from.get(from_start), to.first_mut()) {
            *to = *from;
        }
        return;
    };
    let runs: usize = outer.iter().product();
    for run in 0..if length == 0 { 0 } else { runs } {
        let (mut rest, mut source, mut target) = (run, from_start, 0);
        for axis in (0..outer.len()).rev() {
            let coordinate = rest % outer[axis];
            rest /= outer[axis];
            source = source.wrapping_add_signed(coordinate as isize * from_outer[axis]);
            target += coordinate * to_outer[axis];
        }
        if from_step == 1 && to_step == 1 {
            to[target..target + length].copy_from_slice(&from[source..source + length]);
        } else {
            for at in 0..length {
                to[target + at * to_step] = from[source.wrapping_add_signed(at as isize * from_step)];
            }
        }
    }
}

/// Copies runs of `run` bytes into every `width` bytes of `to`, from `start` on.
pub fn runs(from: &[u8], run: usize, to: &mut [u8], start: usize, width: usize) {
    if run > 0 {
        for (from, to) in from.chunks_exact(run).zip(to.chunks_exact_mut(width)) {
            to[start..start + run].copy_from_slice(from);
        }
    }
}
