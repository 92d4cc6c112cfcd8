//! The unit explorer on the page: its data, and that they are harmless. What it does is tested in a browser (`.ci/browser`).

use consilience_report::{Explorer, render};
use consilience_study::{Row, Table};
use serde_json::Value;

use super::synthetic;

fn page(explorer: Option<&Explorer>) -> String {
    render(&synthetic::run(), &synthetic::sections(), &synthetic::measures(), &[], explorer)
        .expect("the synthetic report")
}

fn explorer(table: &Table) -> Explorer {
    let stimuli = synthetic::units::stimuli();
    Explorer::of(table, Some(&stimuli)).expect("a sheet").expect("rows about units")
}

/// The texts of the script elements whose start tag is `tag`.
fn scripts<'a>(html: &'a str, tag: &str) -> Vec<&'a str> {
    html.split(tag).skip(1).filter_map(|rest| rest.split("</script>").next()).collect()
}

const INDEX: &str = "<script type=\"application/json\" id=\"ue-index\">";
const ROW: &str = "<script type=\"application/json\" class=\"ue-row\">";

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn every_row_is_on_the_page_with_the_stimuli_that_it_names() {
    let table = synthetic::units::table();
    let html = page(Some(&explorer(&table)));
    let index = json(scripts(&html, INDEX)[0]);
    let rows = scripts(&html, ROW);
    assert_eq!(rows.len(), table.rows.len());
    assert_eq!(index["pairs"].as_array().map(Vec::len), Some(6));
    assert_eq!(index["layers"].as_array().map(Vec::len), Some(2));
    assert_eq!(index["pairs"][0]["x"]["network"], "seed-1");
    assert!(index["pairs"][2]["undefined"].as_str().is_some_and(|why| why.contains("constant")));
    let used: Vec<u64> = index["stimuli"]["used"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    assert!(used.is_sorted());
    for (i, row) in rows.iter().enumerate() {
        let findings = json(row);
        let Some(found) = findings.get("found").filter(|f| f.get("x").is_some()) else { continue };
        let top = found["x"]["top"].as_array().expect("a list").iter().filter_map(|t| t.as_array());
        for stimulus in top.flatten().filter_map(|t| t[0].as_u64()) {
            assert!(used.binary_search(&stimulus).is_ok(), "row {i} names stimulus {stimulus}");
        }
    }
    let sheet = &index["stimuli"]["sheet"];
    assert_eq!((&sheet["width"], &sheet["height"]), (&28.into(), &28.into()));
    assert!(sheet["png"].as_str().is_some_and(|png| png.starts_with("iVBORw0KGgo")));
}

#[test]
fn numbers_of_the_page_are_those_of_the_rows() {
    let table = synthetic::units::table();
    let html = page(Some(&explorer(&table)));
    let Row::Units(row) = &table.rows[0] else { panic!("a pair") };
    let found = row.findings.found().expect("findings");
    let shown = json(scripts(&html, ROW)[0]);
    let side = &shown["found"]["y"];
    for (unit, partner) in found.y.matched.iter().enumerate() {
        let Some(partner) = partner else { continue };
        let shown = &side["matched"][unit];
        assert_eq!(shown["unit"], partner.unit);
        let r = shown["r"].as_f64().expect("a number");
        assert!((r - f64::from(partner.r)).abs() <= 1e-4, "{r} {}", partner.r);
    }
    assert_eq!(shown["found"]["correlation"]["between"]["bytes"], found.correlation.between.bytes);
}

#[test]
fn hostile_names_do_not_end_the_data() {
    let bad = "</script><script>alert(1)</script>";
    let mut table = synthetic::units::table();
    for row in &mut table.rows {
        match row {
            Row::Units(row) => bad.clone_into(&mut row.x.network),
            Row::UnitsLayer(row) => bad.clone_into(&mut row.sides[0].layer),
            _ => {}
        }
    }
    let html = page(Some(&explorer(&table)));
    // The script of the page, that of the explorer, the index, and a row each.
    assert_eq!(html.matches("<script").count(), 3 + table.rows.len());
    assert_eq!(json(scripts(&html, INDEX)[0])["pairs"][0]["x"]["network"], bad);
}

#[test]
fn the_page_stays_one_file_without_the_explorer_and_with_it() {
    let table = synthetic::units::table();
    let (one, two) = (explorer(&table), explorer(&table));
    assert_eq!(one, two);
    let html = page(Some(&one));
    assert!(!html.contains(" src=\"") && !html.contains("url(") && !html.contains("@import"));
    let script: usize = scripts(&html, "<script>").iter().map(|s| s.len()).sum();
    assert!(script < 68_000, "{script}");
    let without = page(None);
    assert!(!without.contains("ue-index") && !without.contains("id=\"explorer\""));
}

#[test]
fn tables_without_units_and_stimuli_without_pictures() {
    let none = Explorer::of(&Table::default(), None).expect("nothing to do");
    assert_eq!(none, None);
    let bare = Explorer::of(&synthetic::units::table(), None).expect("no sheet to make");
    let html = page(bare.as_ref());
    let index = json(scripts(&html, INDEX)[0]);
    assert_eq!(index["stimuli"].get("sheet"), None);
    assert!(index["stimuli"]["used"].as_array().is_some_and(|used| !used.is_empty()));
}
