//! Unit by unit: which units of one network correspond to which of another.
//!
//! The analyses of Li, Yosinski, Clune, Lipson & Hopcroft (Convergent Learning, ICLR 2016), for any pair of
//! representations: one-to-one matching, sparse prediction, and clusters of units, each beside its controls.
//! [`Findings`] is all that is found out about one pair; it is plain data, and a report draws it without computing.
//!
//! [`gather`] reads one layer of several networks: moments in blocks, facts of units, samples of rows. [`analyse_pair`] and
//! [`analyse_layer`] work on what was gathered, whose size does not depend on the number of rows; [`cost`] and
//! [`held`] tell beforehand.

mod bins;
mod chance;
mod clusters;
mod companions;
mod cost;
mod draws;
mod error;
mod findings;
mod held;
mod information;
mod layer;
mod matching;
mod pair;
mod parameters;
mod partners;
mod pictures;
mod prediction;
mod quantised;
mod ranks;
mod rows;
mod side;
mod stability;
mod subspaces;
mod together;
mod transport;
mod verdicts;

pub use consilience_data::ReceptiveField;
pub use cost::{Cost, cost};
pub use error::{Error, Result};
pub use findings::{
    Agreement, Calibration, Cluster, Clusters, Control, ControlCurve, Correlations, Cut,
    CycleShare, EpsilonMatch, Findings, Information, LayerFindings, MatchKind, Matching, Merge,
    NetworkSpectrum, Part, PartialMatching, Partner, PathPoint, Prediction, PredictionCurve,
    Sample, Shares, SideFindings, SimpleMatch, SoftPartner, Subspaces, Summary, TopStimulus,
    Triple, UnitPath, UnitState, Verdict, VerdictKind, Weight,
};
pub use held::held;
pub use layer::{Holding, Layer, MomentsOf, Request, gather, gather_holding};
pub use pair::analyse_pair;
pub use parameters::{
    ClusterParameters, InformationEstimator, InformationParameters, Parameters,
    PredictionParameters, Sign, VerdictParameters,
};
pub use quantised::Quantised;
pub use together::analyse_layer;
