using Assay.Verifiers.Code;
using Assay.Verifiers.Sandboxing;

namespace Assay.Verifiers;

/// <summary>
/// An answer's code against tests, in a <see cref="Sandbox"/>: right where every test passed, and at least one ran. Tests in Python call
/// the answer's functions from another process; tests of inputs and outputs run any program. Where this system cannot isolate, there is
/// none.
/// </summary>
public sealed class UnitTestVerifier : IVerifier, IDisposable
{
    private readonly Sandbox _sandbox;
    private readonly FunctionTests? _functions;
    private readonly StreamTests _streams;

    /// <param name="limits">What an answer may use, and its tests as much again.</param>
    /// <param name="python">The python3, by name or path; null for the first of PATH.</param>
    /// <param name="command">How an answer is run on inputs, as a line of sh with <c>{file}</c> in it, or <c>{file.c}</c> for a name that
    /// ends so; null for python3. With one, tests that call functions are refused: they are Python's.</param>
    /// <param name="shown">Folders that the sandbox shows read-only beside the system's.</param>
    /// <exception cref="SandboxException">This system cannot isolate, or there is no Python.</exception>
    /// <exception cref="FormatException">The command names no file.</exception>
    public UnitTestVerifier(SandboxLimits limits, string? python = null, string? command = null, params IEnumerable<string> shown)
    {
        var interpreter = command is null ? PythonInterpreter.Find(python) : null;
        var run = StreamCommand.Of(command ?? $"'{interpreter!.Path}' -s -B {{file.py}}");
        _sandbox = new Sandbox(limits, [.. shown, .. interpreter?.Folders ?? []]);
        _functions = interpreter is null ? null : new FunctionTests(_sandbox, interpreter);
        _streams = new StreamTests(_sandbox, run);
    }

    /// <inheritdoc/>
    public ReferenceKind Needs => ReferenceKind.Tests;

    /// <inheritdoc/>
    public Verification Verify(string completion, string reference)
    {
        var tests = CodeTests.Of(reference);
        var code = CodeText.Of(completion);
        if (string.IsNullOrWhiteSpace(code))
            return new Verification(Verdict.NoAnswer, "no code");
        if (tests.Streams.Count > 0)
            return _streams.Run(code, tests).GetAwaiter().GetResult();
        if (_functions is null)
            throw new FormatException("the tests call functions, in Python; with --command wanted are objects with input and output");
        return _functions.Run(code, tests).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose() => _sandbox.Dispose();
}
