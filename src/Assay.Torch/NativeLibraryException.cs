namespace Assay.Torch;

/// <summary>
/// libtorch was not found, or cannot be used. The message names the file or every place that was looked at, and the line that mends it.
/// </summary>
public sealed class NativeLibraryException(string message, Exception? inner = null) : IOException(message, inner);
