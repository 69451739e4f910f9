# What goes between the process of the tests and that of the answer: one line of JSON a message, plain data only.
# Nothing that is decoded runs code: an object of the answer's own stays where it is and is named by a number.
import builtins, collections, json, os, sys, types


class Installed:
    """Loads what is installed beside the standard library only where it is asked for: most tests do without, and it takes its time."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        import importlib.machinery, site

        sys.meta_path.remove(Installed)
        site.main()
        return importlib.machinery.PathFinder.find_spec(name, path)


if sys.flags.no_site:
    sys.meta_path.append(Installed)


def channel():
    """Standard input and output for the protocol alone; what programs print goes nowhere."""
    source, sink = os.fdopen(os.dup(0), "r", encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return source, sink


def encode(value, other):
    """Plain data as JSON; anything else by other(value)."""
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is int:
        return value if abs(value) < 2**63 else {"int": hex(value)}
    if kind is float:
        return value
    if kind is list:
        return [encode(one, other) for one in value]
    if kind in (tuple, set, frozenset):
        return {kind.__name__: [encode(one, other) for one in value]}
    if kind is dict:
        return {"dict": [[encode(key, other), encode(one, other)] for key, one in value.items()]}
    if kind in (bytes, bytearray):
        return {kind.__name__: bytes(value).hex()}
    if kind is complex:
        return {"complex": [value.real, value.imag]}
    if kind is range:
        return {"range": [value.start, value.stop, value.step]}
    if (known := f"{kind.__module__}.{kind.__name__}") in STANDARD_KINDS and kind is standard(known):
        return {known: value.isoformat() if hasattr(value, "isoformat") else str(value)}
    if kind is type and getattr(builtins, value.__name__, None) is value:
        return {"type": value.__name__}
    # Kinds derived from plain ones are carried as these, so that none brings its own comparison along.
    if isinstance(value, int):
        return encode(int.__index__(value), other)
    for base, plain in ((float, float.__float__), (str, str.__str__)):
        if isinstance(value, base):
            return encode(plain(value), other)
    if isinstance(value, tuple):
        return {"tuple": [encode(one, other) for one in tuple.__iter__(value)]}
    if isinstance(value, list):
        return [encode(one, other) for one in list.__iter__(value)]
    if isinstance(value, dict):
        return {"dict": [[encode(key, other), encode(one, other)] for key, one in dict.items(value)]}
    if isinstance(value, collections.deque):
        return {"deque": [encode(one, other) for one in value]}
    if kind.__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return encode(value.item(), other)
    return other(value)


# Their modules are loaded where one is met: most tests meet none, and each start would pay for them.
STANDARD_KINDS = ("decimal.Decimal", "fractions.Fraction", "datetime.date", "datetime.time", "datetime.datetime")


def standard(known):
    module, name = known.split(".")
    return getattr(__import__(module), name)


PLAIN = {
    "int": lambda text: int(text, 16),
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "complex": lambda parts: complex(*parts),
    "range": lambda parts: range(*parts),
}
MANY = {"tuple": tuple, "set": set, "frozenset": frozenset, "deque": collections.deque}


def decode(data, other):
    """The value of what encode made; other(name, payload) for what is no plain data."""
    if isinstance(data, list):
        return [decode(one, other) for one in data]
    if not isinstance(data, dict):
        return data
    ((name, payload),) = data.items()
    if name in MANY:
        return MANY[name](decode(one, other) for one in payload)
    if name == "dict":
        return {decode(key, other): decode(one, other) for key, one in payload}
    if name in STANDARD_KINDS:
        kind = standard(name)
        return kind.fromisoformat(payload) if hasattr(kind, "fromisoformat") else kind(payload)
    if name in PLAIN:
        return PLAIN[name](payload)
    if name == "type":
        found = getattr(builtins, payload)
        if type(found) is not type:
            raise TypeError(f"{payload} is no type")
        return found
    return other(name, payload)
