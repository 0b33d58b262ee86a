//! The trait of all layers.

use std::any::Any;
use std::ops::RangeInclusive;

use serde_json::Value;

use super::{Ahead, Base, Build, Call, Cell, Kept, Outputs, alone};
use crate::data::Data;
use crate::graph::Var;
use crate::registry::Configured;
use crate::saving::weights_h5::to_snake_case;
use crate::{Kind, Result, Shape, Tensor};

/// A part of a model: a function of tensors, perhaps with weights.
///
/// This is how a layer looks, whole:
///
/// ```
/// use cornu::graph::Var;
/// use cornu::layers::{Base, Build, Call, Layer, Outputs, Weight};
/// use cornu::registry::{Config, Configured, Fields, config_of};
/// use cornu::{Result, Shape};
///
/// /// Multiplies each feature by a weight of its own.
/// #[derive(Debug, Clone, Default, Fields)]
/// struct Scale {
///     #[fields(flatten)]
///     base: Base,
/// }
///
/// impl Configured for Scale {
///     fn class_name(&self) -> &str { "Scale" }
///     fn config(&self) -> Config { config_of(self) }
/// }
///
/// impl Layer for Scale {
///     fn base(&self) -> &Base { &self.base }
///     fn base_mut(&mut self) -> &mut Base { &mut self.base }
///     fn boxed(&self) -> Box<dyn Layer> { Box::new(self.clone()) }
///
///     fn build(&self, cx: &mut Build<'_>, inputs: &[Shape]) -> Result<()> {
///         let features = cx.known_axis(&inputs[0], -1)?;
///         cx.add_weight(Weight::new("scale", [features], "ones"))
///     }
///
///     fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
///         Ok((inputs[0] * cx.weight("scale")?).into())
///     }
/// }
/// ```
pub trait Layer: Configured + Any {
    /// The arguments every layer has.
    fn base(&self) -> &Base;

    /// The arguments every layer has, to be changed.
    fn base_mut(&mut self) -> &mut Base;

    /// A copy.
    fn boxed(&self) -> Box<dyn Layer>;

    /// What is wrong with the arguments, if anything; asked before [`Layer::build`].
    ///
    /// # Errors
    /// The sentence that goes behind the layer's name.
    fn check_arguments(&self) -> Result<(), String> {
        Ok(())
    }

    /// How many inputs the layer is called on: one, if it says nothing; [`SEVERAL`] where it counts them itself.
    fn input_count(&self) -> RangeInclusive<usize> {
        1..=1
    }

    /// Declares the weights for inputs of these shapes, in the order in which Keras keeps them.
    ///
    /// # Errors
    /// If the shapes do not suit the layer.
    fn build(&self, _cx: &mut Build<'_>, _inputs: &[Shape]) -> Result<()> {
        Ok(())
    }

    /// Whether Keras' layer of this class has a `build` of its own, which its files show.
    fn has_build(&self) -> bool {
        false
    }

    /// Whether Keras' `call` takes several inputs as so many arguments, as `MultiHeadAttention` does, and not as one
    /// list, as `Add` does. Files show it.
    fn takes_inputs_apart(&self) -> bool {
        false
    }

    /// Whether the masks of inputs mean something to the layer: Keras' `supports_masking`.
    fn supports_masking(&self) -> bool {
        false
    }

    /// Where Keras' files keep the weights: groups below the layer's own, one for each object that has some. Layers
    /// without parts have one, with all of them.
    ///
    /// The names are those of the weights the layer declares.
    fn weight_groups(&self, names: &[&str]) -> Vec<WeightGroup> {
        vec![WeightGroup {
            path: String::new(),
            name: self.base().name().into(),
            weights: (0..names.len()).collect(),
        }]
    }

    /// The layer as the cell of a recurrent layer, if it is one.
    fn as_cell(&self) -> Option<&dyn Cell> {
        None
    }

    /// The part of the layer that works on data, ahead of the graph, if it has one.
    fn ahead(&self) -> Option<&dyn Ahead> {
        None
    }

    /// Whether the layer takes integers as they are. To all others a model gives them as `float32`.
    fn reads_integers(&self) -> bool {
        false
    }

    /// Learns from data: a vocabulary, a mean, the bounds of bins. Layers that do have a method `adapt`.
    ///
    /// # Errors
    /// The sentence that goes behind the layer's name.
    fn learn(&mut self, _data: &Data) -> Result<(), String> {
        Err("learns nothing from data: it has no `adapt`".into())
    }

    /// What the layer keeps in files beside its config and its weights.
    ///
    /// # Errors
    /// If Keras' files cannot hold it: the sentence that goes behind the layer's name.
    fn kept(&self) -> Result<Vec<Kept>, String> {
        Ok(Vec::new())
    }

    /// Takes back what a file keeps.
    ///
    /// # Errors
    /// If it is not what the layer keeps: the sentence that goes behind the layer's name.
    fn restore(&mut self, _kept: &[Kept]) -> Result<(), String> {
        Ok(())
    }

