using System.Text.Json;
using Assay.Data.Reading;
using Assay.Data.Splits;
using Assay.Testing;

namespace Assay.Data.Tests.Splits;

public sealed class HhSplitTests(ITestOutputHelper output)
{
    private static readonly string Data = "data/open/hh_rlhf_harmless_base_test.jsonl.gz";

    internal static List<PreferencePair> ReadUsable(string path)
    {
        using var reader = PairReader.Open(path);
        return [.. reader.Read().Where(row => row.IsUsable).Select(row => row.Pair!)];
    }

    [SharedFact]
    public void The_default_rule_gives_the_recorded_split_of_hh()
    {
        var split = PairSplitter.Split(
            ReadUsable(SharedInputs.PathOf(Data)),
            new() { EvalShare = 0.135, NearDuplicates = OverlapAction.Report }
        );
        var recorded = SplitFile.Read(SharedInputs.PathOf("goldens/real/hh_split.json"));

        Assert.Equal((1966, 341), (recorded.Train.Count, recorded.Heldout.Count));
        Assert.Equal(recorded.Train, split.Train);
        Assert.Equal(recorded.Heldout, split.Heldout);
        output.WriteLine(JsonSerializer.Serialize(split.Proof, new JsonSerializerOptions { WriteIndented = true }));
        Assert.Equal(0, split.Proof!.GroupsOnBothSides);
    }
}
