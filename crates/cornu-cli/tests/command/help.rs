//! The help texts.

use crate::Folder;

#[test]
fn the_helps_say_what_there_is() {
    let folder = Folder::new();
    let commands = [
        "",
        "fit",
        "tune",
        "evaluate",
        "predict",
        "plot",
        "summary",
        "serve",
        "convert",
        "inspect",
        "diff",
        "completions",
        "man",
    ];
    for command in commands {
        let name = if command.is_empty() { "cornu" } else { command };
        insta::assert_snapshot!(format!("help_{name}"), folder.done(&format!("{command} --help")));
    }
}

#[test]
fn completions_and_manual_pages_are_generated() {
    let folder = Folder::new();
    for (shell, word) in [("bash", "complete -F"), ("zsh", "#compdef cornu"), ("fish", "complete -c cornu")] {
        let script = folder.done(&format!("completions {shell}"));
        assert!(script.contains(word) && script.contains("evaluate"), "{shell}");
    }
    folder.done("man .");
    for page in ["cornu.1", "cornu-fit.1", "cornu-serve.1"] {
        assert!(folder.read(page).contains(".SH SYNOPSIS"), "{page}");
    }
}

#[test]
fn without_a_command_the_help_is_an_error() {
    let run = Folder::new().cornu("");
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("Usage: cornu <COMMAND>"), "{}", run.stderr);
}
