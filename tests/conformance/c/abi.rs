//! The structures of include/notice.h as they are laid out there. A C compiler is asked whether they are.

use std::ffi::{c_char, c_void};

/// A structure that may be all zero.
pub(super) trait Zeroed {
    fn zeroed() -> Self;
}

/// Writes the structures down, and for each field what the C compiler is asked.
macro_rules! structures {
    ($($name:ident { $($field:ident: $type:ty,)* })*) => {
        $(
            #[repr(C)]
            #[derive(Clone, Copy)]
            pub(super) struct $name { $(pub(super) $field: $type,)* }

            impl Zeroed for $name {
                fn zeroed() -> Self {
                    // SAFETY: integers, raw pointers, and a function that may be missing.
                    unsafe { std::mem::zeroed() }
                }
            }
        )*

        /// Statements that a C compiler accepts if its structures are the ones of this file.
        pub(super) fn layout() -> String {
            let mut said = String::new();
            let mut same = |what: String, here: usize| {
                said += &format!("_Static_assert({what} == {here}, \"{what}\");\n");
            };
            $(
                let name = stringify!($name);
                same(format!("sizeof({name})"), size_of::<$name>());
                $(
                    let field = stringify!($field);
                    same(format!("offsetof({name}, {field})"), std::mem::offset_of!($name, $field));
                    same(format!("sizeof((({name} *)0)->{field})"), size_of::<$type>());
                )*
            )*
            said
        }
    };
}

