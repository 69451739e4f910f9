using System.Runtime.CompilerServices;

namespace Assay.Verifiers.Tests;

/// <summary>As <see cref="SandboxFactAttribute"/>, for theories.</summary>
public sealed class SandboxTheoryAttribute : TheoryAttribute
{
    public SandboxTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = SandboxFactAttribute.Reason;
}
