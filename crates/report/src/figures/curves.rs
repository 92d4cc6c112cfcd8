//! Curves over one axis in small panels that share the scale of their values.

mod panel;

use std::collections::BTreeSet;

use consilience_study::{Curve, CurveRole, Curves};

use super::{Draw, finite, length};
use crate::colour::Palette;
use crate::csv::{self, Csv};
use crate::svg::{Drawing, Key, Marker, Swatch};

impl Draw for Curves {
    fn check(&self) -> Result<(), String> {
        finite("the axis of values", [&self.y_range.0, &self.y_range.1])?;
        finite("the axis along", self.x_ticks.iter().map(|(x, _)| x))?;
        finite("the mark", self.mark.iter().map(|(x, _)| x))?;
        for facet in &self.facets {
            for curve in &facet.curves {
                let place = format!("{} in panel {}", curve.name, facet.title);
                length(&place, curve.y.len(), curve.x.len())?;
                finite(&place, curve.x.iter().chain(&curve.y))?;
                let Some(band) = &curve.band else { continue };
                length(&format!("the band of {place}"), band.low.len(), curve.x.len())?;
                length(&format!("the band of {place}"), band.high.len(), curve.x.len())?;
                finite(&format!("the band of {place}"), band.low.iter().chain(&band.high))?;
            }
        }
        Ok(())
    }

    fn series(&self) -> Vec<&str> {
        let curves = self.facets.iter().flat_map(|f| &f.curves);
        curves.filter(|c| c.role == CurveRole::Score).map(|c| c.name.as_str()).collect()
    }

    fn html(&self, palette: &Palette) -> String {
        drawing(self, palette).html()
    }

    fn svg(&self, palette: &Palette) -> String {
        drawing(self, palette).file(&self.title)
    }

    fn csv(&self) -> String {
        let mut csv = Csv::new(&["panel", "curve", "role", "x", "x_label", "y", "low", "high"]);
        for facet in &self.facets {
            for curve in &facet.curves {
                for (i, (x, y)) in curve.x.iter().zip(&curve.y).enumerate() {
                    let band = curve.band.as_ref();
                    csv.row(&[
                        facet.title.clone(),
                        curve.name.clone(),
                        role(curve.role).to_owned(),
                        csv::number(*x),
                        tick(self, *x).unwrap_or_default().to_owned(),
                        csv::number(*y),
                        csv::optional(band.map(|b| b.low[i])),
                        csv::optional(band.map(|b| b.high[i])),
                    ]);
                }
            }
        }
        csv.finish()
    }
}

fn role(role: CurveRole) -> &'static str {
    match role {
        CurveRole::Score => "score",
        CurveRole::Chance => "chance",
        CurveRole::Accuracy => "accuracy",
        CurveRole::Expected => "expected",
        CurveRole::Reference => "reference",
    }
}

/// Text of the tick at a position.
fn tick(figure: &Curves, x: f64) -> Option<&str> {
    figure.x_ticks.iter().find(|(at, _)| *at == x).map(|(_, text)| text.as_str())
}

/// Name of the score that a chance curve or a curve of theory belongs to, and of the null: `ridge · shuffle`.
fn chance_parts(name: &str) -> (&str, &str) {
    name.rsplit_once(" · ").unwrap_or((name, "chance"))
}

/// Names of the nulls among the chance curves; the place of a name decides its dashes.
fn nulls(figure: &Curves) -> Vec<&str> {
    let chance = curves(figure).filter(|c| c.role == CurveRole::Chance);
    let names: BTreeSet<&str> = chance.map(|c| chance_parts(&c.name).1).collect();
    names.into_iter().collect()
}

fn curves(figure: &Curves) -> impl Iterator<Item = &Curve> {
    figure.facets.iter().flat_map(|f| &f.curves)
}

/// Class of the dashes of the n-th null.
fn dashes(place: usize) -> &'static str {
    ["dash-a", "dash-b", "dash-c"][place.min(2)]
}

fn drawing(figure: &Curves, palette: &Palette) -> Drawing {
    let panels = figure.facets.iter().map(|facet| panel::panel(figure, facet, palette)).collect();
    Drawing { legend: legend(figure, palette), panels }
}

fn legend(figure: &Curves, palette: &Palette) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    let mut add = |key: Key| {
        if !keys.contains(&key) {
            keys.push(key);
        }
    };
    for curve in curves(figure).filter(|c| c.role == CurveRole::Score) {
        let marker = Marker::of(palette.index(&curve.name));
        add(Key::new(Swatch::Line(palette.class(&curve.name), marker), &curve.name));
    }
    for curve in curves(figure).filter(|c| c.role == CurveRole::Accuracy) {
        add(Key::new(Swatch::Plain("accuracy"), &curve.name));
    }
    for curve in curves(figure).filter(|c| c.role == CurveRole::Reference) {
        add(Key::new(Swatch::Plain("expected neutral"), &curve.name));
    }
    if curves(figure).any(|c| c.band.is_some()) {
        add(Key::new(Swatch::Band, "95 % interval"));
    }
    if curves(figure).any(|c| c.role == CurveRole::Expected) {
        add(Key::new(
            Swatch::Plain("expected neutral"),
            "theory, in the colour of what is measured",
        ));
    }
    for (place, null) in nulls(figure).into_iter().enumerate() {
        let class = ["chance neutral dash-a", "chance neutral dash-b", "chance neutral dash-c"];
        let label = match null {
            "chance" | "null" => "chance, in the colour of its score".to_owned(),
            null => format!("chance ({null})"),
        };
        add(Key::new(Swatch::Plain(class[place.min(2)]), label));
    }
    keys
}
