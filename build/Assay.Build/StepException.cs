namespace Assay.Build;

/// <summary>A step found something wrong; the message says what, and the output that shows it.</summary>
internal sealed class StepException(string message) : Exception(message);
