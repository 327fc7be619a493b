//! An error, so that it is the same on the other side.

use super::row::{Row, travels_as};
use super::table::objects;
use crate::error::{Bilingual, Error, ErrorKind, Language, Parts, Result, Source};

/// The members of an error.
pub(crate) struct Refusal {
    code: i32,
    name: String,
    en: String,
    zh: String,
    path: Option<String>,
    value: Option<String>,
    offset: Option<u64>,
    limit: Option<u64>,
}

objects! {
    Refusal as "error" {
        code: i32,
        name: String,
        en: String,
        zh: String,
        path: Option<String>,
        value: Option<String>,
        offset: Option<u64>,
        limit: Option<u64>,
    }
}

travels_as! {
    Error: Refusal,
}

impl Row<Error> for Refusal {
    fn of(error: &Error) -> Self {
        Self {
            code: error.kind() as i32,
            name: error.kind().name().to_owned(),
            en: error.reason(Language::En).to_owned(),
            zh: error.reason(Language::Zh).to_owned(),
            path: error.path().map(str::to_owned),
            value: error.value().map(str::to_owned),
            offset: error.offset().map(|offset| offset as u64),
            limit: error.limit(),
        }
    }

    fn back(self) -> Result<Error> {
        let wrong = |path: &str, value: &str| {
            let reason = Bilingual::new("unknown error", "未知错误");
            Err(Error::invalid(path, value, reason))
        };
        let Some(kind) = ErrorKind::from_code(self.code) else {
            return wrong("code", &self.code.to_string());
        };
        if kind.name() != self.name {
            return wrong("name", &self.name);
        }
        Ok(Error::from_parts(Parts {
            kind,
            path: self.path,
            value: self.value,
            offset: self.offset.and_then(|offset| usize::try_from(offset).ok()),
            limit: self.limit,
            reason: Bilingual::new(self.en, self.zh),
            source: Source::default(),
        }))
    }
}
