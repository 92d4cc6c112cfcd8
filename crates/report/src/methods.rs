//! The methods section: what each measure of the results is, from the registry.

use std::fmt::Write;

use consilience_measures::{DynMeasure, Info, Invariance, Orientation, SideName, Symmetry};
use serde::Serialize;

use crate::Result;
use crate::number::fixed;
use crate::prose::rich;

/// A measure that was used. Text fields are HTML.
#[derive(Debug, Serialize)]
pub(crate) struct Method {
    /// Anchor.
    pub(crate) anchor: String,
    id: &'static str,
    title: &'static str,
    summary: String,
    definition: String,
    family: &'static str,
    reads: &'static str,
    range: String,
    complexity: &'static str,
    revision: u32,
    /// Specs that were run.
    pub(crate) specs: Vec<String>,
    invariances: Vec<String>,
    parameters: Vec<Parameter>,
    caveats: Vec<String>,
    references: Vec<Source>,
}

#[derive(Debug, Serialize)]
struct Parameter {
    name: &'static str,
    used: String,
    default: &'static str,
    range: &'static str,
    purpose: String,
}

/// A source with the measures that rest on it.
#[derive(Debug, Serialize)]
pub(crate) struct Source {
    citation: String,
    link: Option<&'static str>,
    shown_link: &'static str,
    measures: Vec<&'static str>,
}

/// The measures of some specs, in the order in which they come first.
///
/// # Errors
/// When a spec is not in the registry.
pub(crate) fn methods(specs: &[String]) -> Result<Vec<Method>> {
    let mut used: Vec<(&'static Info, Vec<Box<dyn DynMeasure>>)> = Vec::new();
    for spec in specs {
        let measure = consilience_measures::parse(spec)?;
        match used.iter_mut().find(|(info, _)| info.id == measure.info().id) {
            Some((_, known)) if known.iter().any(|m| m.spec() == measure.spec()) => {}
            Some((_, known)) => known.push(measure),
            None => used.push((measure.info(), vec![measure])),
        }
    }
    Ok(used.iter().map(|(info, measures)| method(info, measures)).collect())
}

/// The sources of all methods, each once, with the measures that rest on it.
pub(crate) fn sources(specs: &[String]) -> Result<Vec<Source>> {
    let mut all: Vec<Source> = Vec::new();
    for spec in specs {
        let info = consilience_measures::parse(spec)?.info();
        for reference in info.references {
            if let Some(known) = all.iter_mut().find(|s| s.shown_link == reference.link) {
                if !known.measures.contains(&info.title) {
                    known.measures.push(info.title);
                }
                continue;
            }
            // What a measure takes from the paper stands in brackets; it belongs to the measure.
            let citation = reference.citation.split(" (").next().unwrap_or(reference.citation);
            all.push(source(citation, reference.link, vec![info.title]));
        }
    }
    Ok(all)
}

fn source(citation: &str, link: &'static str, measures: Vec<&'static str>) -> Source {
    let is_web = link.starts_with("https://") || link.starts_with("http://");
    Source {
        citation: citation.trim_end_matches('.').to_owned(),
        link: is_web.then_some(link),
        shown_link: link,
        measures,
    }
}

fn method(info: &'static Info, measures: &[Box<dyn DynMeasure>]) -> Method {
    let specs: Vec<String> = measures.iter().map(|m| m.spec()).collect();
    Method {
        anchor: anchor(info.id),
        id: info.id,
        title: info.title,
        summary: rich(info.summary),
        definition: rich(info.definition),
        family: info.family.question(),
        reads: measures.first().map_or("", |m| m.reads().sentence()),
        range: range(info, measures),
        complexity: info.complexity,
        revision: info.revision,
        invariances: invariances(measures),
        parameters: parameters(info, &specs),
        caveats: info.caveats.iter().map(|c| rich(c)).collect(),
        references: info
            .references
            .iter()
            .map(|r| source(r.citation, r.link, Vec::new()))
            .collect(),
        specs,
    }
}

/// Anchor of the measure with an id.
fn anchor(id: &str) -> String {
    format!("measure-{id}")
}

/// What any of the measures, which differ in their parameters, can reach.
fn range(info: &Info, measures: &[Box<dyn DynMeasure>]) -> String {
    let (low, high) = measures
        .iter()
        .map(|m| m.range())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), (low, high)| (a.min(low), b.max(high)));
    let end = |v: f64| match v {
        f64::INFINITY => "∞".to_owned(),
        f64::NEG_INFINITY => "−∞".to_owned(),
        v => fixed(v, usize::from(v.fract() != 0.0) * 2),
    };
    let (what, better) = match info.orientation {
        Orientation::Score => ("a score", "more is more alike"),
        Orientation::Distance => ("a distance", "less is more alike"),
    };
    format!("{what} from {} to {}; {better}", end(low), end(high))
}

