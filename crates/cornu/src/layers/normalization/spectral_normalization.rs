//! `SpectralNormalization`: a layer whose kernel has spectral norm 1.

use std::ops::RangeInclusive;

use crate::graph::Var;
use crate::initializers::TruncatedNormal;
use crate::layers::base::layer_base;
use crate::layers::norms::unit;
use crate::layers::rnn::named;
use crate::layers::{
    Arguments, Base, Build, Call, Identity, Inner, Layer, Outputs, SEVERAL, Weight, WeightGroup,
};
use crate::registry::{Fields, Handle};
use crate::{Error, Result, Shape};

/// A layer whose kernel, or table of embeddings, is divided by its largest singular value at each step of training, so
/// that what it makes of two inputs is no further apart than they are.
///
/// The singular value is found by `power_iterations` rounds of the power method from where the last step ended. Weights
/// are the inner layer's, with its name before theirs, and behind the first of them `vector_u` (1, columns).
///
/// Source: Miyato et al. 2018; <https://keras.io/api/layers/normalization_layers/spectral_normalization/>.
///
/// ```
/// use cornu::layers::{Dense, SpectralNormalization};
/// let layer = SpectralNormalization::new(Dense::new(10)).power_iterations(2);
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(start = SpectralNormalization::new(Identity::new()))]
pub struct SpectralNormalization {
    #[fields(flatten)]
    base: Base,
    #[fields(required)]
    layer: Handle<dyn Layer>,
    power_iterations: usize,
}

impl SpectralNormalization {
    /// This layer, with its kernel divided.
    pub fn new(layer: impl Layer) -> Self {
        SpectralNormalization { base: Base::default(), layer: named(layer, &[]), power_iterations: 1 }
    }

    layer_base!(setters);

    crate::setters! {
        /// How many rounds the power method goes at each step; 1 by default.
        power_iterations: usize;
    }

    /// The name of the weight that is divided, among these.
    fn kernel<'n>(&self, names: impl Iterator<Item = &'n str>) -> Result<Option<String>> {
        let inner = self.layer.get()?.inner_name();
        let wanted = [format!("{inner}/kernel"), format!("{inner}/embeddings")];
        Ok(names.into_iter().find(|name| wanted.iter().any(|wanted| wanted == name)).map(Into::into))
    }

    /// The kernel divided by its largest singular value, and the vector that the next step goes on from. A kernel of
    /// zeros stays, and so does its vector.
    fn divided<'g>(&self, kernel: Var<'g>, vector: Var<'g>) -> (Var<'g>, Var<'g>) {
        let columns = kernel.shape().last();
        let matrix = kernel.reshape([None, columns]);
        let unit = |x: Var<'g>| unit(x, &[0, 1], 1e-7);
        let mut u = vector;
        let mut v = vector;
        for _ in 0..self.power_iterations {
            v = unit(u.matmul_with(false, matrix, true));
            u = unit(v.matmul(matrix));
        }
        let (u, v) = (u.stop_gradient(), v.stop_gradient());
        let norm = v.matmul(matrix).matmul_with(false, u, true).reshape(Shape::scalar());
        let is_zero = matrix.abs().max(&[0, 1], false).equal(0.0);
        let divisor = is_zero.select(norm.constant(1.0), norm);
        (kernel / divisor, is_zero.select(vector, u))
    }
}

impl Layer for SpectralNormalization {
    layer_base!();

    fn input_count(&self) -> RangeInclusive<usize> {
        self.layer.get().map_or(SEVERAL, |layer| layer.input_count())
    }

    fn check_arguments(&self) -> Result<(), String> {
        self.layer.get().map_err(|error| error.to_string())?;
        if self.power_iterations == 0 {
            Err("expects power_iterations to be at least 1, got 0".into())
        } else {
            Ok(())
        }
    }

    fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
        let inner = self.layer.get()?;
        let first = cx.weights.len();
        cx.build_inner(inner, inputs)?;
        let mut weights = cx.weights.split_off(first);
        let kernel = self.kernel(weights.iter().map(|weight| weight.name.as_str()))?;
        let Some(at) = weights.iter().position(|weight| Some(&weight.name) == kernel.as_ref()) else {
            return Err(
                cx.error(format!("needs a layer with a kernel or embeddings, got {}", inner.describe()))
            );
        };
        let kernel = weights.remove(at);
        let columns = kernel.shape.last().copied().unwrap_or(1);
        cx.add_weight(kernel)?;
        cx.add_weight(Weight::new("vector_u", [1, columns], TruncatedNormal::new().stddev(0.02)).running())?;
        weights.into_iter().try_for_each(|weight| cx.add_weight(weight))
    }

    fn has_build(&self) -> bool {
        true
    }

    fn weight_groups(&self, names: &[&str]) -> Vec<WeightGroup> {
        let inner: Vec<(&str, &dyn Layer)> = self.layer.get().iter().map(|layer| ("layer", *layer)).collect();
        let mut groups = WeightGroup::of_parts(self, names, &inner);
        // Keras' layer holds the kernel as its own besides.
        groups[0].weights = (0..names.len().min(2)).collect();
        groups
    }

    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        if cx.training() {
            let names: Vec<String> = cx.weights.iter().map(|(_, weight)| weight.name.clone()).collect();
            let name = self.kernel(names.iter().map(String::as_str))?;
            let name = name.ok_or_else(|| Error::model("a kernel was declared"))?;
            let (kernel, vector) = self.divided(cx.weight(&name)?, cx.weight("vector_u")?);
            cx.update(&name, kernel)?;
            cx.update("vector_u", vector)?;
        }
        let masks: Vec<Option<Var<'g>>> = (0..inputs.len()).map(|at| cx.mask(at)).collect();
        let Inner { outputs, .. } =
            cx.call_inner(self.layer.get()?, inputs, &masks, &Arguments::default())?;
        Ok(Outputs(outputs))
    }
}