    /// The layer's result for data at once, outside of any model and outside training: Keras' `layer(x)`. Layers with
    /// several inputs or results, or arguments by name, are called by [`alone::apply`].
    ///
    /// ```
    /// use cornu::layers::{Layer, Rescaling};
    /// use cornu::Tensor;
    /// let y = Rescaling::new(1.0 / 127.5).offset(-1.0).apply(Tensor::from([0u8, 255]))?;
    /// assert_eq!(y, Tensor::from([-1.0f32, 1.0]));
    /// # Ok::<(), cornu::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the data does not suit the layer, it has weights that only a model keeps, or its result is not one tensor of
    /// numbers.
    fn apply(&self, x: impl Into<Data>) -> Result<Tensor>
    where
        Self: Sized,
    {
        let results = alone::apply(self, &[x.into()], &[])?;
        match results.as_slice() {
            [Data::Numbers(only)] => Ok(only.clone()),
            [Data::Strings(_)] => {
                Err((self as &dyn Layer).error("gives strings; `alone::apply` hands them out"))
            }
            several => {
                let message = format!("gives {} results; `alone::apply` hands out all", several.len());
                Err((self as &dyn Layer).error(message))
            }
        }
    }

    /// Appends what the layer computes to a graph. Dimensions may be unknown.
    ///
    /// # Errors
    /// If the inputs do not suit the layer.
    fn call<'g>(&self, cx: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>>;
}

/// The [count of inputs](Layer::input_count) of a layer that takes any number of them.
pub const SEVERAL: RangeInclusive<usize> = 1..=usize::MAX;

/// A group of a file in which a part of a layer keeps its weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightGroup {
    /// The group's path below the layer's own; empty for the layer itself.
    pub path: String,
    /// The part's name.
    pub name: String,
    /// The numbers of the part's weights among those the layer declares.
    pub weights: Vec<usize>,
}

impl WeightGroup {
    /// The groups of a layer that holds others, each under the path Keras has for it: its attribute's name.
    pub fn of_parts(layer: &dyn Layer, names: &[&str], parts: &[(&str, &dyn Layer)]) -> Vec<WeightGroup> {
        let mut groups =
            vec![WeightGroup { path: String::new(), name: layer.base().name().into(), weights: Vec::new() }];
        let mut own: Vec<usize> = (0..names.len()).collect();
        for (path, part) in parts {
            let prefix = format!("{}/", part.inner_name());
            let of_part = |(at, name): (usize, &&'_ str)| Some((at, name.strip_prefix(&prefix)?.to_owned()));
            let (numbers, names): (Vec<usize>, Vec<String>) =
                names.iter().enumerate().filter_map(of_part).unzip();
            own.retain(|number| !numbers.contains(number));
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            groups.extend(part.weight_groups(&names).into_iter().map(|group| WeightGroup {
                path: [*path, &group.path].join("/").trim_end_matches('/').to_owned(),
                weights: group.weights.iter().filter_map(|at| numbers.get(*at)).copied().collect(),
                ..group
            }));
        }
        groups[0].weights = own;
        groups
    }
}

impl dyn Layer {
    /// The name by which a layer around this one knows it: its class in snake case where it has none.
    pub(crate) fn inner_name(&self) -> String {
        self.base().name.clone().unwrap_or_else(|| to_snake_case(self.class_name()))
    }

    /// The layer as its maker wrote it, for messages: the class and its first argument, `Dense, units=10`.
    pub fn describe(&self) -> String {
        let config = self.config();
        let own = config.iter().find(|(key, value)| {
            !matches!(key.as_str(), "name" | "trainable" | "dtype" | "batch_shape")
                && matches!(value, Value::Number(_) | Value::String(_) | Value::Array(_))
        });
        match own {
            Some((key, value)) => {
                format!("{}, {key}={}", self.class_name(), value.to_string().replace('"', "'"))
            }
            None => self.class_name().to_owned(),
        }
    }

    /// Checks that the layer can be called on so many inputs.
    pub(crate) fn check_input_count(&self, got: usize) -> crate::Result<()> {
        let wanted = self.input_count();
        if wanted.contains(&got) {
            return Ok(());
        }
        let most = match wanted.end() {
            1 => "1 input".into(),
            most => format!("at most {most} inputs"),
        };
        Err(self.error(format!(
            "expects {most}, got {got}: a merging layer, such as Concatenate, makes one of several"
        )))
    }

    /// An error met while this layer was built or called, said to be the layer's.
    pub(crate) fn blame(&self, error: crate::Error) -> crate::Error {
        match error.kind() {
            Kind::UnknownName { .. } => self.error(format!("has an {error}")),
            Kind::Argument { .. } => self.error(format!("has a wrong argument: {error}")),
            _ => error,
        }
    }

    /// An error in this layer, with the line that added it.
    pub fn error(&self, message: impl Into<String>) -> crate::Error {
        let Base { at, .. } = *self.base();
        Kind::Layer { name: self.inner_name(), layer: self.describe(), message: message.into(), at }.into()
    }
}

impl Clone for Box<dyn Layer> {
    fn clone(&self) -> Self {
        self.boxed()
    }
}
