using System.Text.Json.Nodes;
using Assay.Data;

namespace Assay.Evaluation.Endpoints;

/// <summary>
/// One way in which reward servers are asked, as their clients ask them: the path, the body, and where the numbers are in the answer. Every
/// request asks for the raw logit where the dialect has a word for that. To add one, add its line in <see cref="All"/>.
/// </summary>
public sealed class EndpointDialect
{
    private readonly Func<EndpointItem, EndpointForm, JsonNode?> _one;
    private readonly Func<JsonArray, JsonObject> _body;
    private readonly Func<JsonNode, IEnumerable<JsonNode?>?> _answers;

    private EndpointDialect(
        string name,
        string path,
        EndpointForm[] forms,
        Func<EndpointItem, EndpointForm, JsonNode?> one,
        Func<JsonArray, JsonObject> body,
        Func<JsonNode, IEnumerable<JsonNode?>?> answers
    ) => (Name, Path, Forms, _one, _body, _answers) = (name, path, forms, one, body, answers);

    /// <summary>
    /// All of them, in the order in which they are tried on a server that nobody named: those with words of their own first.
    /// </summary>
    public static IReadOnlyList<EndpointDialect> All { get; } =
    [
        new(
            "assay",
            "/v1/reward",
            [EndpointForm.Messages, EndpointForm.Ids],
            (item, form) => form == EndpointForm.Ids ? new JsonObject { ["ids"] = IdsOf(item) } : TurnsOf(item.Conversation),
            items => new() { ["conversations"] = items },
            answer => Each(answer["results"], "score")
        ),
        new(
            "vllm-classify",
            "/classify",
            [EndpointForm.Text, EndpointForm.Ids, EndpointForm.Messages],
            Whole,
            items =>
                new()
                {
                    ["input"] = items,
                    ["use_activation"] = false,
                    ["add_special_tokens"] = false,
                },
            answer => Each(answer["data"], "probs")
        )
        {
            AsksByMessages = true,
        },
        new(
            "openrlhf",
            "/get_reward",
            [EndpointForm.Text],
            (item, _) => item.WholeText,
            items =>
                new()
                {
                    ["query"] = items,
                    ["prompts"] = new JsonArray(),
                    ["labels"] = new JsonArray(),
                },
            answer => answer["rewards"] as JsonArray
        ),
        new(
            "llama-factory",
            "/v1/score/evaluation",
            [EndpointForm.Text],
            (item, _) => item.WholeText,
            items => new() { ["messages"] = items },
            answer => answer["scores"] as JsonArray
        ),
        new(
            "sglang-classify",
            "/classify",
            [EndpointForm.Text],
            (item, _) => item.Text,
            items => new() { ["text"] = items },
            answer => answer is JsonArray list ? Each(list, "embedding") : Each(new JsonArray(answer.DeepClone()), "embedding")
        ),
        new(
            "tei-predict",
            "/predict",
            [EndpointForm.Text],
            (item, _) => item.Text is { } text ? new JsonArray(text) : null,
            items => new() { ["inputs"] = items, ["raw_scores"] = true },
            answer =>
                (answer as JsonArray)?.Select(one =>
                    one is JsonArray labels
                        ? new JsonArray([.. labels.Select(label => (label as JsonObject)?["score"]?.DeepClone())])
                        : null
                )
        ),
        new(
            "vllm-pooling",
            "/pooling",
            [EndpointForm.Text, EndpointForm.Ids, EndpointForm.Messages],
            Whole,
            items =>
                new()
                {
                    ["input"] = items,
                    ["use_activation"] = false,
                    ["add_special_tokens"] = false,
                },
            answer =>
                Each(answer["data"], "data")?.Select(one => one is JsonArray { Count: > 0 } rows && rows[^1] is JsonArray last ? last : one)
        )
        {
            AsksByMessages = true,
        },
        new(
            "embeddings",
            "/v1/embeddings",
            [EndpointForm.Text, EndpointForm.Ids],
            Input,
            items => new() { ["input"] = items },
            answer => Each(answer["data"], "embedding")
        ),
        new(
            "slime",
            "/",
            [EndpointForm.Messages],
            (item, _) => AnswerOf(item.Conversation),
            items => (JsonObject)items[0]!.DeepClone(),
            answer => answer is JsonValue ? [answer] : null
        )
        {
            TakesOne = true,
        },
    ];

    public string Name { get; }

    public string Path { get; }

