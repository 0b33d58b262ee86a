//! The space of `cornu tune`: what may vary in its network, by default or as a TOML file says.

use std::collections::BTreeMap;
use std::path::Path;

use cornu_tuner::{Choice, Domain, Float, HyperParameters, Int, Sampling, Value};
use serde::Deserialize;

use crate::failure::{Failure, Result};

/// What the network asks for.
pub(crate) struct Space(BTreeMap<&'static str, Entry>);

/// What a hyperparameter may be, and when it matters.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    domain: Domain,
    conditions: Vec<(String, Vec<Value>)>,
}

/// The kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Whole,
    Number,
    Word,
}

/// Names, kinds and defaults.
fn defaults() -> [(&'static str, Kind, Domain); 7] {
    let words = |words: &[&str]| Domain::Choice(Choice::new(words.iter().map(|word| Value::from(*word))));
    let doubling = |range| Domain::Int(Int::new(range).step(2).sampling(Sampling::Log));
    [
        ("layers", Kind::Whole, Domain::Int(Int::new(1..=3))),
        ("units", Kind::Whole, doubling(16..=256)),
        ("activation", Kind::Word, words(&["relu", "tanh", "gelu"])),
        ("dropout", Kind::Number, Domain::Float(Float::new(0.0..=0.5))),
        ("optimizer", Kind::Word, words(&["adam", "rmsprop", "sgd"])),
        ("learning_rate", Kind::Number, Domain::Float(Float::reciprocal(1e-4, 1e-1))),
        ("batch_size", Kind::Whole, doubling(16..=128)),
    ]
}

/// The table of a hyperparameter in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    min: Option<Value>,
    max: Option<Value>,
    step: Option<Value>,
    sampling: Option<Sampling>,
    choices: Option<Vec<Value>>,
    value: Option<Value>,
    default: Option<Value>,
    #[serde(default)]
    when: BTreeMap<String, Vec<Value>>,
}

impl Default for Space {
    fn default() -> Self {
        let entry = |(name, _, domain)| (name, Entry { domain, conditions: Vec::new() });
        Space(defaults().into_iter().map(entry).collect())
    }
}

impl Space {
    /// The default space with what the file says otherwise.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, &error))?;
        Self::parse(&text)
            .map_err(|message| Failure::new(format!("{}: {}", path.display(), message.trim_end())))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let written: BTreeMap<String, Written> = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut space = Space::default();
        for (name, written) in written {
            let known = defaults();
            let Some((name, kind, _)) = known.iter().find(|(known, ..)| *known == name) else {
                let known = known.iter().map(|(name, ..)| (*name).to_owned());
                return Err(cornu::Error::unknown_name("hyperparameter", &name, known).to_string());
            };
            let entry = written.entry(*kind).map_err(|message| format!("[{name}] {message}"))?;
            for (parent, _) in &entry.conditions {
                if !ORDER.iter().take_while(|other| *other != name).any(|other| other == parent) {
                    return Err(format!(
                        "[{name}] depends on `{parent}`, which is not asked for before it; the order is {}",
                        ORDER.join(", ")
                    ));
                }
            }
            space.0.insert(name, entry);
        }
        Ok(space)
    }

    /// The value of a hyperparameter, under another name where there are several of its kind; none where it does not matter.
    pub(crate) fn ask(&self, hp: &mut HyperParameters, kind: &str, name: &str) -> Option<Value> {
        let Entry { domain, conditions } = self.0.get(kind)?;
        asked(hp, name, domain, conditions)
    }
}

/// The order in which the network asks; what depends on another comes after it.
const ORDER: [&str; 7] =
    ["layers", "activation", "dropout", "units", "optimizer", "learning_rate", "batch_size"];

fn asked(
    hp: &mut HyperParameters,
    name: &str,
    domain: &Domain,
    conditions: &[(String, Vec<Value>)],
) -> Option<Value> {
    match conditions {
        [] => Some(hp.value(name, domain.clone())),
        [(parent, values), rest @ ..] => {
            hp.conditional_scope(parent, values.iter().cloned(), |hp| asked(hp, name, domain, rest)).flatten()
        }
    }
}

