//! All that is found out about the units of two networks.

use consilience_statistics::{BlockSet, SplitDesign};
use rayon::prelude::*;

use crate::information::information;
use crate::layer::Layer;
use crate::matching::{SideMatching, matchings};
use crate::pictures::correlations;
use crate::prediction::{Direction, Fold, Predicted, predict};
use crate::side::alone;
use crate::{Error, Findings, Part, Result};

/// All that is found out about the units of two networks of a layer, x before y.
///
/// What is undefined for these data is a [`Part::Undefined`] with its reason.
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
    set_information(layer, [x, y], &mut findings)?;
    let predicted = predictions(layer, [x, y], &of_sides)?;
    match predicted {
        Part::Found([y_from_x, x_from_y]) => {
            findings.y.set_paths(varying[1], varying[0], &y_from_x);
            findings.x.set_paths(varying[0], varying[1], &x_from_y);
            findings.y_from_x = Part::Found(y_from_x.prediction);
            findings.x_from_y = Part::Found(x_from_y.prediction);
        }
        Part::Undefined(reason) => {
            findings.y_from_x = Part::Undefined(reason.clone());
            findings.x_from_y = Part::Undefined(reason);
        }
    }
    let [of_x, of_y] = of_sides;
    findings.x.set_matching(varying[0], of_x);
    findings.y.set_matching(varying[1], of_y);
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

fn set_information(layer: &Layer, [x, y]: [usize; 2], findings: &mut Findings) -> Result<()> {
    let Some(found) = information(layer, [x, y])? else {
        let reason = "no rows are sampled for it; set `rows` of `information` above 0";
        findings.information = Part::Undefined(reason.to_owned());
        return Ok(());
    };
    let [of_x, of_y] = &found.best;
    let varying = [x, y].map(|k| &*layer.networks[k].varying);
    findings.x.set_information(varying[0], varying[1], of_x);
    findings.y.set_information(varying[1], varying[0], of_y);
    findings.information = Part::Found(found.information);
    Ok(())
}

/// Sparse prediction of y from x, and of x from y; or why the stimuli do not allow it.
fn predictions(
    layer: &Layer,
    [x, y]: [usize; 2],
    of_sides: &[SideMatching; 2],
) -> Result<Part<[Predicted; 2]>> {
    let parameters = &layer.parameters;
    let design = match SplitDesign::k_fold(&layer.blocks, parameters.prediction.folds) {
        Ok(design) => design,
        Err(error) => return Ok(Part::Undefined(error.to_string())),
    };
    let sides = [&layer.networks[x], &layer.networks[y]];
    let cross = &layer.between(x, y).cross;
    let over = |set: BlockSet| Direction::both(sides, cross, set);
    let [all_y, all_x] = over(BlockSet::first(layer.blocks.len()));
    let folds: Vec<[Fold; 2]> = design
        .splits()
        .par_iter()
        .map(|split| {
            let ([fit_y, fit_x], [eval_y, eval_x]) = (over(split.fit), over(split.eval));
            [Fold { fit: fit_y, eval: eval_y }, Fold { fit: fit_x, eval: eval_x }]
        })
        .collect();
    let (of_y, of_x): (Vec<Fold>, Vec<Fold>) = folds.into_iter().map(|[y, x]| (y, x)).unzip();
    let y_from_x = predict(&all_y, &of_y, &of_sides[1].alone, parameters)?;
    let x_from_y = predict(&all_x, &of_x, &of_sides[0].alone, parameters)?;
    Ok(Part::Found([y_from_x, x_from_y]))
}
