"""A client of a notice server: ENOT frames, JSON-RPC lines and HTTP, as docs/protocol.md describes them.

    from notice_client import connect

    with connect("unix:/run/notice.sock") as board:
        page = board.call("query", {"viewer": {"user": "zhang.wei"}, "limit": 20})
        for item in page["items"]:
            print(item["title"])

`Frames`, `Lines` and `Http` have the same `call`, so that a program can choose. `notice_binary.py` and
`notice_tables.py` belong beside this file.

A connection belongs to one thread. Python 3.9 or newer, nothing but the standard library.
"""

import http.client
import json
import socket
import struct
import urllib.parse
import zlib

from notice_binary import Refused, answer_from_bytes, call_to_bytes

__all__ = ["Broken", "Frames", "Http", "Lines", "Refused", "connect"]

LINE_LIMIT = 1 << 20
"""The most bytes of a line."""


class Broken(ConnectionError):
    """The server closed the connection, or sent what this page of the protocol does not know."""


def connect(url, token=None, timeout=30.0):
    """Connects to the board at `unix:PATH` or `tcp:HOST:PORT` in frames, or at `http://HOST:PORT`."""
    kind = Http if url.startswith("http:") else Frames
    return kind(url, token, timeout)


def open_socket(url, timeout):
    """Connects to `unix:PATH`, `tcp:HOST:PORT` or `http://HOST:PORT`."""
    scheme, _, rest = url.partition(":")
    if scheme == "unix":
        stream = socket.socket(socket.AF_UNIX)
        stream.settimeout(timeout)
        try:
            stream.connect(rest)
        except OSError:
            stream.close()
            raise
        return stream
    if scheme not in ("tcp", "http"):
        raise ValueError(f"{url!r} must begin with unix:, tcp: or http:")
    place = urllib.parse.urlsplit("//" + rest.lstrip("/"))
    stream = socket.create_connection((place.hostname, place.port or 80), timeout)
    # A call is written as a whole; waiting for more to send would only delay it.
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


class Connection:
    """What the connections have in common: they are closed by `with`."""

    def close(self):
        raise NotImplementedError

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Stream(Connection):
    """A socket on which several calls may be in progress at the same time."""

    def __init__(self, url, token=None, timeout=30.0):
        self.stream = open_socket(url, timeout)
        self.received = self.stream.makefile("rb")
        self.last = 0
        self.answers = {}
        try:
            self.begin(token)
        except BaseException:
            self.close()
            raise

    def begin(self, token):
        """Presents a token, or none."""
        raise NotImplementedError

    def start(self, name, arguments=None):
        """Sends a call without waiting for its answer, and returns a number for `finish`."""
        raise NotImplementedError

    def finish(self, number):
        """Waits for the answer of a call. Answers of other calls are kept for them."""
        raise NotImplementedError

    def call(self, name, arguments=None):
        """Makes a call, and returns the value of its answer. Raises `Refused`."""
        return self.finish(self.start(name, arguments))

    def close(self):
        self.received.close()
        self.stream.close()


