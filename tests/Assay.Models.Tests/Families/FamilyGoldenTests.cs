using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Families;

public sealed class FamilyGoldenTests(ITestOutputHelper output)
{
    [SharedFact]
    public void Every_recorded_case_of_our_families_agrees_in_fp64_and_fp32()
    {
        string[] folders = [.. FamilyCases.Folders()];
        Assert.Equal(FamilyCases.RecordedCount, folders.Length);
        var measured = new List<Measurement>();
        foreach (var folder in folders)
        {
            var recorded = new FamilyCase(folder);
            foreach (var config in new[] { "config.json", "config.legacy.json" })
            foreach (var dtype in new[] { DType.Float64, DType.Float32 })
                measured.AddRange(recorded.Measure(dtype, config));
        }
        output.WriteLine($"{folders.Length} cases, {measured.Count} quantities");
        foreach (var group in measured.GroupBy(measurement => measurement.Case.Split(' ')[^1] + " " + measurement.Quantity.Split(' ')[0]))
            output.WriteLine($"  {group.Key}: largest {group.Max(measurement => measurement.Difference):g3}");
        Measurements.AllHold(measured);
    }

    /// <summary>What makes the test above one for every trap: done wrong in just that way, a score lies far outside its limit.</summary>
    [SharedFact]
    public void Every_recorded_trap_is_far_above_the_limits()
    {
        var count = 0;
        foreach (var folder in FamilyCases.Folders())
        {
            foreach (var trap in Json.Read(Path.Combine(folder, "expected.json")).GetProperty("traps").EnumerateObject())
            {
                count++;
                Assert.True(trap.Value.GetDouble() > 50 * FamilyCase.ScoreLimitFp32, $"{folder}: {trap}");
            }
        }
        output.WriteLine($"{count} traps");
        Assert.True(count >= 4 * FamilyCases.RecordedCount); // every decoder has four of pooling alone
    }
}
