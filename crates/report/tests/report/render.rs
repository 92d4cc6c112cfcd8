//! The page as a whole: structure, honesty and harmlessness.

use std::fs;

use consilience_report::{Error, render, write};
use consilience_study::{Figure, Section};

use super::synthetic;

fn page(sections: &[Section]) -> String {
    render(&synthetic::run(), sections, &synthetic::measures(), &["a `note`".to_owned()], None)
        .expect("the synthetic report")
}

fn refusal(sections: &[Section]) -> String {
    render(&synthetic::run(), sections, &synthetic::measures(), &[], None)
        .expect_err("the report has to be refused")
        .to_string()
}

/// Values of an attribute.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Parts between two marks.
fn between<'a>(html: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    html.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

#[test]
fn every_figure_has_its_caption_its_data_and_its_drawing() {
    let sections = synthetic::sections();
    let html = page(&sections);
    let figures = between(&html, "<figure ", "</figure>");
    assert_eq!(figures.len(), sections.iter().map(|s| s.figures.len()).sum::<usize>());
    for figure in figures {
        let caption = between(figure, "<figcaption>", "</figcaption>")[0];
        assert!(caption.contains("1000 stimuli"), "{caption}");
        assert!(caption.contains("bootstrap over networks"), "{caption}");
        assert!(caption.contains("Chance levels"), "{caption}");
        assert!(caption.contains("href=\"data:text/csv"), "{caption}");
        assert!(caption.contains("href=\"data:image/svg+xml"), "{caption}");
    }
}

#[test]
fn words_come_first_and_every_part_is_there() {
    let html = page(&synthetic::sections());
    let places: Vec<usize> = [
        "<h1>",
        "id=\"in-short\"",
        "<nav",
        "id=\"layers\"",
        "id=\"training\"",
        "id=\"methods\"",
        "id=\"references\"",
        "id=\"notes\"",
        "id=\"provenance\"",
    ]
    .map(|part| html.find(part).unwrap_or_else(|| panic!("{part} is not on the page")))
    .to_vec();
    assert!(places.is_sorted(), "{places:?}");
    for word in
        ["Holds", "In part", "Does not hold", "Note", "88.3\u{202f}%", "kind = &quot;layers&quot;"]
    {
        assert!(html.contains(word), "{word}");
    }
    for measure in synthetic::measures() {
        assert!(html.contains(&format!("id=\"measure-{measure}\"")), "{measure}");
    }
    let some = ["ridge".to_owned()];
    let short =
        render(&synthetic::run(), &[], &some, &[], None).expect("a report without sections");
    assert!(!short.contains("measure-procrustes"), "only measures that were used are explained");
}

#[test]
fn nothing_comes_from_elsewhere_but_links_to_sources() {
    let html = page(&synthetic::sections());
    assert_eq!(attributes(&html, "src"), Vec::<&str>::new());
    for link in attributes(&html, "href") {
        let link = link.replace("&#x2f;", "/");
        let inside = link.starts_with('#') || link.starts_with("data:");
        let is_source = synthetic::measures().iter().any(|spec| {
            let entry = consilience_measures::find(spec).expect("known");
            entry.info.references.iter().any(|r| r.link == link)
        });
        assert!(inside || is_source, "{link}");
    }
    assert!(!html.contains("url(") && !html.contains("@import"));
}

#[test]
fn ids_are_unique_and_links_lead_somewhere() {
    let html = page(&synthetic::sections());
    let mut ids = attributes(&html, "id");
    let n = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), n);
    for link in attributes(&html, "href").iter().filter_map(|l| l.strip_prefix('#')) {
        assert!(ids.binary_search(&link).is_ok(), "#{link}");
    }
}

#[test]
fn the_page_is_a_function_of_its_inputs_and_small() {
    let sections = synthetic::sections();
    let (one, two) = (page(&sections), page(&sections));
    assert_eq!(one, two);
    // What the registry says about other packages may name it.
    let results = one.split("id=\"methods\"").next().unwrap_or_default();
    assert!(!results.contains("NaN") && !results.contains("undefined"));
    let script = between(&one, "<script>", "</script>")[0];
    assert!(script.len() < 30_000, "{}", script.len());
}

