//! Sequences of many lengths as one tensor.

use crate::{Element, Error, Result, Tensor};

/// Where a sequence is filled up or cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// At its beginning: Keras' default.
    #[default]
    Pre,
    /// At its end.
    Post,
}

/// The arguments of [`pad_sequences`].
///
/// As [`keras.utils.pad_sequences`](https://keras.io/api/data_loading/timeseries/#pad_sequences-function).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PadSequences {
    maxlen: Option<usize>,
    padding: Side,
    truncating: Side,
    value: f64,
}

impl PadSequences {
    /// As long as the longest sequence, zeros at the beginning.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The length of all; that of the longest by default.
        maxlen: some usize;
        /// Where shorter sequences are filled up.
        padding: Side;
        /// Where longer sequences are cut off.
        truncating: Side;
        /// What fills them up.
        value: f64;
    }
}

/// Fills sequences up, or cuts them off, to one length: `(n, maxlen)` of the sequences' type.
///
/// ```
/// use cornu::Tensor;
/// use cornu::utils::{PadSequences, Side, pad_sequences};
/// let texts = [vec![1i32], vec![2, 3], vec![4, 5, 6]];
/// assert_eq!(pad_sequences(&texts, PadSequences::new())?, Tensor::from([[0, 0, 1], [0, 2, 3], [4, 5, 6]]));
/// let short = PadSequences::new().maxlen(2).padding(Side::Post).value(-1.0);
/// assert_eq!(pad_sequences(&texts, short)?, Tensor::from([[1, -1], [2, 3], [5, 6]]));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the result does not fit into memory.
pub fn pad_sequences<T: Element>(sequences: &[impl AsRef<[T]>], arguments: PadSequences) -> Result<Tensor> {
    let PadSequences { maxlen, padding, truncating, value } = arguments;
    let longest = || sequences.iter().map(|sequence| sequence.as_ref().len()).max().unwrap_or(0);
    let length = maxlen.unwrap_or_else(longest);
    let mut data = Vec::new();
    let total = sequences.len().checked_mul(length);
    if total.is_none_or(|total| data.try_reserve_exact(total).is_err()) {
        let message = format!("{} sequences of length {length} do not fit into memory", sequences.len());
        return Err(Error::argument("pad_sequences", message));
    }
    let fill = T::from_f64(value);
    for sequence in sequences {
        let sequence = sequence.as_ref();
        let kept = match truncating {
            Side::Pre => &sequence[sequence.len().saturating_sub(length)..],
            Side::Post => &sequence[..sequence.len().min(length)],
        };
        let missing = std::iter::repeat_n(fill, length - kept.len());
        match padding {
            Side::Pre => data.extend(missing.chain(kept.iter().copied())),
            Side::Post => data.extend(kept.iter().copied().chain(missing)),
        }
    }
    Ok(Tensor::new(data, [sequences.len(), length])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_those_of_keras() -> Result<()> {
        let x = [vec![1.0f32, 2.0, 3.0], vec![], vec![4.0]];
        // keras.utils.pad_sequences(x, dtype="float32", ...)
        let of = |arguments| pad_sequences(&x, arguments);
        let plain = PadSequences::new();
        assert_eq!(of(plain.clone())?, Tensor::from([[1.0f32, 2.0, 3.0], [0.0, 0.0, 0.0], [0.0, 0.0, 4.0]]));
        assert_eq!(of(plain.clone().maxlen(2))?, Tensor::from([[2.0f32, 3.0], [0.0, 0.0], [0.0, 4.0]]));
        let cut = plain.clone().maxlen(2).truncating(Side::Post).padding(Side::Post).value(0.5);
        assert_eq!(of(cut)?, Tensor::from([[1.0f32, 2.0], [0.5, 0.5], [4.0, 0.5]]));
        assert_eq!(of(plain.clone().maxlen(0))?.shape(), [3, 0]);
        let none: [Vec<i64>; 0] = [];
        assert_eq!(pad_sequences(&none, plain.clone())?.shape(), [0, 0]);
        let error = of(plain.maxlen(usize::MAX)).unwrap_err().to_string();
        assert!(error.starts_with("pad_sequences: 3 sequences of length"), "{error}");
        Ok(())
    }
}
