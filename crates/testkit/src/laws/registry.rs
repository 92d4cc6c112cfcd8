//! What is written about a measure is true of it, and nothing is missing.

use std::collections::BTreeSet;

use consilience_measures::{Invariance, MEASURES, SideName, Symmetry, parse};
use serde_json::Value;

use crate::{golden, pages, repository};

/// Documented parameters are the serialized default: the same names, the same values.
#[must_use]
pub fn parameters() -> Vec<String> {
    let mut failures = Vec::new();
    for entry in MEASURES {
        let id = entry.info.id;
        // The text of a value as a spec has it.
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let serialized: BTreeSet<(String, String)> =
            entry.defaults().iter().map(|(name, value)| (name.clone(), text(value))).collect();
        let documented: BTreeSet<(String, String)> = entry
            .info
            .parameters
            .iter()
            .map(|p| (p.name.to_owned(), p.default.to_owned()))
            .collect();
        if documented.len() != entry.info.parameters.len() {
            failures.push(format!("{id}: a parameter is documented twice"));
        }
        for (name, value) in documented.symmetric_difference(&serialized) {
            let found = if serialized.contains(&(name.clone(), value.clone())) {
                "the default is not documented so"
            } else {
                "is documented, but is not the default"
            };
            failures.push(format!("{id}: `{name} = {value}` {found}"));
        }
        for p in entry.info.parameters {
            match parse(&format!("{id}:{}={}", p.name, p.default)) {
                Ok(measure) if measure.spec() == id => {}
                Ok(measure) => {
                    failures.push(format!(
                        "{id}: the default of {} gives {}",
                        p.name,
                        measure.spec()
                    ));
                }
                Err(error) => failures.push(format!("{id}: the default of {}: {error}", p.name)),
            }
        }
    }
    failures
}

/// Every example parses, is canonical and belongs to its measure; every measure has one; ids are kebab-case and unique.
#[must_use]
pub fn examples() -> Vec<String> {
    let mut failures = Vec::new();
    let mut ids = BTreeSet::new();
    for entry in MEASURES {
        let info = entry.info;
        if !ids.insert(info.id) {
            failures.push(format!("{}: the id occurs twice", info.id));
        }
        if !info.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            failures.push(format!("{}: ids are lower-case letters, digits and hyphens", info.id));
        }
        if info.examples.is_empty() || info.references.is_empty() || info.range.0 >= info.range.1 {
            failures.push(format!("{}: an example, a reference or the range is missing", info.id));
        }
        for example in info.examples {
            match parse(example.spec) {
                Ok(m) if m.spec() == example.spec && m.info().id == info.id => {}
                Ok(m) => failures.push(format!("{}: canonical is {}", example.spec, m.spec())),
                Err(error) => failures.push(format!("{}: {error}", example.spec)),
            }
        }
    }
    failures
}

/// A file of `measures/` is an entry of the registry, and every entry has a file, a golden file and its page.
#[must_use]
pub fn files() -> Vec<String> {
    let names = |folder: &str, extension: &str| -> BTreeSet<String> {
        let entries =
            std::fs::read_dir(repository(folder)).expect("the folder is in the repository");
        entries
            .map(|entry| entry.expect("the folder can be read").path())
            .filter(|path| path.extension().is_some_and(|e| e == extension))
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().replace('_', "-")))
            .filter(|name| name != "mod")
            .collect()
    };
    let ids: BTreeSet<String> = MEASURES.iter().map(|e| e.info.id.to_owned()).collect();
    let mut failures = pages::stale();
    for (folder, extension) in
        [("crates/measures/src/measures", "rs"), ("crates/measures/docs", "md"), ("golden", "json")]
    {
        let found = names(folder, extension);
        for name in found.difference(&ids) {
            failures.push(format!("{folder}: `{name}` is not in the registry"));
        }
        for id in ids.difference(&found) {
            failures.push(format!("{folder}: nothing for `{id}`"));
        }
    }
    for id in &ids {
        match golden::read(id) {
            Ok(file) if file.cases.iter().any(|case| !case.spec.starts_with(id.as_str())) => {
                failures.push(format!("golden/{id}.json: has a case of another measure"));
            }
            Ok(_) => {}
            Err(problem) => failures.push(problem),
        }
    }
    failures
}

/// What a measure calls its number agrees with what it declares: the direction with the symmetry, the centring with the
/// invariance to shifts. Nothing is left unnamed.
#[must_use]
pub fn names() -> Vec<String> {
    let mut failures = Vec::new();
    for spec in super::specs() {
        let Ok(measure) = parse(spec) else {
            failures.push(format!("{spec}: does not parse"));
            continue;
        };
        let naming = measure.naming();
        for (what, text) in [
            ("estimator", &naming.estimator),
            ("centring", &naming.centring),
            ("direction", &naming.direction),
            ("aggregation", &naming.aggregation),
        ] {
            if text.trim().is_empty() {
                failures.push(format!("{spec}: its {what} has no name"));
            }
        }
        let one_way = ["x → y", "y → x"].contains(&&*naming.direction);
        if one_way != (measure.symmetry() == Symmetry::Directed) {
            failures.push(format!(
                "{spec}: is {:?}, and its direction is called `{}`",
                measure.symmetry(),
                naming.direction
            ));
        }
        let shift = |side| measure.invariances(side).contains(&Invariance::Shift);
        let is_shifted = shift(SideName::X) && shift(SideName::Y);
        if is_shifted == (naming.centring == "none") {
            failures.push(format!(
                "{spec}: {} to a shift of both sides, and its centring is called `{}`",
                if is_shifted { "is invariant" } else { "is not invariant" },
                naming.centring
            ));
        }
    }
    failures
}
