//! What an event says: a tensor, and the dashboard it is for.

use std::io;

use super::png;
use super::protobuf::Message;

/// A summary of the second version: a tensor with the plugin that shows it.
pub(crate) struct Summary {
    plugin: &'static str,
    /// What the plugin is told beside the tensor.
    content: &'static str,
    tensor: Message,
}

/// An image of one byte a channel, rows from the top.
pub(crate) struct Image<'a> {
    pub(crate) pixels: &'a [u8],
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// 1, 3 or 4.
    pub(crate) channels: usize,
}

/// Element types as TensorFlow counts them.
const FLOAT: u64 = 1;
const DOUBLE: u64 = 2;
const STRING: u64 = 7;

/// The bars of a histogram.
const BUCKETS: usize = 30;

impl Summary {
    /// A number, for the scalars.
    pub(crate) fn scalar(value: f64) -> Self {
        let tensor = tensor(FLOAT, &[]).blob(4, &(value as f32).to_le_bytes());
        Summary { plugin: "scalars", content: "", tensor }
    }

    /// How numbers are distributed, over thirty intervals of equal width. Those that are not finite have no place among
    /// them.
    pub(crate) fn histogram(values: &[f32]) -> Self {
        let content = buckets(values).into_iter().flatten().flat_map(f64::to_le_bytes).collect::<Vec<u8>>();
        let tensor = tensor(DOUBLE, &[BUCKETS, 3]).blob(4, &content);
        Summary { plugin: "histograms", content: "", tensor }
    }

    /// Images of one size.
    pub(crate) fn images(images: &[Image<'_>]) -> io::Result<Self> {
        let (width, height) = images.first().map_or((0, 0), |image| (image.width, image.height));
        let mut strings = tensor(STRING, &[images.len() + 2]);
        strings = strings.string(8, &width.to_string()).string(8, &height.to_string());
        for Image { pixels, width, height, channels } in images {
            strings = strings.blob(8, &png::encode(pixels, *width, *height, *channels)?);
        }
        Ok(Summary { plugin: "images", content: "", tensor: strings })
    }

    /// A model's JSON, which TensorBoard draws as a graph of its layers.
    pub(crate) fn keras_model(json: &str) -> Self {
        Summary { plugin: "graph_keras_model", content: "1", tensor: tensor(STRING, &[]).string(8, json) }
    }

    /// The value of a tag: the message within `Summary`.
    pub(super) fn value(&self, tag: &str) -> Message {
        let plugin = Message::default().string(1, self.plugin).string(2, self.content);
        let metadata = Message::default().message(1, &plugin);
        Message::default().string(1, tag).message(8, &self.tensor).message(9, &metadata)
    }
}

/// A tensor without its elements.
fn tensor(dtype: u64, shape: &[usize]) -> Message {
    let dimension = |size: &usize| Message::default().varint(1, *size as u64);
    let shape = shape.iter().fold(Message::default(), |shape, size| shape.message(2, &dimension(size)));
    Message::default().varint(1, dtype).message(2, &shape)
}

/// Left edge, right edge and count of each interval.
///
/// Source: `tensorboard/plugins/histogram/summary_v2.py`.
fn buckets(values: &[f32]) -> [[f64; 3]; BUCKETS] {
    let finite = || values.iter().map(|value| f64::from(*value)).filter(|value| value.is_finite());
    let mut buckets = [[0.0; 3]; BUCKETS];
    let (Some(min), Some(max)) = (finite().reduce(f64::min), finite().reduce(f64::max)) else {
        return buckets;
    };
    let width = (max - min) / BUCKETS as f64;
    for (at, [left, right, _]) in buckets.iter_mut().enumerate() {
        *left = min + width * at as f64;
        *right = if at + 1 == BUCKETS { max } else { min + width * (at + 1) as f64 };
    }
    for value in finite() {
        // Where all are the same they count in the last.
        let at = if width == 0.0 { BUCKETS } else { ((value - min) / width) as usize };
        buckets[at.min(BUCKETS - 1)][2] += 1.0;
    }
    buckets
}
