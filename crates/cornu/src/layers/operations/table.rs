//! The table of operations: Keras' class, its module, its formula.

use serde_json::Value;

use super::{Argument, Index};
use crate::activations::Activation;
use crate::graph::{Builder, Reduction, Var};
use crate::registry::{Config, Family};
use crate::saving::weights_h5::to_snake_case;
use crate::{DType, Dim};

/// One operation.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Keras' class.
    pub(crate) class_name: &'static str,
    /// Keras' module of the class.
    pub(crate) module: &'static str,
    /// Whether the tensors come as one list.
    pub(crate) takes_list: bool,
    /// The formula.
    pub(crate) call: Formula,
}

type Formula = for<'a, 'g> fn(&Given<'a, 'g>) -> Result<Var<'g>, String>;

/// What an operation is called with.
pub(crate) struct Given<'a, 'g> {
    pub(crate) arguments: &'a [Argument<'a, 'g>],
    pub(crate) config: &'a Config,
    pub(crate) builder: &'g Builder,
}

const NUMPY: &str = "keras.src.ops.numpy";
const CORE: &str = "keras.src.ops.core";
const NN: &str = "keras.src.ops.nn";

macro_rules! table {
    ($($class:literal $module:ident $($list:ident)? => $formula:expr;)*) => {
        /// Every operation.
        pub(crate) static TABLE: &[Entry] = &[$(Entry {
            class_name: $class,
            module: $module,
            takes_list: table!(@list $($list)?),
            call: $formula,
        }),*];
    };
    (@list) => { false };
    (@list list) => { true };
}