class Frames(Stream):
    """ENOT frames over a Unix socket or TCP: the fastest way."""

    HEADER = struct.Struct("<4sIIIIBBH")
    PLACE = 8  # Bytes of request, kind, flags and reserved, which the length and the checksum include.
    BODY_LIMIT = 65_535 - PLACE
    MESSAGE_LIMIT = (16 << 20) + 1
    HELLO, WELCOME, CALL, ANSWER, PING, PONG = range(1, 7)

    def begin(self, token):
        self.welcome = self.hello(token)

    def hello(self, token=None):
        """Presents a token, or none, and returns the server's welcome."""
        hello = {"versions": [1], "token": token}
        number = self.number()
        self.send(number, self.HELLO, json.dumps(hello).encode())
        kind, body = self.answer(number)
        if kind != self.WELCOME:
            raise refusal(*answer_from_bytes(body))
        return json.loads(body)

    def start(self, name, arguments=None):
        """Sends a call without waiting for its answer, and returns a number for `finish`."""
        body = call_to_bytes(name, {} if arguments is None else arguments)
        number = self.number()
        self.send(number, self.CALL, body)
        return number

    def finish(self, number):
        """Waits for the answer of a call. Answers of other calls are kept for them."""
        kind, body = self.answer(number)
        if kind != self.ANSWER:
            raise Broken(f"an answer was expected, not a message of kind {kind}")
        name, value = answer_from_bytes(body)
        if name == "error":
            raise Refused(value)
        return value

    def ping(self, body=b""):
        """Waits until the server has answered a ping, and returns what it sent back."""
        number = self.number()
        self.send(number, self.PING, body)
        return self.answer(number)[1]

    def number(self):
        self.last = (self.last + 1) % (1 << 32)
        return self.last

    def answer(self, number):
        while number not in self.answers:
            request, kind, body = self.receive()
            if kind == self.PING:
                self.send(request, self.PONG, body)
            else:
                self.answers[request] = kind, body
        return self.answers.pop(number)

    def send(self, request, kind, body):
        """Sends a message, in as many frames as it takes."""
        parts = [body[at : at + self.BODY_LIMIT] for at in range(0, len(body), self.BODY_LIMIT)] or [b""]
        frames = []
        for place, part in enumerate(parts):
            has_more = place + 1 < len(parts)
            payload = struct.pack("<IBBH", request, kind, has_more, 0) + part
            frames.append(struct.pack("<4sIII", b"ENOT", 1, len(payload), zlib.crc32(payload)) + payload)
        self.stream.sendall(b"".join(frames))

    def receive(self):
        """Receives a message: its request, its kind and its body."""
        body, first = b"", None
        while True:
            magic, version, length, checksum, request, kind, flags, reserved = self.HEADER.unpack(
                self.read(self.HEADER.size)
            )
            if (magic, version, reserved) != (b"ENOT", 1, 0) or flags > 1 or length < self.PLACE:
                raise Broken("not a frame")
            part = self.read(length - self.PLACE)
            if zlib.crc32(struct.pack("<IBBH", request, kind, flags, reserved) + part) != checksum:
                raise Broken("a frame was damaged on its way")
            if first not in (None, (request, kind)):
                raise Broken("a frame of another message is between the frames of one")
            first, body = (request, kind), body + part
            if len(body) > self.MESSAGE_LIMIT:
                raise Broken("a message is too long")
            if not flags:
                return request, kind, body

    def read(self, size):
        data = self.received.read(size)
        if len(data) < size:
            raise Broken("the server closed the connection")
        return data


class Lines(Stream):
    """JSON-RPC 2.0, a line for each request, over a Unix socket or TCP."""

    def begin(self, token):
        if token is not None:
            self.call("hello", {"token": token})

    def start(self, name, arguments=None):
        """Sends a call without waiting for its answer, and returns an id for `finish`."""
        self.last += 1
        self.send(request(name, arguments, self.last))
        return self.last

    def finish(self, number):
        """Waits for the answer of a call. Answers of other calls are kept for them."""
        while number not in self.answers:
            answer = self.receive()
            if answer["id"] is None:
                # The server could not read the line, and so not its id either.
                result(answer)
            self.answers[answer["id"]] = answer
        return result(self.answers.pop(number))

    def batch(self, calls):
        """Makes up to 100 calls, pairs of name and arguments: a result or `Refused` for each."""
        requests = [request(name, arguments, place) for place, (name, arguments) in enumerate(calls)]
        self.send(requests)
        answers = self.receive()
        if isinstance(answers, dict):
            return result(answers)
        results = [None] * len(requests)
        for answer in answers:
            try:
                results[answer["id"]] = result(answer)
            except Refused as refused:
                results[answer["id"]] = refused
        return results

    def notify(self, name, arguments=None):
        """Makes a call that is not answered, not even if it is refused."""
        self.send(request(name, arguments))

    def send(self, message):
        line = json.dumps(message, ensure_ascii=False).encode() + b"\n"
        if len(line) > LINE_LIMIT:
            raise ValueError(f"a line of {len(line)} bytes; the limit is {LINE_LIMIT}")
        self.stream.sendall(line)

    def receive(self):
        line = self.received.readline()
        if not line.endswith(b"\n"):
            raise Broken("the server closed the connection")
        return json.loads(line)


