//! A drawing: panels under one legend. On a page the panels flow with its width; in a file they stand in a grid.

use std::fmt::Write;

use super::builder::{Anchor, Num, Svg, escape, text_width};
use super::legend::{self, Key};

/// Panels side by side in a file.
const COLUMNS: usize = 3;
/// Room between panels, and around the drawing.
const GAP: f64 = 20.0;

/// What stands in the place of a drawing without panels.
const NOTHING: &str = "There is nothing to show.";

/// One panel.
#[derive(Debug, Clone)]
pub struct Panel {
    /// Accessible name.
    pub title: String,
    /// What it shows, for those who cannot see it.
    pub description: String,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Its elements.
    pub body: Svg,
}

/// Panels with their legend.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// What colours, markers and dashes mean.
    pub legend: Vec<Key>,
    /// The panels, in order.
    pub panels: Vec<Panel>,
}

impl Drawing {
    /// The drawing as part of a page: a legend and one image a panel.
    #[must_use]
    pub fn html(&self) -> String {
        if self.panels.is_empty() {
            return format!(r#"<p class="empty">{NOTHING}</p>"#);
        }
        let mut out = String::new();
        if !self.legend.is_empty() {
            let keys: String = self.legend.iter().map(Key::html).collect();
            let _ = write!(out, r#"<ul class="legend">{keys}</ul>"#);
        }
        let widest = self.panels.iter().map(|p| p.width).fold(0.0, f64::max);
        let _ = write!(out, r#"<div class="panels" style="--panel:{}px">"#, Num(widest));
        for panel in &self.panels {
            let _ = write!(
                out,
                r#"<svg class="panel" role="img" viewBox="0 0 {} {}" style="max-width:{}px"><title>{}</title><desc>{}</desc>{}</svg>"#,
                Num(panel.width),
                Num(panel.height),
                Num(panel.width * 1.15),
                escape(&panel.title),
                escape(&panel.description),
                panel.body.clone().finish()
            );
        }
        out.push_str("</div>");
        out
    }

    /// The drawing as a file of its own.
    #[must_use]
    pub fn file(&self, title: &str) -> String {
        let columns = self.panels.len().clamp(1, COLUMNS);
        let cell = self
            .panels
            .iter()
            .fold((0.0_f64, 0.0_f64), |(w, h), p| (w.max(p.width), h.max(p.height)));
        let inner = columns as f64 * cell.0 + (columns - 1) as f64 * GAP;
        let inner = inner.max(text_width(title, 16.0));
        let mut svg = Svg::new();
        svg.text("figure-title", Anchor::Start, (GAP, GAP + 14.0), title);
        let mut y = GAP + 32.0;
        if self.panels.is_empty() {
            svg.text("name", Anchor::Start, (GAP, y), NOTHING);
            return document(title, NOTHING, (inner + 2.0 * GAP, y + GAP), &svg.finish());
        }
        let mut keys = Svg::new();
        let height = legend::strip(&mut keys, &self.legend, inner);
        svg.shifted((GAP, y), |svg| svg.raw(&keys.finish()));
        y += height + 8.0;
        for (i, panel) in self.panels.iter().enumerate() {
            let (row, column) = (i / columns, i % columns);
            let at = (GAP + column as f64 * (cell.0 + GAP), y + row as f64 * (cell.1 + GAP));
            svg.shifted(at, |svg| svg.raw(&panel.body.clone().finish()));
        }
        let rows = self.panels.len().div_ceil(columns) as f64;
        let descriptions: Vec<&str> = self.panels.iter().map(|p| p.description.as_str()).collect();
        document(
            title,
            &descriptions.join(" "),
            (inner + 2.0 * GAP, y + rows * (cell.1 + GAP)),
            &svg.finish(),
        )
    }
}

/// A file with title, description, ground and the styles that a page would bring.
pub(crate) fn document(title: &str, description: &str, size: (f64, f64), body: &str) -> String {
    let (width, height) = (Num(size.0), Num(size.1));
    format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{w}" height="{h}" viewBox="0 0 {w} {h}">"#,
            "\n<title>{title}</title>\n<desc>{desc}</desc>\n<style>{style}</style>\n",
            r#"<rect class="ground" width="100%" height="100%"/>"#,
            "\n{body}\n</svg>\n"
        ),
        w = width,
        h = height,
        title = escape(title),
        desc = escape(description),
        style = crate::theme::file_css(),
        body = body
    )
}