table! {
    "Add" NUMPY => |given| given.binary(|a, b| a + b);
    "Subtract" NUMPY => |given| given.binary(|a, b| a - b);
    "Multiply" NUMPY => |given| given.binary(|a, b| a * b);
    "Divide" NUMPY => |given| given.binary(|a, b| a / b);
    "TrueDivide" NUMPY => |given| given.binary(|a, b| a / b);
    "Power" NUMPY => |given| given.binary(|a, b| a.pow(b));
    "Maximum" NUMPY => |given| given.binary(|a, b| a.maximum(b));
    "Minimum" NUMPY => |given| given.binary(|a, b| a.minimum(b));
    "Equal" NUMPY => |given| given.binary(|a, b| a.equal(b));
    "NotEqual" NUMPY => |given| given.binary(|a, b| a.not_equal(b));
    "Less" NUMPY => |given| given.binary(|a, b| a.less(b));
    "LessEqual" NUMPY => |given| given.binary(|a, b| a.less_equal(b));
    "Greater" NUMPY => |given| given.binary(|a, b| a.greater(b));
    "GreaterEqual" NUMPY => |given| given.binary(|a, b| a.greater_equal(b));
    "LogicalAnd" NUMPY => |given| given.logical(|a, b| a.logical_and(b));
    "LogicalOr" NUMPY => |given| given.logical(|a, b| a.logical_or(b));
    "LogicalNot" NUMPY => |given| Ok(given.tensor(0)?.cast(DType::Bool).logical_not());
    "Negative" NUMPY => |given| Ok(-given.tensor(0)?);
    "Absolute" NUMPY => |given| Ok(given.tensor(0)?.abs());
    "Abs" NUMPY => |given| Ok(given.tensor(0)?.abs());
    "Exp" NUMPY => |given| Ok(given.tensor(0)?.exp());
    "Expm1" NUMPY => |given| Ok(given.tensor(0)?.expm1());
    "Log" NUMPY => |given| Ok(given.tensor(0)?.ln());
    "Log1p" NUMPY => |given| Ok(given.tensor(0)?.log1p());
    "Sqrt" NUMPY => |given| Ok(given.tensor(0)?.sqrt());
    "Square" NUMPY => |given| Ok(given.tensor(0)?.square());
    "Reciprocal" NUMPY => |given| Ok(given.tensor(0)?.reciprocal());
    "Sign" NUMPY => |given| Ok(given.tensor(0)?.sign());
    "Floor" NUMPY => |given| Ok(given.tensor(0)?.floor());
    "Ceil" NUMPY => |given| Ok(given.tensor(0)?.ceil());
    "Tanh" NUMPY => |given| Ok(given.tensor(0)?.tanh());
    "Clip" NUMPY => |given| Ok(given.tensor(0)?.clip(given.number("x_min")?, given.number("x_max")?));
    "Matmul" NUMPY => |given| given.matmul();
    "Sum" NUMPY => |given| given.reduce(Reduction::Sum);
    "Mean" NUMPY => |given| given.reduce(Reduction::Mean);
    "Max" NUMPY => |given| given.reduce(Reduction::Max);
    "Amax" NUMPY => |given| given.reduce(Reduction::Max);
    "Min" NUMPY => |given| given.reduce(Reduction::Min);
    "Amin" NUMPY => |given| given.reduce(Reduction::Min);
    "Any" NUMPY => |given| given.holds(Reduction::Max);
    "All" NUMPY => |given| given.holds(Reduction::Min);
    "ZerosLike" NUMPY => |given| given.convert(given.tensor(0)?.zeros_like());
    "OnesLike" NUMPY => |given| given.convert(given.tensor(0)?.ones_like());
    "Where" NUMPY => |given| Ok(given.tensor(0)?.cast(DType::Bool).select(given.tensor(1)?, given.tensor(2)?));
    "Flip" NUMPY => |given| given.flip();
    "Cast" CORE => |given| given.convert(given.tensor(0)?);
    "ConvertToTensor" CORE => |given| given.convert(given.tensor(0)?);
    "StopGradient" CORE => |given| Ok(given.tensor(0)?.stop_gradient());
    "Reshape" NUMPY => |given| given.reshape();
    "Transpose" NUMPY => |given| given.transpose();
    "ExpandDims" NUMPY => |given| given.expand_dims();
    "Squeeze" NUMPY => |given| given.squeeze();
    "Concatenate" NUMPY list => |given| given.concatenate();
    "Stack" NUMPY list => |given| given.stack();
    "GetItem" NUMPY => |given| Index::of_json(given.value(1)?)?.call(given.tensor(0)?);
    "Relu" NN => |given| given.activation("Relu");
    "Relu6" NN => |given| given.activation("Relu6");
    "LeakyRelu" NN => |given| given.activation("LeakyRelu");
    "Elu" NN => |given| given.activation("Elu");
    "Selu" NN => |given| given.activation("Selu");
    "Celu" NN => |given| given.activation("Celu");
    "Gelu" NN => |given| given.activation("Gelu");
    "Glu" NN => |given| given.activation("Glu");
    "Silu" NN => |given| given.activation("Silu");
    "Sigmoid" NN => |given| given.activation("Sigmoid");
    "HardSigmoid" NN => |given| given.activation("HardSigmoid");
    "HardSilu" NN => |given| given.activation("HardSilu");
    "HardTanh" NN => |given| given.activation("HardTanh");
    "HardShrink" NN => |given| given.activation("HardShrink");
    "LogSigmoid" NN => |given| given.activation("LogSigmoid");
    "Softmax" NN => |given| given.activation("Softmax");
    "LogSoftmax" NN => |given| given.activation("LogSoftmax");
    "Softplus" NN => |given| given.activation("Softplus");
    "Softsign" NN => |given| given.activation("Softsign");
    "SoftShrink" NN => |given| given.activation("SoftShrink");
    "SparsePlus" NN => |given| given.activation("SparsePlus");
    "Squareplus" NN => |given| given.activation("Squareplus");
    "TanhShrink" NN => |given| given.activation("TanhShrink");
    "Threshold" NN => |given| given.activation("Threshold");
}

/// The operation of this class.
pub(crate) fn find(class: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.class_name == class)
}

