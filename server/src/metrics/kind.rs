//! What a client asked, as a label: few values, known before anybody asks.

use notice::ErrorKind;
use notice::wire::Call;

/// Protocols, in the order of [`Protocol::NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Enot,
    JsonRpc,
    Http,
}

impl Protocol {
    pub(crate) const ALL: [Self; 3] = [Self::Enot, Self::JsonRpc, Self::Http];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Enot => "enot",
            Self::JsonRpc => "json_rpc",
            Self::Http => "http",
        }
    }
}

/// A call, or something else that a client asks of the server: a place in a table of counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind(u8);

macro_rules! kinds {
    (
        calls { $($variant:ident $call:literal)* }
        others { $($constant:ident $other:literal)* }
    ) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy)]
        enum Place { $($variant,)* $($constant,)* }

        impl Kind {
            /// Names, each at its place.
            pub(crate) const NAMES: &'static [&'static str] = &[$($call,)* $($other,)*];

            $(pub(crate) const $constant: Self = Self(Place::$constant as u8);)*

            /// Returns the kind of a call.
            pub(crate) fn of(call: &Call) -> Self {
                match call {
                    $(Call::$variant { .. } => Self(Place::$variant as u8),)*
                    _ => Self::UNKNOWN,
                }
            }
        }
    };
}

kinds! {
    calls {
        Publish "publish" Update "update" Retract "retract" Restore "restore" Release "release" Purge "purge"
        Apply "apply" Check "check" Query "query" Count "count" Get "get" Record "record" History "history"
        Explain "explain" Mark "mark" MarkAllRead "mark_all_read" MarkAll "mark_all" ForgetUser "forget_user"
        Receipts "receipts" Changes "changes" Wait "wait" OwnMarks "own_marks" Stats "stats" Head "head"
        Maintain "maintain" Verify "verify" Compact "compact" Flush "flush"
    }
    others {
        HELLO "hello" FOLLOW "follow" MEMORY "memory" RPC "rpc" EVENTS "events" EXPORT "export" LIST "list" METRICS "metrics" OPENAPI "openapi"
        HEALTH "health"
        UNKNOWN "unknown"
    }
}

impl Kind {
    /// The call `changes`, which waits if a client of HTTP says so.
    pub(crate) const CHANGES: Self = Self(Place::Changes as u8);

    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.get(self.place()).copied().unwrap_or("unknown")
    }

    pub(super) fn place(self) -> usize {
        usize::from(self.0)
    }

    /// Returns whether it changes the board or looks after it, which happens rarely and is worth a line in the log.
    pub(crate) fn is_writing(self) -> bool {
        let name = self.name();
        [
            "publish",
            "update",
            "retract",
            "restore",
            "release",
            "purge",
            "apply",
            "forget_user",
            "maintain",
            "verify",
            "compact",
            "flush",
        ]
        .contains(&name)
    }
}

/// Returns whether a call takes as long as the client says, so that its time says nothing.
pub(crate) fn waits(call: &Call) -> bool {
    match call {
        Call::Wait { .. } => true,
        Call::OwnMarks { timeout_ms, .. } => *timeout_ms > 0,
        _ => false,
    }
}

/// How something went: well, or with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) Option<ErrorKind>);

impl Code {
    pub(crate) const OK: Self = Self(None);
    /// How many there are.
    pub(super) const COUNT: usize = ErrorKind::ALL.len() + 1;

    pub(crate) fn of<T>(result: &notice::Result<T>) -> Self {
        Self(result.as_ref().err().map(notice::Error::kind))
    }

    pub(crate) fn name(self) -> &'static str {
        self.0.map_or("ok", ErrorKind::name)
    }

    /// Returns the place in a table. The numbers of errors begin at 1 and have no gaps.
    pub(super) fn place(self) -> usize {
        self.0.map_or(0, |kind| kind as usize)
    }

    pub(super) fn at(place: usize) -> Self {
        Self(
            place
                .checked_sub(1)
                .and_then(|place| ErrorKind::ALL.get(place).copied()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_and_every_error_has_a_place_of_its_own() {
        for (_, table) in Call::list() {
            assert!(Kind::NAMES.contains(&table.name), "{}", table.name);
        }
        for name in ["head", "flush", "stats"] {
            let call = Call::from_value(name, &serde_json::json!({})).unwrap();
            assert_eq!(Kind::of(&call).name(), name);
        }
        for (place, kind) in ErrorKind::ALL.iter().enumerate() {
            assert_eq!(Code(Some(*kind)).place(), place + 1);
            assert_eq!(Code::at(place + 1), Code(Some(*kind)));
        }
    }
}
