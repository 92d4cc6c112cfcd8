//! A matrix of values as coloured cells, with the value in each cell where there is room.

use std::collections::BTreeSet;

use consilience_inference::Null;
use consilience_study::{HeatCell, HeatMap};

use super::{Draw, finite, length};
use crate::colour::{Palette, sequential, text_on};
use crate::csv::Csv;
use crate::number::{counted, fixed};
use crate::svg::{Anchor, Drawing, Linear, Panel, Svg, Ticks, text_width};
use crate::words;

/// Up to this many columns the value is printed in each cell.
const COLUMNS_WITH_VALUES: usize = 12;
/// Up to this many columns several heat maps stand side by side.
const COLUMNS_OF_A_TILE: usize = 8;
/// Room for all columns of a map that prints its values.
const PLOT: f64 = 264.0;
/// Font size of the names.
const SIZE: f64 = 12.0;
/// Height of title, colour bar and its labels.
const BAR: f64 = 46.0;
/// Room for the sign of the best cell in a row, beside the colour bar.
const BEST: f64 = 98.0;
/// Most room that row names take.
const WIDEST_NAME: f64 = 130.0;

impl Draw for HeatMap {
    fn check(&self) -> Result<(), String> {
        length("the matrix", self.cells.len(), self.rows.len())?;
        finite("the colour scale", [&self.range.0, &self.range.1])?;
        for (row, name) in self.cells.iter().zip(&self.rows) {
            length(&format!("row {name}"), row.len(), self.columns.len())?;
            for (cell, column) in row.iter().zip(&self.columns) {
                let Some(cell) = cell else { continue };
                let place = format!("the cell {name}, {column}");
                if let Some(part) = words::non_finite(&cell.estimate) {
                    return Err(format!("the {part} of {place} is no finite number"));
                }
                if let Some(part) = cell.chance.iter().find_map(words::non_finite_chance) {
                    return Err(format!("a {part} of {place} is no finite number"));
                }
            }
        }
        Ok(())
    }

    fn is_tile(&self) -> bool {
        self.columns.len() <= COLUMNS_OF_A_TILE
    }

    fn html(&self, _: &Palette) -> String {
        drawing(self).html()
    }

    fn svg(&self, _: &Palette) -> String {
        drawing(self).file(&self.title)
    }

    fn csv(&self) -> String {
        let cells = self.cells.iter().flatten().flatten();
        let nulls: BTreeSet<Null> = cells.flat_map(|c| c.chance.iter().map(|c| c.null)).collect();
        let mut head: Vec<String> = vec!["row".into(), "column".into()];
        head.extend(words::FIELDS.map(str::to_owned));
        head.extend(["n_pairs".into(), "best_in_row".into()]);
        head.extend(nulls.iter().flat_map(|null| words::standing_heads(*null)));
        let mut csv = Csv::new(&head);
        for (row, name) in self.cells.iter().zip(&self.rows) {
            for (cell, column) in row.iter().zip(&self.columns) {
                let mut fields = vec![name.clone(), column.clone()];
                fields.extend(cell.as_ref().map(|cell| record(cell, &nulls)).unwrap_or_default());
                fields.resize(head.len(), String::new());
                csv.row(&fields);
            }
        }
        csv.finish()
    }
}

fn record(cell: &HeatCell, nulls: &BTreeSet<Null>) -> Vec<String> {
    let mut fields = words::fields(&cell.estimate).to_vec();
    fields.extend([cell.n_pairs.to_string(), cell.best_in_row.to_string()]);
    for null in nulls {
        fields.extend(words::standing_fields(cell.chance.iter().find(|c| c.null == *null)));
    }
    fields
}

/// Where everything stands.
struct Layout {
    left: f64,
    top: f64,
    cell: (f64, f64),
    plot: (f64, f64),
    names_turned: bool,
    names_height: f64,
}

fn layout(map: &HeatMap) -> Layout {
    let widest = |names: &[String]| {
        names.iter().map(|n| text_width(n, SIZE)).fold(0.0, f64::max).min(WIDEST_NAME)
    };
    let columns = map.columns.len().max(1) as f64;
    let prints = map.columns.len() <= COLUMNS_WITH_VALUES;
    let width =
        if prints { (PLOT / columns).clamp(38.0, 72.0) } else { (560.0 / columns).max(9.0) };
    let height = if prints { (0.68 * width).clamp(28.0, 38.0) } else { width.max(15.0) };
    let names_turned = widest(&map.columns) > width - 6.0;
    Layout {
        left: 36.0 + widest(&map.rows),
        top: 10.0,
        cell: (width, height),
        plot: (columns * width, map.rows.len() as f64 * height),
        names_turned,
        names_height: if names_turned { 0.71 * widest(&map.columns) + 14.0 } else { 20.0 },
    }
}

