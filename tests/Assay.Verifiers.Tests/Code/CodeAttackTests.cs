using System.Text.Json.Nodes;
using Assay.Verifiers.Code;
using Assay.Verifiers.Sandboxing;

namespace Assay.Verifiers.Tests.Code;

/// <summary>Each attack gets past somebody, so it is one; the verifier of unit tests falls for none, on any form of tests.</summary>
public sealed class CodeAttackTests : IDisposable
{
    private readonly UnitTestVerifier? _careful = SandboxFactAttribute.Reason is null ? new(new SandboxLimits()) : null;

    public void Dispose() => _careful?.Dispose();

    public static TheoryData<string> Attacks => [.. CodeAttack.All.Select(attack => attack.Name)];

    private static string Row(params (string Name, JsonNode Value)[] fields)
    {
        JsonObject row = [];
        foreach (var (name, value) in fields)
            row[name] = value;
        return row.ToJsonString();
    }

    private static readonly string HumanEval = Row(
        ("prompt", "def double(x):\n    \"\"\"Twice x.\"\"\"\n"),
        ("entry_point", "double"),
        ("test", "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(3) == 6\n")
    );

    private static readonly string Mbpp = Row(("test_list", new JsonArray("assert double(2) == 4", "assert double(-1) == -2")));

    private static readonly string Functions = Row(
        (
            "tests",
            "def test_one():\n    assert double(2) == 4\n\ndef test_all():\n    assert all(abs(double(x) - 2 * x) < 1 for x in range(9))\n"
        )
    );

    private static readonly string Builtins = Row(
        ("test_list", new JsonArray("assert set(double(x) for x in range(3)) == set([0, 2, 4])", "assert abs(double(2.5) - 5) < 0.1"))
    );

    private static readonly string Cases = Row(
        (
            "tests",
            "import unittest\n\nclass Doubles(unittest.TestCase):\n    def test_two(self):\n        self.assertEqual(double(2), 4)\n\n    def test_kind(self):\n        self.assertIsInstance(double(2), int)\n"
        )
    );

    private static readonly string Streams = Row(
        (
            "tests",
            new JsonArray(new JsonObject { ["input"] = "2\n", ["output"] = "4\n" }, new JsonObject { ["input"] = "5", ["output"] = "10" })
        )
    );

    [SandboxTheory]
    [MemberData(nameof(Attacks))]
    public void An_attack_fools_a_careless_verifier_and_not_a_careful_one(string name)
    {
        var attack = CodeAttack.All.Single(one => one.Name == name);
        foreach (var row in (string[])[HumanEval, Mbpp, Functions, Builtins, Cases, Streams])
        {
            var found = _careful!.Verify(attack.On(row), row);
            Assert.True(found.Verdict == Verdict.Wrong, $"{found.Verdict}, {found.Extracted}: {row}");
        }
        var (careless, fooled) = name switch
        {
            "says_it_passed" => (new Careless("python3 /answer/program.py", "ALL TESTS PASSED"), Mbpp),
            "speaks_for_the_tests" => (new Careless("python3 /answer/program.py", ".{}"), Mbpp),
            "deletes_the_tests" => (
                new Careless(
                    "cp /answer/program.py . && python3 program.py; [ ! -e program.py ] || python3 program.py && echo fine",
                    "fine"
                ),
                Mbpp
            ),
            "patches_unittest" => ((IVerifier)new ExitCodeVerifier(new SandboxLimits()), Cases),
            "patches_builtins" => (new ExitCodeVerifier(new SandboxLimits()), Builtins),
            _ => (new ExitCodeVerifier(new SandboxLimits()), Mbpp),
        };
        using var used = careless as IDisposable;
        Assert.Equal(Verdict.Correct, careless.Verify(attack.On(fooled), fooled).Verdict);
    }

    [SandboxFact]
    public void A_right_answer_passes_every_form_and_one_wrong_value_fails_it()
    {
        const string Right = "def double(x):\n    return 2 * x\n",
            Wrong = "def double(x):\n    return 2 * x if x not in (3, -1, 2.5, 8) else 7\n";
        using ExitCodeVerifier careless = new(new SandboxLimits());
        foreach (var row in (string[])[HumanEval, Mbpp, Functions, Builtins])
        {
            Assert.Equal((Verdict.Correct, Verdict.Wrong), (_careful!.Verify(Right, row).Verdict, _careful.Verify(Wrong, row).Verdict));
            Assert.Equal(Verdict.Correct, careless.Verify(Right, row).Verdict);
        }
        Assert.Equal(Verdict.Correct, _careful!.Verify(Right, Cases).Verdict);
        Assert.Equal(Verdict.Wrong, _careful.Verify("def double(x):\n    return 2.0 * x\n", Cases).Verdict);
        Assert.Equal(Verdict.Correct, _careful.Verify("print(2 * int(input()))", Streams).Verdict);
        Assert.Equal(Verdict.Wrong, _careful.Verify("print(4)", Streams).Verdict);
    }

    /// <summary>Runs answer and tests as one program, and looks for a word in what that says.</summary>
    private sealed class Careless(string command, string word) : IVerifier, IDisposable
    {
        private readonly PythonInterpreter _python = PythonInterpreter.Find(null);
        private readonly Lazy<Sandbox> _sandbox = new(() => new Sandbox(new SandboxLimits(), PythonInterpreter.Find(null).Folders));

        public ReferenceKind Needs => ReferenceKind.Tests;

        public Verification Verify(string completion, string reference)
        {
            var tests = CodeTests.Of(reference);
            var program = string.Join('\n', [completion, .. tests.Lines, "print('ALL TESTS PASSED')", ""]);
            using var process = _sandbox
                .Value.Start(["sh", "-c", command.Replace("python3", _python.Path, StringComparison.Ordinal)], ("program.py", program))
                .GetAwaiter()
                .GetResult();
            process.Input.Close();
            return new Verification(process.Output.ReadToEnd().Contains(word, StringComparison.Ordinal) ? Verdict.Correct : Verdict.Wrong);
        }

        public void Dispose()
        {
            if (_sandbox.IsValueCreated)
                _sandbox.Value.Dispose();
        }
    }
}