/// What leaves the score as it is; once if it is the same for all specs.
fn invariances(measures: &[Box<dyn DynMeasure>]) -> Vec<String> {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for measure in measures {
        let line = invariance(measure.as_ref());
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, specs)) => specs.push(measure.spec()),
            None => lines.push((line, vec![measure.spec()])),
        }
    }
    if let [(line, _)] = lines.as_slice() {
        return vec![line.clone()];
    }
    lines.into_iter().map(|(line, specs)| format!("{}: {line}", specs.join(", "))).collect()
}

fn invariance(measure: &dyn DynMeasure) -> String {
    let names = |side| {
        let held = measure.invariances(side);
        let names = Invariance::ALL.iter().filter(|i| held.contains(i)).map(|i| i.name());
        names.collect::<Vec<_>>().join(", ")
    };
    let mut line = match measure.symmetry() {
        _ if measure.is_metric() => "a metric: symmetric, with the triangle inequality",
        Symmetry::Symmetric => "symmetric in x and y",
        Symmetry::Directed => "not symmetric in x and y",
    }
    .to_owned();
    let (x, y) = (names(SideName::X), names(SideName::Y));
    let _ = if x == y {
        write!(line, "; unchanged, on either side, under {x}")
    } else {
        write!(line, "; unchanged, for x, under {x}; for y, under {y}")
    };
    line
}

/// The parameters with the values that were used: those of the specs, which name all that differ from the default.
fn parameters(info: &Info, specs: &[String]) -> Vec<Parameter> {
    let used = |spec: &str, name: &str| {
        let rest = spec.split_once(':').map_or("", |(_, rest)| rest).to_owned();
        let found = rest.split(',').filter_map(|part| part.split_once('='));
        found.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
    };
    let parameter = |p: &consilience_measures::Parameter| {
        let mut values: Vec<String> = Vec::new();
        for spec in specs {
            let value = used(spec, p.name).unwrap_or_else(|| p.default.to_owned());
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Parameter {
            name: p.name,
            used: values.join(", "),
            default: p.default,
            range: p.range,
            purpose: rich(p.purpose),
        }
    };
    info.parameters.iter().map(parameter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_used_is_told_and_with_its_parameters() {
        let specs = ["ridge", "ridge:alpha=0.1", "linear-cka", "ridge"].map(str::to_owned);
        let methods = methods(&specs).expect("known measures");
        let ids: Vec<&str> = methods.iter().map(|m| m.id).collect();
        assert_eq!(ids, ["ridge", "linear-cka"]);
        assert_eq!(methods[0].specs, ["ridge", "ridge:alpha=0.1"]);
        let alpha = methods[0].parameters.iter().find(|p| p.name == "alpha").expect("alpha");
        assert_eq!(alpha.used, "null, 0.1");
        assert_eq!(methods[1].range, "a score from 0 to 1; more is more alike");
    }

    #[test]
    fn a_source_is_listed_once_with_all_that_rests_on_it() {
        let specs = ["ridge", "procrustes", "soft-matching"].map(str::to_owned);
        let sources = sources(&specs).expect("known measures");
        let shared = sources.iter().filter(|s| s.shown_link.ends_with("2502.18710"));
        let shared: Vec<&Source> = shared.collect();
        assert_eq!(shared.len(), 1);
        assert_eq!(shared[0].measures.len(), 3);
    }
}
