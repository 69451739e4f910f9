namespace Assay.Verifiers.Sandboxing;

/// <summary>What a program in a sandbox may use.</summary>
public sealed record SandboxLimits
{
    /// <summary>Wall time from start to end. Default 10 s.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Memory in MiB: writable data of a process, and what all of them have resident. Default 512.</summary>
    public int Memory { get; init; } = 512;

    /// <summary>Processes and threads at one time. Default 16.</summary>
    public int Processes { get; init; } = 16;

    /// <summary>Size in MiB of a file, and of the scratch folder with all that is in it. Default 64.</summary>
    public int Files { get; init; } = 64;

    /// <summary>What it may say on standard output, in MiB. Default 16.</summary>
    public int Output { get; init; } = 16;
}
