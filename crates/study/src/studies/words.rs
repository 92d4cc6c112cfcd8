//! Numbers and names as they are written in verdicts and captions.

use consilience_inference::{Chance, Estimate, Method, Null};
use consilience_measures::{DynMeasure, Family, Info, Orientation, Scale};

use crate::{Run, SummaryRow};

/// `0.87 [0.85, 0.89]`, or the bare value.
pub(crate) fn estimate(e: &Estimate) -> String {
    let [value, low, high] = shown(e, |v| fixed(v, 2));
    if e.interval.is_some() { format!("{value} [{low}, {high}]") } else { value }
}

/// `97 % [95, 99]`, or the bare value.
pub(crate) fn percent(e: &Estimate) -> String {
    let [value, low, high] = shown(e, |v| fixed(100.0 * v, 0));
    if e.interval.is_some() { format!("{value} % [{low}, {high}]") } else { format!("{value} %") }
}

/// The value and the ends of its interval, which are the value where there is none.
fn shown(e: &Estimate, show: impl Fn(f64) -> String) -> [String; 3] {
    let [low, high] = e.interval.unwrap_or([e.value; 2]);
    [e.value, low, high].map(show)
}

/// Names joined as in a sentence.
pub(crate) fn list(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        [one] => format!("`{one}`"),
        [most @ .., last] => {
            let most: Vec<String> = most.iter().map(|n| format!("`{n}`")).collect();
            format!("{} and `{last}`", most.join(", "))
        }
    }
}

/// What is known about the measure of a spec that was parsed when the run began.
pub(crate) fn info(spec: &str) -> &'static Info {
    let id = spec.split(':').next().unwrap_or(spec);
    consilience_measures::find(id).expect("specs are checked when a run begins").info
}

/// The measure of a spec that was parsed when the run began.
pub(crate) fn measure(spec: &str) -> Box<dyn DynMeasure> {
    consilience_measures::parse(spec).expect("specs are checked when a run begins")
}

/// Title of a measure with the parameters that are not the default.
pub(crate) fn title(spec: &str) -> String {
    match spec.split_once(':') {
        Some((_, parameters)) => format!("{} ({parameters})", info(spec).title),
        None => info(spec).title.to_owned(),
    }
}

/// Specs of a run whose score is a held-out mean correlation, and which may therefore be compared with one another.
pub(crate) fn comparable(run: &Run) -> Vec<&str> {
    let held_out = |spec: &&str| {
        consilience_measures::parse(spec).is_ok_and(|m| m.scale() == Scale::HeldOutCorrelation)
    };
    run.spec.measures.iter().map(String::as_str).filter(held_out).collect()
}

/// The chance level that speaks about a measure: a rotated basis for matchings, shuffled stimuli for all others.
pub(crate) fn telling_null(spec: &str) -> Null {
    if info(spec).family == Family::Matching { Null::Rotation } else { Null::Shuffle }
}

/// What is broken at that chance level.
pub(crate) fn broken_at_chance(spec: &str) -> &'static str {
    if telling_null(spec) == Null::Rotation { "a rotated basis" } else { "shuffled stimuli" }
}

/// The row's chance level of a null.
pub(crate) fn chance_of(row: &SummaryRow, null: Null) -> Option<&Chance> {
    row.chance.iter().find(|c| c.null == null)
}

/// Significance level of verdicts.
pub(crate) const LEVEL: f64 = 0.05;

/// Whether a mean is above its telling chance level; `None` if too few draws were made for that level.
///
/// It has to be remarkable among the draws, and its interval over networks has to lie beyond their mean: other networks
/// of the kind would have to show it too.
pub(crate) fn above_chance(row: &SummaryRow) -> Option<bool> {
    let chance = chance_of(row, telling_null(&row.measure))?;
    let clear =
        row.estimate.interval.is_none_or(|[low, high]| match info(&row.measure).orientation {
            Orientation::Score => low > chance.mean,
            Orientation::Distance => high < chance.mean,
        });
    reachable(chance).then_some(chance.p_value <= LEVEL && clear)
}

