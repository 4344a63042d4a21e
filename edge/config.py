"""YAML → typed model. Every error at once, each `file:line: key: reason`, with the nearest known key where one is near.

config/elevator.yaml:6: relay.leese_s: unknown key. Did you mean 'lease_s'?
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from edge.core.errors import ConfigError
from edge.core.options import Options, Relative, Unique

M = TypeVar("M", bound=Options)
Key = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """YAML 1.2's plain scalars: `no` and `on` are words (not false and true), `12:30` is text (not 750)."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, regexp) for tag, regexp in resolvers if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF")
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), "-+0123456789")


@dataclass(frozen=True)
class Document:
    """A parsed YAML file: plain data and the line (from 1) of every key."""

    path: Path
    data: Any
    lines: dict[Key, int]

    def where(self, key: Key) -> str:
        """`file:line` of a key, or of the nearest parent that the file has."""
        while key and key not in self.lines:
            key = key[:-1]
        return f"{self.path}:{self.lines.get(key, 1)}"


def load(path: Path, model: type[M]) -> M:
    """Read and check one configuration file. Relative paths in it become relative to the file.

    Raises ConfigError with one line per error.
    """
    document = parse(path)
    try:
        loaded = model.model_validate(document.data, context={"folder": path.parent})
    except ValidationError as wrong:
        raise ConfigError("\n".join(_explain(document, model, wrong))) from None
    twice = list(_twice(document, loaded))
    if twice:
        raise ConfigError("\n".join(twice))
    return _resolve(loaded, path.parent)


