"""The tables of docs/json.md: names, objects, calls and answers, as `notice_binary.py` reads them.

A member is name:type, with ! if it is required and =JSON for its default; other members have the default of
their type.
"""

import json

NAMES = {
    "action_kind": "0 url 1 copy 2 custom",
    "change": "1 minor 2 major",
    "change_kind": "0 published 1 updated 2 updated_minor 3 retracted 4 purged",
    "field": "0 title 1 summary 2 body 3 tag 4 key",
    "format": "0 text 1 markdown",
    "lint_rule": "1 no_end 2 already_over 3 starts_far_ahead 4 visible_briefly 5 little_time_to_acknowledge"
    " 6 pops_up_forever 7 many_popups 8 same_texts 9 same_key 10 implicit_default 11 missing_language"
    " 12 missing_label 13 replaces_nothing 14 misspelt_attribute 15 html 16 placeholder",
    "mark": "0 seen 1 read 2 unread 3 dismiss 4 restore 5 acknowledge 6 unacknowledge 7 snooze 8 unsnooze",
    "order": "0 default 1 newest 2 oldest 3 ending_soon 4 relevance",
    "outcome": "0 created 1 updated 2 unchanged 3 retracted 4 restored 5 purged 6 released",
    "phase": "0 active 1 scheduled 2 expired 3 retracted 4 any 5 draft",
    "rule": "0 visible 1 retracted 2 scheduled 3 expired 4 audience 5 superseded 6 dismissed 7 show_limit"
    " 8 show_interval 9 unreadable 10 draft 11 snoozed",
    "severity": "0 none 1 info 2 notice 3 warning 4 critical",
    "state": "0 published 1 retracted 2 draft",
    "view": "0 viewer 1 editor",
}

