//! Functions of symbolic tensors: Keras' `keras.ops` and Python's operators.
//!
//! ```
//! use cornu::layers::{Dense, Input};
//! use cornu::{Connect, Model, ops};
//! let x = Input::new([4]).tensor();
//! let hidden = Dense::new(4).activation("tanh").on(&x);
//! let residual = ops::relu(&(&x + &hidden * 0.5));
//! let model = Model::new(&x, ops::concatenate([&residual, &x], -1))?;
//! assert_eq!(model.output_shape()?.to_string(), "(None, 8)");
//! # Ok::<(), cornu::Error>(())
//! ```

use std::panic::Location;

use serde_json::{Value, json};

use super::symbolic::{Called, KerasTensor};
use crate::layers::{Index, IndexPart, Layer, Operation};
use crate::registry::Config;

/// A tensor or a number.
#[derive(Debug, Clone)]
pub enum Operand {
    /// A tensor.
    Tensor(KerasTensor),
    /// A number.
    Number(f64),
}

impl From<&KerasTensor> for Operand {
    fn from(tensor: &KerasTensor) -> Self {
        Operand::Tensor(tensor.clone())
    }
}

impl From<KerasTensor> for Operand {
    fn from(tensor: KerasTensor) -> Self {
        Operand::Tensor(tensor)
    }
}

impl From<f64> for Operand {
    fn from(number: f64) -> Self {
        Operand::Number(number)
    }
}

/// An operation of arguments, of which one at least is a tensor.
#[track_caller]
fn apply(class: &'static str, config: Value, arguments: Vec<Operand>) -> KerasTensor {
    let mut tensors = Vec::new();
    let mut constants = Vec::new();
    for argument in arguments {
        match argument {
            Operand::Tensor(tensor) => {
                tensors.push(tensor);
                constants.push(None);
            }
            Operand::Number(number) => constants.push(Some(json!(number))),
        }
    }
    operate(class, config, constants, tensors)
}

#[track_caller]
fn operate(
    class: &'static str,
    config: Value,
    constants: Vec<Option<Value>>,
    tensors: Vec<KerasTensor>,
) -> KerasTensor {
    let config = config.as_object().cloned().unwrap_or_else(Config::new);
    let mut operation: Box<dyn Layer> = Box::new(Operation::known(class, config, constants));
    operation.base_mut().at = Some(Location::caller());
    operation.on(Called::from(tensors))
}

macro_rules! binary {
    ($($(#[$doc:meta])* $name:ident $class:literal $($trait:ident $method:ident)?;)*) => { $(
        $(#[$doc])*
        #[track_caller]
        pub fn $name(a: impl Into<Operand>, b: impl Into<Operand>) -> KerasTensor {
            apply($class, Value::Null, vec![a.into(), b.into()])
        }

        $(
            impl<T: Into<Operand>> std::ops::$trait<T> for &KerasTensor {
                type Output = KerasTensor;
                #[track_caller]
                fn $method(self, other: T) -> KerasTensor {
                    $name(self, other)
                }
            }

            impl<T: Into<Operand>> std::ops::$trait<T> for KerasTensor {
                type Output = KerasTensor;
                #[track_caller]
                fn $method(self, other: T) -> KerasTensor {
                    $name(self, other)
                }
            }

            impl std::ops::$trait<&KerasTensor> for f64 {
                type Output = KerasTensor;
                #[track_caller]
                fn $method(self, other: &KerasTensor) -> KerasTensor {
                    $name(self, other)
                }
            }
        )?
    )* };
}

binary! {
    /// `a + b`, broadcast.
    add "Add" Add add;
    /// `a - b`, broadcast.
    subtract "Subtract" Sub sub;
    /// `a * b`, broadcast.
    multiply "Multiply" Mul mul;
    /// `a / b`, broadcast.
    divide "TrueDivide" Div div;
    /// `a` to the power of `b`, broadcast.
    power "Power";
    /// The larger of both, broadcast.
    maximum "Maximum";
    /// The smaller of both, broadcast.
    minimum "Minimum";
}

macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident $class:literal;)*) => { $(
        $(#[$doc])*
        #[track_caller]
        pub fn $name(x: &KerasTensor) -> KerasTensor {
            apply($class, Value::Null, vec![x.into()])
        }
    )* };
}

