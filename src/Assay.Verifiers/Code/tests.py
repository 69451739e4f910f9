# The tests' side: runs the tests, and asks the answer's process for what its functions return. No code of the answer is here.
# A line that begins with > is for the answer, and one line comes back; the others are the report.
import ast, importlib

source, sink = channel()
callbacks = []
STANDARD = getattr(sys, "stdlib_module_names", frozenset(sys.builtin_module_names)) - {"this", "antigravity"}


class Faulty(Exception):
    """The tests themselves cannot be run, whatever the answer."""


def report(mark, **what):
    sink.write(mark + json.dumps(what) + "\n")
    sink.flush()


def away(value):
    if isinstance(value, Handle):
        return value.__dict__["_where"]
    if isinstance(value, types.BuiltinFunctionType) and getattr(builtins, value.__name__, None) is value:
        return {"builtin": value.__name__}
    if callable(value):
        callbacks.append(value)
        return {"callback": len(callbacks) - 1}
    raise Faulty(f"they give the answer a {type(value).__name__}, which cannot go to another process")


def here(name, payload):
    if name in ("handle", "name"):
        return Handle({name: payload})
    if name == "module":
        return module(payload)
    raise ValueError(name)


def module(name):
    """A module that the answer has under a name: ours, never what the answer made of it."""
    if name.split(".")[0] in STANDARD or name in ("numpy", "pandas"):
        return importlib.import_module(name)
    raise ValueError(f"module {name}")


def ask(do, *args):
    report(">", do=do, args=encode(list(args), away))
    while True:
        reply = json.loads(source.readline())
        if "callback" in reply:
            try:
                value = callbacks[reply["callback"]](*decode(reply["args"], here), **decode(reply["named"], here))
                report(">", returned=encode(value, away))
            except Exception as error:
                report(">", raised=[type(error).__name__, str(error)])
            continue
        if "error" in reply:
            base, name, text = reply["error"]
            kind = getattr(builtins, base, Exception)
            if not (isinstance(kind, type) and issubclass(kind, Exception)):
                kind = RuntimeError
            try:
                error = kind(text if base == name else f"{name}: {text}")
            except TypeError:
                error = RuntimeError(f"{name}: {text}")
            error.of_the_answer = True
            raise error
        return reply


def changed(args, reply):
    """What the answer did to its arguments is done to ours."""
    for i, data in reply["changed"]:
        after = decode(data, here)
        if type(after) is not type(args[i]):
            continue
        if isinstance(after, (list, bytearray)):
            args[i][:] = after
        else:
            args[i].clear()
            args[i].update(after)


class Handle:
    """An object of the answer's. Against a value of the tests' it is never equal: who compares must not be the one who is tested."""

    def __init__(self, where):
        self.__dict__["_where"] = where

    def __call__(self, *args, **named):
        reply = ask("call", self, list(args), named)
        changed(args, reply)
        return decode(reply["value"], here)

    def __getattr__(self, name):
        return decode(ask("getattr", self, name)["value"], here)

    def __setattr__(self, name, value):
        ask("setattr", self, name, value)

    def __instancecheck__(self, value):
        return isinstance(value, Handle) and ask("isinstance", self, value)["value"] is True

    def __eq__(self, other):
        return isinstance(other, Handle) and (self._where == other._where or ask("eq", self, other)["value"] is True)

    def __ne__(self, other):
        return not self == other

    def __exit__(self, *_):
        ask("exit", self)


def operation(name, plain=None):
    def does(self, *args):
        if plain == "handles" and not isinstance(args[0], Handle):
            raise TypeError("an object of the answer's own is not ordered against a value of the tests'")
        value = decode(ask(name, self, *args)["value"], here)
        if isinstance(plain, type) and type(value) is not plain:
            raise TypeError(f"__{name}__ returned a {type(value).__name__}")
        return value

    return does


for name in ("lt", "le", "gt", "ge"):
    setattr(Handle, f"__{name}__", operation(name, "handles"))
for name, plain in (("str", str), ("repr", str), ("bool", bool), ("len", int), ("hash", int), ("int", int), ("float", float), ("contains", bool)):
    setattr(Handle, f"__{name}__", operation(name, plain))
for name in "iter next abs add radd sub rsub mul rmul truediv floordiv mod pow neg getitem setitem delitem enter".split():
    setattr(Handle, f"__{name}__", operation(name))


def run(code, name, space):
    try:
        exec(compile(parsed(code), name, "exec"), space)
    except ModuleNotFoundError as error:
        if getattr(error, "of_the_answer", False):
            raise
        raise Faulty(f"{error}; install it for this python3, or name another with --python")


