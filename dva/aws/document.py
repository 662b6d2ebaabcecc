"""Reading `given`: typed, strict in dva's own keys, lenient inside AWS documents.

dva's own structures derive from `StrictStruct`: an unknown key is an error. AWS documents derive from
`AwsDocument`: members that the engine does not read are ignored, but one within two letters of a
member that it does read is taken for a typo.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin, get_type_hints

import msgspec

from dva import jsonpointer
from dva.aws.jsontext import duplicate_key
from dva.errors import GivenError

WORDS = {
    "int": "a whole number", "float": "a number", "str": "text", "bool": "true or false",
    "array": "a list", "object": "a mapping", "null": "nothing",
}  # fmt: skip


ANY_KEY = "..."


Integer = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
"""The Integer of AWS's APIs: 32 bits."""


class StrictStruct(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A structure whose keys dva defines: any other key is an error."""


class AwsDocument(msgspec.Struct, rename="camel", kw_only=True):
    """An AWS document, of which only the members named here are read; null stands for a member that is left out.

    `known` lists AWS's members that the engine does not read and that look like ones it does.
    `wrappers` are the members that an `aws ... describe-...` answer wraps such a document in.
    """

    known: ClassVar[frozenset[str]] = frozenset()
    wrappers: ClassVar[tuple[str, ...]] = ()


def decode(given: Any, kind: Any) -> Any:
    """Return `given` as a value of type `kind`; GivenError with a pointer where it cannot be read."""
    return convert(unwrapped(given, kind), kind)


def convert(given: Any, kind: Any) -> Any:
    """Return what has no wrappers any more as a value of type `kind`; GivenError where it cannot be read."""
    for where, name, meant in likely_typos(given, kind):
        raise GivenError(f"unknown member `{name}`", pointer=where, hint=f"did you mean `{meant}`?")
    try:
        return msgspec.convert(given, kind, strict=True)
    except msgspec.ValidationError as problem:
        message, where = explain(str(problem))
        hint = hint_for(kind, message, where)
        raise GivenError(message, pointer=_named(given, kind, str(problem), where), hint=hint) from None


def hint_for(kind: Any, message: str, where: str) -> str | None:
    """Return what is possible where a value could not be read: the words, or the keys with the nearest one first."""
    names = jsonpointer.split(where)
    if "enum value" in message:
        words = [str(word) for word in values_at(kind, names) if word is not None]
        return f"one of {', '.join(words)}" if words else None
    unknown = message.startswith("unknown key")
    struct = _shape(_kind_at(kind, names[:-1] if unknown else names))[0]
    if struct is None or not (unknown or message.startswith("missing")):
        return None
    from difflib import get_close_matches  # not needed by a run that succeeds

    keys = list(_members(struct)[0])
    near = get_close_matches(names[-1], keys, 1) if unknown else []
    meant = f"did you mean `{near[0]}`? " if near else ""
    return f"{meant}possible here: {', '.join(keys)}"


def _named(given: Any, kind: Any, problem: str, where: str) -> str:
    """Return the pointer with a key in place of each `...`, which is msgspec's word for any value of a mapping.

    The key is the first that, alone in its mapping, gives the same problem.
    """
    names = jsonpointer.split(where)
    for place in (place for place, name in enumerate(names) if name == ANY_KEY):
        inside = jsonpointer.resolve(given, jsonpointer.join(*names[:place]))
        for key, item in list(inside.items()) if isinstance(inside, dict) else ():
            inside.clear()
            inside[key] = item
            if _problem(given, kind) == problem:
                names[place] = str(key)
                break
    return jsonpointer.join(*names)


def _problem(given: Any, kind: Any) -> str | None:
    try:
        msgspec.convert(given, kind, strict=True)
    except msgspec.ValidationError as problem:
        return str(problem)
    return None


def unwrapped(value: Any, kind: Any) -> Any:
    """Return a copy of the value with the wrappers of describe answers taken off wherever `kind` names them.

    An AWS document may be JSON text, as `aws … > file` writes it: text that begins with a brace or bracket.
    Lists of flat items are not copied, as converting them makes new values; members that are not read neither.
    """
    if isinstance(value, str) and _document(kind) and value.lstrip().startswith(("{", "[")):
        value = json_value(value)
    if not isinstance(value, list | dict):
        return value
    struct, items = _shape(kind)
    if items is not None:
        inner = None if _flat(items) else _shape(items)[0]
        if isinstance(value, dict) and inner is not None:
            value = next((value[name] for name in _wrappers(inner) if isinstance(value.get(name), list)), value)
        if isinstance(value, list) and inner is not None:
            return [_unwrapped_at(index, item, items) for index, item in enumerate(value)]
        return value if _flat(items) else copy.deepcopy(value)
    if struct is None or not isinstance(value, dict):
        return copy.deepcopy(value)
    fields, _ = _members(struct)
    for name in _wrappers(struct):
        inner_value = value.get(name)
        if isinstance(inner_value, list) and inner_value and name not in fields:
            inner_value = inner_value[0]
        if isinstance(inner_value, dict) and name not in fields:
            value = inner_value
    left_out = _optional(struct)
    return {
        name: _unwrapped_at(name, item, fields[name]) if name in fields else item
        for name, item in value.items()
        if item is not None or name not in left_out
    }


def _unwrapped_at(name: str | int, value: Any, kind: Any) -> Any:
    try:
        return unwrapped(value, kind)
    except GivenError as problem:
        problem.pointer = jsonpointer.join(name) + problem.pointer
        raise


@lru_cache(maxsize=512)
def _document(kind: Any) -> bool:
    """Return whether this is an AWS document, or a list of them."""
    struct, items = _shape(kind)
    struct = struct or (items and _shape(items)[0])
    return isinstance(struct, type) and issubclass(struct, AwsDocument)


def json_value(text: str) -> Any:
    """Return what JSON text says; GivenError with the line where it is not JSON or has a key twice."""
    try:
        value = msgspec.json.decode(text)
    except RecursionError:
        raise GivenError("the text is nested too deeply to be read") from None
    except msgspec.DecodeError as problem:
        reason, _, byte = str(problem).partition(" (byte ")
        before = text.encode()[: int(byte.rstrip(")"))] if byte else text.encode()
        line = before.count(b"\n") + 1
        raise GivenError(f"the text is not JSON: {reason.removeprefix('JSON is malformed: ')}, line {line}") from None
    twice = duplicate_key(text)
    if twice is not None:
        raise GivenError(f"duplicate key `{twice.key}`, line {twice.line} of the text", pointer=twice.pointer)
    return value


def members_not_read(value: Any, kind: Any, where: str = "") -> list[str]:
    """Return the pointers of what AWS documents inside `value` have and `kind` does not declare, in their order.

    `value` is as it was given, and can be read as `kind`. A pointer goes through a wrapper and into JSON text; a
    member that is null is as good as left out, and what lies inside a member that is not read is not listed again.
    """
    found: list[str] = []
    _list_not_read(value, kind, where, found)
    return found


def _list_not_read(value: Any, kind: Any, where: str, found: list[str]) -> None:
    if isinstance(value, str) and _document(kind) and value.lstrip().startswith(("{", "[")):
        value = msgspec.json.decode(value)
    struct, items = _shape(kind)
    if isinstance(value, list):
        if items is not None and not _flat(items):
            for index, item in enumerate(value):
                _list_not_read(item, items, f"{where}/{index}", found)
    elif isinstance(value, dict) and items is not None:
        name = next((name for name in _wrappers(_shape(items)[0]) if isinstance(value.get(name), list)), None)
        if name is not None:
            found += _beside(value, name, where)
            _list_not_read(value[name], kind, f"{where}/{name}", found)
    elif isinstance(value, dict) and struct is not None:
        _list_not_read_of(struct, value, where, found)
    elif isinstance(value, dict) and (values := _values_of(kind)) is not None:
        for name, item in value.items():
            _list_not_read(item, values, where + jsonpointer.join(name), found)


def _list_not_read_of(struct: Any, value: dict[str, Any], where: str, found: list[str]) -> None:
    names, lenient, wrappers, inside = _walked(struct)
    for name in wrappers:
        inner, place = value.get(name), f"{where}/{name}"
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            found += _beside(value, name, where)
            found += [f"{place}/{index}" for index in range(1, len(inner))]
            value, where = inner[0], f"{place}/0"
        elif isinstance(inner, dict):
            found += _beside(value, name, where)
            value, where = inner, place
    for name, item in value.items():
        if name in inside:
            _list_not_read(item, inside[name], f"{where}/{name}", found)
        elif lenient and name not in names and item is not None:
            found.append(where + jsonpointer.join(name))


@lru_cache(maxsize=512)
def _walked(struct: Any) -> tuple[frozenset[str], bool, tuple[str, ...], dict[str, Any]]:
    """Return a structure's members, whether it takes others, its wrappers, and which members hold structures."""
    fields, lenient = _members(struct)
    inside = {name: kind for name, kind in fields.items() if _shape(kind) != (None, None) or _values_of(kind)}
    wrappers = tuple(name for name in _wrappers(struct) if name not in fields)
    return frozenset(fields), lenient, wrappers, inside


def _beside(value: dict[str, Any], wrapper: str, where: str) -> list[str]:
    """Return the members beside a wrapper: the rest of the answer of a describe call."""
    return [where + jsonpointer.join(name) for name, item in value.items() if name != wrapper and item is not None]


Keys = Mapping[str, "Keys | None"]
"""What an engine reads of a document by hand: the keys, and of each what is read in it, or None where that is all.

`*` stands for every other key. Items of a list are read alike.
"""


def keys_not_read(value: Any, keys: Keys | None, where: str, *, any_case: bool = False) -> Iterator[str]:
    """List the pointers of what a document has beside the keys that are read, in its order.

    With `any_case` the keys, written in lower case, are found in any case.
    """
    if isinstance(value, list) and keys is not None:
        for index, item in enumerate(value):
            yield from keys_not_read(item, keys, f"{where}/{index}", any_case=any_case)
    elif isinstance(value, dict) and keys is not None:
        for name, item in value.items():
            key = str(name).lower() if any_case else str(name)
            place = where + jsonpointer.join(str(name))
            if key in keys or "*" in keys:
                yield from keys_not_read(item, keys[key if key in keys else "*"], place, any_case=any_case)
            elif item is not None:
                yield place


def _wrappers(struct: Any) -> tuple[str, ...]:
    return getattr(struct, "wrappers", ())


def explain(text: str) -> tuple[str, str]:
    """Return msgspec's message in our words, and its path as a pointer."""
    message, _, path = text.partition(" - at `$")
    names = re.findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", path.rstrip("`"))
    where = jsonpointer.join(*(name or index for name, index in names))
    message = re.sub(
        r"Expected `([^`]+)`, got `([^`]+)`",
        lambda m: f"expected {_words(m[1])}, found {_words(m[2])}",
        message,
    )
    unknown = re.match(r"Object contains unknown field `(.*)`$", message)
    if unknown:
        return f"unknown key `{unknown[1]}`", where + jsonpointer.join(unknown[1])
    message = message.replace("Object missing required field", "missing")
    return message[:1].lower() + message[1:], where


def _words(kinds: str) -> str:
    names = [WORDS.get(kind.strip(), kind.strip()) for kind in kinds.split("|")]
    return " or ".join(name for name in names if name != "nothing" or len(names) == 1)


def likely_typos(value: Any, kind: Any, where: str = "") -> Iterator[tuple[str, str, str]]:
    """List (pointer, member, what was probably meant) of the members that look mistyped inside AWS documents."""
    struct, items = _shape(kind)
    if isinstance(value, list) and items is not None and not _flat(items):
        shape = _shape(items)
        if shape != (None, None):
            for index, item in enumerate(value):
                yield from likely_typos(item, items, f"{where}/{index}")
    elif isinstance(value, dict) and struct is not None:
        fields, lenient = _members(struct)
        for name, item in value.items():
            if name in fields:
                if isinstance(item, list | dict):
                    yield from likely_typos(item, fields[name], f"{where}/{name}")
            elif lenient and isinstance(name, str) and name not in struct.known:
                meant = _meant(struct, name)
                if meant and not _is_of_aws(name):
                    yield where + jsonpointer.join(name), name, meant
    elif isinstance(value, dict) and (values := _values_of(kind)) is not None and _shape(values)[0] is not None:
        for name, item in value.items():
            yield from likely_typos(item, values, where + jsonpointer.join(name))


def _is_of_aws(name: str) -> bool:
    """Return whether a service model has a member of this name, so that it is no slip."""
    from dva.aws.service_model import names  # not needed by a run that meets no name like a slip

    return name in names()


@lru_cache(maxsize=4096)
def _meant(struct: Any, name: str) -> str | None:
    """Return the member of the structure that `name` is probably a typo of."""
    return next((other for other in _members(struct)[0] if within_two_letters(name, other)), None)


def values_at(kind: Any, names: list[str]) -> tuple[Any, ...]:
    """Return the values that a place can have by its declared type: words, or false and true; else none."""
    return _values(_kind_at(kind, names))


def places_with_values(kind: Any, value: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """List the places of a document whose type has a few values, also of members that were left out."""
    if _values(kind):
        yield names
        return
    struct, items = _shape(kind)
    if isinstance(value, list) and items is not None:
        for index, item in enumerate(value):
            yield from places_with_values(items, item, (*names, str(index)))
    elif isinstance(value, dict) and struct is not None:
        for name, member in _members(struct)[0].items():
            yield from places_with_values(member, value.get(name), (*names, name))


def _values(kind: Any) -> tuple[Any, ...]:
    for part in (kind, *get_args(kind)):
        if get_origin(part) is Literal:
            return get_args(part)
        if part is bool:
            return False, True
    return ()


def _kind_at(kind: Any, names: list[str]) -> Any:
    """Return the declared type of a place; None where none is."""
    for name in names:
        struct, items = _shape(kind)
        if items is not None and name.isdigit():
            kind = items
        elif struct is not None and name in _members(struct)[0]:
            kind = _members(struct)[0][name]
        elif name == ANY_KEY and (values := _values_of(kind)) is not None:
            kind = values
        else:
            return None
    return kind


def _values_of(kind: Any) -> Any:
    """Return the type of a mapping's values; None where the type is not a mapping."""
    if get_origin(kind) is dict:
        return get_args(kind)[1]
    return next((found for part in get_args(kind) if (found := _values_of(part)) is not None), None)


@lru_cache(maxsize=512)
def _shape(kind: Any) -> tuple[Any, Any]:
    """Return (struct, item type) of an annotation: a struct, a list of something, or neither, as a mapping is."""
    if get_origin(kind) is dict:
        return None, None
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind, None
    if get_origin(kind) in (list, tuple):
        return None, get_args(kind)[0]
    for part in get_args(kind):
        found = _shape(part)
        if found != (None, None):
            return found
    return None, None


@lru_cache(maxsize=512)
def _flat(kind: Any) -> bool:
    """Return whether a StrictStruct holds nothing but scalars: a million of them are read at once."""
    if not (isinstance(kind, type) and issubclass(kind, StrictStruct)):
        return False
    parts = [part for member in _members(kind)[0].values() for part in get_args(member) or (member,)]
    return all(part in (int, float, str, bool, type(None)) for part in parts)


@lru_cache(maxsize=512)
def _members(struct: Any) -> tuple[dict[str, Any], bool]:
    hints = get_type_hints(struct)
    fields = {f.encode_name: hints[f.name] for f in msgspec.structs.fields(struct)}
    return fields, issubclass(struct, AwsDocument)


@lru_cache(maxsize=512)
def _optional(struct: Any) -> frozenset[str]:
    """Return the members that may be left out: a null there, as SDKs print it, is the same.

    In dva's own structures only where null has no meaning of its own.
    """
    kinds, lenient = _members(struct)
    names = [field.encode_name for field in msgspec.structs.fields(struct) if not field.required]
    return frozenset(name for name in names if lenient or type(None) not in get_args(kinds[name]))


def within_two_letters(one: str, other: str) -> bool:
    """Return whether at most two letters must be added, dropped or changed; short names must share most letters."""
    limit = 2 if min(len(one), len(other)) > 4 else 1
    if abs(len(one) - len(other)) > limit:
        return False
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1] <= limit
