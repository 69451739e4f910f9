using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Contract;
using Assay.Models;
using Assay.Models.Packing;
using Assay.Reward.Training;
using Assay.Reward.Training.Alarms;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Preflight;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

/// <summary>Each fault that can be told before the first step is planted and found; sound runs pass every check.</summary>
public sealed class PreflightTests : IDisposable
{
    private const string DatedTemplate = "{{ strftime_now('%d %b %Y') }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}";
    private const string OpenTemplate = "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}\n{% endfor %}<|assistant|>\n";

    private readonly string folder = Directory.CreateTempSubdirectory("assay-preflight-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static PreflightFinding[] Look(
        string name,
        Action<RewardNetwork>? harm = null,
        Func<EncodedPair, EncodedPair>? change = null,
        Func<RewardNetwork, IReadOnlyList<EncodedPair>, PackedBatch>? pack = null
    )
    {
        var run = RecordedRun.Read(name);
        using var network = RewardNetwork.Load(run.CheckpointPath).Network;
        harm?.Invoke(network);
        return
        [
            .. new NetworkChecks(
                network,
                [.. run.Train.Take(8).Select(change ?? (pair => pair))],
                pack is null ? null : pairs => pack(network, pairs)
            ).Run(),
        ];
    }

    private static PreflightFinding Wrong(string check, IEnumerable<PreflightFinding> findings)
    {
        var found = Assert.Single(findings, finding => finding.Check == check);
        Assert.False(found.IsFine, found.Text);
        return found;
    }

    [SharedTheory]
    [InlineData("a_default")]
    [InlineData("g_bert")]
    public void Sound_networks_pass(string run)
    {
        var findings = Look(run);
        Assert.Equal(
            ["loss_at_start", "head_trainable", "scored_position", "packed_equals_plain"],
            findings.Select(finding => finding.Check)
        );
        Assert.All(findings, finding => Assert.True(finding.IsFine, finding.Text), throwIfEmpty: true);
    }

    [SharedFact]
    public void A_head_whose_weights_are_far_too_large_is_seen_in_the_loss() =>
        Assert.Contains("loudly", Wrong("loss_at_start", Look("a_default", network => Scale(network, "score.weight", 1000))).Text);

    [SharedFact]
    public void A_head_of_zeros_lets_no_gradient_below_it() =>
        Assert.Contains(
            "below the score head",
            Wrong("head_trainable", Look("a_default", network => Scale(network, "score.weight", 0))).Text
        );

    [SharedFact]
    public void A_saturated_pooler_gives_the_head_nothing_to_learn_from()
    {
        var findings = Look("g_bert", network => Scale(network, "bert.pooler.dense.bias", 0, 1e4));
        Assert.Contains("gets no gradient", Wrong("head_trainable", findings).Text);
        Wrong("scored_position", findings);
    }

    [SharedFact]
    public void Sides_of_the_same_tokens_are_named_by_their_rows()
    {
        var found = Wrong(
            "scored_position",
            Look("a_default", change: pair => pair.Row is 2 or 5 ? pair with { Rejected = pair.Chosen } : pair)
        );
        Assert.Contains("2 of 8 pairs", found.Text);
        Assert.Contains("2 of them because both are the same tokens", found.Text);
        Assert.Contains("(rows 2, 5)", found.Text);
    }

    [SharedFact]
    public void A_batch_that_mixes_its_sequences_up_is_found()
    {
        // Each pair packed one token short, as a wrong length would have it.
        static PackedBatch Short(RewardNetwork network, IReadOnlyList<EncodedPair> pairs) =>
            PackedBatch.FromPairs(
                pairs.Select(pair => ((IReadOnlyList<int>)pair.Chosen[..^1], (IReadOnlyList<int>)pair.Rejected)),
                network.Packing
            );

        Wrong("packed_equals_plain", Look("a_default", pack: Short));
    }

    [SharedFact]
    public void A_text_that_gives_other_tokens_the_second_time_is_found()
    {
        using var model = RewardModel.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm"));
        PreferencePair[] pairs = [.. PairsOf("train.jsonl").Take(4)];
        EncodedPair[] encoded =
        [
            .. pairs.Select(pair => new EncodedPair(pair.Row, model.Encode(pair.Chosen).Ids, model.Encode(pair.Rejected).Ids)),
        ];
        Assert.True(TextChecks.SameIds(pairs, encoded, model.Encode).IsFine);
        var calls = 0;
        TokenOutcome Unsteady(Conversation conversation) =>
            ++calls % 5 == 0 ? new TokenOutcome([.. model.Encode(conversation).Ids, 7], null) : model.Encode(conversation);
        Assert.Contains("row 3", Wrong("same_text_same_ids", [TextChecks.SameIds(pairs, encoded, Unsteady)]).Text);
    }

    [SharedTheory]
    [InlineData(DatedTemplate, "reads_clock")]
    [InlineData(OpenTemplate, "generation_prompt_always")]
    public void Faults_of_the_template_are_found(string template, string code)
    {
        var path = Path.Combine(folder, "template.jinja");
        File.WriteAllText(path, template);
        var encoder = ConversationEncoder.Load(TrainingGoldens.PathOf("checkpoints", "llama-rm"), path);
        Assert.Contains(code, Wrong("template", [TextChecks.Template(encoder, [.. PairsOf("train.jsonl").Take(2)])]).Text);
    }

