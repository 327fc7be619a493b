//! Clients of the text protocols that do nothing but send bytes and receive the answer's.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use super::TOKEN;
use crate::Result;
use crate::other::failed;

fn connect(place: &str) -> Result<BufReader<TcpStream>> {
    let address = place.trim_start_matches("tcp:");
    let stream = TcpStream::connect(address).map_err(failed(place))?;
    stream.set_nodelay(true).map_err(failed(place))?;
    Ok(BufReader::with_capacity(64 * 1024, stream))
}

/// A connection of JSON-RPC lines.
pub(crate) struct Line {
    stream: BufReader<TcpStream>,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Line {
    /// Connects as an administrator, and prepares a call.
    pub(crate) fn connect(place: &str, method: &str, params: &Value) -> Result<Self> {
        let hello = format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"hello\",\"params\":{{\"token\":\"{TOKEN}\"}}}}\n"
        );
        let request = format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{method}\",\"params\":{params}}}\n"
        );
        let mut line = Self {
            stream: connect(place)?,
            request: hello.into_bytes(),
            answer: Vec::new(),
        };
        line.ask()?;
        line.request = request.into_bytes();
        Ok(line)
    }

    /// Makes the call, and receives its answer as it is.
    pub(crate) fn ask(&mut self) -> Result {
        let stream = self.stream.get_mut();
        stream.write_all(&self.request).map_err(failed("a line"))?;
        self.answer.clear();
        let read = self.stream.read_until(b'\n', &mut self.answer);
        read.map_err(failed("a line"))?;
        Ok(())
    }

    /// Bytes there and back.
    pub(crate) fn lengths(&self) -> (usize, usize) {
        (self.request.len(), self.answer.len())
    }

    /// The value of the last answer.
    pub(crate) fn value(&self) -> Result<Value> {
        let answer: Value = serde_json::from_slice(&self.answer).map_err(failed("an answer"))?;
        let result = answer.get("result").cloned();
        result.ok_or(format!("an error: {answer}"))
    }
}

/// A connection of HTTP.
pub(crate) struct Http {
    stream: BufReader<TcpStream>,
    request: Vec<u8>,
    head: String,
    body: Vec<u8>,
}

impl Http {
    /// Connects, and prepares a request of an administrator.
    pub(crate) fn connect(place: &str, path: &str, body: &Value) -> Result<Self> {
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Ok(Self {
            stream: connect(place)?,
            request: request.into_bytes(),
            head: String::new(),
            body: Vec::new(),
        })
    }

    /// Makes the request, and receives its answer as it is.
    pub(crate) fn ask(&mut self) -> Result {
        let stream = self.stream.get_mut();
        stream
            .write_all(&self.request)
            .map_err(failed("a request"))?;
        self.head.clear();
        let mut length = 0;
        loop {
            let from = self.head.len();
            let read = self.stream.read_line(&mut self.head);
            read.map_err(failed("a response"))?;
            let line = self.head.get(from..).unwrap_or_default().trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().map_err(failed("a length"))?;
            }
        }
        self.body.resize(length, 0);
        let read = self.stream.read_exact(&mut self.body);
        read.map_err(failed("a response"))
    }

    /// Bytes there and back.
    pub(crate) fn lengths(&self) -> (usize, usize) {
        (self.request.len(), self.head.len() + self.body.len())
    }

    /// The value of the last answer.
    pub(crate) fn value(&self) -> Result<Value> {
        match self.head.contains(" 200 ") {
            true => serde_json::from_slice(&self.body).map_err(failed("an answer")),
            false => Err(format!("an error: {}", self.head)),
        }
    }
}
