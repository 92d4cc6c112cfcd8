//! Values with intervals and chance ticks, one panel a group; each value has a line of its own under its name. Gaps are
//! brackets at the side.

use consilience_study::{Dot, DotGroup, DotPlot, Link};

use super::{Draw, chance_names, finite, length};
use crate::colour::Palette;
use crate::csv::{self, Csv};
use crate::number::{fixed, signed};
use crate::svg::{Anchor, Drawing, Key, Linear, Marker, Panel, Svg, Swatch, Ticks, text_width};
use crate::words;

const WIDTH: f64 = 344.0;
const TOP: f64 = 28.0;
const LINE: f64 = 36.0;
const LEFT: f64 = 1.0;
/// From the middle of a line down to its value; its name stands above.
const BELOW: f64 = 8.0;
const BOTTOM: f64 = 44.0;
/// Font size of the name of the axis.
const SIZE: f64 = 12.0;
/// Room for one column of brackets with their numbers.
const LANE: f64 = 46.0;

impl Draw for DotPlot {
    fn check(&self) -> Result<(), String> {
        finite("the axis", [&self.range.0, &self.range.1])?;
        for group in &self.groups {
            for dot in &group.dots {
                let place = format!("{} in group {}", dot.name, group.name);
                if let Some(part) = words::non_finite(&dot.estimate) {
                    return Err(format!("the {part} of {place} is no finite number"));
                }
                finite(&place, dot.chance.iter().map(|(_, level)| level))?;
            }
            for link in &group.links {
                finite(&format!("a gap in group {}", group.name), [&link.gap])?;
                let n = group.dots.len();
                if link.upper >= n || link.lower >= n {
                    length(
                        &format!("a gap in group {}", group.name),
                        n,
                        link.upper.max(link.lower) + 1,
                    )?;
                }
            }
        }
        Ok(())
    }

    fn series(&self) -> Vec<&str> {
        self.groups.iter().flat_map(|g| &g.dots).map(|d| d.name.as_str()).collect()
    }

    fn html(&self, palette: &Palette) -> String {
        drawing(self, palette).html()
    }

    fn svg(&self, palette: &Palette) -> String {
        drawing(self, palette).file(&self.title)
    }

    fn csv(&self) -> String {
        let names = nulls(self);
        let mut head: Vec<String> = vec!["group".into(), "kind".into(), "name".into()];
        head.extend(words::FIELDS.map(str::to_owned));
        head.extend(names.iter().map(|name| format!("chance_{name}")));
        let mut csv = Csv::new(&head);
        for group in &self.groups {
            for dot in &group.dots {
                let mut row = vec![group.name.clone(), "value".into(), dot.name.clone()];
                row.extend(words::fields(&dot.estimate));
                row.extend(names.iter().map(|name| {
                    csv::optional(dot.chance.iter().find(|(n, _)| n == name).map(|c| c.1))
                }));
                csv.row(&row);
            }
            for link in &group.links {
                let name =
                    format!("{} − {}", group.dots[link.upper].name, group.dots[link.lower].name);
                let mut row = vec![group.name.clone(), "gap".into(), name, csv::number(link.gap)];
                row.resize(head.len(), String::new());
                csv.row(&row);
            }
        }
        csv.finish()
    }
}

fn nulls(figure: &DotPlot) -> Vec<&str> {
    let dots = figure.groups.iter().flat_map(|g| &g.dots);
    chance_names(dots.flat_map(|d| d.chance.iter().map(|(name, _)| name.as_str())))
}

/// Class of the tick of the n-th null.
fn tick_class(place: usize) -> &'static str {
    ["null null-a", "null null-b", "null null-c"][place.min(2)]
}

/// Scales and places that all panels share.
struct Layout<'a> {
    right: f64,
    x: Linear,
    nulls: Vec<&'a str>,
}

fn drawing(figure: &DotPlot, palette: &Palette) -> Drawing {
    let lanes =
        figure.groups.iter().map(|g| lanes(&g.links).into_iter().max().map_or(0, |l| l + 1));
    let right = WIDTH - 8.0 - LANE * lanes.max().unwrap_or(0) as f64;
    let x = Linear::new(figure.range, (LEFT + 10.0, right - 8.0));
    let layout = Layout { right, x, nulls: nulls(figure) };
    let panels = figure.groups.iter().map(|g| panel(figure, g, &layout, palette)).collect();
    let mut legend = vec![Key::new(Swatch::Interval, "value with 95 % interval")];
    for (place, null) in layout.nulls.iter().enumerate() {
        legend.push(Key::new(Swatch::Tick(tick_class(place)), format!("chance ({null})")));
    }
    if figure.groups.iter().any(|g| !g.links.is_empty()) {
        legend.push(Key::new(Swatch::Bracket, "gap: the upper value less the lower"));
    }
    Drawing { legend, panels }
}

