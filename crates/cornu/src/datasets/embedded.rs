//! The split of the datasets that are part of the crate.

use cornu_engine::rng::{Stream, stream_of};

use super::Data;
use crate::{Result, Tensor};

/// A fifth of each class for tests, the rest for training; both in an order drawn once and for all.
///
/// Order and choice depend on the dataset's name alone.
pub(super) fn stratified_split(name: &str, (x, y): (Tensor, Tensor)) -> Result<Data> {
    let classes: Vec<usize> = y.to_vec::<i64>().into_iter().map(|class| class as usize).collect();
    let mut left = vec![0; classes.iter().max().map_or(0, |max| max + 1)];
    for &class in &classes {
        left[class] += 1;
    }
    // Rounded to the nearest whole number.
    left.iter_mut().for_each(|count| *count = (*count + 2) / 5);
    let mut order: Vec<usize> = (0..classes.len()).collect();
    Stream::new(0, stream_of(name), 0).shuffle(&mut order);
    let (test, train): (Vec<usize>, Vec<usize>) = order.into_iter().partition(|&at| {
        let left = &mut left[classes[at]];
        let chosen = *left > 0;
        *left -= usize::from(chosen);
        chosen
    });
    let part = |rows: &[usize]| -> Result<(Tensor, Tensor)> { Ok((x.take(rows)?, y.take(rows)?)) };
    Ok((part(&train)?, part(&test)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_gives_a_fifth() -> Result<()> {
        let y: Vec<u8> = (0..100).map(|at| if at < 23 { 0 } else { 1 + at % 2 }).collect();
        let x = Tensor::from((0..100).collect::<Vec<i32>>());
        let ((x_train, y_train), (x_test, y_test)) = stratified_split("test", (x, Tensor::from(y.clone())))?;
        let count = |y: &Tensor, class| y.to_vec::<u8>().into_iter().filter(|&c| c == class).count();
        assert_eq!([0, 1, 2].map(|class| count(&y_test, class)), [5, 8, 8]);
        assert_eq!([0, 1, 2].map(|class| count(&y_train, class)), [18, 30, 31]);
        let mut all = Vec::new();
        for (x, labels) in [(x_train, y_train), (x_test, y_test)] {
            for (x, label) in x.to_vec::<i32>().into_iter().zip(labels.to_vec::<u8>()) {
                assert_eq!(label, y[x as usize]);
                all.push(x);
            }
        }
        assert!(!all.is_sorted());
        all.sort();
        assert!(all.into_iter().eq(0..100));
        Ok(())
    }
}
