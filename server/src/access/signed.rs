//! Signed tokens of viewers: JSON Web Tokens (RFC 7519) in compact form, signed with HS256 or EdDSA.
//!
//! Nothing of a token is used before its signature is verified, except the name of the algorithm, and that only
//! to choose among keys of this very algorithm. So a token can neither ask for no signature at all nor have a
//! public key taken for a secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notice::wire::{self, Call};
use notice::{Error, Language, Result, Viewer};
use ring::{hmac, signature};
use serde_json::{Map, Value, json};

use crate::fault::unauthorized;

/// Longest token, in bytes: the largest viewer, encoded.
const LONGEST: usize = 128 * 1024;

/// A key that verifies.
pub(super) enum Key {
    /// A secret that both sides have.
    Hs256(hmac::Key),
    /// A public key.
    Ed25519(signature::UnparsedPublicKey<Vec<u8>>),
}

impl Key {
    pub(super) fn hs256(secret: &[u8]) -> Self {
        Self::Hs256(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    pub(super) fn ed25519(public: &[u8]) -> Self {
        let public = public.to_vec();
        Self::Ed25519(signature::UnparsedPublicKey::new(
            &signature::ED25519,
            public,
        ))
    }

    /// Returns whether this key made the signature with the algorithm `alg`.
    fn verifies(&self, alg: &str, signed: &[u8], mark: &[u8]) -> bool {
        match (self, alg) {
            (Self::Hs256(key), "HS256") => hmac::verify(key, signed, mark).is_ok(),
            (Self::Ed25519(key), "EdDSA") => key.verify(signed, mark).is_ok(),
            _ => false,
        }
    }
}

/// Returns the viewer whom a token describes, and the Unix second at which it ends.
///
/// # Errors
/// `unauthorized` for a token that is not signed by one of `keys`, has ended or has not begun, or is meant for
/// another audience.
pub(super) fn verify(token: &str, keys: &[Key], audience: &str, now: i64) -> Result<(Viewer, i64)> {
    if token.len() > LONGEST {
        return Err(refused("is too long", "过长"));
    }
    let Some((signed, mark)) = token.rsplit_once('.') else {
        return Err(refused("is not a JSON Web Token", "不是 JSON Web Token"));
    };
    let (header, claims) = signed.split_once('.').unwrap_or((signed, ""));
    let header = object(header)?;
    if header.contains_key("crit") {
        let (en, zh) = ("demands an unknown extension", "要求使用未知的扩展");
        return Err(refused(en, zh));
    }
    let alg = header
        .get("alg")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mark = decoded(mark)?;
    if !keys
        .iter()
        .any(|key| key.verifies(alg, signed.as_bytes(), &mark))
    {
        return Err(refused(
            "is not signed by a key of this server with HS256 or EdDSA",
            "未由本服务器的密钥以 HS256 或 EdDSA 签名",
        ));
    }
    read(&object(claims)?, audience, now)
}

/// Reads claims whose signature was verified.
fn read(claims: &Map<String, Value>, audience: &str, now: i64) -> Result<(Viewer, i64)> {
    let is_meant = match claims.get("aud") {
        Some(Value::String(name)) => name == audience,
        Some(Value::Array(names)) => names.iter().any(|name| name == audience),
        _ => false,
    };
    if !is_meant {
        return Err(refused(
            format!("must have the audience (aud) {audience:?}"),
            format!("受众 (aud) 必须是 {audience:?}"),
        ));
    }
    let Some(ends) = claims.get("exp").and_then(Value::as_i64) else {
        return Err(refused(
            "must say when it ends (exp), in whole Unix seconds",
            "必须注明过期时间 (exp)，以 Unix 整秒表示",
        ));
    };
    if now >= ends {
        return Err(refused("has expired; get a new one", "已过期；请重新获取"));
    }
    match claims.get("nbf") {
        None => {}
        Some(begins) if begins.as_i64().is_some_and(|begins| begins <= now) => {}
        Some(_) => return Err(refused("is not valid yet (nbf)", "尚未生效 (nbf)")),
    }
    let mut viewer = Map::new();
    for (claim, member) in [
        ("sub", "user"),
        ("locales", "locales"),
        ("attributes", "attributes"),
    ] {
        if let Some(value) = claims.get(claim) {
            viewer.insert(member.to_owned(), value.clone());
        }
    }
    // Read as the viewer of any call is.
    match Call::from_value("count", &json!({ "viewer": viewer })) {
        Ok(Call::Count { viewer, .. }) => Ok((viewer, ends)),
        Ok(_) => Err(refused("has no viewer", "没有读者")),
        // The fault is in the token, not in the call that presents it.
        Err(error) => Err(refused(
            format!("has another type of claim: {}", error.message(Language::En)),
            format!("声明的类型有误：{}", error.message(Language::Zh)),
        )),
    }
}

fn object(part: &str) -> Result<Map<String, Value>> {
    match wire::parse(&decoded(part)?) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(refused("is not JSON inside", "内容不是 JSON")),
    }
}

fn decoded(part: &str) -> Result<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(part);
    bytes.map_err(|_| refused("is not base64url", "不是 base64url 编码"))
}

fn refused(en: impl Into<String>, zh: impl Into<String>) -> Error {
    let (en, zh): (String, String) = (en.into(), zh.into());
    unauthorized(format!("the token {en}"), format!("令牌{zh}"))
}
