namespace Assay.Verifiers.Tests;

/// <summary>As <see cref="SandboxFactAttribute"/>, for theories.</summary>
public sealed class SandboxTheoryAttribute : TheoryAttribute
{
    public SandboxTheoryAttribute() => Skip = SandboxFactAttribute.Reason;
}
