//! Values nested in lists or under names, as Keras nests a layer's inputs.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value};

/// A value, or a list or a dictionary of such trees.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree<T> {
    /// One value.
    Leaf(T),
    /// A list or a tuple.
    List(Vec<Tree<T>>),
    /// A dictionary, in the file's order.
    Dict(Vec<(String, Tree<T>)>),
}

/// What a [`Tree`] may hold.
pub trait Leaf: Sized {
    /// Reads a value, or `None` where the JSON is a list or a dictionary of them.
    ///
    /// # Errors
    /// If the JSON is meant to be a value but is not whole.
    fn from_json(value: &Value) -> Option<Result<Self, String>>;

    /// The value as JSON.
    fn to_json(&self) -> Value;
}

impl<T> Tree<T> {
    /// The values, from left to right.
    pub fn leaves(&self) -> Vec<&T> {
        let mut found = Vec::new();
        self.visit(&mut |leaf| found.push(leaf));
        found
    }

    fn visit<'a>(&'a self, each: &mut impl FnMut(&'a T)) {
        match self {
            Tree::Leaf(leaf) => each(leaf),
            Tree::List(items) => items.iter().for_each(|item| item.visit(each)),
            Tree::Dict(items) => items.iter().for_each(|(_, item)| item.visit(each)),
        }
    }
}

impl<T: Leaf> Tree<T> {
    fn from_json(value: &Value) -> Result<Self, String> {
        if let Some(leaf) = T::from_json(value) {
            return leaf.map(Tree::Leaf);
        }
        match value {
            Value::Array(items) => {
                Ok(Tree::List(items.iter().map(Self::from_json).collect::<Result<_, _>>()?))
            }
            Value::Object(items) => {
                let items = items.iter().map(|(name, item)| Ok((name.clone(), Self::from_json(item)?)));
                Ok(Tree::Dict(items.collect::<Result<_, String>>()?))
            }
            _ => Err(format!("{value} stands where a list or a dictionary is wanted")),
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Tree::Leaf(leaf) => leaf.to_json(),
            Tree::List(items) => items.iter().map(Self::to_json).collect(),
            Tree::Dict(items) => {
                Value::Object(items.iter().map(|(name, item)| (name.clone(), item.to_json())).collect())
            }
        }
    }
}

impl<'de, T: Leaf> Deserialize<'de> for Tree<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_json(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<T: Leaf> Serialize for Tree<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

/// Turns the tuples of Keras' older JSON, `{"class_name": "__tuple__", "items": […]}`, into lists.
///
/// ```
/// let mut shape = serde_json::json!({"shape": {"class_name": "__tuple__", "items": [null, 4]}});
/// cornu::saving::format::unwrap_tuples(&mut shape);
/// assert_eq!(shape, serde_json::json!({"shape": [null, 4]}));
/// ```
pub fn unwrap_tuples(value: &mut Value) {
    if let Some(items) = value.as_object_mut().and_then(tuple_items) {
        *value = items;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(unwrap_tuples),
        Value::Object(items) => items.values_mut().for_each(unwrap_tuples),
        _ => {}
    }
}

fn tuple_items(object: &mut Map<String, Value>) -> Option<Value> {
    let tuple = object.get("class_name").is_some_and(|name| name == "__tuple__");
    if tuple { object.get_mut("items").map(Value::take) } else { None }
}
