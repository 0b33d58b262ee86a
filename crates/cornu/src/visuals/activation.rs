//! Activation functions with their derivatives.

use cornu_engine::grad::gradients;

use super::Picture;
use super::chart::{Curve, Panel, sheet};
use super::ink::Color;
use crate::activations::Activation;
use crate::eager::evaluate_all;
use crate::registry::{Family, Handle};
use crate::{Error, Result, Tensor};

/// Activations whose result at one place depends on what stands at others: they are no curves.
const OF_SEVERAL: &[&str] = &["glu", "log_softmax", "softmax", "sparsemax"];

/// Activation functions between -5 and 5 with their derivatives, one panel each; of no names, all of Keras' that are curves.
///
/// ```
/// use cornu::activations::LeakyRelu;
/// use cornu::registry::Handle;
/// use cornu::visuals::plot_activations;
/// let picture = plot_activations([Handle::from("relu"), LeakyRelu::new().negative_slope(0.1).into()])?;
/// assert!(picture.to_svg().contains("leaky_relu"));
/// assert!(plot_activations(["softmax"]).is_err()); // its values depend on each other
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If an activation is unknown, or its result at one place depends on other places.
pub fn plot_activations<A>(activations: impl IntoIterator<Item = A>) -> Result<Picture>
where
    A: Into<Handle<dyn Activation>>,
{
    let mut wanted: Vec<Handle<dyn Activation>> = activations.into_iter().map(Into::into).collect();
    if wanted.is_empty() {
        let names = <dyn Activation>::table().iter().map(|entry| entry.class_name);
        wanted = names.filter(|name| !OF_SEVERAL.contains(name)).map(Handle::named).collect();
        // One that cannot do without an argument has no curve of its own.
        wanted.retain(|handle| handle.get().is_ok());
    }
    panels(&wanted)
}

fn panels(wanted: &[Handle<dyn Activation>]) -> Result<Picture> {
    let panels: Result<Vec<Panel>> = wanted.iter().map(|handle| panel(handle.get()?)).collect();
    let legend = [("function", Color::Series(0), false), ("derivative", Color::Series(1), true)];
    let title = if wanted.len() == 1 { "Activation function" } else { "Activation functions" };
    Ok(sheet(title, &legend, &panels?))
}

fn panel(activation: &dyn Activation) -> Result<Panel> {
    let name = activation.class_name();
    if OF_SEVERAL.contains(&name) {
        let message = format!("`{name}` is no curve: its result at one place depends on other places");
        return Err(Error::argument("plot_activations", message));
    }
    // An even number of places, so that none of them is a corner at a whole number.
    const PLACES: usize = 402;
    let x: Vec<f32> = (0..PLACES).map(|at| -5.0 + 10.0 * at as f32 / (PLACES - 1) as f32).collect();
    let tensor = Tensor::new(x.clone(), [PLACES])?;
    let values = evaluate_all(&[&tensor], &|x| {
        let y = activation.call(x[0]);
        let slope = gradients(y.sum_all(), &[x[0]])?;
        Ok(vec![y, slope[0]])
    })?;
    let colors = [(Color::Series(0), false), (Color::Series(1), true)];
    // The slope first, so that the function lies above it.
    let curves = values.iter().zip(colors).rev().map(|(values, (color, dashed))| {
        let points = x.iter().map(|x| f64::from(*x)).zip(values.to_vec::<f64>());
        Curve { points: points.collect(), color, dashed }
    });
    Ok(Panel { title: name.into(), curves: curves.collect(), cross: true, ..Panel::default() })
}
