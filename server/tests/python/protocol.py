"""Holds a server against the sentences of docs/protocol.md, with the client in examples/python.

Usage: protocol.py. How the server comes about is said in orders.py.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import struct
import time
import traceback
import zlib

from notice_client import Frames, Http, Lines, Refused, open_socket
from orders import order, say

CHECKS = []
HELLO = {"texts": {"en": {"title": "Hello"}}}


def check(function):
    CHECKS.append(function)
    return function


def main():
    faults = []
    for function in CHECKS:
        place = order({"open": {"now": 1_781_748_000_000, "options": {}}})
        try:
            function(place)
        except Exception:
            faults.append(f"{function.__name__}: {traceback.format_exc()}")
        order({"close": {}})
    say({"runs": len(CHECKS), "faults": faults, "left_out": []})


@contextlib.contextmanager
def refused(name, **members):
    """Expects a refusal."""
    try:
        yield
    except Refused as error:
        assert error.name == name, (error.name, error.path, error.en)
        for member, value in members.items():
            assert getattr(error, member) == value, (member, getattr(error, member))
        assert error.en and error.zh and error.en != error.zh
    else:
        raise AssertionError(f"{name} was expected, and nothing was refused")


def same(got, expected):
    assert got == expected, f"expected {expected!r}, got {got!r}"


def is_closed(stream):
    """Whether the server closes a connection, whatever it sends before."""
    stream.settimeout(10)
    try:
        while stream.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


# ENOT frames.


@check
def a_ping_is_the_one_on_the_page(place):
    with Frames(place["unix"]) as client:
        same(client.ping(b"as it is"), b"as it is")
        ping = bytes.fromhex("454e4f54 01000000 08000000 c52f569e 01000000 05000000")
        client.stream.sendall(ping)
        same(client.receive(), (1, Frames.PONG, b""))


@check
def a_message_may_be_in_many_frames(place):
    with Frames(place["unix"]) as client:
        client.BODY_LIMIT = 7
        same(client.call("publish", HELLO)["id"], 1)
        del client.BODY_LIMIT
        body = "x" * 65_000
        for _ in range(4):
            client.call("publish", {"texts": {"en": {"title": "long", "body": body}}})
        same([item["body"] for item in client.call("query")["items"]].count(body), 4)


@check
def answers_come_in_the_order_in_which_they_are_ready(place):
    with Frames(place["unix"]) as client:
        waits = client.start("wait", {"since": 0, "timeout_ms": 60_000})
        same(client.call("head")["revision"], 0)
        client.call("publish", HELLO)
        same(client.finish(waits), {"revision": 1})


def damaged(payload=b"", magic=b"ENOT", version=1, length=None, checksum=None, flags=0, reserved=0):
    payload = struct.pack("<IBBH", 9, Frames.PING, flags, reserved) + payload
    length = len(payload) if length is None else length
    checksum = zlib.crc32(payload) if checksum is None else checksum
    return struct.pack("<4sIII", magic, version, length, checksum) + payload


@check
def a_frame_that_breaks_a_rule_ends_the_connection_without_an_answer(place):
    for frame in (
        damaged(magic=b"ENOX"),
        damaged(version=2),
        damaged(length=7),
        damaged(length=65_536),
        damaged(checksum=1),
        damaged(flags=2),
        damaged(flags=1),
        damaged(reserved=1),
        damaged(b"x", flags=1)
        + struct.pack("<4sIII", b"ENOT", 1, 8, zlib.crc32(b"\x08" + bytes(3) + b"\x05" + bytes(3)))
        + b"\x08"
        + bytes(3)
        + b"\x05"
        + bytes(3),
    ):
        with Frames(place["unix"]) as client:
            client.stream.sendall(frame)
            client.stream.settimeout(10)
            same((frame, client.stream.recv(100)), (frame, b""))


@check
def a_body_that_is_no_call_is_answered(place):
    with Frames(place["unix"]) as client:
        for body in (b"", b"\x02\x12", b"\x01\xff", b"\x01\x12\x00"):
            client.send(5, Frames.CALL, body)
            with refused("invalid_field", path="bytes"):
                client.finish(5)
        same(client.call("head")["revision"], 0)


@check
def what_a_text_in_a_message_has_wrong_is_refused_with_its_path(place):
    with Frames(place["unix"]) as client:
        client.call("publish", HELLO)
        with refused("invalid_field", path="ends_at"):
            client.call("update", {"id": 1, "patch": {"ends_at": "tomorrow"}})
        with refused("invalid_field", path="filter.has_locale", offset=2):
            client.call("query", {"filter": {"has_locale": "zh CN"}})
        with refused("invalid_field", path="extras.n"):
            client.call("publish", {**HELLO, "extras": {"n": 10**30}})


@check
def a_hello_says_what_is_spoken(place):
    with Frames(place["tcp"]) as client:
        same((client.welcome["version"], client.welcome["role"], client.welcome["features"]), (1, "public", ["follow"]))
        assert "notice" in client.welcome["server"], client.welcome
        same(client.hello(place["token"])["role"], "admin")
        client.call("publish", HELLO)
    with Frames(place["unix"]) as client:
        same(client.welcome["role"], "admin")
    with refused("unauthorized"):
        Frames(place["tcp"], "no such token, although it is long enough")
    for body in (b'{"versions":[2]}', b"{}", b"hello"):
        with contextlib.closing(open_socket(place["unix"], 10)) as stream:
            bare = Frames.__new__(Frames)
            bare.stream, bare.received, bare.answers = stream, stream.makefile("rb"), {}
            bare.send(1, Frames.HELLO, body)
            request, kind, _ = bare.receive()
            same((body, request, kind), (body, 1, Frames.ANSWER))
            assert is_closed(stream)


# Tokens.


def signed(secret, claims, algorithm="HS256"):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    head = (
        part(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()) + b"." + part(json.dumps(claims).encode())
    )
    return (head + b"." + part(hmac.new(secret, head, hashlib.sha256).digest())).decode()


@check
def a_signed_token_says_who_asks(place):
    with Frames(place["unix"]) as editor:
        editor.call("publish", {**HELLO, "audience": [{"attribute": "role", "op": "in", "values": ["admin"]}]})
    secret = place["key"].encode()
    claims = {
        "aud": ["other", "notice"],
        "exp": int(time.time()) + 600,
        "sub": "ann",
        "attributes": {"role": "admin"},
    }
    token = signed(secret, {**claims, "iss": "passed over"})
    for kind, url in ((Frames, "tcp"), (Lines, "tcp"), (Http, "http")):
        with kind(place[url], token) as client:
            same(client.call("count", {"viewer": {"user": "bob"}})["total"], 1)
            same(client.call("mark", {"ids": [1], "mark": "read"})["marked"], 1)
            with refused("unauthorized"):
                client.call("publish", HELLO)
    with Frames(place["unix"]) as editor:
        same(editor.call("receipts", {"id": 1})["receipts"][0]["user"], "ann")
    for wrong in (
        {**claims, "aud": "other"},
        {**claims, "exp": 1},
        {**claims, "nbf": claims["exp"]},
        {**claims, "sub": 7},
        {name: claims[name] for name in ("aud", "sub")},
    ):
        with refused("unauthorized"):
            Lines(place["tcp"], signed(secret, wrong))
    with refused("unauthorized"):
        Lines(place["tcp"], signed(secret, claims, "HS512"))
    with refused("unauthorized"):
        Lines(place["tcp"], signed(b"another secret of at least 32 bytes.", claims))


@check
def the_public_asks_as_nobody(place):
    with Lines(place["tcp"]) as client:
        same(client.call("count", {"viewer": {"user": "ann"}})["total"], 0)
        for name, arguments in (("publish", HELLO), ("mark", {"ids": [1], "mark": "read"}), ("compact", {})):
            with refused("unauthorized"):
                client.call(name, arguments)


# JSON-RPC lines.


@check
def lines_are_json_rpc(place):
    with Lines(place["tcp"], place["token"]) as client:
        same(client.call("publish", HELLO)["outcome"], "created")
        results = client.batch([("head", None), ("publish", {}), ("count", {"viewer": {}})])
        same((results[0]["revision"], results[1].path, results[2]["total"]), (1, "texts", 1))
        client.notify("publish", HELLO)
        client.notify("publish", {})
        # A notification has no answer to wait for, and what follows it does not wait either.
        client.call("wait", {"since": 1, "timeout_ms": 10_000})
        client.stream.sendall(b'\n\n{"jsonrpc":"2.0","id":null,"method":"head"}\n')
        same(client.receive()["id"], None)
        for line, code, number in (
            (b"{\n", -32700, None),
            (b'{"jsonrpc":"2.0","id":"a","id":"b","method":"head"}\n', -32700, None),
            (b"[]\n", -32600, None),
            (b'{"jsonrpc":"1.0","id":4,"method":"head"}\n', -32600, 4),
            (b'{"jsonrpc":"2.0","id":"x","method":"nothing"}\n', -32601, "x"),
            (b'{"jsonrpc":"2.0","id":1.5,"method":"get","params":{"id":99}}\n', 1, 1.5),
            (b'{"jsonrpc":"2.0","id":7,"method":"query","params":{"limits":3}}\n', 5, 7),
        ):
            client.stream.sendall(line)
            answer = client.receive()
            same((line, answer["error"]["code"], answer["id"]), (line, code, number))
            assert answer["error"]["data"]["zh"], answer
        client.send([])
        client.receive()
        client.stream.sendall(
            json.dumps([{"jsonrpc": "2.0", "method": "head", "id": 1}] * 101).encode() + b"\n"
        )
        same(client.receive()["error"]["code"], -32600)
        client.stream.sendall(b"[" + b" " * (1 << 20) + b"]\n")
        same(client.receive()["error"]["code"], -32600)
        assert is_closed(client.stream)
    with Lines(place["unix"]) as client:
        same(client.call("hello", {"token": None})["role"], "admin")


# HTTP.


@check
def http_publishes_and_changes(place):
    with Http(place["http"], place["token"]) as client:
        created = client.ask("POST", "/v1/announcements", body=HELLO, headers={"Idempotency-Key": "once"})
        same((created.status, created.headers["Location"]), (201, "/v1/announcements/1"))
        again = client.ask("POST", "/v1/announcements", body=HELLO, headers={"Idempotency-Key": "once"})
        same((again.status, again.value["duplicate"]), (200, True))
        got = client.ask("GET", "/v1/announcements/1", {"user": "ann", "locale": ["zh-CN", "en"]})
        same(
            (got.headers["ETag"], got.headers["Cache-Control"], got.value["title"]),
            ('"v1"', "no-store", "Hello"),
        )
        changed = client.ask(
            "PATCH", "/v1/announcements/1", body={"pinned": True}, headers={"If-Match": '"v1"'}
        )
        same(changed.value["version"], 2)
        with refused("version_conflict", status=412):
            client.ask("PATCH", "/v1/announcements/1", body={"pinned": False}, headers={"If-Match": '"v1"'})
        put = client.ask("PUT", "/v1/announcements/1", body=HELLO, headers={"If-Match": '"v2"'})
        same(put.value["version"], 3)
        same(client.ask("GET", "/v1/announcements/1", {"view": "editor"}).value.get("pinned"), None)
        listed = client.ask("POST", "/v1/announcements", body=[HELLO, HELLO])
        same([one["id"] for one in listed.value], [2, 3])
        same(
            client.ask("POST", "/v1/users/ann/marks", body={"ids": [1, 2], "mark": "read"}).value, {"marked": 2}
        )
        same(client.ask("POST", "/v1/users/ann/marks", body={"mark": "read"}).value["revision"], 4)
        same(client.active(user="ann", unread_only="true")["total"], 0)
        same(
            client.ask("POST", "/v1/announcements/3/retract", body={"reason": "wrong"}).value["outcome"],
            "retracted",
        )
        same(client.ask("POST", "/v1/announcements/3/restore").value["outcome"], "restored")
        same(client.ask("DELETE", "/v1/announcements/3").value["outcome"], "purged")
        same(client.ask("DELETE", "/v1/users/ann").value, {"forgotten": True})


@check
def http_refuses_with_the_status_on_the_page(place):
    with Http(place["http"], place["token"]) as client:
        client.ask("POST", "/v1/announcements", body={**HELLO, "key": "k"})
        for status, name, arguments in (
            (400, "invalid_field", ("GET", "/v1/active", {"nothing": "x"})),
            (400, "invalid_field", ("GET", "/v1/active", {"limit": [1, 2]})),
            (400, "bad_cursor", ("GET", "/v1/active", {"cursor": "x"})),
            (400, "future_revision", ("GET", "/v1/changes", {"since": 99})),
            (404, "not_found", ("GET", "/v1/announcements/99")),
            (404, "invalid_field", ("GET", "/nothing")),
            (405, "invalid_field", ("DELETE", "/v1/active")),
            (409, "epoch_mismatch", ("GET", "/v1/changes", {"epoch": "0" * 31 + "1"})),
            (409, "bad_state", ("POST", "/v1/announcements/1/restore")),
            (413, "too_large", ("POST", "/v1/announcements", None, {**HELLO, "key": "x" * 513})),
        ):
            try:
                answer = client.ask(*arguments).value
            except Refused as error:
                same((arguments, error.status, error.name), (arguments, status, name))
            else:
                raise AssertionError(f"{arguments}: {answer}")
    with Http(place["http"]) as client:
        with refused("unauthorized", status=401):
            client.ask("POST", "/v1/announcements", body=HELLO)
    with Http(place["http"], "no such token, although it is long enough") as client:
        with refused("unauthorized", status=401):
            client.active()


@check
def http_speaks_json_rpc_and_says_how_it_is(place):
    with Http(place["unix"]) as client:
        same(client.call("publish", HELLO)["id"], 1)
        same(client.ask("POST", "/rpc", body={"jsonrpc": "2.0", "method": "head"}).status, 204)
        same(client.ask("GET", "/healthz").status, 200)
        same(client.ask("GET", "/readyz").status, 200)
        same(client.ask("GET", "/v1/head").value["revision"], 1)
        same(client.ask("POST", "/v1/query").value["total"], 1)


@check
def a_foreign_page_is_kept_out(place):
    with Http(place["http"]) as client:
        for status, headers in ((421, {"Host": "evil.example"}), (403, {"Origin": "https://evil.example"})):
            try:
                client.ask("GET", "/v1/active", headers=headers)
            except Refused as error:
                same(error.status, status)
            else:
                raise AssertionError(headers)


@check
def changes_are_waited_for(place):
    with Http(place["http"], place["token"]) as client, Frames(place["unix"]) as editor:
        client.connection.request("GET", "/v1/changes?wait=30&since=0", headers={"Host": "localhost"})
        editor.call("publish", HELLO)
        page = json.loads(client.connection.getresponse().read())
        same([event["kind"] for event in page["events"]], ["published"])
        same(client.ask("GET", "/v1/changes", {"since": 1, "wait": 0}).value["events"], [])


@check
def events_come_as_they_happen_and_go_on_behind_an_id(place):
    with Http(place["http"], place["token"]) as client, Frames(place["unix"]) as editor:
        events = client.events()
        same(next(events)["event"], "head")
        editor.call("publish", HELLO)
        first = next(event for event in events if event["event"] != "head")
        same((first["event"], first["data"]["item"]["title"]), ("published", "Hello"))
        events.close()
        editor.call("update", {"id": 1, "patch": {"pinned": True}})
        editor.call("retract", {"id": 1, "reason": "over"})
        events = client.events(last=first["id"])
        kinds = []
        while len(kinds) < 2:
            event = next(events)
            kinds += [event["event"]] if event["event"] != "head" else []
        same(kinds[-1], "retracted")
        events.close()


@check
def events_are_server_sent_events_too(place):
    with contextlib.closing(open_socket(place["tcp"], 10)) as stream, Frames(place["unix"]) as editor:
        stream.sendall(
            b"GET /v1/events?since=0 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
        )
        editor.call("publish", HELLO)
        received = b""
        while b"event: published" not in received or not received.rstrip(b"\r\n").endswith(b"}"):
            received += stream.recv(4096)
        head = received.partition(b"\r\n\r\n")[0]
        assert b"text/event-stream" in head, head
        fields = [line.partition(": ") for line in received.decode().splitlines()]
        data = [value for name, _, value in fields if name == "data" and '"kind":"published"' in value]
        same(json.loads(data[0])["item"]["title"], "Hello")


if __name__ == "__main__":
    main()
