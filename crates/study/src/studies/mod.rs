//! The studies: one file and one line each.

use serde_json::Value;

use crate::{Error, Result, Study, StudyEntry};

mod curves;
pub mod ensembles;
pub mod layers;
pub mod noise;
mod points;
pub mod relu_students;
pub mod sample_size;
pub mod seeds;
mod selection;
pub mod shift;
pub mod teacher;
pub mod training;
pub mod units;
mod words;

pub use selection::Selection;
pub(crate) use selection::networks;
pub(crate) use words::measure;

/// A kind of study in the registry.
#[derive(Debug)]
pub struct Kind {
    /// Name in specs.
    pub kind: &'static str,
    /// What it crosses, in one sentence.
    pub summary: &'static str,
    build: fn(Value) -> std::result::Result<Box<dyn Study>, serde_json::Error>,
}

/// Every kind of study.
pub static STUDIES: &[Kind] = &[
    Kind {
        kind: "layers",
        summary: "every layer against every layer, for all pairs of networks, at one checkpoint",
        build: boxed::<layers::Layers>,
    },
    Kind {
        kind: "training",
        summary: "the same layer across pairs of networks, at every checkpoint they share",
        build: boxed::<training::Training>,
    },
    Kind {
        kind: "sample-size",
        summary: "a layer of pairs of networks along the number of stimuli: bias, chance, and where the score settles",
        build: boxed::<sample_size::SampleSize>,
    },
    Kind {
        kind: "noise",
        summary: "a layer of pairs of networks over signal-to-noise ratios of added noise, raw and corrected for attenuation",
        build: boxed::<noise::Noise>,
    },
    Kind {
        kind: "seeds",
        summary: "pairs of networks by what the two have in common: which factor moves a score, and how much",
        build: boxed::<seeds::Seeds>,
    },
    Kind {
        kind: "shift",
        summary: "the same layer across pairs of networks, on shifted stimuli and other sets, beside the stimuli of the store",
        build: boxed::<shift::Shift>,
    },
    Kind {
        kind: "teacher",
        summary: "linear students of one teacher, along the number of samples, over signal-to-noise ratios",
        build: boxed::<teacher::Teacher>,
    },
    Kind {
        kind: "units",
        summary: "unit by unit, the same layer across all networks, at one checkpoint",
        build: boxed::<units::Units>,
    },
    Kind {
        kind: "relu-students",
        summary: "two-layer ReLU students of one teacher or of the classes of recorded stimuli, as `teacher`",
        build: boxed::<relu_students::ReluStudents>,
    },
];

fn boxed<S: Study + serde::de::DeserializeOwned + 'static>(
    parameters: Value,
) -> std::result::Result<Box<dyn Study>, serde_json::Error> {
    Ok(Box::new(serde_json::from_value::<S>(parameters)?))
}

/// The study of an entry.
///
/// # Errors
/// [`Error::Spec`] for an unknown kind or parameter.
pub fn build(entry: &StudyEntry) -> Result<Box<dyn Study>> {
    let problem =
        |problem: String| Error::Spec { place: format!("study `{}`", entry.kind), problem };
    let Some(kind) = STUDIES.iter().find(|k| k.kind == entry.kind) else {
        let known: Vec<&str> = STUDIES.iter().map(|k| k.kind).collect();
        return Err(problem(format!("no such kind; there are {}", known.join(", "))));
    };
    (kind.build)(Value::Object(entry.parameters.clone())).map_err(|e| problem(e.to_string()))
}
