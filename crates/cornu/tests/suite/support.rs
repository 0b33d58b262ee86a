//! SUPPORT.md: every name the real Keras exports, whether Cornu has it, and why not.
//!
//! The page is made from the registry and the oracle's list of exports; `CORNU_UPDATE=1 cargo test -p cornu --test suite support`
//! writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use crate::common::{fixture, text};
use cornu::registry::{Entry, Family};
use serde_json::Value;

/// What has no table: names of modules that are functions or modules in Cornu as well.
const PRESENT: &[(&str, &[&str])] = &[
    (
        "callbacks",
        &[
            "BackupAndRestore",
            "CSVLogger",
            "Callback",
            "CallbackList",
            "EarlyStopping",
            "History",
            "LambdaCallback",
            "LearningRateScheduler",
            "ModelCheckpoint",
            "ProgbarLogger",
            "ReduceLROnPlateau",
            "RemoteMonitor",
            "SwapEMAWeights",
            "TensorBoard",
            "TerminateOnNaN",
        ],
    ),
    (
        "datasets",
        &[
            "boston_housing",
            "california_housing",
            "cifar10",
            "cifar100",
            "fashion_mnist",
            "imdb",
            "mnist",
            "reuters",
        ],
    ),
    ("layers", &["Input", "Lambda", "Layer"]),
    ("losses", &["Loss"]),
    ("metrics", &["Metric"]),
    ("optimizers", &["Optimizer"]),
    ("optimizers.schedules", &["LearningRateSchedule"]),
    ("constraints", &["Constraint"]),
    ("initializers", &["Initializer"]),
    ("regularizers", &["Regularizer"]),
    ("utils", &["normalize", "register_keras_serializable", "set_random_seed", "to_categorical"]),
];

/// Why something is not in.
const REASONS: &[(&str, &str, &[&str])] = &[
    (
        "callbacks",
        "writes the folders of Orbax, a library of JAX; `ModelCheckpoint` and `BackupAndRestore` save the same in Keras' files",
        &["OrbaxCheckpoint"],
    ),
    (
        "optimizers",
        "a training step has one learning rate and one count of steps; these would have one for each of their optimizers",
        &["MultiOptimizer", "OptimizerMap"],
    ),
    ("layers", "wraps another framework", &["FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"]),
    ("layers", "a base class of Keras' own", &["InputSpec", "Wrapper", "Pipeline"]),
    (
        "layers",
        "shares a table with another layer; call `ops::matmul` on it instead",
        &["ReversibleEmbedding"],
    ),
    (
        "utils",
        "Python's own machinery",
        &[
            "Config",
            "CustomObjectScope",
            "clear_session",
            "deserialize_keras_object",
            "disable_interactive_logging",
            "enable_interactive_logging",
            "get_custom_objects",
            "get_registered_name",
            "get_registered_object",
            "get_source_inputs",
            "is_interactive_logging_enabled",
            "is_keras_tensor",
            "pack_x_y_sample_weight",
            "serialize_keras_object",
            "standardize_dtype",
            "unpack_x_y_sample_weight",
        ],
    ),
];

/// Modules and what is planned of them: everything not in and without a reason of its own.
const PLANNED: &str = "planned";

/// Strings in capitals that Keras resolves and does not export.
const STRINGS: &[&str] = &["BCE", "KLD", "MAE", "MAPE", "MSE", "MSLE"];

/// Names that are not things a model is made of.
const SKIPPED: &[&str] = &["deserialize", "get", "serialize"];

fn table_of<T: Family + ?Sized>(
    found: &mut BTreeMap<&'static str, BTreeSet<&'static str>>,
    module: &'static str,
) {
    let names =
        |entry: &'static Entry<T>| std::iter::once(entry.class_name).chain(entry.aliases.iter().copied());
    found.entry(module).or_default().extend(T::table().iter().flat_map(names));
}

