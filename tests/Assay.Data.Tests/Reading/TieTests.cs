using System.Text;
using Assay.Data.Reading;

namespace Assay.Data.Tests.Reading;

public class TieTests
{
    [Theory]
    [InlineData("""{"prompt": "p", "chosen": " a", "rejected": " b", "label": "tie"}""")]
    [InlineData("""{"prompt": "p", "response_1": "a", "response_2": "b", "preference_strength": 0}""")]
    [InlineData("""{"prompt": "p", "responses": ["a", "b"], "ranks": [1, 1]}""")]
    [InlineData("""{"prompt": "p", "response_a": "a", "response_b": "b", "votes": ["a", "b"]}""")]
    [InlineData("""{"prompt": "p", "response_a": "a", "response_b": "b", "votes": ["tie", "abstain"]}""")]
    [InlineData("""{"prompt": "p", "response_a": "a", "response_b": "b", "winner": "tie"}""")]
    [InlineData("""{"prompt": "p", "candidates": ["a", "b"], "comparisons": [{"first": 0, "second": 1, "preference": 0}]}""")]
    public void Sides_that_somebody_found_alike_are_a_tie_and_set_aside(string json)
    {
        var row = Read(json);
        Assert.True(row.Pair!.IsTie, json);
        Assert.True(row.IsUsableTie);
        Assert.False(row.IsUsable);
    }

    [Theory]
    [InlineData("""{"prompt": "p", "chosen": " a", "rejected": " b", "label": "unlabelled"}""")]
    [InlineData("""{"prompt": "p", "chosen": " a", "rejected": " b", "label": null}""")]
    [InlineData("""{"prompt": "p", "chosen": " a", "rejected": " b", "label": "abstain"}""")]
    [InlineData("""{"prompt": "p", "response_a": "a", "response_b": "b", "votes": ["abstain", "abstain"]}""")]
    [InlineData("""{"prompt": "p", "responses": ["a", "b"]}""")]
    [InlineData("""{"prompt": "p", "chosen": " a", "rejected": " a", "label": "tie"}""")]
    public void Nobody_s_judgement_is_no_tie_to_train_on(string json)
    {
        var row = Read(json);
        Assert.False(row.IsUsable);
        Assert.False(row.IsUsableTie, json);
    }

    [Theory]
    [InlineData("-2", 2)]
    [InlineData("3", 3)]
    public void A_preference_strength_is_kept_without_its_sign(string strength, double kept)
    {
        Assert.Equal(
            kept,
            Read($$"""{"prompt": "p", "response_1": "a", "response_2": "b", "preference_strength": {{strength}}}""").Pair!.Strength
        );
        Assert.Null(Read("""{"prompt": "p", "chosen": " a", "rejected": " b"}""").Pair!.Strength);
    }

    private static PairRow Read(string json)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".jsonl");
        File.WriteAllText(path, json + "\n", new UTF8Encoding(false));
        try
        {
            using var reader = PairReader.Open(path);
            return reader.Read().Single();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