unary! {
    /// `-x`.
    negative "Negative";
    /// The absolute value.
    absolute "Absolute";
    /// `e` to the power of `x`.
    exp "Exp";
    /// The natural logarithm.
    log "Log";
    /// `log(1 + x)`.
    log1p "Log1p";
    /// The square root.
    sqrt "Sqrt";
    /// `x * x`.
    square "Square";
    /// The sign: -1, 0 or 1.
    sign "Sign";
    /// The hyperbolic tangent.
    tanh "Tanh";
    /// `max(x, 0)`.
    relu "Relu";
    /// `1 / (1 + exp(-x))`.
    sigmoid "Sigmoid";
    /// `x * sigmoid(x)`.
    silu "Silu";
    /// `log(1 + exp(x))`.
    softplus "Softplus";
}

impl std::ops::Neg for &KerasTensor {
    type Output = KerasTensor;
    #[track_caller]
    fn neg(self) -> KerasTensor {
        negative(self)
    }
}

/// The softmax along an axis.
///
/// ```
/// use cornu::layers::Input;
/// use cornu::ops;
/// let x = Input::new([3, 4]).tensor();
/// let y = ops::softmax(&x, -1);
/// assert_eq!(y.shape()?.to_string(), "(None, 3, 4)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[track_caller]
pub fn softmax(x: &KerasTensor, axis: isize) -> KerasTensor {
    apply("Softmax", json!({ "axis": axis }), vec![x.into()])
}

/// Values below `x_min` or above `x_max` brought to these.
///
/// ```
/// use cornu::layers::Input;
/// use cornu::ops;
/// let x = Input::new([3, 4]).tensor();
/// let y = ops::clip(&x, 0.0, 1.0);
/// assert_eq!(y.shape()?.to_string(), "(None, 3, 4)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[track_caller]
pub fn clip(x: &KerasTensor, x_min: f64, x_max: f64) -> KerasTensor {
    apply("Clip", json!({ "x_min": x_min, "x_max": x_max }), vec![x.into()])
}

/// The matrix product of the last two axes, batched over the others.
///
/// ```
/// use cornu::layers::Input;
/// use cornu::ops;
/// let x = Input::new([3, 4]).tensor();
/// let z = Input::new([4, 5]).tensor();
/// let y = ops::matmul(&x, &z);
/// assert_eq!(y.shape()?.to_string(), "(None, 3, 5)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[track_caller]
pub fn matmul(a: &KerasTensor, b: &KerasTensor) -> KerasTensor {
    apply("Matmul", Value::Null, vec![a.into(), b.into()])
}

