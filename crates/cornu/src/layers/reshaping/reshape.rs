//! `Reshape`: another shape for each sample.

use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{Dim, Result};

/// Gives each sample another shape; one dimension may be -1 and follows from the others.
///
/// Source: <https://keras.io/api/layers/reshaping_layers/reshape/>.
///
/// ```
/// use cornu::layers::Reshape;
/// let layer = Reshape::new([3, -1]);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Fields)]
pub struct Reshape {
    #[fields(flatten)]
    base: Base,
    target_shape: Vec<i64>,
}

impl Reshape {
    /// A layer whose samples have this shape, the batch not counted.
    pub fn new(target_shape: impl Into<Vec<i64>>) -> Self {
        Reshape { base: Base::default(), target_shape: target_shape.into() }
    }

    layer_base!(setters);
}

impl Layer for Reshape {
    layer_base!();

    fn reads_integers(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        let inferred = self.target_shape.iter().filter(|dim| **dim == -1).count();
        match self.target_shape.iter().find(|dim| **dim < -1) {
            Some(dim) => Err(format!("has the dimension {dim} in its target_shape; only -1 may be negative")),
            None if inferred > 1 => Err("has more than one -1 in its target_shape".into()),
            None => Ok(()),
        }
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        let x = inputs[0];
        let shape = x.shape();
        let given: usize =
            self.target_shape.iter().filter(|dim| **dim >= 0).map(|dim| *dim as usize).product();
        let misfit = |elements: usize| {
            cx.error(format!(
                "cannot give its input {shape} ({elements} elements a sample) the shape {:?}",
                self.target_shape
            ))
        };
        let elements = shape.sample().elements();
        let inferred: Dim = match elements {
            Some(elements) if self.target_shape.contains(&-1) => {
                if given == 0 || elements % given != 0 {
                    return Err(misfit(elements));
                }
                Some(elements / given)
            }
            Some(elements) if elements != given => return Err(misfit(elements)),
            _ => None,
        };
        let sample = self.target_shape.iter().map(|dim| usize::try_from(*dim).ok().or(inferred));
        Ok(x.reshape([shape[0]].into_iter().chain(sample).collect::<Vec<Dim>>()).into())
    }
}
