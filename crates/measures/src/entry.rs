//! A line of the registry.

use serde_json::{Map, Value};

use crate::{DynMeasure, Error, Info, Measure, Result};

/// Makes a measure from its parameters.
type Build = fn(Map<String, Value>) -> Result<Box<dyn DynMeasure>>;

/// A measure in the registry: what is known about it, and how to make one from parameters.
#[derive(Debug)]
pub struct Entry {
    /// What is known about it.
    pub info: &'static Info,
    build: Build,
    defaults: fn() -> Map<String, Value>,
}

impl Entry {
    /// The entry of a measure. Everything in it is derived from the type.
    #[must_use]
    pub const fn of<M: Measure>() -> Self {
        Self { info: M::INFO, build: build::<M>, defaults: defaults::<M> }
    }

    /// The measure with the given parameters, the others at their defaults.
    ///
    /// # Errors
    /// [`Error::Parameter`] for an unknown name or a value out of range.
    pub fn build(&self, parameters: Map<String, Value>) -> Result<Box<dyn DynMeasure>> {
        (self.build)(parameters)
    }

    /// Serialized default parameters.
    #[must_use]
    pub fn defaults(&self) -> Map<String, Value> {
        (self.defaults)()
    }
}

fn build<M: Measure>(parameters: Map<String, Value>) -> Result<Box<dyn DynMeasure>> {
    let problem = |problem: String| {
        let list =
            M::INFO.parameters.iter().map(|p| format!("{} = {} ({})", p.name, p.default, p.range));
        let parameters = list.collect::<Vec<_>>().join(", ");
        let parameters = if parameters.is_empty() { "none".to_owned() } else { parameters };
        Error::Parameter { id: M::INFO.id, problem, parameters }
    };
    let mut all = defaults::<M>();
    for (name, value) in parameters {
        if all.insert(name.clone(), value).is_none() {
            return Err(problem(format!("no parameter `{name}`")));
        }
    }
    let measure: M =
        serde_json::from_value(Value::Object(all)).map_err(|e| problem(e.to_string()))?;
    measure.validate().map_err(problem)?;
    Ok(Box::new(measure))
}

pub(crate) fn defaults<M: Measure>() -> Map<String, Value> {
    parameters(&M::default())
}

/// Parameters of a measure as a map.
pub(crate) fn parameters<M: Measure>(measure: &M) -> Map<String, Value> {
    match serde_json::to_value(measure) {
        Ok(Value::Object(map)) => map,
        other => panic!("a measure serializes to a map of parameters, not to {other:?}"),
    }
}
