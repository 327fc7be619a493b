"""Calls and answers of a notice server in binary, as docs/json.md describes them.

`call_to_bytes` and `answer_from_bytes` are what a client needs; `notice_client.py` uses them. A call is a
name and its arguments, and an answer a name and its value, both as `json.loads` gives them.

Python 3.9 or newer, nothing but the standard library.
"""

import datetime
import json
import re
import struct

from notice_tables import (
    ANSWERS,
    CALLS,
    DISPLAY,
    DRAFT_DEFAULTS,
    GIVEN,
    NAMES,
    OBJECTS,
    OPERATIONS,
    RECORD_HEAD,
    WORDS,
)

SAFE = 2**53 - 1
"""The greatest integer that every reader of JSON can have."""

FORM = 1
"""The first byte of a message."""


class Refused(Exception):
    """A refusal, with the members of an error in docs/json.md, and over HTTP the status."""

    def __init__(self, error, status=None):
        self.status = status
        self.code = error["code"]
        self.name = error["name"]
        self.en = error["en"]
        self.zh = error["zh"]
        self.path = error.get("path")
        self.value = error.get("value")
        self.offset = error.get("offset")
        self.limit = error.get("limit")
        parts = (self.path, self.value, self.en)
        super().__init__(": ".join(part for part in parts if part))


class Damaged(ValueError):
    """Bytes that are not a message of this form."""


def refuse(path, value, en, zh):
    """Refuses a value before it is sent, as the server would."""
    said = None if value is None else json.dumps(value, ensure_ascii=False)[:64]
    return Refused(
        {"code": 5, "name": "invalid_field", "en": en, "zh": zh, "path": path or "json", "value": said}
    )


def call_to_bytes(name, arguments):
    """Writes a call. Raises `Refused` for arguments that have no place in it."""
    if name not in CALLS:
        raise refuse("json", name, "no call has this name", "没有此名称的调用")
    number, kind = CALLS[name]
    out = Writer()
    out.bytes += bytes((FORM, number))
    out.write(kind, arguments, "")
    return bytes(out.bytes)


def answer_from_bytes(data):
    """Reads an answer: its name and its value. An error is returned like any other answer."""
    reader = Reader(data)
    if reader.byte() != FORM:
        raise Damaged("the first byte is not the form")
    number = reader.byte()
    if number not in ANSWERS:
        raise Damaged(f"no answer has the number {number}")
    name, kind = ANSWERS[number]
    value = reader.read(kind)
    if reader.at != len(data):
        raise Damaged("bytes behind the message")
    return name, value


