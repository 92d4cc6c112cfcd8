//! The page: everything that the template shows, prepared.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use consilience_study::{Figure, Run, Section, Tone, Verdict};
use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use serde::Serialize;

use crate::colour::Palette;
use crate::figures;
use crate::methods::{Method, Source, methods, sources};
use crate::notes::{Kind, kinds};
use crate::number::counted;
use crate::prose::Links;
use crate::provenance::{Fact, Network, foot, head, networks};
use crate::terms::{Term, terms};
use crate::{Error, Explorer, Result, explorer, theme};

const TEMPLATE: &str = include_str!("../templates/report.html");
const EXPLORER: &str = include_str!("../templates/explorer.html");
const STYLE: &str = include_str!("../templates/page.css");
const SCRIPT: &str = include_str!("../templates/page.js");

/// Verdicts of one section that the summary shows, and how many there may be if claims that do not hold come later.
const SUMMARY: usize = 3;
const SUMMARY_WITH_FAILURES: usize = 5;

/// Anchors of the parts that every report has.
const ANCHORS: [&str; 7] =
    ["top", "in-short", "explorer", "methods", "references", "notes", "provenance"];

/// Everything on the page. Fields of the template that hold HTML are marked there.
#[derive(Debug, Serialize)]
struct Page<'a> {
    style: String,
    script: &'static str,
    name: &'a str,
    version: &'a str,
    question: String,
    lead: String,
    head: Vec<Fact>,
    networks: Vec<Network>,
    summary: Vec<Answer>,
    unsaid: usize,
    sections: Vec<Part>,
    explorer: Option<&'a Explorer>,
    terms: Vec<Term>,
    methods: Vec<Method>,
    sources: Vec<Source>,
    notes: Vec<Kind>,
    foot: Vec<Fact>,
    spec: String,
}

/// A verdict.
#[derive(Debug, Serialize)]
struct Answer {
    tone: &'static str,
    word: &'static str,
    text: String,
    anchor: String,
    title: String,
}

/// A section.
#[derive(Debug, Serialize)]
struct Part {
    anchor: String,
    title: String,
    lead: String,
    verdicts: Vec<Answer>,
    groups: Vec<Group>,
}

/// Figures that stand side by side, or one alone.
#[derive(Debug, Serialize)]
struct Group {
    tiles: bool,
    figures: Vec<Shown>,
}

/// A figure on the page.
#[derive(Debug, Serialize)]
struct Shown {
    name: String,
    number: usize,
    title: String,
    caption: String,
    html: String,
    svg: String,
    csv: String,
}

/// A figure drawn, with the name of its files.
pub(crate) struct Drawn {
    pub(crate) name: String,
    pub(crate) html: String,
    pub(crate) svg: String,
    pub(crate) csv: String,
}

/// The report as one HTML file, with the unit explorer if there are rows for it: a function of its inputs and of the version of the program, nothing else.
///
/// # Errors
/// [`Error::Figure`] for a figure whose data do not hold together or that has no caption, [`Error::Duplicate`] for a name
/// given twice, [`Error::Measure`] for a spec that the registry does not know.
pub fn render(
    run: &Run,
    sections: &[Section],
    measure_specs: &[String],
    notes: &[String],
    explorer: Option<&Explorer>,
) -> Result<String> {
    let methods = methods(measure_specs)?;
    let links = links(&methods);
    let parts = parts(sections, &links)?;
    let (summary, unsaid) = summary(sections, &links);
    let page = Page {
        style: style(explorer.is_some()),
        script: SCRIPT,
        name: &run.spec.name,
        version: &run.version,
        question: question(run),
        lead: lead(run, measure_specs.len()),
        head: head(run, measure_specs.len()),
        networks: networks(run),
        summary,
        unsaid,
        sections: parts,
        explorer,
        terms: terms(run, sections),
        methods,
        sources: sources(measure_specs)?,
        notes: kinds(notes, &links),
        foot: foot(run),
        spec: run.spec.to_toml(),
    };
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_template("report.html", TEMPLATE)?;
    environment.add_template("explorer.html", EXPLORER)?;
    Ok(environment.get_template("report.html")?.render(Serde(page))?)
}

fn style(with_explorer: bool) -> String {
    let explorer = if with_explorer { explorer::STYLE } else { "" };
    format!("{}\n{STYLE}{explorer}", theme::page_css())
}

/// Every figure, drawn. All figures share one palette.
pub(crate) fn drawn(sections: &[Section]) -> Result<Vec<Drawn>> {
    let all = || sections.iter().flat_map(|s| &s.figures);
    let palette = Palette::of(all().flat_map(|f| figures::of(f).series()));
    let mut names = BTreeSet::new();
    let mut out = Vec::new();
    for figure in all() {
        let drawing = figures::of(figure);
        let problem = |problem: String| Error::Figure { id: figure.id().to_owned(), problem };
        drawing.check().map_err(problem)?;
        if figure.caption().trim().is_empty() {
            let text = "it has no caption, which has to say n, interval method and chance level";
            return Err(problem(text.to_owned()));
        }
        let name = slug(figure.id());
        if name.is_empty() {
            return Err(problem("its id has no letter or digit".to_owned()));
        }
        if !names.insert(name.clone()) {
            return Err(Error::Duplicate { what: "figures", name });
        }
        let (html, svg) = (drawing.html(&palette), drawing.svg(&palette));
        out.push(Drawn { name, html, svg, csv: drawing.csv() });
    }
    Ok(out)
}

