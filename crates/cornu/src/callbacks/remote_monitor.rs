//! `RemoteMonitor`: the logs of each epoch to a server.

use serde_json::{Map, Value, json};

use super::Callback;
use crate::models::Model;
use crate::training::print_warning;
use crate::{Logs, Result};

/// Sends the logs of each epoch to a server by HTTP POST: as a form with one field that holds JSON, or as JSON itself. A
/// server that cannot be reached is a warning; training goes on.
///
/// Source: <https://keras.io/api/callbacks/remote_monitor/>.
///
/// ```
/// use cornu::callbacks::RemoteMonitor;
/// let monitor = RemoteMonitor::new().root("http://localhost:9000").send_as_json(true);
/// ```
#[derive(Debug, Clone)]
pub struct RemoteMonitor {
    root: String,
    path: String,
    field: String,
    headers: Vec<(String, String)>,
    send_as_json: bool,
}

impl Default for RemoteMonitor {
    fn default() -> Self {
        RemoteMonitor {
            root: "http://localhost:9000".into(),
            path: "/publish/epoch/end/".into(),
            field: "data".into(),
            headers: Vec::new(),
            send_as_json: false,
        }
    }
}

impl RemoteMonitor {
    /// To `http://localhost:9000/publish/epoch/end/`, field `data`: Keras' defaults.
    pub fn new() -> Self {
        Self::default()
    }

    crate::setters! {
        /// The server.
        root: into String;
        /// The path on the server.
        path: into String;
        /// The form's field.
        field: into String;
        /// Whether the body is JSON itself.
        send_as_json: bool;
    }

    /// Adds an HTTP header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn send(&self, epoch: usize, logs: &Logs) -> Result<(), ureq::Error> {
        let mut values = Map::new();
        values.insert("epoch".into(), json!(epoch));
        values.extend(logs.iter().map(|(name, value)| (name.to_owned(), json!(value))));
        let text = Value::Object(values).to_string();
        let mut request = ureq::post(format!("{}{}", self.root, self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match self.send_as_json {
            true => request.header("Content-Type", "application/json").send(&text),
            false => request.send_form([(self.field.as_str(), text.as_str())]),
        }
        .map(drop)
    }
}

impl Callback for RemoteMonitor {
    fn on_epoch_end(&mut self, _model: &mut Model, epoch: usize, logs: &mut Logs) -> Result<()> {
        if let Err(error) = self.send(epoch, logs) {
            let root = &self.root;
            print_warning(format_args!("could not reach RemoteMonitor root server at {root}: {error}"));
        }
        Ok(())
    }
}
