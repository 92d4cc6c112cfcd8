//! Shapes and text.

use std::fmt::Write;

/// Text for HTML and SVG, in elements and in quoted attributes. Control characters, which XML forbids, are left out.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Width of text at a font size, estimated for the usual sans-serif fonts: labels are laid out without a browser.
#[must_use]
pub fn text_width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.28,
        'f' | 'r' | 't' | 'I' | ' ' | '(' | ')' | '[' | ']' | '-' | '/' => 0.36,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.88,
        c if c.is_uppercase() => 0.69,
        c if c.is_ascii() => 0.58,
        _ => 0.75,
    };
    size * text.chars().map(em).sum::<f64>()
}

/// Where a text is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// At its start.
    Start,
    /// In the middle.
    Middle,
    /// At its end.
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// Shape of a marker: a second way, beside colour, to tell series apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// ●
    Circle,
    /// ■
    Square,
    /// ▲
    Up,
    /// ◆
    Diamond,
    /// ▼
    Down,
    /// ✚
    Plus,
    /// ✖
    Cross,
}

impl Marker {
    /// All shapes; seven, so that eight colours and seven shapes meet again only after 56 series.
    const ALL: [Self; 7] =
        [Self::Circle, Self::Square, Self::Up, Self::Diamond, Self::Down, Self::Plus, Self::Cross];

    /// Shape of the n-th series.
    #[must_use]
    pub fn of(index: usize) -> Self {
        Self::ALL[index % Self::ALL.len()]
    }
}

/// Elements of a drawing, in order.
#[derive(Debug, Clone, Default)]
pub struct Svg {
    out: String,
}

