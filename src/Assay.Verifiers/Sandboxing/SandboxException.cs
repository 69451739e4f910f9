namespace Assay.Verifiers.Sandboxing;

/// <summary>This system cannot isolate a program that nobody trusts, so it is not run.</summary>
public sealed class SandboxException(string message) : FormatException(message);
