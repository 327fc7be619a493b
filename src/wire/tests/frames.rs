//! Messages survive being cut into frames and arriving in pieces; other bytes are refused.

use std::path::Path;

use proptest::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::wire::frames::{
    BODY_BYTES, HEADER_BYTES, Inbox, Kind, Message, PAYLOAD_BYTES, PREFIX_BYTES,
};

fn messages() -> impl Strategy<Value = Vec<Message<'static>>> {
    // Around the length of one frame and of two, too.
    let length = prop_oneof![0..40_usize, 65_500..65_560_usize, 131_000..131_080_usize];
    let one = (
        any::<u32>(),
        prop::sample::select(&Kind::ALL[..]),
        length,
        any::<u8>(),
    );
    let one = one.prop_map(|(request, kind, length, byte)| {
        let body: Vec<u8> = (0..length).map(|n| byte.wrapping_add(n as u8)).collect();
        Message::new(request, kind, body)
    });
    prop::collection::vec(one, 0..4)
}

fn written(messages: &[Message<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        message.write(&mut bytes).unwrap();
    }
    bytes
}

/// Takes all that is complete.
fn taken(inbox: &mut Inbox, to: &mut Vec<Message<'static>>) -> Result<()> {
    while let Some(message) = inbox.next()? {
        let body = message.body.into_owned();
        to.push(Message::new(message.request, message.kind, body));
    }
    Ok(())
}

fn read(bytes: &[u8]) -> Result<Vec<Message<'static>>> {
    let mut inbox = Inbox::default();
    inbox.receive(bytes);
    let mut messages = Vec::new();
    taken(&mut inbox, &mut messages)?;
    Ok(messages)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn messages_arrive_as_they_were_sent_however_they_are_cut(
        sent in messages(), pieces in prop::collection::vec(1..70_000_usize, 1..6),
    ) {
        let bytes = written(&sent);
        let (mut inbox, mut got) = (Inbox::default(), Vec::new());
        let (mut rest, mut pieces) = (bytes.as_slice(), pieces.iter().cycle());
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.len().min(*pieces.next().unwrap()));
            inbox.receive(piece);
            taken(&mut inbox, &mut got).unwrap();
            prop_assert!(inbox.is_empty() || !behind.is_empty());
            rest = behind;
        }
        prop_assert_eq!(got, sent);
        prop_assert!(inbox.is_empty());
    }

    #[test]
    fn a_cut_stream_waits_and_a_changed_byte_is_refused_or_waited_for(
        sent in messages(), at: prop::sample::Index, by in 1..=255_u8,
    ) {
        let mut bytes = written(&sent);
        prop_assume!(!bytes.is_empty());
        let cut = read(&bytes[..at.index(bytes.len())]).unwrap();
        prop_assert_eq!(&sent[..cut.len()], &cut[..]);
        let at = at.index(bytes.len());
        bytes[at] = bytes[at].wrapping_add(by);
        // A longer length waits for bytes that do not come. What is before the changed frame is intact.
        if let Ok(got) = read(&bytes) {
            prop_assert!(got.len() < sent.len());
            prop_assert_eq!(&sent[..got.len()], &got[..]);
        }
    }

    #[test]
    fn any_bytes_are_refused_or_waited_for(mut bytes: Vec<u8>) {
        let _ = read(&bytes);
        bytes.splice(0..0, *b"ENOT\x01\0\0\0");
        let _ = read(&bytes);
    }
}