#[test]
fn hostile_text_is_shown_and_not_run() {
    let bad = "<script>alert(1)</script>\"'&";
    let mut run = synthetic::run();
    bad.clone_into(&mut run.networks[0].name);
    bad.clone_into(&mut run.stimuli);
    bad.clone_into(&mut run.spec.name);
    let mut sections = synthetic::sections();
    for section in &mut sections {
        bad.clone_into(&mut section.title);
        bad.clone_into(&mut section.lead);
        bad.clone_into(&mut section.verdicts[0].text);
        for figure in &mut section.figures {
            match figure {
                Figure::HeatMap(f) => {
                    bad.clone_into(&mut f.rows[0]);
                    bad.clone_into(&mut f.value_label);
                }
                Figure::Curves(f) => {
                    bad.clone_into(&mut f.facets[0].title);
                    bad.clone_into(&mut f.facets[0].curves[0].name);
                }
                Figure::DotPlot(f) => bad.clone_into(&mut f.groups[0].dots[0].name),
                Figure::Scatter(f) => bad.clone_into(&mut f.facets[0].series[0].points[0].name),
                Figure::Table(f) => bad.clone_into(&mut f.rows[0][0]),
            }
        }
    }
    let html =
        render(&run, &sections, &synthetic::measures(), &[bad.to_owned()], None).expect("a report");
    assert_eq!(html.matches("<script").count(), 1);
    assert!(html.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn files_hold_all_numbers_in_full() {
    let folder = tempfile::tempdir().expect("a folder");
    let sections = synthetic::sections();
    let path =
        write(folder.path(), &synthetic::run(), &sections, &synthetic::measures(), &[], None)
            .expect("written");
    let html = fs::read_to_string(&path).expect("the page");
    assert!(!html.contains(&folder.path().display().to_string()));
    let figures = folder.path().join("figures");
    for figure in sections.iter().flat_map(|s| &s.figures) {
        let (id, expected) = numbers(figure);
        let csv = fs::read_to_string(figures.join(format!("{id}.csv"))).expect("the data");
        let found: Vec<f64> =
            csv.split([',', '\n']).filter_map(|field| field.parse().ok()).collect();
        for number in expected {
            assert!(found.contains(&number), "{number} is not in {id}.csv");
        }
        let svg = fs::read_to_string(figures.join(format!("{id}.svg"))).expect("the figure");
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""));
        assert!(svg.contains("<title>") && svg.contains("<desc>") && !svg.contains("NaN"));
        assert!(!svg.contains("var("), "files have their colours written out");
    }
    let left: Vec<_> = fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name())
        .filter(|name| name.to_string_lossy().ends_with(".part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

fn numbers(figure: &Figure) -> (&str, Vec<f64>) {
    match figure {
        Figure::HeatMap(f) => {
            let cells = f.cells.iter().flatten().flatten();
            let all = cells.flat_map(|c| {
                let chance = c.chance.iter().flat_map(|c| [c.mean, c.p_value]);
                chance.chain(c.estimate.interval.unwrap_or_default()).chain([c.estimate.value])
            });
            (&f.id, all.collect())
        }
        Figure::Curves(f) => {
            let curves = f.facets.iter().flat_map(|f| &f.curves);
            let all = curves.flat_map(|c| {
                let band = c.band.iter().flat_map(|b| b.low.iter().chain(&b.high));
                c.y.iter().chain(band).copied().collect::<Vec<_>>()
            });
            (&f.id, all.collect())
        }
        Figure::DotPlot(f) => {
            let dots = f.groups.iter().flat_map(|g| &g.dots).map(|d| d.estimate.value);
            let gaps = f.groups.iter().flat_map(|g| &g.links).map(|l| l.gap);
            (&f.id, dots.chain(gaps).collect())
        }
        Figure::Scatter(f) => {
            let points = f.facets.iter().flat_map(|c| &c.series).flat_map(|s| &s.points);
            let all = points.flat_map(|p| {
                [p.x, p.estimate.value].into_iter().chain(p.estimate.interval.unwrap_or_default())
            });
            (&f.id, all.collect())
        }
        Figure::Table(f) => {
            (&f.id, f.rows.iter().flatten().filter_map(|cell| cell.parse().ok()).collect())
        }
    }
}

#[test]
fn figures_that_do_not_hold_together_are_refused_by_name() {
    let with = |change: &dyn Fn(&mut Figure)| {
        let mut sections = synthetic::sections();
        for figure in sections.iter_mut().flat_map(|s| &mut s.figures) {
            change(figure);
        }
        refusal(&sections)
    };
    let message = with(&|figure| {
        if let Figure::Curves(f) = figure {
            f.facets[1].curves[0].y[3] = f64::NAN;
        }
    });
    assert!(
        message.contains("figure `training-curves`: Ridge predictivity in panel conv2 holds NaN"),
        "{message}"
    );
    let message = with(&|figure| {
        if let Figure::HeatMap(f) = figure {
            f.cells[2].pop();
        }
    });
    assert!(message.contains("row conv3 has 4 entries where there should be 5"), "{message}");
    let message = with(&|figure| {
        if let Figure::DotPlot(f) = figure {
            f.groups[0].links[0].upper = 9;
        }
    });
    assert!(message.contains("figure `layers-ordering`: a gap in group conv1"), "{message}");
    let message = with(&|figure| {
        if let Figure::Scatter(f) = figure {
            f.facets[0].series[1].points[2].x = f64::INFINITY;
        }
    });
    assert!(message.contains("figure `layers-drops`: the position of blur-2 of"), "{message}");
    let message = with(&|figure| {
        if let Figure::Table(f) = figure {
            f.caption.clear();
        }
    });
    assert!(message.contains("figure `layers-table`: it has no caption"), "{message}");
}

#[test]
fn sentences_about_nothing_are_refused() {
    let mut sections = synthetic::sections();
    "ridge is above procrustes by NaN.".clone_into(&mut sections[0].verdicts[1].text);
    assert!(
        refusal(&sections).contains("section `layers` says \"ridge is above procrustes by NaN.\"")
    );
}

#[test]
fn the_summary_does_not_hide_what_does_not_hold() {
    let html = page(&synthetic::sections());
    let summary = between(&html, "id=\"in-short\"", "</section>")[0];
    assert!(summary.contains("Does not hold"), "the fourth verdict of its section");
    assert!(summary.contains("1 more in the sections below"), "the remark is left to its section");
}

#[test]
fn names_given_twice_are_refused() {
    let mut sections = synthetic::sections();
    let copy = sections[1].clone();
    sections.push(copy);
    assert!(refusal(&sections).contains("two"));
    "methods".clone_into(&mut sections[0].anchor);
    sections.pop();
    assert!(refusal(&sections).contains("two sections have the name `methods`"));
}

#[test]
fn a_measure_that_is_not_known_is_refused() {
    let result = render(&synthetic::run(), &[], &["rigde".to_owned()], &[], None);
    assert!(matches!(result, Err(Error::Measure(_))));
}

#[test]
fn empty_figures_are_drawn() {
    let mut sections = synthetic::sections();
    for figure in sections.iter_mut().flat_map(|s| &mut s.figures) {
        match figure {
            Figure::HeatMap(f) if f.id == "layers-ridge" => {
                f.rows.clear();
                f.cells.clear();
            }
            Figure::HeatMap(f) => f.cells.iter_mut().flatten().for_each(|cell| *cell = None),
            Figure::Curves(f) => f.facets.iter_mut().for_each(|facet| facet.curves.clear()),
            Figure::DotPlot(f) => f.groups.clear(),
            Figure::Scatter(f) => f.facets.iter_mut().for_each(|cloud| cloud.series.clear()),
            Figure::Table(f) => f.rows.clear(),
        }
    }
    let html = page(&sections);
    let panels = between(&html, "<svg class=\"panel\"", "</svg>").concat();
    assert!(!panels.contains("NaN") && !panels.contains("inf"), "{panels}");
    assert!(html.contains("not computed"));
    assert_eq!(html.matches("There is nothing to show.").count(), 2, "one heat map, one dot plot");
}
