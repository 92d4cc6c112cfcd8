//! Hostile input gives its named error, never NaN.

use consilience_data::Error as DataError;
use consilience_linalg::Mat;
use consilience_measures::{Error, MEASURES, Result, parse};
use consilience_statistics::{Error as StatisticsError, UnitPolicy};

use super::{compare_recordings, specs};
use crate::evaluate::{Gathered, Protocol, Recording, gather_selected};
use crate::synthetic::{gaussian_pair, generator};

/// Input that has to be refused, and how.
struct Case {
    what: &'static str,
    /// What becomes of a good pair.
    spoil: fn(&mut Recording, &mut Recording),
    folds: usize,
    policy: UnitPolicy,
    /// The error it has to be.
    is: fn(&Error) -> bool,
    /// Words of the message: what, where, what to do.
    words: &'static [&'static str],
}

fn truncate(r: &mut Recording, n: usize) {
    r.ids.truncate(n);
    r.values = Mat::from_fn(n, r.values.ncols(), |i, j| r.values[(i, j)]);
}

fn kill(r: &mut Recording, unit: usize) {
    for row in 0..r.values.nrows() {
        r.values[(row, unit)] = 3.5;
    }
}

fn is_non_finite(e: &Error) -> bool {
    matches!(e, Error::Statistics(StatisticsError::Data(DataError::NonFinite { .. })))
}

fn is_different_stimuli(e: &Error) -> bool {
    matches!(e, Error::Statistics(StatisticsError::Data(DataError::DifferentStimuli { .. })))
}

fn is_too_few_stimuli(e: &Error) -> bool {
    matches!(e, Error::Statistics(StatisticsError::TooFewStimuli { .. }))
}

fn is_no_units(e: &Error) -> bool {
    matches!(e, Error::Statistics(StatisticsError::NoUnits { .. }))
}

const GOOD: Case = Case {
    what: "",
    spoil: |_, _| {},
    folds: 5,
    policy: UnitPolicy::Refuse,
    is: |_| false,
    words: &[],
};

const CASES: &[Case] = &[
    Case {
        what: "NaN",
        spoil: |x, _| x.values[(7, 2)] = f64::NAN,
        is: is_non_finite,
        words: &["x/", "row 7, unit 2 is NaN", "expected finite"],
        ..GOOD
    },
    Case {
        what: "infinity",
        spoil: |_, y| y.values[(0, 1)] = f64::NEG_INFINITY,
        is: is_non_finite,
        words: &["y/", "row 0, unit 1 is -inf"],
        ..GOOD
    },
    Case {
        what: "beyond f32",
        spoil: |_, y| {
            y.values[(3, 0)] = 1e300;
            *y = y.clone().in_f32();
        },
        is: is_non_finite,
        words: &["y/", "row 3, unit 0 is inf"],
        ..GOOD
    },
    Case {
        what: "constant unit",
        spoil: |x, _| kill(x, 4),
        is: |e| matches!(e, Error::Statistics(StatisticsError::ConstantUnits { first: 4, .. })),
        words: &["unit 4 of x/", "1 of 6", "--constant-units drop"],
        ..GOOD
    },
    Case {
        what: "dead representation",
        spoil: |_, y| (0..5).for_each(|u| kill(y, u)),
        policy: UnitPolicy::Drop,
        is: is_no_units,
        words: &["all 5 units of y/", "leave this layer out"],
        ..GOOD
    },
    Case {
        what: "one stimulus",
        spoil: |x, y| {
            truncate(x, 1);
            truncate(y, 1);
        },
        is: is_too_few_stimuli,
        words: &["1 stimuli", "5 folds", "use more stimuli"],
        ..GOOD
    },
    Case {
        what: "one stimulus, in sample",
        spoil: |x, y| {
            truncate(x, 1);
            truncate(y, 1);
        },
        folds: 0,
        is: is_no_units,
        words: &["all 6 units of x/", "use more stimuli"],
        ..GOOD
    },
    Case {
        what: "fewer stimuli than folds",
        spoil: |x, y| {
            truncate(x, 4);
            truncate(y, 4);
        },
        is: is_too_few_stimuli,
        words: &["4 stimuli", "5 folds", "at least 10"],
        ..GOOD
    },
    Case {
        what: "y shorter",
        spoil: |_, y| truncate(y, 30),
        is: is_different_stimuli,
        words: &["40", "30", "record both on the same stimuli"],
        ..GOOD
    },
    Case {
        what: "x shorter",
        spoil: |x, _| truncate(x, 30),
        is: is_different_stimuli,
        words: &["30", "40"],
        ..GOOD
    },
    Case {
        what: "other stimuli",
        spoil: |_, y| y.ids[9] = "another".into(),
        is: is_different_stimuli,
        words: &["index 9 is `9` against `another`"],
        ..GOOD
    },
    Case {
        what: "other positions",
        spoil: |_, y| *y = Recording::of_positions(&Mat::from_fn(80, 5, |i, j| (i * j) as f64), 2),
        is: is_different_stimuli,
        words: &["1 rows (positions) a stimulus against 2"],
        ..GOOD
    },
    Case {
        what: "duplicate stimuli",
        spoil: |x, _| x.ids[5] = "2".into(),
        is: |e| matches!(e, Error::Statistics(StatisticsError::Data(DataError::Format { .. }))),
        words: &["id '2' at index 2 and again at index 5"],
        ..GOOD
    },
];

