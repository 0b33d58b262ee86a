//! `HyperParameters`: what varies with its values of the moment.

use cornu::rng::{Stream, stream_of};
use cornu::{Error, Result};
use serde::{Deserialize, Serialize};

use super::{Choice, Domain, Float, Int, Parameter, Parent, Value, Values};

/// What varies, with the values of one trial. A function that describes a model asks it for values and so says what
/// there is to vary: KerasTuner's `HyperParameters`.
///
/// ```
/// use cornu_tuner::{Float, HyperParameters, Int};
/// let mut hp = HyperParameters::new();
/// let kind = hp.choice("kind", ["mlp", "cnn"]);
/// let units = hp.conditional_scope("kind", ["mlp"], |hp| hp.int("units", Int::new(32..=512).step(32)));
/// let filters = hp.conditional_scope("kind", ["cnn"], |hp| hp.int("filters", 8..=64));
/// let rate = hp.float("learning_rate", Float::reciprocal(1e-4, 1e-2));
/// assert_eq!((kind, units, filters, rate), ("mlp", Some(32), None, 1e-4));
/// assert_eq!(hp.space().len(), 4);
/// ```
///
/// Outside of a search everything has its default.
///
/// Source: <https://keras.io/keras_tuner/api/hyperparameters/>.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct HyperParameters {
    space: Vec<Parameter>,
    values: Values,
    #[serde(skip)]
    scopes: Scopes,
    #[serde(skip)]
    new_entries: NewEntries,
    /// The first thing said that cannot be.
    #[serde(skip)]
    problem: Option<String>,
}

/// The scopes a function is in, and those it was in.
#[derive(Debug, Clone, Default)]
struct Scopes {
    names: Vec<String>,
    conditions: Vec<Parent>,
    active: Vec<Vec<Parent>>,
    inactive: Vec<Vec<Parent>>,
}

/// The value of what is asked for the first time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum NewEntries {
    /// Its default.
    #[default]
    Default,
    /// What chance gives it in a trial.
    Drawn { seed: u64, trial: u64 },
}

impl NewEntries {
    /// The value of a parameter, the same whenever it is asked for.
    pub(crate) fn value(self, parameter: &Parameter, attempt: usize) -> Value {
        match self {
            NewEntries::Default => parameter.domain.default_value(),
            NewEntries::Drawn { seed, trial } => {
                let mut stream =
                    Stream::new(seed, stream_of(&format!("hyperparameter/{}", parameter.name)), trial);
                (0..attempt).for_each(|_| _ = stream.next_u64());
                parameter.domain.at(stream.next_f64())
            }
        }
    }
}

impl HyperParameters {
    /// Nothing that varies yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same space with other values.
    pub(crate) fn with_values(&self, values: Values, new_entries: NewEntries) -> Self {
        HyperParameters { space: self.space.clone(), values, new_entries, ..Self::default() }
    }

    /// What varies, in the order in which it was asked for.
    pub fn space(&self) -> &[Parameter] {
        &self.space
    }

