namespace Assay.Build;

/// <summary>Calls of the command line, as a user makes them: by the launcher, or by another program given.</summary>
internal sealed class AssayCalls(string? program = null, IReadOnlyDictionary<string, string>? environment = null)
{
    private readonly string _program = program ?? Shell.Within(OperatingSystem.IsWindows() ? "assay.cmd" : "assay");

    /// <summary>The command's exit code is this one.</summary>
    public Answer Expect(int code, params string[] arguments) => ExpectOneOf([code], arguments);

    public Answer ExpectOneOf(int[] codes, params string[] arguments)
    {
        var finished = Shell.Capture(_program, arguments, environment: environment);
        var command = $"assay {string.Join(' ', arguments)}";
        if (!codes.Contains(finished.ExitCode))
            throw new StepException($"'{command}' ended with {finished.ExitCode}, not {string.Join(" or ", codes)}\n{finished.Everything}");
        Console.Error.WriteLine($"ok ({finished.ExitCode})  {command}");
        return new Answer(command, finished);
    }
}

/// <summary>What a call answered.</summary>
internal sealed record Answer(string Command, Finished Finished)
{
    /// <summary>These words are in it.</summary>
    public Answer Says(string words) =>
        Finished.Everything.Contains(words, StringComparison.Ordinal)
            ? this
            : throw new StepException($"'{Command}' did not say '{words}'\n{Finished.Everything}");
}
