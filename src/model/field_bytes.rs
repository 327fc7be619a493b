//! Encoding of fields for fingerprints, which must be the same on every machine.
//!
//! Numbers are little-endian in their own width. A flag, and the presence of an optional value, is one byte, 0
//! or 1. A text or a list begins with its length in eight bytes. Two different lists of fields therefore never
//! have the same bytes, and neither the word size nor the compiler matters. `derive(Hash)` guarantees none of
//! this.

/// Passes the bytes of fields to a hash.
pub(crate) struct FieldBytes<S>(S);

impl<S: FnMut(&[u8])> FieldBytes<S> {
    pub(crate) fn new(sink: S) -> Self {
        Self(sink)
    }

    pub(crate) fn byte(&mut self, value: u8) -> &mut Self {
        self.bytes(&[value])
    }

    pub(crate) fn flag(&mut self, value: bool) -> &mut Self {
        self.byte(value.into())
    }

    pub(crate) fn number(&mut self, value: i64) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.length(text.len()).bytes(text.as_bytes())
    }

    pub(crate) fn texts(&mut self, texts: &[String]) -> &mut Self {
        self.list(texts, |out, text| {
            out.text(text);
        })
    }

    pub(crate) fn list<T>(&mut self, list: &[T], each: impl Fn(&mut Self, &T)) -> &mut Self {
        self.length(list.len());
        list.iter().for_each(|value| each(self, value));
        self
    }

    pub(crate) fn option<T>(
        &mut self,
        value: Option<T>,
        write: impl FnOnce(&mut Self, T),
    ) -> &mut Self {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
        self
    }

    pub(crate) fn time(&mut self, time: Option<i64>) -> &mut Self {
        self.option(time, |out, time| {
            out.number(time);
        })
    }

    fn length(&mut self, length: usize) -> &mut Self {
        // No platform has a usize of more than 64 bits.
        self.bytes(&(length as u64).to_le_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        (self.0)(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_field_ends_and_the_next_begins_is_in_the_bytes() {
        let bytes = |texts: &[&str]| {
            let mut bytes = Vec::new();
            let mut out = FieldBytes::new(|part: &[u8]| bytes.extend_from_slice(part));
            for text in texts {
                out.text(text);
            }
            bytes
        };
        assert_ne!(bytes(&["ab", ""]), bytes(&["a", "b"]));
        assert_eq!(bytes(&["ab"]), b"\x02\0\0\0\0\0\0\0ab");
    }
}
