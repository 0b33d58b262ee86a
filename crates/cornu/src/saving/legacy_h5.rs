//! The layout of the `.h5` files that Keras wrote before `.keras`.
//!
//! A whole model has its config, and how it was compiled, as JSON in the attributes `model_config` and
//! `training_config`, its weights in the group `model_weights` and the optimizer's in `optimizer_weights`. A file of weights
//! alone has at its root what `model_weights` holds: a group for each layer, in the order of the attribute `layer_names`, in which
//! the attribute `weight_names` says the paths of the layer's weights in their order. Lists too long for an attribute are cut in
//! pieces: `layer_names0`, `layer_names1`, and so on.

use serde_json::Value;

use super::hdf5::{Attr, Group};
use super::versions;
use crate::{Error, Result, Tensor};

const MODEL_WEIGHTS: &str = "model_weights";
const OPTIMIZER_WEIGHTS: &str = "optimizer_weights";
const LAYER_NAMES: &str = "layer_names";
const WEIGHT_NAMES: &str = "weight_names";
/// Written without weights, for layers of Keras alone have any.
const TOP_LEVEL: &str = "top_level_model_weights";

/// What an attribute of the files' version may hold, in bytes: the limit is Keras' own.
const MAX_ATTRIBUTE: usize = 64512;
/// JSON takes some forty times its length in memory.
const MAX_JSON: usize = 16 << 20;

/// Named values in an order.
pub type Named = Vec<(String, Tensor)>;

/// A whole model.
#[derive(Debug, Clone, PartialEq)]
pub struct LegacyModel {
    /// The model's class and config, in the words of the version that wrote it.
    pub config: Value,
    /// How it was compiled, in the words of the version that wrote it.
    pub training: Option<Value>,
    /// The weights of its layers.
    pub weights: LegacyWeights,
    /// The optimizer's variables.
    pub optimizer: Option<Named>,
}

/// The weights of a model's layers.
#[derive(Debug, Clone, PartialEq)]
pub struct LegacyWeights {
    /// The version of Keras that wrote them, such as `2.4.0`; the first one did not say.
    pub keras_version: Option<String>,
    /// Keras' backend, such as `tensorflow`.
    pub backend: Option<String>,
    /// The layers in the model's order, by name.
    pub layers: Vec<(String, Named)>,
}

impl LegacyWeights {
    /// The first number of the version that wrote them.
    pub fn major(&self) -> u32 {
        versions::major(self.keras_version.as_deref())
    }
}

/// Whether a file of this content is a whole model.
pub fn is_model(root: &Group) -> bool {
    root.attrs.contains_key("model_config")
}

/// Whether a file of this content has weights by layer: such a file, or a whole model.
pub fn has_weights(root: &Group) -> bool {
    weights_group(root).is_some()
}

/// The group that lists layers: the root of a file of weights, a part of a model's.
fn weights_group(root: &Group) -> Option<&Group> {
    let lists_layers =
        |group: &&Group| [LAYER_NAMES, "layer_names0"].iter().any(|name| group.attrs.contains_key(*name));
    std::iter::once(root).chain(root.groups.get(MODEL_WEIGHTS)).find(lists_layers)
}

/// The model in a file.
///
/// # Errors
/// If a part is missing or damaged.
pub fn read_model(root: &Group) -> Result<LegacyModel> {
    let config = json(root, "model_config")?.ok_or_else(|| Error::data("has no attribute `model_config`"))?;
    let optimizer = root.groups.get(OPTIMIZER_WEIGHTS).map(|group| read_named(group, OPTIMIZER_WEIGHTS));
    let mut weights = read_weights(root)?;
    // The root says it, too, and first.
    weights.keras_version = text(root, "keras_version").or(weights.keras_version);
    weights.backend = text(root, "backend").or(weights.backend);
    Ok(LegacyModel {
        config,
        training: json(root, "training_config")?,
        weights,
        optimizer: optimizer.transpose()?,
    })
}

/// The weights in a file of weights or of a model.
///
/// # Errors
/// If it has none by layer, or some that are listed are missing.
pub fn read_weights(root: &Group) -> Result<LegacyWeights> {
    let group = weights_group(root).ok_or_else(|| {
        Error::data("has no attribute `layer_names`: these are not weights as Keras kept them by layer")
    })?;
    let layers = texts(group, LAYER_NAMES)?.into_iter().map(|name| {
        let layer = group
            .group(&name)
            .ok_or_else(|| Error::data(format!("there is no group for the layer `{name}`")))?;
        let weights = read_named(layer, &name)?;
        Ok((name, weights))
    });
    Ok(LegacyWeights {
        keras_version: text(group, "keras_version"),
        backend: text(group, "backend"),
        layers: layers.collect::<Result<_>>()?,
    })
}

fn read_named(group: &Group, place: &str) -> Result<Named> {
    let find = |name: String| {
        let (path, last) = name.rsplit_once('/').unwrap_or(("", &name));
        let found = group.group(path).and_then(|group| group.datasets.get(last)).cloned();
        let found = found.ok_or_else(|| Error::data(format!("`{place}`: the weight `{name}` is missing")))?;
        Ok((name, found))
    };
    texts(group, WEIGHT_NAMES)?.into_iter().map(find).collect()
}

