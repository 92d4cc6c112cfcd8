//! `measures`: the catalogue by family, or the page of one measure.

use consilience::measures::{
    DynMeasure, Entry, Family, Info, Invariance, MEASURES, Naming, Reads, Scale, SideName,
    Symmetry, find, page,
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::args::{Format, Measures};
use crate::output::{data, rows};

pub(crate) fn measures(args: &Measures) -> anyhow::Result<()> {
    if let Some(id) = &args.id {
        let entry = find(id)?;
        return match args.format {
            Format::Table => data(&page(entry)?),
            Format::Json | Format::Csv => write(args.format, &[facts(entry)?]),
        };
    }
    let is_wanted = |family: Family| args.families.is_empty() || args.families.contains(&family);
    let wanted = MEASURES.iter().filter(|e| is_wanted(e.info.family));
    let all = wanted.map(facts).collect::<anyhow::Result<Vec<_>>>()?;
    match args.format {
        Format::Table => catalogue(&all),
        Format::Json | Format::Csv => write(args.format, &all),
    }
}

/// Everything that is known about a measure, with its default parameters.
#[derive(Serialize)]
struct Facts {
    #[serde(flatten)]
    info: &'static Info,
    defaults: Map<String, Value>,
    reads: Reads,
    scale: Scale,
    symmetry: Symmetry,
    is_metric: bool,
    reads_basis: bool,
    invariances_x: Vec<Invariance>,
    invariances_y: Vec<Invariance>,
    naming: Naming,
}

fn facts(entry: &Entry) -> anyhow::Result<Facts> {
    let measure: Box<dyn DynMeasure> = entry.build(Map::new())?;
    let held = |side| {
        let held = measure.invariances(side);
        Invariance::ALL.into_iter().filter(|i| held.contains(i)).collect()
    };
    Ok(Facts {
        info: entry.info,
        defaults: entry.defaults(),
        reads: measure.reads(),
        scale: measure.scale(),
        symmetry: measure.symmetry(),
        is_metric: measure.is_metric(),
        reads_basis: measure.reads_basis(),
        invariances_x: held(SideName::X),
        invariances_y: held(SideName::Y),
        naming: measure.naming(),
    })
}

/// For people: a table a family, then what the letters mean.
fn catalogue(all: &[Facts]) -> anyhow::Result<()> {
    let head = ["id", "what it says", "reads", "cost", "inv.", "metric"];
    for family in Family::ALL {
        let own: Vec<&Facts> = all.iter().filter(|f| f.info.family == family).collect();
        if own.is_empty() {
            continue;
        }
        data(&format!("{} ({}): {}\n", family.title(), family.id(), family.question()))?;
        let line = |f: &&Facts| {
            vec![
                f.info.id.to_owned(),
                f.info.title.to_owned(),
                name(&f.reads).replace('-', " "),
                f.info.complexity.to_owned(),
                codes(f),
                if f.is_metric { "yes" } else { "" }.to_owned(),
            ]
        };
        rows(Format::Table, &head, &own.iter().map(line).collect::<Vec<_>>(), &own)?;
        data("\n")?;
    }
    let legend = Invariance::ALL.map(|i| format!("{} {}", i.code(), i.name()));
    data(&format!(
        "inv.: what may be done to one side without a change (to x / to y where they differ): {}.\n\
         cost: in n stimuli, p and q units, beyond gathering what is read.\n\
         `consilience measures ID` shows the definition, the parameters and the references.\n",
        legend.join(", ")
    ))
}

/// One letter an invariance.
fn codes(f: &Facts) -> String {
    let letters = |held: &[Invariance]| held.iter().map(|i| i.code()).collect::<String>();
    let (x, y) = (letters(&f.invariances_x), letters(&f.invariances_y));
    let dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    if x == y { dash(x) } else { format!("{} / {}", dash(x), dash(y)) }
}

fn write(format: Format, all: &[Facts]) -> anyhow::Result<()> {
    let head = [
        "id",
        "family",
        "title",
        "what a score says",
        "orientation",
        "lowest",
        "highest",
        "reads",
        "scale",
        "symmetry",
        "metric",
        "invariances of x",
        "invariances of y",
        "parameters",
        "estimator",
        "centring",
        "direction",
        "aggregation",
        "cost",
        "revision",
        "definition",
        "caveats",
        "references",
        "examples",
    ];
    let line = |f: &Facts| {
        let info = f.info;
        let join = |parts: Vec<String>| parts.join("; ");
        let names = |held: &[Invariance]| join(held.iter().map(|i| i.name().to_owned()).collect());
        let parameters =
            info.parameters.iter().map(|p| format!("{}={} ({})", p.name, p.default, p.range));
        let references = info.references.iter().map(|r| format!("{} <{}>", r.citation, r.link));
        vec![
            info.id.to_owned(),
            info.family.id().to_owned(),
            info.title.to_owned(),
            info.summary.to_owned(),
            name(&info.orientation),
            info.range.0.to_string(),
            info.range.1.to_string(),
            name(&f.reads),
            name(&f.scale),
            name(&f.symmetry),
            f.is_metric.to_string(),
            names(&f.invariances_x),
            names(&f.invariances_y),
            join(parameters.collect()),
            f.naming.estimator.clone(),
            f.naming.centring.clone(),
            f.naming.direction.clone(),
            f.naming.aggregation.clone(),
            info.complexity.to_owned(),
            info.revision.to_string(),
            info.definition.to_owned(),
            join(info.caveats.iter().map(|&c| c.to_owned()).collect()),
            join(references.collect()),
            join(info.examples.iter().map(|e| e.spec.to_owned()).collect()),
        ]
    };
    rows(format, &head, &all.iter().map(line).collect::<Vec<_>>(), &all)
}

/// The name of a variant, as it is in JSON.
fn name(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        other => unreachable!("variants serialize to their names, not to {other:?}"),
    }
}
