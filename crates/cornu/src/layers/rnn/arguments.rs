//! The arguments recurrent layers share.

use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::{Build, Call, Outputs, Weight};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Result, Shape};

/// How a cell's weights begin.
#[derive(Debug, Clone, PartialEq, Fields)]
pub(super) struct Initializers {
    pub(super) kernel_initializer: Handle<dyn Initializer>,
    pub(super) recurrent_initializer: Handle<dyn Initializer>,
    pub(super) bias_initializer: Handle<dyn Initializer>,
}

impl Default for Initializers {
    fn default() -> Self {
        Initializers {
            kernel_initializer: "glorot_uniform".into(),
            recurrent_initializer: "orthogonal".into(),
            bias_initializer: "zeros".into(),
        }
    }
}

/// The penalties of a cell's weights.
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub(super) struct Regularizers {
    pub(super) kernel_regularizer: Option<Handle<dyn Regularizer>>,
    pub(super) recurrent_regularizer: Option<Handle<dyn Regularizer>>,
    pub(super) bias_regularizer: Option<Handle<dyn Regularizer>>,
}

/// The projections of a cell's weights.
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub(super) struct Constraints {
    pub(super) kernel_constraint: Option<Handle<dyn Constraint>>,
    pub(super) recurrent_constraint: Option<Handle<dyn Constraint>>,
    pub(super) bias_constraint: Option<Handle<dyn Constraint>>,
}

/// How a recurrent layer runs over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Fields)]
pub(super) struct LoopArguments {
    pub(super) return_sequences: bool,
    pub(super) return_state: bool,
    pub(super) go_backwards: bool,
    pub(super) stateful: bool,
    pub(super) unroll: bool,
    pub(super) zero_output_for_mask: bool,
}

/// Which parts of input and state a cell loses in training: the same ones at every step (Gal and Ghahramani 2016).
#[derive(Debug, Clone, Copy, PartialEq, Default, Fields)]
pub(super) struct Dropouts {
    pub(super) dropout: f64,
    pub(super) recurrent_dropout: f64,
}

impl Dropouts {
    pub(super) fn check(&self) -> Result<(), String> {
        for (name, rate) in [("dropout", self.dropout), ("recurrent_dropout", self.recurrent_dropout)] {
            if !(0.0..=1.0).contains(&rate) {
                return Err(format!("expects a {name} between 0 and 1, got {rate}"));
            }
        }
        Ok(())
    }

    /// The masks by name, `gates` of each kind; none outside training.
    pub(super) fn masks<'g>(
        &self,
        cx: &Call<'_, 'g>,
        seed: Option<u64>,
        gates: usize,
        input: &Shape,
        state: &Shape,
    ) -> Vec<(String, Var<'g>)> {
        let mut masks = Vec::new();
        for (kind, rate, shape) in [("input", self.dropout, input), ("state", self.recurrent_dropout, state)]
        {
            for gate in 0..if rate > 0.0 { gates } else { 0 } {
                let name = mask_name(kind, gate);
                let Some(uniform) = cx.uniform(&name, seed, shape.clone()) else { continue };
                let scale = if rate < 1.0 { 1.0 / (1.0 - rate) } else { 0.0 };
                let kept = uniform.greater_equal(rate).cast(uniform.dtype());
                masks.push((name, kept * scale));
            }
        }
        masks
    }
}

fn mask_name(kind: &str, gate: usize) -> String {
    format!("{kind} dropout {gate}")
}

/// A value under the mask of its kind for a gate, or under that for all.
pub(super) fn masked<'b>(cx: &Call<'_, 'b>, kind: &str, gate: usize, value: Var<'b>) -> Var<'b> {
    let mask = cx.tensor(&mask_name(kind, gate)).or_else(|| cx.tensor(&mask_name(kind, 0)));
    mask.map_or(value, |mask| value * mask)
}

/// The gates of a cell: its weights hold those of all gates side by side. Taken apart, each gate has a product of its own,
/// which its function follows at once.
pub(super) struct Gates<'b> {
    pub(super) units: usize,
    pub(super) kernel: Var<'b>,
    pub(super) recurrent_kernel: Var<'b>,
    /// One bias for all sums, or a row for those of the input and a row for those of the state.
    pub(super) bias: Option<Var<'b>>,
}

