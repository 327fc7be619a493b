//! Writes the declarations for the E language from ffi/e/declarations.rs and ffi/e/constants.rs: a part of the
//! build script.

use std::error::Error;

/// A parameter: its kind, its name and a remark.
type Parameter = (&'static str, &'static str, &'static str);

/// A command of the DLL.
struct Command {
    entry: &'static str,
    name: &'static str,
    result: &'static str,
    remark: &'static str,
    parameters: &'static [Parameter],
}

/// A constant.
struct Constant {
    name: &'static str,
    value: i32,
    remark: &'static str,
}

macro_rules! commands {
    ($($entry:ident $name:literal $result:ident $remark:literal
       { $($parameter:ident: $kind:ident $parameter_name:literal $parameter_remark:literal,)* })*) => {
        const COMMANDS: &[Command] = &[$(Command {
            entry: stringify!($entry),
            name: $name,
            result: stringify!($result),
            remark: $remark,
            parameters: &[$((stringify!($kind), $parameter_name, $parameter_remark),)*],
        },)*];
    };
}
include!("../ffi/e/declarations.rs");

macro_rules! constants {
    ($($name:literal $value:literal ($($source:tt)*) $remark:literal)*) => {
        const CONSTANTS: &[Constant] = &[$(Constant {
            name: $name,
            value: $value,
            remark: $remark,
        },)*];
    };
}
include!("../ffi/e/constants.rs");

/// The text of the commands, one declaration behind the other.
pub(crate) fn commands() -> String {
    let mut text = ".版本 2\n".to_owned();
    for command in COMMANDS {
        let (result, _) = e_type(command.result);
        text += &format!(
            "\n.DLL命令 {}, {result}, \"notice.dll\", \"{}\", 公开, {}\n",
            command.name, command.entry, command.remark
        );
        for (kind, name, remark) in command.parameters {
            let (type_name, flags) = e_type(kind);
            text += &format!("    .参数 {name}, {type_name}, {flags}, {remark}\n");
        }
    }
    text
}

/// The text of the constants.
pub(crate) fn constants() -> String {
    let mut text = ".版本 2\n\n".to_owned();
    for Constant {
        name,
        value,
        remark,
    } in CONSTANTS
    {
        text += &format!(".常量 {name}, \"{value}\", 公开, {remark}\n");
    }
    text
}

/// The same text as the E language's editor wants it: GBK, CRLF.
///
/// # Errors
/// When GBK lacks a character of it.
pub(crate) fn to_gbk(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let lines = text.replace('\n', "\r\n");
    match encoding_rs::GBK.encode(&lines) {
        (bytes, _, false) => Ok(bytes.into_owned()),
        _ => Err("the E declarations have a character that GBK lacks".into()),
    }
}

/// The type of that kind in the E language, and the flags of a parameter.
fn e_type(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "Int" => ("整数型", ""),
        "IntOut" => ("整数型", "传址"),
        "IntArray" => ("整数型", "数组"),
        "Text" => ("文本型", ""),
        "TextBuffer" => ("文本型", "传址"),
        "Bytes" => ("字节集", ""),
        "ByteBuffer" => ("字节集", "传址"),
        // `declared` knows these kinds only, too.
        other => panic!("no kind of the E language is named {other}"),
    }
}
