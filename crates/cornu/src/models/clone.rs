//! `clone_model`: the same architecture with fresh weights.

use super::model::{Kind, Model};
use super::network::Network;
use crate::Result;

/// A model of the same layers, connected the same way, with weights of its own that begin anew; not compiled. Keras'
/// `keras.models.clone_model`.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::{Sequential, clone_model};
/// let model = Sequential::new().add(Input::new([4])).add(Dense::new(2).name("out"));
/// let clone = clone_model(&model)?;
/// assert_eq!(clone.weight_paths()?, model.weight_paths()?);
/// assert_ne!(clone.get_weights()?[0], model.get_weights()?[0]);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the model is not built.
pub fn clone_model(model: &Model) -> Result<Model> {
    let network = model.network()?;
    let Network { layers, calls, inputs, outputs, .. } = network.clone();
    let anew = Network::new(layers, calls, inputs, outputs)?;
    let kind = model.kind;
    let mut clone = Model::functional(model.name.clone(), anew)?;
    if kind == Kind::Sequential {
        clone.kind = Kind::Sequential;
        clone.layers = clone.network()?.layers.clone();
    }
    Ok(clone)
}
