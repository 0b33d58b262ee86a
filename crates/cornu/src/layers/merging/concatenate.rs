//! `Concatenate`: its inputs one after another.

use super::merge::listed;
use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::masks::{all_true, any_of_last};
use crate::layers::{Base, Build, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{Result, Shape};

/// Its inputs joined along an axis; they agree in every other axis.
///
/// If an input is masked the result is: steps of inputs without a mask count.
///
/// Source: <https://keras.io/api/layers/merging_layers/concatenate/>.
///
/// ```
/// use cornu::layers::{Concatenate, Input};
/// use cornu::{Connect, Model};
/// let (wide, deep) = (Input::new([5]).tensor(), Input::new([30]).tensor());
/// let model = Model::new([&wide, &deep], Concatenate::new().on([&wide, &deep]))?;
/// assert_eq!(model.output_shape()?.to_string(), "(None, 35)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
pub struct Concatenate {
    #[fields(flatten)]
    base: Base,
    axis: isize,
}

impl Default for Concatenate {
    fn default() -> Self {
        Concatenate { base: Base::default(), axis: -1 }
    }
}

impl Concatenate {
    /// A layer that joins its inputs along the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    layer_base!(setters);

    crate::setters! {
        /// The axis along which inputs are joined; -1, the last, by default.
        axis: isize;
    }

    fn misfit(&self, shapes: &[Shape]) -> Option<String> {
        let first = shapes.first()?;
        let Some(axis) = first.axis(self.axis) else {
            return Some(format!("has no axis {} in its input {first}", self.axis));
        };
        let open = |shape: &Shape| -> Shape {
            let dims = shape.dims().iter().enumerate();
            dims.map(|(at, dim)| dim.filter(|_| at != axis)).collect()
        };
        let fits = shapes.iter().all(|shape| open(first).accepts(&open(shape)));
        (!fits).then(|| {
            format!("expects inputs that differ in axis {} alone, got {}", self.axis, listed(shapes))
        })
    }
}

impl Layer for Concatenate {
    layer_base!(several);

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        self.misfit(inputs).map_or(Ok(()), |message| Err(cx.error(message)))
    }

    fn has_build(&self) -> bool {
        true
    }

    fn supports_masking(&self) -> bool {
        true
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let shapes: Vec<Shape> = inputs.iter().map(|input| input.shape()).collect();
        if let Some(message) = self.misfit(&shapes) {
            return Err(cx.error(message));
        }
        let masks: Vec<Option<Var<'g>>> = (0..inputs.len()).map(|at| cx.mask(at)).collect();
        let b = cx.builder();
        if masks.iter().any(Option::is_some) {
            let element = |(x, mask): (&Var<'g>, Option<Var<'g>>)| match mask {
                None => all_true(*x),
                Some(mask) if mask.rank() < x.rank() => mask.expand_dims(-1).broadcast_to(x.shape()),
                Some(mask) => mask,
            };
            let elements: Vec<Var<'g>> = inputs.iter().zip(masks).map(element).collect();
            cx.set_masks([Some(any_of_last(b.concat(&elements, self.axis), false))]);
        }
        Ok(b.concat(inputs, self.axis).into())
    }
}
