using System.Security.Cryptography;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;
using Assay.Testing;

namespace Assay.Models.Tests.Checkpoints;

public sealed class GgufFileTests(ITestOutputHelper output)
{
    private const int RecordedCount = 272;

    [SharedFact]
    public void Every_tensor_dequantises_to_the_recorded_bytes()
    {
        var recorded = Json.Read(SharedInputs.PathOf("goldens", "real", "smollm2.dequantised.json"));
        using var file = GgufFile.Open(SharedInputs.PathOf("models", "smollm2-135m-instruct", "model.Q4_1.gguf"));
        var wrong = new List<string>();
        var count = 0;
        foreach (var entry in recorded.EnumerateObject())
        {
            count++;
            var tensor = file.Tensors.Single(tensor => tensor.Name == entry.Name);
            if (!tensor.Shape.SequenceEqual(entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())))
                wrong.Add($"{tensor}: shape");
            if (Hash(file, tensor) != entry.Value.GetProperty("sha256_fp32_le").GetString())
                wrong.Add($"{tensor}: bytes");
        }
        output.WriteLine($"{count} tensors");
        Assert.Equal(RecordedCount, count);
        Assert.Equal(RecordedCount, file.Tensors.Count);
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(20)));
        // The check sees a fault: without putting the rotary rows back, q is another tensor.
        var query = file.Tensors.Single(tensor => tensor.Name == "model.layers.0.self_attn.q_proj.weight");
        Assert.NotEqual(
            recorded.GetProperty(query.Name).GetProperty("sha256_fp32_le").GetString(),
            Hash(file, query with { InterleavedHeads = 0 })
        );
    }

    [Fact]
    public void Each_kind_that_is_read_gives_its_numbers()
    {
        using var folder = new TemporaryFolder();
        byte[] half = [.. BitConverter.GetBytes((Half)0.5f)];
        byte[] minus = [.. BitConverter.GetBytes((Half)(-1f))];
        byte[] nibbles = [.. Enumerable.Range(0, 16).Select(i => (byte)(i | ((15 - i) << 4)))];
        byte[] signed = [.. Enumerable.Range(0, 32).Select(i => (byte)(sbyte)(i - 16))];
        var path = GgufBuilder.Write(
            folder.PathOf("kinds.gguf"),
            [
                ("token_embd.weight", [32, 1], 2, [.. half, .. nibbles]),
                ("output.weight", [32, 1], 3, [.. half, .. minus, .. nibbles]),
                ("output_norm.weight", [32], 8, [.. half, .. signed]),
                ("blk.0.attn_norm.weight", [2], 1, [.. half, .. minus]),
                ("blk.0.ffn_norm.weight", [2], 30, [0, 0x3f, 0x80, 0xbf]), // bf16 0.5, -1
                ("blk.10.ffn_up.weight", [1, 2], 0, [.. BitConverter.GetBytes(0.5f), .. BitConverter.GetBytes(-1f)]),
                ("blk.0.attn_k.bias", [2], 0, [.. BitConverter.GetBytes(0.5f), .. BitConverter.GetBytes(-1f)]),
            ]
        );
        using var file = GgufFile.Open(path);
        float[] Values(string name) => RecordedTensor.Floats(file, file.Tensors.Single(tensor => tensor.Name == name));
        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => 0.5f * ((i < 16 ? i : 31 - i) - 8))], Values("model.embed_tokens.weight"));
        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => (0.5f * (i < 16 ? i : 31 - i)) - 1)], Values("lm_head.weight"));
        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => 0.5f * (i - 16))], Values("model.norm.weight"));
        foreach (
            var name in new[]
            {
                "model.layers.0.input_layernorm.weight",
                "model.layers.0.post_attention_layernorm.weight",
                "model.layers.10.mlp.up_proj.weight",
                "model.layers.0.self_attn.k_proj.bias",
            }
        )
            Assert.Equal([0.5f, -1], Values(name));
    }

    [Fact]
    public void Query_rows_are_put_back_from_pairs_into_halves()
    {
        using var folder = new TemporaryFolder();
        // Two heads of four rows; GGUF's row (head, i, half) holds the number of the Hugging Face row (head, half, i).
        float[] stored = [0, 2, 1, 3, 4, 6, 5, 7];
        var path = GgufBuilder.Write(
            folder.PathOf("q.gguf"),
            [("blk.0.attn_q.weight", [1, 8], 0, [.. stored.SelectMany(BitConverter.GetBytes)])],
            heads: 2
        );
        using var file = GgufFile.Open(path);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], RecordedTensor.Floats(file, file.Tensors[0]));
    }

    [Theory]
    [InlineData(16u, "IQ2_XXS")]
    [InlineData(39u, "MXFP4")]
    [InlineData(4u, "Q4_2")]
    [InlineData(99u, "number 99")]
    public void A_kind_that_is_not_read_is_refused_by_name(uint kind, string name)
    {
        using var folder = new TemporaryFolder();
        var path = GgufBuilder.Write(folder.PathOf("k.gguf"), [("blk.3.ffn_up.weight", [256, 1], kind, new byte[144])]);
        var refusal = Assert.Throws<CheckpointException>(() => GgufFile.Open(path));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("blk.3.ffn_up.weight", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = GgufBuilder.Write(folder.PathOf("whole.gguf"), [("token_embd.weight", [32, 2], 0, new byte[256])]);
        var whole = File.ReadAllBytes(path);
        using (GgufFile.Open(path)) { }
        var cut = folder.PathOf("cut.gguf");
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(cut, whole[..length]);
            Assert.Throws<CheckpointException>(() => GgufFile.Open(cut));
        }
    }

    [Theory]
    [InlineData("falcon-h1")]
    [InlineData("qwen35")]
    public void Another_architecture_is_refused_by_name(string architecture)
    {
        using var folder = new TemporaryFolder();
        var path = GgufBuilder.Write(folder.PathOf("a.gguf"), [("token_embd.weight", [2], 0, new byte[8])], architecture: architecture);
        Assert.Contains(architecture, Assert.Throws<CheckpointException>(() => GgufFile.Open(path)).Message, StringComparison.Ordinal);
    }

    private static string Hash(TensorFile file, StoredTensor tensor) =>
        Convert.ToHexStringLower(
            SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(RecordedTensor.Floats(file, tensor).AsSpan()))
        );
}
