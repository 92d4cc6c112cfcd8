//! Studies: which cells to compare, the plan, the run, the table of results.
