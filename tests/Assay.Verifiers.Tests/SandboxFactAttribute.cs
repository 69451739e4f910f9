using System.Runtime.CompilerServices;
using Assay.Verifiers.Sandboxing;

namespace Assay.Verifiers.Tests;

/// <summary>A fact about what runs in a sandbox: skipped, with the reason, where the system has none.</summary>
public sealed class SandboxFactAttribute : FactAttribute
{
    internal static string? Reason { get; } = Sandbox.WhyNot();

    public SandboxFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Reason;
}
