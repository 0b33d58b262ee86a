//! What a recurrent layer repeats at each step: the trait of cells.

use crate::graph::Var;
use crate::layers::{Arguments, Call, Layer, Outputs};
use crate::registry::Handle;
use crate::saving::weights_h5::to_snake_case;
use crate::{Result, Shape};

/// A layer that computes one step: the output and the next states from a slice of the input and the states before.
///
/// The output has the shape of the first state, unless [`Cell::output_shape`] says otherwise.
///
/// ```
/// use cornu::graph::Var;
/// use cornu::layers::{Arguments, Base, Build, Call, Cell, Layer, Outputs, RNN, Step, Weight, call_cell};
/// use cornu::registry::{Config, Configured, Fields, config_of};
/// use cornu::{Result, Shape};
///
/// /// Adds what it reads to what it remembers, faded.
/// #[derive(Debug, Clone, Default, Fields)]
/// struct Fading {
///     #[fields(flatten)]
///     base: Base,
/// }
///
/// impl Configured for Fading {
///     fn class_name(&self) -> &str { "Fading" }
///     fn config(&self) -> Config { config_of(self) }
/// }
///
/// impl Layer for Fading {
///     fn base(&self) -> &Base { &self.base }
///     fn base_mut(&mut self) -> &mut Base { &mut self.base }
///     fn boxed(&self) -> Box<dyn Layer> { Box::new(self.clone()) }
///     fn as_cell(&self) -> Option<&dyn Cell> { Some(self) }
///
///     fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
///         let features = cx.known_axis(&inputs[0], -1)?;
///         cx.add_weight(Weight::new("fading", [features], "ones"))
///     }
///
///     fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
///         call_cell(self, cx, inputs)
///     }
/// }
///
/// impl Cell for Fading {
///     fn state_shapes(&self, input: &Shape) -> Vec<Shape> { vec![input.clone()] }
///
///     fn step<'b>(&self, cx: &mut Call<'_, 'b>, input: Var<'b>, states: &[Var<'b>]) -> Result<Step<'b>> {
///         let sum = states[0] * cx.weight("fading")? + input;
///         Ok(Step { output: sum, states: vec![sum] })
///     }
/// }
///
/// let layer = RNN::new(Fading::default()).return_sequences(true);
/// ```
pub trait Cell: Layer {
    /// The shapes of the states for a slice of the input, each with the slice's batch axis in front.
    fn state_shapes(&self, input: &Shape) -> Vec<Shape>;

    /// The shape of the output for a slice of the input: that of the first state.
    fn output_shape(&self, input: &Shape) -> Shape {
        self.state_shapes(input).into_iter().next().unwrap_or_default()
    }

    /// Whether the output always is the first of the new states, so that it need not be kept beside it.
    fn output_is_first_state(&self) -> bool {
        false
    }

    /// What is computed once for all steps, by name, for a slice of the input of this shape: dropout masks. A step finds
    /// it by [`Call::tensor`].
    ///
    /// # Errors
    /// If the arguments do not suit each other.
    fn constants<'g>(&self, _cx: &mut Call<'_, 'g>, _input: &Shape) -> Result<Vec<(String, Var<'g>)>> {
        Ok(Vec::new())
    }

    /// Appends one step to a graph.
    ///
    /// # Errors
    /// If input or states do not suit the cell.
    fn step<'b>(&self, cx: &mut Call<'_, 'b>, input: Var<'b>, states: &[Var<'b>]) -> Result<Step<'b>>;
}

/// What a cell gives at a step.
#[derive(Debug, Clone)]
pub struct Step<'b> {
    /// What it shows.
    pub output: Var<'b>,
    /// What it remembers.
    pub states: Vec<Var<'b>>,
}

/// A cell called as a layer, on a slice and states: gives the output and the next states.
///
/// # Errors
/// If there are as many states as the cell does not have, or they do not suit it.
pub fn call_cell<'g>(cell: &dyn Cell, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
    let (input, mut states) = (inputs[0], inputs[1..].to_vec());
    let shape = input.shape();
    states.extend(cx.tensors("states"));
    let wanted = cell.state_shapes(&shape).len();
    if states.len() != wanted {
        return Err(cx.error(format!("is a cell of {wanted} states, got {}", states.len())));
    }
    let arguments = Arguments { tensors: cell.constants(cx, &shape)?, ..Arguments::default() };
    let Step { output, states } = cx.with_arguments(&arguments, |cx| cell.step(cx, input, &states))?;
    Ok(Outputs([vec![output], states].concat()))
}

/// A cell as a part of a layer, with a name that differs from those of its siblings.
pub(in crate::layers) fn named(mut cell: impl Layer, siblings: &[Handle<dyn Layer>]) -> Handle<dyn Layer> {
    if cell.base().name.is_none() {
        let stem = to_snake_case(cell.class_name());
        let is_taken = |name: &String| {
            siblings.iter().any(|other| other.get().is_ok_and(|other| other.base().name() == name))
        };
        let names = std::iter::once(stem.clone()).chain((1..).map(|number| format!("{stem}_{number}")));
        cell.base_mut().name = names.into_iter().find(|name| !is_taken(name));
    }
    Handle::new(std::sync::Arc::new(cell))
}
