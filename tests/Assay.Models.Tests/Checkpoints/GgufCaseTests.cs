using Assay.Models.Checkpoints;
using Assay.Models.Packing;
using Assay.Models.Tests.Goldens;
using Assay.Testing;
using Assay.Torch;

namespace Assay.Models.Tests.Checkpoints;

public sealed class GgufCaseTests(ITestOutputHelper output)
{
    // A norm's weight + 1 is rounded to fp32 in the file: 6e-8 of each weight, enlarged by the layers.
    private const double ShiftedLimit = 2e-5;

    public static TheoryData<string, string> Cases { get; } =
        new()
        {
            { "llama", "llama" },
            { "llama-bias", "llama" },
            { "llama-head-dim", "llama" },
            { "mistral", "llama" },
            { "mixtral", "llama" },
            { "smollm3", "smollm3" },
            { "qwen2", "qwen2" },
            { "qwen3", "qwen3" },
            { "qwen3_moe", "qwen3moe" },
            { "gemma", "gemma" },
            { "gemma2", "gemma2" },
            { "gemma3_text", "gemma3" },
            { "olmo2", "olmo2" },
            { "phi3", "phi3" },
            { "phi3-longrope", "phi3" },
            { "gpt2", "gpt2" },
            { "gpt_neox", "gptneox" },
            { "falcon", "falcon" },
            { "falcon-new", "falcon" },
            { "bert", "bert" },
            { "modernbert", "modern-bert" },
            { "modernbert-mean", "modern-bert" },
        };

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void A_case_from_a_gguf_scores_as_recorded(string name, string architecture)
    {
        using var folder = new TemporaryFolder();
        GgufCase.Write(name, architecture, folder);
        var difference = Difference(folder, name);
        output.WriteLine($"{name}: {difference:g3}");
        Assert.True(
            difference <= (architecture.StartsWith("gemma", StringComparison.Ordinal) ? ShiftedLimit : FamilyCase.ScoreLimitFp64),
            $"{name}: {difference:g3}"
        );
    }

    [SharedTheory]
    [InlineData("llama", "llama")]
    [InlineData("llama-bias", "llama")]
    [InlineData("smollm3", "smollm3")]
    [InlineData("gemma2", "gemma2")]
    [InlineData("gpt_neox", "gptneox")]
    [InlineData("falcon-new", "falcon")]
    public void Numbers_that_the_converter_did_not_change_score_otherwise(string name, string architecture)
    {
        using var folder = new TemporaryFolder();
        GgufCase.Write(name, architecture, folder, change: false);
        Assert.True(Difference(folder, name) > 1e-3);
    }

    [SharedFact]
    public void A_gguf_of_another_family_than_the_configuration_is_refused_with_both_names()
    {
        using var folder = new TemporaryFolder();
        GgufCase.Write("qwen2", "qwen2", folder);
        File.Copy(
            SharedInputs.PathOf("goldens", "families", "cases", "llama", "config.json"),
            folder.PathOf("config.json"),
            overwrite: true
        );
        var message = Assert.Throws<CheckpointException>(() => Difference(folder, "llama")).Message;
        Assert.Contains("\"qwen2\"", message, StringComparison.Ordinal);
        Assert.Contains("model_type llama", message, StringComparison.Ordinal);
        File.Copy(SharedInputs.PathOf("goldens", "families", "cases", "opt", "config.json"), folder.PathOf("config.json"), overwrite: true);
        Assert.Contains(
            "not read from GGUF",
            Assert.Throws<CheckpointException>(() => Difference(folder, "opt")).Message,
            StringComparison.Ordinal
        );
    }

    private static double Difference(TemporaryFolder folder, string name)
    {
        var recorded = Json.Read(SharedInputs.PathOf("goldens", "families", "cases", name, "expected.json"));
        var loaded = RewardNetwork.Load(
            folder.Path,
            new LoadOptions { DType = DType.Float64, Head = new HeadSource.FromFile(folder.PathOf("score.safetensors")) }
        );
        using var network = loaded.Network;
        using var noGrad = new NoGrad();
        using var scope = new TensorScope();
        // One by one: longrope's factors hang on the length.
        var types = recorded.GetProperty("right").Optional("token_type_ids")?.IntegerLists();
        var found = recorded
            .GetProperty("sequences")
            .IntegerLists()
            .Select(
                (sequence, row) =>
                {
                    var batch = PackedBatch.FromSequences([sequence], network.Packing);
                    return network.Score(types is null ? batch : batch.WithTokenTypes(types[row][..sequence.Length])).ToDoubles()[0];
                }
            );
        return FamilyCase.Largest(found, recorded.GetProperty("single").GetProperty("logits_fp64").Numbers());
    }
}
