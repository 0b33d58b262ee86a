//! `cornu summary`.

use std::io::Read;
use std::process::Stdio;

use crate::{Folder, command};

#[test]
fn a_model_and_an_architecture_have_one() {
    let folder = Folder::with_line();
    folder.architecture("wide.json", 100, 20, "relu");
    insta::assert_snapshot!(folder.done("summary line.keras"));
    let wide = folder.done("summary wide.json");
    assert!(wide.contains("Total params: 2,020 (7.89 KB)"), "{wide}");
}

#[test]
fn a_reader_who_leaves_is_no_failure() {
    let folder = Folder::with_line();
    for words in ["summary line.keras", "fit --dataset iris --epochs 3 --output iris.keras", "--help"] {
        let mut child =
            command(&folder.0, words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let status = child.wait().unwrap();
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!((status.code(), stderr.as_str()), (Some(0), ""), "cornu {words}");
    }
    // Training went on and kept its result.
    assert!(folder.path("iris.keras").exists());
}
