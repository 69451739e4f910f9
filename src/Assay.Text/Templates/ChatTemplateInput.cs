using System.Text.Json.Nodes;

namespace Assay.Text.Templates;

/// <summary>What transformers' <c>apply_chat_template</c> is given.</summary>
public sealed record ChatTemplateInput
{
    /// <summary>The turns: objects with <c>role</c> and <c>content</c>, and whatever else the template reads. Not changed.</summary>
    public required JsonArray Messages { get; init; }

    /// <summary>Tool schemas, or null for none.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>Documents for templates that read them, or null for none.</summary>
    public JsonArray? Documents { get; init; }

    /// <summary>
    /// Special tokens by variable name (<c>bos_token</c>, <c>eos_token</c>, …). One that is absent is undefined in the template.
    /// </summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>Further variables; they win over all others of the same name.</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>Ask for the opening of an assistant's turn at the end.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Leave the last message open, so that it can be continued.</summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>What <c>strftime_now</c> reads. Null makes a template that calls it fail.</summary>
    public TimeProvider? Clock { get; init; }
}
