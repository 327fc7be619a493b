"""The routes of HTTP: the request for the arguments of a call, or None if no route can say them."""

import functools
import urllib.parse


def route(name, arguments):
    find = ROUTES.get(name)
    found = find and find(arguments)
    return None if not found or is_long(found) else found


def is_long(route):
    """Whether a request line is beyond what HTTP servers take."""
    return len(urllib.parse.urlencode(route.get("parameters") or {}, doseq=True)) > 60_000


def take(arguments, names):
    """The path of an announcement, and what is left of the arguments; None if there is more than `names`."""
    rest = {name: value for name, value in arguments.items() if name != "id"}
    if not isinstance(arguments.get("id"), int) or any(name not in names for name in rest):
        return None
    return f"/v1/announcements/{arguments['id']}", rest


def if_match(rest):
    version = rest.pop("if_version", None)
    return {} if version is None else {"If-Match": f'"v{version}"'}


def change(verb, members, arguments):
    taken = take(arguments, members + ("if_version",))
    if taken is None:
        return None
    path, rest = taken
    headers = if_match(rest)
    return {"method": "POST", "path": f"{path}/{verb}", "headers": headers, "body": rest}


def update(arguments):
    taken = take(arguments, ("patch", "if_version", "change"))
    if taken is None:
        return None
    path, rest = taken
    headers, patch = if_match(rest), rest.pop("patch")
    return {"method": "PATCH", "path": path, "headers": headers, "parameters": rest, "body": patch}


def viewer_of(arguments):
    """The parameters of a viewer."""
    viewer = arguments.get("viewer", {})
    parameters = {name: viewer[name] for name in ("user", "now") if name in viewer}
    parameters["locale"] = viewer.get("locales", [])
    for name, values in viewer.get("attributes", {}).items():
        if values == []:
            return None
        parameters[f"attr.{name}"] = values
    return parameters


def one(suffix, arguments):
    taken, parameters = take(arguments, ("viewer", "view")), viewer_of(arguments)
    if taken is None or parameters is None:
        return None
    if suffix == "" and arguments.get("view") == "editor":
        return None
    if "view" in arguments:
        parameters["view"] = arguments["view"]
    return {"method": "GET", "path": taken[0] + suffix, "parameters": parameters}


def by_id(method, suffix, parameters, arguments):
    taken = take(arguments, ())
    return taken and {"method": method, "path": taken[0] + suffix, "parameters": parameters}


def receipts(arguments):
    taken = take(arguments, ("read_only", "acknowledged_only", "limit", "cursor"))
    return taken and {"method": "GET", "path": taken[0] + "/receipts", "parameters": said(taken[1])}


FILTER = {
    "channels": "channel",
    "categories": "category",
    "tags_any": "tag",
    "keys": "key",
    "q": "q",
    "phase": "phase",
    "severity_at_least": "severity_at_least",
    "pinned": "pinned",
    "unread_only": "unread_only",
    "pending_only": "pending_only",
    "unacknowledged_only": "unacknowledged_only",
}


def conditions(arguments):
    """The parameters of viewer and filter."""
    filter, parameters = arguments.get("filter", {}), viewer_of(arguments)
    if parameters is None or any(name not in FILTER for name in filter):
        return None
    return {**parameters, **said({FILTER[name]: value for name, value in filter.items()})}


def said(parameters):
    """Booleans as they are written in a URL."""
    words = {True: "true", False: "false"}
    return {
        name: words[value] if isinstance(value, bool) else value
        for name, value in parameters.items()
        if value is not None
    }


def active(arguments):
    parameters = conditions(arguments)
    if parameters is None:
        return None
    rest = {name: value for name, value in arguments.items() if name not in ("viewer", "filter")}
    return {"method": "GET", "path": "/v1/active", "parameters": {**parameters, **said(rest)}}


def query(arguments):
    return active(arguments) or {"method": "POST", "path": "/v1/query", "body": arguments}


def changes(arguments):
    parameters = conditions(arguments)
    if parameters is None:
        return None
    rest = {name: value for name, value in arguments.items() if name not in ("viewer", "filter")}
    return {"method": "GET", "path": "/v1/changes", "parameters": {**parameters, **rest}}


def marks(arguments):
    user = arguments.get("viewer", {}).get("user")
    if not user:
        return None
    body = {name: value for name, value in arguments.items() if name != "viewer"}
    viewer = {name: value for name, value in arguments["viewer"].items() if name != "user"}
    if viewer:
        body["viewer"] = viewer
    return {"method": "POST", "path": f"/v1/users/{quoted(user)}/marks", "body": body}


def forget(arguments):
    user = arguments.get("user")
    return {"method": "DELETE", "path": f"/v1/users/{quoted(user)}"} if user else None


def plain(method, path, arguments):
    return {"method": method, "path": path, "body": arguments if method == "POST" else None}


quoted = functools.partial(urllib.parse.quote, safe="")
ROUTES = {
    "publish": functools.partial(plain, "POST", "/v1/announcements"),
    "apply": lambda operations: (
        {
            "method": "POST",
            "path": "/v1/announcements",
            "body": [operation["publish"] for operation in operations],
        }
        if all("publish" in operation for operation in operations)
        else None
    ),
    "check": functools.partial(plain, "POST", "/v1/check"),
    "count": functools.partial(plain, "POST", "/v1/count"),
    "query": query,
    "update": update,
    "retract": functools.partial(change, "retract", ("reason",)),
    "restore": functools.partial(change, "restore", ()),
    "release": functools.partial(change, "release", ()),
    "purge": functools.partial(by_id, "DELETE", "", None),
    "get": functools.partial(one, ""),
    "explain": functools.partial(one, "/explain"),
    "record": functools.partial(by_id, "GET", "", {"view": "editor"}),
    "history": functools.partial(by_id, "GET", "/history", None),
    "receipts": receipts,
    "mark": marks,
    "mark_all": marks,
    "forget_user": forget,
    "changes": changes,
    "stats": functools.partial(plain, "GET", "/v1/stats"),
    "head": functools.partial(plain, "GET", "/v1/head"),
}
