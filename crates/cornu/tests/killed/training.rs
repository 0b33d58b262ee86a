//! A training that is killed at any moment, as a process of its own, and started again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use cornu::callbacks::{BackupAndRestore, EarlyStopping, LambdaCallback};
use cornu::data::{load_npz, save_npz};
use cornu::layers::{BatchNormalization, Dense, Dropout, Input};
use cornu::utils::set_random_seed;
use cornu::{Compile, Fit, Result, Sequential, Tensor};

/// Where the process that trains finds its folder.
const FOLDER: &str = "CORNU_TEST_KILLED";
const KILLS: usize = 20;

/// Trains to the end and leaves the weights and the losses in `done.npz`.
fn train(folder: &Path) -> Result<()> {
    set_random_seed(11);
    let x: Vec<f32> = (0..240).map(|at| ((at * 37 % 101) as f32 - 50.0) / 50.0).collect();
    let y: Vec<f32> = x.chunks(3).map(|row| row[0] * 2.0 - row[2]).collect();
    let (x, y) = (Tensor::new(x, [80, 3])?, Tensor::new(y, [80, 1])?);
    let mut model = Sequential::new()
        .add(Input::new([3]))
        .add(Dense::new(8).activation("relu"))
        .add(BatchNormalization::new())
        .add(Dropout::new(0.2))
        .add(Dense::new(1));
    model.compile(Compile::new().optimizer("adam").loss("mse"))?;
    // Long enough to be met in the middle of everything.
    let slowly = LambdaCallback::new().on_train_batch_end(|_, _| {
        std::thread::sleep(Duration::from_millis(2));
        Ok(())
    });
    let arguments = Fit::new()
        .epochs(10)
        .batch_size(8)
        .validation_split(0.1)
        .verbose(0)
        .callback(BackupAndRestore::new(folder.join("backup")).save_freq(1))
        .callback(EarlyStopping::new().patience(30).restore_best_weights(true))
        .callback(slowly);
    let history = model.fit(&x, &y, arguments)?;
    let weights = model.get_weights()?.into_iter().enumerate();
    let mut arrays: Vec<(String, Tensor)> = weights.map(|(at, weight)| (format!("w{at}"), weight)).collect();
    arrays.push(("loss".into(), Tensor::from(history.get("val_loss").unwrap_or_default().to_vec())));
    save_npz(folder.join("done.npz"), &arrays)
}

fn done(folder: &Path) -> Vec<(String, Tensor)> {
    load_npz(folder.join("done.npz")).unwrap().into_iter().collect()
}

#[test]
fn a_process_killed_at_any_moment_ends_in_the_same_bits() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        train(Path::new(&folder)).unwrap();
        return;
    }
    let root = std::env::temp_dir().join(format!("cornu-killed-{}", std::process::id()));
    let fresh = |name: &str| -> PathBuf {
        let folder = root.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    };
    let start = |folder: &Path| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "training::a_process_killed_at_any_moment_ends_in_the_same_bits"]);
        command.env(FOLDER, folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let whole = fresh("whole");
    assert!(start(&whole).wait().unwrap().success());
    let want = done(&whole);
    assert_eq!(want.last().unwrap().1.shape(), [10], "ten epochs");
    let (mut kills, mut runs, mut random) = (0, 0, 0x9E37_79B9u32);
    while kills < KILLS || runs == 0 {
        let folder = fresh(&format!("run-{runs}"));
        loop {
            let mut child = start(&folder);
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if kills < KILLS {
                std::thread::sleep(Duration::from_millis(u64::from(5 + (random >> 16) % 80)));
                child.kill().unwrap();
            }
            if child.wait().unwrap().success() {
                break;
            }
            kills += 1;
        }
        assert_eq!(done(&folder), want, "after {kills} kills");
        assert!(!folder.join("backup").exists());
        runs += 1;
    }
    std::fs::remove_dir_all(&root).unwrap();
}
