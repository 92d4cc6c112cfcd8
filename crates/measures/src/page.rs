//! The documentation page of a measure, from what is known about it.

use std::fmt::Write;

use crate::{DynMeasure, Entry, Invariance, Orientation, Result, SideName, Symmetry};

/// The page of a measure in Markdown, with the fixed headings.
///
/// # Errors
/// When an example of the measure does not parse: the laws see to it that none does.
pub fn page(entry: &Entry) -> Result<String> {
    let info = entry.info;
    let default = entry.build(serde_json::Map::new())?;
    let mut out = format!("# {}\n\n`{}`. {}\n", info.title, info.id, info.summary);
    section(&mut out, "Definition", info.definition);
    section(&mut out, "Reads", default.reads().statistic());
    let towards = match info.orientation {
        Orientation::Score => "more is more alike",
        Orientation::Distance => "less is more alike",
    };
    let mut range = format!("A {}, from {}: {towards}.", noun(info.orientation), ends(info.range));
    for example in info.examples {
        let other = crate::parse(example.spec)?.range();
        if other != info.range {
            let _ = write!(range, " `{}` is from {}.", example.spec, ends(other));
        }
    }
    section(&mut out, "Range and orientation", &range);
    section(&mut out, "Invariances", &invariances(entry)?);
    section(&mut out, "Parameters", &parameters(entry));
    section(&mut out, "Complexity", &format!("{}, beyond gathering the moments.", info.complexity));
    let caveats: Vec<String> = info.caveats.iter().map(|c| format!("- {c}")).collect();
    section(&mut out, "Caveats", &caveats.join("\n"));
    let references: Vec<String> =
        info.references.iter().map(|r| format!("- {}. <{}>", r.citation, r.link)).collect();
    section(&mut out, "References", &references.join("\n"));
    let examples: Vec<String> =
        info.examples.iter().map(|e| format!("- `{}`: {}", e.spec, e.what)).collect();
    section(&mut out, "Example", &examples.join("\n"));
    Ok(out)
}

fn section(out: &mut String, heading: &str, body: &str) {
    let _ = write!(out, "\n## {heading}\n\n{body}\n");
}

fn ends((low, high): (f64, f64)) -> String {
    let end = |value: f64| match value {
        f64::NEG_INFINITY => "minus infinity".to_owned(),
        f64::INFINITY => "infinity".to_owned(),
        finite => finite.to_string(),
    };
    format!("{} to {}", end(low), end(high))
}

fn noun(orientation: Orientation) -> &'static str {
    match orientation {
        Orientation::Score => "score",
        Orientation::Distance => "distance",
    }
}

fn invariances(entry: &Entry) -> Result<String> {
    let mut lines = Vec::new();
    for example in entry.info.examples {
        let measure = crate::parse(example.spec)?;
        let of = |side| {
            let held = measure.invariances(side);
            let names = Invariance::ALL.iter().filter(|i| held.contains(i)).map(|i| i.name());
            let names = names.collect::<Vec<_>>().join(", ");
            if names.is_empty() { "none of these changes".to_owned() } else { names }
        };
        lines.push(format!("- `{}`: {}", example.spec, one(measure.as_ref(), &of)));
    }
    Ok(lines.join("\n"))
}

fn one(measure: &dyn DynMeasure, of: &dyn Fn(SideName) -> String) -> String {
    let symmetry = match measure.symmetry() {
        _ if measure.is_metric() => "a metric: symmetric, with the triangle inequality",
        Symmetry::Symmetric => "symmetric in x and y",
        Symmetry::Directed => "not symmetric",
    };
    let (x, y) = (of(SideName::X), of(SideName::Y));
    if x == y {
        format!("{symmetry}; unchanged, on either side, under {x}")
    } else {
        format!("{symmetry}; unchanged, for x, under {x}; for y, under {y}")
    }
}

fn parameters(entry: &Entry) -> String {
    if entry.info.parameters.is_empty() {
        return "None.".to_owned();
    }
    let mut table = "| name | default | range | purpose |\n|---|---|---|---|".to_owned();
    for p in entry.info.parameters {
        let _ = write!(table, "\n| `{}` | `{}` | {} | {} |", p.name, p.default, p.range, p.purpose);
    }
    table
}
