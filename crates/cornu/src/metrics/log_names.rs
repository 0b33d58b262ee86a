//! The keys of metrics in the logs.

use std::collections::HashMap;

/// The keys under which Keras logs metrics, each given as (output, name): first all of `metrics`, then all of
/// `weighted`. The output is named only where a model has several.
///
/// A name that was there before gets a number, or, among weighted metrics, `weighted_` in front.
///
/// ```
/// use cornu::metrics::log_names;
/// let accuracy = (None, "accuracy");
/// let names = log_names(&[accuracy, accuracy], &[(None, "mse"), accuracy]);
/// assert_eq!(names, ["accuracy", "accuracy_1", "mse", "weighted_accuracy"]);
/// ```
pub fn log_names(metrics: &[(Option<&str>, &str)], weighted: &[(Option<&str>, &str)]) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let prefixed = |output: &Option<&str>, name: &str| match output {
        Some(output) => format!("{output}_{name}"),
        None => name.to_owned(),
    };
    let numbered = |name: String, seen: &mut HashMap<String, usize>| {
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        if *times == 1 { name } else { format!("{name}_{}", *times - 1) }
    };
    let mut names: Vec<String> =
        metrics.iter().map(|(output, name)| numbered(prefixed(output, name), &mut seen)).collect();
    for (output, name) in weighted {
        let plain = prefixed(output, name);
        let key =
            if seen.contains_key(&plain) { prefixed(output, &format!("weighted_{name}")) } else { plain };
        names.push(numbered(key, &mut seen));
    }
    names
}