/// Whether enough draws were made for a score to be remarkable.
pub(crate) fn reachable(chance: &Chance) -> bool {
    1.0 / (chance.draws + 1) as f64 <= LEVEL
}

/// Both ends of an interval, or a dash.
pub(crate) fn interval(e: &Estimate) -> String {
    e.interval
        .map_or("–".to_owned(), |[low, high]| format!("{} to {}", number(low), number(high)))
}

/// Ends of an axis for values of a measure: 0 to 1, further where the values are.
pub(crate) fn axis(measure: &str, values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = self::measure(measure).range();
    let least = if high.is_finite() { high.min(1.0) } else { 0.0 };
    let (bottom, top) = values.fold((0.0_f64, least), |(a, b), v| (a.min(v), b.max(v)));
    // Scores around zero are noise; only a scale that begins below zero for good is shown so.
    let bottom = if low < -1.0 { bottom } else { 0.0 };
    if top > bottom { (bottom, top) } else { (bottom, bottom + 1.0) }
}

/// A number with three digits; no minus before a zero.
pub(crate) fn number(value: f64) -> String {
    fixed(value, 3)
}

/// A number with so many digits; no minus before a zero.
fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|c| c == '0' || c == '.') => digits.to_owned(),
        Some(digits) => format!("−{digits}"),
        None => text,
    }
}

/// How the numbers of a figure were made: n, interval, chance.
pub(crate) fn caption(run: &Run, rows: &[&SummaryRow]) -> String {
    caption_with(run, rows, &chance_words(rows))
}

/// The same with a sentence on chance that the rows cannot say.
pub(crate) fn caption_with(run: &Run, rows: &[&SummaryRow], chance: &str) -> String {
    let Some(first) = rows.first() else { return "No cell could be computed.".to_owned() };
    let interval = if rows.iter().any(|r| r.estimate.method == Method::NodeBootstrap) {
        format!("95 % intervals by bootstrap over networks ({} draws)", run.spec.bootstrap_draws)
    } else {
        "no interval over networks (it takes three)".to_owned()
    };
    format!(
        "Means over {} of {} networks, {} stimuli, {} folds; {interval}. {chance}",
        count(first.n_pairs, "pair"),
        first.n_networks,
        run.n_stimuli,
        run.spec.folds
    )
}

/// `1 pair`, `6 pairs`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// What the chance levels of some rows are, with the number of draws.
fn chance_words(rows: &[&SummaryRow]) -> String {
    let draws = |null: Null| {
        let mut found: Vec<usize> =
            rows.iter().filter_map(|r| chance_of(r, null)).map(|c| c.draws).collect();
        found.sort_unstable();
        match (found.first(), found.last()) {
            (Some(low), Some(high)) if low == high => Some(format!("{low}")),
            (Some(low), Some(high)) => Some(format!("{low} to {high}")),
            _ => None,
        }
    };
    let shuffle = draws(Null::Shuffle).map(|n| format!("stimuli shuffled ({n} draws)"));
    let rotation = draws(Null::Rotation).map(|n| format!("basis of x rotated ({n} draws)"));
    let parts: Vec<String> = [shuffle, rotation].into_iter().flatten().collect();
    if parts.is_empty() {
        return "No chance level was drawn.".to_owned();
    }
    format!("Chance levels: {}.", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_has_no_sign_and_a_minus_is_one() {
        let bare = Estimate::bare(-0.004);
        assert_eq!((estimate(&bare), percent(&bare)), ("0.00".into(), "0 %".into()));
        let wide = Estimate { interval: Some([-0.28, 0.181]), ..bare };
        assert_eq!(percent(&wide), "0 % [−28, 18]");
        assert_eq!(estimate(&wide), "0.00 [−0.28, 0.18]");
        assert_eq!(number(-0.0004), "0.000");
    }
}
