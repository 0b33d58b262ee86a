//! Curves of a training: the loss and the metrics of each epoch.

use super::Picture;
use super::chart::{Curve, Panel, sheet};
use super::ink::Color;
use super::scale::significant;
use crate::History;
use crate::callbacks::Direction;
use crate::metrics::Metric;
use crate::registry::{Config, Entry, Family};

/// The curves of a training, one panel a metric, validation beside training, the best epoch marked.
///
/// An epoch without a value (validation not run, a NaN) leaves a gap; epochs are counted from 1 as in the lines `fit`
/// prints. Source: <https://keras.io/api/models/model_training_apis/#fit-method>, whose `History` people plot by hand.
///
/// ```
/// use cornu::{History, Logs};
/// let mut history = History::default();
/// history.epoch = vec![0, 1, 2];
/// history.history = vec![("loss".into(), vec![1.0, 0.5, 0.4]), ("val_loss".into(), vec![1.1, 0.6, 0.7])];
/// let picture = cornu::visuals::plot_history(&history);
/// assert!(picture.to_svg().contains("best 0.6 at epoch 2"));
/// ```
pub fn plot_history(history: &History) -> Picture {
    let panels: Vec<Panel> = names(history).into_iter().map(|name| panel(history, name)).collect();
    let validated = history.history.iter().any(|(name, _)| name.starts_with("val_"));
    let training = ("training", TRAINING, false);
    let legend = [training, ("validation", VALIDATION, false)];
    sheet("Training history", if validated { &legend } else { &legend[..1] }, &panels)
}

/// Of each panel the last value, validation's where there is one, with a note on the best.
pub(super) fn numbers(history: &History) -> Vec<(String, String, String)> {
    let number = |name: &str| {
        let panel = panel(history, name);
        let curve = panel.curves.iter().rev().find_map(|curve| curve.points.last());
        let validated = history.get(&format!("val_{name}")).is_some_and(|values| !values.is_empty());
        let name = if validated { format!("val_{name}") } else { name.to_owned() };
        (name, curve.map_or("–".into(), |(_, value)| significant(*value)), panel.note)
    };
    names(history).into_iter().map(number).collect()
}

/// The names of what has a panel: the loss first, for it is what training is about.
fn names(history: &History) -> Vec<&str> {
    let names = history.history.iter().map(|(name, _)| name.as_str());
    let is_of_training =
        |name: &&str| name.strip_prefix("val_").is_none_or(|trained| history.get(trained).is_none());
    let mut names: Vec<&str> = names.filter(is_of_training).collect();
    names.sort_by_key(|name| *name != "loss");
    names
}

const TRAINING: Color = Color::Series(0);
const VALIDATION: Color = Color::Series(1);

fn panel(history: &History, name: &str) -> Panel {
    let points = |name: &str| -> Vec<(f64, f64)> {
        let values = history.get(name).unwrap_or_default();
        epochs_of(&history.epoch, values.len()).into_iter().zip(values.iter().copied()).collect()
    };
    let (trained, validated) = (points(name), points(&format!("val_{name}")));
    let mark = best(if validated.is_empty() { &trained } else { &validated }, better(name));
    let note = mark.map(|(epoch, value)| format!("best {} at epoch {epoch}", significant(value)));
    let curves = [(trained, TRAINING), (validated, VALIDATION)].into_iter();
    Panel {
        title: name.into(),
        note: note.unwrap_or_default(),
        x_label: "epoch".into(),
        curves: curves.map(|(points, color)| Curve { points, color, dashed: false }).collect(),
        whole_x: true,
        mark,
        ..Panel::default()
    }
}

/// The first of the best points, where it is known what is better.
fn best(points: &[(f64, f64)], direction: Option<Direction>) -> Option<(f64, f64)> {
    let numbers = points.iter().copied().filter(|(_, value)| value.is_finite());
    match direction? {
        Direction::Down => numbers.reduce(|best, other| if other.1 < best.1 { other } else { best }),
        Direction::Up => numbers.reduce(|best, other| if other.1 > best.1 { other } else { best }),
    }
}

/// The numbers of the epochs that have a value, from 1 on, for `count` values. Where validation did not run in each epoch
/// the history does not say in which it did: then it is taken to have run every so many.
fn epochs_of(epochs: &[usize], count: usize) -> Vec<f64> {
    let numbers = |every: usize| -> Vec<f64> {
        let held = epochs.iter().filter(|epoch| (**epoch + 1).is_multiple_of(every));
        held.map(|epoch| *epoch as f64 + 1.0).collect()
    };
    if epochs.is_empty() {
        return (1..=count).map(|epoch| epoch as f64).collect();
    }
    if count == 0 {
        return Vec::new();
    }
    // Of so many epochs every so many are so few, or one more.
    let likely = (epochs.len() / (count + 1)).max(1)..=epochs.len() / count + 1;
    let regular = likely.take(64).map(numbers).find(|numbers| numbers.len() == count);
    regular.unwrap_or_else(|| {
        let first = epochs.len().saturating_sub(count);
        epochs[first..].iter().map(|epoch| *epoch as f64 + 1.0).collect()
    })
}

/// Which values of this name are better, as far as names tell: `loss`, a metric's name, both also behind the name of an
/// output or before a number.
fn better(name: &str) -> Option<Direction> {
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('_');
    let mut rests = vec![name, stem];
    rests.extend(stem.match_indices('_').map(|(at, _)| &stem[at + 1..]));
    rests.into_iter().find_map(|rest| match rest {
        "loss" => Some(Direction::Down),
        "acc" => Some(Direction::Up),
        rest => {
            let called =
                |entry: &&Entry<dyn Metric>| entry.class_name == rest || entry.aliases.contains(&rest);
            let entry = <dyn Metric>::table().iter().find(called)?;
            entry.create(Config::new()).ok()?.direction()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_find_their_epochs() {
        assert_eq!(epochs_of(&[0, 1, 2], 3), [1.0, 2.0, 3.0]);
        assert_eq!(epochs_of(&[4, 5, 6, 7], 2), [6.0, 8.0]);
        assert_eq!(epochs_of(&[0, 1, 2, 3], 3), [2.0, 3.0, 4.0]);
        assert_eq!(epochs_of(&[], 2), [1.0, 2.0]);
        assert_eq!(epochs_of(&[0], 0), [0.0; 0]);
    }

    #[test]
    fn names_tell_what_is_better() {
        for (name, direction) in [
            ("loss", Some(Direction::Down)),
            ("price_loss", Some(Direction::Down)),
            ("accuracy", Some(Direction::Up)),
            ("class_accuracy", Some(Direction::Up)),
            ("sparse_categorical_accuracy", Some(Direction::Up)),
            ("mae", Some(Direction::Down)),
            ("mean_absolute_error", Some(Direction::Down)),
            ("auc_1", Some(Direction::Up)),
            ("true_positives", None),
            ("speed", None),
        ] {
            assert_eq!(better(name), direction, "{name}");
        }
    }
}
