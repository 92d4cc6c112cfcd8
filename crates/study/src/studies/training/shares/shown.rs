//! What is said and shown of shares of the final alignment.

use consilience_inference::Estimate;

use super::NEARLY_ALL;
use super::above_chance::is_clear;
use crate::studies::words;
use crate::{Quantity, Run, SummaryRow, Table, TableFigure, Tone, Verdict};

/// The verdicts, the most important first.
pub(in super::super) fn verdicts(table: &Table, run: &Run) -> Vec<Verdict> {
    let mut verdicts = epoch_one(table, run);
    verdicts.extend(untrained(table, run));
    verdicts.extend(ahead_of_accuracy(table, run));
    verdicts
}

fn rows_of<'a>(table: &'a Table, quantity: Quantity, measure: &str) -> Vec<&'a SummaryRow> {
    table.summaries("training", quantity).filter(|r| r.measure == measure).collect()
}

/// Range of a share over layers, lowest first.
fn extremes<'a>(rows: &[&'a SummaryRow]) -> Option<(&'a SummaryRow, &'a SummaryRow)> {
    let by_value =
        |a: &&&SummaryRow, b: &&&SummaryRow| a.estimate.value.total_cmp(&b.estimate.value);
    Some((rows.iter().min_by(by_value)?, rows.iter().max_by(by_value)?))
}

/// ``4 % [1, 8] (`fc2`) to 43 % [40, 47] (`conv1`)``.
fn range(rows: &[&SummaryRow]) -> Option<String> {
    let (low, high) = extremes(rows)?;
    let one = |r: &SummaryRow| format!("{} (`{}`)", words::percent(&r.estimate), r.layer_x);
    Some(if low.layer_x == high.layer_x {
        one(low)
    } else {
        format!("{} to {}", one(low), one(high))
    })
}

fn n_nearly_all(rows: &[&SummaryRow]) -> usize {
    rows.iter().filter(|r| r.estimate.value >= NEARLY_ALL).count()
}

/// In how many layers it is nearly all of the score, and of what is above chance too where that was drawn.
fn n_nearly_all_above(
    table: &Table,
    (shares, above): (&[&SummaryRow], Quantity),
    measure: &str,
) -> usize {
    let above = rows_of(table, above, measure);
    let was_drawn = !rows_of(table, Quantity::FinalExcess, measure).is_empty();
    let is_nearly_all = |share: &&&SummaryRow| {
        let own = above.iter().find(|row| row.layer_x == share.layer_x);
        share.estimate.value >= NEARLY_ALL
            && (!was_drawn || own.is_some_and(|own| own.estimate.value >= NEARLY_ALL))
    };
    shares.iter().filter(is_nearly_all).count()
}

/// How a claim of everything stands that holds so often.
fn tone(n: usize, of: usize) -> Tone {
    match n {
        n if n == of => Tone::Holds,
        0 => Tone::Fails,
        _ => Tone::Mixed,
    }
}

/// What a share is of what is above chance: its range over layers, and why it is undefined where it is.
fn above_chance(table: &Table, quantity: Quantity, measure: &str) -> String {
    let wholes = rows_of(table, Quantity::FinalExcess, measure);
    let broken = words::broken_at_chance(measure);
    if wholes.is_empty() {
        return format!("what of it is above chance is not known without draws of {broken}");
    }
    let shares = rows_of(table, quantity, measure);
    let told = range(&shares).map(|range| {
        let layers = words::count(shares.len(), "layer");
        format!("{range}, nearly all in {} of {layers}", n_nearly_all(&shares))
    });
    let told = told.unwrap_or_else(|| "no share is defined".to_owned());
    let unclear = wholes.iter().filter(|whole| !is_clear(&whole.estimate));
    let unclear: Vec<String> = unclear
        .map(|whole| format!("`{}` ({})", whole.layer_x, words::estimate(&whole.estimate)))
        .collect();
    let undefined = if unclear.is_empty() {
        String::new()
    } else {
        format!(
            "; undefined in {}, where what is above chance at the end is not clearly more than nothing",
            unclear.join(", ")
        )
    };
    format!("of what is above chance ({broken}), {told}{undefined}")
}

