//! Sentences as HTML: code in backticks, and in what the registry says also formulas between dollars and emphasis
//! between asterisks. Everything else is text.

use crate::svg::escape;
use crate::tex;

/// Names that code in backticks links to, with their anchors.
#[derive(Debug, Default)]
pub(crate) struct Links {
    targets: Vec<(String, String)>,
}

impl Links {
    /// Links from names to anchors.
    pub(crate) fn new(targets: Vec<(String, String)>) -> Self {
        Self { targets }
    }

    /// Text with code in backticks; code that is a known name links to its anchor.
    pub(crate) fn plain(&self, text: &str) -> String {
        // A number and its sign of percentage stay on one line.
        let outside = |text: &str| escape(text).replace(" %", "\u{202f}%");
        parts(text, '`', outside, |code| {
            let shown = format!("<code>{}</code>", escape(code));
            match self.targets.iter().find(|(name, _)| name == code) {
                Some((_, anchor)) => format!(r##"<a href="#{}">{shown}</a>"##, escape(anchor)),
                None => shown,
            }
        })
    }
}

/// Text of the registry: formulas, code and emphasis.
pub(crate) fn rich(text: &str) -> String {
    let emphasis = |text: &str| parts(text, '*', escape, |t| format!("<em>{}</em>", escape(t)));
    let code = |text: &str| parts(text, '`', emphasis, |t| format!("<code>{}</code>", escape(t)));
    parts(text, '$', code, formula)
}

/// A formula, readable, with its source in the title.
fn formula(source: &str) -> String {
    let title = escape(source);
    match tex::mathml(source) {
        Ok(math) => format!(r#"<span class="math" title="{title}">{math}</span>"#),
        Err(_) => format!(r#"<code class="tex">{title}</code>"#),
    }
}

/// Text that a pair of marks sets apart: `inside` between marks, `outside` elsewhere. A mark without its partner, or
/// one around nothing, is text.
fn parts(
    text: &str,
    mark: char,
    outside: impl Fn(&str) -> String,
    inside: impl Fn(&str) -> String,
) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(mark) {
        let Some((within, beyond)) = after.split_once(mark).filter(|(w, _)| !w.is_empty()) else {
            break;
        };
        out.push_str(&outside(before));
        out.push_str(&inside(within));
        rest = beyond;
    }
    out.push_str(&outside(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_links_are_set_apart() {
        let links = Links::new(vec![("ridge".into(), "measure-ridge".into())]);
        assert_eq!(
            links.plain("`ridge` > `a<b` and 1 ` tick"),
            "<a href=\"#measure-ridge\"><code>ridge</code></a> &gt; <code>a&lt;b</code> and 1 ` tick"
        );
        assert_eq!(links.plain("$x$ and *y*, 95 %"), "$x$ and *y*, 95\u{202f}%");
    }

    #[test]
    fn formulas_and_emphasis_are_set_apart() {
        let html = rich("the *distance* $x^2$ of `id`");
        assert!(html.starts_with("the <em>distance</em> <span class=\"math\" title=\"x^2\"><math"));
        assert!(html.ends_with("of <code>id</code>"));
        assert_eq!(rich("$\\unknown$"), "<code class=\"tex\">\\unknown</code>");
    }
}