impl Written {
    fn entry(self, kind: Kind) -> Result<Entry, String> {
        let domain = match (&self.value, &self.choices, &self.min, &self.max) {
            (Some(value), None, None, None) => Domain::Fixed(kind.of(value)?),
            (None, Some(choices), None, None) => {
                let values = choices.iter().map(|value| kind.of(value)).collect::<Result<Vec<_>, _>>()?;
                let choice = Choice::new(values);
                Domain::Choice(match &self.default {
                    Some(default) => choice.default(kind.of(default)?),
                    None => choice,
                })
            }
            (None, None, Some(min), Some(max)) => self.range(kind, min, max)?,
            _ => return Err("wants `min` and `max`, or `choices`, or `value`".into()),
        };
        domain.check()?;
        Ok(Entry { domain, conditions: self.when.into_iter().collect() })
    }

    fn range(&self, kind: Kind, min: &Value, max: &Value) -> Result<Domain, String> {
        let sampling = self.sampling.unwrap_or_default();
        match kind {
            Kind::Word => Err("has words, which have no range: give `choices`".into()),
            Kind::Whole => {
                let whole = |value: &Value| kind.of(value).map(|value| value.as_i64().unwrap_or_default());
                let mut range = Int::new(whole(min)?..=whole(max)?).sampling(sampling);
                if let Some(step) = &self.step {
                    range = range.step(whole(step)?);
                }
                if let Some(default) = &self.default {
                    range = range.default(whole(default)?);
                }
                Ok(Domain::Int(range))
            }
            Kind::Number => {
                let number = |value: &Value| kind.of(value).map(|value| value.as_f64().unwrap_or_default());
                let mut range = Float::new(number(min)?..=number(max)?).sampling(sampling);
                if let Some(step) = &self.step {
                    range = range.step(number(step)?);
                }
                if let Some(default) = &self.default {
                    range = range.default(number(default)?);
                }
                Ok(Domain::Float(range))
            }
        }
    }
}

impl Kind {
    /// A value of this kind.
    fn of(self, value: &Value) -> Result<Value, String> {
        let found = match self {
            Kind::Whole => value.as_i64().filter(|whole| *whole >= 0).map(Value::Int),
            Kind::Number => value.as_f64().map(Value::Float),
            Kind::Word => value.as_str().map(Value::from),
        };
        let wanted = match self {
            Kind::Whole => "whole numbers of at least 0",
            Kind::Number => "numbers",
            Kind::Word => "words",
        };
        found.ok_or_else(|| format!("wants {wanted}, got {value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changes_what_it_names() {
        let space = Space::parse(
            "[units]\nmin = 8\nmax = 64\nstep = 8\n[optimizer]\nchoices = ['sgd', 'adam']\ndefault = 'adam'\n\
             [dropout]\nmin = 0\nmax = 0.5\nwhen = { activation = ['relu'] }\n[layers]\nvalue = 2\n",
        )
        .unwrap();
        let mut hp = HyperParameters::new();
        let mut ask = |name| space.ask(&mut hp, name, name);
        assert_eq!(ask("layers"), Some(2.into()));
        assert_eq!(ask("activation"), Some("relu".into()));
        assert_eq!(ask("dropout"), Some(0.0.into()));
        assert_eq!((ask("units"), ask("optimizer")), (Some(8.into()), Some("adam".into())));
        assert_eq!(ask("batch_size"), Some(16.into()));
        hp.set("activation", "tanh");
        assert_eq!(space.ask(&mut hp, "dropout", "dropout"), None);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let message = |text| Space::parse(text).err().unwrap();
        assert_eq!(message("[unit]\nvalue = 1"), "unknown hyperparameter `unit`; did you mean `units`?");
        assert_eq!(message("[units]\nmin = 1"), "[units] wants `min` and `max`, or `choices`, or `value`");
        assert_eq!(message("[units]\nmin = 4\nmax = 2"), "[units] has no range: from 4 to 2");
        assert_eq!(message("[units]\nchoices = ['a']"), "[units] wants whole numbers of at least 0, got a");
        assert_eq!(
            message("[optimizer]\nmin = 1\nmax = 2"),
            "[optimizer] has words, which have no range: give `choices`"
        );
        assert_eq!(message("[activation]\nchoices = []"), "[activation] has no value to choose from");
        assert!(
            message("[layers]\nvalue = 2\nwhen = { units = [3] }").starts_with("[layers] depends on `units`")
        );
        assert!(message("[units]\nmaximum = 2").contains("unknown field `maximum`"));
    }
}