class Writer:
    """Bytes of a call."""

    def __init__(self):
        self.bytes = bytearray()

    def write(self, kind, value, path):
        if kind.endswith("?"):
            self.bytes.append(value is not None)
            if value is not None:
                self.write(kind[:-1], value, path)
        elif kind.startswith("["):
            self._list(kind[1:-1], [] if value is None else value, path)
        elif kind in NAMES:
            self._name(kind, value, path)
        elif kind in OBJECTS:
            self._object(kind, {} if value is None else value, path)
        else:
            getattr(self, kind)(value, path)

    def unsigned(self, value):
        if value <= 250:
            self.bytes.append(value)
        elif value < 1 << 16:
            self.bytes += struct.pack("<BH", 251, value)
        elif value < 1 << 32:
            self.bytes += struct.pack("<BI", 252, value)
        elif value < 1 << 64:
            self.bytes += struct.pack("<BQ", 253, value)
        else:
            self.bytes += struct.pack("<BQQ", 254, value & (1 << 64) - 1, value >> 64)

    def zigzag(self, value):
        self.unsigned(value << 1 if value >= 0 else (-value << 1) - 1)

    def u32(self, value, path):
        self.unsigned(integer(value, path, 0, 2**32 - 1))

    def u64(self, value, path):
        self.unsigned(integer(value, path, 0, SAFE))

    def i32(self, value, path):
        self.zigzag(integer(value, path, -(2**31), 2**31 - 1))

    def i64(self, value, path):
        self.zigzag(integer(value, path, -SAFE, SAFE))

    def nonzero(self, value, path):
        value = integer(value, path, 0, 2**32 - 1)
        self.write("u32?", value or None, path)

    def boolean(self, value, path):
        value = False if value is None else value
        if not isinstance(value, bool):
            raise refuse(path, value, "must be true or false", "必须是 true 或 false")
        self.bytes.append(value)

    def text(self, value, path):
        value = "" if value is None else value
        if not isinstance(value, str):
            raise refuse(path, value, "must be a text", "必须是文本")
        data = value.encode("utf-8")
        self.unsigned(len(data))
        self.bytes += data

    locale = text

    def scalar(self, value, path):
        """A value of a condition: a text, or the text of a number or a boolean."""
        self.text(value if isinstance(value, str) or value is None else to_json(value), path)

    def _list(self, kind, value, path):
        if not isinstance(value, (list, tuple)):
            raise refuse(path, value, "must be a list", "必须是列表")
        self.unsigned(len(value))
        for place, entry in enumerate(value):
            self.write(kind, entry, f"{path}[{place}]")

    def _name(self, kind, value, path):
        number = next(iter(NAMES[kind].values())) if value is None else None
        if isinstance(value, str):
            number = NAMES[kind].get(value)
        if number is None:
            known = " ".join(NAMES[kind])
            raise refuse(path, value, f"must be one of {known}", f"必须是 {known} 之一")
        self.bytes.append(number)

    def _object(self, kind, value, path):
        members(value, path, [name for name, *_ in OBJECTS[kind]] + GIVEN.get(kind, []))
        for name, of, is_required, default in OBJECTS[kind]:
            member = value.get(name)
            if member is None:
                if is_required:
                    raise refuse(join(path, name), None, "is missing", "缺少此项")
                member = default
            self.write(of, member, join(path, name))
        if kind == "draft":
            given = {name: value[name] for name in GIVEN[kind] if name in value}
            self.object_text(given)
            self.text("", path)

    def object_text(self, value):
        self.text(to_json(value) if value else "", "")

    def json(self, value, path):
        self.text(to_json(value), path)

    def patch(self, value, path):
        members(value, path, None)
        self.json(value, path)

    def attributes(self, value, path):
        value = {} if value is None else value
        members(value, path, None)
        self.unsigned(len(value))
        for name, values in value.items():
            self.text(name, path)
            self._list("text", [values] if isinstance(values, str) else values, join(path, name))

    def epoch(self, value, path):
        if not isinstance(value, str) or not re.fullmatch("[0-9a-fA-F]{32}", value):
            raise refuse(path, value, "must be 32 hexadecimal digits", "必须是 32 位十六进制数字")
        self.unsigned(int(value, 16))

    def time(self, value, path):
        value = milliseconds(value, path)
        self.write("i64?", value or None, path)

    def span(self, value, path):
        value = [0, 0] if value is None else value
        if not isinstance(value, list) or len(value) != 2:
            raise refuse(path, value, "must be [from, until]", "必须是 [from, until]")
        for part in value:
            self.i64(milliseconds(part, path), path)

    def object(self, value, path):
        value = {} if value is None else value
        members(value, path, None)
        self.object_text(value)

    def texts(self, value, path):
        value = {} if value is None else value
        members(value, path, None)
        self.unsigned(len(value))
        for locale, text in value.items():
            at = join(path, locale)
            members(text, at, ["title", "summary", "body", "format"])
            self.text(locale, at)
            for name in ("title", "summary", "body"):
                self.text(text.get(name), join(at, name))
            self.write("format", text.get("format"), join(at, "format"))

    def labels(self, value, path):
        value = {} if value is None else value
        members(value, path, None)
        self.unsigned(len(value))
        for locale, label in value.items():
            self.text(locale, path)
            self.text(label, join(path, locale))

    def audience(self, value, path):
        value = [] if value is None else value
        parts = value if isinstance(value, dict) else {}
        if not isinstance(value, (list, dict)) or any(name not in ("any", "none") for name in parts):
            raise refuse(
                path,
                value,
                "must be a list of conditions, or have any and none",
                "必须是条件列表，或含 any 和 none",
            )
        self._list("condition", value if isinstance(value, list) else [], path)
        for name in ("any", "none"):
            self._list("[condition]", parts.get(name) or [], join(path, name))

    def reference(self, value, path):
        is_key = isinstance(value, str)
        self.boolean(is_key, path)
        self.i64(0 if is_key else value, path)
        self.text(value if is_key else "", path)

    def display(self, value, path):
        if not isinstance(value, list):
            raise refuse(path, value, "must be a list", "必须是列表")
        total = 0
        for place, name in enumerate(value):
            if name not in DISPLAY:
                known = " ".join(DISPLAY)
                raise refuse(f"{path}[{place}]", name, f"must be one of {known}", f"必须是 {known} 之一")
            total |= 1 << DISPLAY.index(name)
        self.unsigned(total)

    def operation(self, value, path):
        members(value, path, OPERATIONS)
        if len(value) != 1:
            raise refuse(path, value, "must have one operation", "必须恰好有一个操作")
        ((name, arguments),) = value.items()
        self.bytes.append(OPERATIONS[name])
        self.write(CALLS[name][1], arguments, join(path, name))


