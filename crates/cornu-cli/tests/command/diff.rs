//! `cornu diff`.

use crate::Folder;

#[test]
fn files_that_are_alike_differ_in_nothing() {
    let folder = Folder::with_line();
    folder.done("convert line.keras again.keras");
    folder.done("convert line.keras other.h5");
    assert_eq!(folder.done("diff line.keras again.keras"), "");
    assert_eq!(folder.done("diff line.keras other.h5"), "");
}

#[test]
fn what_differs_is_named_with_how_much() {
    let folder = Folder::with_line();
    folder.done("convert line.keras a.npz");
    let mut weights: Vec<(String, cornu::Tensor)> =
        cornu::data::load_npz(folder.path("a.npz")).unwrap().into_iter().collect();
    weights[1].1 = cornu::Tensor::from([0.5f32]);
    cornu::data::save_npz(folder.path("b.npz"), &weights).unwrap();
    folder.done("convert b.npz b.keras --architecture line.keras");
    let run = folder.cornu("diff a.npz b.npz");
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    assert_eq!(run.stdout, "only/bias: 1 of 1 values differ, by 5.000000e-1 at most\n");
    let run = folder.cornu("diff line.keras b.keras");
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    assert_eq!(run.stdout, "layers/dense/vars/1: 1 of 1 values differ, by 5.000000e-1 at most\n");
    assert_eq!(folder.done("diff --tolerance 0.5 line.keras b.keras"), "");
    folder.architecture("wide.json", 2, 3, "relu");
    folder.architecture("narrow.json", 2, 1, "relu");
    let run = folder.cornu("diff wide.json narrow.json");
    assert_eq!(run.code, Some(1));
    assert_eq!(run.stdout, "JSON.config.layers[1].config.units: 3, 1 in the second\n");
}
