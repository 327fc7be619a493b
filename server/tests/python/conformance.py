"""Carries out the cases of conformance/cases over the client in examples/python.

Usage: conformance.py CASES VECTORS. How the boards come about is said in orders.py.
"""

import json
import os
import sys
import traceback

import notice_binary
from notice_client import Frames, Http, Lines, Refused
from orders import order, say
from routes import route


class CannotSay(Exception):
    """A step that a protocol has no way to say, with the reason."""


def main(cases, vectors):
    runs, faults, left_out = 0, check_vectors(vectors), []
    for case in read_cases(cases):
        for surface in (OverFrames, OverLines, OverHttp):
            runs += 1
            at = f"{case['theme']}: {case['name']}, over {surface.__name__}"
            fault, skipped = run(case, surface)
            left_out += [f"{at}: {step}" for step in skipped]
            if fault:
                faults.append(f"{at}: {fault}")
    say({"runs": runs, "faults": faults, "left_out": left_out})


# The cases.


def read_cases(folder):
    """Reads the cases that apply to a board in memory."""
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".json"):
            continue
        with open(os.path.join(folder, file), encoding="utf-8") as stream:
            cases = json.load(stream)
        for case in cases if isinstance(cases, list) else cases["cases"]:
            if "mem" not in case.get("not_on", {}):
                yield {"theme": file, **case}


def run(case, surface):
    """Runs a case on a board of its own: what is wrong, and the steps that were left out."""
    board = {"now": case.get("now", 1000), "options": case.get("options", {})}
    place = order({"open": board})
    saved, skipped = {}, []
    try:
        with surface(place) as board:
            for number, step in enumerate(case["steps"], 1):
                try:
                    fault = run_step(board, step, saved)
                except CannotSay as reason:
                    skipped.append(f"step {number}: {reason}")
                    continue
                if fault:
                    return f"step {number}: {fault}", skipped
    except Exception:
        # A case that breaks the client is reported, and the others are carried out.
        return traceback.format_exc(), skipped
    finally:
        order({"close": {}})
    return None, skipped


def run_step(board, step, saved):
    (name,) = (member for member in step if member not in ("expect", "error", "as", "save"))
    arguments = spell_out(name, fill(step[name], saved))
    if name == "at":
        order({"now": arguments})
        return None
    try:
        answer, refused = finish(name, board.do(name, arguments)), None
    except Refused as error:
        answer, refused = None, error
    fault = compare(step, answer, refused, saved)
    if fault:
        return f"{name} {json.dumps(arguments, ensure_ascii=False)[:500]}: {fault}"
    keep = dict(step.get("save", {}))
    if "as" in step:
        keep[step["as"]] = "id"
    for as_name, path in keep.items():
        part = answer
        for member in path.split("."):
            part = part[int(member) if isinstance(part, list) else member]
        saved[as_name] = part
    return None


def compare(step, answer, refused, saved):
    if "error" not in step:
        if refused is not None:
            return f"refused: {refused.name}, {refused}"
        return differ("", fill(step["expect"], saved), answer) if "expect" in step else None
    expected = step["error"]
    expected = {"kind": expected} if isinstance(expected, str) else fill(expected, saved)
    if refused is None:
        return f"expected error {expected}, got {answer}"
    if not refused.en or not refused.zh or refused.en == refused.zh:
        return f"the messages are {refused.en!r} and {refused.zh!r}"
    got = {"kind": refused.name, "path": refused.path, "offset": refused.offset, "limit": refused.limit}
    return differ("", expected, got)


def differ(path, expected, got):
    """Says where `got` lacks something of `expected`."""
    if expected == "*" and got is not None:
        return None
    if isinstance(expected, dict) and isinstance(got, dict):
        found = (differ(f"{path}.{name}", value, got.get(name)) for name, value in expected.items())
        return next(filter(None, found), None)
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        found = (differ(f"{path}[{n}]", *pair) for n, pair in enumerate(zip(expected, got)))
        return next(filter(None, found), None)
    if expected == got and isinstance(expected, bool) == isinstance(got, bool):
        return None
    return f"at {path or 'the answer'}, expected {expected!r}, got {got!r}"


