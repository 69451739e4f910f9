using Assay.Verifiers.Sandboxing;

namespace Assay.Verifiers.Tests.Code;

/// <summary>How often the verifier of unit tests errs on answers that are right or wrong by how they were written.</summary>
public sealed class UnitTestRatesTests
{
    private const int Count = 504;

    [SandboxFact]
    public void On_five_hundred_rows_in_five_forms_it_never_errs()
    {
        using UnitTestVerifier verifier = new(new SandboxLimits { Time = TimeSpan.FromSeconds(60) });
        var rows = GeneratedTasks.Rows(Count).ToList();
        var found = rows.AsParallel().AsOrdered().Select(row => verifier.Verify((string)row["completion"]!, row.ToJsonString())).ToList();
        var errors = rows.Zip(
                found,
                (row, one) => ((bool)row["label"]!, one.Verdict == Verdict.Correct, $"{one.Extracted}: {row.ToJsonString()}")
            )
            .Where(one => one.Item1 != one.Item2)
            .Select(one => one.Item3);
        Assert.Equal(Count / 2, rows.Count(row => (bool)row["label"]!));
        Assert.Empty(errors);
    }
}
