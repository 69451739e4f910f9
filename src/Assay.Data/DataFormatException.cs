namespace Assay.Data;

/// <summary>
/// A data file is not what it has to be. The message names file, line and column, what was found, what was wanted and what to do.
/// </summary>
public sealed class DataFormatException(string message, Exception? inner = null) : FormatException(message, inner);
