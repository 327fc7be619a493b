//! Certificates, good and bad, of an authority that a test makes.

use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::RootCertStore;

use crate::support::Folder;

/// An authority that signs certificates.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: Folder,
}

/// A certificate and its key in files.
pub(super) struct Issued(Folder);

impl Authority {
    pub(super) fn new() -> Self {
        Self::named("an authority of a test")
    }

    pub(super) fn named(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = Folder::new();
        std::fs::write(folder.0.join("authority.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    /// Its own certificate in a file.
    pub(super) fn file(&self) -> PathBuf {
        self.folder.0.join("authority.pem")
    }

    pub(super) fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        roots
    }

    /// Issues a certificate for these names.
    pub(super) fn issue(&self, names: &[&str]) -> Issued {
        self.issue_with(names, |_| {})
    }

    /// The same with other properties.
    pub(super) fn issue_with(
        &self,
        names: &[&str],
        set: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        set(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let issued = Issued(Folder::new());
        issued.replace(&certificate.pem(), &key.serialize_pem());
        issued
    }

    pub(super) fn expired(&self, names: &[&str]) -> Issued {
        self.issue_with(names, expired)
    }

    pub(super) fn not_yet_valid(&self, names: &[&str]) -> Issued {
        self.issue_with(names, not_yet_valid)
    }
}

/// Makes a certificate that was valid once.
pub(super) fn expired(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(2020, 1, 1);
}

/// Makes a certificate that will be valid.
pub(super) fn not_yet_valid(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2048, 1, 1);
    params.not_after = date_time_ymd(2049, 1, 1);
}

impl Issued {
    /// Makes a certificate without an authority.
    pub(super) fn signed_by_itself(names: &[&str]) -> Self {
        Self::signed_by_itself_with(names, |_| {})
    }

    /// The same with other properties.
    pub(super) fn signed_by_itself_with(
        names: &[&str],
        set: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.is_ca = IsCa::ExplicitNoCa;
        set(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let issued = Self(Folder::new());
        issued.replace(&certificate.pem(), &key.serialize_pem());
        issued
    }

    pub(super) fn certificate(&self) -> PathBuf {
        self.0.0.join("certificate.pem")
    }

    pub(super) fn key(&self) -> PathBuf {
        self.0.0.join("key.pem")
    }

    /// Puts another pair into the same files.
    pub(super) fn replace(&self, certificate: &str, key: &str) {
        std::fs::write(self.certificate(), certificate).unwrap();
        self.0.secret("key.pem", key);
    }

    pub(super) fn texts(&self) -> (String, String) {
        let text = |path| std::fs::read_to_string(path).unwrap();
        (text(self.certificate()), text(self.key()))
    }
}