class Http(Connection):
    """HTTP over TCP or a Unix socket."""

    def __init__(self, url, token=None, timeout=30.0):
        self.url, self.token, self.timeout = url, token, timeout
        self.connection = HttpOverSocket(url, timeout)

    def close(self):
        self.connection.close()

    def call(self, name, arguments=None):
        """Makes a call by `/rpc`, and returns its result. Raises `Refused`."""
        return result(self.ask("POST", "/rpc", body=request(name, arguments, 1)).value)

    def active(self, **parameters):
        """Asks which announcements a reader should see: `active(user="zhang.wei", locale=["zh-CN"])`."""
        return self.ask("GET", "/v1/active", parameters).value

    def ask(self, method, path, parameters=None, body=None, headers=None):
        """Makes a request. Raises `Refused` for problem details.

        `body` is a value for JSON, or bytes as they are. A parameter may have a list of values.
        """
        headers = dict(headers or {})
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if parameters:
            path += "?" + urllib.parse.urlencode(parameters, doseq=True)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.connection.request(method, path, body, headers)
        return Response(self.connection.getresponse())

    def events(self, parameters=None, last=None):
        """Yields changes as they happen: `id`, `event` and `data` of each. `last` is an id to go on behind.

        The stream has a connection of its own, which is closed with the generator. It is silent for
        15 seconds at most.
        """
        with Http(self.url, self.token, self.timeout) as own:
            headers = {"Accept": "application/x-ndjson"}
            if last is not None:
                headers["Last-Event-ID"] = last
            stream = own.ask("GET", "/v1/events", parameters, headers=headers).stream
            for line in stream:
                # An empty line only says that the connection is alive.
                if line.strip():
                    yield json.loads(line)


class HttpOverSocket(http.client.HTTPConnection):
    """HTTP to `unix:PATH` too."""

    def __init__(self, url, timeout):
        place = "localhost" if url.startswith("unix:") else url.partition(":")[2].strip("/")
        super().__init__(place, timeout=timeout)
        self.place, self.patience = url, timeout

    def connect(self):
        self.sock = open_socket(self.place, self.patience)


class Response:
    """A response: `status`, `headers`, and `value` of a body that is JSON; `stream` of one that goes on."""

    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        kind = response.headers.get_content_type()
        self.value, self.stream = None, None
        if kind in ("application/x-ndjson", "text/event-stream") and self.status == 200:
            self.stream = response
            return
        body = response.read()
        if kind == "application/problem+json":
            raise Refused(json.loads(body), self.status)
        if kind == "application/json":
            self.value = json.loads(body)
        elif self.status >= 400:
            raise Broken(f"status {self.status}: {body[:200]!r}")


def request(name, arguments, number=None):
    """Writes a request of JSON-RPC; without a number, a notification."""
    message = {"jsonrpc": "2.0", "method": name}
    if number is not None:
        message["id"] = number
    if arguments is not None:
        message["params"] = arguments
    return message


def result(answer):
    """Reads an answer of JSON-RPC."""
    error = answer.get("error")
    if error is None:
        return answer["result"]
    data = dict(error["data"])
    if error["code"] == -32700 and data["path"]:
        # The path begins at the top of the request, where the arguments are a member.
        prefix = "params."
        data["path"] = data["path"][len(prefix) :] if data["path"].startswith(prefix) else data["path"]
    raise Refused(data)


def refusal(name, value):
    return Refused(value) if name == "error" else Broken(f"an error was expected, not {name}")
