using Assay.Models.Tests.Goldens;
using Assay.Testing;

namespace Assay.Models.Tests.Families;

/// <summary>Where the reference is wrong or dangerous, and ours is not.</summary>
public sealed class ReferenceFaultTests(ITestOutputHelper output)
{
    // What each fault moves at least: below it, a right answer would look wrong as well.
    private const double Wrong = 0.01;

    private const int RecordedDecoders = 33;

    [SharedFact]
    public void Ours_gives_the_right_score_wherever_the_reference_is_recorded_to_give_another()
    {
        ReferenceFault[] faults = [.. FamilyCases.Folders().SelectMany(folder => ReferenceFault.In(new FamilyCase(folder)))];
        foreach (var group in faults.GroupBy(fault => fault.What))
            output.WriteLine(
                $"{group.Key}: {group.Count()} cases, reference {group.Min(fault => fault.Reference):g3} to {group.Max(fault => fault.Reference):g3}, ours {group.Max(fault => fault.Ours):g3}"
            );
        // Each kind that the goldens' README names was found.
        Assert.Equal(7, faults.Select(fault => fault.What).Distinct().Count());
        Assert.Equal(RecordedDecoders, faults.Count(fault => fault.What.StartsWith("pad = eos", StringComparison.Ordinal)));
        Assert.All(faults, fault => Assert.True(!(fault.Reference <= Wrong), $"{fault}"), throwIfEmpty: true);
        Assert.All(faults, fault => Assert.True(fault.Ours <= FamilyCase.ScoreLimitFp64, $"{fault}"), throwIfEmpty: true);
    }
}
