//! `cornu evaluate`.

use cornu::{Evaluate, data};
use serde_json::Value;

use crate::{Folder, last_line, line_model};

#[test]
fn the_last_line_of_json_is_an_object() {
    let folder = Folder::with_line();
    let printed = folder.done("evaluate line.keras --data line.npz --json");
    let object: Value = serde_json::from_str(last_line(&printed)).unwrap();
    let file = data::load_npz(folder.path("line.npz")).unwrap();
    let logs = line_model()
        .evaluate(file.get("x").unwrap(), file.get("y").unwrap(), Evaluate::new().verbose(0))
        .unwrap();
    assert_eq!(object, serde_json::to_value(&logs).unwrap());
    assert_eq!(object.as_object().unwrap().keys().collect::<Vec<_>>(), ["loss", "mae"]);
}

#[test]
fn the_batch_size_is_that_of_the_steps() {
    let folder = Folder::with_line();
    let printed = folder.done("evaluate line.keras --data line.npz --batch-size 5");
    assert!(printed.starts_with("7/7 - "), "{printed}");
}
