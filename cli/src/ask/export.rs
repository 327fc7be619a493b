//! `notice export`: the whole board as JSON Lines.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use crate::common::Common;
use crate::exit::{Outcome, Stop};

/// Write the whole board as JSON Lines, with marks and former versions (docs/operation.md describes them)
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// File to write; it must not exist [default: the standard output]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let session = arguments.common.session()?;
    let board = session.reading()?;
    let custody = session.copied(&board)?;
    let Some(path) = &arguments.file else {
        let mut out = Watched::new(io::stdout().lock());
        let written = custody.export(&mut out);
        return match (out.end(), written) {
            (Err(error), _) => Err(Stop::of_stream(&error)),
            (Ok(()), written) => Ok(written?),
        };
    };
    // It has receipts and drafts, as the board has.
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o600);
    let file = options
        .open(path)
        .map_err(|error| Stop::of_file(path, &error))?;
    let mut out = BufWriter::new(file);
    let written = custody.export(&mut out).map_err(Stop::from).and_then(|()| {
        let file = out.into_inner().map_err(io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all())
            .map_err(|error| Stop::of_file(path, &error))
    });
    if written.is_err() {
        // Half an export would be refused, but only when it is needed.
        let _ = std::fs::remove_file(path);
    }
    written?;
    let name = path.display();
    session
        .console
        .tell(format!("exported to {name}"), format!("已导出到 {name}"))?;
    session.console.json(&serde_json::json!({"file": path}))?;
    session.console.finish()
}

/// A stream that remembers why it broke, which the board tells as any other fault.
struct Watched<W: Write> {
    to: BufWriter<W>,
    fault: Option<io::Error>,
}

impl<W: Write> Watched<W> {
    fn new(to: W) -> Self {
        Self {
            to: BufWriter::new(to),
            fault: None,
        }
    }

    fn end(mut self) -> io::Result<()> {
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => self.to.flush(),
        }
    }

    fn noted<T>(&mut self, written: io::Result<T>) -> io::Result<T> {
        written.map_err(|error| {
            let kind = error.kind();
            self.fault = Some(error);
            kind.into()
        })
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes);
        self.noted(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.to.flush();
        self.noted(flushed)
    }
}
