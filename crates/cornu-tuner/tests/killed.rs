//! A search that is killed at any moment, as a process of its own, and started again.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cornu::Result;
use cornu_tuner::oracles::Tpe;
use cornu_tuner::{Search, Trial};

/// Where the process that searches finds its folder.
const FOLDER: &str = "CORNU_TEST_TUNER_KILLED";
const TRIALS: usize = 24;

fn search(folder: &Path, jobs: usize) -> Result<Vec<Trial>> {
    let oracle = Tpe::new().n_startup_trials(6);
    let mut search = Search::new(oracle).seed(4).max_trials(TRIALS).jobs(jobs).directory(folder).verbose(0);
    let log = folder.join("calls");
    search.run(|hp| {
        let (x, y) = (hp.float("x", -1.0..=1.0), hp.float("y", -1.0..=1.0));
        // Long enough to be met in the middle.
        std::thread::sleep(Duration::from_millis(8));
        let line = format!("{x} {y}\n");
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        std::io::Write::write_all(&mut file, line.as_bytes()).unwrap();
        Ok(x * x + y * y)
    })?;
    Ok(search.trials().cloned().collect())
}

#[test]
fn a_killed_search_repeats_nothing_and_loses_nothing() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        search(Path::new(&folder), 2).unwrap();
        return;
    }
    let root = std::env::temp_dir().join(format!("cornu-tuner-killed-{}", std::process::id()));
    let (whole, killed) = (root.join("whole"), root.join("killed"));
    std::fs::create_dir_all(&whole).unwrap();
    std::fs::create_dir_all(&killed).unwrap();
    let wanted = search(&whole, 2).unwrap();
    let mut kills = 0;
    loop {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_killed_search_repeats_nothing_and_loses_nothing"])
            .env(FOLDER, &killed)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Later each time, so that it ends some time on any machine.
        std::thread::sleep(Duration::from_millis(30 + 11 * kills));
        if process.try_wait().unwrap().is_some_and(|status| status.success()) {
            break;
        }
        process.kill().unwrap();
        process.wait().unwrap();
        kills += 1;
        assert!(kills < 200, "it never ends");
    }
    assert!(kills > 0, "it was never met");
    let calls = |folder: &Path| std::fs::read_to_string(folder.join("calls")).unwrap().lines().count() as u64;
    // A trial is repeated only if it was running: two at a time.
    assert!(calls(&killed) <= TRIALS as u64 + 2 * kills, "{} calls, {kills} kills", calls(&killed));
    let got = search(&killed, 2).unwrap();
    assert_eq!(calls(&whole), TRIALS as u64);
    let outcome = |trial: &Trial| (trial.trial_id.clone(), trial.values().clone(), trial.score);
    assert_eq!(got.iter().map(outcome).collect::<Vec<_>>(), wanted.iter().map(outcome).collect::<Vec<_>>());
    std::fs::remove_dir_all(root).unwrap();
}
