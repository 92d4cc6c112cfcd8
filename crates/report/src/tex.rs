//! Formulas: the subset of TeX that definitions of measures are written in, as `MathML`.
//!
//! Known are letters, numbers, operators, groups, scripts, fractions, roots, accents, fonts, delimiters and the names in
//! `tex/symbols.rs`. Anything else is an error, never a formula with a piece missing.

mod symbols;

use crate::svg::escape;
use symbols::{Kind, accent, bold, delimiter, space, symbol};

/// Deepest nesting of groups.
const DEPTH: usize = 40;

/// Why a formula cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TexError {
    /// A command that is not in the subset.
    #[error("`\\{0}` is not in the subset of TeX that a report can show")]
    Unknown(String),
    /// A group or an argument has no end.
    #[error("the formula ends where {0} is expected")]
    Ends(&'static str),
    /// A character that has no meaning here.
    #[error("`{0}` has no meaning here")]
    Stray(char),
    /// Groups within groups within groups.
    #[error("more than {DEPTH} groups are nested")]
    Deep,
}

/// The formula as a `<math>` element.
///
/// # Errors
/// [`TexError`] for what is not in the subset.
///
/// ```
/// let math = consilience_report::tex::mathml(r"\lVert x \rVert^2")?;
/// assert!(math.contains("<msup><mo stretchy=\"false\">‖</mo><mn>2</mn></msup>"));
/// # Ok::<(), consilience_report::tex::TexError>(())
/// ```
pub fn mathml(source: &str) -> Result<String, TexError> {
    let mut parser = Parser { rest: source, depth: 0 };
    let row = parser.row()?;
    match parser.rest.chars().next() {
        None => Ok(format!("<math><mrow>{row}</mrow></math>")),
        Some(c) => Err(TexError::Stray(c)),
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

/// An element, and whether it is the name of a function.
struct Atom {
    mathml: String,
    is_function: bool,
}

impl Atom {
    fn of(mathml: impl Into<String>) -> Self {
        Self { mathml: mathml.into(), is_function: false }
    }
}

impl Parser<'_> {
    /// Elements up to the end of the group or of the formula.
    fn row(&mut self) -> Result<String, TexError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(TexError::Deep);
        }
        let mut out = String::new();
        loop {
            self.skip_space();
            match self.peek() {
                None | Some('}') => break,
                Some(_) => {
                    let atom = self.atom(true)?;
                    out.push_str(&self.scripted(atom)?);
                }
            }
        }
        self.depth -= 1;
        Ok(out)
    }

    /// An element with the scripts that follow it.
    fn scripted(&mut self, atom: Atom) -> Result<String, TexError> {
        let (mut below, mut above) = (None, None);
        loop {
            self.skip_space();
            match self.peek() {
                Some('_') if below.is_none() => below = Some(self.script()?),
                Some('^') if above.is_none() => above = Some(self.script()?),
                Some('\'') if above.is_none() => {
                    self.bump();
                    above = Some("<mo>′</mo>".to_owned());
                }
                Some(c @ ('_' | '^')) => return Err(TexError::Stray(c)),
                _ => break,
            }
        }
        let base = atom.mathml;
        let mut out = match (below, above) {
            (None, None) => base,
            (Some(b), None) => format!("<msub>{base}{b}</msub>"),
            (None, Some(a)) => format!("<msup>{base}{a}</msup>"),
            (Some(b), Some(a)) => format!("<msubsup>{base}{b}{a}</msubsup>"),
        };
        if atom.is_function && !matches!(self.peek(), None | Some('(' | '{' | '}' | ',' | ')')) {
            out.push_str(r#"<mspace width="0.17em"/>"#);
        }
        Ok(out)
    }

    fn script(&mut self) -> Result<String, TexError> {
        self.bump();
        self.argument()
    }

    /// A group, a command with its arguments, or one character.
    fn argument(&mut self) -> Result<String, TexError> {
        self.skip_space();
        match self.peek() {
            None | Some('}') => Err(TexError::Ends("an argument")),
            Some(_) => Ok(self.atom(false)?.mathml),
        }
    }

    /// One element; outside of arguments the digits of a number are one element.
    fn atom(&mut self, whole_numbers: bool) -> Result<Atom, TexError> {
        let c = self.bump().ok_or(TexError::Ends("an element"))?;
        Ok(match c {
            '{' => {
                let row = self.row()?;
                if self.bump() != Some('}') {
                    return Err(TexError::Ends("a closing brace"));
                }
                Atom::of(format!("<mrow>{row}</mrow>"))
            }
            '\\' => return self.command(),
            '0'..='9' => {
                let mut number = String::from(c);
                while whole_numbers && self.peek().is_some_and(|c| c.is_ascii_digit() || c == '.') {
                    // A full stop belongs to the number only with a digit behind it.
                    let mut ahead = self.rest.chars();
                    if ahead.next() == Some('.')
                        && !ahead.next().is_some_and(|c| c.is_ascii_digit())
                    {
                        break;
                    }
                    number.extend(self.bump());
                }
                Atom::of(format!("<mn>{number}</mn>"))
            }
            '(' | ')' | '[' | ']' | '|' => fence(&c.to_string()),
            '-' => operator("−"),
            '*' => operator("∗"),
            '~' => Atom::of(r#"<mspace width="0.33em"/>"#),
            '_' | '^' | '&' | '#' | '%' | '$' => return Err(TexError::Stray(c)),
            c if c.is_alphabetic() => Atom::of(format!("<mi>{c}</mi>")),
            c => operator(&c.to_string()),
        })
    }

    fn command(&mut self) -> Result<Atom, TexError> {
        let name = self.name()?;
        if let Some((kind, text)) = symbol(&name) {
            return Ok(match kind {
                Kind::Identifier => Atom::of(format!("<mi>{text}</mi>")),
                Kind::Operator => operator(text),
                Kind::Fence => fence(text),
                Kind::Function => function(text),
            });
        }
        if let Some(width) = space(&name) {
            return Ok(Atom::of(format!(r#"<mspace width="{width}em"/>"#)));
        }
        if let Some(mark) = accent(&name) {
            let base = self.argument()?;
            return Ok(Atom::of(format!(
                r#"<mover accent="true">{base}<mo stretchy="false">{mark}</mo></mover>"#
            )));
        }
        Ok(match name.as_str() {
            "frac" | "tfrac" | "dfrac" => {
                let (above, below) = (self.argument()?, self.argument()?);
                Atom::of(format!("<mfrac displaystyle=\"true\">{above}{below}</mfrac>"))
            }
            "sqrt" => Atom::of(format!("<msqrt>{}</msqrt>", self.argument()?)),
            "operatorname" => function(&self.words()?),
            "mathrm" => Atom::of(format!(r#"<mi mathvariant="normal">{}</mi>"#, self.words()?)),
            "text" | "mathit" | "mathsf" => Atom::of(format!("<mtext>{}</mtext>", self.words()?)),
            "mathbf" | "boldsymbol" | "mathbb" | "mathcal" => {
                let letters = self.words()?;
                let shown = letters.chars().map(|c| bold(&name, c)).collect::<String>();
                Atom::of(format!(r#"<mi mathvariant="normal">{shown}</mi>"#))
            }
            "left" | "right" => self.fence_of("stretchy=\"true\"")?,
            "big" | "bigl" | "bigr" => self.fence_of(r#"minsize="1.2em" maxsize="1.2em""#)?,
            "Big" | "Bigl" | "Bigr" => self.fence_of(r#"minsize="1.6em" maxsize="1.6em""#)?,
            _ => return Err(TexError::Unknown(name)),
        })
    }

    /// A delimiter of a given size.
    fn fence_of(&mut self, size: &str) -> Result<Atom, TexError> {
        self.skip_space();
        let text = match self.bump().ok_or(TexError::Ends("a delimiter"))? {
            '\\' => {
                let name = self.name()?;
                delimiter(&name).ok_or(TexError::Unknown(name))?.to_owned()
            }
            '.' => String::new(),
            c => escape(&c.to_string()),
        };
        Ok(Atom::of(format!("<mo {size}>{text}</mo>")))
    }

    /// Name of a command: letters, or one other character.
    fn name(&mut self) -> Result<String, TexError> {
        let letters: String = self.rest.chars().take_while(char::is_ascii_alphabetic).collect();
        if letters.is_empty() {
            return self.bump().map(String::from).ok_or(TexError::Ends("the name of a command"));
        }
        self.rest = &self.rest[letters.len()..];
        Ok(letters)
    }

    /// The text of a group, or one character.
    fn words(&mut self) -> Result<String, TexError> {
        self.skip_space();
        match self.bump().ok_or(TexError::Ends("text"))? {
            '{' => {
                let (text, rest) =
                    self.rest.split_once('}').ok_or(TexError::Ends("a closing brace"))?;
                if let Some(c) = text.chars().find(|c| matches!(c, '\\' | '{' | '$')) {
                    return Err(TexError::Stray(c));
                }
                self.rest = rest;
                Ok(escape(text))
            }
            '\\' => Err(TexError::Stray('\\')),
            c => Ok(escape(&c.to_string())),
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }
}

fn operator(text: &str) -> Atom {
    Atom::of(format!("<mo>{}</mo>", escape(text)))
}

fn fence(text: &str) -> Atom {
    Atom::of(format!(r#"<mo stretchy="false">{text}</mo>"#))
}

fn function(name: &str) -> Atom {
    let mathml = format!(r#"<mi mathvariant="normal">{name}</mi>"#);
    Atom { mathml, is_function: true }
}

#[cfg(test)]
mod tests;
