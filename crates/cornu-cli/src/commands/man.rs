//! `cornu man`: the manual pages.

use std::path::PathBuf;

use clap::Args;

use crate::failure::{Failure, Result};

/// Write the manual pages, one a command
#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder they go to, such as ~/.local/share/man/man1
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, command: clap::Command) -> Result {
    let folder = &arguments.folder;
    if !folder.is_dir() {
        return Err(Failure::new(format!("{}: there is no such folder", folder.display())));
    }
    clap_mangen::generate_to(command, folder).map_err(|error| Failure::io(folder, &error))
}
