//! Do independently trained networks learn the same thing? The toolkit of convergent learning.
//!
//! This crate re-exports the parts. They go from data to a report:
//!
//! | part | what it holds |
//! |---|---|
//! | [`data`] | activations, stimuli, representations and the files they live in |
//! | [`statistics`] | moments in blocks of stimuli: gathered once, merged at will |
//! | [`measures`] | the similarity measures, one file each, and their registry |
//! | [`solvers`] | assignment and optimal transport, with certificates |
//! | [`units`] | which units of one network correspond to which of another |
//! | [`inference`] | jackknife, bootstrap over networks, chance levels |
//! | [`study`] | which cells to compare, the run, the rows of results |
//! | [`report`] | one HTML file from stored results |
//! | [`papers`] | claims of papers, judged from the rows of a study |
//!
//! # Two arrays
//!
//! ```
//! use consilience::data::{Activations, ArraySource, RowMajor, StimulusSet, array_representation};
//! use consilience::study::{CompareOptions, Outcome, compare};
//!
//! // 40 stimuli, 2 units; y is x with its units exchanged and a little of something else.
//! let x: Vec<f64> = (0..80).map(|i| (i as f64 * 0.7).sin()).collect();
//! let y: Vec<f64> = (0..80).map(|i| x[i ^ 1] + 0.1 * (i as f64 * 1.3).cos()).collect();
//! let mut source = ArraySource::new(StimulusSet::indexed("guide", 40));
//! for (name, values) in [("x", x), ("y", y)] {
//!     let array = Activations::F64(RowMajor { values, n_units: 2 });
//!     source.push(array_representation(name, &array), array)?;
//! }
//! let measures = vec![consilience::measures::parse("permutation")?];
//! let compared = compare(&source, (0, 1), &measures, &CompareOptions::default())?;
//! let Outcome::Score { estimate, .. } = &compared[0].outcome else { panic!("it has a score") };
//! assert!(estimate.value > 0.9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A fitted map is scored on stimuli it has not seen, the score comes with a jackknife interval, and with draws asked for
//! it comes with its chance level.

pub use consilience_data as data;
pub use consilience_inference as inference;
pub use consilience_linalg as linalg;
pub use consilience_measures as measures;
pub use consilience_papers as papers;
pub use consilience_report as report;
pub use consilience_solvers as solvers;
pub use consilience_statistics as statistics;
pub use consilience_study as study;
pub use consilience_units as units;
