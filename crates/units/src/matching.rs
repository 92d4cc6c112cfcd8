//! The matchings of a pair: over a layer, and what they say of each unit.

use consilience_linalg::{Mat, MatRef};
use consilience_solvers::Assignment;

use crate::chance::{Draw, draw, mean, rotations, upper_points};
use crate::companions::{History, cycles, history};
use crate::layer::Layer;
use crate::partners::{Choice, candidates, likeness};
use crate::stability::{Partners, Stability, stability};
use crate::transport::{Shares, curve, kept, named, partial, soft, sorted_means};
use crate::{
    Agreement, MatchKind, Matching, PartialMatching, Partner, Result, SoftPartner, Summary,
};

/// Best and worst units that are listed.
const LISTED: usize = 8;

/// What the matchings say of the varying units of one side.
pub(crate) struct SideMatching {
    /// Which unit of the other side speaks alone for a unit: its one-to-one partner, without one its best candidate; index among
    /// the varying units.
    pub(crate) alone: Vec<usize>,
    /// Likeness of the one-to-one partner.
    pub(crate) likeness: Vec<Option<f64>>,
    pub(crate) semi: Vec<Option<Partner>>,
    pub(crate) matched: Vec<Option<Partner>>,
    pub(crate) candidates: Vec<Vec<(u32, f32)>>,
    pub(crate) soft: Vec<Vec<SoftPartner>>,
    pub(crate) partial: Vec<Vec<SoftPartner>>,
    pub(crate) cycle: Vec<Option<f32>>,
    pub(crate) checkpoints: Vec<Option<f32>>,
    pub(crate) settled: Vec<Option<String>>,
    /// The 95 % point of the largest likeness in another order of the stimuli.
    pub(crate) chance: Vec<Option<f64>>,
    /// The same with a rotated copy of the other side.
    pub(crate) rotated: Vec<Option<f64>>,
}

/// The matchings of networks x < y, and what they say of the units of x and of y.
pub(crate) fn matchings(
    layer: &Layer,
    [x, y]: [usize; 2],
    matched: &Assignment,
) -> Result<(Matching, [SideMatching; 2])> {
    let found = Found::of(layer, [x, y], matched)?;
    let (of_x, cycle_share) = cycles(layer, x, y);
    let (of_y, _) = cycles(layer, y, x);
    let others = (0..layer.networks.len()).filter(|&k| k != x && k != y);
    let matching = Matching {
        units: (found.by[0].nrows(), found.by[1].nrows()),
        summaries: found.summaries(),
        agreement_x: found.agreement(0),
        agreement_y: found.agreement(1),
        semi_partners_x: sharing(&found.all.semi[0], found.by[1].nrows()),
        semi_partners_y: sharing(&found.all.semi[1], found.by[0].nrows()),
        matching_gap: matched.gap,
        soft_gap: found.soft.gap,
        partial: found.curve.clone(),
        through: others.map(|k| layer.networks[k].representation.id.network.clone()).collect(),
        cycle_share,
        checkpoints: layer.checkpoints.iter().cloned().zip(found.history.shares.clone()).collect(),
    };
    Ok((matching, [found.side(0, &of_x), found.side(1, &of_y)]))
}

/// Everything found out about the matchings of a pair. Arrays hold x, then y; matrices have their own units in rows.
struct Found<'a> {
    layer: &'a Layer,
    /// The varying units.
    units: [&'a [usize]; 2],
    correlation: [Mat<f64>; 2],
    by: [Mat<f64>; 2],
    tie: f64,
    all: Partners,
    stability: Option<Stability>,
    soft: Shares,
    partial: Shares,
    curve: PartialMatching,
    shuffled: Vec<Draw>,
    rotated: Vec<Draw>,
    history: History,
    last: String,
}

