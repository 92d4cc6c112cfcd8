//! Scores of other packages: every row of `golden/oracle_map.csv`.

use std::collections::{BTreeMap, BTreeSet};

use consilience_measures::packages::{PACKAGES, Transform};
use consilience_testkit::assert_none;
use consilience_testkit::evaluate::{Recording, gather};
use consilience_testkit::golden::{Rows, array, csv, read};

/// Our score, as the peer writes it.
fn transformed(score: f64, transform: &str) -> Result<f64, String> {
    match transform {
        "score" => Ok(score),
        "one-minus-score" => Ok(1.0 - score),
        "angular" => Ok(score.acos()),
        "angular-share" => Ok(score.acos() / std::f64::consts::FRAC_PI_2),
        "square" => Ok(score * score),
        "negative-log" => Ok(-score.ln()),
        "ten-times" => Ok(10.0 * score),
        other => Err(format!("no transform `{other}`")),
    }
}

/// The split that the table calls `5-fold`: the one of the golden files for the same arrays.
fn rows(protocol: &str) -> Result<Rows, String> {
    let in_sample = Rows::Named("in-sample".to_owned());
    match protocol {
        "in-sample" => Ok(in_sample),
        "5-fold" => read("permutation")?
            .cases
            .into_iter()
            .find_map(|case| match case.protocol {
                folds @ Rows::Folds { .. } if case.x == "inputs/X.npy" => Some(folds),
                _ => None,
            })
            .ok_or_else(|| "no folds of X in golden/permutation.json".to_owned()),
        other => Err(format!("no protocol `{other}`")),
    }
}

fn score(spec: &str, pair: &str, protocol: &str) -> Result<f64, String> {
    let (x, y) = match pair {
        "X_Y" => ("inputs/X.npy", "inputs/Y.npy"),
        "X_Z" => ("inputs/X.npy", "inputs/Z.npy"),
        other => return Err(format!("no pair `{other}`")),
    };
    let (x, y) = (Recording::new(&array(x)), Recording::new(&array(y)));
    let folds = rows(protocol)?.protocols(x.ids.len(), &[]);
    let of_fold = |fold: &consilience_testkit::evaluate::Protocol| {
        let moments = gather(&x, &y, &fold.blocks).map_err(|e| e.to_string())?;
        moments.evaluate(spec, &fold.design).map(|c| c.score).map_err(|e| e.to_string())
    };
    let scores = folds.iter().map(of_fold).collect::<Result<Vec<f64>, String>>()?;
    Ok(scores.iter().sum::<f64>() / scores.len() as f64)
}

/// What is wrong with a row of the table: peer, pair, spec, transform, protocol, difference, tolerance, reason.
fn check(row: &[String], peers: &BTreeMap<String, [String; 2]>) -> Result<(), String> {
    let [peer, pair, spec, transform, protocol, _, tolerance, ..] = row else {
        return Err("too few fields".to_owned());
    };
    let values = peers.get(peer).ok_or("is not in oracle.csv")?;
    let value = &values[usize::from(pair == "X_Z")];
    let expected: f64 = value.parse().map_err(|_| format!("the peer's value is `{value}`"))?;
    let tolerance: f64 = tolerance.parse().map_err(|_| format!("tolerance `{tolerance}`"))?;
    let found = transformed(score(spec, pair, protocol)?, transform)?;
    if (found - expected).abs() <= tolerance {
        return Ok(());
    }
    Err(format!("{spec} gives {found}, the peer {expected}, tolerance {tolerance:e}"))
}

#[test]
fn every_mapped_peer_agrees() {
    let peers: BTreeMap<String, [String; 2]> = csv("oracle.csv")
        .into_iter()
        .map(|row| (row[0].clone(), [row[1].clone(), row[2].clone()]))
        .collect();
    let table = csv("oracle_map.csv");
    let failures: Vec<String> = table
        .iter()
        .filter_map(|row| {
            check(row, &peers).err().map(|problem| format!("{} on {}: {problem}", row[0], row[1]))
        })
        .collect();
    assert_none(&failures);
    assert!(table.len() > 60, "only {} rows were compared", table.len());
}

/// Every recorded row is mapped to one of ours, or has a reason why it is not.
#[test]
fn no_recorded_peer_is_left_without_a_word() {
    let names = |file: &str| -> BTreeSet<String> {
        csv(file).into_iter().map(|row| row[0].clone()).collect()
    };
    let (all, mapped) = (names("oracle.csv"), names("oracle_map.csv"));
    let reasons = csv("oracle_unmapped.csv");
    let mut failures: Vec<String> = reasons
        .iter()
        .filter(|row| row.len() != 2 || row[1].len() < 10)
        .map(|row| format!("{row:?}: expected a peer and a reason"))
        .collect();
    let unmapped: BTreeSet<String> = reasons.into_iter().map(|row| row[0].clone()).collect();
    failures.extend(mapped.intersection(&unmapped).map(|peer| format!("{peer} is in both tables")));
    let known: BTreeSet<String> = mapped.union(&unmapped).cloned().collect();
    failures.extend(all.symmetric_difference(&known).map(|peer| format!("{peer} is in one only")));
    assert_none(&failures);
}

/// What `--like PACKAGE` promises: specs parse and are canonical, and where the package's own numbers are recorded, the
/// table of peers has them for the same spec.
#[test]
fn packages_are_what_the_table_of_peers_says() {
    let mapped = csv("oracle_map.csv");
    let mut failures = Vec::new();
    let mut checked = 0;
    for package in PACKAGES {
        for quantity in package.quantities {
            let place = format!("{} {}", package.name, quantity.name);
            match consilience_measures::parse(quantity.spec) {
                Ok(measure) if measure.spec() == quantity.spec => {}
                Ok(measure) => failures.push(format!("{place}: canonical is {}", measure.spec())),
                Err(error) => failures.push(format!("{place}: {error}")),
            }
            let transform = match quantity.transform {
                Transform::Identity => "score",
                Transform::ArcCosine => "angular",
                Transform::OneMinus => "one-minus-score",
                Transform::Square => "square",
                Transform::Times(10) => "ten-times",
                Transform::Times(_) | Transform::Calibrated => "not in the table of peers",
            };
            for peer in quantity.oracle {
                let canonical = |spec: &str| consilience_measures::parse(spec).map(|m| m.spec());
                let agrees = mapped.iter().any(|row| {
                    row[0] == *peer
                        && canonical(&row[2]).ok().as_deref() == Some(quantity.spec)
                        && row[3] == transform
                });
                if !agrees {
                    failures.push(format!(
                        "{place}: oracle_map.csv does not map {peer} to {} ({transform})",
                        quantity.spec
                    ));
                }
                checked += 1;
            }
        }
    }
    assert_none(&failures);
    assert!(checked > 3, "only {checked} quantities were held against recorded numbers");
    assert!(
        PACKAGES.is_sorted_by_key(|package| package.name),
        "packages are in alphabetical order"
    );
}
