//! The help texts.

use crate::Folder;

#[test]
fn the_helps_say_what_there_is() {
    let folder = Folder::new();
    for command in ["", "fit", "evaluate", "predict", "summary", "convert", "inspect", "diff"] {
        let name = if command.is_empty() { "cornu" } else { command };
        insta::assert_snapshot!(format!("help_{name}"), folder.done(&format!("{command} --help")));
    }
}

#[test]
fn without_a_command_the_help_is_an_error() {
    let run = Folder::new().cornu("");
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("Usage: cornu <COMMAND>"), "{}", run.stderr);
}
