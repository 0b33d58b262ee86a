//! Weights that take a query, a key or a value to several heads.

use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::fans::with_axes;
use crate::layers::{Build, Call, Layer, Weight, WeightGroup};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Dim, Result};

/// How kernels and biases of all projections of a layer begin and what holds them.
#[derive(Debug, Clone, PartialEq, Fields)]
pub(super) struct Projections {
    pub(super) kernel_initializer: Handle<dyn Initializer>,
    pub(super) bias_initializer: Handle<dyn Initializer>,
    pub(super) kernel_regularizer: Option<Handle<dyn Regularizer>>,
    pub(super) bias_regularizer: Option<Handle<dyn Regularizer>>,
    pub(super) activity_regularizer: Option<Handle<dyn Regularizer>>,
    pub(super) kernel_constraint: Option<Handle<dyn Constraint>>,
    pub(super) bias_constraint: Option<Handle<dyn Constraint>>,
}

impl Default for Projections {
    fn default() -> Self {
        Projections {
            kernel_initializer: "glorot_uniform".into(),
            bias_initializer: "zeros".into(),
            kernel_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            kernel_constraint: None,
            bias_constraint: None,
        }
    }
}

/// The setters of a layer with a field `projections`.
macro_rules! projection_setters {
    () => {
        $crate::layers::attention::projections::projection_setters! {
            /// How the kernels begin; `"glorot_uniform"` by default.
            kernel_initializer: Initializer in initializers, given => given;
            /// How the biases begin; `"zeros"` by default.
            bias_initializer: Initializer in initializers, given => given;
            /// The kernels' penalty.
            kernel_regularizer: Regularizer in regularizers, given => Some(given);
            /// The biases' penalty.
            bias_regularizer: Regularizer in regularizers, given => Some(given);
            /// The penalty on what each projection gives, divided by the batch size.
            activity_regularizer: Regularizer in regularizers, given => Some(given);
            /// The kernels' projection after each update.
            kernel_constraint: Constraint in constraints, given => Some(given);
            /// The biases' projection after each update.
            bias_constraint: Constraint in constraints, given => Some(given);
        }
    };
    ($($(#[$doc:meta])* $name:ident: $family:ident in $room:ident, $given:ident => $set:expr;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(
                mut self,
                $name: impl Into<$crate::registry::Handle<dyn $crate::$room::$family>>,
            ) -> Self {
                let $given = $name.into();
                self.projections.$name = $set;
                self
            }
        )*
    };
}
pub(super) use projection_setters;

impl Projections {
    /// Declares the weights `NAME/kernel` (inputs, outputs) and `NAME/bias` (outputs).
    pub(super) fn declare(
        &self,
        cx: &mut Build<'_>,
        name: &str,
        inputs: &[usize],
        outputs: &[usize],
        use_bias: bool,
    ) -> Result<()> {
        let rank = inputs.len() + outputs.len();
        let fans = [(0..inputs.len()).collect(), (inputs.len()..rank).collect()];
        cx.add_weight(
            Weight::new(
                format!("{name}/kernel"),
                [inputs, outputs].concat(),
                with_axes(&self.kernel_initializer, &fans),
            )
            .regularizer(&self.kernel_regularizer)
            .constraint(&self.kernel_constraint),
        )?;
        if !use_bias {
            return Ok(());
        }
        cx.add_weight(
            Weight::new(format!("{name}/bias"), outputs, self.bias_initializer.clone())
                .regularizer(&self.bias_regularizer)
                .constraint(&self.bias_constraint),
        )
    }

    /// The product of the last `inputs` axes of a value with the kernel, and the bias.
    pub(super) fn project<'g>(
        &self,
        cx: &mut Call<'_, 'g>,
        name: &str,
        x: Var<'g>,
        inputs: usize,
        use_bias: bool,
    ) -> Result<Var<'g>> {
        let kernel = cx.weight(&format!("{name}/kernel"))?;
        let (shape, weights) = (x.shape(), kernel.shape());
        let (lead, features) = shape.dims().split_at(shape.rank().saturating_sub(inputs));
        let (wanted, outputs) = weights.dims().split_at(inputs);
        if features != wanted {
            let wanted = crate::Shape::from(wanted.to_vec());
            return Err(cx.error(format!("expects {name} to have features {wanted}, got {shape}")));
        }
        let flat = |dims: &[Dim]| -> Dim { dims.iter().copied().product() };
        let rows: Vec<Dim> = lead.iter().copied().chain([flat(features)]).collect();
        let product = x.reshape(rows).matmul(kernel.reshape([flat(wanted), flat(outputs)]));
        let mut y = product.reshape(lead.iter().chain(outputs).copied().collect::<Vec<Dim>>());
        if use_bias {
            y = y + cx.weight(&format!("{name}/bias"))?;
        }
        cx.penalize(self.activity_regularizer.as_ref(), y)?;
        Ok(y)
    }
}

/// The groups in which Keras' files keep the projections, by its attributes' names. `marked` where these begin with an
/// underscore.
pub(super) fn weight_groups(layer: &dyn Layer, names: &[&str], marked: bool) -> Vec<WeightGroup> {
    let own = WeightGroup { path: String::new(), name: layer.base().name().into(), weights: Vec::new() };
    let parts = ["query", "key", "value", "gate", "attention_output"];
    let groups = parts.into_iter().map(|part| {
        let attribute = part.trim_start_matches("attention_");
        let mark = if marked || part == "gate" { "_" } else { "" };
        let of_part = |at: &usize| names[*at].split_once('/').is_some_and(|(first, _)| first == part);
        WeightGroup {
            path: format!("{mark}{attribute}_dense"),
            name: part.into(),
            weights: (0..names.len()).filter(of_part).collect(),
        }
    });
    std::iter::once(own).chain(groups.filter(|group| !group.weights.is_empty())).collect()
}