def fill(value, saved):
    """Puts in what stands for something else."""
    if isinstance(value, str) and value.startswith("$"):
        return saved[value[1:]]
    if isinstance(value, list):
        return [fill(entry, saved) for entry in value]
    if isinstance(value, dict):
        if "$repeat" in value:
            text, count = value["$repeat"]
            return text * count
        if "$numbered" in value:
            text, count = value["$numbered"]
            return [text.replace("#", str(n)) for n in range(count)]
        return {name: fill(member, saved) for name, member in value.items()}
    return value


def spell_out(name, arguments):
    """Writes out a draft's `title`, and a viewer who is a text."""
    if name == "publish":
        if not isinstance(arguments, dict):
            return arguments
        draft = dict(arguments)
        if "title" in draft:
            draft["texts"] = {"en": {"title": draft.pop("title")}}
        return draft
    if name == "check":
        if isinstance(arguments, list):
            return [spell_out("publish", draft) for draft in arguments]
        return spell_out("publish", arguments)
    if name == "apply":
        return [
            {each: spell_out(each, value) if each == "publish" else value for each, value in change.items()}
            for change in arguments
        ]
    if isinstance(arguments, dict) and isinstance(arguments.get("viewer"), str):
        return {**arguments, "viewer": {"user": arguments["viewer"]}}
    return arguments


def finish(name, answer):
    """Adds to an answer what cases compare."""
    if name == "query":
        for column, member in (("keys", "key"), ("titles", "title"), ("ids", "id")):
            answer[column] = [item[member] for item in answer["items"]]
    if name == "explain":
        answer["rules"] = [finding["rule"] for finding in answer["findings"]]
    if name in ("check", "check_json"):
        faults = [
            {
                "draft": fault["draft"],
                "kind": error["name"],
                "path": error["path"] or "",
                "offset": error["offset"],
            }
            for fault in answer["faults"]
            for error in [fault["error"]]
        ]
        lints = [{name: lint[name] for name in ("draft", "rule", "path")} for lint in answer["lints"]]
        return {**answer, "faults": faults, "lints": lints}
    return answer


def parse(text):
    """Reads the text of a draft or of a list."""

    def unique(pairs):
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a duplicate member")
        return dict(pairs)

    try:
        # A byte order mark is passed over, which Python refuses to do.
        return json.loads(text[1:] if text.startswith("\ufeff") else text, object_pairs_hook=unique)
    except ValueError:
        raise CannotSay("arguments of a call are JSON") from None


# The surfaces.


class Surface:
    """A client on a board."""

    def __init__(self, place):
        self.place = place
        self.client = self.connect()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def do(self, name, arguments):
        if name == "publish_json":
            drafts = parse(arguments)
            if isinstance(drafts, list):
                return self.call("apply", [{"publish": draft} for draft in drafts])
            return self.call("publish", drafts)
        if name == "check_json":
            return self.call("check", parse(arguments))
        return self.call(name, arguments)

    def call(self, name, arguments):
        return self.client.call(name, arguments)


class OverFrames(Surface):
    """ENOT frames over a Unix socket."""

    def connect(self):
        return Frames(self.place["unix"])


class OverLines(Surface):
    """JSON-RPC lines over TCP, with a token."""

    def connect(self):
        return Lines(self.place["tcp"], self.place["token"])


class OverHttp(Surface):
    """HTTP, by the route of a call if there is one for its arguments, and else by /rpc."""

    def connect(self):
        return Http(self.place["http"], self.place["token"])

    def do(self, name, arguments):
        if name == "publish_json":
            if not arguments:
                raise CannotSay("an empty body is {}")
            return self.client.ask("POST", "/v1/announcements", body=arguments.encode()).value
        return super().do(name, arguments)

    def call(self, name, arguments):
        found = route(name, arguments)
        if found is None:
            return self.client.call(name, arguments)
        return self.client.ask(**found).value


def check_vectors(folder):
    """Holds the binary form against the messages that the server's own tests have in both forms."""
    faults = []
    for file in ("calls.json", "answers.json"):
        with open(os.path.join(folder, file), encoding="utf-8") as stream:
            vectors = json.load(stream)
        for vector in vectors:
            ((name, value),) = vector["json"].items()
            data = bytes.fromhex(vector["bytes"])
            if file == "calls.json":
                is_same = notice_binary.call_to_bytes(name, value) == data
            else:
                is_same = notice_binary.answer_from_bytes(data) == (name, value)
            if not is_same:
                faults.append(f"{file}: {name} is another in binary")
    return faults


if __name__ == "__main__":
    main(*sys.argv[1:])
