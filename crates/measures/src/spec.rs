//! The grammar of measures: `id` or `id:key=value,key=value`.

use serde_json::{Map, Value};

use crate::{DynMeasure, Entry, Error, MEASURES, Measure, Result, entry};

/// The registry's entry of an id.
///
/// # Errors
/// [`Error::UnknownMeasure`] with the nearest ids.
pub fn find(id: &str) -> Result<&'static Entry> {
    MEASURES.iter().find(|e| e.info.id == id).ok_or_else(|| {
        let near = |e: &&Entry| {
            e.info.id.contains(id) || id.contains(e.info.id) || edits(e.info.id, id) <= 2
        };
        let mut ids: Vec<&str> = MEASURES.iter().filter(near).map(|e| e.info.id).collect();
        let word = if ids.is_empty() { "known are" } else { "did you mean" };
        if ids.is_empty() {
            ids = MEASURES.iter().map(|e| e.info.id).collect();
        }
        Error::UnknownMeasure { id: id.to_owned(), advice: format!("{word} {}", ids.join(", ")) }
    })
}

/// The measure that a spec describes.
///
/// # Errors
/// [`Error::Grammar`], [`Error::UnknownMeasure`] or [`Error::Parameter`].
///
/// ```
/// let ridge = consilience_measures::parse("ridge:direction=x-to-y")?;
/// assert_eq!(ridge.spec(), "ridge:direction=x-to-y");
/// # Ok::<(), consilience_measures::Error>(())
/// ```
pub fn parse(spec: &str) -> Result<Box<dyn DynMeasure>> {
    let (id, rest) = spec.split_once(':').map_or((spec, None), |(id, rest)| (id, Some(rest)));
    let entry = find(id.trim())?;
    let mut parameters = Map::new();
    for part in rest.map(|r| r.split(',')).into_iter().flatten() {
        let grammar = |problem: String| Error::Grammar { spec: spec.to_owned(), problem };
        let (key, value) =
            part.split_once('=').ok_or_else(|| grammar(format!("`{part}` has no `=`")))?;
        let key = key.trim().to_owned();
        if parameters.insert(key.clone(), read(value.trim())).is_some() {
            return Err(grammar(format!("`{key}` is given twice")));
        }
    }
    entry.build(parameters)
}

/// Numbers, `true`, `false` and `null` as JSON has them, everything else is text.
fn read(value: &str) -> Value {
    match serde_json::from_str(value) {
        Ok(v @ (Value::Number(_) | Value::Bool(_) | Value::Null)) => v,
        _ => Value::String(value.to_owned()),
    }
}

/// The id and all parameters that are not the default, sorted by name.
pub(crate) fn canonical<M: Measure>(measure: &M) -> String {
    let defaults = entry::defaults::<M>();
    let mut changed: Vec<String> = entry::parameters(measure)
        .into_iter()
        .filter(|(name, value)| defaults.get(name) != Some(value))
        .map(|(name, value)| match value {
            Value::String(text) => format!("{name}={text}"),
            other => format!("{name}={other}"),
        })
        .collect();
    changed.sort();
    let colon = if changed.is_empty() { "" } else { ":" };
    format!("{}{colon}{}", M::INFO.id, changed.join(","))
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, &y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(spec: &str) -> String {
        parse(spec).expect_err(spec).to_string()
    }

    #[test]
    fn specs_are_canonical() {
        for (spec, canonical) in [
            ("ridge", "ridge"),
            ("ridge:direction=both", "ridge"),
            ("ridge: direction = y-to-x , alpha=0.1", "ridge:alpha=0.1,direction=y-to-x"),
            ("linear-cka", "linear-cka"),
        ] {
            assert_eq!(parse(spec).expect(spec).spec(), canonical);
            assert_eq!(parse(canonical).expect(canonical).spec(), canonical);
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert!(message("rigde").contains("did you mean ridge"));
        assert!(message("cka").contains("did you mean linear-cka, debiased-linear-cka"));
        assert!(message("zzz").contains("known are linear, ridge"));
        assert!(message("ridge:lambda=1").contains("no parameter `lambda`"));
        assert!(message("ridge:direction=up").contains("unknown variant `up`"));
        assert!(message("ridge:direction").contains("`direction` has no `=`"));
        assert!(message("ridge:alpha=1,alpha=2").contains("`alpha` is given twice"));
        assert!(message("ridge:alpha=-1").contains("alpha is -1"));
    }
}
