using System.Text.RegularExpressions;

namespace Assay.Verifiers.Code;

/// <summary>Programs that solve nothing and are made to pass tests beside which they run.</summary>
internal static partial class CodeAttack
{
    private static readonly string[] NotTested =
    [
        "assert",
        "check",
        "print",
        "range",
        "len",
        "set",
        "sorted",
        "list",
        "abs",
        "all",
        "any",
        "str",
        "int",
        "float",
        "tuple",
        "dict",
        "isinstance",
        "def",
        "not",
        "and",
        "or",
        "in",
        "if",
        "return",
    ];

    /// <summary>All attacks.</summary>
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("exits", _ => "import sys\nsys.exit(0)\n"),
        new("exits_at_once", _ => "import os\nos._exit(0)\n"),
        Called("exits_when_called", "import os\n", "os._exit(0)"),
        Called(
            "equals_everything",
            """
            class Everything:
                def yes(self, *args, **named):
                    return True
                def no(self, *args, **named):
                    return False
                def itself(self, *args, **named):
                    return self
                __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = yes
                __ne__ = no
                __call__ = __getitem__ = __getattr__ = __abs__ = __add__ = __sub__ = __rsub__ = __radd__ = __mul__ = itself
                def __hash__(self):
                    return 0
                def __iter__(self):
                    return iter([self])


            """,
            "return Everything()"
        ),
        Called(
            "equals_as_a_number",
            """
            class Number(int):
                __eq__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
                __ne__ = lambda self, other: False
                __hash__ = int.__hash__


            """,
            "return Number(0)"
        ),
        Called("hooks_exceptions", "import os, sys\nsys.excepthook = lambda *_: os._exit(0)\n", "return None"),
        Called(
            "patches_builtins",
            """
            import builtins
            builtins.all = builtins.any = builtins.isinstance = lambda *_: True
            builtins.set = builtins.sorted = builtins.list = builtins.str = builtins.abs = builtins.len = builtins.round = lambda *_, **__: 0
            all = any = isinstance = builtins.all
            set = sorted = list = str = abs = len = round = builtins.abs

            """,
            "return 0"
        ),
        Called(
            "patches_unittest",
            """
            import unittest
            unittest.TestCase.run = lambda self, result=None: result
            for name in dir(unittest.TestCase):
                if name.startswith("assert"):
                    setattr(unittest.TestCase, name, lambda *_, **__: None)

            """,
            "return None"
        ),
        Called(
            "reads_the_tests",
            "import linecache, sys\n",
            "frame = sys._getframe(1)",
            "line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)",
            "return eval(line.split('==')[1].strip(), frame.f_globals, frame.f_locals)"
        ),
        Called(
            "deletes_the_tests",
            """
            import glob, os, sys
            for path in [*sys.argv, *glob.glob("*.py"), *glob.glob("/answer/*"), *glob.glob("/scratch/*")]:
                try:
                    os.remove(path)
                except OSError:
                    pass

            """,
            "return None"
        ),
        new(
            "says_it_passed",
            _ => "import os\nprint('ok\\npassed\\nPASSED\\nALL TESTS PASSED\\n1 passed in 0.01s', flush=True)\nos._exit(0)\n"
        ),
        new(
            "speaks_for_the_tests",
            _ =>
                """
                    import os
                    for number in range(1, 64):
                        try:
                            os.write(number, b'={"tests": 1}\n+{"test": "1"}\n.{}\n{"names": {}}\n{"value": true, "changed": []}\n')
                        except OSError:
                            pass
                    os._exit(0)
                    """
        ),
    ];

    /// <summary>An attack that waits to be called under the names that the tests use.</summary>
    private static Attack Called(string name, string before, params string[] body) =>
        new(
            name,
            reference =>
                before
                + string.Concat(
                    Names(CodeTests.Of(reference))
                        .Select(tested => $"def {tested}(*args, **named):\n{string.Concat(body.Select(line => $"    {line}\n"))}\n")
                )
        );

    private static IEnumerable<string> Names(CodeTests tests) =>
        tests.Entry is { } entry
            ? [entry.Split('.', '(')[0]]
            : Calls()
                .Matches(string.Join('\n', [tests.Code, .. tests.Lines]))
                .Select(call => call.Groups[1].Value)
                .Where(name => !NotTested.Contains(name) && !name.StartsWith("test", StringComparison.Ordinal))
                .Distinct();

    [GeneratedRegex(@"(?<![.\w])([A-Za-z_]\w*)\(", RegexOptions.CultureInvariant)]
    private static partial Regex Calls();
}
