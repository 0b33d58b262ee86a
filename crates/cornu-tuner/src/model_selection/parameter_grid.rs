//! `ParameterGrid`: all combinations of lists.

use crate::{Value, Values};

/// All combinations of parameters' values, in scikit-learn's order: parameters by name, the last one changing fastest.
///
/// ```
/// use cornu_tuner::model_selection::ParameterGrid;
/// let grid = ParameterGrid::new().list("units", [16i64, 32]).list("activation", ["relu", "tanh"]);
/// let all: Vec<String> = grid.iter().map(|values| format!("{}/{}", values["activation"], values["units"])).collect();
/// assert_eq!(all, ["relu/16", "relu/32", "tanh/16", "tanh/32"]);
/// // Grids one after another, where not everything goes with everything.
/// let both = grid.or(ParameterGrid::new().list("units", [64i64]));
/// assert_eq!(both.len(), 5);
/// ```
///
/// Source: <https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.ParameterGrid.html>.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ParameterGrid {
    /// The grids that are over.
    before: Vec<Lists>,
    lists: Lists,
}

/// Lists by name.
type Lists = std::collections::BTreeMap<String, Vec<Value>>;

impl ParameterGrid {
    /// One combination: nothing is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// A parameter with its values.
    #[must_use]
    pub fn list<V: Into<Value>>(
        mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        self.lists.insert(name.into(), values.into_iter().map(Into::into).collect());
        self
    }

    /// The combinations of another grid behind those of this one.
    #[must_use]
    pub fn or(mut self, other: ParameterGrid) -> Self {
        self.before.push(self.lists);
        self.before.extend(other.before);
        ParameterGrid { before: self.before, lists: other.lists }
    }

    fn grids(&self) -> impl Iterator<Item = &Lists> {
        self.before.iter().chain([&self.lists])
    }

    /// The number of combinations.
    pub fn len(&self) -> usize {
        self.grids().map(size).fold(0, usize::saturating_add)
    }

    /// Whether there is none, for a list is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The combination at a place.
    pub fn get(&self, mut at: usize) -> Option<Values> {
        for lists in self.grids() {
            let size = size(lists);
            if at < size {
                let mut values = Values::new();
                for (name, list) in lists.iter().rev() {
                    values.insert(name.clone(), list.get(at % list.len())?.clone());
                    at /= list.len();
                }
                return Some(values);
            }
            at -= size;
        }
        None
    }

    /// The combinations in order.
    pub fn iter(&self) -> impl Iterator<Item = Values> {
        (0..self.len()).map_while(|at| self.get(at))
    }
}

fn size(lists: &Lists) -> usize {
    lists.values().map(Vec::len).fold(1, usize::saturating_mul)
}
