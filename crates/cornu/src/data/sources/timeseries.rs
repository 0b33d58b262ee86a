//! `timeseries_dataset_from_array`: windows that slide over a series.

use std::sync::Arc;

use crate::data::{
    Batch, Cardinality, Dataset, ElementSpec, Elements, FieldSpec, Fields, Pipeline, Record, Shuffle, Stack,
};
use crate::utils::RandomState;
use crate::utils::next_seed;
use crate::{Data, Error, Result, Shape, Tensor};

/// Arguments of [`timeseries_dataset_from_array`], named like Keras'.
#[derive(Debug, Clone)]
pub struct Timeseries {
    sequence_length: usize,
    sequence_stride: usize,
    sampling_rate: usize,
    batch_size: Option<usize>,
    shuffle: bool,
    seed: Option<u32>,
    start_index: Option<usize>,
    end_index: Option<usize>,
}

impl Timeseries {
    /// Windows of so many time steps, one beginning at each, in batches of 128.
    pub fn new(sequence_length: usize) -> Self {
        Timeseries {
            sequence_length,
            sequence_stride: 1,
            sampling_rate: 1,
            batch_size: Some(128),
            shuffle: false,
            seed: None,
            start_index: None,
            end_index: None,
        }
    }

    crate::setters! {
        /// Time steps from the beginning of one window to that of the next.
        sequence_stride: usize;
        /// Time steps from one sample of a window to the next.
        sampling_rate: usize;
        /// Windows a batch, or `None` for one window at a time.
        batch_size: into Option<usize>;
        /// Whether the windows come in random order.
        shuffle: bool;
        /// What the random order follows from.
        seed: some u32;
        /// The first time step that is used.
        start_index: some usize;
        /// The time step behind the last that is used.
        end_index: some usize;
    }

    /// What Keras refuses.
    fn check(&self, length: usize) -> Result<()> {
        let refuse = |argument: &str, message: String| Err(Error::argument(argument, message));
        if let Some(start) = self.start_index.filter(|start| *start >= length.max(1)) {
            return refuse(
                "start_index",
                format!("must be lower than the length of the data, {length}, got {start}"),
            );
        }
        if let Some(end) = self.end_index {
            if end == 0 || self.start_index.is_some_and(|start| start > 0 && end <= start) {
                let start = self.start_index.unwrap_or(0);
                return refuse("end_index", format!("must be higher than `start_index`, {start}, got {end}"));
            }
            if end >= length {
                return refuse(
                    "end_index",
                    format!("must be lower than the length of the data, {length}, got {end}"),
                );
            }
        }
        for (argument, value) in
            [("sampling_rate", self.sampling_rate), ("sequence_stride", self.sequence_stride)]
        {
            if value == 0 || value >= length {
                let message = format!(
                    "must be at least 1 and lower than the length of the data, {length}, got {value}"
                );
                return refuse(argument, message);
            }
        }
        if self.sequence_length == 0 {
            return refuse("sequence_length", "must be at least 1, got 0".into());
        }
        Ok(())
    }
}

