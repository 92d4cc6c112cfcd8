//! What `seeds` says.

use consilience_inference::{Chance, factor_shares};
use consilience_measures::Orientation;

use super::factors::Factors;
use super::sections::{Found, name};
use super::{KIND, Seeds, checkpoint, label, summaries};
use crate::studies::words;
use crate::{Quantity, Run, SummaryRow, Table, Tone, Verdict};

/// Tolerance below which two factors overlap so much that it has to be said.
const OVERLAP: f64 = 0.8;

pub(super) fn all(study: &Seeds, found: &Found<'_>, table: &Table, run: &Run) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = Vec::new();
    verdicts.extend(ranking(study, found));
    for factor in found.factors() {
        verdicts.extend(moves(study, found, factor));
        verdicts.extend(levels(study, found, factor));
    }
    verdicts.extend(run.spec.measures.iter().filter_map(|m| explained(study, found, m)));
    if let Ok(factors) = Factors::resolve(&study.factors, &summaries::networks(table)) {
        verdicts.extend(overlap(study, &factors, table));
        verdicts.extend(unreachable(study, found, &factors));
    }
    verdicts
}

fn level<'a>(found: &Found<'a>, place: &SummaryRow, factor: &str) -> Option<&'a Chance> {
    found.at(place, Quantity::FactorShare, Some(factor))?.chance.first()
}

/// Whether a factor moves a score: its share is remarkable among levels dealt anew, and the interval of its effect does not
/// hold 0.
fn is_moved(found: &Found<'_>, place: &SummaryRow, factor: &str) -> Option<bool> {
    let chance = level(found, place, factor)?;
    let effect = found.at(place, Quantity::FactorEffect, Some(factor))?;
    let clear = effect.estimate.interval.is_none_or(|[low, high]| low > 0.0 || high < 0.0);
    Some(chance.p_value <= words::LEVEL && clear)
}

/// Whether networks of one level of a factor are more alike among themselves than those of another: the spread of the levels
/// is remarkable among levels dealt anew, and the interval of the difference does not hold 0.
fn are_apart(found: &Found<'_>, place: &SummaryRow, factor: &str) -> bool {
    let Some(spread) = found.at(place, Quantity::LevelSpread, Some(factor)) else { return false };
    let clear = spread.estimate.interval.is_none_or(|[low, _]| low > 0.0);
    clear && spread.chance.first().is_some_and(|c| c.p_value <= words::LEVEL)
}

/// Where levels of a factor differ among themselves, and the two that do most.
fn levels(study: &Seeds, found: &Found<'_>, factor: &str) -> Option<Verdict> {
    let places = found.places();
    let apart: Vec<&SummaryRow> =
        places.iter().copied().filter(|place| are_apart(found, place, factor)).collect();
    let spread = |place: &SummaryRow| {
        let row = found.at(place, Quantity::LevelSpread, Some(factor));
        row.map_or(0.0, |row| row.estimate.value)
    };
    let place = apart.iter().copied().max_by(|a, b| spread(a).total_cmp(&spread(b)))?;
    let effects: Vec<&SummaryRow> =
        found.all_at(place, Quantity::LevelEffect, Some(factor)).collect();
    let by_value =
        |a: &&&SummaryRow, b: &&&SummaryRow| a.estimate.value.total_cmp(&b.estimate.value);
    let ends = [effects.iter().max_by(by_value)?, effects.iter().min_by(by_value)?];
    let within = ends.map(|end| {
        let mut means = found.all_at(place, Quantity::MeanWithinLevel, Some(factor));
        let mean = means.find(|mean| mean.level == end.level);
        let value = mean.map_or_else(|| "–".to_owned(), |r| words::estimate(&r.estimate));
        format!("two of `{}` {value}", end.level.as_deref().unwrap_or_default())
    });
    let between = found.at(place, Quantity::MeanOfDifferentLevels, Some(factor));
    let row = found.at(place, Quantity::LevelSpread, Some(factor))?;
    let text = format!(
        "Levels of `{factor}` differ among themselves at {} of {} (measures times layers; p ≤ {} against dealt levels, and a difference whose interval is on one side of 0). Most so by `{}` in {}: {}, and two of different levels {} (spread with the other factors held {}, p = {}).",
        apart.len(),
        words::count(places.len(), "place"),
        words::LEVEL,
        place.measure,
        name(study, place),
        within.join(", "),
        between.map_or_else(|| "–".to_owned(), |r| words::estimate(&r.estimate)),
        words::estimate(&row.estimate),
        row.chance.first().map_or_else(|| "–".to_owned(), |c| words::number(c.p_value))
    );
    let tone = if apart.len() == places.len() { Tone::Holds } else { Tone::Mixed };
    Some(Verdict { tone, text })
}

