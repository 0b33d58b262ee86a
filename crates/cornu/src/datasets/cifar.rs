//! The archives of CIFAR-10 and CIFAR-100: pickled batches of images in a gzipped tar file.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::pickle::Pickle;
use super::tar;
use crate::data::npy::Found;
use crate::{Error, Result, Tensor};

const CHANNELS: usize = 3;
const PIXELS: usize = 32 * 32;

/// Some images, with the channels last, and their labels.
#[derive(Default)]
struct Batch {
    x: Vec<u8>,
    y: Vec<u8>,
}

/// Images, uint8 `(n, 32, 32, 3)`, and labels, uint8 `(n, 1)`, of the named batches in the order of the names.
pub(super) struct Batches<'a> {
    pub(super) folder: &'a str,
    pub(super) label_key: &'a str,
}

impl Batches<'_> {
    /// Reads the batches for training and those for tests.
    pub(super) fn read(&self, path: &Path, train: &[&str], test: &[&str]) -> Result<super::Data> {
        let names: Vec<&str> = train.iter().chain(test).copied().collect();
        let mut batches: Vec<Option<Batch>> = names.iter().map(|_| None).collect();
        let place = |member: &str| {
            let name =
                member.strip_prefix("./").unwrap_or(member).strip_prefix(self.folder)?.strip_prefix('/')?;
            names.iter().position(|known| *known == name)
        };
        let file = File::open(path).map_err(|e| Error::io(path, e))?;
        let mut source = MultiGzDecoder::new(BufReader::new(file));
        tar::members(
            &mut source,
            |member| place(member).is_some(),
            |member, content| {
                let batch = self.parse(&content).map_err(|message| format!("batch `{member}` {message}"))?;
                if let Some(out) = place(member).and_then(|at| batches.get_mut(at)) {
                    *out = Some(batch);
                }
                Ok(())
            },
        )
        .and_then(|()| {
            // What follows the archive is the checksum of all of it.
            std::io::copy(&mut source, &mut std::io::sink()).map_err(|e| format!("is damaged: {e}"))
        })
        .map_err(|message| Error::file(path, message))?;
        if let Some((name, _)) = names.iter().zip(&batches).find(|(_, batch)| batch.is_none()) {
            return Err(Error::file(path, format!("lacks the batch `{}/{name}`", self.folder)));
        }
        let mut batches = batches.into_iter().flatten();
        let train = tensors(batches.by_ref().take(train.len()))?;
        Ok((train, tensors(batches)?))
    }

    fn parse(&self, bytes: &[u8]) -> Found<Batch> {
        let pickle = Pickle::parse(bytes)?;
        let y = pickle.integers(pickle.field(self.label_key)?)?;
        let (shape, data) = pickle.byte_array(pickle.field("data")?)?;
        if shape != [y.len(), CHANNELS * PIXELS] || data.len() != y.len() * CHANNELS * PIXELS {
            return Err(format!("has {} labels for an array of shape {shape:?}", y.len()));
        }
        let images = data.chunks_exact(CHANNELS * PIXELS);
        // From one plane a channel to one pixel after the other.
        let x =
            images.flat_map(|image| (0..PIXELS).flat_map(|at| image[at..].iter().step_by(PIXELS).copied()));
        Ok(Batch { x: x.collect(), y })
    }
}

fn tensors(batches: impl Iterator<Item = Batch>) -> Result<(Tensor, Tensor)> {
    let mut all = Batch::default();
    for batch in batches {
        all.x.extend(batch.x);
        all.y.extend(batch.y);
    }
    let n = all.y.len();
    Ok((Tensor::new(all.x, [n, 32, 32, CHANNELS])?, Tensor::new(all.y, [n, 1])?))
}

/// Where the archive is: Keras keeps it under a name of its own, people who fetched it by hand under the one
/// it came with.
pub(super) fn archive(
    cache: &super::cache::Cache,
    keras: &super::cache::Remote,
    original: &super::cache::Remote,
) -> Result<PathBuf> {
    cache.find(keras).or_else(|| cache.find(original)).map_or_else(|| cache.file(keras), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fixture;

    #[test]
    fn a_missing_batch_is_named() {
        let batches = Batches { folder: "cifar-10-batches-py", label_key: "labels" };
        let path = fixture("datasets/cifar-10-batches-py-target_archive");
        let message = |batches: &Batches, name| batches.read(&path, &[name], &[]).unwrap_err().to_string();
        assert!(
            message(&batches, "data_batch_6").ends_with("lacks the batch `cifar-10-batches-py/data_batch_6`")
        );
        let wrong = Batches { label_key: "fine_labels", ..batches };
        assert!(
            message(&wrong, "data_batch_1")
                .ends_with("batch `cifar-10-batches-py/data_batch_1` has no key `fine_labels`")
        );
    }
}
