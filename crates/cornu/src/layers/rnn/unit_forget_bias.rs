//! How an LSTM's bias begins: at 1 for the forget gate.

use crate::initializers::Initializer;
use crate::registry::{Config, Configured, Handle};
use crate::{Result, Tensor};

/// The bias of four gates as the given initializer makes it, but for the second, which begins at 1.
#[derive(Debug)]
pub(super) struct UnitForgetBias {
    others: Handle<dyn Initializer>,
    units: usize,
}

impl UnitForgetBias {
    pub(super) fn handle(others: Handle<dyn Initializer>, units: usize) -> Handle<dyn Initializer> {
        Handle::new(std::sync::Arc::new(UnitForgetBias { others, units }))
    }
}

impl Configured for UnitForgetBias {
    fn class_name(&self) -> &str {
        "UnitForgetBias"
    }

    fn config(&self) -> Config {
        Config::new()
    }
}

impl Initializer for UnitForgetBias {
    fn check_arguments(&self) -> Result<(), String> {
        self.others.get().map(drop).map_err(|error| error.to_string())
    }

    fn call(&self, shape: &[usize], seed: u64, path: &str) -> Result<Tensor> {
        let others = self.others.get()?;
        // Keras draws what lies before and behind the forget gate apart.
        let before = others.call(&[self.units], seed, path)?.to_vec::<f32>();
        let behind = others.call(&[2 * self.units], seed, &format!("{path}/behind"))?.to_vec::<f32>();
        Ok(Tensor::new([before, vec![1.0; self.units], behind].concat(), shape)?)
    }
}
