//! Compares the declarations pasted into the E language with the exports. A wrong kind, a missing
//! parameter or a wrong constant does not compile.

use std::ffi::c_char;

use super::board::*;
use super::check::*;
use super::explain::*;
use super::fields::*;
use super::helpers::*;
use super::last_error::*;
use super::marks::*;
use super::names::*;
use super::page::*;
use super::publish::*;
use super::query::*;
use super::table::*;
use super::viewer::*;
use super::watch::*;
use crate::c::names::*;
use crate::c::status::*;

type Int = i32;
type IntOut = *mut i32;
type IntArray = *mut i32;
type Text = *const c_char;
type TextBuffer = *mut c_char;
type Bytes = *const u8;
type ByteBuffer = *mut u8;

macro_rules! commands {
    ($($entry:ident $name:literal $result:ident $remark:literal
       { $($parameter:ident: $kind:ident $parameter_name:literal $parameter_remark:literal,)* })*) => {
        $(const _: unsafe extern "system" fn($($kind),*) -> $result = $entry;)*

        /// Exported name and Chinese name of each command.
        #[cfg(test)]
        const COMMANDS: &[(&str, &str)] = &[$((stringify!($entry), $name),)*];
    };
}
include!("declarations.rs");

macro_rules! constants {
    ($($name:literal $value:literal ($source:expr) $remark:literal)*) => {
        $(const _: () = assert!($value == $source);)*

        /// Name and value of each constant.
        #[cfg(test)]
        const CONSTANTS: &[(&str, i32)] = &[$(($name, $value),)*];
    };
}
include!("constants.rs");

#[cfg(test)]
mod tests {
    use notice::{ErrorKind, Format, Importance, Lifecycle, Mark, Outcome, Rule, Severity};

    use super::*;
    use crate::e::gbk;

    #[test]
    fn every_exported_function_is_declared() {
        let exported = include_str!("../symbols.txt").lines();
        let exported: Vec<&str> = exported.filter(|s| s.starts_with("e_announce_")).collect();
        let mut declared: Vec<&str> = COMMANDS.iter().map(|(entry, _)| *entry).collect();
        declared.sort_unstable();
        assert_eq!(declared, exported);
    }

    #[test]
    fn names_are_unique_and_begin_alike() {
        let names = COMMANDS.iter().map(|(_, name)| *name);
        let mut names: Vec<&str> = names.chain(CONSTANTS.iter().map(|(n, _)| *n)).collect();
        names.sort_unstable();
        for pair in names.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
        for name in names {
            assert!(name.starts_with("公告_"), "{name}");
            assert!(!gbk::encode(name).contains(&b'?'), "{name}");
        }
    }

    #[test]
    fn every_value_has_its_constant() {
        let values = |group: &str| -> Vec<i32> {
            let of_group = CONSTANTS.iter().filter(|(name, _)| {
                name.strip_prefix("公告_")
                    .is_some_and(|n| n.starts_with(group))
            });
            of_group.map(|(_, value)| *value).collect()
        };
        macro_rules! codes {
            ($type:ident) => {
                $type::ALL
                    .iter()
                    .map(|value| value.code())
                    .collect::<Vec<i32>>()
            };
        }
        let errors = ErrorKind::ALL.iter().map(|kind| -(*kind as i32));
        let rules = Rule::ALL.iter().map(|rule| 1 << rule.code()).collect();
        let from_0 = |codes: Vec<i32>| std::iter::once(0).chain(codes).collect();
        for (group, expected) in [
            ("错误_", from_0(errors.collect())),
            ("严重_", codes!(Severity)),
            ("标记_", codes!(Mark)),
            ("变更_", from_0(codes!(Importance))),
            ("结局_", codes!(Outcome)),
            ("状态_", codes!(Lifecycle)),
            ("格式_", codes!(Format)),
            ("理由_", rules),
            ("显示_", (0..5).map(|bit| 1 << bit).collect()),
            ("字段_", (1..=E_ANNOUNCE_FIELDS).collect()),
            ("结果_", (1..=E_ANNOUNCE_RESULT_NEXT_CURSOR).collect()),
            ("按钮_", (1..=E_ANNOUNCE_ACTION_VALUE).collect()),
        ] {
            assert_eq!(values(group), expected, "{group}");
        }
    }
}
