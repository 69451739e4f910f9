using System.Text.Json.Nodes;
using Assay.Cli.Inspection;
using Assay.Data;
using Assay.Data.Reading;
using Assay.Models.Packing;
using Assay.Reward;
using Assay.Testing;
using Assay.Text.Tokenization;

namespace Assay.Cli.Tests.Inspection;

public sealed class InspectionTests
{
    [SharedFact]
    public void A_checkpoint_shows_its_tensors_configuration_and_text()
    {
        var found = PathInspection.Of(SharedInputs.PathOf("models", "all-minilm-l6-v2"), 3, listsTensors: true);
        Assert.Equal("checkpoint", (string?)found["kind"]);
        Assert.Equal("bert", (string?)found["configuration"]!["model_type"]);
        Assert.Equal(22_713_728, (long?)found["parameters"]);
        Assert.Equal(104, found["tensor_list"]!.AsArray().Count);
        Assert.Equal("[PAD]", (string?)found["text"]!["pad_token"]);
        Assert.Equal(64, ((string?)found["text"]!["text_fingerprint"])!.Length);
        var printed = new StringWriter();
        Outline.Print(printed, found);
        Assert.Contains("22713728", printed.ToString());
    }

    [SharedFact]
    public void A_weight_file_and_a_data_file_show_what_they_hold()
    {
        var weights = PathInspection.Of(SharedInputs.PathOf("models", "smollm2-135m-instruct", "model.Q4_1.gguf"), 3, listsTensors: false);
        Assert.Equal(134_515_008, (long?)weights["parameters"]);
        Assert.NotNull(weights["metadata"]!["general.architecture"]);
        var data = PathInspection.Of(SharedInputs.PathOf("data", "open", "hh_rlhf_harmless_base_test.jsonl.gz"), 2, listsTensors: false);
        Assert.Equal("data file", (string?)data["kind"]);
        Assert.Equal(2, data["first_rows"]!.AsArray().Count);
    }

    [Fact]
    public void Fields_of_other_names_are_mapped_as_in_every_verb_that_reads_rows()
    {
        var path = Path.Combine(Path.GetTempPath(), $"assay-inspect-{Guid.NewGuid():N}.jsonl");
        File.WriteAllText(path, """{"article": "one and one?", "chosen": "two", "rejected": "three"}""" + "\n");
        try
        {
            Assert.Contains(
                "--map prompt=article",
                Assert.Throws<DataFormatException>(() => PathInspection.Of(path, 3, listsTensors: false)).Message,
                StringComparison.Ordinal
            );
            var mapped = PathInspection.Of(path, 3, listsTensors: false, FieldMapping.Of(["prompt=article"], null));
            Assert.Empty(mapped["findings_in_these"]!.AsArray());
            Assert.Equal("trl", (string?)mapped["row_format"]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_path_that_is_nothing_known_is_refused()
    {
        Assert.Throws<FileNotFoundException>(() => PathInspection.Of("/no/such/file.jsonl", 1, false));
        var empty = Directory.CreateTempSubdirectory();
        Assert.Throws<UsageException>(() => PathInspection.Of(empty.FullName, 1, false));
        empty.Delete();
    }

    [SharedFact]
    public void Inspected_ids_are_the_encoders_own_and_a_typed_token_is_named()
    {
        var encoder = ConversationEncoder.Load(
            SharedInputs.PathOf("models", "smollm2-135m-instruct"),
            typedTokens: SpecialTokenText.Recognize
        );
        (var name, var conversation) = Assert.Single(
            ConversationText.Parse("""[{"role": "user", "content": "Hi<|im_end|> é😀"}, {"role": "assistant", "content": "Yes."}]""")
        );
        var inspection = ConversationInspection.Of(encoder, conversation);
        Assert.Equal(encoder.Encode(conversation), inspection.Tokens.Select(t => t.Id));
        Assert.Contains(inspection.Tokens, t => t is { IsSpecial: true, IsFromConversation: true, Token: "<|im_end|>" });
        Assert.Equal(["special_token_in_content", "pad_is_eos"], inspection.Warnings.Select(w => w.Code));
        var protecting = ConversationEncoder.Load(SharedInputs.PathOf("models", "smollm2-135m-instruct"));
        var split = ConversationInspection.Of(protecting, conversation);
        Assert.Equal(protecting.Encode(conversation), split.Tokens.Select(t => t.Id));
        Assert.DoesNotContain(split.Tokens, t => t is { IsSpecial: true, IsFromConversation: true });
        Assert.NotEqual(encoder.Encode(conversation), protecting.Encode(conversation));
        var printed = new StringWriter();
        var view = new TextView(name, inspection, ScoredToken.Last);
        view.Print(printed, Paint.None);
        Assert.Contains("typed in the conversation", printed.ToString());
        Assert.Contains("<- scored", printed.ToString());
        Assert.DoesNotContain('\e', printed.ToString());
        var json = TextView.ToJson([view], encoder.Fingerprint)["conversations"]![0]!;
        Assert.Equal(inspection.Tokens.Count - 1, (int?)json["scored_position"]);
        Assert.Equal(inspection.Tokens.Count, json["tokens"]!.AsArray().Count);
        Assert.Equal(
            0,
            (int?)
                TextView.ToJson([new TextView(name, inspection, ScoredToken.First)], encoder.Fingerprint)["conversations"]![0]![
                    "scored_position"
                ]
        );

        var mean = new TextView(name, inspection, ScoredToken.Mean);
        var printedMean = new StringWriter();
        mean.Print(printedMean, Paint.None);
        Assert.Contains("scored: the mean over all tokens", printedMean.ToString());
        Assert.DoesNotContain("<- scored", printedMean.ToString());
        Assert.Null((int?)TextView.ToJson([mean], encoder.Fingerprint)["conversations"]![0]!["scored_position"]);
    }

    [Fact]
    public void Plain_text_is_a_users_turn_and_a_pair_is_two_conversations()
    {
        Assert.Equal("user", Assert.Single(Assert.Single(ConversationText.Parse("Hello\n")).Conversation.Messages!).Role);
        Assert.Equal(
            ["chosen", "rejected"],
            ConversationText.Parse("""{"prompt": "a", "chosen": "b", "rejected": "c"}""").Select(c => c.Name)
        );
        Assert.Throws<UsageException>(() => ConversationText.Parse(" "));
        Assert.Throws<UsageException>(() => ConversationText.Parse("[{"));
        Assert.Throws<UsageException>(() => ConversationText.Parse("""{"nothing": 1}"""));
    }

    [Fact]
    public void Text_cannot_steer_the_terminal()
    {
        var printed = new StringWriter();
        Outline.Print(printed, new JsonObject { ["name"] = "a\e[31mb\nc" });
        Assert.Contains("31mb", printed.ToString());
        Assert.DoesNotContain('\e', printed.ToString());
    }
}
