//! The layout of Keras 3's weights: one group `vars` for every object that has a name.
//!
//! A path addresses objects by class and order, never by the user's names (`saving_lib._save_state`
//! in Keras): `layers/dense_1/vars/0` is the first variable of the second `Dense` layer,
//! `layers/functional/layers/dense/vars/0` that of a layer in a model inside a model,
//! `optimizer/vars/0` the optimizer's count of steps, and the variables of the model itself are in
//! `vars`. The group `vars` is there even when it is empty, and its attribute `name` keeps the
//! user's name.

use std::collections::{BTreeMap, HashMap};

use super::hdf5::{Attr, Group};
use crate::{Error, Result, Tensor};

const VARS: &str = "vars";

/// What one object (a layer, the optimizer, the model) keeps in a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weights {
    /// Where: `layers/dense_1`, `optimizer`, or empty for the model itself.
    pub path: String,
    /// The object's own name. Objects with one get their group even without a variable.
    pub name: Option<String>,
    /// The variables, in the object's order.
    pub vars: Vec<Tensor>,
    /// Variables kept under names of their own, as a lookup layer keeps its `idf_weights`.
    pub named: BTreeMap<String, Tensor>,
}

/// The weights in a tree, parents before children, in the order of their paths.
///
/// # Errors
/// If the tree is not laid out this way: a dataset outside `vars`, or variables whose numbers leave
/// one out.
pub fn read(root: &Group) -> Result<Vec<Weights>> {
    let mut found = Vec::new();
    visit(root, "", &mut found)?;
    Ok(found)
}

fn visit(group: &Group, path: &str, found: &mut Vec<Weights>) -> Result<()> {
    if let Some(name) = group.datasets.keys().next() {
        return Err(Error::data(format!(
            "`{}` lies outside a group `{VARS}`: these are not weights as Keras 3 lays them out",
            join(path, name)
        )));
    }
    if let Some(vars) = group.groups.get(VARS) {
        found.push(read_vars(vars, path)?);
    }
    for (name, child) in group.groups.iter().filter(|(name, _)| *name != VARS) {
        visit(child, &join(path, name), found)?;
    }
    Ok(())
}

fn read_vars(group: &Group, path: &str) -> Result<Weights> {
    let mut weights = Weights { path: path.to_owned(), ..Weights::default() };
    if let Some(Attr::Text(name)) = group.attrs.get("name") {
        weights.name = Some(name.clone());
    }
    let mut numbered = BTreeMap::new();
    for (key, tensor) in &group.datasets {
        match key.parse::<usize>() {
            Ok(number) => numbered.insert(number, tensor.clone()),
            Err(_) => weights.named.insert(key.clone(), tensor.clone()),
        };
    }
    if let Some((missing, _)) = numbered.keys().enumerate().find(|(at, number)| at != *number) {
        return Err(Error::data(format!("variable {missing} of `{}` is missing", join(path, VARS))));
    }
    weights.vars = numbered.into_values().collect();
    Ok(weights)
}

/// The tree that holds these weights.
pub fn write<'a>(all: impl IntoIterator<Item = &'a Weights>) -> Group {
    let mut root = Group::default();
    for weights in all {
        if weights.name.is_none() && weights.vars.is_empty() && weights.named.is_empty() {
            continue;
        }
        let group = root.group_mut(&join(&weights.path, VARS));
        group.attrs.extend(weights.name.iter().map(|name| ("name".to_owned(), Attr::Text(name.clone()))));
        group.datasets.extend(weights.vars.iter().enumerate().map(|(at, var)| (at.to_string(), var.clone())));
        group.datasets.extend(weights.named.iter().map(|(key, var)| (key.clone(), var.clone())));
    }
    root
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

/// The names under which Keras files the members of one container, from their class names: `dense`,
/// `dense_1`, and so on.
///
/// A `Sequential` model's container `layers` has no `InputLayer`; a `Functional` model's has, and
/// lacks the nodes that are plain operations.
///
/// ```
/// use cornu::saving::weights_h5::container_names;
/// assert_eq!(container_names(["Dense", "LeakyReLU", "Dense"]), ["dense", "leaky_re_lu", "dense_1"]);
/// ```
pub fn container_names<'a>(class_names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut used: HashMap<String, usize> = HashMap::new();
    let unique = |class_name| {
        let name = to_snake_case(own_name(class_name));
        match used.get_mut(&name) {
            Some(count) => {
                *count += 1;
                format!("{name}_{count}")
            }
            None => {
                used.insert(name.clone(), 0);
                name
            }
        }
    };
    class_names.into_iter().map(unique).collect()
}

/// A class's own name, from which Keras makes those of its layers, where it exports the class by another.
pub fn own_name(class_name: &str) -> &str {
    match class_name {
        "GroupQueryAttention" => "GroupedQueryAttention",
        other => other,
    }
}