def fingerprint(options: Options) -> str:
    """SHA-256 of the effective configuration, for `birth`."""
    return hashlib.sha256(json.dumps(options.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


def place(path: Path, text: str) -> str:
    """`file:line: ` before a `key: reason` that was found only after loading; any other text stays as it is."""
    key, colon, _ = text.partition(": ")
    if not colon or not re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", key):
        return text
    return f"{parse(path).where(tuple(key.split('.')))}: {text}"


def parse(path: Path) -> Document:
    """Read a YAML file with the line of every key. Raises ConfigError: missing, unreadable, not YAML, a key twice."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: file not found; copy the example from config/ and mend it, or correct the path"
        ) from None
    except (OSError, UnicodeDecodeError) as unreadable:
        raise ConfigError(f"{path}: cannot be read: {unreadable}") from None
    lines: dict[Key, int] = {}
    errors: list[str] = []
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            raise ConfigError(f"{path}:1: the file is empty")
        _walk(node, (), path, lines, errors)
        if errors:
            raise ConfigError("\n".join(errors))
        data = loader.construct_document(node)
    except ConfigError:
        raise
    except (yaml.YAMLError, ValueError, IndexError) as wrong:  # ValueError, IndexError: odd `!!int` tags
        mark = getattr(wrong, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ConfigError(f"{path}:{line}: not YAML: {getattr(wrong, 'problem', None) or wrong}") from None
    finally:
        if loader is not None:
            loader.dispose()
    if not isinstance(data, dict):
        raise ConfigError(f"{path}:1: expected `key: value` lines, found {_kind(data)}")
    return Document(path, data, lines)


def _walk(node: yaml.Node, key: Key, path: Path, lines: dict[Key, int], errors: list[str]) -> None:
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            child = (*key, str(name.value))
            if child in lines:
                errors.append(
                    f"{path}:{name.start_mark.line + 1}: {_dotted(child)}: given twice, first on line {lines[child]}"
                )
            lines[child] = name.start_mark.line + 1
            _walk(value, child, path, lines, errors)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _walk(value, (*key, number), path, lines, errors)


def _explain(document: Document, model: type[Options], wrong: ValidationError) -> Iterator[str]:
    for error in wrong.errors():
        key = _in_file(document.data, error["loc"])
        where, name = document.where(key), _dotted(key) or "the file"
        if error["type"] == "extra_forbidden":
            yield f"{where}: {name}: unknown key{_did_you_mean(str(key[-1]), _names(model, error['loc'][:-1]))}"
        elif error["type"] == "missing":
            yield f"{where}: {name}: missing; add it"
        elif error["type"] in ("union_tag_invalid", "union_tag_not_found"):
            context = error.get("ctx", {})
            kind, given = context.get("discriminator", "driver").strip("'"), context.get("tag")
            allowed = [tag for one in _at(model, error["loc"]) for tag in _literals(one.model_fields[kind])]
            reason = f"unknown {given!r}" if given is not None else "missing"
            hint = _did_you_mean(str(given), allowed) if given is not None else "."
            yield f"{document.where((*key, kind))}: {name}.{kind}: {reason}{hint} Allowed: {', '.join(allowed)}"
        else:
            message = error["msg"].removeprefix("Value error, ")
            yield f"{where}: {name}: {message} (got {_short(error['input'])})"


def _in_file(data: Any, loc: tuple[str | int, ...]) -> Key:
    """A pydantic location without the union tags that stand in no file."""
    key: list[str | int] = []
    for number, part in enumerate(loc):
        last = number == len(loc) - 1
        if isinstance(data, dict) and (part in data or last):
            key.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            key.append(part)
            data = data[part] if part < len(data) else None
    return tuple(key)


def _names(model: Any, loc: tuple[str | int, ...]) -> list[str]:
    """The keys that are allowed at a location, for "did you mean"."""
    return [name for one in _at(model, loc) for name in one.model_fields]


def _at(model: Any, loc: tuple[str | int, ...]) -> list[Any]:
    """The models that may stand at a location."""
    found = [model]
    for part in loc:
        found = [inner for outer in found for inner in _step(outer, part)]
    return found


def _step(outer: Any, part: str | int) -> Iterator[Any]:
    if _is_model(outer) and part in outer.model_fields:
        yield from _models(outer.model_fields[part].annotation)
    elif _is_model(outer) and any(f.default == part or part in _literals(f) for f in outer.model_fields.values()):
        yield outer  # a union tag


def _models(annotation: Any) -> Iterator[Any]:
    if _is_model(annotation):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def _literals(field: FieldInfo) -> tuple[Any, ...]:
    return getattr(field.annotation, "__args__", ()) if "Literal" in str(field.annotation) else ()


def _is_model(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseModel)


def _marked(options: BaseModel, key: Key = ()) -> Iterator[tuple[Key, FieldInfo, Any]]:
    for name, field in type(options).model_fields.items():
        value = getattr(options, name)
        yield (*key, name), field, value
        if isinstance(value, BaseModel):
            yield from _marked(value, (*key, name))
        elif isinstance(value, dict | list | tuple):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for part, inner in items:
                if isinstance(inner, BaseModel):
                    yield from _marked(inner, (*key, name, part))


def _marks(field: FieldInfo) -> Iterator[Any]:
    """Marks of a field, also inside `Pin | None`."""
    yield from field.metadata
    for argument in getattr(field.annotation, "__args__", ()):
        yield from getattr(argument, "__metadata__", ())


def _twice(document: Document, options: Options) -> Iterator[str]:
    seen: dict[tuple[str, Any], Key] = {}
    for key, field, value in _marked(options):
        for mark in _marks(field):
            if isinstance(mark, Unique) and value is not None:
                first = seen.setdefault((mark.what, value), key)
                if first != key:
                    used = f"{_dotted(first)} (line {document.where(first).rpartition(':')[2]})"
                    yield f"{document.where(key)}: {_dotted(key)}: {mark.what} {value} is already used by {used}"


def _resolve(options: M, folder: Path) -> M:
    """Paths marked Relative become relative to the file that names them."""
    changed: dict[str, Any] = {}
    for name, field in type(options).model_fields.items():
        value = getattr(options, name)
        if isinstance(value, Path) and any(isinstance(mark, Relative) for mark in _marks(field)):
            changed[name] = folder / value
        elif isinstance(value, Options):
            changed[name] = _resolve(value, folder)
        elif isinstance(value, dict) and any(isinstance(inner, Options) for inner in value.values()):
            changed[name] = {k: _resolve(v, folder) if isinstance(v, Options) else v for k, v in value.items()}
    return options.model_copy(update=changed) if changed else options


def _did_you_mean(given: str, known: list[str]) -> str:
    near = difflib.get_close_matches(given, known, n=1) or [name for name in known if given and name.startswith(given)]
    return f". Did you mean '{near[0]}'?" if near else "."


def _dotted(key: Key) -> str:
    return ".".join(str(part) for part in key)


def _kind(data: Any) -> str:
    return {list: "a list", str: "text", int: "a number", float: "a number", type(None): "nothing"}.get(
        type(data), "something else"
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