/// Windows `(batch, sequence_length, ..)` that slide over a series `(time, ..)`, with the targets that stand where they begin, if
/// there are some: Keras' `keras.utils.timeseries_dataset_from_array`.
///
/// ```
/// use cornu::data::{Dataset, Timeseries, timeseries_dataset_from_array};
/// use cornu::Tensor;
/// // From three hours in a row, tell the fourth.
/// let hours = Tensor::from((0..10).map(|v| v as f32).collect::<Vec<_>>());
/// let windows = timeseries_dataset_from_array(&hours, Some(&hours.rows(3..10)?), Timeseries::new(3).batch_size(2))?;
/// let first = windows.iter().next().expect("a batch")?;
/// assert_eq!(first, (Tensor::from([[0.0f32, 1.0, 2.0], [1.0, 2.0, 3.0]]), Tensor::from([3.0f32, 4.0])).into());
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// With `shuffle` and a seed the windows come in the order of Keras before its last, local shuffle, whose random numbers are
/// TensorFlow's.
///
/// # Errors
/// If an argument is out of range, as in Keras.
///
/// Source: <https://keras.io/api/data_loading/timeseries/>.
pub fn timeseries_dataset_from_array(
    data: &Tensor,
    targets: Option<&Tensor>,
    arguments: Timeseries,
) -> Result<Pipeline> {
    let length = if data.rank() == 0 { 0 } else { data.row_count() };
    arguments.check(length)?;
    let Timeseries { sequence_length, sequence_stride, sampling_rate, batch_size, shuffle, .. } = arguments;
    let (first, last) = (arguments.start_index.unwrap_or(0), arguments.end_index.unwrap_or(length));
    let reach = (sequence_length - 1).saturating_mul(sampling_rate);
    let windows = (last - first).saturating_sub(reach);
    let targets =
        targets.map(|targets| targets.rows(first.min(targets.row_count())..last.min(targets.row_count())));
    let targets = targets.transpose()?;
    let windows = targets.as_ref().map_or(windows, |targets| windows.min(targets.row_count()));
    let mut starts: Vec<usize> = (0..windows).step_by(sequence_stride).collect();
    let seed = arguments.seed.unwrap_or_else(|| (next_seed() % 1_000_000) as u32);
    if shuffle {
        starts = RandomState::new(seed).permutation(starts.len()).into_iter().map(|at| starts[at]).collect();
    }
    let data = data.rows(first..last)?;
    let windows = Windows { data, targets, starts, length: sequence_length, rate: sampling_rate };
    let mut dataset = Arc::new(windows).pipeline();
    if shuffle {
        let buffer = batch_size.map_or(1024, |size| size.saturating_mul(8));
        dataset = dataset.shuffle(Shuffle::new(buffer.max(1)).seed(u64::from(seed)));
    }
    Ok(match batch_size {
        Some(size) => dataset.batch(Batch::new(size)),
        None => dataset,
    })
}

/// Windows one by one.
struct Windows {
    data: Tensor,
    targets: Option<Tensor>,
    /// Where each window begins.
    starts: Vec<usize>,
    length: usize,
    rate: usize,
}

impl Dataset for Arc<Windows> {
    fn begin(&self, _pass: u64) -> Result<Box<dyn Elements>> {
        Ok(Box::new(Sliding { windows: self.clone(), next: 0 }))
    }

    fn cardinality(&self) -> Cardinality {
        Cardinality::Known(self.starts.len())
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        let of = |tensor: &Tensor, time: &[usize]| {
            let row = tensor.shape().get(1..).unwrap_or_default();
            FieldSpec { shape: Shape::known(&[time, row].concat()), dtype: Some(tensor.dtype()) }
        };
        Some(Record {
            x: Fields::named(vec![(None, of(&self.data, &[self.length]))]),
            y: Fields::named(self.targets.iter().map(|targets| (None, of(targets, &[]))).collect()),
            sample_weight: Fields::default(),
        })
    }
}

struct Sliding {
    windows: Arc<Windows>,
    next: usize,
}

/// Numbers copied at a time, if a window has no more.
const NUMBERS: usize = 1 << 18;

impl Elements for Sliding {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        let Windows { data, targets, starts, length, rate } = self.windows.as_ref();
        let window = length.saturating_mul(data.row_len()).max(1);
        let most = most.min((NUMBERS / window).max(1));
        let starts = &starts[self.next..starts.len().min(self.next.saturating_add(most))];
        if starts.is_empty() {
            return Ok(None);
        }
        self.next += starts.len();
        let rows: Vec<usize> =
            starts.iter().flat_map(|start| (0..*length).map(move |at| start + at * rate)).collect();
        let row = data.shape().get(1..).unwrap_or_default();
        let x = data.take(&rows)?.reshape([&[starts.len(), *length], row].concat())?;
        let y: Option<Data> =
            targets.as_ref().map(|targets| targets.take(starts)).transpose()?.map(Into::into);
        Stack::of_rows((x, Fields::from(y.into_iter().collect::<Vec<_>>())).into()).map(Some)
    }
}
