//! `notice token key`: a key that signs viewers' tokens.

use std::path::PathBuf;

use notice::Bilingual;

use super::private_key::PrivateKey;
use super::{files, random};
use crate::exit::Outcome;
use crate::terminal::{note, say};

/// Make a key that signs tokens of viewers
///
/// Prints a line for the daemon's file of tokens, or adds it there. The private key goes to a file of its own, as a
/// JSON Web Key.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// New file for the private key
    #[arg(long, value_name = "FILE")]
    private: PathBuf,
    /// Ed25519: the daemon can verify and not sign. HS256: a secret that both have
    #[arg(long, value_name = "ALGORITHM", default_value = "ed25519")]
    algorithm: Algorithm,
    /// File of tokens to add the line to; made with mode 0600 if it is missing
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Algorithm {
    Ed25519,
    Hs256,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let key = match arguments.algorithm {
        Algorithm::Ed25519 => PrivateKey::ed25519(&random()?)?,
        Algorithm::Hs256 => PrivateKey::hs256(&random()?),
    };
    files::create(&arguments.private, &key.write())?;
    match &arguments.file {
        Some(file) => files::append(file, &key.line())?,
        None => say(&key.line()),
    }
    let private = arguments.private.display();
    note(&Bilingual::new(
        format!("the private key is in {private}; sign with: notice token sign --key {private}"),
        format!("私钥已写入 {private}；签发令牌：notice token sign --key {private}"),
    ));
    Ok(())
}
