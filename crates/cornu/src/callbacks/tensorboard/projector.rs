//! What TensorBoard's projector shows: the vectors of embeddings.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::fs::write_atomically;
use crate::models::Model;
use crate::{Error, Result};

/// The files that describe the rows of embeddings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmbeddingsMetadata {
    /// One for all layers.
    All(String),
    /// By the name of the layer.
    ByLayer(Vec<(String, String)>),
}

impl From<&str> for EmbeddingsMetadata {
    fn from(file: &str) -> Self {
        EmbeddingsMetadata::All(file.into())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for EmbeddingsMetadata {
    fn from(files: [(&str, &str); N]) -> Self {
        EmbeddingsMetadata::ByLayer(files.map(|(layer, file)| (layer.into(), file.into())).into())
    }
}

impl EmbeddingsMetadata {
    fn of(&self, layer: &str) -> Option<&str> {
        match self {
            EmbeddingsMetadata::All(file) => Some(file),
            EmbeddingsMetadata::ByLayer(files) => {
                files.iter().find(|(known, _)| known == layer).map(|(_, file)| file.as_str())
            }
        }
    }
}

/// The names of the layers whose vectors are shown.
fn embeddings(model: &Model) -> Vec<&str> {
    let layers = model.layers().into_iter();
    layers.filter(|layer| layer.class_name() == "Embedding").map(|layer| layer.name()).collect()
}

/// The file of a layer's vectors, from the folder of the logs.
fn vectors(layer: &str) -> String {
    format!("train/{layer}.embeddings.tsv")
}

/// A field in the text form of protocol buffers.
fn field(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("  {name}: \"{value}\"\n")
}

/// Tells the projector where the vectors will be.
pub(super) fn configure(log_dir: &Path, model: &Model, metadata: Option<&EmbeddingsMetadata>) -> Result<()> {
    let layers = embeddings(model);
    if let Some(EmbeddingsMetadata::ByLayer(files)) = metadata
        && let Some((unknown, _)) = files.iter().find(|(layer, _)| !layers.contains(&layer.as_str()))
    {
        let known = layers.iter().map(|layer| (*layer).to_owned());
        return Err(Error::unknown_name("layer of `embeddings_metadata`", unknown, known));
    }
    let mut text = String::new();
    for layer in layers {
        let metadata = metadata.and_then(|metadata| metadata.of(layer));
        text += "embeddings {\n";
        text += &field("tensor_name", &format!("{layer}/embeddings"));
        text += &field("tensor_path", &vectors(layer));
        text += &metadata.map(|file| field("metadata_path", file)).unwrap_or_default();
        text += "}\n";
    }
    fs::create_dir_all(log_dir).map_err(|error| Error::io(log_dir, error))?;
    write_atomically(&log_dir.join("projector_config.pbtxt"), |file| file.write_all(text.as_bytes()))
}

/// Writes the vectors as they are: a line a row for the projector, and all weights as Keras does.
pub(super) fn write(log_dir: &Path, model: &Model, epoch: usize) -> Result<()> {
    for layer in embeddings(model) {
        let Some(table) = model.get_layer(layer)?.get_weights().into_iter().next() else { continue };
        let values = table.as_slice::<f32>()?;
        write_atomically(&log_dir.join(vectors(layer)), |file| {
            for row in values.chunks(table.row_len().max(1)) {
                let row: Vec<String> = row.iter().map(f32::to_string).collect();
                writeln!(file, "{}", row.join("\t"))?;
            }
            Ok(())
        })?;
    }
    model.save_weights(log_dir.join("train").join(format!("keras_embedding.ckpt-{epoch}.weights.h5")))
}