/// The names Cornu has, by module.
fn registered() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut found = BTreeMap::new();
    table_of::<dyn cornu::activations::Activation>(&mut found, "activations");
    table_of::<dyn cornu::constraints::Constraint>(&mut found, "constraints");
    table_of::<dyn cornu::initializers::Initializer>(&mut found, "initializers");
    table_of::<dyn cornu::layers::Layer>(&mut found, "layers");
    table_of::<dyn cornu::losses::Loss>(&mut found, "losses");
    table_of::<dyn cornu::metrics::Metric>(&mut found, "metrics");
    table_of::<dyn cornu::optimizers::Optimizer>(&mut found, "optimizers");
    table_of::<dyn cornu::optimizers::schedules::LearningRateSchedule>(&mut found, "optimizers.schedules");
    table_of::<dyn cornu::regularizers::Regularizer>(&mut found, "regularizers");
    for (module, names) in PRESENT {
        found.entry(module).or_default().extend(names.iter().copied());
    }
    found
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The things of a module with their other names.
fn things(exports: &Value, functions: bool) -> BTreeMap<String, Vec<String>> {
    let mut things: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for export in list(exports) {
        let (name, is) = (text(export, "name"), text(export, "is"));
        if SKIPPED.contains(&name) || (export["kind"] == "function" && !functions) {
            continue;
        }
        let other = list(exports).iter().any(|other| other["name"] == is);
        let own = if other { is } else { name };
        let names = things.entry(own.to_owned()).or_default();
        if name != own {
            names.push(name.to_owned());
        }
    }
    things
}

fn page() -> String {
    let registered = registered();
    let mut page = String::from(
        "# What is in\n\nEvery class the real Keras 3.15.1 exports, and whether Cornu has it. The page is made by \
         `crates/cornu/tests/suite/support.rs`\nfrom the registry; the test fails when it is not up to date.\n",
    );
    for case in list(&fixture("exports.json")["cases"]) {
        let module = text(case, "module");
        let things = things(&case["exports"], ["activations", "datasets", "utils"].contains(&module));
        let has = |name: &str| registered.get(module).is_some_and(|names| names.contains(name));
        let count = things.keys().filter(|name| has(name)).count();
        let _ = write!(
            page,
            "\n## keras.{module}: {count} of {}\n\n| name | in | why not |\n|---|---|---|\n",
            things.len()
        );
        for (name, aliases) in &things {
            let also = match aliases.as_slice() {
                [] => String::new(),
                names => format!(" (also {})", names.join(", ")),
            };
            let reason =
                REASONS.iter().find(|(of, _, names)| *of == module && names.contains(&name.as_str()));
            let (is_in, why) = match (has(name), reason) {
                (true, None) => ("yes", ""),
                (true, Some(_)) => panic!("{module}.{name} is in, yet has a reason not to be"),
                (false, Some((_, why, _))) => ("no", *why),
                (false, None) => ("no", PLANNED),
            };
            let _ = writeln!(page, "| {name}{also} | {is_in} | {why} |");
        }
    }
    page
}

#[test]
fn the_page_says_what_is_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../SUPPORT.md");
    let page = page();
    if std::env::var_os("CORNU_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "SUPPORT.md is out of date: CORNU_UPDATE=1 cargo test -p cornu --test suite support"
    );
}

#[test]
fn nothing_is_registered_that_keras_does_not_export() {
    let fixture = fixture("exports.json");
    for (module, names) in registered() {
        let case = list(&fixture["cases"]).iter().find(|case| case["module"] == module).unwrap();
        let names_of = |export| [text(export, "name"), text(export, "is")];
        let exported: BTreeSet<&str> = list(&case["exports"]).iter().flat_map(names_of).collect();
        // Strings that Keras resolves (`mse`) are no exports of the module; classes are.
        let class = |name: &&&str| name.starts_with(|c: char| c.is_uppercase()) && !STRINGS.contains(*name);
        let classes = names.iter().filter(class);
        let unknown: Vec<&&str> = classes.filter(|name| !exported.contains(**name)).collect();
        assert!(unknown.is_empty(), "{module}: Keras does not export {unknown:?}");
    }
}
