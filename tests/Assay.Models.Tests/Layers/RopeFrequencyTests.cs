using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Models.Checkpoints;
using Assay.Models.Layers;
using Assay.Models.Tests.Goldens;
using Assay.Testing;

namespace Assay.Models.Tests.Layers;

public sealed class RopeFrequencyTests(ITestOutputHelper output)
{
    private const int RecordedCount = 18;

    // numpy's and our pow agree to the last bits of a double.
    private const double InverseLimitFp64 = 1e-14;

    // Two units in the last place of a float: torch's vectorised pow is not correctly rounded.
    private const double InverseLimitFp32 = 2.4e-7;

    // The same two units, times the position: at 131,071 a frequency near 1 is known to an angle of 0.03 only, in the reference as here.
    private const double AnglePerPosition = InverseLimitFp32;

    [SharedFact]
    public void Every_recorded_table_agrees()
    {
        var listing = Json.Read(SharedInputs.PathOf("goldens", "families", "tables", "rope.json"));
        var positions = listing.GetProperty("positions").Integers();
        using var recorded = SafetensorsFile.Open(SharedInputs.PathOf("goldens", "families", "tables", "rope.safetensors"));
        var measured = new List<Measurement>();
        var (count, equal, all) = (0, 0, 0);
        foreach (var entry in listing.GetProperty("tables").EnumerateObject())
        {
            count++;
            var headDimension = entry.Value.GetProperty("head_dim").GetInt32();
            var rope = Read(
                entry.Value.GetProperty("rope_parameters"),
                entry.Value.GetProperty("max_position_embeddings").GetInt32(),
                headDimension
            );
            var length = entry.Value.GetProperty("seq_len") is { ValueKind: JsonValueKind.Number } given ? given.GetInt32() : 0;
            var single = RopeFrequencies.Inverse<float>(rope, headDimension, length);
            var recordedSingle = Tensor("inv_freq");
            measured.Add(
                new(
                    entry.Name,
                    "inv_freq fp64",
                    Relative(RopeFrequencies.Inverse<double>(rope, headDimension, length), Tensor("inv_freq_fp64")),
                    InverseLimitFp64
                )
            );
            measured.Add(
                new(entry.Name, "inv_freq fp32", Relative([.. single.Select(value => (double)value)], recordedSingle), InverseLimitFp32)
            );
            measured.Add(
                new(
                    entry.Name,
                    "attention scaling",
                    Math.Abs(RopeFrequencies.AttentionScaling(rope) - entry.Value.GetProperty("attention_scaling").GetDouble()),
                    1e-15
                )
            );
            equal += single.Zip(recordedSingle).Count(pair => pair.First == pair.Second);
            all += single.Length;

            var scaling = (float)RopeFrequencies.AttentionScaling(rope);
            var (cosine, sine) = (Tensor("cos"), Tensor("sin"));
            for (var row = 0; row < positions.Length; row++)
            {
                for (var i = 0; i < single.Length; i++)
                {
                    var angle = positions[row] * single[i];
                    var limit = (positions[row] * AnglePerPosition * single[i]) + 2e-7;
                    var difference = Math.Max(
                        Math.Abs((MathF.Cos(angle) * scaling) - cosine[(row * single.Length) + i]),
                        Math.Abs((MathF.Sin(angle) * scaling) - sine[(row * single.Length) + i])
                    );
                    measured.Add(
                        new(entry.Name, $"cos and sin of pair {i} at position {positions[row]}", difference, limit * Math.Max(scaling, 1))
                    );
                }
            }

            double[] Tensor(string name) =>
                RecordedTensor.Doubles(recorded, recorded.Tensors.Single(tensor => tensor.Name == $"{entry.Name}.{name}"));
        }
        output.WriteLine($"{count} tables, {measured.Count} numbers; {equal} of {all} fp32 frequencies equal bit for bit");
        Assert.Equal(RecordedCount, count);
        Measurements.AllHold(measured);
    }

    [Theory]
    [InlineData("linear", "factor")]
    [InlineData("dynamic", "factor")]
    [InlineData("llama3", "factor")]
    [InlineData("longrope", "short_factor")]
    public void A_kind_without_the_value_it_needs_is_refused_by_its_key(string kind, string key)
    {
        using var document = JsonDocument.Parse($$"""{"rope_type": "{{kind}}", "rope_theta": 10000.0}""");
        Assert.Contains(
            key,
            Assert.Throws<CheckpointException>(() => Read(document.RootElement, 4096, 64)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Old_keys_and_new_ones_mean_the_same()
    {
        var current = Parse(
            """{"rope_parameters": {"rope_type": "llama3", "rope_theta": 5e5, "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 8192}}"""
        );
        var old = Parse(
            """{"rope_theta": 5e5, "rope_scaling": {"type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 8192}}"""
        );
        var top = Parse(
            """{"rope_theta": 5e5, "original_max_position_embeddings": 8192, "rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 1}}"""
        );
        Assert.Equal(current, old);
        Assert.Equal(current, top);
        Assert.NotEqual(current, current with { Theta = 1e4 });
    }

    private static RopeParameters Parse(string config)
    {
        var warnings = new List<string>();
        var rope = RopeParameters.Read(
            ConfigFile.Parse("config.json", System.Text.Encoding.UTF8.GetBytes(config)),
            131072,
            64,
            10000,
            warnings
        );
        Assert.Empty(warnings);
        return rope;
    }

    private static RopeParameters Read(JsonElement parameters, int maxPositions, int headDimension)
    {
        var config = new JsonObject { ["rope_parameters"] = JsonNode.Parse(parameters.GetRawText()) };
        return RopeParameters.Read(
            ConfigFile.Parse("config.json", System.Text.Encoding.UTF8.GetBytes(config.ToJsonString())),
            maxPositions,
            headDimension,
            10000,
            []
        );
    }

    private static double Relative(double[] found, double[] wanted)
    {
        Assert.Equal(wanted.Length, found.Length);
        return found.Zip(wanted, (a, b) => Math.Abs((a / b) - 1)).Max();
    }
}
