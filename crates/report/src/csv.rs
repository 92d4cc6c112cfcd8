//! Comma-separated values as RFC 4180 has them, with line feeds and numbers in full.

/// A table that is written row after row.
pub(crate) struct Csv {
    out: String,
}

impl Csv {
    /// A table with a head.
    pub(crate) fn new<S: AsRef<str>>(head: &[S]) -> Self {
        let mut csv = Self { out: String::new() };
        csv.row(head);
        csv
    }

    /// Adds a row.
    pub(crate) fn row<S: AsRef<str>>(&mut self, fields: &[S]) {
        for (i, field) in fields.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.out.push_str(&quoted(field.as_ref()));
        }
        self.out.push('\n');
    }

    /// The text.
    pub(crate) fn finish(self) -> String {
        self.out
    }
}

/// A number in full: the shortest text that reads back as the same f64.
pub(crate) fn number(value: f64) -> String {
    format!("{value}")
}

/// A number, or an empty field.
pub(crate) fn optional(value: Option<f64>) -> String {
    value.map_or_else(String::new, number)
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let mut csv = Csv::new(&["a", "b,c"]);
        csv.row(&["say \"x\"", "two\nlines"]);
        assert_eq!(csv.finish(), "a,\"b,c\"\n\"say \"\"x\"\"\",\"two\nlines\"\n");
    }

    #[test]
    fn numbers_read_back() {
        for value in [0.1, -1.0 / 3.0, 1e-17, 123_456.789, 0.0] {
            assert_eq!(number(value).parse::<f64>(), Ok(value));
        }
        assert_eq!(optional(None), "");
    }
}
