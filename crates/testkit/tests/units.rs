//! Which units take part, and what is said of the others.

use consilience_linalg::Mat;
use consilience_statistics::{
    Blocks, Error, Reading, Result, SplitDesign, UnitPolicy, UnitSelection, gather_marginal,
    select_units,
};
use consilience_testkit::evaluate::Recording;
use consilience_testkit::synthetic::{generator, normal};

const N: usize = 40;
const UNITS: usize = 5;
const SEED: u64 = 501;

/// Normal data, with the given values of some entries in place of its own.
fn select(
    value: impl Fn(usize, usize) -> Option<f64>,
    designs: &[SplitDesign],
    policy: UnitPolicy,
) -> Result<UnitSelection> {
    let good = normal(N, UNITS, &mut generator(SEED));
    let values = Mat::from_fn(N, UNITS, |i, j| value(i, j).unwrap_or(good[(i, j)]));
    let source = Recording::new(&values).source("network")?;
    let reading = Reading { source: &source, representation: 0, units: None, order: None };
    let marginal = gather_marginal(&reading, &blocks())?;
    select_units(&marginal, designs, policy)
}

fn blocks() -> Blocks {
    Blocks::contiguous(N, 10).expect("enough stimuli")
}

fn five_folds() -> SplitDesign {
    SplitDesign::k_fold(&blocks(), 5).expect("enough stimuli")
}

/// Unit 3 is silent in the first fold only (blocks 0 and 5, stimuli 0 to 3 and 20 to 23).
fn silent_in_one_fold(i: usize, j: usize) -> Option<f64> {
    (j == 3 && (i < 4 || (20..24).contains(&i))).then_some(0.0)
}

#[test]
fn units_that_vary_everywhere_stay() {
    for policy in [UnitPolicy::Refuse, UnitPolicy::Drop] {
        let found = select(|_, _| None, &[five_folds()], policy).expect("nothing is constant");
        assert_eq!(found, UnitSelection { kept: (0..UNITS).collect(), dropped: vec![] });
    }
}

#[test]
fn a_unit_constant_in_one_eval_fold_only_is_dropped_from_all() {
    let found = select(silent_in_one_fold, &[five_folds()], UnitPolicy::Drop).expect("four vary");
    assert_eq!(found, UnitSelection { kept: vec![0, 1, 2, 4], dropped: vec![3] });
    // In sample it varies.
    let in_sample = SplitDesign::in_sample(&blocks());
    let found = select(silent_in_one_fold, std::slice::from_ref(&in_sample), UnitPolicy::Refuse);
    assert_eq!(found.expect("all vary").dropped, Vec::<usize>::new());
    // Designs given together are decided together.
    let found = select(silent_in_one_fold, &[in_sample, five_folds()], UnitPolicy::Drop);
    assert_eq!(found.expect("four vary").dropped, vec![3]);
}

#[test]
fn a_unit_that_varies_in_one_block_of_a_fold_falls_with_the_jackknife() {
    // Silent in block 0, speaking in block 5: fold 0 is constant once block 5 is left out.
    let value = |i: usize, j: usize| (j == 1 && i < 4).then_some(7.0);
    let design = five_folds();
    let found = select(value, std::slice::from_ref(&design), UnitPolicy::Drop).expect("all vary");
    assert_eq!(found.dropped, Vec::<usize>::new());
    let replicate = design.without(5);
    let found = select(value, &[design, replicate], UnitPolicy::Drop).expect("four vary");
    assert_eq!(found.dropped, vec![1]);
}

#[test]
fn the_refusal_says_which_units_and_what_to_do() {
    let value = |i: usize, j: usize| if j == 4 { Some(-1.0) } else { silent_in_one_fold(i, j) };
    let error = select(value, &[five_folds()], UnitPolicy::Refuse).expect_err("two are constant");
    assert!(matches!(error, Error::ConstantUnits { first: 3, count: 2, n_units: UNITS, .. }));
    let message = error.to_string();
    for words in ["unit 3 of network/", "2 of 5", "pass `--constant-units drop`"] {
        assert!(message.contains(words), "`{message}` lacks `{words}`");
    }
}

#[test]
fn a_dead_representation_is_an_error_under_both_policies() {
    for policy in [UnitPolicy::Refuse, UnitPolicy::Drop] {
        let error =
            select(|_, j| Some(j as f64), &[five_folds()], policy).expect_err("all are dead");
        assert!(matches!(error, Error::NoUnits { n_units: UNITS, .. }), "{error}");
        let message = error.to_string();
        for words in ["all 5 units of network/", "leave this layer out"] {
            assert!(message.contains(words), "`{message}` lacks `{words}`");
        }
    }
}

/// Constant is decided by the range, exactly: a value that no binary fraction holds leaves a variance by rounding, and a
/// unit that moves by one unit in the last place is not constant.
#[test]
fn constant_is_exact() {
    let design = [SplitDesign::in_sample(&blocks())];
    let found = select(|_, j| (j == 0).then_some(0.1), &design, UnitPolicy::Drop).expect("4 vary");
    assert_eq!(found.dropped, vec![0]);
    let next = f64::from_bits(0.1_f64.to_bits() + 1);
    let moving = |i: usize, j: usize| (j == 0).then_some(if i == 9 { next } else { 0.1 });
    let found = select(moving, &design, UnitPolicy::Drop).expect("all vary");
    assert_eq!(found.dropped, Vec::<usize>::new());
}
