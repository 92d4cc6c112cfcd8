//! The words for chance and uncertainty, defined once: what a p, a q, a calibrated score, a best and a share are.

use consilience_study::{Figure, Run, Section};
use serde::Serialize;

use crate::prose::rich;

/// A word with its definition. Text fields are HTML.
#[derive(Debug, Serialize)]
pub(crate) struct Term {
    name: &'static str,
    definition: String,
}

/// Where they apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Everywhere,
    BestPair,
    Groups,
}

/// The terms in their order: name, definition, where they apply.
const TERMS: [(&str, &str, Where); 6] = [
    (
        "Interval",
        "Of a mean over pairs: 95 %, percentiles of the same mean over resampled networks, because pairs that share a network are not independent. With groups, networks are resampled within their group. Of one pair: value ± $t$ times the standard error of the delete-a-block jackknife over stimuli.",
        Where::Everywhere,
    ),
    (
        "Chance, p",
        r"The same number with the stimuli of one side in random order (shuffle), or in a random basis (rotation), draw after draw. Chance is the mean of the draws $s_1, \dots, s_K$, and $p = (1 + \#\{s_k \ge s\}) / (K + 1)$. One order serves all layers and pairs of a draw, so that the mean over pairs has draws of its own.",
        Where::Everywhere,
    ),
    (
        "q",
        r"The smallest false discovery rate at which this is a discovery, by Benjamini and Hochberg: with the $m$ p-values of a table in order, $q_{(i)} = \min_{j \ge i} m p_{(j)} / j$. A table is what one study says by one measure at one checkpoint, against one null.",
        Where::Everywhere,
    ),
    (
        "Calibrated",
        r"The share of the way from chance to perfect likeness: $\max((s - \tau) / (s_{\max} - \tau), 0)$ with $\tau$ the $\lceil 0.95 (K + 1) \rceil$-th of the draws and the score together, and $s_{\max}$ the best value of the measure (Gröger, Wen and Brbić 2026); for distances its mirror. It is 0 for whatever chance explains. None where the scale has no best value, or with fewer than 19 draws.",
        Where::Everywhere,
    ),
    (
        "Best pair of layers",
        "The largest mean among all pairs of layers is high by being the largest of many. Its chance level is that of the largest of as many: draw by draw the largest of all pairs, which is possible because one order of the stimuli serves them all. The best is calibrated, not the pairs it was chosen from.",
        Where::BestPair,
    ),
    (
        "Share of the seed-to-seed ceiling",
        r"$\bar b / \sqrt{\bar w_x \bar w_y}$ with $\bar b$ the mean over pairs of networks of two groups and $\bar w_x$, $\bar w_y$ the mean of each of the two layers with itself over pairs of networks within its group: how alike two trainings of the same network are. The geometric mean makes it Spearman's correction for attenuation, which is exact for correlations of a common part with independent noise of training.",
        Where::Groups,
    ),
];

/// Texts of all terms, for the test that they can be shown.
#[cfg(test)]
pub(crate) fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    TERMS.iter().map(|(name, definition, _)| (*name, *definition))
}

/// The terms that a report uses.
pub(crate) fn terms(run: &Run, sections: &[Section]) -> Vec<Term> {
    let is_best =
        |figure: &Figure| matches!(figure, Figure::Table(t) if t.id.starts_with("layers-best"));
    let has_best = sections.iter().flat_map(|s| &s.figures).any(is_best);
    let applies = |place: Where| match place {
        Where::Everywhere => true,
        Where::BestPair => has_best,
        Where::Groups => !run.spec.groups.is_empty(),
    };
    let used = TERMS.iter().filter(|(.., place)| applies(*place));
    used.map(|(name, definition, _)| Term { name, definition: rich(definition) }).collect()
}