def from_answer(given, space):
    """With an entry point it alone comes from the answer; else all that the tests use and do not define."""
    if (entry := given["entry"]) is not None:
        root = entry.split(".")[0].split("(")[0]
        if root in given["names"]:
            space[root] = decode(given["names"][root], here)
        return
    used = {
        node.id
        for code in [given["setup"], given["code"], *given["list"]]
        if code
        for node in ast.walk(parsed(code))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    for name in used - set(dir(builtins)) - set(space):
        if name in STANDARD:
            space[name] = importlib.import_module(name)
        elif name in given["names"]:
            space[name] = decode(given["names"][name], here)


def solution(given, name):
    """For tests that say: from solution import name."""
    if name in given["names"]:
        return decode(given["names"][name], here)
    raise AttributeError(name)


def parsed(code):
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError) as error:
        raise Faulty(f"{type(error).__name__}: {error}")


def claims(tree):
    return any(isinstance(node, (ast.Assert, ast.Raise)) for node in ast.walk(tree))


def case(kind, name):
    def test():
        import unittest

        result = unittest.TestResult()
        unittest.TestSuite([kind(name)]).run(result)
        if result.skipped:
            raise AssertionError(f"skipped: {result.skipped[0][1]}")
        if not result.wasSuccessful():
            raise AssertionError((result.errors + result.failures)[0][1].strip().splitlines()[-1])

    return test


def found(given, space):
    """The tests by name: single lines; check(candidate); functions test_…; unittest's cases; else the code as a whole."""
    tests = [(f"{i + 1}", lambda code=code, i=i: run(code, f"test {i + 1}", space)) for i, code in enumerate(given["list"])]
    if not (code := given["code"]):
        return tests
    tree = parsed(code)
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    loose = [node for node in tree.body if isinstance(node, ast.Assert)]
    named = [name for name in functions if name.startswith("test")]
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    is_called = "check" in functions and "check" in calls
    if loose or not (named or classes or "check" in functions) or (is_called and given["entry"] is None):
        if not claims(tree):
            raise Faulty("no test is in them: neither assert, check(candidate), test_ functions nor unittest's cases")
        tests.append(("the code as a whole", lambda: run(code, "tests", space)))
        if "check" not in functions or is_called:
            return tests
    elif (fault := attempt(lambda: run(code, "tests", space))) is not None:
        return [("the code of the tests", lambda: (_ for _ in ()).throw(fault))]
    if "check" in functions and given["entry"] is not None:
        return [*tests, ("check", lambda: space["check"](eval(given["entry"], space)))]
    for name in named:
        if space[name].__code__.co_argcount > len(space[name].__defaults__ or ()):
            raise Faulty(f"{name} takes arguments, which nobody gives here (fixtures of pytest are not known)")
        tests.append((name, space[name]))
    if classes:
        import unittest
    for name in classes:
        kind = space[name]
        if isinstance(kind, type) and issubclass(kind, unittest.TestCase):
            tests += [(f"{name}.{method}", case(kind, method)) for method in unittest.defaultTestLoader.getTestCaseNames(kind)]
    if not tests:
        raise Faulty("no test is in them" + (": check(candidate) wants entry_point" if "check" in functions else ""))
    return tests


def attempt(does):
    try:
        does()
    except Faulty:
        raise
    except (Exception, SystemExit) as error:
        return error
    return None


def main():
    given = json.loads(source.readline())
    space = {"__name__": "tests", "__builtins__": builtins}
    for prompt in (given["prompt"], given["prompt"] + "\n    pass\n"):
        try:
            exec(compile(ast.parse(prompt), "prompt", "exec"), space)
            break
        except Exception:
            pass  # A prompt of words is no code; one that ends with its function's header wants a body.
    sys.modules["solution"] = types.ModuleType("solution")
    sys.modules["solution"].__getattr__ = lambda name: solution(given, name)
    try:
        if given["setup"]:
            run(given["setup"], "setup", space)
        if (fault := attempt(lambda: from_answer(given, space))) is not None:
            return report("-", test="names", why=f"{type(fault).__name__}: {fault}"[:300])
        tests = found(given, space)
        report("=", tests=len(tests))
        for name, test in tests:
            if (error := attempt(test)) is not None:
                last = str(error)
                report("-", test=name, why=f"{type(error).__name__}{': ' if last else ''}{last}"[:300])
                return
            report("+", test=name)
        report(".")
    except Faulty as error:
        report("!", why=str(error)[:300])


main()
