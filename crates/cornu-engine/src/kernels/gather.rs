//! Rows of a table: fetched by index, summed by index.

use super::parallel::{for_each_task, share};
use super::shared::Output;

/// Elements that pay for a task.
const TASK_ELEMENTS: usize = 1 << 15;

/// The rows of a table of rows of `width` elements that `indices` name; NaN where there is none.
pub fn gather(table: &[f32], indices: &[i64], to: &mut [f32], width: usize) {
    if width == 0 {
        return;
    }
    let per_task = (TASK_ELEMENTS / width).max(1);
    let rows = Output::new(to);
    for_each_task(indices.len().div_ceil(per_task), |task| {
        let (first, last) = (task * per_task, ((task + 1) * per_task).min(indices.len()));
        // SAFETY: tasks own disjoint rows of `to`.
        let to = unsafe { rows.part(first * width, (last - first) * width) };
        for (index, to) in indices[first..last].iter().zip(to.chunks_exact_mut(width)) {
            match row(table, *index, width) {
                Some(row) => to.copy_from_slice(row),
                None => to.fill(f32::NAN),
            }
        }
    });
}

/// The row an index names, if there is one.
fn row(table: &[f32], index: i64, width: usize) -> Option<&[f32]> {
    let start = usize::try_from(index).ok()?.checked_mul(width)?;
    table.get(start..start.checked_add(width)?)
}

/// Each row of `from` added to the row of `sums` that its index names, in order; where there is none it is left out.
///
/// A task owns a range of the rows of `sums` and looks through all indices for them, so that the order of additions
/// does not depend on who runs it.
pub fn scatter_add(from: &[f32], indices: &[i64], sums: &mut [f32], width: usize) {
    if width == 0 {
        return;
    }
    let table = sums.len() / width;
    let tasks = (from.len().max(sums.len()) / TASK_ELEMENTS).clamp(1, MOST_TASKS);
    let to = Output::new(sums);
    for_each_task(tasks, |task| {
        let own = share(table, 1, tasks, task);
        // SAFETY: tasks own disjoint rows of `sums`.
        let sums = unsafe { to.part(own.start * width, own.len() * width) };
        sums.fill(0.0);
        for (index, from) in indices.iter().zip(from.chunks_exact(width)) {
            let Some(at) = usize::try_from(*index).ok().filter(|at| own.contains(at)) else { continue };
            let sum = &mut sums[(at - own.start) * width..][..width];
            sum.iter_mut().zip(from).for_each(|(sum, value)| *sum += value);
        }
    });
}

/// More would spend their time with looking through the indices.
const MOST_TASKS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_outside_the_table_read_and_write_nothing() {
        let table = [1.0, 2.0, 3.0, 4.0];
        let indices = [1, -1, 2, i64::MAX, i64::MIN, 0];
        let mut rows = [0.0; 12];
        gather(&table, &indices, &mut rows, 2);
        assert_eq!(rows[..2], [3.0, 4.0]);
        assert!(rows[2..10].iter().all(|value| value.is_nan()));
        assert_eq!(rows[10..], [1.0, 2.0]);

        let mut sums = [9.0; 4];
        scatter_add(&[1.0; 12], &indices, &mut sums, 2);
        assert_eq!(sums, [1.0; 4]);
    }

    #[test]
    fn sums_are_the_same_bits_on_any_number_of_threads() {
        const WIDTH: usize = 64;
        let indices: Vec<i64> = (0..3000).map(|at| (at * at) % 1000).collect();
        let rows: Vec<f32> = (0..3000 * WIDTH).map(|at| (at as f32 * 0.37).sin()).collect();
        let sum = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut sums = vec![0.0; 1000 * WIDTH];
            pool.install(|| scatter_add(&rows, &indices, &mut sums, WIDTH));
            sums
        };
        assert_eq!(sum(1), sum(3));
        let mut plain = vec![0.0; 1000 * WIDTH];
        for (index, row) in indices.iter().zip(rows.chunks(WIDTH)) {
            let sums = &mut plain[*index as usize * WIDTH..][..WIDTH];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        assert_eq!(sum(2), plain);
    }
}
