//! Reader of versions as programs and systems report them.
//!
//! ```text
//! version   = *blank [ prefix ] [ epoch ] part *7( separator part ) rest
//! prefix    = ( "v" / "ver" / "version" / "release" ) [ "." / ":" / "-" / "_" ] *blank
//! epoch     = 1*DIGIT ( ":" / "!" )                     of a distribution; ignored
//! separator = "." / "_" / "," *blank
//! part      = 1*DIGIT                                   0 to 2^63-1
//! ```
//!
//! The rest is a pre-release or a build, which is ignored. A pre-release begins with a hyphen, or with one
//! of the words of `version_pre` right behind a number.

use super::version_pre::{known, normal_form, without_zeros};
use super::version_scanner::{Fault, PARTS, Reason, Scanner};

const TRAILING: Reason = ("unexpected character in a version", "版本号中有多余字符");
const TOO_MANY_PARTS: Reason = ("a version has at most eight parts", "版本号最多八段");

/// Prefixes in lower case, the longest first.
const PREFIXES: [&str; 4] = ["version", "release", "ver", "v"];

/// Behind a blank a single letter is no pre-release: `1.2 b45` is a build.
const SHORTEST_WORD_BEHIND_A_BLANK: usize = 2;

/// Reads the numbers of a version and the normal form of its pre-release.
pub(super) fn read(text: &str) -> Result<([u64; PARTS], String), Fault> {
    let mut scanner = Scanner::new(text);
    let (parts, has_epoch) = numbers(&mut scanner)?;
    let pre = rest(&mut scanner, has_epoch)?;
    Ok((parts, pre))
}

/// Reads the numbers of a version and ignores everything behind them, as suits operating systems.
pub(super) fn read_numbers(text: &str) -> Result<[u64; PARTS], Fault> {
    numbers(&mut Scanner::new(text)).map(|(parts, _)| parts)
}

/// Reads the numbers, and reports whether an epoch preceded them.
fn numbers(scanner: &mut Scanner<'_>) -> Result<([u64; PARTS], bool), Fault> {
    scanner.blanks();
    let has_prefix = PREFIXES
        .into_iter()
        .any(|prefix| scanner.eat_in_any_case(prefix));
    if has_prefix {
        let _ = [".", ":", "-", "_"]
            .into_iter()
            .any(|sign| scanner.eat(sign));
        scanner.blanks();
    }
    let mut first = scanner.number()?;
    let here = scanner.offset();
    let has_epoch = (scanner.eat(":") || scanner.eat("!")) && scanner.is_at_digit();
    if has_epoch {
        first = scanner.number()?;
    } else {
        scanner.back_to(here);
    }
    let mut parts = [0; PARTS];
    let mut number = Some(first);
    for part in &mut parts {
        let Some(found) = number else { break };
        *part = found;
        number = next_part(scanner)?;
    }
    match number {
        Some(_) => Err(scanner.fault(TOO_MANY_PARTS)),
        None => Ok((parts, has_epoch)),
    }
}

/// Reads a separator and the part behind it; otherwise stays.
fn next_part(scanner: &mut Scanner<'_>) -> Result<Option<u64>, Fault> {
    let here = scanner.offset();
    if scanner.eat(",") {
        scanner.blanks();
    } else if !scanner.eat(".") && !scanner.eat("_") {
        return Ok(None);
    }
    if scanner.is_at_digit() {
        return scanner.number().map(Some);
    }
    scanner.back_to(here);
    Ok(None)
}

/// Returns the pre-release behind the numbers; empty when there is none.
fn rest(scanner: &mut Scanner<'_>, has_epoch: bool) -> Result<String, Fault> {
    let blank = scanner.blanks();
    let here = scanner.offset();
    let next = scanner.rest().chars().next();
    match next {
        None | Some('+' | '(' | '[') => Ok(String::new()),
        Some('-') if !blank => {
            scanner.eat("-");
            let tail = scanner.pass_text(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
            });
            // A package of a distribution has an epoch before its version, or a tilde in its revision.
            let is_revision = tail.starts_with(|c: char| c.is_ascii_digit())
                && (has_epoch || scanner.peek() == Some(b'~'));
            if tail.is_empty() && !scanner.is_at_letter() {
                return Err(scanner.fault(TRAILING));
            }
            Ok(if is_revision {
                String::new()
            } else {
                normal_form(tail)
            })
        }
        Some('-') => Ok(String::new()),
        Some('.' | '_' | '~') if !blank => {
            let is_tilde = scanner.eat("~");
            if !is_tilde && !scanner.eat(".") {
                scanner.eat("_");
            }
            if scanner.is_at_letter() || is_tilde && scanner.is_at_digit() {
                return Ok(words(scanner, 1));
            }
            scanner.back_to(here + 1);
            Err(scanner.fault(TRAILING))
        }
        Some(letter) if letter.is_alphabetic() => Ok(words(
            scanner,
            if blank {
                SHORTEST_WORD_BEHIND_A_BLANK
            } else {
                1
            },
        )),
        Some(_) => Err(scanner.fault(TRAILING)),
    }
}

