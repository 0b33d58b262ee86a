//! Several workers at once, each training on its own share of the cores.

use std::num::NonZeroUsize;

use cornu::{Error, Result};

/// Lets so many workers do the same work until each returns. One works on the thread and the cores of the caller.
///
/// # Errors
/// If there cannot be so many threads.
pub(crate) fn in_parallel(name: &str, jobs: usize, work: &(dyn Fn() + Sync)) -> Result<()> {
    if jobs < 2 {
        work();
        return Ok(());
    }
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let pool = |_| rayon::ThreadPoolBuilder::new().num_threads((cores / jobs).max(1)).build();
    let pools: Result<Vec<rayon::ThreadPool>, _> = (0..jobs).map(pool).collect();
    let pools = pools.map_err(|error| Error::argument(name, format!("{jobs} are too many: {error}")))?;
    std::thread::scope(|scope| {
        for pool in &pools {
            scope.spawn(move || pool.install(work));
        }
    });
    Ok(())
}
