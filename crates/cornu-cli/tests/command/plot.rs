//! `cornu plot`, `--plot` and `--report`.

use crate::Folder;

#[test]
fn a_model_is_drawn_in_each_form() {
    let folder = Folder::with_line();
    folder.done("plot line.keras --output line.svg --show-shapes --show-layer-names --rankdir LR");
    let svg = folder.read("line.svg");
    assert!(
        ["<title>Model line</title>", ">only</text>", ">(None, 1)</text>"]
            .iter()
            .all(|part| svg.contains(part))
    );
    folder.done("plot line.keras --output line.dot");
    insta::assert_snapshot!(folder.read("line.dot"));
    folder.done("plot line.keras --output line.png --dpi 96");
    let png = std::fs::read(folder.path("line.png")).unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    folder.architecture("two.json", 1, 2, "linear");
    folder.done("plot two.json --output two.svg");
    assert!(folder.read("two.svg").contains(">Dense</text>"));
}

#[test]
fn a_training_is_drawn_from_its_logs() {
    let folder = Folder::with_line();
    folder.done("fit line.keras --data line.npz --epochs 3 --verbose 0 --history h.json --plot fit.svg");
    folder.done("plot h.json --output h.svg");
    assert_eq!(folder.read("h.svg"), folder.read("fit.svg"));
    std::fs::write(folder.path("log.csv"), "epoch,loss,val_loss\n0,1.5,NA\n1,0.5,0.7\n").unwrap();
    folder.done("plot log.csv --output log.svg");
    assert!(folder.read("log.svg").contains("best 0.7 at epoch 2"));
}

#[test]
fn a_report_has_everything_on_one_page() {
    let folder = Folder::new();
    folder
        .done("fit --dataset iris --epochs 2 --seed 1 --verbose 0 --validation-split 0.2 --report page.html");
    let page = folder.read("page.html");
    for part in [
        "<h1>Training of ",
        "<h2>Test</h2>",
        "<h2>After 2 epochs</h2>",
        "val_accuracy",
        "Confusion matrix of the test",
        "<h2>Diagram</h2>",
        "--dataset iris",
        "<summary>Configuration</summary>",
        "prefers-color-scheme:dark",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for part in ["<script", "http://", "https://"] {
        let allowed = page.matches("http://www.w3.org/2000/svg").count();
        let found = page.matches(part).count();
        assert!(found == 0 || (part == "http://" && found == allowed), "{part}");
    }
}
