//! The Python literals that occur in npy headers: a dictionary of strings, truth values, integers, tuples and lists.

/// A parsed literal.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Bool(bool),
    /// An integer; `None` if it does not fit into 64 bits.
    Int(Option<i64>),
    Tuple(Vec<Literal>),
    List(Vec<Literal>),
    Dict(Vec<(Literal, Literal)>),
    None,
}

/// Structured dtypes nest; nothing that NumPy writes comes near this, and the parser recurses once a level.
const MAX_DEPTH: usize = 32;

/// The literal that is all of `text`, or what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Literal, String> {
    let mut parser = Parser { text, at: 0 };
    let literal = parser.value(0)?;
    parser.skip_space();
    if parser.at < text.len() {
        return Err(format!("text after the dictionary at byte {}", parser.at));
    }
    Ok(literal)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Literal, String> {
        if depth > MAX_DEPTH {
            return Err(format!("more than {MAX_DEPTH} nested brackets"));
        }
        for (word, literal) in [
            ("True", Literal::Bool(true)),
            ("False", Literal::Bool(false)),
            ("None", Literal::None),
        ] {
            if self.eat(word) {
                return Ok(literal);
            }
        }
        if self.eat("(") {
            self.items(")", depth).map(Literal::Tuple)
        } else if self.eat("[") {
            self.items("]", depth).map(Literal::List)
        } else if self.eat("{") {
            self.pairs(depth)
        } else if let Some(quote) = self.rest().chars().next().filter(|c| matches!(c, '\'' | '"')) {
            self.string(quote)
        } else {
            self.integer()
        }
    }

    fn items(&mut self, close: &str, depth: usize) -> Result<Vec<Literal>, String> {
        let mut items = Vec::new();
        while !self.eat(close) {
            items.push(self.value(depth + 1)?);
            self.comma_or(close)?;
        }
        Ok(items)
    }

    fn pairs(&mut self, depth: usize) -> Result<Literal, String> {
        let mut pairs = Vec::new();
        while !self.eat("}") {
            let key = self.value(depth + 1)?;
            if !self.eat(":") {
                return Err(format!("no ':' at byte {}", self.at));
            }
            pairs.push((key, self.value(depth + 1)?));
            self.comma_or("}")?;
        }
        Ok(Literal::Dict(pairs))
    }

    /// Passes a comma; without one, the closing bracket has to follow.
    fn comma_or(&mut self, close: &str) -> Result<(), String> {
        if self.eat(",") || self.rest().starts_with(close) {
            return Ok(());
        }
        Err(format!("no ',' or '{close}' at byte {}", self.at))
    }

    /// A string. Escapes matter only in the field names of structured dtypes, which are refused anyway.
    fn string(&mut self, quote: char) -> Result<Literal, String> {
        let start = self.at + 1;
        let mut escaped = false;
        for (offset, c) in self.text[start..].char_indices() {
            if c == quote && !escaped {
                self.at = start + offset + 1;
                return Ok(Literal::Text(self.text[start..start + offset].to_owned()));
            }
            escaped = c == '\\' && !escaped;
        }
        Err(format!("a string without end at byte {}", self.at))
    }

    fn integer(&mut self) -> Result<Literal, String> {
        let rest = self.rest();
        let digits = rest.strip_prefix('-').unwrap_or(rest);
        let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        if length == 0 {
            return Err(format!("no Python literal at byte {}", self.at));
        }
        let end = rest.len() - digits.len() + length;
        let value = rest[..end].parse().ok();
        self.at += end;
        // Python 2 wrote long integers with a suffix; without white space between.
        if self.rest().starts_with('L') {
            self.at += 1;
        }
        Ok(Literal::Int(value))
    }
}