/// Keras' snake case (`keras.src.utils.naming.to_snake_case`), which finds two words in `ReLU`.
///
/// ```
/// use cornu::saving::weights_h5::to_snake_case;
/// assert_eq!(["Conv2DTranspose", "GRUCell", "PReLU"].map(to_snake_case), ["conv2d_transpose", "gru_cell", "p_re_lu"]);
/// ```
pub fn to_snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, &letter) in letters.iter().enumerate() {
        let is = |at: usize, test: fn(&char) -> bool| letters.get(at).is_some_and(test);
        // A word starts at a capital before a small letter, or after one.
        let starts = letter.is_ascii_uppercase()
            && at > 0
            && (is(at + 1, char::is_ascii_lowercase) || is(at - 1, char::is_ascii_lowercase));
        if starts {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saving::KerasArchive;
    use crate::saving::tests::path;

    fn weights(file: &str) -> Result<(KerasArchive, Vec<Weights>)> {
        let archive = KerasArchive::open(path(file))?;
        let weights = read(&archive.weights)?;
        Ok((archive, weights))
    }

    fn listing(weights: &[Weights]) -> Vec<(&str, &str, usize)> {
        weights.iter().map(|w| (&*w.path, w.name.as_deref().unwrap_or("-"), w.vars.len())).collect()
    }

    #[test]
    fn the_weights_of_a_sequential_model() -> Result<()> {
        let (archive, weights) = weights("sequential.keras")?;
        assert_eq!(
            listing(&weights),
            [
                ("", "sequential", 0),
                ("layers/batch_normalization", "batch_normalization", 4),
                ("layers/dense", "dense", 2),
                ("layers/dense_1", "out", 2),
                ("layers/dropout", "dropout", 0),
                ("optimizer", "adam", 14),
            ]
        );
        assert_eq!(write(&weights), archive.weights);
        // Sorted as text, 10 would come before 2.
        let adam = &weights[5].vars;
        assert_eq!(adam[0].dtype(), crate::DType::I64);
        assert_eq!([adam[2].shape(), adam[10].shape(), adam[13].shape()], [&[4, 3][..], &[3, 2], &[2]]);
        Ok(())
    }

    #[test]
    fn the_weights_of_a_functional_model() -> Result<()> {
        let (archive, weights) = weights("functional.keras")?;
        assert_eq!(
            listing(&weights),
            [
                ("", "func", 0),
                ("layers/add", "add", 0),
                ("layers/concatenate", "concatenate", 0),
                ("layers/dense", "shared", 2),
                ("layers/dense_1", "dense_3", 2),
                ("layers/input_layer", "a", 0),
                ("layers/input_layer_1", "b", 0),
                ("layers/sequential", "inner", 0),
                ("layers/sequential/layers/dense", "dense_1", 2),
                ("layers/sequential/layers/dense_1", "dense_2", 2),
                ("optimizer", "sgd", 10),
            ]
        );
        assert_eq!(write(&weights), archive.weights);
        Ok(())
    }

    /// The class names in the config, in order, give the paths in the weights.
    #[test]
    fn the_paths_follow_from_the_classes() -> Result<()> {
        for file in ["sequential.keras", "functional.keras", "halves.keras"] {
            let (archive, _) = weights(file)?;
            let sequential = archive.config["class_name"] == "Sequential";
            let layers = archive.config["config"]["layers"].as_array().expect("a list of layers");
            let classes = layers.iter().filter(|l| {
                let operation = l["module"].as_str().is_some_and(|m| m.starts_with("keras.src.ops"));
                !(operation || sequential && l["class_name"] == "InputLayer")
            });
            let mut names = container_names(classes.filter_map(|l| l["class_name"].as_str()));
            names.sort();
            let groups = archive.weights.group("layers").expect("the layers");
            assert_eq!(names, groups.groups.keys().cloned().collect::<Vec<_>>(), "{file}");
        }
        Ok(())
    }

    #[test]
    fn an_object_without_a_name_has_a_group_only_with_variables() {
        let bare = |vars| Weights { path: "layers/odd".into(), vars, ..Weights::default() };
        assert_eq!(write(&[bare(Vec::new())]), Group::default());
        let filled = bare(vec![Tensor::scalar(1.0f32)]);
        assert_eq!(read(&write([&filled])).ok(), Some(vec![filled]));
    }

    #[test]
    fn named_variables_are_kept() {
        let mut lookup = Weights { path: "layers/lookup".into(), ..Weights::default() };
        lookup.named.insert("idf_weights".into(), Tensor::from([1.0f32, 2.0]));
        assert_eq!(read(&write([&lookup])).ok(), Some(vec![lookup]));
    }

    #[test]
    fn gaps_and_other_layouts_are_errors() -> Result<()> {
        let mut gap = Group::default();
        gap.group_mut("layers/dense/vars").datasets.insert("1".into(), Tensor::scalar(1.0f32));
        assert_eq!(read(&gap).unwrap_err().to_string(), "variable 0 of `layers/dense/vars` is missing");
        let legacy = Group::open(path("legacy.h5"))?;
        assert_eq!(
            read(&legacy).unwrap_err().to_string(),
            "`model_weights/dense/sequential/dense/bias` lies outside a group `vars`: \
             these are not weights as Keras 3 lays them out"
        );
        Ok(())
    }
}
