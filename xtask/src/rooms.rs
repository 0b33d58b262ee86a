//! The rooms of the house with what each must not know.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder or file, and paths its code must not name.
struct Room {
    place: &'static str,
    must_not_know: &'static [&'static str],
}

/// The table of ARCHITECTURE.md. What crate boundaries forbid is not repeated here.
const ROOMS: &[Room] = &[
    Room {
        place: "crates/cornu-engine/src/kernels",
        must_not_know: &["crate::graph", "crate::plan", "crate::exec", "crate::passes", "crate::grad"],
    },
    Room {
        place: "crates/cornu-engine/src/graph",
        must_not_know: &["crate::kernels", "crate::plan", "crate::exec", "crate::passes"],
    },
    Room {
        place: "crates/cornu-engine/src/grad.rs",
        must_not_know: &["crate::kernels", "crate::plan", "crate::exec", "crate::passes"],
    },
    Room { place: "crates/cornu-engine/src/passes", must_not_know: &["crate::plan", "crate::exec"] },
    Room { place: "crates/cornu-engine/src/plan", must_not_know: &["crate::exec", "crate::reference"] },
    Room {
        place: "crates/cornu/src/saving",
        must_not_know: &[
            "crate::layers",
            "crate::models",
            "crate::training",
            "crate::graph",
            "crate::optimizers",
        ],
    },
    Room {
        place: "crates/cornu/src/layers",
        must_not_know: &["crate::training", "crate::models", "crate::optimizers"],
    },
    Room {
        place: "crates/cornu/src/activations",
        must_not_know: &["crate::training", "crate::models", "crate::layers"],
    },
    Room {
        place: "crates/cornu/src/initializers",
        must_not_know: &["crate::training", "crate::models", "crate::layers"],
    },
    Room {
        place: "crates/cornu/src/regularizers",
        must_not_know: &["crate::training", "crate::models", "crate::layers"],
    },
    Room {
        place: "crates/cornu/src/constraints",
        must_not_know: &["crate::training", "crate::models", "crate::layers"],
    },
    Room {
        place: "crates/cornu/src/losses",
        must_not_know: &["crate::training", "crate::models", "crate::layers"],
    },
    Room {
        place: "crates/cornu/src/metrics",
        must_not_know: &["crate::training", "crate::models", "crate::layers"],
    },
    Room {
        place: "crates/cornu/src/optimizers",
        must_not_know: &["crate::training", "crate::models", "crate::layers"],
    },
    Room {
        place: "crates/cornu/src/training",
        must_not_know: &["cornu_engine::kernels", "crate::saving", "crate::visuals"],
    },
    Room { place: "crates/cornu/src/models", must_not_know: &["crate::visuals"] },
    Room {
        place: "crates/cornu/src/visuals",
        must_not_know: &["crate::saving", "crate::training", "crate::layers", "crate::datasets"],
    },
    Room {
        place: "crates/cornu/src/callbacks",
        must_not_know: &["crate::layers", "crate::graph", "crate::saving", "crate::optimizers"],
    },
    Room {
        place: "crates/cornu/src/events",
        must_not_know: &[
            "crate::callbacks",
            "crate::layers",
            "crate::models",
            "crate::training",
            "crate::graph",
        ],
    },
    Room {
        place: "crates/cornu/src/data",
        must_not_know: &["crate::models", "crate::training", "crate::layers"],
    },
    Room {
        place: "crates/cornu/src/datasets",
        must_not_know: &["crate::models", "crate::training", "crate::layers"],
    },
    Room {
        place: "crates/cornu/src/preprocessing",
        must_not_know: &[
            "crate::models",
            "crate::training",
            "crate::layers",
            "crate::graph",
            "crate::saving",
        ],
    },
    Room { place: "crates/cornu-tuner/src", must_not_know: &["cornu_engine"] },
    Room {
        place: "crates/cornu-tuner/src/oracles",
        must_not_know: &["crate::search", "crate::tuner", "crate::project", "cornu::Model", "cornu::Fit"],
    },
    Room {
        place: "crates/cornu-tuner/src/space",
        must_not_know: &["crate::search", "crate::tuner", "crate::oracles", "crate::trial", "crate::project"],
    },
];

/// Every breach of the table, and every source file that does not open with what it is for.
pub(crate) fn check(root: &Path) -> io::Result<Vec<String>> {
    let mut breaches = Vec::new();
    for room in ROOMS {
        let place = root.join(room.place);
        let files = sources(&place)?;
        if files.is_empty() {
            breaches.push(format!("{}: the table names this room, but there is none", room.place));
        }
        for file in files.into_iter().filter(|file| !is_test(file)) {
            let text = code(&fs::read_to_string(&file)?);
            let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            for path in room.must_not_know {
                if mentions(&text, path) {
                    breaches.push(format!("{name} knows {path}, which the room {} must not", room.place));
                }
            }
        }
    }
    for file in sources(&root.join("crates"))? {
        let text = fs::read_to_string(&file)?;
        if file.components().any(|part| part.as_os_str() == "src") && !text.starts_with("//!") {
            breaches.push(format!("{} does not open with a `//!` sentence", file.display()));
        }
    }
    Ok(breaches)
}

/// The code without comments and without its tests, which may know everything.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    before_tests.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Whether code names a path, alone or inside a braced import.
fn mentions(text: &str, path: &str) -> bool {
    if text.contains(path) {
        return true;
    }
    let Some((root, item)) = path.rsplit_once("::") else { return false };
    text.split(&format!("use {root}::{{")).skip(1).any(|rest| {
        let list = rest.split(';').next().unwrap_or_default();
        list.split([',', '{', '}', ' ', '\n'])
            .any(|name| name.trim() == item || name.trim().starts_with(&format!("{item}::")))
    })
}

/// Whether a file holds tests, which may know everything.
fn is_test(file: &Path) -> bool {
    file.components()
        .any(|part| ["tests", "tests.rs", "cases.rs"].iter().any(|name| part.as_os_str() == *name))
}

/// All Rust files at or below a path, in order.
fn sources(place: &Path) -> io::Result<Vec<PathBuf>> {
    if place.is_file() {
        return Ok(vec![place.to_owned()]);
    }
    let mut found = Vec::new();
    if place.is_dir() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(place)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                found.extend(sources(&entry)?);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                found.push(entry);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_however_they_are_imported() {
        assert!(mentions("let x = crate::graph::Op::Softmax;", "crate::graph"));
        assert!(mentions("use crate::{DType, graph::Op};", "crate::graph"));
        assert!(mentions("use crate::{\n    DType,\n    graph,\n};", "crate::graph"));
        assert!(!mentions("use crate::{DType, graphics};", "crate::graph"));
        assert!(!mentions(&code("// see crate::graph\nuse crate::DType;"), "crate::graph"));
        assert!(!mentions(
            &code("fn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::graph;\n}"),
            "crate::graph"
        ));
    }
}