fn drawing(map: &HeatMap) -> Drawing {
    if map.rows.is_empty() || map.columns.is_empty() {
        return Drawing { legend: Vec::new(), panels: Vec::new() };
    }
    let at = layout(map);
    let mut svg = Svg::new();
    names(&mut svg, map, &at);
    let span = Linear::new(map.range, (0.0, 1.0));
    for (i, row) in map.cells.iter().enumerate() {
        for (j, cell) in row.iter().enumerate() {
            let x = at.left + j as f64 * at.cell.0;
            let y = at.top + i as f64 * at.cell.1;
            let place = [x, y, at.cell.0, at.cell.1];
            let names = (map.rows[i].as_str(), map.columns[j].as_str());
            svg.mark(i, &tip(map, names, cell.as_ref()), |svg| match cell {
                Some(cell) => draw_cell(svg, map, cell, place, &span),
                None => {
                    svg.rect("missing", [x + 0.75, y + 0.75, at.cell.0 - 1.5, at.cell.1 - 1.5]);
                }
            });
        }
    }
    let top = at.top + at.plot.1 + at.names_height + 38.0;
    bar(&mut svg, map, (at.left, top), at.plot.0);
    let panel = Panel {
        title: map.title.clone(),
        description: description(map),
        // The last turned name may lean out to the right only to the left of its anchor: no extra room is needed.
        width: at.left + at.plot.0 + 14.0,
        height: top + BAR,
        body: svg,
    };
    Drawing { legend: Vec::new(), panels: vec![panel] }
}

fn names(svg: &mut Svg, map: &HeatMap, at: &Layout) {
    for (i, name) in map.rows.iter().enumerate() {
        let y = at.top + (i as f64 + 0.5) * at.cell.1 + 4.0;
        svg.text("name", Anchor::End, (at.left - 8.0, y), name);
    }
    let y = at.top + at.plot.1;
    for (j, name) in map.columns.iter().enumerate() {
        let x = at.left + (j as f64 + 0.5) * at.cell.0;
        if at.names_turned {
            svg.turned_text("name", Anchor::End, (x + 4.0, y + 14.0), (-45.0, name));
        } else {
            svg.text("name", Anchor::Middle, (x, y + 16.0), name);
        }
    }
    let middle = at.top + at.plot.1 / 2.0;
    svg.turned_text("axis-label", Anchor::Middle, (13.0, middle), (-90.0, &map.y_label));
    let x = at.left + at.plot.0 / 2.0;
    svg.text("axis-label", Anchor::Middle, (x, y + at.names_height + 12.0), &map.x_label);
}

fn draw_cell(svg: &mut Svg, map: &HeatMap, cell: &HeatCell, place: [f64; 4], span: &Linear) {
    let [x, y, width, height] = place;
    let position = span.at(cell.estimate.value);
    let ink = text_on(position);
    svg.tile(&sequential(position), [x + 0.75, y + 0.75, width - 1.5, height - 1.5]);
    if cell.best_in_row {
        svg.rect(&format!("best {ink}"), [x + 3.0, y + 3.0, width - 6.0, height - 6.0]);
    }
    if map.columns.len() <= COLUMNS_WITH_VALUES {
        let at = (x + width / 2.0, y + height / 2.0 + 4.5);
        svg.text(&format!("cell {ink}"), Anchor::Middle, at, &fixed(cell.estimate.value, 2));
    }
}

/// The colour bar, with the sign of the best cell in a row beside it.
fn bar(svg: &mut Svg, map: &HeatMap, (x, y): (f64, f64), plot_width: f64) {
    const STEPS: usize = 48;
    let has_best = map.cells.iter().flatten().flatten().any(|c| c.best_in_row);
    let width = (plot_width - if has_best { BEST } else { 0.0 }).clamp(80.0, 220.0);
    svg.text("tick-label", Anchor::Start, (x, y), &map.value_label);
    let step = width / STEPS as f64;
    for i in 0..STEPS {
        let colour = sequential((i as f64 + 0.5) / STEPS as f64);
        // Each step reaches to the end and is covered by the next: no seams between neighbours.
        let start = i as f64 * step;
        svg.tile(&colour, [x + start, y + 7.0, width - start, 9.0]);
    }
    let ticks = Ticks::new(map.range, 4);
    let along = Linear::new(map.range, (x, x + width));
    for &value in &ticks.values {
        let at = along.at(value);
        svg.line("axis", (at, y + 16.0), (at, y + 20.0));
        svg.text("tick-label", Anchor::Middle, (at, y + 32.0), &ticks.label(value));
    }
    if has_best {
        let start = x + width + 18.0;
        svg.rect("best-key", [start, y + 6.0, 11.0, 11.0]);
        svg.text("tick-label", Anchor::Start, (start + 16.0, y + 15.5), "best in row");
    }
}

fn tip(map: &HeatMap, (row, column): (&str, &str), cell: Option<&HeatCell>) -> String {
    let Some(cell) = cell else { return format!("{row} × {column}\nnot computed") };
    let best = if cell.best_in_row { ", best in its row" } else { "" };
    let mut lines = vec![
        format!("{row} × {column}"),
        format!("{} {}{best}", map.value_label, fixed(cell.estimate.value, 3)),
        words::interval(&cell.estimate),
    ];
    lines.extend(cell.chance.iter().map(words::standing));
    lines.push(format!("n = {}", counted(cell.n_pairs, "pair of networks", "pairs of networks")));
    lines.join("\n")
}

fn description(map: &HeatMap) -> String {
    let best: Vec<String> = map
        .cells
        .iter()
        .zip(&map.rows)
        .filter_map(|(row, name)| {
            let (j, cell) = row
                .iter()
                .enumerate()
                .find_map(|(j, c)| c.as_ref().filter(|c| c.best_in_row).map(|c| (j, c)))?;
            Some(format!("{name} with {} ({})", map.columns[j], fixed(cell.estimate.value, 2)))
        })
        .collect();
    let best = if best.is_empty() { String::new() } else { format!(" Best: {}.", best.join(", ")) };
    format!("{} by {}, {}.{best}", map.y_label, map.x_label, map.value_label)
}