/// Share of the final alignment that is there after epoch 1, against the same share of accuracy. It has to be nearly all of the
/// score, and of what of it is above chance too where that was drawn.
fn epoch_one(table: &Table, run: &Run) -> Vec<Verdict> {
    let accuracy = table.summaries("training", Quantity::AccuracyShareAfterEpochOne).next();
    let one = |measure: &str| {
        let rows = rows_of(table, Quantity::ShareAfterEpochOne, measure);
        let (low, high) = extremes(&rows)?;
        let above = Quantity::ShareAboveChanceAfterEpochOne;
        let nearly = n_nearly_all(&rows);
        let tone = tone(n_nearly_all_above(table, (&rows, above), measure), rows.len());
        let untrained = n_nearly_all(&rows_of(table, Quantity::ShareUntrained, measure));
        let task = accuracy.map_or_else(String::new, |a| {
            format!("; of the final accuracy, {}", words::percent(&a.estimate))
        });
        let layers = words::count(rows.len(), "layer");
        let text = format!(
            "After epoch 1, {} of the final {} is there in `{}` and {} in `{}`; nearly all (at least {:.0} %) in {nearly} of {layers}, and in {untrained} of them before the first step already{task}. Then, {}.",
            words::percent(&low.estimate),
            words::title(measure).to_lowercase(),
            low.layer_x,
            words::percent(&high.estimate),
            high.layer_x,
            100.0 * NEARLY_ALL,
            above_chance(table, above, measure),
        );
        Some(Verdict { tone, text })
    };
    words::comparable(run).into_iter().filter_map(one).collect()
}

/// What is there before training: architecture and statistics of the input.
fn untrained(table: &Table, run: &Run) -> Option<Verdict> {
    let one = |measure: &str| {
        let range = range(&rows_of(table, Quantity::ShareUntrained, measure))?;
        let above = above_chance(table, Quantity::ShareAboveChanceUntrained, measure);
        Some(format!("`{measure}` {range}; {above}"))
    };
    let told: Vec<String> = words::comparable(run).into_iter().filter_map(one).collect();
    (!told.is_empty()).then(|| Verdict {
        tone: Tone::Note,
        text: format!(
            "Of the final alignment, so much is there before the first step, from architecture and input statistics alone. {}.",
            told.join(". ")
        ),
    })
}

/// Whether alignment comes before accuracy: the two shares of each layer, resampled together.
fn ahead_of_accuracy(table: &Table, run: &Run) -> Option<Verdict> {
    let (mut ahead, mut behind, mut of) = (0, 0, 0);
    let one = |measure: &str| {
        let rows = rows_of(table, Quantity::ShareAheadOfAccuracy, measure);
        let range = range(&rows)?;
        let ends = |r: &&&SummaryRow| r.estimate.interval.unwrap_or([r.estimate.value; 2]);
        ahead += rows.iter().filter(|r| ends(r)[0] > 0.0).count();
        behind += rows.iter().filter(|r| ends(r)[1] < 0.0).count();
        of += rows.len();
        Some(format!("`{measure}` {range}"))
    };
    let told: Vec<String> = words::comparable(run).into_iter().filter_map(one).collect();
    let tone = tone(ahead, of);
    (!told.is_empty()).then(|| Verdict {
        tone,
        text: format!(
            "After epoch 1 the share of the final alignment is ahead of the share of the final accuracy in {ahead} of {} of layer and measure and behind in {behind}, by the interval of the difference. The difference of the shares: {}.",
            words::count(of, "combination"),
            told.join(", ")
        ),
    })
}

