//! Responses of HTTP/1.1 (RFC 9112), read from a connection's bytes as strictly as a server should write them.

/// A response.
#[derive(Debug)]
pub(crate) struct Response<'a> {
    pub(crate) status: u16,
    headers: Vec<(String, &'a str)>,
    /// None for one in chunks, or that was cut off.
    pub(crate) body: Option<&'a [u8]>,
}

impl Response<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| *value)
    }

    /// Returns the media type of the body, without parameters.
    pub(crate) fn media(&self) -> &str {
        let media = self.header("content-type").unwrap_or_default();
        media.split(';').next().unwrap_or_default()
    }

    /// Whether nothing follows.
    fn is_last(&self) -> bool {
        self.header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }
}

/// Reads the responses to requests with these methods, as far as the methods are known. Returns whether more was not to
/// be expected: the connection was ended within a response, or the last one says that it is.
///
/// # Panics
/// For anything that is not HTTP.
pub(crate) fn responses<'a>(mut heard: &'a [u8], methods: &[&str]) -> (Vec<Response<'a>>, bool) {
    let mut answers = Vec::new();
    let mut methods = methods.iter().copied();
    let mut method = methods.next();
    while !heard.is_empty() {
        let Some((mut response, behind)) = head(heard) else {
            return (answers, true);
        };
        if (100..200).contains(&response.status) {
            heard = behind;
            continue;
        }
        let Some(known) = method else {
            // How long the body is depends on the request.
            answers.push(response);
            return (answers, true);
        };
        let Some((body, behind)) = body(&response, known, behind) else {
            answers.push(response);
            return (answers, true);
        };
        response.body = body;
        let is_last = response.is_last();
        answers.push(response);
        if is_last {
            assert!(behind.is_empty(), "more behind the last response");
            return (answers, true);
        }
        method = methods.next();
        heard = behind;
    }
    (answers, false)
}

/// Reads status line and headers; None if they were cut off.
fn head(heard: &[u8]) -> Option<(Response<'_>, &[u8])> {
    let end = heard.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, behind) = heard.split_at(end);
    let head = std::str::from_utf8(head).expect("a head is text");
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let rest = first
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| first.strip_prefix("HTTP/1.0 "));
    let status = rest.and_then(|rest| rest.get(..3)?.parse().ok());
    let status: u16 = status.unwrap_or_else(|| panic!("{first:?} is not a status line"));
    assert!((100..600).contains(&status), "{first:?}");
    let headers = lines.map(|line| {
        let (name, value) = line
            .split_once(':')
            .unwrap_or_else(|| panic!("{line:?} is not a header"));
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        assert!(!name.is_empty() && name.bytes().all(is_token), "{line:?}");
        assert!(!value.contains(['\r', '\n', '\0']), "{line:?}");
        (name.to_ascii_lowercase(), value.trim())
    });
    let headers = headers.collect();
    Some((
        Response {
            status,
            headers,
            body: None,
        },
        &behind[4..],
    ))
}

/// A body, if it is in one piece, and what is behind it.
type Body<'a> = (Option<&'a [u8]>, &'a [u8]);

/// Reads a body; None if it was cut off.
fn body<'a>(response: &Response<'_>, method: &str, heard: &'a [u8]) -> Option<Body<'a>> {
    if method == "HEAD" || matches!(response.status, 204 | 304) {
        return Some((None, heard));
    }
    if response.header("transfer-encoding") == Some("chunked") {
        return chunks(heard).map(|behind| (None, behind));
    }
    let length = response
        .header("content-length")
        .expect("a length or chunks");
    let length = length.parse().expect("a length is a number");
    heard
        .split_at_checked(length)
        .map(|(body, behind)| (Some(body), behind))
}

/// Returns what is behind the last chunk; None if there is none.
fn chunks(mut heard: &[u8]) -> Option<&[u8]> {
    loop {
        let end = heard.windows(2).position(|two| two == b"\r\n")?;
        let (size, behind) = heard.split_at(end);
        let size = std::str::from_utf8(size).expect("a size is text");
        let size = usize::from_str_radix(size, 16).expect("a size is hexadecimal");
        let (chunk, behind) = behind.get(2..)?.split_at_checked(size + 2)?;
        assert!(chunk.ends_with(b"\r\n"), "a chunk has an end");
        if size == 0 {
            return Some(behind);
        }
        heard = behind;
    }
}
