//! What a study has to say, as data: words first, then figures. The report draws them; it computes nothing.

use consilience_inference::{Chance, Estimate};
use serde::Serialize;

use crate::GroupPair;

/// A part of the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Name in links, unique in the report.
    pub anchor: String,
    /// Heading.
    pub title: String,
    /// What was asked, of what, in one or two sentences.
    pub lead: String,
    /// Answers in words, the most important first.
    pub verdicts: Vec<Verdict>,
    /// Figures, in order.
    pub figures: Vec<Figure>,
}

impl Section {
    /// The section as one of a pair of groups: names and title say which.
    #[must_use]
    pub fn between(mut self, pair: &GroupPair) -> Self {
        let Some([a, b]) = pair else { return self };
        self.anchor = format!("{}-{a}-{b}", self.anchor);
        let of = if a == b { format!("within {a}") } else { format!("{a} and {b}") };
        self.title = format!("{}: {of}", self.title);
        for figure in &mut self.figures {
            let id = figure.id_mut();
            *id = format!("{id}-{a}-{b}");
        }
        self
    }
}

/// An answer in words. Plain text; `code` in backticks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// How it stands.
    pub tone: Tone,
    /// One sentence with its numbers, n and interval.
    pub text: String,
}

/// How an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// The claim holds here.
    Holds,
    /// It holds in part.
    Mixed,
    /// It does not hold here.
    Fails,
    /// A remark or a caveat.
    Note,
}

/// A figure with all of its data.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "figure", rename_all = "kebab-case")]
pub enum Figure {
    /// Layers against layers, one panel a measure.
    HeatMap(HeatMap),
    /// Values along training, with bands.
    Curves(Curves),
    /// Values with intervals and chance ticks, in groups.
    DotPlot(DotPlot),
    /// Two quantities against one another, point by point.
    Scatter(Scatter),
    /// A table.
    Table(TableFigure),
}

impl Figure {
    /// Whether there is anything to show.
    pub(crate) fn has_data(&self) -> bool {
        match self {
            Self::HeatMap(map) => !map.rows.is_empty(),
            Self::Curves(curves) => curves.facets.iter().any(|facet| !facet.curves.is_empty()),
            Self::DotPlot(plot) => plot.groups.iter().any(|group| !group.dots.is_empty()),
            Self::Scatter(scatter) => scatter.facets.iter().any(|cloud| !cloud.series.is_empty()),
            Self::Table(table) => !table.rows.is_empty(),
        }
    }

    /// Its name, unique in the report.
    #[must_use]
    pub fn id(&self) -> &str {
        self.words()[0]
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        self.words()[1]
    }

    /// What is shown, with n, interval method and chance level.
    #[must_use]
    pub fn caption(&self) -> &str {
        self.words()[2]
    }

    /// Name, title and caption, which every kind has.
    fn words(&self) -> [&str; 3] {
        match self {
            Self::HeatMap(HeatMap { id, title, caption, .. })
            | Self::Curves(Curves { id, title, caption, .. })
            | Self::DotPlot(DotPlot { id, title, caption, .. })
            | Self::Scatter(Scatter { id, title, caption, .. })
            | Self::Table(TableFigure { id, title, caption, .. }) => [id, title, caption],
        }
    }

    /// Its name.
    fn id_mut(&mut self) -> &mut String {
        match self {
            Self::HeatMap(HeatMap { id, .. })
            | Self::Curves(Curves { id, .. })
            | Self::DotPlot(DotPlot { id, .. })
            | Self::Scatter(Scatter { id, .. })
            | Self::Table(TableFigure { id, .. }) => id,
        }
    }
}

/// A matrix of values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeatMap {
    /// Name, unique in the report; also the file name of its SVG and CSV.
    pub id: String,
    /// Title.
    pub title: String,
    /// What is shown: n, interval method, chance level.
    pub caption: String,
    /// What the rows are.
    pub y_label: String,
    /// What the columns are.
    pub x_label: String,
    /// What the values are.
    pub value_label: String,
    /// Names of the rows, top to bottom.
    pub rows: Vec<String>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Smallest and largest value of the colour scale.
    pub range: (f64, f64),
    /// `cells[row][column]`; `None` where nothing was computed.
    pub cells: Vec<Vec<Option<HeatCell>>>,
}

