//! `Input`: where data enters a model.

use crate::graph::Var;
use crate::layers::base::layer_base;
use crate::layers::{Base, Call, Layer, Outputs};
use crate::registry::Fields;
use crate::{DType, Result, Shape};

/// A model's input: tensors of one shape a sample.
///
/// Source: <https://keras.io/api/layers/core_layers/input/>. In files it is Keras' `InputLayer`.
///
/// ```
/// use cornu::layers::Input;
/// let image = Input::new([28, 28]);
/// assert_eq!(image.shape().to_string(), "(None, 28, 28)");
/// ```
#[derive(Debug, Clone, PartialEq, Fields)]
#[fields(order(batch_shape, dtype, sparse, ragged, base.name, optional))]
pub struct Input {
    base: Base,
    batch_shape: Option<Vec<Option<usize>>>,
    dtype: String,
    sparse: bool,
    ragged: bool,
    optional: bool,
}

impl Default for Input {
    fn default() -> Self {
        Input {
            base: Base::default(),
            batch_shape: None,
            dtype: "float32".into(),
            sparse: false,
            ragged: false,
            optional: false,
        }
    }
}

impl Input {
    /// An input of this shape a sample, the batch not counted. Dimensions may be `None`.
    pub fn new(shape: impl Into<Shape>) -> Self {
        Self::batch(shape.into().batched())
    }

    /// An input of this shape, the batch included.
    pub fn batch(shape: impl Into<Shape>) -> Self {
        Input { batch_shape: Some(shape.into().dims().to_vec()), ..Self::default() }
    }

    /// The shape, the batch included.
    pub fn shape(&self) -> Shape {
        self.batch_shape.clone().unwrap_or_default().into()
    }

    /// What the input holds: `"float32"` (the default), `"int32"`, `"int64"`, `"uint8"`, `"bool"` or `"string"`. Integers
    /// reach the layers that read integers as they are, others as `float32`.
    ///
    /// ```
    /// use cornu::layers::{Dense, Input, StringLookup};
    /// use cornu::{Predict, Sequential, StringTensor};
    /// let colors = StringLookup::new().vocabulary(["red", "blue"]).output_mode("one_hot");
    /// let mut model = Sequential::new().add(Input::new([1]).dtype("string")).add(colors).add(Dense::new(2));
    /// let y = model.predict(&StringTensor::from(["blue", "green"]), Predict::new())?;
    /// assert_eq!(y.shape(), [2, 2]);
    /// # Ok::<(), cornu::Error>(())
    /// ```
    #[must_use]
    pub fn dtype(mut self, dtype: impl Into<String>) -> Self {
        self.dtype = dtype.into();
        self
    }

    /// The type of the numbers it holds; strings have none.
    pub(crate) fn element_type(&self) -> Option<DType> {
        DType::from_name(&self.dtype)
    }

    /// The input's name, by which it is fed.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.base.name = Some(name.into());
        self
    }
}

impl Layer for Input {
    layer_base!();

    fn reads_integers(&self) -> bool {
        true
    }

    fn check_arguments(&self) -> Result<(), String> {
        if self.batch_shape.as_ref().is_none_or(Vec::is_empty) {
            return Err("needs a shape with a batch axis".into());
        }
        if self.sparse || self.ragged {
            return Err("cannot be sparse or ragged: Cornu's tensors are dense".into());
        }
        match self.dtype.as_str() {
            "float32" | "int32" | "int64" | "uint8" | "bool" | "string" => Ok(()),
            other => Err(format!("has dtype {other}; Cornu computes in float32")),
        }
    }

    fn call<'g>(&self, _cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
        Ok(inputs.to_vec().into())
    }
}
