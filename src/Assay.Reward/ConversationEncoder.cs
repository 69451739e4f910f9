using System.Text;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Records;
using Assay.Ground.Files;
using Assay.Models;
using Assay.Models.Checkpoints;
using Assay.Text.Lint;
using Assay.Text.Templates;
using Assay.Text.Tokenization;
using Assay.Text.Tokenization.Conversion;

namespace Assay.Reward;

/// <summary>
/// The one function from a conversation to ids, for training, evaluation and scoring alike. Messages are rendered by the chat template
/// without a generation prompt and nothing is added to the rendered text (but see <see cref="TextRules.AddSpecialTokens"/>); plain text
/// gets the tokenizer's special tokens and an EOS unless it ends with one. These are TRL's rules (RewardTrainer, 1.16), so special tokens
/// spelled out in a turn become special tokens. Where the model has a <see cref="TextRules.RewardTokenId"/>, that ends every text, and
/// plain text gets no EOS: RewardBench's rule for such models (<c>rewardbench/models/internlm.py</c>). Nothing is ever truncated. Safe for
/// use by several threads.
/// </summary>
public sealed class ConversationEncoder
{
    private static readonly string[] TokenizerFiles = [CheckpointFileNames.Tokenizer, .. TokenizerConversion.Files];

    private readonly Dictionary<string, byte[]> files;
    private readonly Tokenizer tokenizer;
    private readonly ChatTemplate template;
    private readonly Dictionary<string, string> specialTokens;
    private readonly PinnedClock clock;

    private ConversationEncoder(Dictionary<string, byte[]> files, Tokenizer tokenizer, ChatTemplate template, TextRules rules)
    {
        this.files = files;
        this.tokenizer = tokenizer;
        this.template = template;
        specialTokens = SpecialTokensOf(tokenizer.Config);
        Rules = rules;
        clock = new PinnedClock(rules.Date);
        Fingerprint = ComputeFingerprint();
    }

    public TextRules Rules { get; }

    /// <summary>
    /// The tokenizer's pad token, which transformers needs to find the end of a row in a batch; nothing here pads. Null where it has none.
    /// </summary>
    public int? PadTokenId => tokenizer.Config.PadToken is { } pad ? tokenizer.TokenToId(pad) : null;