structures! {
    NoticeOptions {
        struct_size: u32,
        reserved: u32,
        clock: Option<unsafe extern "C" fn(*mut c_void) -> i64>,
        clock_data: *mut c_void,
        keep_changes_revisions: u32,
        keep_changes_ms: u32,
        retention_ms: u64,
        progress: Option<unsafe extern "C" fn(*mut c_void, i32, u64, u64)>,
        progress_data: *mut c_void,
    }
    NoticeStr {
        ptr: *const c_char,
        len: usize,
    }
    NoticeText {
        locale: NoticeStr,
        title: NoticeStr,
        summary: NoticeStr,
        body: NoticeStr,
        format: i32,
        reserved: u32,
    }
    NoticeCondition {
        attribute: NoticeStr,
        op: NoticeStr,
        values: *const NoticeStr,
        value_count: usize,
    }
    NoticeConditionList {
        conditions: *const NoticeCondition,
        count: usize,
    }
    NoticeLabel {
        locale: NoticeStr,
        text: NoticeStr,
    }
    NoticeActionIn {
        id: NoticeStr,
        kind: i32,
        label_count: u32,
        labels: *const NoticeLabel,
        value: NoticeStr,
    }
    NoticeDraft {
        struct_size: u32,
        severity: i32,
        priority: i32,
        flags: u32,
        display: u32,
        show_limit: u32,
        show_interval_ms: u32,
        change: i32,
        starts_at: i64,
        ends_at: i64,
        event_from: i64,
        event_to: i64,
        key: NoticeStr,
        channel: NoticeStr,
        texts: *const NoticeText,
        text_count: usize,
        default_locale: NoticeStr,
        audience: *const NoticeCondition,
        condition_count: usize,
        actions: *const NoticeActionIn,
        action_count: usize,
        category: NoticeStr,
        tags: *const NoticeStr,
        tag_count: usize,
        replaces_ids: *const i64,
        replaces_id_count: usize,
        replaces_keys: *const NoticeStr,
        replaces_key_count: usize,
        author: NoticeStr,
        source: NoticeStr,
        external_id: NoticeStr,
        extras_json: NoticeStr,
        idempotency_key: NoticeStr,
        audience_any: *const NoticeConditionList,
        audience_any_count: usize,
        audience_none: *const NoticeConditionList,
        audience_none_count: usize,
        created_at: i64,
        published_at: i64,
    }
    NoticePublished {
        id: i64,
        revision: i64,
        version: u32,
        outcome: i32,
        is_duplicate: u32,
        reserved: u32,
        reserved_more: [u64; 2],
    }
    NoticeRange {
        from: i64,
        until: i64,
    }
    NoticeAttribute {
        name: NoticeStr,
        value: NoticeStr,
    }
    NoticeQuery {
        struct_size: u32,
        view: i32,
        order: i32,
        limit: u32,
        phase: i32,
        severity_at_least: i32,
        pinned: i32,
        reserved: u32,
        now: i64,
        changed_since: i64,
        starts: NoticeRange,
        ends: NoticeRange,
        published: NoticeRange,
        updated: NoticeRange,
        user: NoticeStr,
        locales: *const NoticeStr,
        locale_count: usize,
        attributes: *const NoticeAttribute,
        attribute_count: usize,
        cursor: NoticeStr,
        channels: *const NoticeStr,
        channel_count: usize,
        categories: *const NoticeStr,
        category_count: usize,
        tags_any: *const NoticeStr,
        tags_any_count: usize,
        tags_all: *const NoticeStr,
        tags_all_count: usize,
        tags_none: *const NoticeStr,
        tags_none_count: usize,
        keys: *const NoticeStr,
        key_count: usize,
        ids: *const i64,
        id_count: usize,
        author: NoticeStr,
        external_id: NoticeStr,
        has_locale: NoticeStr,
        q: NoticeStr,
        unread_only: u32,
        pending_only: u32,
        unacknowledged_only: u32,
        uncounted: u32,
    }
    NoticeAction {
        id: NoticeStr,
        label: NoticeStr,
        value: NoticeStr,
        kind: i32,
        reserved: u32,
    }
    NoticeHit {
        byte_start: u32,
        byte_len: u32,
        char_start: u32,
        char_len: u32,
        utf16_start: u32,
        utf16_len: u32,
    }
    NoticeItem {
        id: i64,
        revision: i64,
        starts_at: i64,
        ends_at: i64,
        event_from: i64,
        event_to: i64,
        created_at: i64,
        published_at: i64,
        updated_at: i64,
        retracted_at: i64,
        notify_revision: i64,
        snoozed_until: i64,
        reserved: [u64; 3],
        version: u32,
        notify_version: u32,
        state: i32,
        severity: i32,
        priority: i32,
        format: i32,
        display: u32,
        flags: u32,
        show_limit: u32,
        show_interval_ms: u32,
        seen_count: u32,
        snippet_field: i32,
        key: NoticeStr,
        channel: NoticeStr,
        category: NoticeStr,
        author: NoticeStr,
        source: NoticeStr,
        external_id: NoticeStr,
        extras_json: NoticeStr,
        retract_reason: NoticeStr,
        locale_used: NoticeStr,
        title: NoticeStr,
        summary: NoticeStr,
        body: NoticeStr,
        tags: *const NoticeStr,
        tag_count: usize,
        actions: *const NoticeAction,
        action_count: usize,
        snippet: NoticeStr,
        snippet_hits: *const NoticeHit,
        snippet_hit_count: usize,
        title_hits: *const NoticeHit,
        title_hit_count: usize,
    }
    NoticeArray {
        items: *const NoticeItem,
        len: usize,
        total: u64,
        unread: u64,
        revision: i64,
        now: i64,
        next_change_at: i64,
        epoch: [u8; 16],
        reserved: [u64; 4],
        next_cursor: NoticeStr,
        memory: *mut c_void,
    }
    NoticeCount {
        total: u64,
        unread: u64,
        revision: i64,
        now: i64,
        next_change_at: i64,
        epoch: [u8; 16],
        reserved: [u64; 2],
    }
    NoticeReceiptQuery {
        struct_size: u32,
        limit: u32,
        id: i64,
        read_only: u32,
        acknowledged_only: u32,
        cursor: NoticeStr,
        users: *const NoticeStr,
        user_count: usize,
    }
    NoticeAcknowledgement {
        at: i64,
        version: u32,
        reserved: u32,
    }
    NoticeReceipt {
        first_seen_at: i64,
        last_seen_at: i64,
        read_at: i64,
        dismissed_at: i64,
        acknowledged_at: i64,
        snoozed_until: i64,
        reserved: [u64; 1],
        seen_count: u32,
        seen_version: u32,
        read_version: u32,
        dismissed_version: u32,
        acknowledged_version: u32,
        flags: u32,
        user: NoticeStr,
        acknowledgements: *const NoticeAcknowledgement,
        acknowledgement_count: usize,
    }
    NoticeReceiptArray {
        receipts: *const NoticeReceipt,
        len: usize,
        read: u64,
        acknowledged: u64,
        reserved: [u64; 4],
        next_cursor: NoticeStr,
        memory: *mut c_void,
    }
    NoticeOwnMarks {
        revision: u64,
        epoch: [u8; 16],
        all: u32,
        count: u32,
        changed: [i64; 32],
        reserved: [u64; 4],
    }
    NoticeChanges {
        struct_size: u32,
        limit: u32,
        since: i64,
        query: *const NoticeQuery,
        has_epoch: u32,
        reserved: u32,
        epoch: [u8; 16],
    }
    NoticeChangeEvent {
        revision: i64,
        id: i64,
        kind: i32,
        reserved: u32,
        item: *const NoticeItem,
        reason: NoticeStr,
    }
    NoticeChangeArray {
        events: *const NoticeChangeEvent,
        len: usize,
        to_revision: i64,
        head: i64,
        next_change_at: i64,
        epoch: [u8; 16],
        more: u32,
        reserved: u32,
        reserved_more: [u64; 4],
        memory: *mut c_void,
    }
    NoticeExplanation {
        id: i64,
        visible: u32,
        pending: u32,
        rule: i32,
        rules: u32,
        next_change_at: i64,
        reserved: [u64; 1],
    }
    NoticeErrorInfo {
        status: i32,
        has_offset: u32,
        offset: u64,
        limit: u64,
        reserved: [u64; 2],
    }
}