impl Svg {
    /// No elements.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The elements.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    /// A rectangle.
    pub fn rect(&mut self, class: &str, [x, y, width, height]: [f64; 4]) {
        self.write(format_args!(
            r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}"/>"#,
            Num(x),
            Num(y),
            Num(width.max(0.0)),
            Num(height.max(0.0))
        ));
    }

    /// A rectangle of a colour of its own.
    pub fn tile(&mut self, fill: &str, [x, y, width, height]: [f64; 4]) {
        self.write(format_args!(
            r#"<rect fill="{fill}" x="{}" y="{}" width="{}" height="{}"/>"#,
            Num(x),
            Num(y),
            Num(width),
            Num(height)
        ));
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.write(format_args!(
            r#"<line class="{class}" x1="{}" y1="{}" x2="{}" y2="{}"/>"#,
            Num(from.0),
            Num(from.1),
            Num(to.0),
            Num(to.1)
        ));
    }

    /// A line through points.
    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let points = list(points);
        self.write(format_args!(r#"<polyline class="{class}" points="{points}"/>"#));
    }

    /// An area with the given corners.
    pub fn polygon(&mut self, class: &str, points: &[(f64, f64)]) {
        let points = list(points);
        self.write(format_args!(r#"<polygon class="{class}" points="{points}"/>"#));
    }

    /// A circle.
    pub fn circle(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        self.write(format_args!(
            r#"<circle class="{class}" cx="{}" cy="{}" r="{}"/>"#,
            Num(x),
            Num(y),
            Num(radius)
        ));
    }

    /// A marker of about the area of a circle of this radius.
    pub fn marker(&mut self, class: &str, shape: Marker, (x, y): (f64, f64), r: f64) {
        let at = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
            points.iter().map(|(dx, dy)| (x + r * dx, y + r * dy)).collect()
        };
        match shape {
            Marker::Circle => self.circle(class, (x, y), r),
            Marker::Square => self.rect(class, [x - 0.89 * r, y - 0.89 * r, 1.78 * r, 1.78 * r]),
            Marker::Up => self.polygon(class, &at(&[(0.0, -1.3), (1.2, 0.85), (-1.2, 0.85)])),
            Marker::Down => self.polygon(class, &at(&[(0.0, 1.3), (1.2, -0.85), (-1.2, -0.85)])),
            Marker::Diamond => {
                self.polygon(class, &at(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]));
            }
            Marker::Plus => self.polygon(class, &at(&PLUS)),
            Marker::Cross => {
                let turned = PLUS.map(|(x, y)| (0.707 * (x - y), 0.707 * (x + y)));
                self.polygon(class, &at(&turned));
            }
        }
    }

    /// Text.
    pub fn text(&mut self, class: &str, anchor: Anchor, (x, y): (f64, f64), text: &str) {
        let (anchor, text) = (anchor.name(), escape(text));
        self.write(format_args!(
            r#"<text class="{class}" text-anchor="{anchor}" x="{}" y="{}">{text}</text>"#,
            Num(x),
            Num(y)
        ));
    }

    /// Text turned by an angle in degrees about its anchor.
    pub fn turned_text(
        &mut self,
        class: &str,
        anchor: Anchor,
        (x, y): (f64, f64),
        turn: (f64, &str),
    ) {
        let (angle, text) = (turn.0, escape(turn.1));
        let (x, y, anchor) = (Num(x), Num(y), anchor.name());
        self.write(format_args!(
            r#"<text class="{class}" text-anchor="{anchor}" transform="translate({x} {y}) rotate({})">{text}</text>"#,
            Num(angle)
        ));
    }

    /// A mark that shows `tip` when it is pointed at or focused, with the elements that `draw` adds. Marks of one
    /// `series` are neighbours for the arrow keys.
    pub fn mark(&mut self, series: usize, tip: &str, draw: impl FnOnce(&mut Self)) {
        self.write(format_args!(
            r#"<g class="mark" data-s="{series}"><title>{}</title>"#,
            escape(tip)
        ));
        draw(self);
        self.out.push_str("</g>");
    }

    /// Elements moved by an offset.
    pub fn shifted(&mut self, (x, y): (f64, f64), draw: impl FnOnce(&mut Self)) {
        self.write(format_args!(r#"<g transform="translate({} {})">"#, Num(x), Num(y)));
        draw(self);
        self.out.push_str("</g>");
    }

    /// Elements that another writer has finished.
    pub fn raw(&mut self, elements: &str) {
        self.out.push_str(elements);
    }

    fn write(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(arguments);
    }
}

/// Corners of a plus sign.
const PLUS: [(f64, f64); 12] = [
    (-0.42, -1.25),
    (0.42, -1.25),
    (0.42, -0.42),
    (1.25, -0.42),
    (1.25, 0.42),
    (0.42, 0.42),
    (0.42, 1.25),
    (-0.42, 1.25),
    (-0.42, 0.42),
    (-1.25, 0.42),
    (-1.25, -0.42),
    (-0.42, -0.42),
];

/// A coordinate with at most two decimals.
pub(crate) struct Num(pub(crate) f64);

impl std::fmt::Display for Num {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Adding 0 turns −0 into 0.
        write!(f, "{}", (self.0 * 100.0).round() / 100.0 + 0.0)
    }
}

fn list(points: &[(f64, f64)]) -> String {
    let points = points.iter().map(|&(x, y)| format!("{},{}", Num(x), Num(y)));
    points.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_only_text() {
        assert_eq!(
            escape("<script>alert(\"x\" & 'y')</script>\u{0}\u{1b}"),
            "&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;"
        );
    }

    #[test]
    fn coordinates_are_short() {
        let shown = |v| Num(v).to_string();
        assert_eq!([shown(1.0), shown(-0.001), shown(12.346)], ["1", "0", "12.35"]);
    }

    #[test]
    fn wide_text_is_wide() {
        assert!(text_width("mmm", 12.0) > text_width("nnn", 12.0));
        assert!(text_width("nnn", 12.0) > text_width("iii", 12.0));
    }

    #[test]
    fn elements_nest() {
        let mut svg = Svg::new();
        svg.mark(3, "a < b", |s| s.circle("dot", (1.0, 2.0), 3.0));
        assert_eq!(
            svg.finish(),
            r#"<g class="mark" data-s="3"><title>a &lt; b</title><circle class="dot" cx="1" cy="2" r="3"/></g>"#
        );
    }
}
