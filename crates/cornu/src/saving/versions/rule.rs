//! `Rule`: one difference between versions.

use serde_json::Value;

use super::Config;

/// One argument that was called or written otherwise.
pub(super) struct Rule {
    /// The classes, by today's names; empty for all.
    pub(super) classes: &'static [&'static str],
    /// The argument as older files name it.
    pub(super) key: &'static str,
    /// What became of it.
    pub(super) change: Change,
}

/// What became of an argument.
pub(super) enum Change {
    /// It has another name.
    To(&'static str),
    /// It has another name and is written otherwise.
    Into(&'static str, fn(Value) -> Value),
    /// It is written otherwise.
    As(fn(Value) -> Value),
    /// It became one list with these.
    Joined(&'static [&'static str], &'static str),
    /// It went, for it changed nothing.
    Gone,
    /// It went where it is null or false. Other values cannot be had any more.
    Off,
    /// Where nothing was said, this was meant.
    Absent(fn() -> Value),
}

impl Rule {
    /// Rewrites a config of this class.
    ///
    /// # Errors
    /// If the argument cannot be had any more.
    pub(super) fn apply(&self, class: &str, config: &mut Config) -> Result<(), String> {
        if !self.classes.is_empty() && !self.classes.contains(&class) {
            return Ok(());
        }
        if let Change::Absent(value) = self.change {
            config.entry(self.key).or_insert_with(value);
            return Ok(());
        }
        let Some(value) = config.get_mut(self.key).map(Value::take) else { return Ok(()) };
        let renamed = match self.change {
            Change::As(convert) => {
                config.insert(self.key.into(), convert(value));
                return Ok(());
            }
            Change::Off if !is_off(&value) => {
                return Err(format!("`{}` is {value}, which Keras has dropped", self.key));
            }
            Change::To(name) => Some((name, value)),
            Change::Into(name, convert) => Some((name, convert(value))),
            Change::Joined(others, name) => {
                let others = others.iter().filter_map(|key| config.shift_remove(*key));
                Some((name, std::iter::once(value).chain(others).collect()))
            }
            Change::Gone | Change::Off | Change::Absent(_) => None,
        };
        config.shift_remove(self.key);
        if let Some((name, value)) = renamed {
            config.entry(name).or_insert(value);
        }
        Ok(())
    }
}

fn is_off(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false)) || value.as_f64() == Some(0.0)
}
