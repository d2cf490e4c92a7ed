"""Dataclasses as JSON objects and back, by their fields.

Fields are strings (some of a few words), whole numbers, floats, records, tuples and mappings of these, or ``None``
where the type says so. Metadata of a field that counts here: ``digits`` (decimals a float keeps, 4 unless set) and
``min_length``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from qa.errors import InputError
from qa.wire.lines import abbreviated, abbreviated_json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")

_DIGITS: Final = 4
_SCALARS: Final[Mapping[type, tuple[str, Callable[[Any], bool]]]] = {
    str: ("a string", lambda value: isinstance(value, str)),
    int: ("an integer", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    # A comparison, not math.isfinite: an integer may be too large for a float.
    float: (
        "a finite number",
        lambda value: isinstance(value, int | float) and not isinstance(value, bool) and -1e308 < value < 1e308,
    ),
}


def to_json(record: "DataclassInstance") -> dict[str, object]:
    """Return ``record`` as JSON types, its fields in their order.

    Raises ``ValueError`` for a number that is not finite.
    """
    return {
        name: _written(hint, getattr(record, name), name, field.metadata.get("digits", _DIGITS))
        for name, (hint, field) in _shape(type(record)).items()
    }


def from_json(kind: type[R], value: object, path: str = "") -> R:
    """Return the record of type ``kind`` that ``to_json`` wrote; keys that are no fields of it are left out.

    ``path`` is where it stands in the whole. Raises ``InputError`` that names the first field that is missing or wrong,
    and what stands there: ``items[0].text: expected a string, found 3``.
    """
    given = _object(value, path)
    found = {}
    for name, (hint, field) in _shape(kind).items():
        where = _at(path, name)
        if name in given:
            found[name] = _read(hint, given[name], where)
            least = field.metadata.get("min_length", 0)
            if isinstance(found[name], tuple) and len(found[name]) < least:
                raise mismatch(where, f"at least one {name.removesuffix('s')}", given[name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise InputError(f"{where}: missing")
    return kind(**found)


def derive_record(kind: type[R], *sources: "DataclassInstance", **more: object) -> R:
    """Return a record of type ``kind``; a field that ``more`` does not give is the first source's of that name."""
    values = dict(more)
    for name in _shape(kind):
        if name not in values:
            values[name] = getattr(next(source for source in sources if hasattr(source, name)), name)
    return kind(**values)


def mismatch(where: str, expected: str, value: object) -> InputError:
    """Return the error of a value that is not what was expected."""
    return InputError(f"{where}: expected {expected}, found {abbreviated_json(value)}")


@cache
def _shape(kind: type["DataclassInstance"]) -> Mapping[str, tuple[Any, Field[Any]]]:
    hints = get_type_hints(kind)
    return {field.name: (hints[field.name], field) for field in fields(kind)}


def _written(hint: Any, value: Any, name: str, digits: int) -> object:
    if value is None:
        return None
    hint = _required(hint)
    if hint is float:
        return _rounded(name, value, digits)
    if get_origin(hint) is tuple:
        return [_written(get_args(hint)[0], element, name, digits) for element in value]
    if get_origin(hint) is Mapping:
        return {key: _written(get_args(hint)[1], element, key, digits) for key, element in value.items()}
    return to_json(value) if is_dataclass(hint) else value


def _read(hint: Any, value: object, where: str) -> Any:
    required = _required(hint)
    if value is None and required is not hint:
        return None
    if required in _SCALARS:
        expected, accepts = _SCALARS[required]
        if not accepts(value):
            raise mismatch(where, expected if required is hint else f"{expected} or null", value)
        return required(value)
    if get_origin(required) is Literal:
        if value not in get_args(required):
            raise mismatch(where, f"one of {', '.join(get_args(required))}", value)
        return value
    if get_origin(required) is tuple:
        if not isinstance(value, list):
            raise mismatch(where, "an array", value)
        return tuple(_read(get_args(required)[0], each, f"{where}[{index}]") for index, each in enumerate(value))
    if get_origin(required) is Mapping:
        given = _object(value, where)
        return {key: _read(get_args(required)[1], each, _at(where, key)) for key, each in given.items()}
    return from_json(required, value, where)


def _required(hint: Any) -> Any:
    """Return the type that a value has when it is not ``None``."""
    if isinstance(hint, UnionType):
        (required,) = (each for each in get_args(hint) if each is not NoneType)
        return required
    return hint


def _object(value: object, path: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise mismatch(path or "answer", "an object", value)
    return cast("Mapping[str, object]", value)


def _at(path: str, name: str) -> str:
    return f"{path}.{abbreviated(name)}" if path else abbreviated(name)


def _rounded(name: str, value: float, digits: int) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{name} is {value}, which JSON cannot carry")
    return round(float(value), digits) + 0.0  # no -0.0
