//! `RNN`: a cell run over the steps of a sequence.

use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Build, Call, Cell, Layer, Outputs, WeightGroup};
use crate::registry::{Fields, Handle};
use crate::{Result, Shape};

use super::StackedRNNCells;
use super::arguments::{LoopArguments, loop_setters};
use super::recurrence::Recurrence;

/// A cell, or several stacked ones, run over the steps of a sequence.
///
/// Input `(batch, steps, …)`, output that of the last step, or `(batch, steps, …)` with `return_sequences`; with
/// `return_state` the last states follow. Further inputs, or `initial_state` by name, are the states to begin with. The
/// weights are the cell's, with its name before theirs.
///
/// Source: <https://keras.io/api/layers/recurrent_layers/rnn/>.
///
/// ```
/// use cornu::layers::{GRUCell, LSTMCell, RNN};
/// let layer = RNN::new(LSTMCell::new(32)).return_sequences(true);
/// let deep = RNN::stacked([LSTMCell::new(32), LSTMCell::new(16)]);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = RNN::new(StackedRNNCells::default()))]
pub struct RNN {
    #[fields(flatten)]
    base: Base,
    #[fields(flatten)]
    looped: LoopArguments,
    #[fields(required)]
    cell: Handle<dyn Layer>,
}

impl RNN {
    /// A layer that repeats this cell.
    pub fn new(cell: impl Cell) -> Self {
        RNN { base: Base::default(), looped: LoopArguments::default(), cell: super::cell::named(cell, &[]) }
    }

    /// A layer that repeats several cells, each reading what the one before shows.
    pub fn stacked<C: Cell>(cells: impl IntoIterator<Item = C>) -> Self {
        Self::new(cells.into_iter().fold(StackedRNNCells::default(), StackedRNNCells::push))
    }

    layer_base!(setters);

    loop_setters!();

    fn recurrence(&self) -> Result<Recurrence<'_>> {
        Ok(Recurrence { cell: self.cell.get()?, looped: self.looped })
    }
}

impl Layer for RNN {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        let cell = self.cell.get().map_err(|error| error.to_string())?;
        match cell.as_cell() {
            Some(_) => cell.check_arguments(),
            None => Err(format!("is made of {}, which is no cell", cell.describe())),
        }
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        self.recurrence()?.build(cx, inputs)
    }

    fn has_build(&self) -> bool {
        true
    }

    fn weight_groups(&self, names: &[&str]) -> Vec<WeightGroup> {
        let cell: Vec<(&str, &dyn Layer)> = self.cell.get().iter().map(|cell| ("cell", *cell)).collect();
        WeightGroup::of_parts(self, names, &cell)
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        self.recurrence()?.call(cx, inputs)
    }
}
