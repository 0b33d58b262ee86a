//! The command `cornu`: Keras models from the shell.

mod args;
mod commands;
mod datasets;
mod default_loss;
mod default_network;
mod failure;
mod interrupt;
mod model_file;
mod npz;
mod output;
mod report;
mod samples;
mod serve;
mod tables;
mod tune;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Train, measure and use Keras models.
#[derive(Parser)]
#[command(name = "cornu", version, arg_required_else_help = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Example:
  cornu fit --dataset digits --epochs 30 --output digits.keras
  cornu evaluate digits.keras --dataset digits

Exit status: 0 done, 1 it failed, 2 the command line is wrong, 130 Ctrl-C ended it.";

#[derive(Subcommand)]
enum Command {
    Fit(Box<commands::fit::Arguments>),
    Tune(Box<commands::tune::Arguments>),
    Evaluate(commands::evaluate::Arguments),
    Predict(commands::predict::Arguments),
    Summary(commands::summary::Arguments),
    Serve(commands::serve::Arguments),
    Plot(commands::plot::Arguments),
    Convert(commands::convert::Arguments),
    Inspect(commands::inspect::Arguments),
    Diff(commands::diff::Arguments),
    Completions(commands::completions::Arguments),
    Man(commands::man::Arguments),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Fit(arguments) => commands::fit::run(&arguments),
        Command::Tune(arguments) => commands::tune::run(&arguments),
        Command::Evaluate(arguments) => commands::evaluate::run(&arguments),
        Command::Predict(arguments) => commands::predict::run(&arguments),
        Command::Plot(arguments) => commands::plot::run(&arguments),
        Command::Summary(arguments) => commands::summary::run(&arguments),
        Command::Serve(arguments) => commands::serve::run(&arguments),
        Command::Convert(arguments) => commands::convert::run(&arguments),
        Command::Inspect(arguments) => commands::inspect::run(&arguments),
        Command::Diff(arguments) => commands::diff::run(&arguments),
        Command::Completions(arguments) => commands::completions::run(&arguments, Cli::command()),
        Command::Man(arguments) => commands::man::run(&arguments, Cli::command()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_told() {
                output::error_line(&failure);
            }
            failure.exit_code()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Cli::command().debug_assert();
        let _: fn() -> Cli = Cli::parse;
    }
}
