using Assay.Verifiers.Code;
using Assay.Verifiers.Sandboxing;

namespace Assay.Verifiers;

/// <summary>
/// Answer and tests as one program in Python, right where it ends with exit code 0; in a sandbox. There to be compared with: an answer that
/// runs beside its tests can end, read and change them.
/// </summary>
public sealed class ExitCodeVerifier : IVerifier, IDisposable
{
    private readonly Sandbox _sandbox;
    private readonly PythonInterpreter _python;

    /// <param name="limits">What answer and tests may use.</param>
    /// <param name="python">The python3, by name or path; null for the first of PATH.</param>
    /// <exception cref="SandboxException">This system cannot isolate, or there is no Python.</exception>
    public ExitCodeVerifier(SandboxLimits limits, string? python = null)
    {
        _python = PythonInterpreter.Find(python);
        _sandbox = new Sandbox(limits, _python.Folders);
    }

    /// <inheritdoc/>
    public ReferenceKind Needs => ReferenceKind.Tests;

    /// <inheritdoc/>
    public Verification Verify(string completion, string reference)
    {
        var tests = CodeTests.Of(reference);
        if (tests.Streams.Count > 0)
            throw new FormatException("the tests are inputs and outputs; wanted code, which is run after the answer's");
        return Run(CodeText.Of(completion), tests).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose() => _sandbox.Dispose();

    private async Task<Verification> Run(string code, CodeTests tests)
    {
        var head = code.StartsWith(' ') ? tests.Prompt + code : code;
        var check = tests.Entry is { } entry && tests.Code.Contains("def check(", StringComparison.Ordinal) ? $"check({entry})" : "";
        var cases = tests.Code.Contains("TestCase", StringComparison.Ordinal) ? "import unittest; unittest.main(module=__name__)" : "";
        var program = string.Join('\n', [head, tests.Setup, tests.Code, .. tests.Lines, check, cases, ""]);
        using var process = await _sandbox.Start([_python.Path, "-s", "-B", "/answer/program.py"], ("program.py", program));
        process.Input.Close();
        await process.Output.ReadToEndAsync();
        var status = await process.Ended();
        return new Verification(status == 0 && process.Beyond is null ? Verdict.Correct : Verdict.Wrong, await process.Ending());
    }
}
