//! `cargo run -p xtask -- rooms`: checks that each room of the house knows only what it may know.

mod rooms;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    match std::env::args().nth(1).as_deref() {
        Some("rooms") => report(rooms::check(root)),
        _ => {
            eprintln!("usage: cargo run -p xtask -- rooms");
            ExitCode::from(2)
        }
    }
}

fn report(found: std::io::Result<Vec<String>>) -> ExitCode {
    match found {
        Ok(breaches) if breaches.is_empty() => {
            println!("rooms: every file knows only what its room may know");
            ExitCode::SUCCESS
        }
        Ok(breaches) => {
            breaches.iter().for_each(|breach| eprintln!("rooms: {breach}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("rooms: {error}");
            ExitCode::FAILURE
        }
    }
}