    [SharedFact]
    public void A_bos_that_is_doubled_is_found()
    {
        // A tokenizer that adds its BOS to a transcript that begins with it.
        var at = Path.Combine(folder, "model");
        Directory.CreateDirectory(at);
        foreach (var file in Directory.GetFiles(TrainingGoldens.PathOf("checkpoints", "llama-rm")))
            File.WriteAllBytes(Path.Combine(at, Path.GetFileName(file)), File.ReadAllBytes(file));
        var encoder = ConversationEncoder.Load(at);
        var bos = encoder.Tokenizer.Config.BosToken!;
        var path = Path.Combine(folder, "bos.jinja");
        File.WriteAllText(path, "{{ bos_token }}{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}");
        Assert.NotNull(bos);
        Assert.Contains(
            "double_bos",
            Wrong("template", [TextChecks.Template(ConversationEncoder.Load(at, path), [.. PairsOf("train.jsonl").Take(2)])]).Text
        );
    }

    [Fact]
    public void A_disk_without_room_for_the_checkpoints_is_told()
    {
        Assert.True(DiskCheck.Judge(100, 200, 2, 700).IsFine);
        Assert.Contains("save_total_limit", Wrong("disk_room", [DiskCheck.Judge(100, 200, 2, 699)]).Text);
        Assert.True(DiskCheck.Judge(100, 200, 2, null).IsFine);
    }

    [SharedFact]
    public void What_is_wrong_before_the_first_step_is_an_alarm_of_step_0_and_stops_where_that_is_asked()
    {
        var run = RecordedRun.Read("a_default");
        IReadOnlyList<EncodedPair> same = [.. run.Train.Select(pair => pair with { Rejected = pair.Chosen })];
        using var network = RewardNetwork.Load(run.CheckpointPath).Network;
        var before = RecordedRun.WeightsOf(network);
        var trainer = new RewardTrainer(network, run.Settings with { OnAlarm = "stop" }, same, [], TimeProvider.System);
        trainer.Examine([]);
        Assert.Equal("head_trainable", Assert.Throws<AlarmException>(() => trainer.Run(folder)).Alarm.Name);
        var lines = File.ReadLines(Path.Combine(folder, "train_log.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["head_trainable", "scored_position"], lines.Select(line => line["name"]!.GetValue<string>()));
        Assert.All(lines, line => Assert.Equal(0, line["step"]!.GetValue<long>()), throwIfEmpty: true);
        foreach (var (name, values) in RecordedRun.WeightsOf(network))
            Assert.True(values.AsSpan().SequenceEqual(before[name]), name);
    }

    [SharedFact]
    public void A_run_that_was_looked_at_first_is_the_same_bit_for_bit()
    {
        var run = RecordedRun.Read("a_default");
        var plain = run.Replay();
        using var network = RewardNetwork.Load(run.CheckpointPath).Network;
        var trainer = new RewardTrainer(network, run.Settings, run.Train, run.HeldOut, TimeProvider.System);
        var looked = trainer.Examine([]);
        Assert.Equal(run.Train.Sum(pair => (long)pair.TokenCount), looked.Tokens);
        Assert.Equal(trainer.Plan.TotalUpdates, looked.Updates);
        Assert.InRange(looked.PackedTokens, 1, looked.Tokens);
        Assert.True(looked.Time > TimeSpan.Zero);
        trainer.Run(null);
        foreach (var (name, values) in RecordedRun.WeightsOf(network))
            Assert.True(values.AsSpan().SequenceEqual(plain.Weights[name]), name);
    }

    [SharedFact]
    public void The_first_batch_is_learned_by_heart_and_one_of_equal_sides_is_not()
    {
        var run = RecordedRun.Read("a_default");
        var settings = run.Settings with { LearningRate = 1e-3 };
        OverfitBatch Try(Func<EncodedPair, EncodedPair> change)
        {
            using var network = RewardNetwork.Load(run.CheckpointPath).Network;
            EncodedPair[] pairs = [.. run.Train.Select(change)];
            return OverfitBatch.Run(
                settings,
                new TrainingPlan(pairs.Length, settings),
                (rows, alone, observer) =>
                    new RewardTrainer(network, alone, [.. rows.Select(row => pairs[row])], [], TimeProvider.System) { Observer = observer },
                CancellationToken.None
            );
        }

        var learned = Try(pair => pair);
        Assert.True(learned.HasLearned, learned.Text);
        Assert.InRange(learned.Updates, 2, 99);
        var stuck = Try(pair => pair with { Rejected = pair.Chosen });
        Assert.False(stuck.HasLearned);
        Assert.Equal(100, stuck.Updates);
        Assert.Contains("not learned", stuck.Text);
    }

    private static IEnumerable<PreferencePair> PairsOf(string file)
    {
        using var reader = Assay.Data.Reading.PairReader.Open(TrainingGoldens.PathOf("data", file));
        return [.. reader.Read(CancellationToken.None).Where(row => row.IsUsable).Select(row => row.Pair!)];
    }

    private static void Scale(RewardNetwork network, string name, float by, double plus = 0)
    {
        var value = network.Parameters.Single(parameter => parameter.Name == name).Value;
        value.CopyFrom(Assay.Torch.Tensor.From([.. value.ToFloats().Select(x => (float)((x * by) + plus))], value.Shape));
    }
}