    /// The values of what matters at the moment.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Gives a hyperparameter a value, which it keeps when it is asked for: for describing a model outside of a search.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.values.insert(name.into(), value.into());
    }

    /// The value of this name, within the scope at hand; none for what is unknown or does not matter at the moment.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(&self.full_name(name))
    }

    /// A whole number. In a scope whose condition does not hold it is the default.
    pub fn int(&mut self, name: &str, of: impl Into<Int>) -> i64 {
        let domain = Domain::Int(of.into());
        let default = domain.default_value();
        let value = self.retrieve(name, domain).unwrap_or_else(|| default.clone());
        self.expect(name, value.as_i64(), &value).or(default.as_i64()).unwrap_or_default()
    }

    /// A number. In a scope whose condition does not hold it is the default.
    pub fn float(&mut self, name: &str, of: impl Into<Float>) -> f64 {
        let domain = Domain::Float(of.into());
        let default = domain.default_value();
        let value = self.retrieve(name, domain).unwrap_or_else(|| default.clone());
        self.expect(name, value.as_f64(), &value).or(default.as_f64()).unwrap_or_default()
    }

    /// One of several values. In a scope whose condition does not hold it is the default.
    ///
    /// # Panics
    /// If there is none to choose from.
    #[track_caller]
    pub fn choice<T: Clone + Into<Value>>(&mut self, name: &str, of: impl Into<Choice<T>>) -> T {
        let of = of.into();
        let known = Domain::Choice(of.to_values());
        let default = known.default_value();
        let values = known.values();
        let value = self.retrieve(name, known).unwrap_or_else(|| default.clone());
        let place = |value: &Value| values.iter().position(|known| known == value);
        let found = self.expect(name, place(&value), &value).or(place(&default)).unwrap_or_default();
        // A type without values cannot be given one: as a list's index.
        of.at(found).unwrap_or_else(|| panic!("hyperparameter `{name}` has no value to choose from"))
    }

    /// Yes or no. In a scope whose condition does not hold it is the default.
    pub fn boolean(&mut self, name: &str, default: bool) -> bool {
        let value = self.retrieve(name, Domain::Boolean(default)).unwrap_or(Value::Boolean(default));
        self.expect(name, value.as_bool(), &value).unwrap_or(default)
    }

    /// A value of a domain that is only known when the program runs. In a scope whose condition does not hold it is the
    /// default.
    pub fn value(&mut self, name: &str, domain: Domain) -> Value {
        let default = domain.default_value();
        self.retrieve(name, domain).unwrap_or(default)
    }

    /// A value that does not vary, recorded among those that do.
    pub fn fixed<T: Clone + Into<Value>>(&mut self, name: &str, value: T) -> T {
        self.retrieve(name, Domain::Fixed(value.clone().into()));
        value
    }

    /// What is asked for in `describe` has names that begin with this one: `dense/units`.
    pub fn name_scope<R>(&mut self, name: &str, describe: impl FnOnce(&mut Self) -> R) -> R {
        self.scopes.names.push(name.into());
        let described = describe(self);
        self.scopes.names.pop();
        described
    }

    /// What is asked for in `describe` matters only while another hyperparameter has one of these values; what it gives
    /// back comes out only then. It is done in any case, for what it asks for to be known.
    pub fn conditional_scope<V: Into<Value>, R>(
        &mut self,
        parent: &str,
        values: impl IntoIterator<Item = V>,
        describe: impl FnOnce(&mut Self) -> R,
    ) -> Option<R> {
        let name = self.full_name(parent);
        if !self.space.iter().any(|parameter| parameter.name == name) {
            self.complain(format!("`{name}`, which others depend on, has not been asked for before them"));
        }
        self.scopes.conditions.push(Parent { name, values: values.into_iter().map(Into::into).collect() });
        let active = self.scopes.conditions.iter().all(|condition| condition.is_active(&self.values));
        let conditions = self.scopes.conditions.clone();
        let seen = if active { &mut self.scopes.active } else { &mut self.scopes.inactive };
        if !seen.contains(&conditions) {
            seen.push(conditions);
        }
        let described = describe(self);
        self.scopes.conditions.pop();
        active.then_some(described)
    }

    fn full_name(&self, name: &str) -> String {
        self.scopes.names.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join("/")
    }

    /// The value of a parameter that matters, known from now on.
    fn retrieve(&mut self, name: &str, domain: Domain) -> Option<Value> {
        let name = self.full_name(name);
        let conditions = &self.scopes.conditions;
        let known = self.space.iter().position(|parameter| parameter.is(&name, conditions));
        let at = known.unwrap_or_else(|| {
            if let Err(problem) = domain.check() {
                self.problem.get_or_insert(format!("hyperparameter `{name}` {problem}"));
            }
            if conditions.iter().any(|condition| condition.name == name) {
                self.problem.get_or_insert(format!("hyperparameter `{name}` depends on itself"));
            }
            self.space.push(Parameter { name, conditions: conditions.clone(), domain });
            self.space.len() - 1
        });
        let parameter = &self.space[at];
        if !parameter.is_active(&self.values) {
            return None;
        }
        let fresh = || self.new_entries.value(parameter, 0);
        Some(self.values.entry(parameter.name.clone()).or_insert_with(fresh).clone())
    }

    /// Remembers that a value is of another kind than what is asked for.
    fn expect<T>(&mut self, name: &str, found: Option<T>, value: &Value) -> Option<T> {
        if found.is_none() {
            let name = self.full_name(name);
            self.complain(format!(
                "hyperparameter `{name}` has the value {value}, which is none of those asked for: is its name used twice?"
            ));
        }
        found
    }

    fn complain(&mut self, problem: String) {
        self.problem.get_or_insert(problem);
    }

    /// Reports the first thing said about the space that cannot be.
    ///
    /// # Errors
    /// If there is one: an empty range, a condition on something unknown, one name for two things.
    pub fn check(&self) -> Result<()> {
        match &self.problem {
            Some(problem) => Err(Error::argument("hyperparameters", problem.clone())),
            None => Ok(()),
        }
    }

    /// Takes over what another space has and this one has not.
    pub(crate) fn merge(&mut self, other: &[Parameter]) {
        for parameter in other {
            if !self.space.iter().any(|known| known.is(&parameter.name, &parameter.conditions)) {
                self.space.push(parameter.clone());
            }
        }
    }

    /// Values for all that matters, each chosen when those it depends on are; values that are given stay where they
    /// matter.
    pub(crate) fn fill(&self, mut given: Values, mut choose: impl FnMut(&Parameter) -> Value) -> Values {
        let is_known = |name: &String| self.space.iter().any(|parameter| parameter.name == *name);
        let mut values: Values = given.iter().filter(|(name, _)| !is_known(name)).map(own).collect();
        for parameter in &self.space {
            if parameter.is_active(&values) && !values.contains_key(&parameter.name) {
                let value = given.remove(&parameter.name).unwrap_or_else(|| choose(parameter));
                values.insert(parameter.name.clone(), value);
            }
        }
        values
    }

    /// Scopes whose conditions have held, and those whose have not.
    pub(crate) fn scopes(&self) -> (&[Vec<Parent>], &[Vec<Parent>]) {
        (&self.scopes.active, &self.scopes.inactive)
    }
}

fn own((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}
