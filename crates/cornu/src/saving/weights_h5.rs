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
        let name = to_snake_case(class_name);
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
