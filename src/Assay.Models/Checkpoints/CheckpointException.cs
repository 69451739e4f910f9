namespace Assay.Models.Checkpoints;

/// <summary>
/// A checkpoint that cannot be what it says it is. The message names the file and the tensor or key, what was found, what was wanted and
/// what to do.
/// </summary>
public sealed class CheckpointException : FormatException
{
    public CheckpointException(string message)
        : base(message) { }

    public CheckpointException(string message, Exception inner)
        : base(message, inner) { }
}
