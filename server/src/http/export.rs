//! `GET /v1/export`: the whole board as JSON Lines, for a backup of a daemon that goes on.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Frame;
use notice::{Board as _, Guarded};
use tokio::sync::mpsc;

use super::asked::Asked;
use super::problem::Problem;
use crate::fault::{io as unusable, panicked};

/// Bytes that are sent at once.
const PIECE: usize = 64 * 1024;
/// Pieces that wait for the client.
const AHEAD: usize = 4;

/// Sends the board as it is at one moment.
pub(super) async fn export(asked: Asked) -> Result<Response, Problem> {
    asked.params.done()?;
    let board = asked.session.board()?;
    let written = tokio::task::spawn_blocking(move || write(&board));
    let (file, length) = written.await.map_err(|_| panicked())??;
    let mut response = body(file).into_response();
    let headers = response.headers_mut();
    let lines = HeaderValue::from_static("application/x-ndjson");
    headers.insert(header::CONTENT_TYPE, lines);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = HeaderValue::from_static("attachment; filename=\"board.jsonl\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Writes the export into a file without a name, which is gone when it is closed.
///
/// Nobody can publish while a board is exported, so that is done before a client, who may be slow, takes it.
fn write(board: &Arc<Guarded>) -> notice::Result<(File, u64)> {
    let custody = board.require_custody()?;
    let failed = |error: io::Error| unusable(&"export", &error);
    let mut out = BufWriter::with_capacity(PIECE, tempfile::tempfile().map_err(failed)?);
    custody.export(&mut out)?;
    out.flush().map_err(failed)?;
    let mut file = out
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    let length = file.stream_position().map_err(failed)?;
    file.rewind().map_err(failed)?;
    Ok((file, length))
}

/// Returns the rest of a file as a body. A client that goes away ends the reading.
fn body(mut file: File) -> Body {
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        loop {
            let piece = piece(&mut file);
            let is_last = !matches!(&piece, Ok(bytes) if !bytes.is_empty());
            if send.blocking_send(piece).is_err() || is_last {
                return;
            }
        }
    });
    Body::new(Pieces(receive))
}

fn piece(file: &mut File) -> io::Result<Bytes> {
    let mut piece = vec![0; PIECE];
    let count = file.read(&mut piece)?;
    piece.truncate(count);
    Ok(Bytes::from(piece))
}

/// The body of an export. A file that cannot be read breaks it off, so that nobody takes a part for the whole.
struct Pieces(mpsc::Receiver<io::Result<Bytes>>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = self.0.poll_recv(context);
        piece.map(|piece| Some(piece?.map(Frame::data)))
    }
}
