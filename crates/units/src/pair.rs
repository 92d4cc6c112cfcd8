//! All that is found out about the units of two networks.

use consilience_statistics::{BlockSet, Split, SplitDesign};
use rayon::prelude::*;

use crate::clusters::clusters;
use crate::information::information;
use crate::layer::Layer;
use crate::matching::{SideMatching, matchings};
use crate::pictures::correlations;
use crate::prediction::{Direction, Fold, predict};
use crate::side::alone;
use crate::subspaces::subspaces;
use crate::verdicts::{rotated_shares, shares, verdicts};
use crate::{Error, Findings, Part, Result, Shares};

/// All that is found out about the units of two networks of a layer, x before y.
///
/// What is undefined for these data is a [`Part::Undefined`] with its reason.
///
/// # Panics
/// If the layer holds the moments of one pair, and of another one: see [`Layer::hold`].
///
/// # Errors
/// [`Error::Representations`] unless x < y < number of networks, and when a factorisation or a problem fails.
pub fn analyse_pair(layer: &Layer, x: usize, y: usize) -> Result<Findings> {
    if !(x < y && y < layer.networks.len()) {
        return Err(Error::Representations {
            found: format!("networks {x} and {y}"),
            expected: format!("two of 0 to {}, the smaller first", layer.networks.len() - 1),
        });
    }
    let mut findings = nothing(layer, [x, y], &silent(layer, [x, y]));
    let Some(matched) = &layer.between(x, y).matched else { return Ok(findings) };
    let varying = [x, y].map(|k| &*layer.networks[k].varying);
    let (matching, of_sides) = matchings(layer, [x, y], matched)?;
    findings.matching = Part::Found(matching);
    set_information(layer, [x, y], &mut findings);
    set_predictions(layer, [x, y], &of_sides, &mut findings)?;
    let [of_x, of_y] = of_sides;
    findings.x.set_matching(varying[0], of_x);
    findings.y.set_matching(varying[1], of_y);
    set_groups(layer, [x, y], &mut findings)?;
    Ok(findings)
}

/// What there is to say if nothing can be compared, for this reason.
fn nothing(layer: &Layer, [x, y]: [usize; 2], reason: &str) -> Findings {
    Findings {
        parameters: layer.parameters.clone(),
        blocks: layer.blocks.len(),
        x: alone(layer, x),
        y: alone(layer, y),
        correlation: correlations(layer, [x, y]),
        matching: Part::Undefined(reason.to_owned()),
        information: Part::Undefined(reason.to_owned()),
        y_from_x: Part::Undefined(reason.to_owned()),
        x_from_y: Part::Undefined(reason.to_owned()),
        clusters: Part::Undefined(reason.to_owned()),
        subspaces: Part::Undefined(reason.to_owned()),
        shares: Part::Undefined(reason.to_owned()),
    }
}

/// Why there is nothing to match.
fn silent(layer: &Layer, [x, y]: [usize; 2]) -> String {
    let names = [x, y].into_iter().filter(|&k| layer.networks[k].varying.is_empty());
    let names: Vec<String> =
        names.map(|k| layer.networks[k].representation.id.to_string()).collect();
    let names = names.join(" and ");
    format!("no unit of {names} varies; use a layer, or stimuli, to which some unit responds")
}

fn set_information(layer: &Layer, [x, y]: [usize; 2], findings: &mut Findings) {
    let Some(found) = information(layer, [x, y]) else {
        let reason = "no rows are sampled for it; set `rows` of `information` above 0";
        findings.information = Part::Undefined(reason.to_owned());
        return;
    };
    let [of_x, of_y] = &found.best;
    let varying = [x, y].map(|k| &*layer.networks[k].varying);
    findings.x.set_information(varying[0], varying[1], of_x);
    findings.y.set_information(varying[1], varying[0], of_y);
    findings.information = Part::Found(found.information);
}

/// Sparse prediction of y from x and of x from y, and the verdicts that rest on it.
fn set_predictions(
    layer: &Layer,
    [x, y]: [usize; 2],
    of_sides: &[SideMatching; 2],
    findings: &mut Findings,
) -> Result<()> {
    let parameters = &layer.parameters;
    let varying = [x, y].map(|k| &*layer.networks[k].varying);
    let design = match SplitDesign::k_fold(&layer.blocks, parameters.prediction.folds) {
        Ok(design) => design,
        Err(error) => {
            let reason = error.to_string();
            findings.y_from_x = Part::Undefined(reason.clone());
            findings.x_from_y = Part::Undefined(reason.clone());
            findings.shares = Part::Undefined(reason);
            return Ok(());
        }
    };
    let moments = Moments::of(layer, [x, y], &design);
    let [to_y, to_x] = [0, 1].map(|to| (&moments.all[to], &moments.folds[to]));
    let y_from_x = predict(to_y.0, to_y.1, &of_sides[1].alone, parameters)?;
    let x_from_y = predict(to_x.0, to_x.1, &of_sides[0].alone, parameters)?;
    let of_x = verdicts(&of_sides[0], &x_from_y.held_out, &parameters.verdicts);
    let of_y = verdicts(&of_sides[1], &y_from_x.held_out, &parameters.verdicts);
    findings.shares = Part::Found(Shares {
        x: shares(of_x.iter().map(|verdict| verdict.kind)),
        y: shares(of_y.iter().map(|verdict| verdict.kind)),
        rotated: rotated_shares(layer, [x, y], &of_sides[0], to_x.0, to_x.1)?,
    });
    findings.x.set_verdicts(varying[0], of_x);
    findings.y.set_verdicts(varying[1], of_y);
    findings.x.set_paths(varying[0], varying[1], &x_from_y);
    findings.y.set_paths(varying[1], varying[0], &y_from_x);
    findings.y_from_x = Part::Found(y_from_x.prediction);
    findings.x_from_y = Part::Found(x_from_y.prediction);
    Ok(())
}

/// Moments over all rows and over the sets of a design, for targets in y and for targets in x.
struct Moments {
    all: [Direction; 2],
    folds: [Vec<Fold>; 2],
}

impl Moments {
    fn of(layer: &Layer, [x, y]: [usize; 2], design: &SplitDesign) -> Self {
        let sides = [&layer.networks[x], &layer.networks[y]];
        let cross = layer.between(x, y).cross();
        let over = |set: BlockSet| Direction::both(sides, cross, set);
        let fold = |split: &Split| {
            let ([fit_y, fit_x], [eval_y, eval_x]) = (over(split.fit), over(split.eval));
            (Fold { fit: fit_y, eval: eval_y }, Fold { fit: fit_x, eval: eval_x })
        };
        let (to_y, to_x) = design.splits().par_iter().map(fold).unzip();
        Self { all: over(BlockSet::first(layer.blocks.len())), folds: [to_y, to_x] }
    }
}

/// Clusters of the units of both networks, and the spaces that units span.
fn set_groups(layer: &Layer, [x, y]: [usize; 2], findings: &mut Findings) -> Result<()> {
    findings.clusters = clusters(layer, &[x, y])?;
    if let Part::Found(found) = &findings.clusters {
        findings.x.cluster.clone_from(&found.members[0]);
        findings.y.cluster.clone_from(&found.members[1]);
    }
    let found = subspaces(layer, [x, y], findings.clusters.found())?;
    findings.subspaces = Part::Found(found);
    Ok(())
}
