//! Decimal numbers of any length, compared exactly.

use std::cmp::Ordering;

/// Largest power of ten, so that exponents do not overflow.
const EXPONENT_MAX: i64 = 1_000_000;

/// A finite decimal number, such as `-12`, `0.50` or `1.5e3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    is_negative: bool,
    /// Power of ten of the first digit.
    exponent: i64,
    /// Digits from the first to the last that is not 0; empty for zero.
    digits: Box<[u8]>,
}

impl Number {
    /// Parses `[ sign ] digits [ "." digits ] [ "e" [ sign ] digits ]`, where one of the first two may be
    /// missing and blanks may stand around.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        let (is_negative, text) = sign(text);
        let (digits, power) = match text.split_once(['e', 'E']) {
            Some((digits, power)) => (digits, power_of_ten(power)?),
            None => (text, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let bytes = || whole.bytes().chain(fraction.bytes());
        if bytes().next().is_none() || !bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let zeros = bytes().take_while(|byte| *byte == b'0').count();
        let mut digits: Vec<u8> = bytes().skip(zeros).collect();
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let (exponent, is_negative) = match digits.is_empty() {
            true => (0, false),
            false => (power + whole.len() as i64 - zeros as i64 - 1, is_negative),
        };
        Some(Self {
            is_negative,
            exponent,
            digits: digits.into(),
        })
    }

    /// Returns the number in hundredths if it has no further decimals, and is from 0 to `most`.
    pub(super) fn hundredths(&self, most: u32) -> Option<u32> {
        let mut value = 0_u32;
        // The first digit has the power `exponent`; the last one that counts is that of hundredths.
        let places = usize::try_from(self.exponent + 3).unwrap_or(0);
        if self.is_negative || self.digits.len() > places || places > 10 {
            return self.digits.is_empty().then_some(0);
        }
        for place in 0..places {
            let digit = self.digits.get(place).map_or(0, |digit| digit - b'0');
            value = value.checked_mul(10)?.checked_add(digit.into())?;
        }
        (value <= most * 100).then_some(value)
    }

    fn order_of_size(&self, other: &Self) -> Ordering {
        let size = |number: &Self| (!number.digits.is_empty(), number.exponent);
        size(self)
            .cmp(&size(other))
            .then_with(|| self.digits.cmp(&other.digits))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.order_of_size(other),
            (true, true) => other.order_of_size(self),
            (is_negative, _) => match is_negative {
                true => Ordering::Less,
                false => Ordering::Greater,
            },
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn power_of_ten(text: &str) -> Option<i64> {
    let (is_negative, digits) = sign(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let power: i64 = digits.parse().ok().filter(|power| *power <= EXPONENT_MAX)?;
    Some(if is_negative { -power } else { power })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn the_same_number_may_be_written_in_many_ways() {
        for (left, right) in [
            ("7", " +7.00\t"),
            ("0", "-0.0"),
            (".5", "5e-1"),
            ("1e3", "1000"),
            ("12.", "0012"),
            ("120E-2", "1.2"),
            ("0e999999", "0"),
        ] {
            assert_eq!(number(left), number(right), "{left} {right}");
        }
    }

    #[test]
    fn numbers_are_ordered_exactly() {
        let ascending = [
            "-1e1000",
            "-18446744073709551616",
            "-2",
            "-1.5",
            "-0.1",
            "0",
            "1e-400",
            "0.09",
            "0.1",
            "0.30000000000000000001",
            "1",
            "9",
            "10",
            "9007199254740992",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
            "18446744073709551615.5",
            "1e999",
        ];
        for pair in ascending.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
            assert!(number(pair[1]) > number(pair[0]), "{pair:?}");
        }
    }

    #[test]
    fn only_decimal_numbers_are_numbers() {
        for text in [
            "",
            "inf",
            "-inf",
            "nan",
            "7px",
            "0x10",
            "1,000",
            "-",
            ".",
            "1.2.3",
            "--1",
            "1e",
            "e1",
            "1e+",
            "１",
            "1e10000000",
            "1 2",
        ] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn hundredths_are_exact_or_refused() {
        for (text, expected) in [
            ("0", Some(0)),
            ("25", Some(2500)),
            ("0.01", Some(1)),
            ("33.3", Some(3330)),
            ("1e2", Some(10_000)),
            ("100.00", Some(10_000)),
            ("100.01", None),
            ("0.001", None),
            ("-1", None),
            ("1e30", None),
        ] {
            assert_eq!(number(text).hundredths(100), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_integers(left in any::<i128>(), right in any::<i128>(), places in 0usize..30) {
            let written = |value: i128| {
                let digits = format!("{:031}", value.unsigned_abs());
                let (whole, fraction) = digits.split_at(digits.len() - places);
                format!("{}{whole}.{fraction}", if value < 0 { "-" } else { "" })
            };
            let (a, b) = (number(&written(left)), number(&written(right)));
            prop_assert_eq!(a.cmp(&b), left.cmp(&right));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), near in "[+-]?[0-9.eE+-]{0,12}") {
            for text in [text, near] {
                if let Some(number) = Number::parse(&text) {
                    prop_assert_eq!(number.cmp(&number), Ordering::Equal);
                    let _ = number.hundredths(100);
                }
            }
        }
    }
}
