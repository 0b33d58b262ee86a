//! `cornu inspect`.

use crate::Folder;

/// What is said of a file, without what changes from one day to the next.
fn page(text: &str) -> String {
    let is_dated = |line: &&str| line.contains("date_saved") || line.contains("  metadata.json");
    text.lines().filter(|line| !is_dated(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_kind_of_file_shows_what_it_holds() {
    let folder = Folder::with_line();
    for output in ["line.h5", "line.weights.h5", "line.json", "weights.npz"] {
        folder.done(&format!("convert line.keras {output}"));
    }
    let files = ["line.keras", "line.h5", "line.weights.h5", "line.json", "weights.npz"];
    let shown = |file: &&str| {
        let said = page(&folder.done(&format!("inspect {file}")));
        format!("$ cornu inspect {file}\n{said}\n")
    };
    insta::assert_snapshot!(files.iter().map(shown).collect::<Vec<_>>().join("\n"));
}

#[test]
fn as_json_it_is_one_document() {
    let folder = Folder::with_line();
    let said: serde_json::Value = serde_json::from_str(&folder.done("inspect --json line.keras")).unwrap();
    assert_eq!(said["kind"], "Keras model");
    assert_eq!(said["documents"]["config.json"]["config"]["layers"][1]["config"]["name"], "only");
    assert_eq!(said["arrays"][0]["path"], "layers/dense/vars/0");
    assert_eq!(said["arrays"][0]["shape"], serde_json::json!([1, 1]));
}

#[test]
fn a_damaged_file_shows_what_is_left() {
    let folder = Folder::with_line();
    let mut bytes = std::fs::read(folder.path("line.keras")).unwrap();
    let config = bytes.windows(12).position(|window| window == b"\"class_name\"").unwrap();
    bytes[config] = b'x';
    std::fs::write(folder.path("damaged.keras"), bytes).unwrap();
    let run = folder.cornu("inspect damaged.keras");
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), "error: damaged.keras is damaged\n"));
    let damage = run.stdout.split_once("Damage:\n").unwrap().1;
    assert!(damage.contains("config.json: "), "{damage}");
    assert!(run.stdout.contains("layers/") && run.stdout.contains("keras_version"), "{}", run.stdout);
}
