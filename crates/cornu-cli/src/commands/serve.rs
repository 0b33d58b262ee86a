//! `cornu serve`: a model behind an address.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::failure::{Failure, Result};
use crate::serve::{Limits, Served, Server};
use crate::{interrupt, model_file, output};

/// Answer requests over HTTP, as TensorFlow Serving does
#[derive(Args)]
#[command(after_help = "\
POST /v1/models/NAME:predict      {\"instances\": [...]} by row, or {\"inputs\": ...} by column
GET  /v1/models/NAME              whether it is there
GET  /v1/models/NAME/metadata     what it wants and answers

A model that `cornu fit --csv` trained takes instances that are objects of its columns.
Ctrl-C answers what is under way, then ends.")]
pub(crate) struct Arguments {
    /// A trained model (.keras)
    model: PathBuf,
    /// Where to listen; 0 for any free port
    #[arg(long, value_name = "P", default_value_t = 8501)]
    port: u16,
    /// The address to listen on: 0.0.0.0 lets other machines in
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
    /// The model's name in addresses [default: its file's]
    #[arg(long)]
    name: Option<String>,
    /// How long a request waits for others to be computed together with, in microseconds
    #[arg(long, value_name = "US", default_value_t = 500)]
    batch_window: u64,
    /// Bytes of a request's body at most
    #[arg(long, value_name = "BYTES", default_value_t = 8 << 20)]
    max_body: usize,
    /// Connections at a time
    #[arg(long, value_name = "N", default_value_t = 2048)]
    max_connections: usize,
    /// Seconds a request may take to arrive
    #[arg(long, value_name = "S", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

/// Bytes of a request's head at most.
const HEAD: usize = 16 << 10;

pub(crate) fn run(arguments: &Arguments) -> Result {
    let model = model_file::load_trained(&arguments.model)?;
    let stem = || arguments.model.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = arguments.name.clone().or_else(stem).unwrap_or_else(|| "model".into());
    if name.contains([':', '/', '?', '#', ' ']) {
        return Err(Failure::new(format!("the name `{name}` cannot stand in an address"))
            .tip("give another with --name"));
    }
    let limits = Limits {
        body: arguments.max_body,
        head: HEAD,
        connections: arguments.max_connections,
        timeout: Duration::from_secs(arguments.timeout),
    };
    let served = Served::new(name.clone(), model, Duration::from_micros(arguments.batch_window))?;
    let at = |error: std::io::Error| Failure::new(format!("{}:{}: {error}", arguments.host, arguments.port));
    let server = Server::bind(&arguments.host.to_string(), arguments.port, served, limits).map_err(at)?;
    let stop = server.stop().map_err(at)?;
    interrupt::call(move || stop.stop())?;
    let address = server.address().map_err(at)?;
    output::line(format!("serving {name} at http://{address}/v1/models/{name}:predict"))?;
    server.run();
    Ok(())
}
