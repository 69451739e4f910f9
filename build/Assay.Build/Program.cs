namespace Assay.Build;

/// <summary>
/// The one program for people and CI: every step a developer needs, each runnable by itself. <c>./run</c> and <c>run.cmd</c> start it.
/// </summary>
internal static class Program
{
    private const string Usage = """
        The one script for people and CI: every step a developer needs, each runnable by itself.

          ./run setup     look for the .NET SDK, all that is needed; it restores everything else from NuGet, libtorch too
          ./run build     build everything, warnings are errors
          ./run format    check the formatting (./run format --fix mends it), the width of tables, and that tests can fail
          ./run test      build and run every test
          ./run test NAME build, and run the tests whose full name holds NAME; options go to dotnet test (--filter …)
          ./run smoke     run the built command line as a user would
          ./run schemas   write docs/schemas anew from the records that the files are written with
          ./run api       write docs/api anew: what the packages offer
          ./run bench     benchmarks, ratios within one run: ./run bench --help names them
          ./run pack      write the NuGet packages and the dotnet tool to artifacts/packages, and use them as a stranger would
          ./run browser   find a Chromium for the report's tests, or install the distribution's (Debian, Ubuntu)
          ./run mpi       find OpenMPI's mpirun for the tests of several processes, or install the distribution's
          ./run ci        browser, mpi, build, format, test, smoke, pack, ending with one line: N passed, N failed, N skipped

        The first build wants a network for NuGet; later ones do not. Tests whose inputs are not here are skipped, with the reason.
        On Windows: run STEP.
        """;

    /// <summary>Exit code of wrong usage.</summary>
    private const int BadUsage = 2;

    public static int Main(string[] arguments)
    {
        Environment.SetEnvironmentVariable("DOTNET_NOLOGO", "1");
        Environment.SetEnvironmentVariable("DOTNET_CLI_TELEMETRY_OPTOUT", "1");
        var verb = arguments.FirstOrDefault();
        var rest = arguments.Skip(1).ToArray();
        if (rest.Length > 0 && verb is not ("test" or "bench") && !(verb is "format" && rest is ["--fix"]))
            return Refuse($"{verb} does not take '{rest[0]}'");
        try
        {
            switch (verb)
            {
                case "setup":
                    Shell.Say($"the .NET SDK is there: {Shell.Capture("dotnet", ["--version"]).Output.Trim()}");
                    return 0;
                case "build":
                    return Solution.Build();
                case "format":
                    return Solution.Format(rest is ["--fix"]);
                case "test":
                    return Test(rest);
                case "smoke":
                    return Smoke.Run();
                case "schemas":
                    return Schemas.Write();
                case "api":
                    return PublicApi.Write();
                case "bench":
                    return Shell.Run("dotnet", ["run", "-c", "Release", "--project", "bench/Assay.Bench", "--", .. rest]);
                case "pack":
                    return Solution.Build() is not 0 and var failed ? failed : Packages.Run();
                case "browser":
                    return Browser.Require() is null ? 2 : 0;
                case "mpi":
                    return Mpi.Require() is null ? 2 : 0;
                case "program":
                    return CommandLine.BuildIfStale();
                case "ci":
                    return ContinuousIntegration();
                case null or "help" or "--help" or "-h":
                    Console.WriteLine(Usage);
                    return 0;
                default:
                    return Refuse($"there is no step '{verb}'");
            }
        }
        catch (StepException error)
        {
            Console.Error.WriteLine($"run: {error.Message}");
            return 1;
        }
    }

    private static int Test(string[] arguments)
    {
        if (Solution.Build() is not 0 and var failed)
            return failed;
        var name = arguments.FirstOrDefault(argument => !argument.StartsWith('-')) is { } first && first == arguments[0] ? first : null;
        var tests = TestRun.Start(name is null ? arguments : ["--filter", $"FullyQualifiedName~{name}", .. arguments[1..]]);
        tests.TellSkipped();
        Console.WriteLine(tests.Line);
        if (tests.Passed + tests.Failed + tests.Skipped > 0 || tests.ExitCode != 0)
            return tests.ExitCode;
        Console.Error.WriteLine($"run: no test ran{(name is null ? "" : $": no full name of one holds '{name}'")}");
        return BadUsage;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"run: {why}. See: ./run help");
        return BadUsage;
    }

    private static int ContinuousIntegration()
    {
        // The report's tests look at its pages: here a missing browser fails them, elsewhere it skips them.
        var browser = Browser.Require();
        // So do those of several processes, where OpenMPI is to be had.
        if (Mpi.Require() is not null)
            Environment.SetEnvironmentVariable("ASSAY_NEEDS_MPI", "1");
        var code = browser is null ? 2 : Solution.Build();
        if (code == 0)
            code = Solution.Format(fix: false);
        var tests = TestRun.None;
        if (code == 0)
        {
            Environment.SetEnvironmentVariable("ASSAY_CHROMIUM", browser);
            Environment.SetEnvironmentVariable("ASSAY_NEEDS_BROWSER", "1");
            tests = TestRun.Start([]);
            tests.TellSkipped();
            code = tests.ExitCode;
            foreach (var (name, step) in new (string, Func<int>)[] { ("smoke run", Smoke.Run), ("use of the packages", Packages.Run) })
            {
                if (Succeeds(name, step))
                    continue;
                tests = tests with { Failed = tests.Failed + 1 };
                code = 1;
            }

            if (tests.Passed + tests.Failed == 0)
            {
                Console.Error.WriteLine("run: no test ran");
                code = 1;
            }
        }
        else
        {
            Console.Error.WriteLine("run: set-up, build or format failed; no test was run");
        }

        Console.WriteLine(tests.Line);
        return code;
    }

    private static bool Succeeds(string name, Func<int> step)
    {
        try
        {
            if (step() == 0)
                return true;
        }
        catch (StepException error)
        {
            Console.Error.WriteLine($"run: {error.Message}");
        }

        Console.Error.WriteLine($"run: the {name} failed");
        return false;
    }
}