fn text(group: &Group, name: &str) -> Option<String> {
    match group.attrs.get(name)? {
        Attr::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// A list of names, whole or in pieces.
fn texts(group: &Group, name: &str) -> Result<Vec<String>> {
    let list = |attr: &Attr| match attr {
        Attr::Texts(texts) => Ok(texts.clone()),
        // A list of one.
        Attr::Text(text) => Ok(vec![text.clone()]),
        _ => Err(Error::data(format!("the attribute `{name}` holds no names"))),
    };
    if let Some(whole) = group.attrs.get(name) {
        return list(whole);
    }
    let pieces = (0usize..).map_while(|at| group.attrs.get(&format!("{name}{at}")));
    pieces.map(list).collect::<Result<Vec<_>>>().map(|pieces| pieces.concat())
}

fn json(root: &Group, name: &str) -> Result<Option<Value>> {
    let Some(text) = text(root, name) else { return Ok(None) };
    if text.len() > MAX_JSON {
        return Err(Error::data(format!("{name}: is longer than any model's")));
    }
    // Python writes numbers that JSON has not, such as the `-Infinity` of a layer that masks.
    let value = serde_json::from_str(&text).map_err(|error| Error::data(format!("{name}: {error}")))?;
    Ok(Some(value))
}

/// The file of a model.
///
/// # Errors
/// If a name is too long for such a file.
pub fn write_model(model: &LegacyModel) -> Result<Group> {
    let mut root = Group::default();
    root.attrs.extend(model.weights.versions());
    let mut put = |name: &str, value: &Value| {
        root.attrs.insert(name.into(), Attr::Text(value.to_string()));
    };
    put("model_config", &model.config);
    if let Some(training) = &model.training {
        put("training_config", training);
    }
    root.groups.insert(MODEL_WEIGHTS.into(), write_weights(&model.weights)?);
    if let Some(variables) = &model.optimizer {
        root.groups.insert(OPTIMIZER_WEIGHTS.into(), write_named(variables)?);
    }
    Ok(root)
}

/// The file of weights alone.
///
/// # Errors
/// If a name is too long for such a file.
pub fn write_weights(weights: &LegacyWeights) -> Result<Group> {
    let mut root = Group::default();
    root.attrs.extend(weights.versions());
    put_texts(&mut root, LAYER_NAMES, weights.layers.iter().map(|(name, _)| name.clone()).collect())?;
    for (name, weights) in &weights.layers {
        *root.group_mut(name) = write_named(weights)?;
    }
    root.groups.insert(TOP_LEVEL.into(), write_named(&Named::new())?);
    Ok(root)
}

impl LegacyWeights {
    fn versions(&self) -> impl Iterator<Item = (String, Attr)> {
        let pairs = [("backend", &self.backend), ("keras_version", &self.keras_version)];
        let attrs =
            pairs.map(|(name, value)| value.clone().map(|value| (name.to_owned(), Attr::Text(value))));
        attrs.into_iter().flatten()
    }
}

fn write_named(values: &Named) -> Result<Group> {
    let mut group = Group::default();
    put_texts(&mut group, WEIGHT_NAMES, values.iter().map(|(name, _)| name.clone()).collect())?;
    for (name, value) in values {
        let (path, last) = name.rsplit_once('/').unwrap_or(("", name));
        group.group_mut(path).datasets.insert(last.into(), value.clone());
    }
    Ok(group)
}

/// Puts a list of names into as many attributes as it takes, of about as many names each, as NumPy's `array_split` has them.
fn put_texts(group: &mut Group, name: &str, texts: Vec<String>) -> Result<()> {
    // In Keras' files each name takes the room of the longest.
    let longest = texts.iter().map(String::len).max().unwrap_or(0);
    if longest > MAX_ATTRIBUTE {
        return Err(Error::data(format!(
            "a name of {longest} bytes is too long for an `.h5` file; a `.keras` file takes it"
        )));
    }
    let most = (MAX_ATTRIBUTE / longest.max(1)).max(1);
    let pieces = texts.len().div_ceil(most);
    if pieces <= 1 {
        group.attrs.insert(name.into(), Attr::Texts(texts));
        return Ok(());
    }
    let (length, longer) = (texts.len() / pieces, texts.len() % pieces);
    let mut texts = texts.into_iter();
    for at in 0..pieces {
        let piece = texts.by_ref().take(length + usize::from(at < longer)).collect();
        group.attrs.insert(format!("{name}{at}"), Attr::Texts(piece));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saving::tests::path;

    #[test]
    fn a_file_of_keras_is_written_as_it_was() -> Result<()> {
        let root = Group::open(path("legacy.h5"))?;
        let model = read_model(&root)?;
        let names: Vec<&str> = model.weights.layers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["dense", "activation", "dense_1"]);
        let written = write_model(&model)?;
        assert_eq!(written.groups, root.groups);
        assert_eq!(read_model(&written)?, model);
        Ok(())
    }

    #[test]
    fn long_lists_are_cut_in_pieces() -> Result<()> {
        let names: Vec<String> = (0..1000).map(|at| format!("{at:0>100}")).collect();
        let mut group = Group::default();
        put_texts(&mut group, LAYER_NAMES, names.clone())?;
        assert_eq!(group.attrs.keys().collect::<Vec<_>>(), ["layer_names0", "layer_names1"]);
        assert_eq!(texts(&group, LAYER_NAMES)?, names);
        Ok(())
    }

    #[test]
    fn what_is_missing_is_named() -> Result<()> {
        let mut root = Group::open(path("legacy.h5"))?;
        root.group_mut("model_weights/dense/sequential/dense").datasets.remove("bias");
        let error = read_model(&root).unwrap_err().to_string();
        assert_eq!(error, "`dense`: the weight `sequential/dense/bias` is missing");
        root.group_mut("model_weights").groups.remove("dense");
        assert_eq!(read_model(&root).unwrap_err().to_string(), "there is no group for the layer `dense`");
        root.groups.remove("model_weights");
        assert_eq!(
            read_model(&root).unwrap_err().to_string(),
            "has no attribute `layer_names`: these are not weights as Keras kept them by layer"
        );
        Ok(())
    }
}
