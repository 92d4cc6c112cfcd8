//! The table of scores: narrow for people, whole for programs.

use consilience::inference::{Chance, Estimate, Null};
use consilience::study::{Compared, Outcome};
use serde::Serialize;

use super::choice::Wanted;
use super::reason;
use crate::args::{Compare, Format};
use crate::output::{rows, talk};

/// A column: its head, and what it says of a line.
type Column = (&'static str, fn(&Line<'_>) -> String);

/// A measure's outcome, and the quantity of the package it reproduces.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    compared: &'a Compared,
    #[serde(skip_serializing_if = "Option::is_none")]
    like: Option<Like>,
}

/// The number as a package returns it.
#[derive(Serialize)]
struct Like {
    package: &'static str,
    version: &'static str,
    quantity: &'static str,
    formula: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    note: &'static str,
}

/// What was measured, on what.
const NAME: &[Column] =
    &[("measure", |l| l.compared.measure.clone()), ("on", |l| l.compared.split.clone())];

/// The number with its interval, for programs.
const SCORE: &[Column] = &[
    ("score", |l| l.estimate().map_or(String::new(), |e| number(e.value))),
    ("95 % low", |l| l.end(0).map_or(String::new(), number)),
    ("95 % high", |l| l.end(1).map_or(String::new(), number)),
];

/// The chance level in closed form.
const EXPECTED: &[Column] =
    &[("expected by chance", |l| l.expected().map_or(String::new(), number))];

/// Chance levels for programs: a column has one number.
const CHANCE: &[Column] = &[
    ("shuffle", |l| l.of(Null::Shuffle, |c| Some(c.mean))),
    ("shuffle p", |l| l.of(Null::Shuffle, |c| Some(c.p_value))),
    ("shuffle q", |l| l.of(Null::Shuffle, |c| c.q_value)),
    ("shuffle calibrated", |l| l.of(Null::Shuffle, |c| c.calibrated)),
    ("rotation", |l| l.of(Null::Rotation, |c| Some(c.mean))),
    ("rotation p", |l| l.of(Null::Rotation, |c| Some(c.p_value))),
    ("rotation q", |l| l.of(Null::Rotation, |c| c.q_value)),
    ("rotation calibrated", |l| l.of(Null::Rotation, |c| c.calibrated)),
];

/// The number with its interval, for people.
const SHORT_SCORE: &[Column] = &[
    ("score", |l| l.estimate().map_or(String::new(), |e| short(e.value))),
    ("95 % interval", |l| match (l.end(0), l.end(1)) {
        (Some(low), Some(high)) => format!("{low:.3} to {high:.3}"),
        _ => String::new(),
    }),
];

/// The chance level in closed form, for people.
const SHORT_EXPECTED: &[Column] =
    &[("expected by chance", |l| l.expected().map_or(String::new(), short))];

/// Chance levels for people: a line a null.
const SHORT_CHANCE: &[Column] = &[
    ("null", |l| l.each(|c| Some(c.null.to_string()))),
    ("chance", |l| l.each(|c| Some(short(c.mean)))),
    ("p", |l| l.each(|c| Some(short(c.p_value)))),
    ("q", |l| l.each(|c| c.q_value.map(short))),
    ("calibrated", |l| l.each(|c| c.calibrated.map(short))),
];

const LIKE: &[Column] = &[
    ("quantity there", |l| l.like(|like| like.quantity.to_owned())),
    ("formula", |l| l.like(|like| like.formula.clone())),
    ("returned there", |l| l.like(|like| like.value.map_or(String::new(), number))),
];

const NAMING: &[Column] = &[
    ("estimator", |l| l.compared.naming.estimator.clone()),
    ("centring", |l| l.compared.naming.centring.clone()),
    ("direction", |l| l.compared.naming.direction.clone()),
    ("aggregation", |l| l.compared.naming.aggregation.clone()),
];

const REST: &[Column] = &[
    ("caveats", |l| {
        let caveats = l.compared.warnings.iter().map(ToString::to_string);
        caveats.chain(l.note()).collect::<Vec<_>>().join("; ")
    }),
    ("error", |l| reason(l.compared).unwrap_or_default().to_owned()),
];