    /// <summary>The forms it takes, the one that trainers use first.</summary>
    public IReadOnlyList<EndpointForm> Forms { get; }

    /// <summary>The forms in which all of these can be asked for.</summary>
    public IReadOnlyList<EndpointForm> FormsOf(IReadOnlyList<EndpointItem> items) =>
        [.. Forms.Where(form => items.All(item => Body([item], form, null) is not null))];

    /// <summary>Whether a request holds one conversation only.</summary>
    public bool TakesOne { get; private init; }

    /// <summary>Whether turns stand in place of the list, under <c>messages</c>, one conversation a request.</summary>
    private bool AsksByMessages { get; init; }

    /// <summary>Whether several can be asked for at once in this form.</summary>
    public bool TakesSeveral(EndpointForm form) => !TakesOne && !(AsksByMessages && form == EndpointForm.Messages);

    /// <summary>The request's body; null where one of the items cannot be put in this form.</summary>
    /// <param name="items">What is asked for; one where not <see cref="TakesSeveral"/>.</param>
    /// <param name="form">One of <see cref="Forms"/>.</param>
    /// <param name="model">The model's name there, or null.</param>
    public JsonObject? Body(IReadOnlyList<EndpointItem> items, EndpointForm form, string? model)
    {
        JsonObject body;
        if (AsksByMessages && form == EndpointForm.Messages)
        {
            if (items[0].Conversation.Messages is null)
                return null;
            body = TurnsOf(items[0].Conversation);
            (body["add_generation_prompt"], body["use_activation"]) = (false, false);
        }
        else
        {
            JsonNode?[] list = [.. items.Select(item => _one(item, form))];
            if (list.Contains(null))
                return null;
            body = _body(new JsonArray(list));
        }
        if (model is not null && Name != "openrlhf")
            body["model"] = model;
        return body;
    }

    /// <summary>The numbers of each conversation, in the order of the request; null where the answer is not of this dialect.</summary>
    public IReadOnlyList<double[]>? Read(JsonNode answer)
    {
        try
        {
            if (_answers(answer)?.ToList() is not { Count: > 0 } all || all.Contains(null))
                return null;
            return [.. all.Select(one => one is JsonArray several ? [.. several.Select(Number)] : new[] { Number(one) })];
        }
        catch (InvalidOperationException)
        {
            return null; // an object or a text where numbers belong
        }
    }

    private static double Number(JsonNode? node) => node?.GetValue<double>() ?? double.NaN;

    private static JsonNode? Input(EndpointItem item, EndpointForm form) => form == EndpointForm.Ids ? IdsOf(item) : item.Text;

    private static JsonNode? Whole(EndpointItem item, EndpointForm form) => form == EndpointForm.Ids ? IdsOf(item) : item.WholeText;

    private static JsonArray IdsOf(EndpointItem item) => [.. item.Ids.Select(id => (JsonNode)id)];

    /// <summary>A field of each entry; by <c>index</c> where all have one, since an answer need not keep the order.</summary>
    private static IEnumerable<JsonNode?>? Each(JsonNode? list, string field)
    {
        if (list is not JsonArray entries || entries.Any(entry => entry is not JsonObject))
            return null;
        var ordered = entries.All(entry => entry!["index"] is JsonValue)
            ? entries.OrderBy(entry => Number(entry!["index"]))
            : entries.AsEnumerable();
        return ordered.Select(entry => entry![field]);
    }

    private static JsonObject? AnswerOf(Conversation conversation) =>
        conversation.Messages is not { Count: > 0 } turns
            ? null
            : new JsonObject
            {
                ["prompt"] = TurnsOf(conversation with { Messages = [.. turns.SkipLast(1)] })["messages"]!.DeepClone(),
                ["response"] = turns[^1].Content,
                ["label"] = "",
            };

    /// <summary>The fields by which a conversation stands in a request.</summary>
    private static JsonObject TurnsOf(Conversation conversation)
    {
        if (conversation.Text is { } text)
            return new JsonObject { ["text"] = text };
        var turns = new JsonObject
        {
            ["messages"] = new JsonArray([
                .. conversation.Messages!.Select(message =>
                    message.Raw?.DeepClone() ?? new JsonObject { ["role"] = message.Role, ["content"] = message.Content }
                ),
            ]),
        };
        if (conversation.ChatTemplateKwargs is { } variables)
            turns["chat_template_kwargs"] = variables.DeepClone();
        if (conversation.Tools is { } tools)
            turns["tools"] = tools.DeepClone();
        return turns;
    }
}
