using System.Xml.Linq;

namespace Assay.Build;

/// <summary>What <c>dotnet test</c> did, counted from its result files.</summary>
internal sealed record TestRun(int ExitCode, int Passed, int Failed, int Skipped, IReadOnlyList<string> WhySkipped)
{
    public static TestRun None { get; } = new(0, 0, 0, 0, []);

    /// <summary>The line that CI reads.</summary>
    public string Line => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    /// <summary>Says on standard error why tests were skipped, how many for each reason.</summary>
    public void TellSkipped()
    {
        foreach (var (why, count) in WhySkipped.CountBy(why => why).OrderByDescending(reason => reason.Value))
            Console.Error.WriteLine($"run: {count} skipped: {why}");
    }

    /// <summary>Runs every test project of the built solution.</summary>
    public static TestRun Start(string[] arguments)
    {
        Shell.Say("testing");
        var results = Shell.Within("artifacts", "test-results");
        if (Directory.Exists(results))
            Directory.Delete(results, recursive: true);
        // Tests run side by side: one thread each is faster, and gives libtorch's sums the same order every time.
        var threads = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") ?? "1";
        var code = Shell.RunOnErrors(
            "dotnet",
            [
                "test",
                "Assay.slnx",
                "-c",
                Solution.Configuration,
                "--no-build",
                "-m:1",
                "--logger",
                "trx",
                "--results-directory",
                results,
                .. arguments,
            ],
            new Dictionary<string, string> { ["OMP_NUM_THREADS"] = threads }
        );
        return Directory.Exists(results)
            ? Directory
                .EnumerateFiles(results, "*.trx", SearchOption.AllDirectories)
                .Select(Read)
                .Aggregate(None with { ExitCode = code }, Sum)
            : None with
            {
                ExitCode = code,
            };
    }

    // What neither passed nor failed in one of these ways was skipped (not executed).
    private static TestRun Read(string file)
    {
        var results = XDocument.Load(file);
        var counters = Named(results, "Counters").Single();
        int Count(string name) => (int?)counters.Attribute(name) ?? 0;
        var failed = Count("failed") + Count("error") + Count("timeout") + Count("aborted");
        string[] why =
        [
            .. Named(results, "UnitTestResult")
                .Where(result => (string?)result.Attribute("outcome") == "NotExecuted")
                .Select(result => Named(result, "Message").Concat(Named(result, "StdOut")).FirstOrDefault()?.Value.Trim() ?? "no reason"),
        ];
        return new TestRun(0, Count("passed"), failed, Count("total") - Count("passed") - failed, why);
    }

    private static IEnumerable<XElement> Named(XContainer within, string name) =>
        within.Descendants().Where(element => element.Name.LocalName == name);

    private static TestRun Sum(TestRun a, TestRun b) =>
        new(a.ExitCode, a.Passed + b.Passed, a.Failed + b.Failed, a.Skipped + b.Skipped, [.. a.WhySkipped, .. b.WhySkipped]);
}
