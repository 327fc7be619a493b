//! Parts of JSON as their text, which the parsed values no longer have. The JSON was parsed before, so that it
//! is valid; what is not gives no part.

/// Returns the text of a member's value. A name that is written with escapes is not found.
pub(crate) fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = after(object, '{')?;
    loop {
        let (key, behind) = value(rest)?;
        let (text, behind) = value(after(behind, ':')?)?;
        let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"'));
        if key == Some(name) {
            return Some(text);
        }
        rest = after(behind, ',')?;
    }
}

/// Returns the texts of a list's elements.
pub(crate) fn elements(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = after(list, '[');
    std::iter::from_fn(move || {
        let (text, behind) = value(rest?)?;
        rest = after(behind, ',');
        Some(text)
    })
}

/// Returns what is behind a sign, which only blanks may precede.
fn after(json: &str, sign: char) -> Option<&str> {
    without_blanks(json).strip_prefix(sign)
}

fn without_blanks(json: &str) -> &str {
    json.trim_start_matches([' ', '\t', '\n', '\r'])
}

/// Divides JSON behind its first value.
fn value(json: &str) -> Option<(&str, &str)> {
    let json = without_blanks(json);
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in json.bytes().enumerate() {
        let end = match byte {
            _ if is_escaped => {
                is_escaped = false;
                None
            }
            b'\\' if in_text => {
                is_escaped = true;
                None
            }
            b'"' => {
                in_text = !in_text;
                (!in_text && depth == 0).then_some(at + 1)
            }
            _ if in_text => None,
            b'{' | b'[' => {
                depth += 1;
                None
            }
            b'}' | b']' if depth > 0 => {
                depth -= 1;
                (depth == 0).then_some(at + 1)
            }
            b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => Some(at),
            _ => None,
        };
        if let Some(end) = end {
            return json
                .split_at_checked(end)
                .filter(|(value, _)| !value.is_empty());
        }
    }
    (depth == 0 && !in_text && !json.is_empty()).then_some((json, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_as_it_was_written() {
        let json = " {\"a\" : [1, {\"b\":\"]}\\\"\"} ] ,\n\"b\\\"\":\"x,y\", \"c\":-1.50e+3,\"d\":{ } ,\"e\":null}";
        for (name, text) in [
            ("a", Some("[1, {\"b\":\"]}\\\"\"} ]")),
            ("b\\\"", Some("\"x,y\"")),
            ("c", Some("-1.50e+3")),
            ("d", Some("{ }")),
            ("e", Some("null")),
            ("b", None),
            ("", None),
        ] {
            assert_eq!(member(json, name), text, "{name}");
        }
        assert_eq!(
            elements("[ {\"a\":[1,2]} ,\"[\", 3,[]]").collect::<Vec<_>>(),
            ["{\"a\":[1,2]}", "\"[\"", "3", "[]"]
        );
        assert_eq!(elements(" [ ] ").count(), 0);
        assert_eq!(elements("{}").count(), 0);
        for odd in [
            "",
            "{",
            "{\"a",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":}",
            "[",
            "}",
            "{,}",
            "{\"a\":\"x",
        ] {
            assert_eq!(member(odd, "a"), None, "{odd}");
        }
    }
}
