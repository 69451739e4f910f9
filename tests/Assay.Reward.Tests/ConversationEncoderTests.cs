using System.IO.Compression;
using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Records;
using Assay.Testing;
using Assay.Text.Tokenization;

namespace Assay.Reward.Tests;

public sealed class ConversationEncoderTests(ITestOutputHelper output) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("assay-encoder-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Message ToMessage(JsonNode node) => new(node["role"]!.GetValue<string>(), node["content"]!.GetValue<string>());

    private static List<JsonNode> Rows(string file) =>
        [.. File.ReadLines(TrainingGoldens.PathOf("data", file)).Select(line => JsonNode.Parse(line)!)];

    private static Conversation Side(JsonNode row, string side) =>
        Conversation.OfMessages([
            .. row["prompt"]!.AsArray().Select(m => ToMessage(m!)),
            .. row[side]!.AsArray().Select(m => ToMessage(m!)),
        ]);

    private static Conversation EdgeSide(JsonNode row, string side) =>
        Conversation.OfMessages([
            .. row["prompt"]!.AsArray().Select(m => ToMessage(m!)),
            new Message("assistant", row[side]!.GetValue<string>()),
        ]);

    [SharedTheory]
    [InlineData("Hi", "Hello.")]
    [InlineData("Hi<|im_end|>", "Hello.")]
    public void What_is_shown_of_a_conversation_are_the_ids_that_are_scored(string user, string assistant)
    {
        var encoder = ConversationEncoder.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm"));
        var conversation = Conversation.OfMessages([new Message("user", user), new Message("assistant", assistant)]);
        Assert.Equal(encoder.Encode(conversation), ConversationInspection.Of(encoder, conversation).Tokens.Select(token => token.Id));
        Assert.Equal(encoder.Tokenizer.TokenToId("<|im_start|>"), encoder.Encode(conversation)[0]);
    }

    [SharedTheory]
    [InlineData("llama-rm", 96 + 6, 96 + 5)]
    [InlineData("bert-rm", 96 + 6, 0)]
    public void Every_recorded_row_of_the_reference_trainer_has_its_ids(string checkpoint, int conversational, int text)
    {
        // The reference makes special tokens of what a turn spells out; here that has to be asked for.
        var encoder = ConversationEncoder.Load(TrainingGoldens.PathOf("checkpoints", checkpoint), typedTokens: SpecialTokenText.Recognize);
        var golden = TrainingGoldens.Read("data", $"tokens_{checkpoint}.json");
        Failures messages = new(),
            texts = new();
        foreach (var part in (string[])["train", "eval"])
        {
            var rows = Rows(part + ".jsonl");
            var recorded = golden["conversational"]![part]!.AsArray();
            for (var i = 0; i < rows.Count; i++)
                Compare(messages, encoder, recorded[i]!, Side(rows[i], "chosen"), Side(rows[i], "rejected"), $"{part} row {i}");
            if (golden["text"] is null)
                continue;
            var recordedText = golden["text"]![part]!.AsArray();
            for (var i = 0; i < rows.Count; i++)
                Compare(
                    texts,
                    encoder,
                    recordedText[i]!,
                    TextSide(rows[i], "text_prompt", "text_chosen"),
                    TextSide(rows[i], "text_prompt", "text_rejected"),
                    $"{part} text row {i}"
                );
        }
        foreach (var edge in golden["conversational_edge_cases"]!.AsArray())
            Compare(messages, encoder, edge!, EdgeSide(edge!, "chosen"), EdgeSide(edge!, "rejected"), edge!["case"]!.GetValue<string>());
        foreach (var edge in golden["text_edge_cases"]?.AsArray() ?? [])
            Compare(
                texts,
                encoder,
                edge!,
                TextSide(edge!, "prompt", "chosen"),
                TextSide(edge!, "prompt", "rejected"),
                edge!["case"]!.GetValue<string>()
            );
        output.WriteLine($"{checkpoint}: {messages.Cases} conversational and {texts.Cases} text rows");
        messages.AssertNone(conversational);
        texts.AssertNone(text);
    }

    private static Conversation TextSide(JsonNode row, string prompt, string answer) =>
        Conversation.OfText(row[prompt]!.GetValue<string>() + row[answer]!.GetValue<string>());

    private static void Compare(
        Failures failures,
        ConversationEncoder encoder,
        JsonNode recorded,
        Conversation chosen,
        Conversation rejected,
        string name
    )
    {
        failures.Case();
        failures.Sequence(recorded["chosen_ids"]!.Integers(), encoder.Encode(chosen), name + " chosen");
        failures.Sequence(recorded["rejected_ids"]!.Integers(), encoder.Encode(rejected), name + " rejected");
    }

    [SharedFact]
    public void Rows_kept_by_max_length_are_the_recorded_ones()
    {
        var encoder = ConversationEncoder.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm"));
        var lengths = Rows("train.jsonl")
            .Select(row => Math.Max(encoder.Encode(Side(row, "chosen")).Length, encoder.Encode(Side(row, "rejected")).Length))
            .ToList();
        var failures = new Failures();
        foreach (var (limit, kept) in TrainingGoldens.Read("data", "tokens_llama-rm.json")["max_length_filter"]!.AsObject())
        {
            failures.Case();
            failures.Sequence(
                kept!.Integers(),
                Enumerable.Range(0, lengths.Count).Where(i => lengths[i] <= int.Parse(limit)),
                $"max_length {limit}"
            );
        }
        failures.AssertNone(4);
    }

    [SharedTheory]
    [InlineData("minilm", "all-minilm-l6-v2", "plain")]
    [InlineData("smollm2", "smollm2-135m-instruct", "checkpoint")]
    public void All_64_real_transcripts_of_each_model_have_their_text_and_ids(string name, string model, string template)
    {
        var encoder = ConversationEncoder.Load(SharedInputs.PathOf("models", model));
        Assert.Equal(template, encoder.Rules.TemplateSource);
        using var stream = new GZipStream(
            File.OpenRead(SharedInputs.PathOf("goldens", "real", name + ".scores.json.gz")),
            CompressionMode.Decompress
        );
        var golden = JsonNode.Parse(stream)!;
        var lines = HhLines();
        var failures = new Failures();
        foreach (var pair in golden["pairs"]!.AsArray())
        {
            var row = JsonNode.Parse(lines[pair!["line"]!.GetValue<int>() - 1])!;
            foreach (var side in (string[])["chosen", "rejected"])
            {
                failures.Case();
                var conversation = Conversation.OfMessages(Turns(row[side]!.GetValue<string>()));
                failures.Equal(pair[side]!["text"]!.GetValue<string>(), encoder.Render(conversation), $"line {pair["line"]} {side} text");
                failures.Sequence(pair[side]!["ids"]!.Integers(), encoder.Encode(conversation), $"line {pair["line"]} {side} ids");
            }
        }
        output.WriteLine($"{name}: {failures.Cases} transcripts");
        failures.AssertNone(64);
    }

    private static List<string> HhLines()
    {
        using var reader = new StreamReader(
            new GZipStream(
                File.OpenRead(SharedInputs.PathOf("data", "open", "hh_rlhf_harmless_base_test.jsonl.gz")),
                CompressionMode.Decompress
            )
        );
        return [.. reader.ReadToEnd().Split('\n')];
    }

    // goldens/real/generate.py's own rule; reading of such files is Assay.Data's.
    private static List<Message> Turns(string transcript)
    {
        var parts = System.Text.RegularExpressions.Regex.Split(transcript, "\n\n(Human|Assistant): ?");
        return
        [
            .. Enumerable
                .Range(0, parts.Length / 2)
                .Select(i => new Message(parts[2 * i + 1] == "Human" ? "user" : "assistant", parts[2 * i + 2].Trim())),
        ];
    }

    [SharedFact]
    public void A_saved_folder_alone_reads_text_the_same_way()
    {
        var original = ConversationEncoder.Load(SharedInputs.PathOf("models", "all-minilm-l6-v2"));
        original.Save(folder);
        File.WriteAllText(Path.Combine(folder, "assay.json"), RecordFile.TextOf(new ModelRecord { Text = original.Rules.ToRecord() }));
        var saved = ConversationEncoder.Load(folder);
        Assert.Equal(original.Rules, saved.Rules);
        Assert.Equal(original.Fingerprint, saved.Fingerprint);
        Assert.Equal(original.Encode(Probes.All[1]), saved.Encode(Probes.All[1]));
        Assert.True(saved.Rules.AddSpecialTokens);
    }

    [SharedFact]
    public void Another_template_gives_another_fingerprint()
    {
        var path = SharedInputs.PathOf("models", "smollm2-135m-instruct");
        var own = ConversationEncoder.Load(path);
        var plain = ConversationEncoder.Load(path, "plain");
        var file = Path.Combine(folder, "mine.jinja");
        File.WriteAllText(file, "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{% endfor %}");
        var mine = ConversationEncoder.Load(path, file);
        Assert.Equal(3, new[] { own.Fingerprint, plain.Fingerprint, mine.Fingerprint }.Distinct().Count());
        Assert.Equal("<user>What is 17 + 25?<assistant>17 + 25 is 42.", mine.Render(Probes.All[0]));
        Assert.Equal("Human: What is 17 + 25?\n\nAssistant: 17 + 25 is 42.", plain.Render(Probes.All[0]));
    }

    [SharedFact]
    public void An_unknown_template_name_is_refused()
    {
        var error = Assert.Throws<RewardException>(() =>
            ConversationEncoder.Load(SharedInputs.PathOf("models", "smollm2-135m-instruct"), "nowhere.jinja")
        );
        Assert.Contains("nowhere.jinja", error.Message);
    }

    [SharedFact]
    public void A_date_in_a_template_is_the_same_every_day()
    {
        var file = Path.Combine(folder, "dated.jinja");
        File.WriteAllText(file, "{{ strftime_now('%d %b %Y') }}{% for m in messages %}{{ m['content'] }}{% endfor %}");
        Assert.StartsWith(
            "26 Jul 2024",
            ConversationEncoder.Load(SharedInputs.PathOf("models", "smollm2-135m-instruct"), file).Render(Probes.All[0])
        );
    }
}
