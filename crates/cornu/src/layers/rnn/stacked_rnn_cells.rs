//! `StackedRNNCells`: several cells as one.

use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Arguments, Base, Build, Call, Cell, Layer, Outputs, Step, WeightGroup, call_cell};
use crate::registry::{Fields, Handle};
use crate::saving::weights_h5::container_names;
use crate::{Result, Shape};

/// Cells of which each reads, at the same step, what the one before shows.
///
/// The states are those of all cells, the first cell's first; the output is the last cell's. The weights are the
/// cells', each with its cell's name before it.
///
/// Source: <https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/>.
///
/// ```
/// use cornu::layers::{GRUCell, LSTMCell, RNN, StackedRNNCells};
/// let layer = RNN::new(StackedRNNCells::default().push(LSTMCell::new(32)).push(GRUCell::new(16)));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct StackedRNNCells {
    #[fields(flatten)]
    base: Base,
    #[fields(required)]
    cells: Vec<Handle<dyn Layer>>,
}

impl StackedRNNCells {
    /// The same with one more cell behind the others.
    #[must_use]
    pub fn push(mut self, cell: impl Cell) -> Self {
        let cell = super::cell::named(cell, &self.cells);
        self.cells.push(cell);
        self
    }

    layer_base!(setters);

    /// The cells, each with the shape of the slices it reads, where the first reads this one.
    fn cells(&self, input: &Shape) -> Vec<(&dyn Layer, &dyn Cell, Shape)> {
        let cells = self.cells.iter().filter_map(|cell| cell.get().ok());
        cells
            .filter_map(|layer| Some((layer, layer.as_cell()?)))
            .scan(input.clone(), |input, (layer, cell)| {
                let output = cell.output_shape(input);
                Some((layer, cell, std::mem::replace(input, output)))
            })
            .collect()
    }
}

/// What is computed once for a cell goes by its place before its name.
fn constant_name(cell: usize, name: &str) -> String {
    format!("{cell}/{name}")
}

impl Layer for StackedRNNCells {
    layer_base!(several);

    fn check_arguments(&self) -> Result<(), String> {
        if self.cells.is_empty() {
            return Err("needs at least one cell, got cells=[]".into());
        }
        for cell in &self.cells {
            let cell = cell.get().map_err(|error| error.to_string())?;
            if cell.as_cell().is_none() {
                return Err(format!("is made of {}, which is no cell", cell.describe()));
            }
        }
        Ok(())
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        self.cells(&inputs[0]).into_iter().try_for_each(|(layer, _, input)| cx.build_inner(layer, &[input]))
    }

    fn has_build(&self) -> bool {
        true
    }

    fn weight_groups(&self, names: &[&str]) -> Vec<WeightGroup> {
        let cells: Vec<&dyn Layer> = self.cells.iter().filter_map(|cell| cell.get().ok()).collect();
        let paths = container_names(cells.iter().map(|cell| cell.class_name()));
        let paths: Vec<String> = paths.into_iter().map(|name| format!("cells/{name}")).collect();
        let parts: Vec<(&str, &dyn Layer)> = paths.iter().map(String::as_str).zip(cells).collect();
        WeightGroup::of_parts(self, names, &parts)
    }

    fn as_cell(&self) -> Option<&dyn Cell> {
        Some(self)
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        call_cell(self, cx, inputs)
    }
}

impl Cell for StackedRNNCells {
    fn state_shapes(&self, input: &Shape) -> Vec<Shape> {
        self.cells(input).into_iter().flat_map(|(_, cell, input)| cell.state_shapes(&input)).collect()
    }

    fn output_shape(&self, input: &Shape) -> Shape {
        let last = self.cells(input).into_iter().last();
        last.map_or_else(|| input.clone(), |(_, cell, input)| cell.output_shape(&input))
    }

    fn constants<'g>(&self, cx: &mut Call<'_, 'g>, input: &Shape) -> Result<Vec<(String, Var<'g>)>> {
        let mut all = Vec::new();
        for (at, (layer, cell, input)) in self.cells(input).into_iter().enumerate() {
            let own = cx.inside(layer, &[], &Arguments::default(), |cx| cell.constants(cx, &input))?;
            all.extend(own.into_iter().map(|(name, value)| (constant_name(at, &name), value)));
        }
        Ok(all)
    }

    fn step<'b>(&self, cx: &mut Call<'_, 'b>, input: Var<'b>, states: &[Var<'b>]) -> Result<Step<'b>> {
        let (mut output, mut rest, mut next) = (input, states, Vec::new());
        for (at, (layer, cell, input)) in self.cells(&input.shape()).into_iter().enumerate() {
            let (own, others) = rest.split_at(cell.state_shapes(&input).len().min(rest.len()));
            rest = others;
            let prefix = constant_name(at, "");
            let tensors = cx.arguments.tensors.iter();
            let tensors =
                tensors.filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?.to_owned(), *value)));
            let arguments = Arguments { tensors: tensors.collect(), ..Arguments::default() };
            let step = cx.inside(layer, &[], &arguments, |cx| cell.step(cx, output, own))?;
            output = step.output;
            next.extend(step.states);
        }
        Ok(Step { output, states: next })
    }
}
