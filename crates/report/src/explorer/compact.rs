//! JSON for the eye: numbers with four significant digits, and nothing that could end a script element.

use serde::Serialize;
use serde_json::{Number, Value};

/// The value as JSON. Whole numbers stay as they are.
pub(super) fn json(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).expect("rows are plain data");
    // Only strings can hold the sign, and there the escape means the same.
    rounded(value).to_string().replace('<', "\\u003c")
}

fn rounded(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(short(number)),
        Value::Array(values) => values.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields.into_iter().map(|(k, v)| (k, rounded(v))).collect(),
        other => other,
    }
}

fn short(number: Number) -> Number {
    if !number.is_f64() {
        return number;
    }
    let value = number.as_f64().unwrap_or_default();
    let digits = format!("{value:.3e}").parse().unwrap_or(value);
    let whole = digits.fract() == 0.0 && digits.abs() < 1e6;
    if whole {
        return Number::from(digits as i64);
    }
    Number::from_f64(digits).unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_scripts_cannot_end() {
        let value = (0.123_456_f32, 12_345_678_u32, -1.0_f64, "</script>", Some(1e-9_f64));
        assert_eq!(json(&value), r#"[0.1235,12345678,-1,"\u003c/script>",1e-9]"#);
    }
}