/// A name for links and files: letters and digits of the id, all else becomes hyphens.
fn slug(id: &str) -> String {
    let keep = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let text: String = id.chars().map(keep).collect();
    text.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// Links from ids and specs of measures to their methods.
fn links(methods: &[Method]) -> Links {
    let targets =
        methods.iter().flat_map(|m| m.specs.iter().map(|spec| (spec.clone(), m.anchor.clone())));
    Links::new(targets.collect())
}

fn parts(sections: &[Section], links: &Links) -> Result<Vec<Part>> {
    let mut drawn = drawn(sections)?.into_iter();
    let mut anchors: BTreeSet<String> = ANCHORS.map(str::to_owned).into();
    let mut number = 0;
    let mut parts = Vec::new();
    for section in sections {
        let anchor = slug(&section.anchor);
        if !anchors.insert(anchor.clone()) {
            return Err(Error::Duplicate { what: "sections", name: anchor });
        }
        refuse_nan(section)?;
        let mut groups: Vec<Group> = Vec::new();
        for (figure, drawn) in section.figures.iter().zip(&mut drawn) {
            number += 1;
            let shown = shown(figure, drawn, number, links);
            let tiles = figures::of(figure).is_tile();
            match groups.last_mut() {
                Some(group) if group.tiles && tiles => group.figures.push(shown),
                _ => groups.push(Group { tiles, figures: vec![shown] }),
            }
        }
        parts.push(Part {
            title: section.title.clone(),
            lead: links.plain(&section.lead),
            verdicts: section.verdicts.iter().map(|v| answer(section, v, links)).collect(),
            groups,
            anchor,
        });
    }
    Ok(parts)
}

/// An error if a section says that a number is none: a sentence about nothing is not an answer.
fn refuse_nan(section: &Section) -> Result<()> {
    let texts = section.verdicts.iter().map(|v| &v.text).chain([&section.lead]);
    let captions = section.figures.iter().map(Figure::caption);
    let is_nan = |text: &&str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "NaN");
    match texts.map(String::as_str).chain(captions).find(is_nan) {
        Some(text) => Err(Error::Words { section: section.anchor.clone(), text: text.to_owned() }),
        None => Ok(()),
    }
}

fn shown(figure: &Figure, drawn: Drawn, number: usize, links: &Links) -> Shown {
    let url = |kind: &str, text: &str| format!("data:{kind};base64,{}", STANDARD.encode(text));
    Shown {
        number,
        title: figure.title().to_owned(),
        caption: links.plain(figure.caption()),
        svg: url("image/svg+xml", &drawn.svg),
        csv: url("text/csv;charset=utf-8", &drawn.csv),
        html: drawn.html,
        name: drawn.name,
    }
}

/// The first verdicts of every section, and of later ones those that do not hold or hold in part; remarks only where a
/// section has nothing else. And how many are left.
fn summary(sections: &[Section], links: &Links) -> (Vec<Answer>, usize) {
    let mut answers = Vec::new();
    let mut unsaid = 0;
    for section in sections {
        let claims: Vec<&Verdict> =
            section.verdicts.iter().filter(|v| v.tone != Tone::Note).collect();
        let chosen = if claims.is_empty() { section.verdicts.iter().collect() } else { claims };
        let wanted = |(i, v): &(usize, &Verdict)| {
            *i < SUMMARY || matches!(v.tone, Tone::Fails | Tone::Mixed)
        };
        let chosen = chosen.into_iter().enumerate().filter(wanted).take(SUMMARY_WITH_FAILURES);
        let before = answers.len();
        answers.extend(chosen.map(|(_, v)| answer(section, v, links)));
        unsaid += section.verdicts.len() - (answers.len() - before);
    }
    (answers, unsaid)
}

fn answer(section: &Section, verdict: &Verdict, links: &Links) -> Answer {
    let (tone, word) = match verdict.tone {
        Tone::Holds => ("holds", "Holds"),
        Tone::Mixed => ("mixed", "In part"),
        Tone::Fails => ("fails", "Does not hold"),
        Tone::Note => ("note", "Note"),
    };
    Answer {
        tone,
        word,
        text: links.plain(&verdict.text),
        anchor: slug(&section.anchor),
        title: section.title.clone(),
    }
}

fn question(run: &Run) -> String {
    format!("Do {} learn the same thing?", counted(run.networks.len(), "network", "networks"))
}

fn lead(run: &Run, n_measures: usize) -> String {
    let by = match n_measures {
        0 => String::new(),
        n => format!(" by {}", counted(n, "measure", "measures")),
    };
    format!(
        "Representations of {}, compared on {} of {}{by}. Every score stands beside its chance level and, where one could be made, its interval.",
        counted(run.networks.len(), "network", "networks"),
        counted(run.n_stimuli, "stimulus", "stimuli"),
        run.stimuli,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_harmless() {
        assert_eq!(slug("layers ridge:alpha=0.1"), "layers-ridge-alpha-0-1");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
        assert_eq!(slug("…"), "");
    }
}
