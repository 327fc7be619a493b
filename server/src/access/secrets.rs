//! The file of secrets: tokens of roles, and keys that sign viewers' tokens.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notice::{Error, Principal, Result, Role};
use ring::hmac;

use super::signed::Key;
use crate::fault::{fault, invalid};
use crate::files;

/// Shortest token and shortest key, in bytes.
const SHORTEST: usize = 32;

/// Tokens and keys.
pub(super) struct Secrets {
    /// Key of this process, so that tags of tokens can be compared in constant time.
    own: hmac::Key,
    /// Tags of tokens, and their roles. The tokens themselves are not kept.
    tokens: Vec<(hmac::Tag, Role)>,
    keys: Vec<Key>,
}

impl Secrets {
    /// Reads a file that only its owner may read.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let bytes = files::read_private("tokens", file)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let place = error.utf8_error().valid_up_to().to_string();
            invalid("tokens", &place, "must be UTF-8", "必须是 UTF-8")
        })?;
        Self::of(&text)
    }

    /// Reads lines of a role and a secret.
    pub(super) fn of(text: &str) -> Result<Self> {
        let random = ring::rand::SystemRandom::new();
        let own = hmac::Key::generate(hmac::HMAC_SHA256, &random).map_err(|_| {
            let (en, zh) = ("no random numbers from the system", "系统无法提供随机数");
            fault(notice::ErrorKind::Io, en, zh)
        })?;
        let (tokens, keys) = (Vec::new(), Vec::new());
        let mut secrets = Self { own, tokens, keys };
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                let place = format!("tokens[{}]", number + 1);
                secrets.add(line).map_err(|error| error.within(&place))?;
            }
        }
        Ok(secrets)
    }

    /// Reads a line. Errors show the role and never the secret.
    fn add(&mut self, line: &str) -> Result<()> {
        let mut words = line.split_whitespace();
        let (role, secret) = (words.next().unwrap_or_default(), words.next());
        let Some(secret) = secret.filter(|_| words.next().is_none()) else {
            let (en, zh) = (
                "a line is a role and a secret, with a blank between",
                "每行由角色和密钥组成，以空格分隔",
            );
            return Err(invalid("role", role, en, zh));
        };
        let role = match role {
            "viewer" => {
                self.keys.push(key(secret)?);
                return Ok(());
            }
            "service" => Role::Service,
            "editor" => Role::Editor,
            "admin" => Role::Admin,
            other => {
                let (en, zh) = (
                    "unknown role; use viewer, service, editor or admin",
                    "未知的角色；请使用 viewer、service、editor 或 admin",
                );
                return Err(invalid("role", other, en, zh));
            }
        };
        if secret.len() < SHORTEST {
            return Err(too_short());
        }
        let tag = hmac::sign(&self.own, secret.as_bytes());
        self.tokens.push((tag, role));
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tokens.is_empty() && self.keys.is_empty()
    }

    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Returns what a token grants. Takes as long for every token of a length.
    pub(super) fn principal(&self, token: &str) -> Option<Principal> {
        let mut granted = None;
        for (tag, role) in &self.tokens {
            // Verifying is what compares in constant time. The loop goes on behind a match.
            if hmac::verify(&self.own, token.as_bytes(), tag.as_ref()).is_ok() {
                granted = Some(*role);
            }
        }
        granted.map(|role| match role {
            Role::Admin => Principal::admin(),
            Role::Editor => Principal::editor(),
            _ => Principal::service(),
        })
    }
}

/// Reads the key of a line, such as `hs256:BASE64URL`.
fn key(secret: &str) -> Result<Key> {
    let (kind, encoded) = secret.split_once(':').unwrap_or((secret, ""));
    let bytes = URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('='));
    let bytes =
        bytes.map_err(|_| invalid("key", "", "must be base64url", "必须采用 base64url 编码"))?;
    match kind {
        "hs256" if bytes.len() < SHORTEST => Err(too_short()),
        "hs256" => Ok(Key::hs256(&bytes)),
        "ed25519" if bytes.len() != 32 => {
            let (en, zh) = ("a public key has 32 bytes", "公钥长度为 32 字节");
            Err(invalid("key", &bytes.len().to_string(), en, zh))
        }
        "ed25519" => Ok(Key::ed25519(&bytes)),
        _ => {
            let (en, zh) = (
                "must be hs256:KEY or ed25519:KEY",
                "必须是 hs256:密钥 或 ed25519:密钥",
            );
            Err(invalid("key", "", en, zh))
        }
    }
}

fn too_short() -> Error {
    let en = format!("must have at least {SHORTEST} bytes; take them from a random generator");
    let zh = format!("至少 {SHORTEST} 字节；请用随机数生成器产生");
    invalid("secret", "", en, zh)
}
