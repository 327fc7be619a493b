//! Small blocking clients. Every wait has an end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use notice::wire::frames::{Inbox, Kind, Message};
use notice::wire::{Answer, Call};
use notice::{Error, Result};
use serde_json::{Value, json};

/// Longer than anything takes that does not hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn unix(path: &Path) -> UnixStream {
    let stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

pub(crate) fn tcp(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Reads until the server closes the connection.
pub(crate) fn to_the_end(mut stream: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => bytes,
        // The server may close before it has read everything.
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => bytes,
        Err(error) => panic!("the connection stays open: {error}"),
    }
}

/// A message that was received.
pub(crate) type Received = (u32, Kind, Vec<u8>);

/// A connection of either kind.
pub(crate) trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

/// A client that speaks ENOT.
pub(crate) struct Enot {
    pub(crate) stream: Box<dyn Stream + Send>,
    inbox: Inbox,
    next: u32,
}

impl Enot {
    pub(crate) fn over_unix(path: &Path) -> Self {
        Self::over(unix(path))
    }

    pub(crate) fn over(stream: impl Stream + Send + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            inbox: Inbox::default(),
            next: 0,
        }
    }

    pub(crate) fn send(&mut self, request: u32, kind: Kind, body: &[u8]) {
        let mut bytes = Vec::new();
        Message::new(request, kind, body).write(&mut bytes).unwrap();
        // The server may have closed the connection; the answer tells.
        let _ = self.stream.write_all(&bytes);
    }

    /// Returns the next message; None at the end of the connection.
    pub(crate) fn receive(&mut self) -> Option<Received> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(message) = self.inbox.next().unwrap() {
                return Some((message.request, message.kind, message.body.into_owned()));
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return None,
                Ok(count) => self.inbox.receive(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no answer: {error}"),
            }
        }
    }

    /// Presents itself, and returns the welcome.
    pub(crate) fn hello(&mut self, token: Option<&str>) -> Result<Value> {
        let hello = json!({"versions": [1], "token": token, "later": true});
        self.send(0, Kind::Hello, hello.to_string().as_bytes());
        match self.receive().unwrap() {
            (0, Kind::Welcome, body) => Ok(serde_json::from_slice(&body).unwrap()),
            (0, Kind::Answer, body) => match Answer::from_bytes(&body).unwrap() {
                Answer::Error(error) => Err(error),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    /// Begins a call, and returns its number.
    pub(crate) fn begin(&mut self, call: &Call) -> u32 {
        self.next += 1;
        self.send(self.next, Kind::Call, &call.to_bytes().unwrap());
        self.next
    }

    /// Returns the next answer, whichever call it belongs to.
    pub(crate) fn answer(&mut self) -> Option<(u32, Result<Answer>)> {
        let (request, kind, body) = self.receive()?;
        if kind == Kind::Goodbye {
            return None;
        }
        assert_eq!(kind, Kind::Answer);
        Some((request, Answer::from_bytes(&body).unwrap().into_result()))
    }

    pub(crate) fn call(&mut self, call: &Call) -> Result<Answer> {
        let begun = self.begin(call);
        let (request, answer) = self.answer().expect("an answer");
        assert_eq!(request, begun);
        answer
    }
}

impl Enot {
    /// Calls while others are in progress that are not answered yet.
    pub(crate) fn call_behind(&mut self, call: &Call) {
        let begun = self.begin(call);
        let (request, answer) = self.answer().expect("an answer");
        assert_eq!(request, begun);
        answer.unwrap();
    }
}

/// A client that speaks JSON-RPC lines.
pub(crate) struct Lines {
    pub(crate) stream: BufReader<TcpStream>,
    next: u64,
}

impl Lines {
    pub(crate) fn over_tcp(address: SocketAddr) -> Self {
        let stream = BufReader::new(tcp(address));
        Self { stream, next: 0 }
    }

    pub(crate) fn send(&mut self, line: &str) {
        // The server may have closed the connection; the answer tells.
        let _ = self
            .stream
            .get_mut()
            .write_all(format!("{line}\n").as_bytes());
    }

    /// Returns the next line; None at the end of the connection.
    pub(crate) fn receive(&mut self) -> Option<Value> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(serde_json::from_str(&line).unwrap()),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("no answer: {error}"),
        }
    }

    pub(crate) fn hello(&mut self, token: &str) -> Result<Value> {
        self.call("hello", &json!({ "token": token }))
    }

    /// Begins a call, and returns its number.
    pub(crate) fn begin(&mut self, method: &str, params: &Value) -> u64 {
        self.next += 1;
        let request =
            json!({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params});
        self.send(&request.to_string());
        self.next
    }

    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Result<Value> {
        let id = self.begin(method, params);
        let answer = self.receive().expect("an answer");
        assert_eq!(answer["id"], id, "{answer}");
        result_of(&answer)
    }
}

/// Returns the result of a JSON-RPC answer, or its error.
pub(crate) fn result_of(answer: &Value) -> Result<Value> {
    assert_eq!(answer["jsonrpc"], "2.0");
    match answer.get("error") {
        None => Ok(answer["result"].clone()),
        Some(error) => Err(error_of(&error["data"])),
    }
}

/// Reads an error of docs/json.md.
pub(crate) fn error_of(data: &Value) -> Error {
    let tagged = json!({ "error": data }).to_string();
    match Answer::from_json(tagged.as_bytes()) {
        Ok(Answer::Error(error)) => error,
        other => panic!("{data}: {other:?}"),
    }
}