/// One value of a matrix.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeatCell {
    /// The value with its interval.
    pub estimate: Estimate,
    /// Chance levels.
    pub chance: Vec<Chance>,
    /// Number of pairs of networks behind it.
    pub n_pairs: usize,
    /// Whether this is the largest value of its row.
    pub best_in_row: bool,
}

/// Several panels of curves over one axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curves {
    /// Name, unique in the report.
    pub id: String,
    /// Title.
    pub title: String,
    /// What is shown: n, interval method, chance level.
    pub caption: String,
    /// What is along the axis.
    pub x_label: String,
    /// What the values are.
    pub y_label: String,
    /// Smallest and largest value of the axis.
    pub y_range: (f64, f64),
    /// Ticks of the axis along: position and text. Positions are equidistant where the axis is not to scale.
    pub x_ticks: Vec<(f64, String)>,
    /// Position of a vertical mark, with its text (the end of epoch 1).
    pub mark: Option<(f64, String)>,
    /// Panels, one a layer.
    pub facets: Vec<Facet>,
}

/// A panel of curves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facet {
    /// Title of the panel.
    pub title: String,
    /// Its curves.
    pub curves: Vec<Curve>,
}

/// A curve with an optional band.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// Name in the legend; the same name has the same colour in all panels.
    pub name: String,
    /// What kind of curve.
    pub role: CurveRole,
    /// Positions along the axis.
    pub x: Vec<f64>,
    /// Values.
    pub y: Vec<f64>,
    /// Lower and upper ends of the intervals.
    pub band: Option<Band>,
}

/// Lower and upper ends.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// Lower ends.
    pub low: Vec<f64>,
    /// Upper ends.
    pub high: Vec<f64>,
}

/// What kind of curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CurveRole {
    /// A measured score.
    Score,
    /// A chance level, dashed in the colour of its score (the name without ` · null`).
    Chance,
    /// The accuracy of the networks on their task.
    Accuracy,
    /// What theory says of a score, thin in its colour (the name without ` · theory`).
    Expected,
    /// A line to compare with, which is named in the legend.
    Reference,
}

/// Values with intervals, in groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DotPlot {
    /// Name, unique in the report.
    pub id: String,
    /// Title.
    pub title: String,
    /// What is shown: n, interval method, chance level.
    pub caption: String,
    /// What the values are.
    pub value_label: String,
    /// Smallest and largest value of the axis.
    pub range: (f64, f64),
    /// Groups, one a layer.
    pub groups: Vec<DotGroup>,
}

/// A group of values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DotGroup {
    /// Name of the group.
    pub name: String,
    /// Its values.
    pub dots: Vec<Dot>,
    /// Brackets between values: the gaps.
    pub links: Vec<Link>,
}

/// One value with its interval and chance levels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dot {
    /// Name in the legend; the same name has the same colour in all groups.
    pub name: String,
    /// The value with its interval.
    pub estimate: Estimate,
    /// Chance levels by name.
    pub chance: Vec<(String, f64)>,
}

/// A gap between two values of a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// Index of the value that should be larger.
    pub upper: usize,
    /// Index of the value that should be smaller.
    pub lower: usize,
    /// The first less the second.
    pub gap: f64,
}

/// Two quantities against one another, in panels that share both scales.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scatter {
    /// Name, unique in the report.
    pub id: String,
    /// Title.
    pub title: String,
    /// What is shown: n, interval method, chance level.
    pub caption: String,
    /// What is along the axis.
    pub x_label: String,
    /// What the values are.
    pub y_label: String,
    /// Smallest and largest position along the axis.
    pub x_range: (f64, f64),
    /// Smallest and largest value.
    pub y_range: (f64, f64),
    /// Panels, one a layer.
    pub facets: Vec<Cloud>,
}

/// A panel of points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cloud {
    /// Title of the panel.
    pub title: String,
    /// Its series; the same name has the same colour in all panels.
    pub series: Vec<Points>,
}

/// The points of a series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Points {
    /// Name in the legend.
    pub name: String,
    /// The points.
    pub points: Vec<Point>,
}

/// A point with the interval of its value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// What it is of.
    pub name: String,
    /// Position along the axis.
    pub x: f64,
    /// The value with its interval.
    pub estimate: Estimate,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableFigure {
    /// Name, unique in the report.
    pub id: String,
    /// Title.
    pub title: String,
    /// What is shown.
    pub caption: String,
    /// Heads of the columns.
    pub columns: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
}
