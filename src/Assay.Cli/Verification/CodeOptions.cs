using System.CommandLine;
using Assay.Verifiers;
using Assay.Verifiers.Sandboxing;

namespace Assay.Cli.Verification;

/// <summary>The options of the verifiers that run code: <c>--using unit-tests</c> and <c>exit-code</c>.</summary>
internal sealed class CodeOptions
{
    private static readonly SandboxLimits Usual = new();

    private readonly Option<string?> _python = new("--python")
    {
        Description = "The python3 that runs answers and tests, with the modules that they want. [default: the first of PATH]",
        HelpName = "PATH",
    };
    private readonly Option<string?> _command = new("--command")
    {
        Description =
            "How an answer is run where the tests are inputs and outputs, as a line of sh: {file} is the answer's file, {file.c} one whose name ends so. [default: python3 {file.py}]",
        HelpName = "LINE",
    };
    private readonly Option<string[]> _shown = new("--show")
    {
        Description = "Folder that the sandbox shows, read-only, beside the system's: where a compiler lies elsewhere than under /usr.",
        HelpName = "DIR",
    };
    private readonly Option<double> _time = new("--time-limit")
    {
        Description = "Seconds that an answer's tests may take; with inputs and outputs, each of them.",
        DefaultValueFactory = _ => Usual.Time.TotalSeconds,
        HelpName = "SECONDS",
    };
    private readonly Option<int> _memory = new("--memory-limit")
    {
        Description = "Memory that an answer may have.",
        DefaultValueFactory = _ => Usual.Memory,
        HelpName = "MIB",
    };
    private readonly Option<int> _processes = new("--process-limit")
    {
        Description = "Processes and threads that an answer may have at one time.",
        DefaultValueFactory = _ => Usual.Processes,
        HelpName = "N",
    };

    public CodeOptions(Command command)
    {
        foreach (var option in (Option[])[_python, _command, _shown, _time, _memory, _processes])
            command.Options.Add(option);
    }

    /// <summary>The verifier; null where the name is of none that runs code.</summary>
    /// <exception cref="UsageException">An option without such a verifier, or a limit that is none.</exception>
    /// <exception cref="SandboxException">This system cannot isolate what would be run.</exception>
    public IVerifier? Make(string name, ParseResult parsed)
    {
        if (!VerifierChoice.OfCode.Contains(name))
        {
            foreach (var option in (Option[])[_python, _command, _shown, _time, _memory, _processes])
                if (parsed.GetResult(option) is { Implicit: false })
                    throw new UsageException($"{option.Name} is of --using {string.Join(" or ", VerifierChoice.OfCode)}, not {name}");
            return null;
        }
        var seconds = parsed.GetValue(_time);
        if (!(seconds is >= 0.1 and <= 3600))
            throw new UsageException("--time-limit: wanted 0.1 to 3600 seconds");
        if (parsed.GetValue(_memory) is < 16 or > 1 << 20)
            throw new UsageException("--memory-limit: wanted 16 MiB or more, and at most 1048576");
        if (parsed.GetValue(_processes) is < 4 or > 4096)
            throw new UsageException("--process-limit: wanted 4 to 4096");
        SandboxLimits limits = new()
        {
            Time = TimeSpan.FromSeconds(seconds),
            Memory = parsed.GetValue(_memory),
            Processes = parsed.GetValue(_processes),
        };
        string[] shown = [.. (parsed.GetValue(_shown) ?? []).Select(Path.GetFullPath)];
        foreach (var folder in shown)
            if (!Directory.Exists(folder))
                throw new DirectoryNotFoundException($"--show {folder}: there is no such folder");
        if (name == "unit-tests")
            return new UnitTestVerifier(limits, parsed.GetValue(_python), parsed.GetValue(_command), shown);
        if (parsed.GetValue(_command) is not null)
            throw new UsageException("--command is of --using unit-tests: exit-code runs Python alone");
        return new ExitCodeVerifier(limits, parsed.GetValue(_python));
    }
}
