//! Studies: which cells to compare, the plan, the run, and the table of results.
//!
//! A study enumerates cells (pairs of representations) and, from the finished table, draws figures and words. It knows no
//! formula. The run gathers moments, compares, replicates and appends one row a cell and measure to `results.jsonl`; a row
//! that is there already is skipped, so a killed run resumes and ends with the same bytes.

mod compare;
mod cut;
mod design;
mod error;
mod estimate;
mod footprint;
mod groups;
mod job;
mod plan;
mod point;
mod provenance;
mod row;
mod run;
mod section;
mod spec;
pub mod studies;
mod summary;
mod table;
mod tile;
mod within;

pub use compare::{CompareOptions, Compared, Scoring, compare};
pub use design::{Cell, Study};
pub use error::{Error, Result};
pub use estimate::{Growth, Machine, Stopwatch, estimate};
pub use groups::{GroupPair, Groups};
pub use job::{Excerpt, Job, Setup};
pub use plan::{Cost, Plan, StudyPlan, plan};
pub use point::{PointOutcome, PointRow};
pub use provenance::{NetworkFacts, RUN_FILE, Run};
pub use row::{
    CellRow, Maps, OnSet, Outcome, Quantity, Row, SideFacts, SummaryRow, UnitsLayerRow, UnitsRow,
};
pub use run::{RESULTS_FILE, STIMULI_FOLDER, run, run_within};
pub use section::{
    Band, Cloud, Curve, CurveRole, Curves, Dot, DotGroup, DotPlot, Facet, Figure, HeatCell,
    HeatMap, Link, Point, Points, Scatter, Section, TableFigure, Tone, Verdict,
};
pub use spec::{ConstantUnits, Draws, StudyEntry, StudySpec};
pub use table::Table;
