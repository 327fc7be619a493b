//! The end of an X.509 certificate, which is all that is read of one here: whether it may be trusted is the business
//! of TLS.

use crate::model::WallTime;

/// Tags of DER (X.690) that stand before the end of a certificate.
mod tag {
    pub(super) const SEQUENCE: u8 = 0x30;
    pub(super) const UTC_TIME: u8 = 0x17;
    pub(super) const GENERALIZED_TIME: u8 = 0x18;
    /// The version, which one of version 1 leaves out.
    pub(super) const VERSION: u8 = 0xa0;
}

/// Returns the last second at which an X.509 certificate in DER is valid, in Unix milliseconds. None if it is not one, or
/// has a time that RFC 5280 does not allow.
///
/// An operator can be told by it to renew a certificate in time; [`Daemon::certificate_ends_at`](crate::Daemon) is that
/// of a daemon's. It says nothing about trust: the signature is not looked at.
pub fn certificate_ends_at(der: &[u8]) -> Option<i64> {
    // RFC 5280, section 4.1: Certificate { TBSCertificate { version, serialNumber, signature, issuer, validity, .. }, .. }
    let mut certificate = Fields(Fields(der).inside()?).inside().map(Fields)?;
    if certificate.0.first() == Some(&tag::VERSION) {
        certificate.next()?;
    }
    for _ in ["serial number", "signature", "issuer"] {
        certificate.next()?;
    }
    let mut validity = Fields(certificate.inside()?);
    validity.next()?;
    let (tag, end) = validity.next()?;
    time(tag, end)
}

/// Fields of DER, one behind the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// Takes the next field: its tag and its content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&length, mut rest) = rest.split_first()?;
        let mut content = usize::from(length);
        // From 0x80 on it is the count of the bytes that have the length.
        if length >= 0x80 {
            let (bytes, behind) = rest.split_at_checked(usize::from(length & 0x7f))?;
            // A certificate with a longer length does not fit into memory.
            let bytes = Some(bytes).filter(|bytes| (1..=4).contains(&bytes.len()))?;
            content = bytes.iter().try_fold(0_usize, |all, byte| {
                all.checked_mul(256)?.checked_add((*byte).into())
            })?;
            rest = behind;
        }
        let (content, rest) = rest.split_at_checked(content)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// Takes the next field, which is a sequence, and returns what is in it.
    fn inside(&mut self) -> Option<&'a [u8]> {
        let (tag, content) = self.next()?;
        (tag == tag::SEQUENCE).then_some(content)
    }
}

/// Reads `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` (RFC 5280, section 4.1.2.5).
fn time(tag: u8, text: &[u8]) -> Option<i64> {
    let digits = text.strip_suffix(b"Z")?;
    let digits = digits.iter().map(|byte| char::from(*byte).to_digit(10));
    let digits: Vec<i64> = digits
        .map(|digit| digit.map(i64::from))
        .collect::<Option<_>>()?;
    let pairs: Vec<i64> = digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |all, digit| all * 10 + digit))
        .collect();
    let (year, rest) = match (tag, digits.len(), pairs.as_slice()) {
        // Two digits are the years 1950 to 2049.
        (tag::UTC_TIME, 12, [year, rest @ ..]) if *year < 50 => (2000 + year, rest),
        (tag::UTC_TIME, 12, [year, rest @ ..]) => (1900 + year, rest),
        (tag::GENERALIZED_TIME, 14, [century, year, rest @ ..]) => (century * 100 + year, rest),
        _ => return None,
    };
    let [month, day, hour, minute, second] = *rest else {
        return None;
    };
    let wall = WallTime {
        year,
        month,
        day,
        hour,
        minute,
        second,
        millisecond: 0,
    };
    wall.ms()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn field(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len();
        let mut field = vec![tag];
        match u8::try_from(length) {
            Ok(short @ ..0x80) => field.push(short),
            _ => {
                field.push(0x82);
                field.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
        }
        field.extend(content);
        field
    }

    /// A certificate with this end, of which only what stands before it is there.
    fn certificate(has_version: bool, end: &[u8]) -> Vec<u8> {
        let version = match has_version {
            true => field(tag::VERSION, &[2, 1, 2]),
            false => Vec::new(),
        };
        let parts = [
            version,
            field(2, &[7]),
            field(tag::SEQUENCE, &[]),
            field(tag::SEQUENCE, &[0; 300]),
            field(
                tag::SEQUENCE,
                &[&field(tag::UTC_TIME, b"200101000000Z")[..], end].concat(),
            ),
            field(tag::SEQUENCE, b"name"),
        ];
        let part = field(tag::SEQUENCE, &parts.concat());
        field(tag::SEQUENCE, &[part, field(3, &[0; 9])].concat())
    }

    #[test]
    fn the_end_is_read_in_both_forms_of_a_time() {
        for (tag, text, end) in [
            (tag::UTC_TIME, "261127115959Z", Some(1_795_780_799_000)),
            (tag::UTC_TIME, "491231235959Z", Some(2_524_607_999_000)),
            (tag::UTC_TIME, "500101000000Z", Some(-631_152_000_000)),
            (
                tag::GENERALIZED_TIME,
                "20500101000000Z",
                Some(2_524_608_000_000),
            ),
            (
                tag::GENERALIZED_TIME,
                "99991231235959Z",
                Some(253_402_300_799_000),
            ),
            (tag::UTC_TIME, "2611271159Z", None),
            (tag::UTC_TIME, "261127115959+0800", None),
            (tag::UTC_TIME, "260230000000Z", None),
            (tag::UTC_TIME, "20500101000000Z", None),
            (tag::GENERALIZED_TIME, "2050010100000xZ", None),
            (tag::GENERALIZED_TIME, "261127115959Z", None),
            (4, "261127115959Z", None),
        ] {
            for has_version in [true, false] {
                let whole = certificate(has_version, &field(tag, text.as_bytes()));
                assert_eq!(certificate_ends_at(&whole), end, "{text}");
            }
        }
    }

    #[test]
    fn no_part_of_a_certificate_is_taken_for_a_whole_one() {
        let whole = certificate(true, &field(tag::UTC_TIME, b"261127115959Z"));
        for length in 0..whole.len() {
            assert_eq!(certificate_ends_at(&whole[..length]), None, "{length}");
        }
        for length in [
            &[0x80][..],
            &[0x85, 0, 0, 0, 0, 1],
            &[0x84, 255, 255, 255, 255],
        ] {
            let mut bytes = vec![tag::SEQUENCE];
            bytes.extend(length);
            bytes.extend(&whole[2..]);
            assert_eq!(certificate_ends_at(&bytes), None, "{length:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            at in 0..400_usize,
            byte: u8,
        ) {
            let _ = certificate_ends_at(&bytes);
            let mut whole = certificate(true, &field(tag::UTC_TIME, b"261127115959Z"));
            if let Some(one) = whole.get_mut(at) {
                *one = byte;
            }
            let _ = certificate_ends_at(&whole);
        }
    }
}
