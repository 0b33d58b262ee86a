//! `cornu completions`: what a shell needs to complete the command's words.

use clap::Args;
use clap_complete::Shell;

use crate::failure::{Failure, Result};
use crate::output;

/// Print a script by which a shell completes the command's words
#[derive(Args)]
#[command(after_help = "\
bash:  cornu completions bash > ~/.local/share/bash-completion/completions/cornu
zsh:   cornu completions zsh > ~/.zfunc/_cornu
fish:  cornu completions fish > ~/.config/fish/completions/cornu.fish")]
pub(crate) struct Arguments {
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, mut command: clap::Command) -> Result {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "cornu", &mut script);
    output::line(String::from_utf8(script).map_err(Failure::new)?.trim_end())
}
