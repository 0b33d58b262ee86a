//! `EinsumDense`: a densely connected layer over any axes.

use serde_json::Value;

use super::einsum::einsum;
use crate::activations::Activation;
use crate::constraints::Constraint;
use crate::graph::Var;
use crate::initializers::Initializer;
use crate::layers::base::layer_base;
use crate::layers::fans::with_axes;
use crate::layers::{Base, Build, Call, Layer, Outputs, Weight};
use crate::registry::{Fields, Handle};
use crate::regularizers::Regularizer;
use crate::{Dim, Result, Shape};

/// `activation(einsum(equation, input, kernel) + bias)`.
///
/// The equation names the axes of input, kernel and output: `ab,bc->ac` is [`Dense`](super::Dense) on samples of one
/// axis, `...x,xy->...y` on any, `abc,cde->abde` gives each step a matrix. `output_shape` is the output's shape without
/// the batch (and without axes under `...`), `None` where it follows from the input. `bias_axes` names the output's
/// axes along which the bias varies. Weights: `kernel`, of the axes the equation says, and `bias`.
///
/// Source: <https://keras.io/api/layers/core_layers/einsum_dense/>.
///
/// ```
/// use cornu::{Sequential, layers::{EinsumDense, Input}};
/// let heads = EinsumDense::new("abc,cde->abde", [None, Some(2), Some(5)]).bias_axes("de");
/// let model = Sequential::new().add(Input::new([7, 4])).add(heads);
/// assert_eq!(model.output_shape()?.to_string(), "(None, 7, 2, 5)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct EinsumDense {
    #[fields(flatten)]
    base: Base,
    output_shape: Vec<Option<usize>>,
    equation: String,
    activation: Handle<dyn Activation>,
    bias_axes: Option<String>,
    kernel_initializer: Handle<dyn Initializer>,
    bias_initializer: Handle<dyn Initializer>,
    kernel_regularizer: Option<Handle<dyn Regularizer>>,
    bias_regularizer: Option<Handle<dyn Regularizer>>,
    #[fields(with_base)]
    activity_regularizer: Option<Handle<dyn Regularizer>>,
    kernel_constraint: Option<Handle<dyn Constraint>>,
    bias_constraint: Option<Handle<dyn Constraint>>,
    quantization_config: Option<Value>,
}

impl Default for EinsumDense {
    fn default() -> Self {
        EinsumDense {
            base: Base::default(),
            output_shape: Vec::new(),
            equation: String::new(),
            activation: "linear".into(),
            bias_axes: None,
            kernel_initializer: "glorot_uniform".into(),
            bias_initializer: "zeros".into(),
            kernel_regularizer: None,
            bias_regularizer: None,
            activity_regularizer: None,
            kernel_constraint: None,
            bias_constraint: None,
            quantization_config: None,
        }
    }
}

impl EinsumDense {
    /// A layer of this equation, whose output has this shape, the batch not counted.
    pub fn new(equation: impl Into<String>, output_shape: impl Into<Vec<Option<usize>>>) -> Self {
        EinsumDense { equation: equation.into(), output_shape: output_shape.into(), ..Self::default() }
    }

    layer_base!(setters);

    crate::setters! {
        /// The function after the product; none (`"linear"`) by default.
        activation: into Handle<dyn Activation>;
        /// The output's axes along which the bias varies; no bias by default.
        bias_axes: some into String;
        /// How the kernel begins; `"glorot_uniform"` by default.
        kernel_initializer: into Handle<dyn Initializer>;
        /// How the bias begins; `"zeros"` by default.
        bias_initializer: into Handle<dyn Initializer>;
        /// The kernel's penalty.
        kernel_regularizer: some into Handle<dyn Regularizer>;
        /// The bias's penalty.
        bias_regularizer: some into Handle<dyn Regularizer>;
        /// The penalty on the output, divided by the batch size.
        activity_regularizer: some into Handle<dyn Regularizer>;
        /// The kernel's projection after each update.
        kernel_constraint: some into Handle<dyn Constraint>;
        /// The bias's projection after each update.
        bias_constraint: some into Handle<dyn Constraint>;
    }
}

/// An equation with the axes under `...` written out.
struct Equation {
    input: Vec<char>,
    kernel: Vec<char>,
    output: Vec<char>,
    /// How many of them there are, and whether they lead.
    elided: usize,
    elided_left: bool,
}

impl Equation {
    /// The equation for inputs of `rank` axes.
    fn new(equation: &str, rank: usize) -> Result<Self, String> {
        let invalid = || {
            format!(
                "cannot read the equation `{equation}`; it must be of the form [X],[Y]->[Z], ...[X],[Y]->...[Z] or \
                 [X]...,[Y]->[Z]..."
            )
        };
        let (inputs, output) = equation.split_once("->").ok_or_else(invalid)?;
        let (input, kernel) = inputs.split_once(',').ok_or_else(invalid)?;
        let left = input.strip_prefix("...").zip(output.strip_prefix("..."));
        let right = input.strip_suffix("...").zip(output.strip_suffix("..."));
        let (open, (input, output)) = match (left, right) {
            (Some(both), None) => (true, both),
            (None, Some(both)) => (true, both),
            (None, None) => (false, (input, output)),
            _ => return Err(invalid()),
        };
        let named = |text: &str| {
            let distinct = text.chars().enumerate().all(|(at, axis)| text.find(axis) == Some(at));
            !text.is_empty() && distinct && text.chars().all(|axis| axis.is_ascii_alphabetic())
        };
        if ![input, kernel, output].into_iter().all(named) {
            return Err(invalid());
        }
        let elided = rank.checked_sub(input.len()).filter(|elided| open || *elided == 0);
        let Some(elided) = elided else {
            return Err(format!("expects an input of {} axes for `{equation}`, got {rank}", input.len()));
        };
        // Names that nobody can have written.
        let hidden = (1..=elided as u32).filter_map(char::from_u32);
        let whole = |text: &str| -> Vec<char> {
            match left {
                Some(_) => hidden.clone().chain(text.chars()).collect(),
                None => text.chars().chain(hidden.clone()).collect(),
            }
        };
        let (input, output) = (whole(input), whole(output));
        Ok(Equation { input, kernel: kernel.chars().collect(), output, elided, elided_left: left.is_some() })
    }
}

