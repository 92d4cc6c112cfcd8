//! What is found in the curves of a sweep. Words are made of it elsewhere.

use super::{ERROR, INPUTS, INTERPOLATING, Place, Points, RATIO, STUDENT, Sweep, Valued};

/// Distance from the threshold, as a factor of the number of samples, within which a minimum counts as near to it.
pub const NEAR: f64 = 1.35;

/// Share of the steps that have to rise, if none falls by more than the intervals: small steps are lost in the draws.
const MOST: f64 = 0.95;

/// Share of the intervals over draws from which theory and measurement are said to agree: 95 % less what few draws cost.
pub const AGREE: f64 = 0.85;

/// Whether the first is lower by more than the intervals.
fn clearly_below(low: &Valued<'_>, high: &Valued<'_>) -> bool {
    low.ends()[1] < high.ends()[0]
}

/// Steps of alignment from each signal-to-noise ratio to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Monotone {
    /// Steps: pairs of neighbouring ratios at one number of samples, over all curves.
    pub steps: usize,
    /// Those that rise.
    pub rises: usize,
    /// Those that fall by more than the intervals.
    pub falls: usize,
    /// The smallest.
    pub smallest: f64,
}

impl Monotone {
    /// Whether alignment grows with the ratio: none falls clearly, and nearly all rise.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.falls == 0 && self.rises as f64 >= MOST * self.steps as f64
    }
}

/// Steps of these quantities along the ratio; `None` with fewer than two ratios.
#[must_use]
pub fn monotone(points: &Points<'_>, quantities: &[&str]) -> Option<Monotone> {
    let ratios = points.values(RATIO);
    let mut found = Monotone { steps: 0, rises: 0, falls: 0, smallest: f64::INFINITY };
    for quantity in quantities {
        for inputs in points.values(INPUTS) {
            for student in points.values(STUDENT) {
                let curve = |ratio| points.curve(quantity, &Place { inputs, student, ratio });
                for pair in ratios.windows(2) {
                    let highs = curve(pair[1]);
                    for low in curve(pair[0]) {
                        let Some(high) = highs.iter().find(|p| p.at() == low.at()) else {
                            continue;
                        };
                        let rise = high.value() - low.value();
                        found.steps += 1;
                        found.rises += usize::from(rise > 0.0);
                        found.falls += usize::from(clearly_below(high, &low));
                        found.smallest = found.smallest.min(rise);
                    }
                }
            }
        }
    }
    (found.steps > 0).then_some(found)
}

/// A minimum of a curve near the threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dip<'a> {
    /// The lowest point near the threshold.
    pub lowest: Valued<'a>,
    /// First and last number of samples around it whose points are not higher by more than the intervals: where the minimum
    /// may be.
    pub between: [f64; 2],
}

/// Why a curve has no minimum near the threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NoDip {
    /// There is no point near the threshold, or none with fewer or with more samples.
    NotSampled,
    /// The lowest point near the threshold is not clearly below any with fewer samples.
    NotBelowFewer,
    /// It is not clearly below any with more samples.
    NotBelowMore,
    /// At this other number of samples, between the highest points of either side, the curve is clearly lower.
    LowerAt(f64),
}

/// Where the interpolation threshold of an ensemble is: from the largest number of samples that at least half of the students
/// interpolate, where that was counted, to that of as many numbers to fit as weights.
///
/// Counting is exact for linear students. Others stop to find a fit before: how much before is a question of their training.
#[must_use]
pub fn threshold(sweep: &Sweep, points: &Points<'_>, place: &Place<'_>) -> [f64; 2] {
    let measured = interpolated_up_to(points, place).unwrap_or(sweep.threshold);
    [measured.min(sweep.threshold), sweep.threshold]
}