/// A frame of `payload`, with a checksum that fits.
fn frame(payload: &[u8]) -> Vec<u8> {
    let mut bytes = b"ENOT\x01\0\0\0".to_vec();
    bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(payload).to_le_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

fn refused(bytes: &[u8]) -> Error {
    read(bytes).unwrap_err()
}

#[test]
fn a_frame_is_laid_out_as_documented() {
    let bytes = written(&[Message::new(258, Kind::Call, b"abc".as_slice())]);
    let payload = b"\x02\x01\0\0\x03\0\0\0abc";
    assert_eq!(bytes, frame(payload));
    assert_eq!(bytes.len(), HEADER_BYTES + PREFIX_BYTES + 3);
    // docs/protocol.md prints this frame.
    let ping = written(&[Message::new(1, Kind::Ping, b"".as_slice())]);
    let hex: String = ping.iter().map(|byte| format!("{byte:02x}")).collect();
    let hex = hex
        .as_bytes()
        .chunks(8)
        .map(|word| std::str::from_utf8(word).unwrap());
    let hex: Vec<&str> = hex.collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocol.md");
    let document = std::fs::read_to_string(path).unwrap();
    assert!(document.contains(&hex.join(" ")), "{}", hex.join(" "));
}

#[test]
fn each_field_of_a_frame_is_checked() {
    let good = frame(b"\x01\0\0\0\x05\0\0\0");
    assert_eq!(read(&good).unwrap().len(), 1);
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        refused(&bytes)
    };
    assert_eq!(with(0, b'G').path(), Some("frame.magic"));
    assert_eq!(refused(b"EX").path(), Some("frame.magic"));
    assert_eq!(with(4, 2).path(), Some("frame.version"));
    assert_eq!(with(8, 7).path(), Some("frame.length"));
    assert_eq!(with(12, 0).path(), Some("frame.crc"));
    for (payload, path) in [
        (b"\x01\0\0\0\0\0\0\0", "frame.kind"),
        (b"\x01\0\0\0\x0c\0\0\0", "frame.kind"),
        (b"\x01\0\0\0\x05\x02\0\0", "frame.flags"),
        (b"\x01\0\0\0\x05\0\x01\0", "frame.reserved"),
        // More frames, and nothing in this one.
        (b"\x01\0\0\0\x05\x01\0\0", "frame.length"),
    ] {
        let error = refused(&frame(payload));
        assert_eq!(
            (error.kind(), error.path()),
            (ErrorKind::InvalidField, Some(path))
        );
    }
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_its_bytes_come() {
    let mut header = b"ENOT\x01\0\0\0".to_vec();
    header.extend_from_slice(&65_536_u32.to_le_bytes());
    header.extend_from_slice(&[0; 4]);
    let error = refused(&header);
    assert_eq!(
        (error.kind(), error.path(), error.limit()),
        (
            ErrorKind::TooLarge,
            Some("frame.length"),
            Some(PAYLOAD_BYTES as u64)
        )
    );
}

#[test]
fn a_message_beyond_the_limit_is_refused_on_both_sides() {
    let body = vec![7; BODY_BYTES + 1];
    let mut bytes = Vec::new();
    let error = Message::new(1, Kind::Call, body.as_slice())
        .write(&mut bytes)
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.limit()),
        (ErrorKind::TooLarge, Some(BODY_BYTES as u64))
    );
    assert!(bytes.is_empty());
    // Frames that all say that more follow.
    let payload = [b"\x01\0\0\0\x03\x01\0\0".as_slice(), &[7; 65_527]].concat();
    let endless = frame(&payload);
    let mut inbox = Inbox::default();
    let error = (0..=BODY_BYTES / 65_527)
        .find_map(|_| {
            inbox.receive(&endless);
            inbox.next().err()
        })
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[test]
fn a_reader_may_accept_less() {
    let mut bytes = written(&[Message::new(1, Kind::Call, vec![7; 70_000])]);
    let mut inbox = Inbox::default();
    inbox.set_limit(69_999);
    inbox.receive(&bytes);
    assert_eq!(inbox.next().unwrap_err().limit(), Some(69_999));
    bytes = written(&[Message::new(1, Kind::Call, vec![7; 10])]);
    let mut inbox = Inbox::default();
    inbox.set_limit(9);
    inbox.receive(&bytes);
    assert_eq!(inbox.next().unwrap_err().limit(), Some(9));
}

#[test]
fn frames_of_two_messages_do_not_mix() {
    let first = frame(b"\x01\0\0\0\x03\x01\0\0a");
    for (other, path) in [
        (b"\x02\0\0\0\x03\0\0\0b", "frame.request"),
        (b"\x01\0\0\0\x05\0\0\0b", "frame.kind"),
    ] {
        let error = refused(&[first.clone(), frame(other)].concat());
        assert_eq!(error.path(), Some(path));
    }
}
