//! Reports: all about a training on one page.

use std::io::Write;
use std::path::Path;

use super::Picture;
use super::ink::Color;
use super::model::{PlotModel, plot_model};
use super::scale::significant;
use super::svg::escape;
use super::{confusion_matrix, history};
use crate::calendar::{date_and_time, now};
use crate::fs::write_atomically;
use crate::models::Model;
use crate::{History, Logs, Result, Tensor};

/// A page about a training: its results, curves, confusion matrix, the model and whatever else is put on it. One file of
/// HTML that needs no network and no scripts, light or dark as the reader likes it.
///
/// ```
/// use cornu::datasets::iris;
/// use cornu::layers::{Dense, Input};
/// use cornu::visuals::Report;
/// use cornu::{Compile, Evaluate, Fit, Sequential};
/// let ((x, y), (x_test, y_test)) = iris::load_data()?;
/// let mut model = Sequential::new().add(Input::new([4])).add(Dense::new(3).activation("softmax"));
/// model.compile(Compile::new().loss("sparse_categorical_crossentropy").metrics(["accuracy"]))?;
/// let history = model.fit(&x, &y, Fit::new().epochs(3).verbose(0))?;
/// let logs = model.evaluate(&x_test, &y_test, Evaluate::new().verbose(0))?;
/// let page = Report::new("Iris")
///     .results("Test", &logs)
///     .history(&history)
///     .facts("Data", [("training samples", "120"), ("test samples", "30")])
///     .model(&model)?
///     .to_html();
/// assert!(page.contains("val_") || page.contains("accuracy"));
/// # Ok::<(), cornu::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    title: String,
    sections: Vec<Section>,
}

#[derive(Debug, Clone, PartialEq)]
struct Section {
    title: String,
    content: Content,
}

#[derive(Debug, Clone, PartialEq)]
enum Content {
    /// Large numbers: a name, a value, a note.
    Numbers(Vec<(String, String, String)>),
    Facts(Vec<(String, String)>),
    Picture(Box<Picture>),
    /// Text in the letters of a typewriter, folded until it is wanted.
    Folded(String),
}

impl Report {
    /// A page with nothing but a title.
    pub fn new(title: impl Into<String>) -> Self {
        Report { title: title.into(), sections: Vec::new() }
    }

    fn section(mut self, title: impl Into<String>, content: Content) -> Self {
        self.sections.push(Section { title: title.into(), content });
        self
    }

    /// The loss and the metrics of an evaluation, as large numbers.
    #[must_use]
    pub fn results(self, title: &str, logs: &Logs) -> Self {
        let numbers = logs.iter().map(|(name, value)| (name.to_owned(), significant(value), String::new()));
        let numbers = numbers.collect();
        self.section(title, Content::Numbers(numbers))
    }

    /// What came of each epoch: the last values and the best ones, and the curves.
    #[must_use]
    pub fn history(self, history: &History) -> Self {
        let numbers = history::numbers(history);
        let epochs = history.epoch.len();
        let title = if epochs == 1 { "After 1 epoch".into() } else { format!("After {epochs} epochs") };
        let report = self.section(title, Content::Numbers(numbers));
        report.picture("Curves", history::plot_history(history))
    }

    /// Which class was taken for which.
    ///
    /// # Errors
    /// As [`plot_confusion_matrix`](super::plot_confusion_matrix).
    pub fn confusion_matrix(
        self,
        matrix: &Tensor,
        plot: confusion_matrix::PlotConfusionMatrix,
    ) -> Result<Self> {
        Ok(self.picture("Confusion matrix", confusion_matrix::plot_confusion_matrix(matrix, plot)?))
    }

    /// The model: how many weights it has, how it is trained, its diagram, its summary and its configuration.
    ///
    /// # Errors
    /// If the model is not built, or has parts that have no configuration.
    pub fn model(self, model: &Model) -> Result<Self> {
        let mut facts = vec![
            ("name".to_owned(), model.name().to_owned()),
            ("layers".to_owned(), model.layers().len().to_string()),
            ("parameters".to_owned(), model.count_params()?.to_string()),
            ("inputs".to_owned(), model.input_names()?.join(", ")),
            ("outputs".to_owned(), model.output_names()?.join(", ")),
        ];
        if let Ok(optimizer) = model.optimizer() {
            facts.push(("optimizer".into(), optimizer.class_name().into()));
            facts.push(("learning rate".into(), significant(model.learning_rate()?)));
            facts.push(("steps done".into(), model.iterations()?.to_string()));
        }
        if let Some(loss) = model.loss() {
            let named = loss.name().map(str::to_owned);
            facts.push((
                "loss".into(),
                named.unwrap_or_else(|| loss.get().map_or(String::new(), |loss| loss.class_name().into())),
            ));
        }
        let plot = PlotModel::new().show_layer_names(true).show_shapes(true).show_layer_activations(true);
        let diagram = plot_model(model, plot.expand_nested(true))?;
        Ok(self
            .section("Model", Content::Facts(facts))
            .picture("Diagram", diagram)
            .section("Summary", Content::Folded(model.summary().to_string()))
            .section("Configuration", Content::Folded(configuration(model)?)))
    }