fn panel(figure: &DotPlot, group: &DotGroup, at: &Layout<'_>, palette: &Palette) -> Panel {
    let bottom = TOP + group.dots.len() as f64 * LINE;
    let mut svg = Svg::new();
    svg.text("panel-title", Anchor::Start, (LEFT, 16.0), &group.name);
    let ticks = Ticks::new(figure.range, 3);
    for &value in &ticks.values {
        let x = at.x.at(value);
        let class = if value == 0.0 { "grid zero" } else { "grid" };
        svg.line(class, (x, TOP - 4.0), (x, bottom));
        svg.text("tick-label", Anchor::Middle, (x, bottom + 16.0), &ticks.label(value));
    }
    svg.line("axis", (LEFT, bottom), (at.right, bottom));
    // Under the middle of the axis, or as near to it as the panel allows.
    let half = (text_width(&figure.value_label, SIZE) / 2.0).min(WIDTH / 2.0);
    let middle = f64::midpoint(LEFT, at.right).clamp(half, WIDTH - half);
    svg.text("axis-label", Anchor::Middle, (middle, bottom + 34.0), &figure.value_label);
    for (i, dot) in group.dots.iter().enumerate() {
        draw_dot(&mut svg, figure, (group, dot), (i, at), palette);
    }
    for (link, lane) in group.links.iter().zip(lanes(&group.links)) {
        bracket(&mut svg, link, at.right + 4.0 + LANE * lane as f64);
    }
    Panel {
        title: format!("{}: {}", figure.title, group.name),
        description: description(figure, group),
        width: WIDTH,
        height: bottom + BOTTOM,
        body: svg,
    }
}

/// Where the n-th value stands.
fn line(i: usize) -> f64 {
    TOP + (i as f64 + 0.5) * LINE + BELOW
}

fn draw_dot(
    svg: &mut Svg,
    figure: &DotPlot,
    (group, dot): (&DotGroup, &Dot),
    (i, at): (usize, &Layout<'_>),
    palette: &Palette,
) {
    let y = line(i);
    svg.line("row", (LEFT, y), (at.right, y));
    svg.text("name haloed", Anchor::Start, (LEFT, y - 10.5), &dot.name);
    let (class, shape) = (palette.class(&dot.name), Marker::of(palette.index(&dot.name)));
    svg.mark(i, &tip(figure, group, dot), |svg| {
        svg.rect("target", [LEFT, y - BELOW - LINE / 2.0, at.right - LEFT, LINE]);
        for (name, level) in &dot.chance {
            let place = at.nulls.iter().position(|n| n == name).unwrap_or(0);
            let x = at.x.at(*level);
            svg.line(tick_class(place), (x, y - 6.0), (x, y + 6.0));
        }
        if let Some([low, high]) = dot.estimate.interval {
            let (low, high) = (at.x.at(low), at.x.at(high));
            svg.line(&format!("interval {class}"), (low, y), (high, y));
            for end in [low, high] {
                svg.line(&format!("interval {class}"), (end, y - 3.5), (end, y + 3.5));
            }
        }
        svg.marker(&format!("point {class}"), shape, (at.x.at(dot.estimate.value), y), 4.2);
    });
}

/// A bracket from one line to another, with the gap beside it.
fn bracket(svg: &mut Svg, link: &Link, x: f64) {
    let (first, last) = (link.upper.min(link.lower), link.upper.max(link.lower));
    // Brackets of neighbours meet at the same line; the inset keeps them apart.
    let (top, bottom) = (line(first) + 2.5, line(last) - 2.5);
    svg.polyline("bracket", &[(x, top), (x + 5.0, top), (x + 5.0, bottom), (x, bottom)]);
    let class = if link.gap < 0.0 { "gap against" } else { "gap" };
    let at = (x + 9.0, f64::midpoint(top, bottom) + 4.0);
    svg.text(class, Anchor::Start, at, &signed(link.gap, 2));
}

/// A lane for each bracket, so that none crosses another.
fn lanes(links: &[Link]) -> Vec<usize> {
    let span = |l: &Link| (l.upper.min(l.lower), l.upper.max(l.lower));
    let mut lanes: Vec<usize> = Vec::new();
    for (i, link) in links.iter().enumerate() {
        let (first, last) = span(link);
        let taken = |lane: usize| {
            links[..i].iter().zip(&lanes).any(|(other, of)| {
                let (f, l) = span(other);
                *of == lane && f < last && first < l
            })
        };
        let free = (0..=lanes.len()).find(|&lane| !taken(lane));
        lanes.push(free.unwrap_or(lanes.len()));
    }
    lanes
}

fn tip(figure: &DotPlot, group: &DotGroup, dot: &Dot) -> String {
    let mut lines = vec![
        format!("{}, {}", dot.name, group.name),
        format!("{} {}", figure.value_label, fixed(dot.estimate.value, 3)),
        words::interval(&dot.estimate),
    ];
    lines.extend(dot.chance.iter().map(|(name, level)| words::chance(name, *level, None)));
    lines.join("\n")
}

fn description(figure: &DotPlot, group: &DotGroup) -> String {
    let values = group.dots.iter().map(|d| format!("{} {}", d.name, fixed(d.estimate.value, 2)));
    format!("{}: {}.", figure.value_label, values.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_do_not_cross() {
        let link = |upper, lower| Link { upper, lower, gap: 0.1 };
        assert_eq!(lanes(&[link(0, 1), link(1, 2), link(0, 2), link(3, 2)]), [0, 0, 1, 0]);
        assert!(lanes(&[]).is_empty());
    }
}
