//! The colours of page and figures, in light and dark mode: one table.

/// Classes of all elements of figures.
const FIGURE_CSS: &str = include_str!("../templates/figure.css");

/// Name, light, dark. The series are those of Okabe & Ito (2008), darkened on white and lightened on black until each
/// stands out from the ground by a contrast of 3 or more, but for yellow-olive and sky blue, which stay near it.
const COLOURS: &[(&str, &str, &str)] = &[
    ("ground", "#ffffff", "#14161a"),
    ("surface", "#f5f6f4", "#1d2026"),
    ("ink", "#1b1d22", "#e9eaed"),
    ("muted", "#5a606c", "#a5abb7"),
    ("line", "#e3e5e8", "#30353e"),
    ("axis", "#a3a9b3", "#6c7480"),
    ("accent", "#0b5c9e", "#84bdf3"),
    ("holds", "#17734a", "#62d29b"),
    ("mixed", "#8a5d00", "#e6b84c"),
    ("fails", "#b3261e", "#ff9a90"),
    ("note", "#5a606c", "#a5abb7"),
    ("s0", "#0072b2", "#4f9be8"),
    ("s1", "#d55e00", "#f07a35"),
    ("s2", "#009e73", "#1fbd8f"),
    ("s3", "#d98c00", "#f0ae2b"),
    ("s4", "#4aa3df", "#93d3fb"),
    ("s5", "#b8578f", "#e39ac3"),
    ("s6", "#a39400", "#f0e442"),
    ("s7", "#6b6f76", "#c2c6cd"),
];

/// Colours as custom properties: light, dark where the reader's system or the switch asks for it, light in print.
pub(crate) fn page_css() -> String {
    let list =
        |pick: fn(&(&str, &str, &str)) -> String| COLOURS.iter().map(pick).collect::<String>();
    let light = list(|(name, light, _)| format!("--{name}:{light};"));
    let dark = list(|(name, _, dark)| format!("--{name}:{dark};"));
    format!(
        concat!(
            ":root{{color-scheme:light;{light}}}\n",
            "@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=\"light\"])",
            "{{color-scheme:dark;{dark}}}}}\n",
            "@media screen{{:root[data-theme=\"dark\"]{{color-scheme:dark;{dark}}}}}\n",
            "{figure}"
        ),
        light = light,
        dark = dark,
        figure = FIGURE_CSS
    )
}

/// Styles of a figure in a file of its own: colours written out, because few programs besides browsers know custom
/// properties, and once more for dark mode.
pub(crate) fn file_css() -> String {
    let with = |pick: fn(&(&'static str, &'static str, &'static str)) -> &'static str| {
        COLOURS.iter().fold(FIGURE_CSS.to_owned(), |css, colour| {
            css.replace(&format!("var(--{})", colour.0), pick(colour))
        })
    };
    let light = with(|c| c.1);
    let dark = with(|c| c.2);
    // Only what differs in colour has to be said again.
    let differing = dark.lines().zip(light.lines()).filter(|(dark, light)| dark != light);
    let dark: Vec<&str> = differing.map(|(dark, _)| dark).collect();
    let dark = dark.join("\n");
    format!("{light}@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_that_is_used_is_defined() {
        assert!(!file_css().contains("var("));
        let page = include_str!("../templates/page.css");
        let page = format!("{page}{}", crate::explorer::STYLE);
        for used in page.split("var(--").skip(1).filter_map(|rest| rest.split(')').next()) {
            let known = COLOURS.iter().any(|(name, ..)| *name == used);
            assert!(known || matches!(used, "panel" | "tone"), "--{used} is not defined");
        }
    }
}