/// What an equation makes of a shape.
struct Analysis {
    equation: Equation,
    kernel: Vec<Dim>,
    bias: Option<Vec<Dim>>,
    /// The kernel's axes that are summed over, and those that are kept: what its fans are.
    fans: [Vec<usize>; 2],
}

impl EinsumDense {
    fn analyze(&self, input: &Shape) -> Result<Analysis, String> {
        let equation = Equation::new(&self.equation, input.rank())?;
        let Some((batch, sample)) = input.dims().split_first() else {
            return Err("expects an input with a batch axis, got a single number".into());
        };
        // The output's dimensions: the batch, then what was given, and the input's under `...`.
        let mut output = vec![*batch];
        let hidden = equation.elided.saturating_sub(usize::from(equation.elided_left));
        if equation.elided_left {
            output.extend(sample.iter().take(hidden));
        }
        output.extend(&self.output_shape);
        if !equation.elided_left {
            output.extend(&sample[sample.len().saturating_sub(hidden)..]);
        }
        if output.len() != equation.output.len() {
            let (axes, given) = (equation.output.len(), Shape::from(output));
            return Err(format!("has an output of {axes} axes by `{}`, but of shape {given}", self.equation));
        }
        let of = |axes: &[char], dims: &[Dim], axis: char| -> Option<Dim> {
            dims.get(axes.iter().position(|name| *name == axis)?).copied()
        };
        let in_input = |axis| of(&equation.input, input.dims(), axis);
        let in_output = |axis| of(&equation.output, &output, axis);
        for axis in &equation.input {
            if let (Some(Some(wanted)), Some(got)) = (in_output(*axis), in_input(*axis))
                && got != Some(wanted)
            {
                return Err(format!(
                    "expects axis `{axis}` of its input {input} to be {wanted}, for that is its length in the output"
                ));
            }
        }
        let unknown = |axis: &&char| !equation.input.contains(axis) && !equation.kernel.contains(axis);
        if let Some(axis) = equation.output.iter().find(unknown) {
            return Err(format!("has axis `{axis}` of the output neither in its input nor in its kernel"));
        }
        let (mut kernel, mut fans) = (Vec::new(), [Vec::new(), Vec::new()]);
        for (at, axis) in equation.kernel.iter().enumerate() {
            let found = in_output(*axis).map(|dim| (1, dim)).or(in_input(*axis).map(|dim| (0, dim)));
            let Some((fan, dim)) = found else {
                return Err(format!(
                    "has axis `{axis}` of the kernel neither in its input nor in its output"
                ));
            };
            kernel.push(dim);
            fans[fan].push(at);
        }
        let bias = self.bias_axes.as_deref().map(|axes| {
            if let Some(axis) = axes.chars().find(|axis| !equation.output.contains(axis)) {
                return Err(format!("has no axis `{axis}` in its output for the bias"));
            }
            let names = equation.output.iter().zip(&output);
            let varies = |axis: &char| axes.contains(*axis);
            let behind = names.skip_while(|(axis, _)| !varies(axis));
            Ok(behind.map(|(axis, dim)| if varies(axis) { *dim } else { Some(1) }).collect())
        });
        Ok(Analysis { kernel, bias: bias.transpose()?, fans, equation })
    }
}

impl Layer for EinsumDense {
    layer_base!();

    fn check_arguments(&self) -> Result<(), String> {
        match self.quantization_config {
            Some(_) => Err("is quantized; Cornu reads the weights of layers that are not".into()),
            None => Ok(()),
        }
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let Analysis { kernel, bias, fans, .. } =
            self.analyze(&inputs[0]).map_err(|message| cx.error(message))?;
        let known = |what: &str, dims: Vec<Dim>| {
            let shape = Shape::from(dims);
            let unknown = || cx.error(format!("needs to know the shape of its {what}, got {shape}"));
            shape.to_known().ok_or_else(unknown)
        };
        let kernel = known("kernel", kernel)?;
        let bias = bias.map(|bias| known("bias", bias)).transpose()?;
        cx.add_weight(
            Weight::new("kernel", kernel, with_axes(&self.kernel_initializer, &fans))
                .regularizer(&self.kernel_regularizer)
                .constraint(&self.kernel_constraint),
        )?;
        bias.map_or(Ok(()), |shape| {
            cx.add_weight(
                Weight::new("bias", shape, self.bias_initializer.clone())
                    .regularizer(&self.bias_regularizer)
                    .constraint(&self.bias_constraint),
            )
        })
    }

    fn has_build(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        let Analysis { equation, .. } = self.analyze(&x.shape()).map_err(|message| cx.error(message))?;
        let kernel = cx.weight("kernel")?;
        let mut y = einsum(x, &equation.input, kernel, &equation.kernel, &equation.output);
        if self.bias_axes.is_some() {
            y = y + cx.weight("bias")?;
        }
        let y = self.activation.get()?.call(y);
        cx.penalize(self.activity_regularizer.as_ref(), y)?;
        Ok(y.into())
    }
}