/// The factor with the largest share, place by place.
fn ranking(study: &Seeds, found: &Found<'_>) -> Option<Verdict> {
    let factors = found.factors();
    let mut first: Vec<(&str, usize)> = factors.iter().map(|f| (*f, 0)).collect();
    let mut examples: Vec<String> = Vec::new();
    let places = found.places();
    for place in &places {
        let share = |f: &str| found.at(place, Quantity::FactorShare, Some(f));
        let largest = factors
            .iter()
            .filter_map(|f| Some((*f, share(f)?)))
            .max_by(|a, b| a.1.estimate.value.total_cmp(&b.1.estimate.value));
        let Some((factor, row)) = largest else { continue };
        first.iter_mut().filter(|(f, _)| *f == factor).for_each(|(_, n)| *n += 1);
        examples.push(format!(
            "`{}` {} {factor} {}",
            place.measure,
            name(study, place),
            words::percent(&row.estimate)
        ));
    }
    first.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let counts: Vec<String> =
        first.iter().map(|(factor, n)| format!("`{factor}` at {n} of {}", places.len())).collect();
    let shown = examples.iter().take(12).cloned().collect::<Vec<_>>().join("; ");
    let more = if examples.len() > 12 { "; …" } else { "" };
    let text = format!(
        "The largest share of the variance over pairs belongs to {} (measures times layers): {shown}{more}.",
        counts.join(", ")
    );
    (factors.len() > 1 && !examples.is_empty()).then_some(Verdict { tone: Tone::Note, text })
}

/// Whether, where and how much a factor moves scores.
fn moves(study: &Seeds, found: &Found<'_>, factor: &str) -> Option<Verdict> {
    let places = found.places();
    let told: Vec<(&SummaryRow, bool)> =
        places.iter().filter_map(|place| Some((*place, is_moved(found, place, factor)?))).collect();
    let moved = told.iter().filter(|(_, moved)| *moved).count();
    let share = |place: &SummaryRow| found.at(place, Quantity::FactorShare, Some(factor));
    let largest = told
        .iter()
        .filter_map(|(place, _)| Some((*place, share(place)?)))
        .max_by(|a, b| a.1.estimate.value.total_cmp(&b.1.estimate.value));
    let (place, row) = largest?;
    let effect = found.at(place, Quantity::FactorEffect, Some(factor))?;
    let alike = match words::info(&place.measure).orientation {
        Orientation::Score => effect.estimate.value > 0.0,
        Orientation::Distance => effect.estimate.value < 0.0,
    };
    let direction = if alike { "more" } else { "less" };
    let mean = |quantity| {
        let row = found.at(place, quantity, Some(factor));
        row.map_or_else(|| "–".to_owned(), |r| words::estimate(&r.estimate))
    };
    let apart = places.iter().filter(|place| are_apart(found, place, factor)).count();
    let speaks = |(place, moved): &&(&SummaryRow, bool)| *moved || are_apart(found, place, factor);
    let tone = match told.iter().filter(speaks).count() {
        0 => Tone::Fails,
        all if all == told.len() => Tone::Holds,
        _ => Tone::Mixed,
    };
    let what = match (moved, apart) {
        (0, 0) => format!("No clear effect of `{factor}` was found"),
        (0, _) => format!(
            "Which `{factor}` two networks have moves their likeness, to have the same alone does not"
        ),
        _ => format!("`{factor}` moves the likeness of two networks"),
    };
    let chance = level(found, place, factor)
        .map_or_else(String::new, |c| format!(", p = {}", words::number(c.p_value)));
    let text = format!(
        "{what}: at {moved} of {} (measures times layers; p ≤ {} against dealt levels, and an effect whose interval is on one side of 0). Largest share: `{}` in {}, {} of the variance over pairs{chance}; networks with the same `{factor}` are {direction} alike there, {} against {} (effect with the other factors held {}).",
        words::count(told.len(), "place"),
        words::LEVEL,
        place.measure,
        name(study, place),
        words::percent(&row.estimate),
        mean(Quantity::MeanOfSameLevel),
        mean(Quantity::MeanOfDifferentLevels),
        words::estimate(&effect.estimate)
    );
    Some(Verdict { tone, text })
}

