//! What elementwise merging layers share: inputs brought to one rank, masks, refusals.

use crate::graph::Var;
use crate::layers::masks::union;
use crate::layers::{Build, Call, Outputs};
use crate::{Result, Shape};

/// A layer without arguments of its own that combines its inputs element by element.
macro_rules! merging_layer {
    ($(#[$doc:meta])* $name:ident, $combine:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, $crate::registry::Fields)]
        pub struct $name {
            #[fields(flatten)]
            base: $crate::layers::Base,
        }

        impl $name {
            /// The layer.
            pub fn new() -> Self {
                Self::default()
            }

            $crate::layers::base::layer_base!(setters);
        }

        impl $crate::layers::Layer for $name {
            $crate::layers::base::layer_base!(several);

            fn build(&self, cx: &mut $crate::layers::Build<'_>, inputs: &[$crate::Shape]) -> $crate::Result<()> {
                super::merge::check(cx, inputs)
            }

            fn has_build(&self) -> bool {
                true
            }

            fn supports_masking(&self) -> bool {
                true
            }

            fn call<'g>(
                &self,
                cx: &mut $crate::layers::Call<'_, 'g>,
                inputs: &[$crate::graph::Var<'g>],
            ) -> $crate::Result<$crate::layers::Outputs<'g>> {
                super::merge::call(cx, inputs, $combine)
            }
        }
    };
}
pub(super) use merging_layer;

/// What a layer makes of its inputs, which have one rank, and of their masks; nothing of no inputs.
pub(super) type Combine = for<'g> fn(Vec<Var<'g>>, Vec<Option<Var<'g>>>) -> Option<Var<'g>>;

/// Checks that inputs are of one batch and broadcast against each other.
pub(super) fn check(cx: &Build<'_>, inputs: &[Shape]) -> Result<()> {
    misfit(inputs).map_or(Ok(()), |message| Err(cx.error(message)))
}

fn misfit(inputs: &[Shape]) -> Option<String> {
    let mut batches: Vec<usize> = inputs.iter().filter_map(|shape| *shape.dims().first()?).collect();
    batches.sort_unstable();
    batches.dedup();
    if batches.len() > 1 {
        return Some(format!("expects inputs of one batch, got {}", listed(inputs)));
    }
    let samples = inputs.iter().map(Shape::sample);
    let joint = samples.map(Some).reduce(|a, b| a?.broadcast(&b?));
    let fits = joint.is_some_and(|joint| joint.is_some());
    (!fits).then(|| format!("cannot broadcast its inputs {} against each other", listed(inputs)))
}

/// `(None, 2) and (None, 3)`.
pub(super) fn listed(shapes: &[Shape]) -> String {
    shapes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// Combines inputs after axes of length 1 behind the batch have brought them to one rank. The result is masked if all
/// inputs are: where none of them counts.
pub(super) fn call<'g>(cx: &mut Call<'_, 'g>, inputs: &[Var<'g>], combine: Combine) -> Result<Outputs<'g>> {
    let shapes: Vec<Shape> = inputs.iter().map(|input| input.shape()).collect();
    if let Some(message) = misfit(&shapes) {
        return Err(cx.error(message));
    }
    let rank = shapes.iter().map(Shape::rank).max().unwrap_or(0);
    let own: Vec<Option<Var<'g>>> = (0..inputs.len()).map(|at| cx.mask(at)).collect();
    cx.set_masks([union(&own)]);
    // An input brought to another rank comes without its mask, in Keras too.
    let apart = shapes.iter().any(|shape| shape.rank() != rank);
    let masks = if apart { vec![None; inputs.len()] } else { own };
    let aligned = inputs.iter().map(|input| (input.rank()..rank).fold(*input, |x, _| x.expand_dims(1)));
    let combined = combine(aligned.collect(), masks).ok_or_else(|| cx.error("is called on nothing"))?;
    Ok(combined.into())
}

/// Inputs combined one after another, where an element that does not count lets that of another input pass.
pub(super) fn fold_unmasked<'g>(
    inputs: Vec<Var<'g>>,
    masks: Vec<Option<Var<'g>>>,
    combine: fn(Var<'g>, Var<'g>) -> Var<'g>,
) -> Option<Var<'g>> {
    let masked = inputs.into_iter().zip(masks).map(|(x, mask)| (x, mask.map(|mask| beside(mask, x))));
    let folded = masked.reduce(|(joint, joint_mask), (x, mask)| {
        let x = mask.map_or(x, |mask| mask.select(x, joint));
        let joint = joint_mask.map_or(joint, |mask| mask.select(joint, x));
        (combine(joint, x), joint_mask.zip(mask).map(|(a, b)| a.logical_or(b)))
    });
    folded.map(|(joint, _)| joint)
}

/// The mask of steps as a mask of elements.
pub(super) fn beside<'g>(mask: Var<'g>, x: Var<'g>) -> Var<'g> {
    mask.expand_dims(-1).broadcast_to(x.shape())
}