/// The minimum of a curve near the threshold, if there is one: the lowest point within a factor of [`NEAR`] of it is below a
/// point on either side by more than the intervals, and no point between the highest of either side is clearly lower.
///
/// The last condition keeps a curve whose minimum is elsewhere from having one here. A curve that begins low, as that of
/// students with inputs of their own does, may have one all the same.
///
/// # Errors
/// The first of these conditions that does not hold.
pub fn dip<'a>(curve: &[Valued<'a>], [from, to]: [f64; 2]) -> Result<Dip<'a>, NoDip> {
    let near = |i: &usize| (from / NEAR..=to * NEAR).contains(&curve[*i].at());
    let by_value = |a: &usize, b: &usize| curve[*a].value().total_cmp(&curve[*b].value());
    let lowest = (0..curve.len()).filter(near).min_by(by_value).ok_or(NoDip::NotSampled)?;
    let left = (0..lowest).max_by(by_value).ok_or(NoDip::NotSampled)?;
    let right = (lowest + 1..curve.len()).max_by(by_value).ok_or(NoDip::NotSampled)?;
    if !clearly_below(&curve[lowest], &curve[left]) {
        return Err(NoDip::NotBelowFewer);
    }
    if !clearly_below(&curve[lowest], &curve[right]) {
        return Err(NoDip::NotBelowMore);
    }
    let lower = (left..right).filter(|&i| clearly_below(&curve[i], &curve[lowest]));
    if let Some(lower) = lower.min_by(by_value) {
        return Err(NoDip::LowerAt(curve[lower].at()));
    }
    let as_low = |i: &usize| !clearly_below(&curve[lowest], &curve[*i]);
    let first = (0..lowest).rev().take_while(as_low).last().unwrap_or(lowest);
    let last = (lowest + 1..curve.len()).take_while(as_low).last().unwrap_or(lowest);
    Ok(Dip { lowest: curve[lowest], between: [curve[first].at(), curve[last].at()] })
}

/// Pairs of points of one curve that differ clearly in alignment and in error.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoupling<'a> {
    /// Such pairs.
    pub clear: usize,
    /// Those where the higher alignment goes with the higher error.
    pub against: usize,
    /// The clearest of these: where, and alignment and error at its two points, the more aligned first.
    pub clearest: Option<(Place<'a>, [(Valued<'a>, Valued<'a>); 2])>,
}

/// Whether higher alignment may go with higher error; `None` where no pair differs clearly in both.
#[must_use]
pub fn decoupling<'a>(points: &Points<'a>, alignment: &str) -> Option<Decoupling<'a>> {
    let mut found = Decoupling { clear: 0, against: 0, clearest: None };
    let mut largest = f64::NEG_INFINITY;
    for place in points.places() {
        let errors = points.curve(ERROR, &place);
        let both: Vec<(Valued<'_>, Valued<'_>)> = points
            .curve(alignment, &place)
            .into_iter()
            .filter_map(|a| Some((a, *errors.iter().find(|e| e.at() == a.at())?)))
            .collect();
        for a in &both {
            for b in &both {
                let worse = clearly_below(&b.1, &a.1);
                if !clearly_below(&b.0, &a.0) || !(worse || clearly_below(&a.1, &b.1)) {
                    continue;
                }
                found.clear += 1;
                found.against += usize::from(worse);
                let size = (a.0.value() - b.0.value()).min(a.1.value() - b.1.value());
                if worse && size > largest {
                    largest = size;
                    found.clearest = Some((place, [*a, *b]));
                }
            }
        }
    }
    (found.clear > 0).then_some(found)
}

/// Measured less expected, with the ends of its interval.
#[must_use]
pub fn residual(point: &Valued<'_>) -> Option<(f64, [f64; 2])> {
    let expected = point.row.expected()?;
    let [low, high] = point.estimate.interval?;
    Some((point.value() - expected, [low - expected, high - expected]))
}

/// How far what was measured is from what theory expects.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement<'a> {
    /// Points of which something is expected.
    pub points: usize,
    /// Those whose 95 % interval holds it.
    pub inside: usize,
    /// Mean distance.
    pub mean: f64,
    /// The point that is farthest off, and by how much.
    pub worst: (Valued<'a>, f64),
}

impl Agreement<'_> {
    /// Share of the intervals that hold what is expected.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.inside as f64 / self.points as f64
    }
}

/// Agreement of a quantity with theory over all curves; `None` where nothing is expected.
#[must_use]
pub fn agreement<'a>(points: &Points<'a>, quantity: &str) -> Option<Agreement<'a>> {
    let known: Vec<(Valued<'_>, (f64, [f64; 2]))> = points
        .places()
        .iter()
        .flat_map(|place| points.curve(quantity, place))
        .filter_map(|p| Some((p, residual(&p)?)))
        .collect();
    let holds = |[low, high]: [f64; 2]| low <= 0.0 && 0.0 <= high;
    let worst = known.iter().max_by(|a, b| a.1.0.abs().total_cmp(&b.1.0.abs()))?;
    Some(Agreement {
        points: known.len(),
        inside: known.iter().filter(|(_, (_, ends))| holds(*ends)).count(),
        mean: known.iter().map(|(_, r)| r.0.abs()).sum::<f64>() / known.len() as f64,
        worst: (worst.0, worst.1.0),
    })
}

