namespace Assay.Judges;

/// <summary>
/// A prompt file, a cache or an endpoint that cannot be used. The message names the file and line or the address, what was found, what was
/// wanted and what to do.
/// </summary>
public sealed class JudgeException(string message, Exception? inner = null) : FormatException(message, inner);