impl<'a> Found<'a> {
    fn of(layer: &'a Layer, [x, y]: [usize; 2], matched: &Assignment) -> Result<Self> {
        let parameters = &layer.parameters;
        let (between, sides) = (layer.between(x, y), [&layer.networks[x], &layer.networks[y]]);
        let by = likeness(&between.correlation, parameters.correlation);
        let all = Partners::with(by.as_ref(), matched.column_of_row.clone(), between.tie);
        let mut curve = curve(by.as_ref(), parameters.partial_masses)?;
        let partial = partial(by.as_ref(), curve.mass)?;
        curve.kept_x = kept(&partial.of[0]);
        curve.kept_y = kept(&partial.of[1]);
        curve.gap = curve.gap.max(partial.gap);
        let at_once = layer.holding.at_once;
        let shuffled = between.shuffled.iter().map(|r| draw(r, curve.mass, parameters));
        Ok(Self {
            layer,
            units: [&sides[0].varying, &sides[1].varying],
            correlation: both(&between.correlation),
            tie: between.tie,
            stability: stability(sides, between.cross(), &all, parameters, between.tie, at_once)?,
            soft: soft(by.as_ref())?,
            partial,
            shuffled: shuffled.collect::<Result<_>>()?,
            rotated: rotations(
                &between.correlation,
                &sides[1].within,
                curve.mass,
                parameters,
                at_once,
            )?,
            history: history(between, &all.matched[0]),
            last: sides[0].representation.id.checkpoint.clone(),
            by: both(&by),
            all,
            curve,
        })
    }

    /// One line a kind of matching, in the order of [`MatchKind`].
    fn summaries(&self) -> Vec<Summary> {
        let by = &self.by;
        let semi = |side: usize| -> Vec<f64> {
            let partners = self.all.semi[side].iter().enumerate();
            partners.map(|(i, &j)| by[side][(i, j)]).collect()
        };
        let matched: Vec<f64> = self.all.matched[0]
            .iter()
            .enumerate()
            .filter_map(|(i, j)| j.map(|j| by[0][(i, j)]))
            .collect();
        let transported =
            |plan: &Shares| (plan.mean, sorted_means(&plan.of[0], |i, j| by[0][(i, j)]));
        let single = |values: Vec<f64>| (mean(&values), descending(&values));
        let stable =
            |of: &dyn Fn(&Stability) -> &Vec<f64>| self.stability.as_ref().map(|s| mean(of(s)));
        let lines = [
            (MatchKind::SemiX, single(semi(0)), stable(&|s| &s.semi[0])),
            (MatchKind::SemiY, single(semi(1)), stable(&|s| &s.semi[1])),
            (MatchKind::OneToOne, single(matched), stable(&|s| &s.matched[0])),
            (MatchKind::Soft, transported(&self.soft), None),
            (MatchKind::Partial, transported(&self.partial), None),
        ];
        let means = |draws: &[Draw], k: usize| draws.iter().map(|draw| draw.means[k]).collect();
        let summary = |(k, (kind, (mean, sorted), stability)): (usize, _)| Summary {
            kind,
            mean,
            sorted,
            shuffled: means(&self.shuffled, k),
            rotated: means(&self.rotated, k),
            stability,
        };
        lines.into_iter().enumerate().map(summary).collect()
    }

