//! Names of TeX and what they look like.

/// What a symbol is in a formula: it decides the space around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A letter.
    Identifier,
    /// An operator or relation.
    Operator,
    /// A delimiter.
    Fence,
    /// The name of a function, upright.
    Function,
}

/// The symbol of a name.
pub(super) fn symbol(name: &str) -> Option<(Kind, &'static str)> {
    let of = |table: &'static [(&str, &str)], kind| {
        table.iter().find(|(n, _)| *n == name).map(|(_, text)| (kind, *text))
    };
    of(IDENTIFIERS, Kind::Identifier)
        .or_else(|| of(OPERATORS, Kind::Operator))
        .or_else(|| of(FENCES, Kind::Fence))
        .or_else(|| FUNCTIONS.iter().find(|n| **n == name).map(|n| (Kind::Function, *n)))
}

/// A delimiter behind `\left`, `\right` or `\big`.
pub(super) fn delimiter(name: &str) -> Option<&'static str> {
    FENCES.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}

/// Width of a space in em.
pub(super) fn space(name: &str) -> Option<&'static str> {
    Some(match name {
        "," => "0.17",
        ":" => "0.22",
        ";" => "0.28",
        "!" => "-0.17",
        " " => "0.33",
        "quad" => "1",
        "qquad" => "2",
        _ => return None,
    })
}

/// The mark that an accent puts over its argument.
pub(super) fn accent(name: &str) -> Option<&'static str> {
    Some(match name {
        "tilde" | "widetilde" => "˜",
        "hat" | "widehat" => "ˆ",
        "bar" | "overline" => "¯",
        "vec" => "→",
        "dot" => "˙",
        _ => return None,
    })
}

/// A letter or digit in the font of `\mathbf`, `\mathbb` or `\mathcal`; characters without such a form stay.
pub(super) fn bold(font: &str, c: char) -> char {
    let (upper, lower, digit) = match font {
        "mathbb" => (0x1d538, 0x1d552, 0x1d7d8),
        "mathcal" => (0x1d4d0, 0x1d4ea, 0x1d7ce),
        _ => (0x1d400, 0x1d41a, 0x1d7ce),
    };
    // Some double-struck letters were in Unicode long before the others.
    if let Some((_, old)) = [('C', 'ℂ'), ('N', 'ℕ'), ('P', 'ℙ'), ('Q', 'ℚ'), ('R', 'ℝ'), ('Z', 'ℤ')]
        .into_iter()
        .find(|(letter, _)| font == "mathbb" && *letter == c)
    {
        return old;
    }
    let (first, base) = match c {
        'A'..='Z' => ('A', upper),
        'a'..='z' => ('a', lower),
        '0'..='9' => ('0', digit),
        _ => return c,
    };
    char::from_u32(base + (u32::from(c) - u32::from(first))).unwrap_or(c)
}

const IDENTIFIERS: &[(&str, &str)] = &[
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ϵ"),
    ("varepsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("phi", "ϕ"),
    ("varphi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Theta", "Θ"),
    ("Lambda", "Λ"),
    ("Xi", "Ξ"),
    ("Pi", "Π"),
    ("Sigma", "Σ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Omega", "Ω"),
    ("infty", "∞"),
    ("partial", "∂"),
    ("nabla", "∇"),
    ("ell", "ℓ"),
    ("emptyset", "∅"),
    ("top", "⊤"),
    ("bot", "⊥"),
    ("dots", "…"),
    ("ldots", "…"),
    ("cdots", "⋯"),
    ("prime", "′"),
];

const OPERATORS: &[(&str, &str)] = &[
    ("sum", "∑"),
    ("prod", "∏"),
    ("int", "∫"),
    ("cdot", "⋅"),
    ("times", "×"),
    ("circ", "∘"),
    ("otimes", "⊗"),
    ("oplus", "⊕"),
    ("odot", "⊙"),
    ("pm", "±"),
    ("setminus", "∖"),
    ("cup", "∪"),
    ("cap", "∩"),
    ("wedge", "∧"),
    ("vee", "∨"),
    ("in", "∈"),
    ("notin", "∉"),
    ("subset", "⊂"),
    ("subseteq", "⊆"),
    ("forall", "∀"),
    ("exists", "∃"),
    ("le", "≤"),
    ("leq", "≤"),
    ("ge", "≥"),
    ("geq", "≥"),
    ("ll", "≪"),
    ("gg", "≫"),
    ("ne", "≠"),
    ("neq", "≠"),
    ("approx", "≈"),
    ("equiv", "≡"),
    ("sim", "∼"),
    ("propto", "∝"),
    ("perp", "⟂"),
    ("parallel", "∥"),
    ("succeq", "⪰"),
    ("preceq", "⪯"),
    ("to", "→"),
    ("rightarrow", "→"),
    ("leftarrow", "←"),
    ("mapsto", "↦"),
    ("mid", "∣"),
    ("colon", ":"),
    ("dagger", "†"),
    ("ast", "∗"),
    ("star", "⋆"),
    ("%", "%"),
    ("&", "&"),
    ("#", "#"),
    ("_", "_"),
];

const FENCES: &[(&str, &str)] = &[
    ("{", "{"),
    ("}", "}"),
    ("|", "‖"),
    ("Vert", "‖"),
    ("lVert", "‖"),
    ("rVert", "‖"),
    ("vert", "|"),
    ("lvert", "|"),
    ("rvert", "|"),
    ("langle", "⟨"),
    ("rangle", "⟩"),
    ("lfloor", "⌊"),
    ("rfloor", "⌋"),
    ("lceil", "⌈"),
    ("rceil", "⌉"),
];

const FUNCTIONS: &[&str] = &[
    "arg", "max", "min", "sup", "inf", "log", "ln", "exp", "cos", "sin", "arccos", "arcsin", "tan",
    "det", "dim", "ker", "gcd", "lim", "Pr",
];