/// How near networks after epoch 1 are to the end states of the others, as a share of how near these are to one another.
pub(in super::super) fn crossed(table: &Table, run: &Run) -> Option<Verdict> {
    let (mut near, mut of) = (0, 0);
    let one = |measure: &str| {
        let shares = rows_of(table, Quantity::CrossedShareAfterEpochOne, measure);
        near += n_nearly_all(&shares);
        of += shares.len();
        Some(format!("`{measure}` {}", range(&shares)?))
    };
    let told: Vec<String> = words::comparable(run).into_iter().filter_map(one).collect();
    let tone = tone(near, of);
    (!told.is_empty()).then(|| Verdict {
        tone,
        text: format!(
            "A network after epoch 1 is to the end state of another what two end states are to one another, by {:.0} % or more, in {near} of {} of layer and measure, by the scores and not by what is above chance: {}.",
            100.0 * NEARLY_ALL,
            words::count(of, "combination"),
            told.join(", ")
        ),
    })
}

/// All shares, layer by layer, with the chance levels that stand between the two kinds.
pub(in super::super) fn table(table: &Table, run: &Run) -> TableFigure {
    let mut rows = Vec::new();
    let mut shown = Vec::new();
    for measure in &run.spec.measures {
        for row in rows_of(table, Quantity::ShareAfterEpochOne, measure) {
            let find = |quantity| {
                let own = rows_of(table, quantity, measure);
                own.into_iter().find(|r| r.layer_x == row.layer_x)
            };
            let percent = |row: &SummaryRow| words::percent(&row.estimate);
            let whole = find(Quantity::FinalExcess);
            let above = |quantity| match (whole, find(quantity)) {
                (None, _) => "chance not drawn".to_owned(),
                (Some(whole), _) if !is_clear(&whole.estimate) => "undefined".to_owned(),
                (_, share) => share.map_or("–".to_owned(), percent),
            };
            rows.push(vec![
                row.layer_x.clone(),
                measure.clone(),
                find(Quantity::ShareUntrained).map_or("–".to_owned(), percent),
                percent(row),
                above(Quantity::ShareAboveChanceUntrained),
                above(Quantity::ShareAboveChanceAfterEpochOne),
                whole.map_or("–".to_owned(), |whole| words::estimate(&whole.estimate)),
                chance_levels(table, row),
            ]);
            shown.push(row);
            shown.extend(whole);
        }
    }
    if let Some(a) = table.summaries("training", Quantity::AccuracyShareAfterEpochOne).next() {
        let none = || "–".to_owned();
        let share = words::percent(&a.estimate);
        let name = ["accuracy", "on the task"].map(str::to_owned);
        rows.push([name.to_vec(), vec![none(), share, none(), none(), none(), none()]].concat());
    }
    let columns = [
        "layer",
        "measure",
        "before training",
        "after epoch 1",
        "above chance: before",
        "above chance: epoch 1",
        "end less chance",
        "chance: before, epoch 1, end",
    ];
    TableFigure {
        id: "training-shares".to_owned(),
        title: "Share of the final score, and of what of it is above chance".to_owned(),
        caption: format!(
            "Mean over pairs at the checkpoint, divided by the mean at the last one; above chance, both are less their chance level first. The chance level is the mean of the draws of what a measure is judged by: a rotated basis for matchings, shuffled stimuli otherwise; networks are resampled with their chance levels, and intervals do not hold how far a mean of so few draws may be off. A share above chance is undefined where the interval of the final score less chance reaches 0. Of accuracy, means over networks. {}",
            words::caption(run, &shown)
        ),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}

/// The chance levels of a layer before training, after epoch 1 and at the end; a dash where there is none.
fn chance_levels(table: &Table, share: &SummaryRow) -> String {
    let mut means = rows_of(table, Quantity::MeanOverPairs, &share.measure);
    means.retain(|r| r.layer_x == share.layer_x && r.layer_y == share.layer_x);
    let after =
        |epoch: f64| means.iter().find(|r| r.when.is_some_and(|when| when.epoch == epoch)).copied();
    let last = means.iter().max_by_key(|r| r.when.map(|when| when.step)).copied();
    let null = words::telling_null(&share.measure);
    let level = |row: Option<&SummaryRow>| {
        let chance = row.and_then(|row| words::chance_of(row, null));
        chance.map_or("–".to_owned(), |chance| words::estimate(&Estimate::bare(chance.mean)))
    };
    [after(0.0), after(1.0), last].map(level).join(", ")
}
