//! `CTC`.

use cornu_engine::graph::{ScanInputs, Scanned};

use super::define::{loss, loss_base};
use super::ranks::squeeze_last;
use super::{Loss, Targets};
use crate::DType;
use crate::graph::Var;

/// The logarithm of a probability of nothing, finite so that its gradients are.
const LOG_ZERO: f64 = -1e30;

/// What TensorFlow takes for the logarithm of 0 when a sequence ends before its labels do, `ln(1e-307)`: the loss
/// of labels that do not fit into the steps lies above 700.
const LOG_UNFINISHED: f64 = -706.893_623_549_172;

loss! {
    /// Connectionist temporal classification: `-ln` of the probability that the steps spell the labels, summed over
    /// all ways to spell them, with repetitions and blanks between.
    ///
    /// Predictions are logits (batch, steps, classes), of which class 0 is the blank. Targets are class numbers
    /// (batch, length), rows of fewer labels filled up with zeros.
    ///
    /// Source: <https://keras.io/api/losses/>, `keras.losses.CTC`, after
    /// [Graves et al. 2006](https://www.cs.toronto.edu/~graves/icml_2006.pdf).
    ///
    /// ```
    /// use cornu::Tensor;
    /// use cornu::losses::{CTC, Loss};
    /// // Two steps, all of three classes alike: of nine ways, "1 1", "1 blank" and "blank 1" spell a 1.
    /// let logits = Tensor::zeros([1, 2, 3], cornu::DType::F32);
    /// let loss = CTC::new().evaluate(&Tensor::from([[1i64, 0]]), &logits, None)?;
    /// assert!(loss.item().is_some_and(|loss| (loss - 3f64.ln()).abs() < 1e-6));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    CTC, "ctc" {}
}

impl Loss for CTC {
    loss_base!();

    fn targets(&self) -> Targets {
        Targets::LabelSequences
    }

    fn call<'g>(&self, y_true: Var<'g>, y_pred: Var<'g>) -> Var<'g> {
        if (y_true.rank(), y_pred.rank()) != (2, 3) || last(y_true) == 0 || last(y_pred) == 0 {
            let message = format!(
                "wants labels (batch, length) and logits (batch, steps, classes), got {} and {}",
                y_true.shape(),
                y_pred.shape()
            );
            return y_pred.builder().fail(cornu_engine::Error::shape(&self.name, message));
        }
        let labels = y_true.cast(DType::I64);
        let spelling = Spelling::new(labels, y_pred.log_softmax(-1));
        -spelling.log_probability()
    }
}

/// The states a spelling goes through: a blank, the first label, a blank, the second label, …, a blank.
struct Spelling<'g> {
    /// Of each step the logarithm of the probability of each state's class: (steps, batch, states).
    emissions: Var<'g>,
    /// Whether a state may be entered from the label before, over a blank: (batch, states).
    may_skip: Var<'g>,
    /// What ending in a state costs: (batch, states).
    ends: Var<'g>,
}

impl<'g> Spelling<'g> {
    fn new(labels: Var<'g>, log_probabilities: Var<'g>) -> Self {
        let (classes, length) = (last(log_probabilities), last(labels));
        // (batch, steps, classes) · (batch, length, classes)ᵀ picks the class of each label.
        let chosen = labels.one_hot(classes, log_probabilities.dtype());
        let spoken = log_probabilities.matmul_with(false, chosen, true);
        let blank = log_probabilities.slice(2, 0, 1);
        let emissions = interleave(blank, spoken);

        let labels = labels.cast(DType::F32);
        // Two equal labels in a row need a blank between them. What the first is compared with does not matter.
        let before = labels.pad(1, 1, 0).slice(1, 0, length);
        let nothing = labels.slice(1, 0, 1).zeros_like();
        let may_skip = interleave(nothing, labels.not_equal(before).cast(DType::F32)).equal(1.0);

        let count = labels.not_equal(0.0).cast(DType::F32).sum(&[1], true);
        let state = labels.builder().iota([1, 2 * length + 1], 1).cast(DType::F32);
        // After the last label, or after the blank behind it.
        let (at_label, behind) = (state.equal(count * 2.0 - 1.0), state.equal(count * 2.0));
        let ends = at_label.logical_or(behind).select(labels.constant(0.0), LOG_UNFINISHED);
        Spelling { emissions: emissions.transpose(&[1, 0, 2]), may_skip, ends }
    }

    /// The logarithm of the probability of all ways through the states.
    fn log_probability(&self) -> Var<'g> {
        let states = last(self.ends);
        let builder = self.ends.builder();
        // Before the first step all is in the first state: from there a blank or the first label is spoken.
        let first = builder.iota([1, states], 1).equal(0.0);
        let zeros = self.ends.zeros_like();
        let start = first.select(zeros, LOG_ZERO);
        let inputs = ScanInputs {
            sequences: &[self.emissions],
            states: &[start],
            constants: &[self.may_skip],
            reverse: false,
        };
        let Ok(scanned) = builder.scan(inputs, |step| -> Result<_, std::convert::Infallible> {
            let (emission, stay, may_skip) = (step.slices[0], step.states[0], step.constants[0]);
            let advance = shifted(stay, 1);
            let skip = may_skip.select(shifted(stay, 2), LOG_ZERO);
            let largest = stay.maximum(advance).maximum(skip).stop_gradient();
            let sum = [stay, advance, skip].map(|from| (from - largest).exp()).into_iter();
            let arrived = sum.reduce(|a, b| a + b).map_or(largest, |sum| sum.ln() + largest);
            Ok(Scanned { states: vec![arrived + emission], outputs: Vec::new() })
        });
        let ended = scanned.states[0] + self.ends;
        let largest = ended.max(&[1], true).stop_gradient();
        (ended - largest).exp().sum(&[1], false).ln() + squeeze_last(largest)
    }
}

/// The length of the last axis, which targets and predictions of a step always tell.
fn last(value: Var<'_>) -> usize {
    value.shape().last().unwrap_or(0)
}

/// Between (and around) the values along the last axis the one `other` each row has.
fn interleave<'g>(other: Var<'g>, values: Var<'g>) -> Var<'g> {
    let (builder, length, axis) = (values.builder(), last(values), values.rank() as isize);
    let pair = [other.broadcast_to(values.shape()).expand_dims(-1), values.expand_dims(-1)];
    let mut flat = values.shape().dims().to_vec();
    flat.iter_mut().last().into_iter().for_each(|last| *last = Some(2 * length));
    builder.concat(&[builder.concat(&pair, axis).reshape(flat), other], -1)
}

/// Log-probabilities moved to later states, nothing in the first ones.
fn shifted<'b>(states: Var<'b>, by: usize) -> Var<'b> {
    let kept = last(states).saturating_sub(by);
    let entering = last(states) - kept;
    let nothing = states.slice(1, 0, entering).zeros_like() + LOG_ZERO;
    states.builder().concat(&[nothing, states.slice(1, 0, kept)], 1)
}
