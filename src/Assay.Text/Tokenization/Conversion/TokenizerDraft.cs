using System.Text.Json.Nodes;

namespace Assay.Text.Tokenization.Conversion;

/// <summary>What a source file gives: a model and the steps around it, with nothing said of ids beyond the model's yet.</summary>
internal sealed record TokenizerDraft
{
    /// <summary>The model without vocabulary and merges.</summary>
    public required JsonObject Model { get; init; }

    /// <summary>The ids of the model's tokens.</summary>
    public required Dictionary<string, int> Ids { get; init; }

    /// <summary>For a unigram model: the tokens by id with their scores.</summary>
    public IReadOnlyList<(string Text, float Score)>? Scores { get; init; }

    /// <summary>For a BPE model.</summary>
    public IReadOnlyList<(string Left, string Right)>? Merges { get; init; }

    /// <summary>Tokens that the source itself says are found before the model sees the text.</summary>
    public IReadOnlyList<AddedToken> Tokens { get; init; } = [];

    public JsonNode? Normalizer { get; init; }

    public JsonNode? PreTokenizer { get; init; }

    public JsonNode? Decoder { get; init; }

    /// <summary>The post-processor, once every token has an id.</summary>
    public Func<Func<string, int>, JsonNode?> PostProcessor { get; init; } = _ => null;
}
