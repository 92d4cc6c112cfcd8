//! A table: HTML on the page, lines of text in the file.

use std::fmt::Write;

use consilience_study::TableFigure;

use super::{Draw, length};
use crate::colour::Palette;
use crate::csv::Csv;
use crate::svg::{Anchor, Svg, document, escape, text_width};

/// Font size, height of a row, and room between columns of the drawn table.
const SIZE: f64 = 12.0;
const ROW: f64 = 22.0;
const GAP: f64 = 24.0;
const MARGIN: f64 = 20.0;

impl Draw for TableFigure {
    fn check(&self) -> Result<(), String> {
        for (i, row) in self.rows.iter().enumerate() {
            length(&format!("row {}", i + 1), row.len(), self.columns.len())?;
            if let Some(cell) = row.iter().find(|c| c.trim() == "NaN") {
                return Err(format!("row {} holds {cell}, which is no finite number", i + 1));
            }
        }
        Ok(())
    }

    fn html(&self, _: &Palette) -> String {
        let numeric = numeric(self);
        let mut out = String::from(r#"<div class="scroll" tabindex="0"><table><thead><tr>"#);
        let class = |j: usize| if numeric[j] { r#" class="number""# } else { "" };
        for (j, head) in self.columns.iter().enumerate() {
            let _ = write!(out, r#"<th scope="col"{}>{}</th>"#, class(j), escape(head));
        }
        out.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            out.push_str("<tr>");
            for (j, cell) in row.iter().enumerate() {
                let cell = escape(cell);
                let _ = if j == 0 {
                    write!(out, r#"<th scope="row"{}>{cell}</th>"#, class(j))
                } else {
                    write!(out, "<td{}>{cell}</td>", class(j))
                };
            }
            out.push_str("</tr>");
        }
        out.push_str("</tbody></table></div>");
        out
    }

    fn svg(&self, _: &Palette) -> String {
        let numeric = numeric(self);
        let widths: Vec<f64> = (0..self.columns.len())
            .map(|j| {
                let cells = self.rows.iter().map(|row| text_width(&row[j], SIZE));
                cells.fold(text_width(&self.columns[j], SIZE) * 1.06, f64::max)
            })
            .collect();
        let inner = widths.iter().sum::<f64>() + GAP * widths.len().saturating_sub(1) as f64;
        let inner = inner.max(text_width(&self.title, 16.0));
        let mut svg = Svg::new();
        svg.text("figure-title", Anchor::Start, (MARGIN, MARGIN + 14.0), &self.title);
        let top = MARGIN + 44.0;
        line(&mut svg, "table-head", &self.columns, (&widths, &numeric), top);
        svg.line("axis", (MARGIN, top + 7.0), (MARGIN + inner, top + 7.0));
        for (i, row) in self.rows.iter().enumerate() {
            line(&mut svg, "name", row, (&widths, &numeric), top + (i + 1) as f64 * ROW + 3.0);
        }
        let height = top + (self.rows.len() + 1) as f64 * ROW + MARGIN;
        let size = (inner + 2.0 * MARGIN, height);
        document(&self.title, &self.caption, size, &svg.finish())
    }

    fn csv(&self) -> String {
        let mut csv = Csv::new(&self.columns);
        for row in &self.rows {
            csv.row(row);
        }
        csv.finish()
    }
}

fn line(svg: &mut Svg, class: &str, cells: &[String], columns: (&[f64], &[bool]), y: f64) {
    let mut x = MARGIN;
    for ((cell, width), numeric) in cells.iter().zip(columns.0).zip(columns.1) {
        if *numeric {
            svg.text(class, Anchor::End, (x + width, y), cell);
        } else {
            svg.text(class, Anchor::Start, (x, y), cell);
        }
        x += width + GAP;
    }
}

/// Which columns are set flush right: those of numbers, where a dash or nothing may stand for one that is missing.
fn numeric(table: &TableFigure) -> Vec<bool> {
    let is_missing = |cell: &str| matches!(cell.trim(), "" | "–" | "—" | "-");
    let is_number = |cell: &str| {
        let digits = cell.trim_start_matches(['\u{2212}', '-', '+', '<', '≤', ' ']);
        digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && cell.len() < 24
    };
    let column = |j: usize| table.rows.iter().map(move |row| row[j].as_str());
    (0..table.columns.len())
        .map(|j| column(j).any(is_number) && column(j).all(|c| is_missing(c) || is_number(c)))
        .collect()
}
