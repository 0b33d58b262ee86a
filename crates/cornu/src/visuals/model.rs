//! Diagrams of models.

use super::Picture;
use super::diagram::Scene;
use super::dot;
use crate::models::Model;
use crate::{Error, Result};

/// Where a diagram begins and ends: Keras' `rankdir`.
///
/// ```
/// use cornu::visuals::{PlotModel, RankDir};
/// let plot = PlotModel::new().rankdir(RankDir::LeftRight);
/// assert_eq!("LR".parse::<RankDir>()?, RankDir::LeftRight);
/// # drop(plot);
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RankDir {
    /// From top to bottom: `"TB"`.
    #[default]
    TopBottom,
    /// From left to right: `"LR"`.
    LeftRight,
}

impl std::str::FromStr for RankDir {
    type Err = Error;

    /// Keras' `"TB"` or `"LR"`.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "TB" => Ok(RankDir::TopBottom),
            "LR" => Ok(RankDir::LeftRight),
            other => Err(Error::unknown_name("rankdir", other, ["TB", "LR"].map(String::from))),
        }
    }
}

/// How [`plot_model`] and [`model_to_dot`] show a model: the arguments of Keras' functions, with their defaults.
///
/// ```
/// use cornu::visuals::PlotModel;
/// let plot = PlotModel::new().show_shapes(true).show_layer_names(true).expand_nested(true);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PlotModel {
    pub(super) show_shapes: bool,
    pub(super) show_dtype: bool,
    pub(super) show_layer_names: Option<bool>,
    pub(super) rankdir: RankDir,
    pub(super) expand_nested: bool,
    pub(super) dpi: u32,
    pub(super) show_layer_activations: bool,
    pub(super) show_trainable: bool,
    pub(super) splines: String,
}

impl Default for PlotModel {
    fn default() -> Self {
        PlotModel {
            show_shapes: false,
            show_dtype: false,
            show_layer_names: None,
            rankdir: RankDir::default(),
            expand_nested: false,
            dpi: 200,
            show_layer_activations: false,
            show_trainable: false,
            splines: "ortho".into(),
        }
    }
}

impl PlotModel {
    /// Classes of layers alone.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// Whether the shapes of what layers read and give are shown.
        show_shapes: bool;
        /// Whether the type of what layers give is shown.
        show_dtype: bool;
        /// Whether layers' names are shown. By default [`model_to_dot`] shows them and [`plot_model`] does not, as in
        /// Keras.
        show_layer_names: some bool;
        /// Where the diagram begins and ends.
        rankdir: RankDir;
        /// Whether models that are layers are shown with the layers they are made of.
        expand_nested: bool;
        /// How many pixels an inch has where the picture is of pixels, or made by Graphviz; 200 by default.
        dpi: u32;
        /// Whether the activations of layers that have one are shown.
        show_layer_activations: bool;
        /// Whether it is shown if training changes a layer's weights.
        show_trainable: bool;
        /// How Graphviz draws edges; `"ortho"` by default. Pictures drawn by [`plot_model`] have curves.
        splines: into String;
    }
}

/// A diagram of a model: its layers and what flows between them. Needs no Graphviz.
///
/// A layer that is called several times is one box; a model that is a layer is one box as well, unless
/// [`PlotModel::expand_nested`] opens it.
///
/// Source: <https://keras.io/api/utils/model_plotting_utils/#plot_model-function>.
///
/// ```
/// use cornu::layers::{Add, Dense, Input};
/// use cornu::visuals::{PlotModel, plot_model};
/// use cornu::{Connect, Model};
/// let x = Input::new([8]).tensor();
/// let y = Dense::new(8).activation("relu").on(&x);
/// let model = Model::new(&x, Add::new().on([&x, &y]))?;
/// let picture = plot_model(&model, PlotModel::new().show_shapes(true).show_layer_activations(true))?;
/// let path = std::env::temp_dir().join(format!("residual-{}.svg", std::process::id()));
/// picture.save(&path)?;
/// # std::fs::remove_file(path).ok();
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the model is not built.
pub fn plot_model(model: &Model, plot: PlotModel) -> Result<Picture> {
    Ok(Scene::of(&model.outline()?, &plot).draw(model.name(), &plot).dpi(plot.dpi))
}

/// The text from which Graphviz draws a model: what Keras' function of this name gives.
///
/// Source: <https://keras.io/api/utils/model_plotting_utils/#model_to_dot-function>.
///
/// ```
/// use cornu::layers::{Dense, Input};
/// use cornu::visuals::{PlotModel, model_to_dot};
/// let model = cornu::Sequential::new().add(Input::new([4])).add(Dense::new(3)).add(Dense::new(1));
/// let text = model_to_dot(&model, PlotModel::new())?;
/// assert!(text.starts_with("digraph G {\nrankdir=TB;\n") && text.contains("n0 -> n1 [penwidth=2];"));
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the model is not built.
pub fn model_to_dot(model: &Model, plot: PlotModel) -> Result<String> {
    Ok(dot::write(&model.outline()?, &plot))
}
