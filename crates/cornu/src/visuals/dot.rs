//! Diagrams as text for Graphviz.

use std::collections::HashSet;
use std::fmt::Write;
use std::ops::RangeFrom;

use super::model::{PlotModel, RankDir};
use super::svg::escape;
use crate::Shape;
use crate::models::{Edge, Outline, OutlinedLayer};

/// The text that Keras' `model_to_dot` gives, with `n0`, `n1`, … for the layers.
pub(super) fn write(model: &Outline, plot: &PlotModel) -> String {
    let rankdir = match plot.rankdir {
        RankDir::TopBottom => "TB",
        RankDir::LeftRight => "LR",
    };
    let mut text = format!(
        "digraph G {{\nrankdir={rankdir};\nconcentrate=true;\ndpi={};\nsplines={};\nnode [shape=record];\n",
        plot.dpi, plot.splines
    );
    let numbered = Numbered::of(model, plot.expand_nested, &mut (0..));
    numbered.write(model, plot, &mut HashSet::new(), &mut text);
    text.push_str("}\n");
    text
}

/// The numbers of a model's layers; those of a model that is opened in its place.
struct Numbered(Vec<Number>);

enum Number {
    Box(usize),
    Opened(Numbered),
}

impl Numbered {
    fn of(model: &Outline, open: bool, next: &mut RangeFrom<usize>) -> Self {
        let number = |layer: &OutlinedLayer| match &layer.inner {
            Some(inner) if open => Number::Opened(Self::of(inner, open, next)),
            _ => Number::Box(next.next().unwrap_or_default()),
        };
        Numbered(model.layers.iter().map(number).collect())
    }

    fn write(
        &self,
        model: &Outline,
        plot: &PlotModel,
        known: &mut HashSet<(usize, usize)>,
        text: &mut String,
    ) {
        for (layer, number) in model.layers.iter().zip(&self.0) {
            match (number, &layer.inner) {
                (Number::Opened(numbered), Some(inner)) => {
                    let name = layer.name.replace('\\', "\\\\").replace('"', "\\\"");
                    let head = format!(
                        "subgraph \"cluster_{name}\" {{\nstyle=dashed;\nlabel=\"{name}\";\nlabeljust=l;\n"
                    );
                    text.push_str(&head);
                    // Keras writes an edge once for each (sub)graph, and so the outer ones do not know the inner.
                    numbered.write(inner, plot, &mut HashSet::new(), text);
                    text.push_str("}\n");
                }
                (Number::Box(number), _) => {
                    let label = label(layer, plot);
                    let node =
                        format!("n{number} [label=<{label}>, fontname=Helvetica, border=0, margin=0];\n");
                    text.push_str(&node);
                }
                (Number::Opened(_), None) => {}
            }
        }
        for edge in &model.edges {
            let (from, to) = (self.leave(model, edge.from, edge.output), self.arrive(model, edge));
            if let (Some(from), Some(to)) = (from, to)
                && known.insert((from, to))
            {
                let _ = writeln!(text, "n{from} -> n{to} [penwidth=2];"); // a String takes all that is written
            }
        }
    }

    /// The box that gives a result of a layer.
    fn leave(&self, model: &Outline, layer: usize, output: usize) -> Option<usize> {
        match (self.0.get(layer)?, &model.layers.get(layer)?.inner) {
            (Number::Opened(numbered), Some(inner)) => {
                let (layer, output) = *inner.outputs.get(output)?;
                numbered.leave(inner, layer, output)
            }
            (Number::Box(number), _) => Some(*number),
            (Number::Opened(_), None) => None,
        }
    }

    /// The box at which an edge arrives.
    fn arrive(&self, model: &Outline, edge: &Edge) -> Option<usize> {
        match (self.0.get(edge.to)?, &model.layers.get(edge.to)?.inner) {
            (Number::Opened(numbered), Some(inner)) => {
                let to = *inner.inputs.get(edge.input)?;
                numbered.arrive(inner, &Edge { to, input: 0, ..*edge })
            }
            (Number::Box(number), _) => Some(*number),
            (Number::Opened(_), None) => None,
        }
    }
}

/// The table that stands for a layer.
fn label(layer: &OutlinedLayer, plot: &PlotModel) -> String {
    let span =
        usize::from(plot.show_dtype) + usize::from(plot.show_trainable) + 2 * usize::from(plot.show_shapes);
    let span = span.max(1);
    let (name, class) = (escape(&layer.name), escape(&layer.class_name));
    let title = match plot.show_layer_names.unwrap_or(true) {
        true => format!("<b>{name}</b> ({class})"),
        false => format!("<b>{class}</b>"),
    };
    let mut table = format!(
        "<table border=\"0\" cellborder=\"1\" bgcolor=\"black\" cellpadding=\"10\"><tr><td colspan=\"{span}\" \
         bgcolor=\"black\"><font point-size=\"16\" color=\"white\">{title}</font></td></tr>"
    );
    if let Some(activation) = layer.activation.as_ref().filter(|_| plot.show_layer_activations) {
        let activation = escape(activation);
        let _ = write!(
            table,
            "<tr><td bgcolor=\"white\" colspan=\"{span}\"><font point-size=\"14\">Activation: \
             <b>{activation}</b></font></td></tr>"
        );
    }
    let plain = |what: &str, value: &str| {
        format!("<td bgcolor=\"white\"><font point-size=\"14\">{what}: <b>{value}</b></font></td>")
    };
    let mut columns = String::new();
    if plot.show_shapes {
        if !layer.is_input() {
            columns += &plain("Input shape", &shapes(&layer.inputs));
        }
        columns += &plain("Output shape", &shapes(&layer.outputs));
    }
    if plot.show_dtype {
        columns += &plain("Output dtype", &dtypes(layer));
    }
    if let Some(trainable) = layer.trainable.filter(|_| plot.show_trainable) {
        let (color, text) =
            if trainable { ("forestgreen", "Trainable") } else { ("firebrick", "Non-trainable") };
        let _ = write!(
            columns,
            "<td bgcolor=\"{color}\"><font point-size=\"14\" color=\"white\"><b>{text}</b></font></td>"
        );
    }
    if !columns.is_empty() {
        let _ = write!(table, "<tr>{columns}</tr>");
    }
    table + "</table>"
}

/// One shape, or several as Python prints a list of them.
pub(super) fn shapes(shapes: &[Shape]) -> String {
    match shapes {
        [one] => one.to_string(),
        several => {
            let texts: Vec<String> = several.iter().map(ToString::to_string).collect();
            format!("[{}]", texts.join(", "))
        }
    }
}

/// The type of what a layer gives, as often as it gives something.
pub(super) fn dtypes(layer: &OutlinedLayer) -> String {
    match layer.outputs.len() {
        0 | 1 => layer.dtype.into(),
        several => format!("[{}]", vec![format!("'{}'", layer.dtype); several].join(", ")),
    }
}