impl<'b> Gates<'b> {
    pub(super) fn new(cx: &Call<'_, 'b>, units: usize, use_bias: bool) -> Result<Self> {
        Ok(Gates {
            units,
            kernel: cx.weight("kernel")?,
            recurrent_kernel: cx.weight("recurrent_kernel")?,
            bias: if use_bias { Some(cx.weight("bias")?) } else { None },
        })
    }

    fn part(&self, weight: Var<'b>, gate: usize) -> Var<'b> {
        weight.slice(weight.rank() - 1, gate * self.units, (gate + 1) * self.units)
    }

    /// What the input adds to a gate's sum.
    pub(super) fn of_input(&self, cx: &Call<'_, 'b>, gate: usize, input: Var<'b>) -> Var<'b> {
        let product = masked(cx, "input", gate, input).matmul(self.part(self.kernel, gate));
        self.biased(product, gate, 0)
    }

    /// What the state adds to a gate's sum.
    pub(super) fn of_state(&self, cx: &Call<'_, 'b>, gate: usize, state: Var<'b>) -> Var<'b> {
        let product = masked(cx, "state", gate, state).matmul(self.part(self.recurrent_kernel, gate));
        self.biased(product, gate, 1)
    }

    fn biased(&self, product: Var<'b>, gate: usize, row: usize) -> Var<'b> {
        match self.bias {
            Some(bias) if bias.rank() == 2 => {
                product + self.part(bias.slice(0, row, row + 1), gate).reshape([self.units])
            }
            Some(bias) if row == 0 => product + self.part(bias, gate),
            _ => product,
        }
    }
}

/// Adds the penalty on a layer's outputs to the model's loss, for a batch whose size is known.
pub(super) fn activity_penalty<'g>(
    cx: &mut Call<'_, 'g>,
    regularizer: Option<&Handle<dyn Regularizer>>,
    outputs: &Outputs<'g>,
) -> Result<()> {
    let Some(regularizer) = regularizer else { return Ok(()) };
    for output in &outputs.0 {
        if let Some(Some(batch)) = output.shape().dims().first().copied() {
            cx.add_loss(regularizer.get()?.call(*output) / batch as f64);
        }
    }
    Ok(())
}

/// The shapes and beginnings of a cell's weights.
pub(super) struct CellWeights<'a> {
    pub(super) kernel: Vec<usize>,
    pub(super) recurrent: Vec<usize>,
    /// The bias, if there is one, and how it begins.
    pub(super) bias: Option<(Vec<usize>, Handle<dyn Initializer>)>,
    pub(super) initializers: &'a Initializers,
    pub(super) regularizers: &'a Regularizers,
    pub(super) constraints: &'a Constraints,
}

impl CellWeights<'_> {
    /// Declares `kernel`, `recurrent_kernel` and `bias`.
    pub(super) fn declare(self, cx: &mut Build<'_>) -> Result<()> {
        let (initializers, regularizers, constraints) =
            (self.initializers, self.regularizers, self.constraints);
        cx.add_weight(
            Weight::new("kernel", self.kernel, initializers.kernel_initializer.clone())
                .regularizer(&regularizers.kernel_regularizer)
                .constraint(&constraints.kernel_constraint),
        )?;
        cx.add_weight(
            Weight::new("recurrent_kernel", self.recurrent, initializers.recurrent_initializer.clone())
                .regularizer(&regularizers.recurrent_regularizer)
                .constraint(&constraints.recurrent_constraint),
        )?;
        let Some((shape, initializer)) = self.bias else { return Ok(()) };
        cx.add_weight(
            Weight::new("bias", shape, initializer)
                .regularizer(&regularizers.bias_regularizer)
                .constraint(&constraints.bias_constraint),
        )
    }
}

/// The number of features of a cell's input, a slice.
pub(super) fn features(cx: &Build<'_>, input: &Shape) -> Result<usize> {
    if input.rank() != 2 {
        return Err(cx.error(format!("expects slices of 2 axes, (batch, features), got {input}")));
    }
    cx.known_axis(input, -1)
}

/// Refuses a cell without units, or with rates that are none.
pub(super) fn check_units(units: usize, dropouts: &Dropouts) -> Result<(), String> {
    if units == 0 {
        return Err("needs at least one unit, got units=0".into());
    }
    dropouts.check()
}

/// The state of so many units beside a slice.
pub(super) fn state_shape(input: &Shape, units: usize) -> Shape {
    Shape::from([input.dims().first().copied().flatten(), Some(units)])
}

/// Setters of arguments that lie in a group: `group.name: T` takes what becomes a `T`, `some T` sets an optional one.
macro_rules! group_setters {
    () => {};
    ($(#[$doc:meta])* $group:ident.$name:ident: some $type:ty; $($rest:tt)*) => {
        $(#[$doc])* #[must_use]
        pub fn $name(mut self, $name: impl Into<$type>) -> Self { self.$group.$name = Some($name.into()); self }
        $crate::layers::rnn::arguments::group_setters! { $($rest)* }
    };
    ($(#[$doc:meta])* $group:ident.$name:ident: $type:ty; $($rest:tt)*) => {
        $(#[$doc])* #[must_use]
        pub fn $name(mut self, $name: impl Into<$type>) -> Self { self.$group.$name = $name.into(); self }
        $crate::layers::rnn::arguments::group_setters! { $($rest)* }
    };
}
pub(super) use group_setters;

/// The setters of cells, and of the layers made of one.
macro_rules! cell_setters {
    () => {
        crate::setters! {
            /// The function of the sums; `"tanh"` by default.
            activation: into Handle<dyn Activation>;
            /// Whether there is a bias.
            use_bias: bool;
            /// A seed for the dropout masks; without it they follow from the model's seed and the layer's name.
            seed: some u64;
        }
        $crate::layers::rnn::arguments::group_setters! {
            /// How the kernel begins; `"glorot_uniform"` by default.
            initializers.kernel_initializer: Handle<dyn crate::initializers::Initializer>;
            /// How the recurrent kernel begins; `"orthogonal"` by default.
            initializers.recurrent_initializer: Handle<dyn crate::initializers::Initializer>;
            /// How the bias begins; `"zeros"` by default.
            initializers.bias_initializer: Handle<dyn crate::initializers::Initializer>;
            /// The kernel's penalty.
            regularizers.kernel_regularizer: some Handle<dyn crate::regularizers::Regularizer>;
            /// The recurrent kernel's penalty.
            regularizers.recurrent_regularizer: some Handle<dyn crate::regularizers::Regularizer>;
            /// The bias's penalty.
            regularizers.bias_regularizer: some Handle<dyn crate::regularizers::Regularizer>;
            /// The kernel's projection after each update.
            constraints.kernel_constraint: some Handle<dyn crate::constraints::Constraint>;
            /// The recurrent kernel's projection after each update.
            constraints.recurrent_constraint: some Handle<dyn crate::constraints::Constraint>;
            /// The bias's projection after each update.
            constraints.bias_constraint: some Handle<dyn crate::constraints::Constraint>;
            /// Which fraction of the input is lost in training.
            dropouts.dropout: f64;
            /// Which fraction of the state is lost in training.
            dropouts.recurrent_dropout: f64;
        }
    };
}
pub(super) use cell_setters;

/// The setters of layers that run over time.
macro_rules! loop_setters {
    () => {
        $crate::layers::rnn::arguments::group_setters! {
            /// Whether the outputs of all steps are given, or that of the last alone.
            looped.return_sequences: bool;
            /// Whether the last states are given beside the output.
            looped.return_state: bool;
            /// Whether the last step comes first; outputs then come in that order.
            looped.go_backwards: bool;
            /// Whether each batch begins with the states the one before ended with.
            looped.stateful: bool;
            /// Keras' choice between a loop and a chain of copies; here it is always a loop.
            looped.unroll: bool;
            /// Whether the output of a masked step is zero, or that of the step before.
            looped.zero_output_for_mask: bool;
        }
    };
}
pub(super) use loop_setters;
