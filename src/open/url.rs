//! The URL of a board: `scheme:place?name=value&name=value`.

use std::fmt;
use std::ops::RangeInclusive;

use crate::error::{Bilingual, Error, Result};

/// The parsed URL of a board: `scheme:place?name=value&name=value`.
///
/// Nothing is escaped: the place is everything up to the first `?`, unchanged. Parameters are read strictly:
/// a duplicate parameter, an unknown one and an invalid value are refused under the path `url.NAME`.
///
/// ```
/// use notice::BoardUrl;
/// let url = BoardUrl::parse("file:/var/lib/app/board.notice?budget_mb=64")?;
/// assert_eq!((url.scheme(), url.place()), ("file", "/var/lib/app/board.notice"));
/// assert_eq!(url.number("budget_mb", 1..=1024)?, Some(64));
/// # Ok::<(), notice::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BoardUrl {
    scheme: String,
    place: String,
    parameters: Vec<(String, String)>,
}

impl BoardUrl {
    /// Parses a URL, without checking that its scheme and parameters are known.
    ///
    /// # Errors
    /// `invalid_field` for a NUL character or a duplicate parameter.
    pub fn parse(url: &str) -> Result<Self> {
        if url.contains('\0') {
            let reason = Bilingual::new("must not contain a NUL character", "不能包含 NUL 字符");
            return Err(Error::invalid("url", url, reason));
        }
        let (front, parameters) = url.split_once('?').unwrap_or((url, ""));
        // Without a colon there is no scheme, and the whole text is a place that no scheme accepts.
        let (scheme, place) = front.split_once(':').unwrap_or(("", front));
        let mut parsed = Self {
            scheme: scheme.to_owned(),
            place: place.to_owned(),
            parameters: Vec::new(),
        };
        for parameter in parameters.split('&').filter(|one| !one.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let is_duplicate = parsed.parameter(name).is_some();
            parsed.parameters.push((name.to_owned(), value.to_owned()));
            if is_duplicate {
                let reason = Bilingual::new("duplicate parameter", "参数重复");
                return Err(Error::invalid(name, value, reason).within("url"));
            }
        }
        Ok(parsed)
    }

    /// Returns the scheme; empty if the URL has no colon.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the text between the scheme and the parameters, unchanged.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Returns the value of a parameter, if it is given.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut given = self.parameters.iter();
        given
            .find(|(one, _)| one == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the names and values of all parameters, in the order of the URL.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns a parameter that must be one of several words, if it is given.
    ///
    /// # Errors
    /// `invalid_field` for any other value, with the allowed words.
    pub fn one_of<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>> {
        let Some(value) = self.parameter(name) else {
            return Ok(None);
        };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == value) {
            return Ok(Some(*meaning));
        }
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let reason = Bilingual::new(
            format!("must be {}", words.join(" or ")),
            format!("必须是 {}", words.join(" 或 ")),
        );
        Err(self.refuse(name, reason))
    }

    /// Returns a parameter that must be a whole number, if it is given.
    ///
    /// # Errors
    /// `invalid_field` for anything but a whole number in `range`, with the range.
    pub fn number(&self, name: &str, range: RangeInclusive<u64>) -> Result<Option<u64>> {
        let Some(value) = self.parameter(name) else {
            return Ok(None);
        };
        // `parse` would accept a plus sign.
        let is_plain = value.bytes().all(|byte| byte.is_ascii_digit());
        let number = value.parse().ok().filter(|_| is_plain);
        match number.filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let (least, most) = (range.start(), range.end());
                let reason = Bilingual::new(
                    format!("must be a whole number from {least} to {most}"),
                    format!("必须是 {least} 到 {most} 之间的整数"),
                );
                Err(self.refuse(name, reason))
            }
        }
    }

    /// Creates the error for an invalid value of a parameter: `invalid_field` under `url.NAME`.
    pub fn refuse(&self, name: &str, reason: Bilingual) -> Error {
        let value = self.parameter(name).unwrap_or_default();
        Error::invalid(name, value, reason).within("url")
    }

    /// Creates the error for an invalid place: `invalid_field` under `url`, with the whole URL.
    pub fn refuse_place(&self, reason: Bilingual) -> Error {
        Error::invalid("url", &self.to_string(), reason)
    }
}

/// Writes the URL, with an `=` in every parameter.
impl fmt::Display for BoardUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scheme.is_empty() {
            formatter.write_str(&self.place)?;
        } else {
            write!(formatter, "{}:{}", self.scheme, self.place)?;
        }
        for (at, (name, value)) in self.parameters.iter().enumerate() {
            let sign = if at == 0 { '?' } else { '&' };
            write!(formatter, "{sign}{name}={value}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for BoardUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BoardUrl({self})")
    }
}
