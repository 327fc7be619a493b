//! What to write instead of a comparator or separator that other programs, or a keyboard, would have.

use crate::model::version_scanner::{Fault, Reason, Scanner};

/// Text at the fault, or right before it, with the hint.
const HINTS: [(&str, Reason); 30] = [
    ("=>", ("write >= for at least", "“不低于”请写 >=")),
    ("=<", ("write <= for at most", "“不高于”请写 <=")),
    ("==", ("write a single = for equal", "“等于”请写一个 =")),
    ("<>", ("write != for unequal", "“不等于”请写 !=")),
    ("!", ("write != for unequal", "“不等于”请写 !=")),
    ("≠", ("write != for unequal", "“不等于”请写 !=")),
    ("≥", ("write >= for at least", "“不低于”请写 >=")),
    ("≤", ("write <= for at most", "“不高于”请写 <=")),
    ("＞", ("write a half-width >", "请使用半角 >")),
    ("＜", ("write a half-width <", "请使用半角 <")),
    ("＝", ("write a half-width =", "请使用半角 =")),
    ("~>", ("write ~ for the same line", "“同一版本线”请写 ~")),
    ("~=", ("write ~ for the same line", "“同一版本线”请写 ~")),
    ("&&", AND),
    ("&", AND),
    ("and", AND),
    ("且", AND),
    ("，", AND),
    ("、", OR),
    (";", OR),
    ("；", OR),
    ("|", OR),
    ("or", OR),
    ("或", OR),
    ("–", RANGE),
    ("—", RANGE),
    ("～", RANGE),
    ("~", RANGE),
    ("..", RANGE),
    ("至", RANGE),
];
const AND: Reason = ("write a blank or a comma for and", "“且”请写空格或半角逗号");
const OR: Reason = ("write || for or", "“或”请写 ||");
const RANGE: Reason = (
    "write a - between blanks for a range, such as 5.20 - 5.22",
    "表示范围请写两侧带空格的半角连字符，如 5.20 - 5.22",
);
const PRE_RELEASE: Reason = (
    "write a pre-release behind a hyphen, such as 2.0-rc.1; leave out a build",
    "预发布标识请写在连字符之后，如 2.0-rc.1；构建信息请删去",
);

/// Returns the fault at the scanner's place, with a hint if it is a known mistake and else with `reason`.
pub(super) fn fault(scanner: &Scanner<'_>, reason: Reason) -> Fault {
    let rest = scanner.rest();
    let from_before = scanner.rest_from(scanner.offset().saturating_sub(1));
    let hint = HINTS
        .into_iter()
        .find(|(mistake, _)| rest.starts_with(mistake) || is_split(from_before, rest, mistake));
    match hint {
        Some((_, hint)) => scanner.fault(hint),
        None if scanner.is_behind_digit() && rest.starts_with(is_of_a_version) => {
            scanner.fault(PRE_RELEASE)
        }
        None => scanner.fault(reason),
    }
}

/// Reports whether a mistake of two signs began with the byte before the fault.
fn is_split(from_before: &str, rest: &str, mistake: &str) -> bool {
    mistake.len() == 2 && from_before.len() == rest.len() + 1 && from_before.starts_with(mistake)
}

fn is_of_a_version(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}
