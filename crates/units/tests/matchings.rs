//! Matchings of planted copies, ties, dead units and different widths.

mod networks;

use consilience_linalg::Mat;
use consilience_testkit::synthetic::{
    generator, normal, permuted_copy, rectified_laplace, rotated_copy,
};
use consilience_units::{MatchKind, Matching, Summary, UnitState, analyse_layer};
use networks::{findings, layer, quick};

fn summary(matching: &Matching, kind: MatchKind) -> &Summary {
    matching.summaries.iter().find(|s| s.kind == kind).expect("every kind has a line")
}

#[test]
fn a_permuted_copy_is_found_by_every_matching() {
    let rng = &mut generator(1);
    let x = rectified_laplace(600, 24, rng);
    let (y, order) = permuted_copy(x.as_ref(), rng);
    let found = findings(&x, &y, &quick());
    let matching = found.matching.found().expect("defined");
    for line in &matching.summaries {
        assert!((line.mean - 1.0).abs() < 1e-9, "{:?}: {}", line.kind, line.mean);
        assert!(line.stability.is_none_or(|s| s == 1.0));
        assert!(line.shuffled.iter().all(|m| *m < 0.2));
        assert!(line.rotated.len() == 19 && line.rotated.iter().all(|m| *m < 0.75), "{line:?}");
    }
    assert!(matching.matching_gap < 1e-9 && matching.soft_gap < 1e-9);
    assert_eq!((matching.agreement_x.same_partner, matching.agreement_y.mutual), (1.0, 1.0));
    for (j, &i) in order.iter().enumerate() {
        let partner = found.x.matched[i].expect("matched");
        assert_eq!((partner.unit as usize, partner.tie), (j, false));
        assert!(partner.margin.expect("others") > 0.8);
        assert_eq!(found.y.semi[j].expect("a best").unit as usize, i);
        assert_eq!(found.x.soft[i], [(j as u32, 1.0)]);
    }
    // In the order of the cycles the matching is the diagonal of the picture.
    let picture = &found.correlation;
    let r = picture.between.values().expect("its own bytes");
    for (&i, &j) in picture.order_x.iter().zip(&picture.order_y) {
        assert!(r[i as usize * 24 + j as usize] > 0.99);
    }
    assert_eq!(picture.cycles.iter().map(Vec::len).sum::<usize>(), 24);
}

#[test]
fn a_rotated_copy_matches_no_better_than_a_rotated_copy() {
    let rng = &mut generator(2);
    let x = rectified_laplace(2000, 24, rng);
    let y = rotated_copy(x.as_ref(), rng);
    let found = findings(&x, &y, &quick());
    let line = summary(found.matching.found().expect("defined"), MatchKind::OneToOne);
    let chance = line.rotated.iter().sum::<f64>() / 19.0;
    assert!((line.mean - chance).abs() < 0.05, "{} against {chance}", line.mean);
}

#[test]
fn duplicated_units_are_ties() {
    let rng = &mut generator(3);
    let x = normal(300, 6, rng);
    // Unit 5 of y copies its unit 2.
    let y = Mat::from_fn(300, 6, |i, j| x[(i, if j == 5 { 2 } else { j })]);
    let found = findings(&x, &y, &quick());
    let semi = found.x.semi[2].expect("a best");
    assert!(semi.unit == 2 && semi.tie && semi.margin == Some(0.0), "{semi:?}");
    assert!(!found.x.semi[1].expect("a best").tie);
    let matching = found.matching.found().expect("defined");
    assert_eq!(matching.semi_partners_y, (5, 2));
}

#[test]
fn dead_and_constant_units_take_no_part() {
    let rng = &mut generator(4);
    let x = normal(200, 7, rng);
    let y = Mat::from_fn(200, 5, |i, j| match j {
        0 => 0.0,
        3 => 1.5,
        _ => x[(i, j)],
    });
    let found = findings(&x, &y, &quick());
    let varies = UnitState::Varies;
    assert_eq!(found.y.state, [UnitState::Dead, varies, varies, UnitState::Constant, varies]);
    let matching = found.matching.found().expect("defined");
    assert_eq!(matching.units, (7, 3));
    assert!(found.y.matched[0].is_none() && found.y.semi[3].is_none() && found.y.top[3].is_empty());
    let matched: Vec<bool> = found.x.matched.iter().map(Option::is_some).collect();
    assert_eq!(matched, [false, true, true, false, true, false, false]);
    assert_eq!(found.y.zeros[0], 1.0);
}

#[test]
fn a_dead_layer_says_so() {
    let rng = &mut generator(5);
    let x = normal(100, 3, rng);
    let y = Mat::zeros(100, 4);
    let together = layer(&[&x, &y], &quick());
    let found = consilience_units::analyse_pair(&together, 0, 1).expect("no error");
    let consilience_units::Part::Undefined(reason) = &found.matching else { panic!("defined") };
    assert!(reason.contains("no unit of network-1 varies"), "{reason}");
    let all = analyse_layer(&together).expect("no error");
    assert_eq!((all.spectra[1].dead, all.spectra[1].range), (4, None));
}

#[test]
fn chains_through_other_networks_come_back_where_all_are_copies() {
    let rng = &mut generator(6);
    let x = rectified_laplace(400, 10, rng);
    let (y, _) = permuted_copy(x.as_ref(), rng);
    let (z, _) = permuted_copy(x.as_ref(), rng);
    let others = [rectified_laplace(400, 10, rng), rectified_laplace(400, 10, rng)];
    let together = layer(&[&x, &y, &z], &quick());
    let found = consilience_units::analyse_pair(&together, 0, 2).expect("good data");
    assert!(found.x.cycle.iter().all(|share| *share == Some(1.0)));
    let matching = found.matching.found().expect("defined");
    assert_eq!(
        (matching.cycle_share, &matching.through[..]),
        (Some(1.0), &["network-1".to_owned()][..])
    );
    let all = analyse_layer(&together).expect("good data");
    assert_eq!((all.cycles.len(), all.cycles[0].share, all.cycles[0].chance), (1, 1.0, 0.1));
    assert_eq!(all.cliques.expect("three networks").share, 1.0);
    assert!(all.spectra_difference.expect("equal widths") < 1e-12);
    assert!(all.partners_difference.expect("partners") < 1e-12);
    assert!(all.index_difference.expect("equal widths") > 0.0);
    assert!((all.partners_rank_correlation.expect("partners") - 1.0).abs() < 1e-12);
    // Networks without anything in common have chains by chance only.
    let apart = layer(&[&x, &others[0], &others[1]], &quick());
    let broken = analyse_layer(&apart).expect("good data");
    assert!(broken.cycles[0].share < 0.5 && broken.cliques.expect("three networks").share < 0.5);
}
