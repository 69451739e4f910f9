namespace Assay.Cli;

/// <summary>
/// The command line asks for something that cannot be done; the message says what was wanted and what to do. Exit code 2.
/// </summary>
internal sealed class UsageException(string message) : Exception(message);
