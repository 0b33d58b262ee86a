//! A training that is ended at any moment and started again.

// Steps and tags are all that is read here.
#[allow(dead_code)]
#[path = "../suite/events.rs"]
mod events;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cornu::callbacks::{
    BackupAndRestore, CSVLogger, EarlyStopping, LambdaCallback, ModelCheckpoint, TensorBoard,
};
use cornu::data::{load_npz, save_npz};
use cornu::layers::{BatchNormalization, Dense, Dropout, Input};
use cornu::utils::set_random_seed;
use cornu::{Compile, Fit, History, Model, Result, Sequential, Tensor, load_model};

/// Where the process that trains finds its folder.
const FOLDER: &str = "CORNU_TEST_KILLED";
const KILLS: usize = 20;

/// Starts a test of this module as a process that trains in a folder.
fn start(test: &str, folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("training::{test}")]).env(FOLDER, folder);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn fresh(root: &Path, name: &str) -> PathBuf {
    let folder = root.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

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
    let start = |folder: &Path| start("a_process_killed_at_any_moment_ends_in_the_same_bits", folder);
    let whole = fresh(&root, "whole");
    assert!(start(&whole).wait().unwrap().success());
    let want = done(&whole);
    assert_eq!(want.last().unwrap().1.shape(), [10], "ten epochs");
    let (mut kills, mut runs, mut random) = (0, 0, 0x9E37_79B9u32);
    while kills < KILLS || runs == 0 {
        let folder = fresh(&root, &format!("run-{runs}"));
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

/// Trains for ever, and counts in `told` the batches whose events TensorBoard was told of.
fn train_with_events(folder: &Path) -> Result<()> {
    let x = Tensor::from([[0.0f32], [1.0], [2.0], [3.0]]);
    let mut model = Sequential::new().add(Input::new([1])).add(Dense::new(1));
    model.compile(Compile::new().optimizer("sgd").loss("mse"))?;
    let (told, mut batches) = (folder.join("told"), 0u64);
    let count = LambdaCallback::new().on_train_batch_end(move |_, _| {
        batches += 1;
        std::fs::write(&told, batches.to_le_bytes()).unwrap();
        Ok(())
    });
    let board = TensorBoard::new(folder).update_freq(1).histogram_freq(1);
    let arguments = Fit::new().epochs(usize::MAX).batch_size(1).verbose(0).callback(board).callback(count);
    model.fit(&x, &x, arguments).map(drop)
}

#[test]
fn a_killed_process_leaves_the_events_of_all_its_batches() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        train_with_events(Path::new(&folder)).unwrap();
        return;
    }
    let root = std::env::temp_dir().join(format!("cornu-killed-events-{}", std::process::id()));
    for run in 0..5 {
        let folder = fresh(&root, &format!("run-{run}"));
        let mut child = start("a_killed_process_leaves_the_events_of_all_its_batches", &folder);
        let told = || Some(u64::from_le_bytes(std::fs::read(folder.join("told")).ok()?.try_into().ok()?));
        let begun = Instant::now();
        while told().is_none_or(|told| told < 20 + 7 * run) {
            assert!(begun.elapsed() < Duration::from_secs(60), "the training does not begin");
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let (events, _) = events::events(&folder.join("train"));
        let losses = events.iter().filter(|event| event.tag == "batch_loss");
        let steps: Vec<u64> = losses.map(|event| event.step).collect();
        assert_eq!(steps, (1..=steps.len() as u64).collect::<Vec<_>>());
        // The file that counts is not replaced in one piece.
        let told = told().unwrap_or(20 + 7 * run);
        assert!(steps.len() as u64 >= told, "{told} batches, {} in the file", steps.len());
    }
    std::fs::remove_dir_all(&root).unwrap();
}

/// The seed of the next model is the whole process's.
static SEED: Mutex<()> = Mutex::new(());

const EPOCHS: usize = 3;
const BATCHES: usize = 4;

/// Trains in a folder, and is told to stop after so many batches.
fn train_until(folder: &Path, stop_after: usize) -> Result<(Model, History)> {
    let flag = Arc::new(AtomicBool::new(stop_after == 0));
    let (set, mut batches) = (flag.clone(), 0);
    let count = LambdaCallback::new().on_train_batch_end(move |_, _| {
        batches += 1;
        set.fetch_or(batches == stop_after, Ordering::Relaxed);
        Ok(())
    });
    let arguments = Fit::new()
        .stop_on(flag)
        .callback(count)
        .callback(EarlyStopping::new().patience(100))
        .callback(BackupAndRestore::new(folder.join("backup")))
        .callback(ModelCheckpoint::new(folder.join("{epoch}.keras").display().to_string()))
        .callback(CSVLogger::new(folder.join("log.csv")).append(true));
    train_small(EPOCHS, arguments)
}

/// Trains a model with random numbers of all kinds.
fn train_small(epochs: usize, arguments: Fit<'_>) -> Result<(Model, History)> {
    let _alone = SEED.lock().unwrap_or_else(PoisonError::into_inner);
    set_random_seed(17);
    let x: Vec<f32> = (0..40).map(|at| ((at * 37 % 101) as f32 - 50.0) / 50.0).collect();
    let y: Vec<f32> = x.chunks(2).map(|row| row[0] - row[1]).collect();
    let (x, y) = (Tensor::new(x, [20, 2])?, Tensor::new(y, [20, 1])?);
    let mut model = Sequential::new()
        .add(Input::new([2]))
        .add(Dense::new(6).activation("relu"))
        .add(Dropout::new(0.3))
        .add(Dense::new(1));
    model.compile(Compile::new().optimizer("adam").loss("mse").metrics(["mae"]))?;
    let arguments = arguments.epochs(epochs).batch_size(4).validation_split(0.2).verbose(0);
    let history = model.fit(&x, &y, arguments)?;
    Ok((model.into_model(), history))
}

#[test]
fn a_run_that_is_interrupted_goes_on_where_it_was() -> Result<()> {
    let root = std::env::temp_dir().join(format!("cornu-interrupted-{}", std::process::id()));
    let rows = |folder: &Path| std::fs::read_to_string(folder.join("log.csv")).unwrap().lines().count();
    let whole = fresh(&root, "whole");
    let (undisturbed, wanted) = train_until(&whole, usize::MAX)?;
    // Before the first batch, within an epoch, after its last batch, after the very last.
    for stop_after in [0, 1, 2, BATCHES, BATCHES + 1, 2 * BATCHES, EPOCHS * BATCHES] {
        let folder = fresh(&root, &format!("after-{stop_after}"));
        let (_, history) = train_until(&folder, stop_after)?;
        let done = stop_after.saturating_sub(1) / BATCHES;
        assert_eq!(history.epoch, (0..done).collect::<Vec<_>>(), "after {stop_after} batches");
        assert_eq!(rows(&folder), if done == 0 { 0 } else { done + 1 });
        assert_eq!((1..=EPOCHS).filter(|at| folder.join(format!("{at}.keras")).exists()).count(), done);
        assert!(folder.join("backup/latest.npz").exists(), "after {stop_after} batches");
        let (model, history) = train_until(&folder, usize::MAX)?;
        assert_eq!(history, wanted, "after {stop_after} batches");
        assert_eq!(model.get_weights()?, undisturbed.get_weights()?, "after {stop_after} batches");
        assert_eq!(rows(&folder), EPOCHS + 1);
        assert!(!folder.join("backup").exists());
        let last = load_model(folder.join(format!("{EPOCHS}.keras")))?;
        assert_eq!(last.get_weights()?, undisturbed.get_weights()?);
    }
    std::fs::remove_dir_all(root).unwrap();
    Ok(())
}

const FULL: &str = "No space left on device (os error 28)";

/// A disk of its own that can be filled; nothing where this process may mount none.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn new(name: &str) -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("cornu-disk-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "cornu"]).arg(&folder).output();
        match mount {
            Ok(done) if done.status.success() => Some(SmallDisk(folder)),
            refused => {
                println!("skipped: no small disk can be mounted here: {refused:?}");
                std::fs::remove_dir_all(&folder).unwrap();
                None
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn fill(&self) {
        fill(&self.path("filler"));
    }

    fn clear(&self) {
        std::fs::remove_file(self.path("filler")).unwrap();
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

/// Makes a file that takes all room that is left.
fn fill(path: &Path) {
    let mut file = std::fs::File::create(path).unwrap();
    while file.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[test]
fn a_full_disk_leaves_models_as_they_were_and_says_where() -> Result<()> {
    let Some(disk) = SmallDisk::new("models") else { return Ok(()) };
    let whole = disk.path("a.keras").display().to_string();
    let weights = disk.path("a.weights.h5").display().to_string();
    for (path, save_weights_only) in [(&whole, false), (&weights, true)] {
        let save = || ModelCheckpoint::new(path.as_str()).save_weights_only(save_weights_only);
        train_small(EPOCHS, Fit::new().callback(save()))?;
        let before = std::fs::read(path).unwrap();
        disk.fill();
        let refused = train_small(EPOCHS + 1, Fit::new().callback(save())).unwrap_err().to_string();
        assert_eq!(refused, format!("{path}: {FULL}"));
        disk.clear();
        assert_eq!(std::fs::read(path).unwrap(), before);
        train_small(EPOCHS + 1, Fit::new().callback(save()))?;
        assert_ne!(std::fs::read(path).unwrap(), before);
    }
    let mut left = disk.names("");
    left.sort();
    assert_eq!(left, ["a.keras", "a.weights.h5"]);
    Ok(())
}

#[test]
fn a_full_disk_leaves_whole_rows_and_events() -> Result<()> {
    let Some(disk) = SmallDisk::new("rows") else { return Ok(()) };
    let path = disk.path("log.csv");
    let log = || Fit::new().callback(CSVLogger::new(&path).append(true));
    train_small(EPOCHS, log())?;
    disk.fill();
    // The last page of the file has room for some rows.
    let refused = train_small(200, log()).unwrap_err().to_string();
    assert_eq!(refused, format!("{}: {FULL}", path.display()));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.ends_with("\r\n") && text.lines().count() > 1 + EPOCHS, "{text}");
    assert!(text.lines().all(|row| row.split(',').count() == 5), "{text}");
    disk.clear();

    let (mut batches, filled) = (0, disk.path("filler"));
    let fill = LambdaCallback::new().on_train_batch_end(move |_, _| {
        batches += 1;
        if batches == 10 {
            fill(&filled);
        }
        Ok(())
    });
    let board = TensorBoard::new(disk.path("logs")).update_freq(1);
    let refused = train_small(200, Fit::new().callback(fill).callback(board)).unwrap_err().to_string();
    let folder = disk.path("logs/train");
    assert!(
        refused.starts_with(&format!("{}/events", folder.display())) && refused.ends_with(FULL),
        "{refused}"
    );
    let (events, torn) = events::events(&folder);
    assert_eq!(torn, 0);
    assert!(events.iter().filter(|event| event.tag == "batch_loss").count() >= 9);
    Ok(())
}

#[test]
fn a_run_whose_disk_was_full_goes_on_in_the_same_bits() -> Result<()> {
    let Some(disk) = SmallDisk::new("resumed") else { return Ok(()) };
    let (undisturbed, wanted) = train_small(EPOCHS, Fit::new())?;
    let backup = disk.path("backup");
    for (double, name) in [(false, "latest.npz"), (true, "latest.npz.bkp")] {
        let run = |full_after: usize| {
            let (mut batches, filled) = (0, disk.path("filler"));
            let fill = LambdaCallback::new().on_train_batch_end(move |_, _| {
                batches += 1;
                if batches == full_after {
                    fill(&filled);
                }
                Ok(())
            });
            let save = BackupAndRestore::new(&backup).save_freq(1).double_checkpoint(double);
            train_small(EPOCHS, Fit::new().callback(fill).callback(save))
        };
        for full_after in [3, BATCHES, 2] {
            let refused = run(full_after).unwrap_err().to_string();
            assert_eq!(refused, format!("{}: {FULL}", backup.join(name).display()));
            disk.clear();
            assert!(disk.names("backup").iter().all(|name| !name.ends_with(".tmp")));
            load_npz(backup.join("latest.npz"))?;
        }
        let (model, history) = run(usize::MAX)?;
        assert_eq!((model.get_weights()?, &history), (undisturbed.get_weights()?, &wanted));
        assert!(!backup.exists());
    }
    Ok(())
}
