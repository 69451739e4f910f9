namespace Assay.Cli;

/// <summary>What the process returns, the same for every verb.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A gate or a check said no.</summary>
    public const int CheckFailed = 1;

    /// <summary>The input or the command line is wrong.</summary>
    public const int BadInput = 2;

    /// <summary>There is not enough evidence to say yes or no.</summary>
    public const int CannotTell = 3;

    /// <summary>A fault of the program itself (sysexits' EX_SOFTWARE): never an answer to an input.</summary>
    public const int Fault = 70;

    /// <summary>Stopped by Ctrl-C, as shells count it (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM, as schedulers send it (128 + SIGTERM).</summary>
    public const int Terminated = 143;
}
