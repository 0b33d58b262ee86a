//! What is said, and by which exit status, when something is wrong.

use cornu::Tensor;

use crate::Folder;

/// Each command with its exit status and its whole message; nothing else may be printed.
fn messages(folder: &Folder, commands: &[&str]) -> String {
    let message = |words: &&str| {
        let run = folder.cornu(words);
        assert_eq!(run.stdout, "", "cornu {words}");
        assert!(run.stderr.starts_with("error: "), "cornu {words}: {}", run.stderr);
        let code = run.code.unwrap();
        format!("$ cornu {words}\n{}[exit status {code}]\n", run.stderr)
    };
    commands.iter().map(message).collect::<Vec<_>>().join("\n")
}

#[test]
fn wrong_command_lines() {
    let folder = Folder::with_line();
    insta::assert_snapshot!(messages(
        &folder,
        &[
            "fitt",
            "fit",
            "fit --data line.npz",
            "fit --data line.npz --dataset iris",
            "fit --data line.csv",
            "fit --dataset fashion-mnist",
            "fit --dataset wikipedia",
            "fit --dataset iris --epochs many",
            "fit --dataset iris --batch-size 0",
            "fit --dataset iris --optimizer adm",
            "fit --dataset iris --loss mes",
            "fit --dataset iris --metrics loss,acuracy",
            "fit --dataset iris --learning-rate -1",
            "fit --dataset iris --class-weight 0:1",
            "fit --dataset iris --class-weight a=1",
            "fit --dataset iris --class-weight 0=b",
            "fit --dataset iris --validation-split 1",
            "fit --dataset iris --validation-split 0.5 --validation-data line.npz",
            "fit --dataset iris --verbose 3",
            "fit --dataset iris --output iris.h5",
            "fit --dataset iris --plot curves.gif",
            "fit --dataset iris --report page.txt",
            "plot line.keras --output line.gif",
            "plot line.keras --output line.svg --rankdir UP",
            "evaluate line.keras",
            "predict line.keras --data line.npz",
            "convert line.npz line.keras",
            "convert line.keras line.txt",
        ]
    ));
}

#[test]
fn work_that_fails() {
    let folder = Folder::with_line();
    std::fs::write(folder.path("broken.json"), "{").unwrap();
    std::fs::write(folder.path("log.csv"), "epoch,loss\n0,1.5\n").unwrap();
    std::fs::write(folder.path("table.csv"), "a,b\n0,1.5\n").unwrap();
    std::fs::write(folder.path("model.h5"), "").unwrap();
    folder.npz("wide.npz", [("x", Tensor::from([[1.0f32, 2.0]])), ("y", Tensor::from([[1.0f32]]))]);
    folder.npz("short.npz", [("x", Tensor::from([[1.0f32], [2.0]])), ("y", Tensor::from([[1.0f32]]))]);
    folder.npz("names.npz", [("x_train", Tensor::from([[1.0f32]])), ("y", Tensor::from([[1.0f32]]))]);
    folder.npz("labels.npz", [("x", Tensor::from([[1.0f32], [2.0]])), ("y", Tensor::from([0i64, 1]))]);
    folder.architecture("logits.json", 1, 2, "linear");
    folder.done("convert logits.json logits.keras");
    insta::assert_snapshot!(messages(
        &folder,
        &[
            "summary missing.keras",
            "summary model.h5",
            "summary broken.json",
            "plot missing.keras --output m.svg",
            "plot line.keras --output nowhere/m.svg",
            "plot log.csv --output log.dot",
            "plot table.csv --output table.svg",
            "predict logits.json --data line.npz --output y.npz",
            "predict line.keras --data missing.npz --output y.npz",
            "predict line.keras --data wide.npz --output y.npz",
            "predict line.keras --data line.npz --output nowhere/y.npz",
            "evaluate line.keras --data short.npz",
            "evaluate line.keras --data names.npz",
            "evaluate line.keras --dataset iris",
            "evaluate logits.keras --data labels.npz",
            "fit logits.json --data labels.npz",
            "fit line.keras --data line.npz --output nowhere/line.keras",
            "fit line.keras --data line.npz --class-weight 0=1 --validation-data wide.npz",
        ]
    ));
}