/// Largest number of samples up to which at least half of the students interpolate; `None` where not even the fewest samples
/// are interpolated, or nobody counted.
#[must_use]
pub fn interpolated_up_to(points: &Points<'_>, place: &Place<'_>) -> Option<f64> {
    let curve = points.curve(INTERPOLATING, place);
    curve.iter().take_while(|p| p.value() >= 0.5).last().map(Valued::at)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use consilience_inference::{Estimate, Method};

    use super::*;
    use crate::{PointOutcome, PointRow};

    /// Points at these numbers of samples with these values, all with intervals of this half width.
    fn planted(values: &[(f64, f64)], half: f64) -> Vec<PointRow> {
        let row = |&(at, value): &(f64, f64)| PointRow {
            schema: 2,
            key: String::new(),
            study: "teacher".into(),
            series: BTreeMap::new(),
            axis: "training samples".into(),
            at,
            quantity: "alignment".into(),
            n_draws: 9,
            n_pairs: 1,
            outcome: PointOutcome::Value {
                estimate: Estimate {
                    value,
                    standard_error: None,
                    interval: Some([value - half, value + half]),
                    method: Method::Draws,
                    replicates: 9,
                },
                expected: None,
                chance: None,
            },
            warnings: Vec::new(),
        };
        values.iter().map(row).collect()
    }

    #[test]
    fn a_threshold_that_is_passed_early_moves_what_is_near() {
        let rows = planted(&[(10.0, 0.8), (40.0, 0.2), (100.0, 0.5), (400.0, 0.9)], 0.01);
        let curve: Vec<Valued<'_>> = rows.iter().filter_map(Valued::of).collect();
        assert_eq!(dip(&curve, [100.0; 2]), Err(NoDip::LowerAt(40.0)));
        assert_eq!(dip(&curve, [50.0, 100.0]).map(|dip| dip.lowest.at()), Ok(40.0));
    }

    fn found(values: &[(f64, f64)], half: f64) -> Result<(f64, [f64; 2]), NoDip> {
        let rows = planted(values, half);
        let curve: Vec<Valued<'_>> = rows.iter().filter_map(Valued::of).collect();
        dip(&curve, [100.0; 2]).map(|dip| (dip.lowest.at(), dip.between))
    }

    #[test]
    fn a_planted_dip_is_found_where_it_is() {
        let curve = [(10.0, 0.8), (50.0, 0.6), (90.0, 0.3), (110.0, 0.32), (200.0, 0.9)];
        assert_eq!(found(&curve, 0.05), Ok((90.0, [90.0, 110.0])));
        assert_eq!(found(&curve, 0.005), Ok((90.0, [90.0, 90.0])));
        // One that begins low, as with independent inputs.
        let rising = [(5.0, 0.1), (50.0, 0.6), (90.0, 0.3), (200.0, 0.9)];
        assert_eq!(found(&rising, 0.05), Ok((90.0, [90.0, 90.0])));
    }

    #[test]
    fn what_is_no_dip_near_the_threshold_is_not_called_one() {
        use NoDip::{LowerAt, NotBelowFewer, NotBelowMore, NotSampled};
        let cases: [(NoDip, &[(f64, f64)], f64); 7] = [
            (NotBelowFewer, &[(10.0, 0.2), (90.0, 0.5), (110.0, 0.6), (400.0, 0.9)], 0.01),
            (NotBelowMore, &[(10.0, 0.9), (90.0, 0.5), (110.0, 0.4), (400.0, 0.2)], 0.01),
            (NotBelowFewer, &[(10.0, 0.8), (100.0, 0.5), (400.0, 0.9)], 0.2),
            (LowerAt(300.0), &[(10.0, 0.9), (100.0, 0.6), (300.0, 0.2), (900.0, 0.95)], 0.01),
            (LowerAt(30.0), &[(10.0, 0.9), (30.0, 0.2), (100.0, 0.6), (900.0, 0.95)], 0.01),
            (NotSampled, &[(10.0, 0.9), (30.0, 0.2), (900.0, 0.95)], 0.01),
            (NotSampled, &[(10.0, 0.9), (100.0, 0.2)], 0.01),
        ];
        for (why, curve, half) in cases {
            assert_eq!(found(curve, half), Err(why), "{curve:?}");
        }
    }
}
