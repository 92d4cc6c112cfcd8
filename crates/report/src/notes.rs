//! Notes and caveats: those that differ only in names and numbers are one kind, told once with the others folded away.

use serde::Serialize;

use crate::prose::Links;

/// Up to this many notes of a kind are all shown.
const SHOWN: usize = 3;

/// Notes of one kind, as HTML: those that are shown, and those that are folded away under the last of them.
#[derive(Debug, Serialize)]
pub(crate) struct Kind {
    shown: Vec<String>,
    folded: Vec<String>,
}

/// The notes by kind, each kind where its first note stands.
pub(crate) fn kinds(notes: &[String], links: &Links) -> Vec<Kind> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for note in notes {
        let form = form(note);
        match groups.iter_mut().find(|(known, _)| *known == form) {
            Some((_, group)) => group.push(note),
            None => groups.push((form, vec![note])),
        }
    }
    let html = |notes: &[&str]| notes.iter().map(|note| links.plain(note)).collect();
    groups
        .iter()
        .map(|(_, group)| {
            let shown = if group.len() <= SHOWN { group.len() } else { 1 };
            Kind { shown: html(&group[..shown]), folded: html(&group[shown..]) }
        })
        .collect()
}

/// The note without what names and numbers it: code in backticks, digits, and what is in brackets.
fn form(note: &str) -> String {
    let text: String = note.split('`').step_by(2).collect();
    let mut depth = 0_usize;
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth > 0 || c.is_ascii_digit() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_a_kind_are_told_once() {
        let alike = |i: usize| format!("`x{i}` (flatten): {i} of 64 units take no part ({i} rows)");
        let mut notes: Vec<String> = (0..5).map(alike).collect();
        notes.insert(2, "something else".to_owned());
        let kinds = kinds(&notes, &Links::default());
        assert_eq!(kinds.len(), 2);
        assert_eq!((kinds[0].shown.len(), kinds[0].folded.len()), (1, 4));
        assert_eq!((kinds[1].shown.len(), kinds[1].folded.len()), (1, 0));
        let few = self::kinds(&notes[..2], &Links::default());
        assert_eq!((few[0].shown.len(), few[0].folded.len()), (2, 0));
    }
}