/// Reads known words with their numbers, from here up to anything else. The first word has at least
/// `shortest` letters.
fn words(scanner: &mut Scanner<'_>, mut shortest: usize) -> String {
    let mut pre = String::new();
    let mut add = |identifier: &str| {
        if !pre.is_empty() {
            pre.push('.');
        }
        pre.push_str(identifier);
    };
    loop {
        let word = scanner.pass_text(|byte| byte.is_ascii_alphabetic());
        let normal = known(word).filter(|_| word.len() >= shortest);
        if normal.is_none() && !word.is_empty() {
            break;
        }
        shortest = 1;
        let behind_word = scanner.offset();
        if normal.is_some() {
            let _ = [".", "-", "_", " "]
                .into_iter()
                .any(|sign| scanner.eat(sign));
        }
        let number = scanner.pass_text(|byte| byte.is_ascii_digit());
        if number.is_empty() {
            scanner.back_to(behind_word);
        }
        if normal.is_none() && number.is_empty() || word.len() == 1 && is_in_hash(scanner) {
            break;
        }
        if let Some(normal) = normal {
            add(normal);
        }
        if !number.is_empty() {
            add(without_zeros(number));
        }
        let separated = scanner.eat(".") || scanner.eat("_");
        let goes_on = if separated {
            scanner.is_at_letter() || scanner.is_at_digit()
        } else {
            scanner.eat("-");
            scanner.is_at_letter()
        };
        if !goes_on {
            break;
        }
    }
    pre
}

/// Reports whether letters of a hash follow, as behind `a1` in `a1b2c3d` and behind `c0` in `c0ffee`.
fn is_in_hash(scanner: &mut Scanner<'_>) -> bool {
    let here = scanner.offset();
    let next = scanner.pass_text(|byte| byte.is_ascii_alphabetic());
    scanner.back_to(here);
    !next.is_empty() && next.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;

    #[test]
    fn words_begin_a_pre_release_and_other_letters_a_build() {
        for (text, expected) in [
            ("2023.7.0b1", "2023.7.0-beta.1"),
            ("2.0rc1", "2.0.0-rc.1"),
            ("2.0.0.RC2", "2.0.0-rc.2"),
            ("1.0.dev20240301", "1.0.0-dev.20240301"),
            ("1.0a12.dev456", "1.0.0-alpha.12.dev.456"),
            ("1.0b2.post345", "1.0.0-beta.2"),
            ("1.0.post1", "1.0.0"),
            ("1.0~rc1", "1.0.0-rc.1"),
            ("1.0_pre3", "1.0.0-pre.3"),
            ("5.0.0.beta1.1", "5.0.0-beta.1.1"),
            ("7.10 Beta 2", "7.10.0-beta.2"),
            ("7.10 b45", "7.10.0"),
            ("2.0rc1-14-gabcdef1", "2.0.0-rc.1"),
            ("1.2.3-14-gabcdef1", "1.2.3"),
            ("1.2.3.r14.gabcdef1", "1.2.3"),
            ("1251.va_b_0c0ffee0a_1", "1251.0.0"),
            ("1.0.a1b2c3d", "1.0.0"),
            ("1.0.2k", "1.0.2"),
            ("2, 0, 0, 1", "2.0.0.1"),
            ("1.8.0_392", "1.8.0.392"),
            ("10_15_7", "10.15.7"),
            ("Version 14.2.1 (Build 23C71)", "14.2.1"),
            ("ver. 3.1", "3.1.0"),
            ("1:7.10.0-1", "7.10.0"),
            ("5:24.0.7-1~debian.12", "24.0.7"),
            ("1!2.0", "2.0.0"),
            ("8.1正式版", "8.1.0"),
            ("8.1-测试", "8.1.0"),
            ("1.2.3.4.5.6.7.8", "1.2.3.4.5.6.7.8"),
            ("9223372036854775807", "9223372036854775807.0.0"),
            ("10.0.22631.3007 (WinBuild.160101.0800)", "10.0.22631.3007"),
            ("1.0-beta.2+77", "1.0.0-beta.2"),
        ] {
            let version = Version::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(version.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn of_an_operating_system_only_the_numbers_are_read() {
        for (text, expected) in [
            ("5.15.0-91-generic", "5.15.0"),
            ("3.10.0-1160.el7.x86_64", "3.10.0"),
            ("6.8.0-rc3+", "6.8.0"),
            ("22.04.3 LTS", "22.4.3"),
            ("10.0.19045.", "10.0.19045"),
            ("7 SP1", "7.0.0"),
            ("14*", "14.0.0"),
        ] {
            let version = Version::parse_numbers(text).unwrap();
            assert_eq!(version.to_string(), expected, "{text}");
        }
        assert!(read_numbers("Linux 5").is_err());
    }
}
