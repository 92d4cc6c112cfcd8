//! The kinds of figures, one file each, and their registry.

mod curves;
mod dot_plot;
mod heat_map;
mod scatter;
mod table;

use consilience_study::Figure;

use crate::colour::Palette;

/// What the report asks of a kind of figure.
pub trait Draw {
    /// Checks that the data hold together: lengths agree, every number is finite.
    ///
    /// # Errors
    /// The problem in words.
    fn check(&self) -> Result<(), String>;
    /// Names of the series that need a colour.
    fn series(&self) -> Vec<&str> {
        Vec::new()
    }
    /// Whether the figure is small enough to stand beside others of its kind.
    fn is_tile(&self) -> bool {
        false
    }
    /// The figure as part of a page.
    fn html(&self, palette: &Palette) -> String;
    /// The figure as a file of its own.
    fn svg(&self, palette: &Palette) -> String;
    /// Its data in full.
    fn csv(&self) -> String;
}

/// The figure as what can be drawn: a line for each kind.
#[must_use]
pub fn of(figure: &Figure) -> &dyn Draw {
    match figure {
        Figure::HeatMap(figure) => figure,
        Figure::Curves(figure) => figure,
        Figure::DotPlot(figure) => figure,
        Figure::Scatter(figure) => figure,
        Figure::Table(figure) => figure,
    }
}

/// An error unless all numbers are finite.
fn finite<'a>(place: &str, numbers: impl IntoIterator<Item = &'a f64>) -> Result<(), String> {
    match numbers.into_iter().find(|v| !v.is_finite()) {
        Some(value) => Err(format!("{place} holds {value}, which is no finite number")),
        None => Ok(()),
    }
}

/// An error unless a list has as many entries as expected.
fn length(place: &str, found: usize, expected: usize) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{place} has {found} entries where there should be {expected}"))
}

/// The names of chance levels, in the order in which they appear first.
fn chance_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut all: Vec<&str> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}
