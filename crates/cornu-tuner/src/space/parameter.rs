//! `Parameter`: one thing that varies, with when it does.

use serde::{Deserialize, Serialize};

use super::{Choice, Domain, Float, Int, Value, Values};

/// A hyperparameter of a space. Its name and its conditions tell it from others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Parameter {
    /// Its name, with the names of the scopes it is in: `dense/units`.
    pub name: String,
    /// What must hold for it to matter.
    pub conditions: Vec<Parent>,
    /// What it may be.
    pub domain: Domain,
}

/// A condition: that another hyperparameter has one of some values.
#[derive(Debug, Clone, PartialEq)]
pub struct Parent {
    /// The other's name.
    pub name: String,
    /// The values.
    pub values: Vec<Value>,
}

impl Parent {
    /// Whether it holds.
    pub(crate) fn is_active(&self, values: &Values) -> bool {
        values.get(&self.name).is_some_and(|value| self.values.contains(value))
    }
}

impl Parameter {
    /// Whether all its conditions hold.
    pub fn is_active(&self, values: &Values) -> bool {
        self.conditions.iter().all(|condition| condition.is_active(values))
    }

    /// Whether it is the same as another of this name and these conditions.
    pub(crate) fn is(&self, name: &str, conditions: &[Parent]) -> bool {
        self.name == name && self.conditions == conditions
    }
}

/// As KerasTuner writes a hyperparameter: its class with its arguments.
#[derive(Serialize, Deserialize)]
#[serde(tag = "class_name", content = "config")]
enum Written {
    Int(Named<Int>),
    Float(Named<Float>),
    Choice(Named<Choice<Value>>),
    Boolean(Named<Boolean>),
    Fixed(Named<Fixed>),
}

#[derive(Serialize, Deserialize)]
struct Named<T> {
    name: String,
    conditions: Vec<Condition>,
    #[serde(flatten)]
    domain: T,
}

/// The one class of conditions there is.
#[derive(Serialize, Deserialize)]
#[serde(tag = "class_name", content = "config")]
enum Condition {
    Parent { name: String, values: Vec<Value> },
}

#[derive(Serialize, Deserialize)]
struct Boolean {
    default: bool,
}

#[derive(Serialize, Deserialize)]
struct Fixed {
    value: Value,
}

impl From<Parameter> for Written {
    fn from(parameter: Parameter) -> Self {
        let Parameter { name, conditions, domain } = parameter;
        let conditions = conditions
            .into_iter()
            .map(|Parent { name, values }| Condition::Parent { name, values })
            .collect();
        match domain {
            Domain::Int(domain) => Written::Int(Named { name, conditions, domain }),
            Domain::Float(domain) => Written::Float(Named { name, conditions, domain }),
            Domain::Choice(domain) => Written::Choice(Named { name, conditions, domain }),
            Domain::Boolean(default) => {
                Written::Boolean(Named { name, conditions, domain: Boolean { default } })
            }
            Domain::Fixed(value) => Written::Fixed(Named { name, conditions, domain: Fixed { value } }),
        }
    }
}

impl From<Written> for Parameter {
    fn from(written: Written) -> Self {
        let (name, conditions, domain) = match written {
            Written::Int(of) => (of.name, of.conditions, Domain::Int(of.domain)),
            Written::Float(of) => (of.name, of.conditions, Domain::Float(of.domain)),
            Written::Choice(of) => (of.name, of.conditions, Domain::Choice(of.domain)),
            Written::Boolean(of) => (of.name, of.conditions, Domain::Boolean(of.domain.default)),
            Written::Fixed(of) => (of.name, of.conditions, Domain::Fixed(of.domain.value)),
        };
        let conditions = conditions
            .into_iter()
            .map(|Condition::Parent { name, values }| Parent { name, values })
            .collect();
        Parameter { name, conditions, domain }
    }
}
