using System.Text.Json.Nodes;
using Assay.Cli.Doctor;
using Assay.Models;

namespace Assay.Cli.Tests.Doctor;

[Collection("console")]
public class FamilyListTests
{
    [Fact]
    public void Every_family_is_listed_with_where_it_is_read_and_from_what()
    {
        var text = string.Join("\n", new FamilyList(1L << 34).Lines(100, Paint.None));
        Assert.All(ModelFamily.All, family => Assert.Contains(family.ModelType, text, StringComparison.Ordinal), throwIfEmpty: true);
        Assert.Contains("gpt_neox_reward_model", text, StringComparison.Ordinal);
        Assert.Contains("first or mean", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 140), throwIfEmpty: true);
    }

    [Fact]
    public void The_largest_checkpoint_fits_and_one_more_parameter_does_not()
    {
        var families = new FamilyList(10_000_000_000);
        Assert.Equal(2_000_000_000, families.LargestScored); // 8 GB of 10, at 4 bytes
        Assert.Equal(500_000_000, families.LargestTrained); // 16 bytes
        Assert.True((families.LargestScored + 1) * FamilyList.ScoringBytes > families.FreeBytes * FamilyList.Share);
        Assert.Equal(0, new FamilyList(0).LargestTrained);
    }

    [Fact]
    public async Task Doctor_prints_them_as_a_table_and_as_json()
    {
        var (code, text, _) = await CommandLine.Run("doctor", "--families");
        Assert.Equal(0, code);
        Assert.Contains("Largest checkpoint to train", text, StringComparison.Ordinal);
        (code, text, _) = await CommandLine.Run("doctor", "--families", "--json");
        Assert.Equal(0, code);
        var json = JsonNode.Parse(text)!;
        Assert.Equal("assay.families/1", (string?)json["format"]);
        Assert.Equal(
            ModelFamily.All.Select(family => family.ModelType),
            json["families"]!.AsArray().Select(family => (string?)family!["model_type"])
        );
        JsonNode Of(string type) => json["families"]!.AsArray().Single(family => (string?)family!["model_type"] == type)!;
        Assert.Equal("llama", (string?)Of("mistral")["gguf_architecture"]);
        Assert.Null(Of("roberta")["gguf_architecture"]);
        Assert.Equal(["first", "mean"], Of("modernbert")["score_read_at"]!.AsArray().Select(token => (string?)token));
        Assert.True((long)json["scoring"]!["largest_parameter_count"]! > (long)json["training"]!["largest_parameter_count"]!);
    }
}