OBJECTS = {
    "viewer": "user:text locales:[text] attributes:attributes now:time",
    "filter": "channels:[text] categories:[text] tags_any:[text] tags_all:[text] tags_none:[text]"
    " severity_at_least:severity? pinned:boolean? ids:[i64] keys:[text] author:text? external_id:text?"
    " phase:phase starts:span ends:span published:span updated:span changed_since:i64? has_locale:locale?"
    " unread_only:boolean pending_only:boolean unacknowledged_only:boolean q:text",
    # show_limit and show_interval_ms are u32? in binary, null where they are 0.
    "draft": 'key:text channel:text severity:severity="info" priority:i32 pinned:boolean starts_at:time'
    " ends_at:time event_from:time event_to:time texts:texts default_locale:text audience:audience"
    ' display:display=["list"] dismissible:boolean=true require_ack:boolean show_limit:nonzero'
    " show_interval_ms:nonzero actions:[action] category:text tags:[text] replaces:[reference] author:text"
    " source:text external_id:text extras:object created_at:time published_at:time quiet:boolean"
    " change:change? idempotency_key:text state:state?",
    "published": "id:i64 version:u32 revision:i64 outcome:outcome duplicate:boolean",
    "page": "items:[item] total:u64? unread:u64? revision:i64 epoch:epoch now:i64 next_change_at:i64"
    " next_cursor:text?",
    "item": "id:i64 revision:i64 version:u32 notify_version:u32 notify_revision:i64 state:state"
    " severity:severity priority:i32 pinned:boolean dismissible:boolean require_ack:boolean quiet:boolean"
    " display:display show_limit:u32 show_interval_ms:u32 starts_at:i64 ends_at:i64 event_from:i64"
    " event_to:i64 created_at:i64 published_at:i64 updated_at:i64 retracted_at:i64 retract_reason:text"
    " key:text channel:text category:text author:text source:text external_id:text extras:object"
    " tags:[text] actions:[shown_action] locale_used:text is_fallback:boolean title:text summary:text"
    " body:text format:format is_read:boolean is_dismissed:boolean is_acknowledged:boolean"
    " is_pending:boolean seen_count:u32 snoozed_until:i64 title_hits:[hit]? snippet:snippet? record:record?",
    "action": "id:text kind:action_kind label:labels value:text",
    "shown_action": "id:text kind:action_kind label:text value:text",
    "condition": "attribute:text! op:text! values:[scalar]",
    "snippet": "field:field text:text hits:[hit] cut_before:boolean cut_after:boolean",
    "count": "total:u64? unread:u64? revision:i64 epoch:epoch now:i64 next_change_at:i64",
    "explanation": "id:i64 visible:boolean pending:boolean findings:[finding] next_change_at:i64",
    "finding": "rule:rule en:text zh:text",
    "receipt_page": "receipts:[receipt] read:u64 acknowledged:u64 next_cursor:text?",
    "receipt": "user:text seen_count:u32 seen_version:u32 first_seen_at:i64 last_seen_at:i64"
    " read_version:u32 read_at:i64 dismissed_version:u32 dismissed_at:i64 acknowledged_version:u32"
    " acknowledged_at:i64 snoozed_version:u32 snoozed_until:i64 acknowledgements:[acknowledgement]"
    " is_read:boolean by_read_all:boolean is_acknowledged:boolean",
    "acknowledgement": "version:u32 at:i64",
    "change_page": "events:[event] to_revision:i64 head:i64 more:boolean epoch:epoch next_change_at:i64",
    "event": "revision:i64 id:i64 kind:change_kind item:item? reason:text",
    "stats": "revision:i64 epoch:epoch created_at:i64 announcements:u64 active:u64 scheduled:u64 expired:u64"
    " retracted:u64 drafts:u64 audiences:u64 unknown_conditions:u64 unreadable_versions:u64"
    " unreadable_numbers:u64 unreadable_locales:u64 users:u64 receipts:u64 idempotency_keys:u64 changes:u64"
    " oldest_revision:i64 text_bytes:u64 memory_bytes:u64 search_bytes:u64 unsearched:u64 shelved:u64"
    " file_bytes:u64 staleness_ms:u64 lost_entries:u64 reloads:u64",
    "head": "epoch:epoch revision:i64 seq:u64",
    "own_marks": "revision:u64 epoch:epoch all:boolean changed:[i64]",
    "maintenance": "purged:u64 changes_dropped:u64 idempotency_keys_dropped:u64",
    "verification": "records:u64 problems:[problem]",
    "problem": "place:text en:text zh:text",
    "compaction": "before:u64 after:u64",
    "checkup": "faults:[fault] lints:[lint] more:boolean",
    "fault": "draft:u64 error:error",
    "lint": "draft:u64 rule:lint_rule path:text en:text zh:text remedy_en:text remedy_zh:text",
    "error": "code:i32 name:text en:text zh:text path:text? value:text? offset:u64? limit:u64?",
    "done": "",
    "revision": "revision:i64",
    "forgotten": "forgotten:boolean",
    "marked": "marked:u64",
}

RECORD_HEAD = (
    "id:i64 version:u32 notify_version:u32 revision:i64 notify_revision:i64 state:state created_at:i64"
    " published_at:i64 updated_at:i64 retracted_at:i64 retract_reason:text"
)