fn attempt(case: &Case) -> Result<Gathered> {
    let (x, y, _) = gaussian_pair(40, [6, 5], 3, 1.0, &mut generator(81));
    let (mut x, mut y) = (Recording::new(&x), Recording::new(&y));
    (case.spoil)(&mut x, &mut y);
    let n_blocks = 10.min(x.ids.len());
    let protocol = match case.folds {
        0 => Protocol::in_sample(&x.ids, n_blocks),
        folds => Protocol::k_fold(&x.ids, n_blocks, folds),
    }?;
    gather_selected(&x, &y, &protocol, case.policy)
}

/// Spoilt input is refused before any measure sees it, by the right error, in words that help. The good pair is not.
#[must_use]
pub fn hostile_data() -> Vec<String> {
    let problem = |case: &Case| match attempt(case) {
        Ok(_) => Some(format!("{}: was accepted", case.what)),
        Err(error) if !(case.is)(&error) => Some(format!("{}: is refused as {error:?}", case.what)),
        Err(error) => {
            let message = error.to_string();
            let missing: Vec<_> = case.words.iter().filter(|w| !message.contains(**w)).collect();
            (!missing.is_empty()).then(|| format!("{}: `{message}` lacks {missing:?}", case.what))
        }
    };
    let good = attempt(&GOOD).err().map(|error| format!("the good pair: {error}"));
    CASES.iter().filter_map(problem).chain(good).collect()
}

/// Data at the edge, given to every measure with no unit left out: a finite score within range, or a named error.
#[must_use]
pub fn tiny_data() -> Vec<String> {
    let (x, y, _) = gaussian_pair(24, [6, 5], 3, 1.0, &mut generator(82));
    let mut cases: Vec<(String, Recording, Recording)> = Vec::new();
    for n in 1..=6 {
        let (mut x, mut y) = (Recording::new(&x), Recording::new(&y));
        truncate(&mut x, n);
        truncate(&mut y, n);
        cases.push((format!("{n} stimuli"), x, y));
    }
    for scale in [1e-160, 1e-30, 1e30, 1e160] {
        let scaled = |m: &Mat<f64>| Mat::from_fn(m.nrows(), m.ncols(), |i, j| scale * m[(i, j)]);
        cases.push((format!("times {scale:e}"), Recording::new(&scaled(&x)), Recording::new(&y)));
        cases.push((
            format!("both times {scale:e}"),
            Recording::new(&scaled(&x)),
            Recording::new(&scaled(&y)),
        ));
    }
    for dead in 1..=6 {
        let mut x = Recording::new(&x);
        (0..dead).for_each(|u| kill(&mut x, u));
        cases.push((format!("{dead} of 6 units constant"), x, Recording::new(&y)));
    }
    let same_rows =
        |m: &Mat<f64>| Recording::new(&Mat::from_fn(24, m.ncols(), |i, j| m[(i % 3, j)]));
    cases.push(("three different rows".into(), same_rows(&x), same_rows(&y)));
    let copies = Recording::new(&Mat::from_fn(24, 6, |i, _| x[(i, 0)]));
    cases.push(("six equal units".into(), copies, Recording::new(&y)));

    let mut failures = Vec::new();
    for (what, x, y) in &cases {
        let n_blocks = 10.min(x.ids.len());
        let protocols =
            [Protocol::in_sample(&x.ids, n_blocks), Protocol::k_fold(&x.ids, n_blocks, 2)];
        // Too few stimuli for two folds has its own error, tested above.
        for protocol in protocols.into_iter().flatten() {
            for (spec, found) in specs().iter().zip(compare_recordings(x, y, &protocol)) {
                let range = parse(spec).expect("an example parses").range();
                match found {
                    Ok(c) if !(range.0..=range.1).contains(&c.score) => {
                        failures.push(format!("{spec}, {what}, {}: {}", protocol.name, c.score));
                    }
                    Err(e) if e.to_string().is_empty() => {
                        failures.push(format!("{spec}, {what}: an error without words"));
                    }
                    _ => {}
                }
            }
        }
    }
    failures
}

/// Wrong specs are refused by the right error, which lists what there is.
#[must_use]
pub fn hostile_specs() -> Vec<String> {
    let mut failures = Vec::new();
    let mut expect = |spec: String, is: fn(&Error) -> bool, word: &str| match parse(&spec) {
        Ok(_) => failures.push(format!("`{spec}` was accepted")),
        Err(error) if is(&error) && error.to_string().contains(word) => {}
        Err(error) => failures.push(format!("`{spec}`: {error}")),
    };
    for entry in MEASURES {
        let id = entry.info.id;
        let parameter: fn(&Error) -> bool = |e| matches!(e, Error::Parameter { .. });
        expect(format!("{id}:no-such-parameter=1"), parameter, "no-such-parameter");
        for p in entry.info.parameters {
            expect(format!("{id}:{}=no such value", p.name), parameter, p.name);
        }
        expect(format!("{id}x"), |e| matches!(e, Error::UnknownMeasure { .. }), id);
        expect(format!("{id}:nothing"), |e| matches!(e, Error::Grammar { .. }), "no `=`");
    }
    failures
}
