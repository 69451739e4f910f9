namespace Assay.Data.Splits;

/// <summary>
/// The data cannot be split as asked, or a split record is not what it has to be. The message says what was found, what was wanted and what
/// to do.
/// </summary>
public sealed class SplitException(string message, Exception? inner = null) : FormatException(message, inner);
