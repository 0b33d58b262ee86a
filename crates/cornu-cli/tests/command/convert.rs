//! `cornu convert`.

use cornu::{Tensor, data};

use crate::{Folder, line_model};

#[test]
fn weights_become_arrays_by_their_paths() {
    let folder = Folder::with_line();
    assert_eq!(folder.done("convert line.keras weights.npz"), "");
    let file = data::load_npz(folder.path("weights.npz")).unwrap();
    assert_eq!(file.names().collect::<Vec<_>>(), line_model().weight_paths().unwrap());
    let arrays: Vec<Tensor> = file.into_iter().map(|(_, array)| array).collect();
    assert_eq!(arrays, line_model().get_weights().unwrap());
}

#[test]
fn a_model_is_rewritten_whole() {
    let folder = Folder::with_line();
    folder.done("fit line.keras --data line.npz --verbose 0 --output trained.keras");
    folder.done("convert trained.keras again.keras");
    assert_eq!(folder.weights("trained.keras"), folder.weights("again.keras"));
    let again = cornu::load_model(folder.path("again.keras")).unwrap();
    assert_eq!(again.iterations().unwrap(), 1);
}

#[test]
fn an_architecture_leaves_the_weights_behind_and_gets_new_ones() {
    let folder = Folder::with_line();
    folder.done("convert line.keras line.json");
    folder.done("convert line.json fresh.keras");
    let fresh = cornu::load_model(folder.path("fresh.keras")).unwrap();
    assert_eq!(fresh.to_json().unwrap(), line_model().to_json().unwrap());
    assert_ne!(fresh.get_weights().unwrap(), line_model().get_weights().unwrap());
}

#[test]
fn every_form_gives_the_same_weights_back() {
    let folder = Folder::with_line();
    for output in ["line.h5", "line.weights.h5", "weights.npz"] {
        folder.done(&format!("convert line.keras {output}"));
    }
    folder.done("convert line.keras line.json");
    folder.done("convert line.h5 a.keras");
    folder.done("convert line.weights.h5 b.keras --architecture line.json");
    folder.done("convert weights.npz c.keras --architecture line.json");
    for name in ["a.keras", "b.keras", "c.keras"] {
        assert_eq!(folder.weights(name), line_model().get_weights().unwrap(), "{name}");
    }
}