# For each call its number, and the table of its arguments or the type of its value.
CALLS = {
    "publish": (1, "draft"),
    "update": (2, "id:i64! patch:patch! if_version:u32? change:change?"),
    "retract": (3, "id:i64! reason:text if_version:u32?"),
    "restore": (4, "id:i64! if_version:u32?"),
    "purge": (5, "id:i64!"),
    "apply": (6, "[operation]"),
    "query": (
        7,
        "viewer:viewer view:view filter:filter order:order limit:u32=50 cursor:text counted:boolean=true",
    ),
    "count": (8, "viewer:viewer view:view filter:filter"),
    "get": (9, "id:i64! viewer:viewer view:view"),
    "record": (10, "id:i64!"),
    "explain": (11, "id:i64! viewer:viewer view:view"),
    "mark": (12, "viewer:viewer ids:[i64]! mark:mark! version:u32? versions:[u32] until:time"),
    "mark_all_read": (13, "viewer:viewer view:view filter:filter up_to:i64?"),
    "forget_user": (14, "user:text!"),
    "receipts": (
        15,
        "id:i64! read_only:boolean acknowledged_only:boolean users:[text]? limit:u32=50 cursor:text",
    ),
    "changes": (16, "since:i64 epoch:epoch? viewer:viewer view:view filter:filter limit:u32=1000"),
    "wait": (17, "since:i64 timeout_ms:u64"),
    "stats": (18, "done"),
    "head": (19, "done"),
    "maintain": (20, "done"),
    "verify": (21, "done"),
    "compact": (22, "done"),
    "flush": (23, "done"),
    "mark_all": (24, "viewer:viewer view:view filter:filter mark:mark! up_to:i64?"),
    "release": (25, "id:i64! if_version:u32?"),
    "check": (28, "json"),
    "own_marks": (29, "user:text! since:u64 epoch:epoch? timeout_ms:u64"),
    "history": (30, "id:i64!"),
}

ANSWERS = {
    0: ("error", "error"),
    1: ("published", "published"),
    2: ("applied", "[published]"),
    3: ("page", "page"),
    4: ("count", "count"),
    5: ("item", "item"),
    6: ("record", "record"),
    7: ("explanation", "explanation"),
    8: ("receipt_page", "receipt_page"),
    9: ("change_page", "change_page"),
    10: ("stats", "stats"),
    11: ("head", "head"),
    12: ("maintenance", "maintenance"),
    13: ("verification", "verification"),
    14: ("compaction", "compaction"),
    15: ("done", "done"),
    16: ("revision", "revision"),
    17: ("forgotten", "forgotten"),
    18: ("marked", "marked"),
    22: ("checkup", "checkup"),
    23: ("own_marks", "own_marks"),
    30: ("history", "[record]"),
}

OPERATIONS = {"publish": 1, "update": 2, "retract": 3, "restore": 4, "purge": 5, "release": 6}
"""What `apply` can do, and the numbers there."""

DISPLAY = ("list", "banner", "popup", "ticker", "badge")


def parse_members(text):
    """Reads a table above: for each member its name, type, whether it is required, and its default."""
    members = []
    for word in text.split():
        name, kind = word.split(":", 1)
        kind, _, default = kind.partition("=")
        is_required = kind.endswith("!")
        members.append((name, kind.rstrip("!"), is_required, json.loads(default) if default else None))
    return members


NAMES = {
    kind: {name: int(number) for number, name in zip(*[iter(text.split())] * 2)} for kind, text in NAMES.items()
}
WORDS = {kind: {number: name for name, number in names.items()} for kind, names in NAMES.items()}
OBJECTS = {kind: parse_members(text) for kind, text in OBJECTS.items()}
for _name, (_number, _table) in list(CALLS.items()):
    if ":" in _table:
        OBJECTS[f"call {_name}"] = parse_members(_table)
        CALLS[_name] = (_number, f"call {_name}")
RECORD_HEAD = parse_members(RECORD_HEAD)

GIVEN = {
    "draft": [name for name, *_ in RECORD_HEAD if name not in ("state", "created_at", "published_at")]
    + ["renewed_at"]
}
"""Members of a record that a draft may repeat."""

DRAFT_DEFAULTS = {"severity": "info", "display": ["list"], "dismissible": True}
for _name, _kind, *_ in OBJECTS["draft"]:
    _zero = {"text": "", "boolean": False, "audience": [], "object": {}, "texts": {}}.get(_kind)
    _zero = [] if _kind.startswith("[") else None if _kind.endswith("?") else 0 if _zero is None else _zero
    DRAFT_DEFAULTS.setdefault(_name, _zero)
