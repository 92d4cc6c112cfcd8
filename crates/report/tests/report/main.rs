//! Tests of the report.

mod explorer;
mod render;
mod synthetic;
