//! Keys that sign viewers' tokens, kept as JSON Web Keys (RFC 7517, RFC 8037), which other software reads as well.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::exit::{self, Outcome, Stop};

/// A key that signs.
pub(super) enum PrivateKey {
    /// A secret that the daemon has as well.
    Hs256(Vec<u8>),
    /// The seed of a pair, of which the daemon has the public half.
    Ed25519(Vec<u8>, Box<Ed25519KeyPair>),
}

impl PrivateKey {
    /// Makes a key for HS256 from random bytes.
    pub(super) fn hs256(secret: &[u8]) -> Self {
        Self::Hs256(secret.to_vec())
    }

    /// Makes an Ed25519 pair from random bytes.
    pub(super) fn ed25519(seed: &[u8]) -> Outcome<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| unreadable())?;
        Ok(Self::Ed25519(seed.to_vec(), Box::new(pair)))
    }

    /// Reads a key.
    pub(super) fn read(text: &str) -> Outcome<Self> {
        let key: Value = serde_json::from_str(text).map_err(|_| unreadable())?;
        let member = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
        let bytes = |name: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(member(name));
            bytes.map_err(|_| unreadable())
        };
        match (member("kty"), member("crv")) {
            ("oct", _) if bytes("k")?.len() >= 32 => Ok(Self::Hs256(bytes("k")?)),
            ("OKP", "Ed25519") => Self::ed25519(&bytes("d")?),
            _ => Err(unreadable()),
        }
    }

    /// Writes the key.
    pub(super) fn write(&self) -> String {
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let key = match self {
            Self::Hs256(secret) => json!({"kty": "oct", "alg": "HS256", "k": encoded(secret)}),
            Self::Ed25519(seed, pair) => json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "alg": "EdDSA",
                "x": encoded(pair.public_key().as_ref()),
                "d": encoded(seed),
            }),
        };
        format!("{key}\n")
    }

    /// Returns the line of the daemon's file of tokens.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Hs256(secret) => format!("viewer hs256:{}", URL_SAFE_NO_PAD.encode(secret)),
            Self::Ed25519(_, pair) => {
                let public = URL_SAFE_NO_PAD.encode(pair.public_key());
                format!("viewer ed25519:{public}")
            }
        }
    }

    /// Signs claims, and returns the token.
    pub(super) fn sign(&self, claims: &Value) -> String {
        let alg = match self {
            Self::Hs256(_) => "HS256",
            Self::Ed25519(..) => "EdDSA",
        };
        let header = json!({"alg": alg, "typ": "JWT"}).to_string();
        let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}", encoded(&header), encoded(&claims.to_string()));
        let mark = match self {
            Self::Hs256(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()))
            }
            Self::Ed25519(_, pair) => URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes())),
        };
        format!("{signed}.{mark}")
    }
}

fn unreadable() -> Stop {
    Stop::new(
        exit::USAGE,
        "the file has no key for HS256 or Ed25519 as a JSON Web Key; `notice token key` makes one",
        "文件中没有 JSON Web Key 格式的 HS256 或 Ed25519 密钥；请用 `notice token key` 生成",
    )
}
