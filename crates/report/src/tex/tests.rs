use consilience_measures::MEASURES;

use super::*;

fn row(source: &str) -> String {
    let math = mathml(source).expect(source);
    let inner = math.strip_prefix("<math><mrow>").and_then(|m| m.strip_suffix("</mrow></math>"));
    inner.expect("a formula is one row").to_owned()
}

#[test]
fn scripts_bind_to_what_stands_before_them() {
    assert_eq!(row("x_i^2"), "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>");
    assert_eq!(row(r"X^\top Y"), "<msup><mi>X</mi><mi>⊤</mi></msup><mi>Y</mi>");
    assert_eq!(row("10^{-8}"), "<msup><mn>10</mn><mrow><mo>−</mo><mn>8</mn></mrow></msup>");
    assert_eq!(row("x'"), "<msup><mi>x</mi><mo>′</mo></msup>");
    assert_eq!(row("0.5."), "<mn>0.5</mn><mo>.</mo>");
}

#[test]
fn fractions_roots_accents_and_fonts() {
    assert_eq!(
        row(r"\frac{1}{n}"),
        "<mfrac displaystyle=\"true\"><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac>"
    );
    assert_eq!(row(r"\sqrt{n}"), "<msqrt><mrow><mi>n</mi></mrow></msqrt>");
    assert_eq!(
        row(r"\tilde K"),
        "<mover accent=\"true\"><mi>K</mi><mo stretchy=\"false\">˜</mo></mover>"
    );
    assert_eq!(row(r"\mathbf 1^\top"), "<msup><mi mathvariant=\"normal\">𝟏</mi><mi>⊤</mi></msup>");
    assert_eq!(row(r"\mathbb R"), "<mi mathvariant=\"normal\">ℝ</mi>");
    assert_eq!(
        row(r"\arg\max_j C"),
        concat!(
            "<mi mathvariant=\"normal\">arg</mi><mspace width=\"0.17em\"/>",
            "<msub><mi mathvariant=\"normal\">max</mi><mi>j</mi></msub>",
            "<mspace width=\"0.17em\"/><mi>C</mi>"
        )
    );
    assert_eq!(
        row(r"\{ a \}"),
        "<mo stretchy=\"false\">{</mo><mi>a</mi><mo stretchy=\"false\">}</mo>"
    );
}

#[test]
fn what_is_not_in_the_subset_is_an_error() {
    assert_eq!(mathml(r"\begin{x}"), Err(TexError::Unknown("begin".into())));
    assert_eq!(mathml(r"\frac{1"), Err(TexError::Ends("a closing brace")));
    assert_eq!(mathml("x_"), Err(TexError::Ends("an argument")));
    assert_eq!(mathml("x}"), Err(TexError::Stray('}')));
    assert_eq!(mathml("x^1^2"), Err(TexError::Stray('^')));
    assert_eq!(mathml(r"\"), Err(TexError::Ends("the name of a command")));
    assert_eq!(mathml(&"{".repeat(1000)), Err(TexError::Deep));
}

#[test]
fn hostile_text_stays_text() {
    assert_eq!(row("a<b"), "<mi>a</mi><mo>&lt;</mo><mi>b</mi>");
    assert_eq!(row(r"\text{<b>}"), "<mtext>&lt;b&gt;</mtext>");
}

/// What stands in the way of showing a text with formulas between dollars.
fn problems(of: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if !text.matches('$').count().is_multiple_of(2) {
        problems.push(format!("{of}: a dollar has no partner in: {text}"));
    }
    for (i, part) in text.split('$').enumerate() {
        match mathml(part) {
            Ok(math) if i % 2 == 1 && math.contains('\\') => {
                problems.push(format!("{of}: a backslash is left in {math}"));
            }
            Err(error) if i % 2 == 1 => problems.push(format!("{of}: ${part}$: {error}")),
            _ if i % 2 == 0 && part.contains('\\') => {
                problems.push(format!("{of}: TeX outside of dollars: {part}"));
            }
            _ => {}
        }
    }
    problems
}

#[test]
fn every_definition_of_the_registry_is_shown_whole() {
    let of_entry = |entry: &'static consilience_measures::Entry| {
        let info = entry.info;
        let parameters = info.parameters.iter().map(|p| p.purpose);
        let texts = [info.definition, info.summary].into_iter().chain(parameters);
        let texts = texts.chain(info.caveats.iter().copied());
        texts.flat_map(|text| problems(info.id, text)).collect::<Vec<_>>()
    };
    let problems: Vec<String> = MEASURES.iter().flat_map(of_entry).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_words_for_chance_are_shown_whole() {
    let problems: Vec<String> =
        crate::terms::texts().flat_map(|(name, text)| problems(name, text)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