macro_rules! reductions {
    ($($(#[$doc:meta])* $name:ident $class:literal $rest:expr;)*) => { $(
        $(#[$doc])*
        #[track_caller]
        pub fn $name(x: &KerasTensor, axis: &[isize], keepdims: bool) -> KerasTensor {
            let axis = match axis {
                [] => Value::Null,
                [one] => json!(one),
                several => json!(several),
            };
            let mut config = json!({ "axis": axis, "keepdims": keepdims });
            if let (Some(config), Value::Object(rest)) = (config.as_object_mut(), $rest) {
                config.extend(rest);
            }
            apply($class, config, vec![x.into()])
        }
    )* };
}

reductions! {
    /// The sum along some axes, or, of none, along all.
    sum "Sum" json!({});
    /// The mean along some axes, or, of none, along all.
    mean "Mean" json!({});
    /// The largest along some axes, or, of none, along all.
    max "Max" json!({ "initial": null });
    /// The smallest along some axes, or, of none, along all.
    min "Min" json!({ "initial": null });
}

/// The same elements in another shape, the batch included, in which -1 is an axis left open.
///
/// ```
/// use cornu::layers::Input;
/// use cornu::ops;
/// let x = Input::new([3, 4]).tensor();
/// let y = ops::reshape(&x, &[-1, 12]);
/// assert_eq!(y.shape()?.to_string(), "(None, 12)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[track_caller]
pub fn reshape(x: &KerasTensor, newshape: &[isize]) -> KerasTensor {
    apply("Reshape", json!({ "newshape": newshape }), vec![x.into()])
}

/// The axes in another order, the batch included.
///
/// ```
/// use cornu::layers::Input;
/// use cornu::ops;
/// let x = Input::new([3, 4]).tensor();
/// let y = ops::transpose(&x, &[0, 2, 1]);
/// assert_eq!(y.shape()?.to_string(), "(None, 4, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[track_caller]
pub fn transpose(x: &KerasTensor, axes: &[usize]) -> KerasTensor {
    apply("Transpose", json!({ "axes": axes }), vec![x.into()])
}

/// A new axis of length 1.
///
/// ```
/// use cornu::layers::Input;
/// use cornu::ops;
/// let x = Input::new([3, 4]).tensor();
/// let y = ops::expand_dims(&x, -1);
/// assert_eq!(y.shape()?.to_string(), "(None, 3, 4, 1)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[track_caller]
pub fn expand_dims(x: &KerasTensor, axis: isize) -> KerasTensor {
    apply("ExpandDims", json!({ "axis": axis }), vec![x.into()])
}

/// An axis of length 1 dropped.
///
/// ```
/// use cornu::layers::Input;
/// use cornu::ops;
/// let x = Input::new([3, 1]).tensor();
/// let y = ops::squeeze(&x, -1);
/// assert_eq!(y.shape()?.to_string(), "(None, 3)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[track_caller]
pub fn squeeze(x: &KerasTensor, axis: isize) -> KerasTensor {
    apply("Squeeze", json!({ "axis": axis }), vec![x.into()])
}

/// Tensors one after another along an axis.
///
/// ```
/// use cornu::layers::Input;
/// use cornu::ops;
/// let x = Input::new([3, 4]).tensor();
/// let y = ops::concatenate([&x, &x], 1);
/// assert_eq!(y.shape()?.to_string(), "(None, 6, 4)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[track_caller]
pub fn concatenate(tensors: impl Into<Called>, axis: isize) -> KerasTensor {
    operate("Concatenate", json!({ "axis": axis }), Vec::new(), tensors.into().into_inputs())
}

/// Tensors beside each other along a new axis.
///
/// ```
/// use cornu::layers::Input;
/// use cornu::ops;
/// let x = Input::new([3, 4]).tensor();
/// let y = ops::stack([&x, &x], 1);
/// assert_eq!(y.shape()?.to_string(), "(None, 2, 3, 4)");
/// # Ok::<(), cornu::Error>(())
/// ```
#[track_caller]
pub fn stack(tensors: impl Into<Called>, axis: isize) -> KerasTensor {
    operate("Stack", json!({ "axis": axis }), Vec::new(), tensors.into().into_inputs())
}

impl KerasTensor {
    /// Some of the elements: Keras' `x[:, 1:3]` is `x.slice(1, 1..3)`. Ends count from the last element if negative.
    #[track_caller]
    #[must_use]
    pub fn slice(&self, axis: usize, range: std::ops::Range<i64>) -> KerasTensor {
        self.item(axis, IndexPart::Range(Some(range.start), Some(range.end)))
    }

    /// The elements at one index of an axis, which goes: Keras' `x[:, 0]` is `x.get(1, 0)`.
    #[track_caller]
    #[must_use]
    pub fn get(&self, axis: usize, index: i64) -> KerasTensor {
        self.item(axis, IndexPart::At(index))
    }

    #[track_caller]
    fn item(&self, axis: usize, part: IndexPart) -> KerasTensor {
        let before = vec![IndexPart::Range(None, None); axis];
        let index = Index(before.into_iter().chain([part]).collect());
        operate("GetItem", Value::Null, vec![None, Some(index.to_json())], vec![self.clone()])
    }
}
