//! Numbers as people read them. The data files hold them in full.

/// A value with a number of decimals, a true minus sign, and no negative zero.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    if value < 0.0 && !is_zero { format!("\u{2212}{text}") } else { text }
}

/// A gap with its sign.
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    if value > 0.0 && !is_zero { format!("+{text}") } else { text }
}

/// A p-value: three decimals, never 0.
pub(crate) fn p_value(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {}", fixed(p, 3)) }
}

/// A share as a percentage with one decimal.
pub(crate) fn percent(share: f64) -> String {
    format!("{}\u{202f}%", fixed(100.0 * share, 1))
}

/// A count with its thousands set apart.
pub(crate) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 pair`, `6 pairs`.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(fixed(0.825_1, 2), "0.83");
        assert_eq!(fixed(-0.25, 2), "\u{2212}0.25");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(signed(0.08, 2), "+0.08");
        assert_eq!(signed(-0.08, 2), "\u{2212}0.08");
        assert_eq!(signed(0.001, 2), "0.00");
        assert_eq!(p_value(0.0004), "p < 0.001");
        assert_eq!(p_value(0.05), "p = 0.050");
        assert_eq!(percent(0.883), "88.3\u{202f}%");
        assert_eq!(
            ["1,000", "12,345,678", "999"],
            [count(1000), count(12_345_678), count(999)].each_ref().map(String::as_str)
        );
        assert_eq!(counted(1, "pair", "pairs"), "1 pair");
    }
}
