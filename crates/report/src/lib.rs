//! One offline HTML file from the results of a run: verdicts in words first, then figures with their data, then methods.
//!
//! [`render`] is a pure function of its inputs: no clock, no path, no network. [`write()`] puts the page into a folder,
//! and beside it every figure as an SVG file and its data as CSV. The report computes nothing: what it draws is in the
//! sections, what it says about measures comes from their registry.
//!
//! A kind of figure is a file in `figures/` and a line in [`figures::of`].

pub mod colour;
mod csv;
mod error;
mod explorer;
pub mod figures;
mod files;
mod from_folder;
mod methods;
mod notes;
mod number;
mod page;
mod prose;
mod provenance;
pub mod svg;
mod terms;
pub mod tex;
mod theme;
mod words;

pub use error::{Error, Result};
pub use explorer::Explorer;
pub use files::{FIGURES_FOLDER, REPORT_FILE, write};
pub use from_folder::from_folder;
pub use page::render;
