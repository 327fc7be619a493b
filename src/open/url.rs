//! The URL of a board: `scheme:place?name=value&name=value`.

use std::ffi::OsString;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use crate::error::{Bilingual, Error, Result};

/// The parsed URL of a board: `scheme:place?name=value&name=value`.
///
/// The place is everything up to the first `?`. [`path`](Self::path) is the same as the path of a file, which
/// may contain any character. Parameters are read strictly: a duplicate parameter, an unknown one and an
/// invalid value are refused under the path `url.NAME`.
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
    /// Whether there is a `?`, also one without parameters.
    has_query: bool,
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
        let split = url.split_once('?');
        let (front, parameters) = split.unwrap_or((url, ""));
        // Without a colon there is no scheme, and the whole text is a place that no scheme accepts.
        let (scheme, place) = front.split_once(':').unwrap_or(("", front));
        let mut parsed = Self {
            scheme: scheme.to_owned(),
            place: place.to_owned(),
            has_query: split.is_some(),
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

    /// Creates the URL of a board whose place is a path, such as that of a file or of a socket, with parameters.
    ///
    /// [`path`](Self::path) of it is this path again, whatever is in its name: it is percent-encoded where it must be, and
    /// written as it is otherwise. Parameters are taken as they are; one with an `&` would be read as two.
    ///
    /// ```
    /// use std::path::Path;
    /// use notice::BoardUrl;
    /// for (path, parameters, url) in [
    ///     ("/var/100%.notice", &[][..], "file:/var/100%.notice"),
    ///     ("/var/100%.notice", &[("mode", "ro")], "file:/var/100%25.notice?mode=ro"),
    ///     ("what?.notice", &[], "file:what%3F.notice?"),
    /// ] {
    ///     assert_eq!(BoardUrl::of_path("file", Path::new(path), parameters).to_string(), url);
    /// }
    /// ```
    pub fn of_path(scheme: &str, path: &Path, parameters: &[(&str, &str)]) -> Self {
        let plain = path.to_str().filter(|text| !text.contains('?'));
        let (place, has_query) = match plain {
            Some(text) if parameters.is_empty() => (text.to_owned(), false),
            _ => (encoded(path), true),
        };
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            scheme: scheme.to_owned(),
            place,
            has_query,
            parameters: parameters.iter().map(owned).collect(),
        }
    }

    /// Returns the scheme; empty if the URL has no colon.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the text between the scheme and the parameters, unchanged.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Returns the place as the path of a file.
    ///
    /// A URL without a `?` contains the path as it is: nothing in it is special, not even a `%`. In a URL with a
    /// `?` the path is percent-encoded (RFC 3986, section 2.1): `%3F` is a question mark, `%25` a percent sign,
    /// and each other byte may be written as `%` and two hexadecimal digits. A file whose name contains a `?`
    /// therefore needs a `?` at the end, even without parameters.
    ///
    /// ```
    /// use std::path::Path;
    /// use notice::BoardUrl;
    /// for (url, path) in [
    ///     ("file:100%.notice", "100%.notice"),
    ///     ("file:a%3Fb", "a%3Fb"),
    ///     ("file:a%3Fb?", "a?b"),
    ///     ("file:100%25.notice?durability=relaxed", "100%.notice"),
    /// ] {
    ///     assert_eq!(BoardUrl::parse(url)?.path()?, Path::new(path));
    /// }
    /// # Ok::<(), notice::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_field` with the position of a `%` that begins no byte, or of a NUL character; also for bytes that
    /// are no UTF-8 on systems where paths are text.
    pub fn path(&self) -> Result<PathBuf> {
        if !self.has_query {
            return Ok(self.place.clone().into());
        }
        let mut bytes = Vec::with_capacity(self.place.len());
        let mut rest = self.place.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            let (byte, after) = match byte {
                b'%' => decoded(after).ok_or_else(|| self.refuse_escape(rest.len()))?,
                byte => (*byte, after),
            };
            bytes.push(byte);
            rest = after;
        }
        native(bytes).map(PathBuf::from).ok_or_else(|| {
            let reason = Bilingual::new(
                "the percent-encoded path must be UTF-8",
                "百分号编码的路径必须是 UTF-8",
            );
            self.refuse_place(reason)
        })
    }

    /// Creates the error for an invalid escape, which begins `left` bytes before the end of the place.
    fn refuse_escape(&self, left: usize) -> Error {
        let reason = Bilingual::new(
            "in a URL with a ?, a % must begin a byte of two hexadecimal digits other than %00; write %25 for a \
             percent sign",
            "URL 带有 ? 时，% 之后必须是两位十六进制数（不能是 %00）；百分号本身应写作 %25",
        );
        let before = self.scheme.len() + 1;
        self.refuse_place(reason)
            .at_offset(before + self.place.len().saturating_sub(left))
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

/// Percent-encodes what would be read as something else in a URL with a `?`, and bytes that are no text.
fn encoded(path: &Path) -> String {
    let mut encoded = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '%' => encoded.push_str("%25"),
                '?' => encoded.push_str("%3F"),
                letter => encoded.push(letter),
            }
        }
        for byte in chunk.invalid() {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Decodes the two hexadecimal digits behind a `%`. Also returns what follows them; None for anything else.
fn decoded(digits: &[u8]) -> Option<(u8, &[u8])> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (high, rest) = digits.split_first()?;
    let (low, rest) = rest.split_first()?;
    let byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
    (byte != 0).then_some((byte, rest))
}

/// Converts the bytes of a path to the system's form; None if that is not possible.
#[cfg(unix)]
fn native(bytes: Vec<u8>) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn native(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

/// Writes the URL, with an `=` in every parameter.
impl fmt::Display for BoardUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scheme.is_empty() {
            formatter.write_str(&self.place)?;
        } else {
            write!(formatter, "{}:{}", self.scheme, self.place)?;
        }
        if self.has_query {
            formatter.write_str("?")?;
        }
        for (at, (name, value)) in self.parameters.iter().enumerate() {
            let sign = if at == 0 { "" } else { "&" };
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