class Reader:
    """Bytes of an answer."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Damaged("the message ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def byte(self):
        return self.take(1)[0]

    def unsigned(self):
        first = self.byte()
        if first <= 250:
            return first
        sizes = {251: 2, 252: 4, 253: 8, 254: 16}
        if first not in sizes:
            raise Damaged("not an integer")
        return int.from_bytes(self.take(sizes[first]), "little")

    def zigzag(self):
        value = self.unsigned()
        return value >> 1 if value % 2 == 0 else -(value >> 1) - 1

    def read(self, kind):
        if kind.endswith("?"):
            return self.read(kind[:-1]) if self.boolean() else None
        if kind.startswith("["):
            return [self.read(kind[1:-1]) for _ in range(self.length())]
        if kind in WORDS:
            number = self.byte()
            if number not in WORDS[kind]:
                raise Damaged(f"no {kind} has the number {number}")
            return WORDS[kind][number]
        if kind == "item":
            # It stands behind its length.
            return Reader(self.take(self.length())).members(kind)
        if kind in OBJECTS and kind != "draft":
            return self.members(kind)
        return getattr(self, kind)()

    def members(self, kind):
        return {name: self.read(of) for name, of, *_ in OBJECTS[kind]}

    def length(self):
        length = self.unsigned()
        if length > len(self.data) - self.at:
            raise Damaged("a length is greater than what is left")
        return length

    u32 = u64 = unsigned
    i32 = i64 = zigzag

    def boolean(self):
        value = self.byte()
        if value > 1:
            raise Damaged("not a boolean")
        return value == 1

    def text(self):
        return self.take(self.length()).decode("utf-8")

    locale = scalar = text

    def nonzero(self):
        return self.read("u32?") or 0

    def epoch(self):
        return f"{self.unsigned():032x}"

    def time(self):
        return self.read("i64?") or 0

    def object(self):
        return json.loads(self.text() or "{}")

    def display(self):
        total = self.unsigned()
        return [name for bit, name in enumerate(DISPLAY) if total >> bit & 1]

    def hit(self):
        return [self.unsigned() for _ in range(6)]

    def texts(self):
        texts = {}
        for _ in range(self.length()):
            locale = self.text()
            text = {
                "title": self.text(),
                "summary": self.text(),
                "body": self.text(),
                "format": self.read("format"),
            }
            usual = {"summary": "", "body": "", "format": "text"}
            texts[locale] = {name: value for name, value in text.items() if value != usual.get(name)}
        return texts

    def labels(self):
        return {self.text(): self.text() for _ in range(self.length())}

    def audience(self):
        every, some, none = (self.read(kind) for kind in ("[condition]", "[[condition]]", "[[condition]]"))
        for condition in [condition for group in [every, *some, *none] for condition in group]:
            if not condition["values"]:
                del condition["values"]
        if not some and not none:
            return every
        some = [every + one for one in some] if some else [every] if every else []
        parts = {"any": some, "none": none}
        return {name: part for name, part in parts.items() if part}

    def reference(self):
        is_key, number, key = self.boolean(), self.zigzag(), self.text()
        return key if is_key else number

    def draft(self):
        draft = {name: self.read(of) for name, of, *_ in OBJECTS["draft"]}
        self.text(), self.text()
        return {name: value for name, value in draft.items() if value != DRAFT_DEFAULTS[name]}

    def record(self):
        record = {name: self.read(of) for name, of, *_ in RECORD_HEAD}
        at, reason = record.pop("retracted_at"), record.pop("retract_reason")
        if record["state"] == "retracted":
            record.update(retracted_at=at, retract_reason=reason)
        elif at:
            record["renewed_at"] = at
        return {**record, **{name: value for name, value in self.draft().items() if name not in record}}


def join(path, name):
    return f"{path}.{name}" if path else name


def to_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def members(value, path, names):
    """Refuses what is not an object, and a member that is not in `names`."""
    if not isinstance(value, dict):
        raise refuse(path, value, "must be an object", "必须是对象")
    for name in value:
        if names is not None and name not in names:
            raise refuse(join(path, name), value[name], "unknown member", "未知成员")


def integer(value, path, least, most):
    """Reads an integer, which may be a float without a fraction."""
    value = 0 if value is None else value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise refuse(
            path, value, f"must be an integer from {least} to {most}", f"必须是 {least} 到 {most} 的整数"
        )
    return value


TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?"
    r"(?:[Zz]|([+-])(\d\d):(\d\d))(?:\[[^\[\]]+\])*"
)


def milliseconds(value, path):
    """Reads a time: Unix milliseconds, or RFC 3339 text with an offset."""
    if not isinstance(value, str):
        return integer(value, path, -SAFE, SAFE)
    found = TIME.fullmatch(value)
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        if year in (1, 9999):
            return 0
        date = datetime.datetime(
            year,
            month,
            day,
            hour,
            minute,
            min(second, 59) if second == 60 else second,
            tzinfo=datetime.timezone.utc,
        )
    except (AttributeError, ValueError):
        raise refuse(path, value, "must be a time with an offset", "必须是带时区偏移的时间") from None
    fraction, sign, hours, minutes = found.groups()[6:]
    offset = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1) if sign else 0
    seconds = int(date.timestamp()) - offset * 60
    return seconds * 1000 + int(((fraction or "") + "000")[:3])
