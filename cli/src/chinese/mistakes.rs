//! Mistakes in the arguments, told in Chinese.

use std::error::Error as _;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use notice::Language;

/// Says what is wrong with the arguments.
pub(crate) fn told(error: &Error) -> String {
    let one = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(" "),
        Some(ContextValue::Number(number)) => number.to_string(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let arg = one(ContextKind::InvalidArg);
    let value = one(ContextKind::InvalidValue);
    let mut told = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有选项 {arg}"),
        ErrorKind::InvalidSubcommand => {
            format!("没有命令 {}", one(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("缺少 {arg}"),
        ErrorKind::ArgumentConflict => {
            format!("{arg} 不能与 {} 同时使用", one(ContextKind::PriorArg))
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("{arg} 之后缺少值"),
        ErrorKind::InvalidValue => {
            format!(
                "{arg} 的值 {value} 无效；可选：{}",
                one(ContextKind::ValidValue)
            )
        }
        ErrorKind::ValueValidation => format!("{arg} 的值 {value} 无效{}", why(error)),
        ErrorKind::NoEquals => format!("{arg} 的值须用等号连接，例如 --flag=值"),
        ErrorKind::TooManyValues => format!("{arg} 的值 {value} 多余"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{arg} 的值的个数不对")
        }
        ErrorKind::InvalidUtf8 => "参数不是有效的 UTF-8 文本".to_owned(),
        _ => error.to_string().trim_start_matches("error: ").to_owned(),
    };
    for kind in [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ] {
        let near = one(kind);
        if !near.is_empty() {
            told.push_str(&format!("；是否想输入 {near}？"));
            return told;
        }
    }
    told + "；--help 可查看用法"
}

/// What the reader of the value has said.
fn why(error: &Error) -> String {
    let Some(source) = error.source() else {
        return String::new();
    };
    match source.downcast_ref::<notice::Error>() {
        Some(error) => format!("：{}", error.reason(Language::Zh)),
        None => format!("：{source}"),
    }
}