    fn agreement(&self, side: usize) -> Agreement {
        let (semi, other) = (&self.all.semi[side], &self.all.semi[1 - side]);
        let n = semi.len();
        let share = |count: usize| count as f64 / n as f64;
        let same = (0..n).filter(|&i| self.all.matched[side][i] == Some(semi[i])).count();
        let mutual = (0..n).filter(|&i| other[semi[i]] == i).count();
        let by = |i: usize| self.by[side][(i, semi[i])];
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| by(b).total_cmp(&by(a)).then(a.cmp(&b)));
        let named = |units: &[usize]| units.iter().map(|&i| self.units[side][i] as u32).collect();
        let listed = LISTED.min(n);
        Agreement {
            same_partner: share(same),
            mutual: share(mutual),
            best: named(&order[..listed]),
            worst: named(&order[n - listed..]),
        }
    }

    /// What is known of the units of a side; `cycle` has an entry a recorded unit.
    fn side(&self, side: usize, cycle: &[Option<f64>]) -> SideMatching {
        let (own, others) = (self.units[side], self.units[1 - side]);
        let (r, by) = (self.correlation[side].as_ref(), self.by[side].as_ref());
        let choice = |partner: &[Option<usize>], stability: Option<&[f64]>| {
            Choice { correlation: r, likeness: by, partner, stability, others, tie: self.tie }
                .partners()
        };
        let semi: Vec<Option<usize>> = self.all.semi[side].iter().map(|&j| Some(j)).collect();
        let stability = self.stability.as_ref();
        let alone = self.all.matched[side].iter().zip(&self.all.semi[side]);
        SideMatching {
            likeness: (0..own.len())
                .map(|i| self.all.matched[side][i].map(|j| by[(i, j)]))
                .collect(),
            alone: alone.map(|(partner, &best)| partner.unwrap_or(best)).collect(),
            semi: choice(&semi, stability.map(|s| &*s.semi[side])),
            matched: choice(&self.all.matched[side], stability.map(|s| &*s.matched[side])),
            candidates: self.candidates(by, r, others),
            soft: self.soft.of[side].iter().map(|partners| named(partners, others)).collect(),
            partial: self.partial.of[side].iter().map(|partners| named(partners, others)).collect(),
            cycle: own.iter().map(|&unit| cycle[unit].map(|share| share as f32)).collect(),
            checkpoints: self.checkpoints(side),
            settled: self.settled(side),
            chance: points(&self.shuffled, side, own.len()),
            rotated: points(&self.rotated, side, own.len()),
        }
    }

    fn candidates(
        &self,
        by: MatRef<'_, f64>,
        r: MatRef<'_, f64>,
        others: &[usize],
    ) -> Vec<Vec<(u32, f32)>> {
        let lists = candidates(by, self.layer.parameters.candidates).into_iter().enumerate();
        let named = |(i, list): (usize, Vec<usize>)| {
            list.into_iter().map(|j| (others[j] as u32, r[(i, j)] as f32)).collect()
        };
        lists.map(named).collect()
    }

    fn checkpoints(&self, side: usize) -> Vec<Option<f32>> {
        let partners = self.all.matched[side].iter().enumerate();
        let kept = |i: usize| self.history.kept[side].get(i).map(|&share| share as f32);
        partners.map(|(i, partner)| partner.and_then(|_| kept(i))).collect()
    }

    fn settled(&self, side: usize) -> Vec<Option<String>> {
        let name = |at: usize| self.layer.checkpoints.get(at).unwrap_or(&self.last).clone();
        let known = !self.layer.checkpoints.is_empty();
        let partners = self.all.matched[side].iter().zip(&self.history.settled[side]);
        partners.map(|(partner, &at)| partner.filter(|_| known).map(|_| name(at))).collect()
    }
}

fn both(m: &Mat<f64>) -> [Mat<f64>; 2] {
    [m.clone(), m.transpose().to_owned()]
}

fn descending(values: &[f64]) -> Vec<f32> {
    let mut sorted: Vec<f32> = values.iter().map(|&v| v as f32).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted
}

fn points(draws: &[Draw], side: usize, n_units: usize) -> Vec<Option<f64>> {
    let draws: Vec<&[f64]> = draws.iter().map(|draw| &*draw.best[side]).collect();
    upper_points(&draws, n_units)
}

/// Number of different partners, and the largest number of units that share one.
fn sharing(partners: &[usize], others: usize) -> (usize, usize) {
    let mut wanted = vec![0usize; others];
    partners.iter().for_each(|&j| wanted[j] += 1);
    (wanted.iter().filter(|w| **w > 0).count(), wanted.into_iter().max().unwrap_or(0))
}