/// Writes what came out, in the format asked for.
pub(super) fn write(
    args: &Compare,
    compared: &[Compared],
    wanted: &[Wanted],
) -> anyhow::Result<()> {
    let lines: Vec<Line<'_>> = compared.iter().zip(wanted).map(|(c, w)| line(c, w)).collect();
    let has_like = lines.iter().any(|l| l.like.is_some());
    if args.format != Format::Table {
        let like = if has_like { LIKE } else { &[] };
        let columns = [NAME, SCORE, EXPECTED, CHANCE, like, NAMING, REST].concat();
        return print(args.format, &columns, &lines);
    }
    // For people: what has a score, the columns that hold something, and the caveats below the table, each once.
    let shown: Vec<Line<'_>> = lines.into_iter().filter(|l| l.estimate().is_some()).collect();
    let has_chance = shown.iter().any(|l| !l.chance().is_empty());
    let has_expected = shown.iter().any(|l| l.expected().is_some());
    // Without draws, what is known without them.
    let chance = match (has_chance, has_expected) {
        (true, _) => SHORT_CHANCE,
        (false, true) => SHORT_EXPECTED,
        (false, false) => &[],
    };
    let columns = [NAME, SHORT_SCORE, chance].concat();
    if !shown.is_empty() {
        print(args.format, &columns, &shown)?;
    }
    if has_like && !shown.is_empty() {
        print(args.format, &[&NAME[..1], LIKE].concat(), &shown)?;
    }
    if args.explain && !shown.is_empty() {
        print(args.format, &[NAME, NAMING].concat(), &shown)?;
    }
    let mut told: Vec<String> = Vec::new();
    for line in &shown {
        let own = line.note().map(|note| format!("{}: {note}", line.compared.measure));
        for text in line.compared.warnings.iter().map(ToString::to_string).chain(own) {
            if !told.contains(&text) {
                talk(&format!("note: {text}"));
                told.push(text);
            }
        }
    }
    Ok(())
}

fn print(format: Format, columns: &[Column], lines: &[Line<'_>]) -> anyhow::Result<()> {
    let head: Vec<&str> = columns.iter().map(|(head, _)| *head).collect();
    let cells = |line: &Line<'_>| columns.iter().map(|(_, cell)| cell(line)).collect::<Vec<_>>();
    let cells: Vec<Vec<String>> = lines.iter().map(cells).collect();
    rows(format, &head, &cells, &lines)
}

fn line<'a>(compared: &'a Compared, wanted: &Wanted) -> Line<'a> {
    let mut line = Line { compared, like: None };
    if let Wanted::AsIn(package, quantity) = wanted {
        line.like = Some(Like {
            package: package.name,
            version: package.version,
            quantity: quantity.name,
            formula: quantity.transform.formula(),
            value: line.estimate().and_then(|e| {
                let shuffle = line.chance().iter().find(|c| c.null == Null::Shuffle);
                quantity.transform.apply(e.value, shuffle.and_then(|c| c.calibrated))
            }),
            note: quantity.note,
        });
    }
    line
}

impl Line<'_> {
    fn estimate(&self) -> Option<&Estimate> {
        match &self.compared.outcome {
            Outcome::Score { estimate, .. } => Some(estimate),
            Outcome::Error { .. } => None,
        }
    }

    fn end(&self, which: usize) -> Option<f64> {
        Some(self.estimate()?.interval?[which])
    }

    fn expected(&self) -> Option<f64> {
        match &self.compared.outcome {
            Outcome::Score { expected_by_chance, .. } => *expected_by_chance,
            Outcome::Error { .. } => None,
        }
    }

    fn chance(&self) -> &[Chance] {
        match &self.compared.outcome {
            Outcome::Score { chance, .. } => chance,
            Outcome::Error { .. } => &[],
        }
    }

    /// What each null has to say, a line each; a dash where it has nothing.
    fn each(&self, say: fn(&Chance) -> Option<String>) -> String {
        let said = self.chance().iter().map(|c| say(c).unwrap_or_else(|| "–".to_owned()));
        said.collect::<Vec<_>>().join("\n")
    }

    /// A number of one null.
    fn of(&self, null: Null, say: fn(&Chance) -> Option<f64>) -> String {
        let chance = self.chance().iter().find(|c| c.null == null);
        chance.and_then(say).map_or(String::new(), number)
    }

    fn like(&self, say: fn(&Like) -> String) -> String {
        self.like.as_ref().map_or(String::new(), say)
    }

    /// What to know about the quantity of the package.
    fn note(&self) -> Option<String> {
        self.like.as_ref().filter(|like| !like.note.is_empty()).map(|like| like.note.to_owned())
    }
}

/// A number for programs.
fn number(value: f64) -> String {
    format!("{value:.6}")
}

/// A number for people.
fn short(value: f64) -> String {
    let text = format!("{value:.4}");
    // A minus before a zero says nothing.
    if text.trim_start_matches(['-', '0', '.']).is_empty() { text.replace('-', "") } else { text }
}