impl<'a, 'g> Given<'a, 'g> {
    /// The tensor among the arguments, a constant made one.
    fn tensor(&self, at: usize) -> Result<Var<'g>, String> {
        match self.arguments.get(at) {
            Some(Argument::Tensor(tensor)) => Ok(*tensor),
            Some(Argument::Value(value)) => {
                let number = value.as_f64().ok_or_else(|| format!("cannot compute with {value}"))?;
                Ok(self.builder.scalar(number, DType::F32))
            }
            None => Err(format!("wants an argument number {at}")),
        }
    }

    /// A constant among the arguments.
    fn value(&self, at: usize) -> Result<&'a Value, String> {
        match self.arguments.get(at) {
            Some(Argument::Value(value)) => Ok(value),
            _ => Err(format!("wants a constant as its argument number {at}")),
        }
    }

    fn number(&self, key: &str) -> Result<f64, String> {
        self.config.get(key).and_then(Value::as_f64).ok_or_else(|| format!("wants a number `{key}`"))
    }

    fn integer(&self, key: &str) -> Result<isize, String> {
        let found = self.config.get(key).and_then(Value::as_i64);
        found.map(|number| number as isize).ok_or_else(|| format!("wants a whole number `{key}`"))
    }

    fn integers(&self, key: &str) -> Result<Option<Vec<isize>>, String> {
        let refused = || format!("wants whole numbers `{key}`");
        match self.config.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(values)) => {
                let each = values.iter().map(|value| Some(value.as_i64()? as isize));
                each.collect::<Option<Vec<_>>>().map(Some).ok_or_else(refused)
            }
            Some(value) => Ok(Some(vec![value.as_i64().ok_or_else(refused)? as isize])),
        }
    }

    fn binary(&self, combine: impl Fn(Var<'g>, Var<'g>) -> Var<'g>) -> Result<Var<'g>, String> {
        Ok(combine(self.tensor(0)?, self.tensor(1)?))
    }

    fn tensors(&self) -> Result<Vec<Var<'g>>, String> {
        (0..self.arguments.len()).map(|at| self.tensor(at)).collect()
    }

    fn matmul(&self) -> Result<Var<'g>, String> {
        let (a, b) = (self.tensor(0)?, self.tensor(1)?);
        if a.rank() < 2 || b.rank() < 2 {
            return Err(format!("wants matrices, got {} and {}", a.shape(), b.shape()));
        }
        Ok(a.matmul(b))
    }

    fn reduce(&self, kind: Reduction) -> Result<Var<'g>, String> {
        self.reduced(self.tensor(0)?, kind)
    }

    fn reduced(&self, x: Var<'g>, kind: Reduction) -> Result<Var<'g>, String> {
        let axes = self.integers("axis")?.unwrap_or_else(|| (0..x.rank() as isize).collect());
        if let Some(axis) = axes.iter().find(|axis| x.shape().axis(**axis).is_none()) {
            return Err(format!("has no axis {axis} in its input {}", x.shape()));
        }
        if self.config.get("initial").is_some_and(|initial| !initial.is_null()) {
            return Err("has an `initial` value, which Cornu's reductions do not take".into());
        }
        let keepdims = self.config.get("keepdims").and_then(Value::as_bool).unwrap_or(false);
        Ok(x.reduce(kind, &axes, keepdims))
    }

    /// Whether any or all along axes are true.
    fn holds(&self, kind: Reduction) -> Result<Var<'g>, String> {
        let x = self.tensor(0)?.not_equal(0.0).cast(DType::F32);
        Ok(self.reduced(x, kind)?.greater(0.5))
    }

    fn flip(&self) -> Result<Var<'g>, String> {
        let x = self.tensor(0)?;
        let axes = self.integers("axis")?.unwrap_or_else(|| (0..x.rank() as isize).collect());
        let x = axes.into_iter().try_fold(x, |x, axis| x.shape().axis(axis).map(|_| x.reverse(axis)));
        x.ok_or_else(|| "is told to flip an axis that its input has not".into())
    }

    fn logical(&self, combine: impl Fn(Var<'g>, Var<'g>) -> Var<'g>) -> Result<Var<'g>, String> {
        self.binary(|a, b| combine(a.cast(DType::Bool), b.cast(DType::Bool)))
    }

    /// A value in the type the operation names, if it does.
    fn convert(&self, x: Var<'g>) -> Result<Var<'g>, String> {
        let Some(dtype) = self.config.get("dtype").and_then(Value::as_str) else { return Ok(x) };
        let known = match dtype {
            // What is computed in single precision stays so.
            "float16" | "bfloat16" | "float32" | "float64" => DType::F32,
            "int8" | "int16" | "int32" | "uint16" => DType::I32,
            "int64" | "uint32" | "uint64" => DType::I64,
            "uint8" => DType::U8,
            "bool" => DType::Bool,
            _ => return Err(format!("casts to the unknown type `{dtype}`")),
        };
        Ok(x.cast(known))
    }

    fn reshape(&self) -> Result<Var<'g>, String> {
        let x = self.tensor(0)?;
        let wanted = self.integers("newshape")?.ok_or("wants a `newshape`")?;
        let dims: Vec<Dim> = wanted.iter().map(|length| usize::try_from(*length).ok()).collect();
        if dims.iter().filter(|dim| dim.is_none()).count() > 1 {
            return Err(format!("can leave one axis open, got {wanted:?}"));
        }
        Ok(x.reshape(dims))
    }

    fn transpose(&self) -> Result<Var<'g>, String> {
        let x = self.tensor(0)?;
        let axes = self.integers("axes")?.unwrap_or_else(|| (0..x.rank() as isize).rev().collect());
        let found: Option<Vec<usize>> = axes.iter().map(|axis| x.shape().axis(*axis)).collect();
        let mut sorted = found.clone().unwrap_or_default();
        sorted.sort_unstable();
        match found {
            Some(axes) if sorted.iter().copied().eq(0..x.rank()) => Ok(x.transpose(&axes)),
            _ => Err(format!("wants each axis of {} once, got {axes:?}", x.shape())),
        }
    }

    fn expand_dims(&self) -> Result<Var<'g>, String> {
        let (x, axes) = (self.tensor(0)?, self.integers("axis")?.ok_or("wants an `axis`")?);
        let rank = x.rank() as isize;
        match axes[..] {
            [axis] if (-rank - 1..=rank).contains(&axis) => Ok(x.expand_dims(axis)),
            _ => Err(format!("cannot put an axis {axes:?} into {}", x.shape())),
        }
    }

    fn squeeze(&self) -> Result<Var<'g>, String> {
        let x = self.tensor(0)?;
        let shape = x.shape();
        let single = |at: &usize| shape[*at] == Some(1);
        let axes: Vec<usize> = match self.integers("axis")? {
            None => (0..x.rank()).filter(single).collect(),
            Some(axes) => {
                let found: Option<Vec<usize>> =
                    axes.iter().map(|axis| shape.axis(*axis).filter(single)).collect();
                found.ok_or_else(|| format!("can drop axes of length 1 alone, got {axes:?} of {shape}"))?
            }
        };
        let left = (0..x.rank()).filter(|at| !axes.contains(at)).map(|at| shape[at]);
        Ok(x.reshape(left.collect::<Vec<Dim>>()))
    }

    fn concatenate(&self) -> Result<Var<'g>, String> {
        Ok(self.builder.concat(&self.tensors()?, self.integer("axis")?))
    }

    fn stack(&self) -> Result<Var<'g>, String> {
        let axis = self.integer("axis")?;
        let tensors = self.tensors()?;
        let rank = tensors.first().map_or(0, |tensor| tensor.rank()) as isize;
        if !(-rank - 1..=rank).contains(&axis) {
            return Err(format!("cannot put an axis {axis} into tensors of {rank} axes"));
        }
        let axis = if axis < 0 { axis + rank + 1 } else { axis };
        let longer: Vec<Var<'g>> = tensors.iter().map(|tensor| tensor.expand_dims(axis)).collect();
        Ok(self.builder.concat(&longer, axis))
    }

    /// The activation of the same name, whose arguments are the operation's.
    fn activation(&self, class: &str) -> Result<Var<'g>, String> {
        let mut config = self.config.clone();
        config.retain(|_, value| !value.is_null());
        let found = <dyn Activation>::from_class(&to_snake_case(class), config);
        Ok(found.map_err(|error| error.to_string())?.call(self.tensor(0)?))
    }
}