    /// Names and values in a table.
    #[must_use]
    pub fn facts<N: Into<String>, V: Into<String>>(
        self,
        title: &str,
        facts: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let facts = facts.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self.section(title, Content::Facts(facts))
    }

    /// When and on what the training ran: date, version, system, processor, threads.
    #[must_use]
    pub fn environment(self) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let [year, month, day, hour, minute, _] = date_and_time(now());
        self.facts(
            "Environment",
            [
                ("written", format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")),
                ("cornu", env!("CARGO_PKG_VERSION").to_owned()),
                ("system", std::env::consts::OS.to_owned()),
                ("processor", std::env::consts::ARCH.to_owned()),
                ("threads", threads.to_string()),
            ],
        )
    }

    /// Any picture.
    #[must_use]
    pub fn picture(self, title: &str, picture: Picture) -> Self {
        self.section(title, Content::Picture(Box::new(picture)))
    }

    /// The page.
    pub fn to_html(&self) -> String {
        let title = escape(&self.title);
        let mut body = String::new();
        for Section { title, content } in &self.sections {
            let title = escape(title);
            body.push_str(&match content {
                Content::Numbers(numbers) => {
                    let tile = |(name, value, note): &(String, String, String)| {
                        format!(
                            "<div class=\"tile\"><dt>{}</dt><dd>{}</dd><small>{}</small></div>",
                            escape(name),
                            escape(value),
                            escape(note)
                        )
                    };
                    let tiles: String = numbers.iter().map(tile).collect();
                    format!("<section><h2>{title}</h2><dl class=\"tiles\">{tiles}</dl></section>\n")
                }
                Content::Facts(facts) => {
                    let row = |(name, value): &(String, String)| {
                        format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escape(name), escape(value))
                    };
                    let rows: String = facts.iter().map(row).collect();
                    format!("<section class=\"half\"><h2>{title}</h2><table>{rows}</table></section>\n")
                }
                Content::Picture(picture) => {
                    format!(
                        "<section><h2>{title}</h2><div class=\"picture\">{}</div></section>\n",
                        picture.to_element()
                    )
                }
                Content::Folded(text) => {
                    let text = escape_lines(text);
                    format!("<details><summary>{title}</summary><pre>{text}</pre></details>\n")
                }
            });
        }
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <style>\n:root{{{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n{STYLE}</style>\n</head>\n\
             <body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n",
            Color::properties(false),
            Color::properties(true),
        )
    }

    /// Writes the page to a file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write_atomically(path.as_ref(), |file| file.write_all(self.to_html().as_bytes()))
    }
}

/// The model's configuration as indented JSON.
fn configuration(model: &Model) -> Result<String> {
    let json = model.to_json()?;
    let indented = serde_json::from_str::<serde_json::Value>(&json)
        .and_then(|value| serde_json::to_string_pretty(&value));
    Ok(indented.unwrap_or(json))
}

/// As [`escape`], line by line.
fn escape_lines(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("\n")
}

const STYLE: &str = "\
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--ink);font:15px/1.5 Inter,'Segoe UI','Helvetica Neue',Helvetica,Arial,sans-serif}
main{max-width:1240px;margin:0 auto;padding:40px 32px 64px;display:flex;flex-wrap:wrap;gap:32px 40px}
h1{width:100%;margin:0;font-size:28px;line-height:1.2;letter-spacing:-.01em}
h2{margin:0 0 12px;font-size:17px}
section{flex:1 0 100%;min-width:0}
section.half{flex:1 1 320px}
.tiles{margin:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(170px,1fr));gap:12px}
.tile{background:var(--panel);border:1px solid var(--grid);border-radius:8px;padding:12px 16px}
.tile dt{color:var(--muted);font-size:13px;overflow-wrap:anywhere}
.tile dd{margin:0;font-size:24px;font-weight:600;font-variant-numeric:tabular-nums}
.tile small{color:var(--muted);font-size:12px}
table{border-collapse:collapse;width:100%}
th,td{padding:6px 0;border-bottom:1px solid var(--grid);text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{font-weight:400;color:var(--muted);padding-right:24px;white-space:nowrap}
td{font-variant-numeric:tabular-nums}
.picture{border:1px solid var(--grid);border-radius:8px;overflow:auto;max-height:900px;text-align:center}
.picture svg{display:inline-block;vertical-align:top;max-width:100%;height:auto}
details{flex:1 0 100%;min-width:0;border:1px solid var(--grid);border-radius:8px;padding:10px 16px}
summary{cursor:pointer;font-weight:600}
pre{margin:12px 0 4px;overflow:auto;font:12.5px/1.45 ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}
@media print{.picture{max-height:none;overflow:visible}section{break-inside:avoid}}
";