    /// <summary>
    /// SHA-256 over tokenizer, template, rules and the ids of fixed conversations: two models with the same one read the same text the same
    /// way.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>Reads tokenizer and template of a checkpoint's folder.</summary>
    /// <param name="folder">The folder; for a GGUF file the one it lies in.</param>
    /// <param name="chatTemplate">A Jinja file, <c>plain</c>, the name of one of the checkpoint's templates, or null for its own (plain
    /// where it has none).</param>
    /// <param name="typedTokens">See <see cref="TextRules.TypedTokens"/>; a model saved by Assay keeps its own.</param>
    /// <exception cref="FormatException">Tokenizer or template cannot be read; the message names the file.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static ConversationEncoder Load(
        string folder,
        string? chatTemplate = null,
        SpecialTokenText typedTokens = SpecialTokenText.Plain
    )
    {
        folder = CheckpointFolder.Of(folder);
        var tokenizerPath = Path.Combine(folder, CheckpointFileNames.Tokenizer);
        foreach (var name in TokenizerFiles)
            if (Path.Combine(folder, name) is var file && File.Exists(file))
                CheckpointFolder.DemandContent(file);
        if (!File.Exists(tokenizerPath) && TokenizerConversion.OlderFileOf(folder) is null)
            throw new FileNotFoundException(
                $"{tokenizerPath}: no such file; a checkpoint's folder needs its tokenizer.json: copy it from the model that this one was trained from"
            );
        var files = TokenizerFiles
            .Select(name => (name, path: Path.Combine(folder, name)))
            .Where(x => File.Exists(x.path))
            .ToDictionary(x => x.name, x => File.ReadAllBytes(x.path));
        var configPath = Path.Combine(folder, CheckpointFileNames.TokenizerConfig);
        var config = File.Exists(configPath) ? JsonFile.Read(configPath) : [];
        // A folder with the older files alone gets the tokenizer.json that they stand for, here and in what is saved.
        if (!files.ContainsKey(CheckpointFileNames.Tokenizer))
            files[CheckpointFileNames.Tokenizer] = TokenizerConversion.Convert(folder);
        var tokenizer = Tokenizer.Parse(files[CheckpointFileNames.Tokenizer], tokenizerPath, TokenizerConfig.Load(folder));
        var (source, text) = FindTemplate(folder, config, chatTemplate);
        var recordPath = Path.Combine(folder, ModelRecord.FileName);
        var recorded = ModelRecord.In(folder) is { } record ? TextRules.Of(record.Text, recordPath) : null;
        // Another template is another text; the token behind it is the network's.
        var rewardToken = recorded is null ? RewardToken.In(folder) : recorded.RewardTokenId;
        var rules =
            chatTemplate is null && recorded is not null
                ? recorded
                : new TextRules(source, source == "plain", rewardToken is null ? tokenizer.Config.EosToken : null)
                {
                    TypedTokens = typedTokens,
                    RewardTokenId = rewardToken,
                };
        // A template given for this model replaces the checkpoint's in what is saved.
        var isChanged = source != "checkpoint" && config.Remove("chat_template");
        // A class of the checkpoint's own would be looked for in its code, which is not saved; the tokenizer.json is all of it.
        if (config.Remove("auto_map"))
            (config["tokenizer_class"], isChanged) = ("PreTrainedTokenizerFast", true);
        if (isChanged)
            files[CheckpointFileNames.TokenizerConfig] = Encoding.UTF8.GetBytes(config.ToJsonString());
        return new ConversationEncoder(files, tokenizer, Parse(source == "checkpoint" ? folder : source, text), rules);
    }

    /// <summary>The tokenizer, for looking at what <see cref="Encode"/> does.</summary>
    public Tokenizer Tokenizer => tokenizer;

    /// <summary>The chat template, for looking at what <see cref="Render"/> does.</summary>
    public ChatTemplate Template => template;

    /// <summary>The special tokens the template is handed, by variable name.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens => specialTokens;

    /// <summary>The ids of a conversation, whole.</summary>
    /// <exception cref="FormatException">The template refuses the conversation, or it has no tokens.</exception>
    public int[] Encode(Conversation conversation) => WithRewardToken(EncodeText(conversation));

    /// <summary>
    /// Ids of a whole text, with the model's <see cref="TextRules.RewardTokenId"/> behind them unless they end with it, or it has none.
    /// </summary>
    public int[] WithRewardToken(int[] ids) =>
        Rules.RewardTokenId is { } reward && ids.Length > 0 && ids[^1] != reward ? [.. ids, reward] : ids;

    private int[] EncodeText(Conversation conversation)
    {
        var rendered = RenderTracked(conversation);
        // Around a plain transcript the tokenizer puts its tokens itself; in any other the template's have to be told from the turns'.
        var ids = ReadsTemplateTokensOnly(conversation)
            ? ContentProtection.EncodeIds(rendered, tokenizer)
            : tokenizer.EncodeIds(rendered.Text, OptionsFor(conversation));
        return ids.Length > 0 ? ids : throw new RewardException("the conversation has no tokens, there is nothing to score");
    }

    /// <summary>
    /// How many leading ids of a conversation are its prompt's, by TRL's rule (DPOTrainer, 1.16): those that it has in common with the ids
    /// of the prompt alone, with the generation prompt where it is messages. At least one id is left to the answer.
    /// </summary>
    /// <param name="conversation">The whole conversation.</param>
    /// <param name="ids">What <see cref="Encode"/> gave of it.</param>
    /// <param name="promptMessages">How many leading messages are the prompt.</param>
    /// <param name="promptText">Of plain text, how many leading characters are the prompt.</param>
    internal int PromptLength(Conversation conversation, int[] ids, int promptMessages, int promptText)
    {
        if (conversation.Text is { } text)
            return promptText == 0
                ? 0
                : Math.Min(
                    ids.Length - 1,
                    ids.AsSpan().CommonPrefixLength(tokenizer.EncodeIds(text.Substring(0, promptText), OptionsFor(conversation)))
                );
        if (promptMessages == 0)
            return 0;
        var prompt = conversation with { Messages = [.. conversation.Messages!.Take(promptMessages)] };
        var rendered = RenderTracked(prompt, addGenerationPrompt: true);
        var opening = ReadsTemplateTokensOnly(prompt)
            ? ContentProtection.EncodeIds(rendered, tokenizer)
            : tokenizer.EncodeIds(rendered.Text, OptionsFor(prompt));
        return Math.Min(ids.Length - 1, ids.AsSpan().CommonPrefixLength(opening));
    }

    /// <summary>
    /// As <see cref="Encode"/>, cut at the right to the most tokens that are wanted. What the tokenizer itself puts at the end of a text
    /// stays there.
    /// </summary>
    /// <exception cref="FormatException">The conversation cannot be rendered, or nothing of its text is left.</exception>
    internal int[] EncodeCut(Conversation conversation, int longest)
    {
        var ids = Encode(conversation);
        if (ids.Length <= longest)
            return ids;
        var text = EncodeText(conversation);
        // The reward token is behind what the tokenizer puts there.
        var end =
            (ReadsTemplateTokensOnly(conversation) ? 0 : TokensAtTheEnd(Render(conversation), OptionsFor(conversation), text))
            + (Rules.RewardTokenId is null ? 0 : 1);
        return longest > end
            ? [.. ids[..(longest - end)], .. ids[^end..]]
            : throw new RewardException($"{longest} tokens leave no room for the text: {end} are the tokenizer's own");
    }

    private int TokensAtTheEnd(string text, EncodeOptions options, int[] ids)
    {
        var bare = tokenizer.EncodeIds(text, options with { TemplateTokens = TemplateTokens.Omit });
        var around = ids.Length - bare.Length;
        var before = Enumerable.Range(0, around + 1).FirstOrDefault(lead => ids.AsSpan(lead, bare.Length).SequenceEqual(bare), around);
        return around - before;
    }

    /// <summary>The text whose ids <see cref="Encode"/> gives: what the template makes of messages, plain text with its EOS.</summary>
    public string Render(Conversation conversation) => RenderTracked(conversation).Text;

    /// <summary><see cref="Render"/> with the stretches that came from the conversation told from the template's.</summary>
    public RenderResult RenderTracked(Conversation conversation) => RenderTracked(conversation, addGenerationPrompt: false);

    private RenderResult RenderTracked(Conversation conversation, bool addGenerationPrompt)
    {
        if (conversation.Text is { } text)
        {
            var whole = Rules.EosToken is { } eos && !text.EndsWith(eos, StringComparison.Ordinal) ? text + eos : text;
            return new RenderResult
            {
                Text = whole,
                ContentSpans = text.Length > 0 ? [new TextSpan(0, text.Length)] : [],
                AssistantSpans = [],
                ReadsClock = false,
            };
        }
        var messages = conversation.Messages ?? throw new ArgumentException("a conversation has messages or a text", nameof(conversation));
        return template.Render(
            new ChatTemplateInput
            {
                Messages = JsonOf(messages),
                Tools = conversation.Tools,
                SpecialTokens = specialTokens,
                Variables = conversation.ChatTemplateKwargs,
                Clock = clock,
                AddGenerationPrompt = addGenerationPrompt,
            }
        );
    }

    /// <summary>Messages as the template is handed them.</summary>
    internal static JsonArray JsonOf(IReadOnlyList<Message> messages) =>
        [.. messages.Select(m => (JsonNode)(m.Raw?.DeepClone() ?? new JsonObject { ["role"] = m.Role, ["content"] = m.Content }))];

    internal bool ReadsTemplateTokensOnly(Conversation conversation) =>
        conversation.Messages is not null && !Rules.AddSpecialTokens && Rules.TypedTokens == SpecialTokenText.Plain;

    internal EncodeOptions OptionsFor(Conversation conversation) =>
        conversation.Text is not null
            ? EncodeOptions.Default
            : (Rules.AddSpecialTokens ? EncodeOptions.Default : EncodeOptions.WithoutTemplate) with
            {
                SpecialTokenText = Rules.TypedTokens,
            };

    /// <summary>Whether the chat template asks for the date, and so gets the pinned one.</summary>
    public bool ReadsClock => Probes.All.Any(probe => TryRender(probe)?.ReadsClock == true);

    private RenderResult? TryRender(Conversation conversation)
    {
        try
        {
            return RenderTracked(conversation);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes tokenizer files and <c>chat_template.jinja</c> into a model's folder.</summary>
    public void Save(string folder)
    {
        foreach (var (name, bytes) in files)
            OutputFile.WriteAllBytes(Path.Combine(folder, name), bytes);
        OutputFile.WriteAllText(Path.Combine(folder, CheckpointFileNames.ChatTemplate), template.Source);
    }

    private string ComputeFingerprint()
    {
        var ids = new JsonArray();
        foreach (var probe in Probes.All)
            ids.Add(TryEncode(probe) is { } found ? new JsonArray([.. found.Select(id => (JsonNode)id)]) : null);
        var canonical = new JsonObject
        {
            ["tokenizer"] = ContentHash.Of(files[CheckpointFileNames.Tokenizer]),
            ["template"] = template.Source,
            ["special_tokens"] = new JsonObject([.. specialTokens.Select(token => KeyValuePair.Create(token.Key, (JsonNode?)token.Value))]),
            ["add_special_tokens"] = Rules.AddSpecialTokens,
            ["eos_token"] = Rules.EosToken,
            ["probes"] = ids,
        };
        return ContentHash.Of(canonical.ToJsonString());
    }

    /// <summary>The ids, or null where this model's template refuses the conversation.</summary>
    private int[]? TryEncode(Conversation conversation)
    {
        try
        {
            return Encode(conversation);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // As transformers looks for it: chat_template.jinja before tokenizer_config.json, where it is a text or a list of named ones.
    private static (string Source, string Text) FindTemplate(string folder, JsonObject config, string? asked)
    {
        if (asked == "plain")
            return ("plain", TextRules.PlainTemplate);
        if (asked is not null && File.Exists(asked))
            return (Path.GetFileName(asked), File.ReadAllText(asked));
        var named = (config["chat_template"] as JsonArray ?? [])
            .OfType<JsonObject>()
            .ToDictionary(entry => entry["name"]?.GetValue<string>() ?? "", entry => entry["template"]?.GetValue<string>() ?? "");
        var extra = Path.Combine(folder, CheckpointFileNames.ChatTemplates);
        if (Directory.Exists(extra))
            foreach (var path in Directory.EnumerateFiles(extra, "*.jinja"))
                named.TryAdd(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path));
        if (asked is not null)
        {
            return named.TryGetValue(asked, out var found)
                ? (asked, found)
                : throw new RewardException(
                    $"chat_template: '{asked}' is no file and none of this checkpoint's templates; known: {string.Join(", ", named.Keys.Prepend("plain"))}"
                );
        }
        var file = Path.Combine(folder, CheckpointFileNames.ChatTemplate);
        if (File.Exists(file))
            return ("checkpoint", File.ReadAllText(file));
        if (config["chat_template"] is JsonValue text)
            return ("checkpoint", text.GetValue<string>());
        if (named.TryGetValue("default", out var byDefault))
            return ("checkpoint", byDefault);
        return named.Count == 0
            ? ("plain", TextRules.PlainTemplate)
            : throw new RewardException(
                $"{folder}: several chat templates and none is 'default': choose one with chat_template: {string.Join(", ", named.Keys)}"
            );
    }

    private static ChatTemplate Parse(string where, string source)
    {
        try
        {
            return ChatTemplate.Parse(source);
        }
        catch (TemplateException error)
        {
            throw new RewardException($"chat template of {where}: {error.Message}", error);
        }
    }

    private static Dictionary<string, string> SpecialTokensOf(TokenizerConfig config)
    {
        var tokens = new Dictionary<string, string>();
        foreach (
            var (name, text) in ((string, string?)[])
                [
                    ("bos_token", config.BosToken),
                    ("eos_token", config.EosToken),
                    ("unk_token", config.UnkToken),
                    ("sep_token", config.SepToken),
                    ("pad_token", config.PadToken),
                    ("cls_token", config.ClsToken),
                    ("mask_token", config.MaskToken),
                ]
        )
            if (text is not null)
                tokens[name] = text;
        return tokens;
    }

    private sealed class PinnedClock(DateOnly date) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(date, TimeOnly.MinValue, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }
}
