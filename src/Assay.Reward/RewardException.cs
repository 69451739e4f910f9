namespace Assay.Reward;

/// <summary>
/// What was asked of a reward model or its training cannot be done; the message names the file, setting, step or row and says what to do.
/// </summary>
public sealed class RewardException : FormatException
{
    public RewardException(string message)
        : base(message) { }

    public RewardException(string message, Exception inner)
        : base(message, inner) { }
}