/// What the factors explain together, measure by measure.
fn explained(study: &Seeds, found: &Found<'_>, measure: &str) -> Option<Verdict> {
    let of_place = |place: &&SummaryRow| {
        let row = found.at(place, Quantity::FactorsTogether, None)?;
        Some(format!("{} {}", name(study, place), words::percent(&row.estimate)))
    };
    let places = found.places();
    let own: Vec<String> =
        places.iter().filter(|p| p.measure == measure).filter_map(of_place).collect();
    let text = format!(
        "All factors together explain of the variance of `{measure}` over pairs: {}. The rest is interaction between factors, levels that differ among themselves, and chance of training.",
        own.join(", ")
    );
    (!own.is_empty()).then_some(Verdict { tone: Tone::Note, text })
}

/// Factors that are not balanced against one another.
fn overlap(study: &Seeds, factors: &Factors, table: &Table) -> Option<Verdict> {
    let first = table.cells(KIND).next()?;
    let place = |r: &crate::CellRow| (checkpoint(study, r), label(study, table, r));
    let wanted = place(first);
    let same = |r: &&crate::CellRow| r.measure == first.measure && place(r) == wanted;
    let pairs: Vec<(&str, &str)> =
        table.cells(KIND).filter(same).map(|r| (&*r.x.network, &*r.y.network)).collect();
    let columns = factors.same(&pairs);
    let values: Vec<f64> = (0..pairs.len()).map(|i| i as f64).collect();
    let found = factor_shares(&values, &vec![1.0; pairs.len()], &columns)?;
    let overlapping: Vec<String> = factors
        .names
        .iter()
        .zip(&found.tolerances)
        .filter(|(_, tolerance)| **tolerance < OVERLAP)
        .map(|(name, tolerance)| format!("`{name}` ({:.0} %)", 100.0 * (1.0 - tolerance)))
        .collect();
    let text = format!(
        "The design is not balanced: whether two networks agree in a factor follows in part from the others ({} of its variance). What cannot be told apart is in no share: shares do not add up to what all factors explain.",
        overlapping.join(", ")
    );
    (!overlapping.is_empty()).then_some(Verdict { tone: Tone::Note, text })
}

/// Factors of which the levels cannot be dealt anew, or not often enough for the level of significance.
fn unreachable(study: &Seeds, found: &Found<'_>, factors: &Factors) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (f, factor) in factors.names.iter().enumerate() {
        let strata = factors.strata(f);
        if strata.is_empty() {
            let text = format!(
                "No chance level of `{factor}`: no two networks agree in every other factor and differ in it."
            );
            verdicts.push(Verdict { tone: Tone::Note, text });
            continue;
        }
        let least = factors.least_p_value(f, &strata);
        if least > words::LEVEL && found.places().iter().any(|p| level(found, p, factor).is_some())
        {
            let text = format!(
                "Too few networks to tell an effect of `{factor}` by its levels dealt anew: the smallest p that {} among {} can give is {}.",
                words::count(strata.len(), "set"),
                study.factors.get(factor).map_or(0, std::collections::BTreeMap::len),
                words::number(least)
            );
            verdicts.push(Verdict { tone: Tone::Note, text });
        }
    }
    verdicts
}
