using System.Text.Json;
using Assay.Data;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Testing;

namespace Assay.Evaluation.Tests.Audits;

public sealed class AuditRunTests
{
    private static readonly EvidenceSubject Subject = new("fake", "fake", "none");

    private static AuditEvidence Audit(IScorer? scorer, IEnumerable<(PairScore Score, PreferencePair? Pair)> pairs, int probePairs = 60)
    {
        var run = new AuditRun(scorer, new AuditOptions { ProbePairs = probePairs });
        foreach (var (score, pair) in pairs)
            run.Add(score, pair);
        return run.Finish(Subject, [], new Dictionary<string, long> { ["over_length"] = 2 });
    }

    private static IEnumerable<(PairScore, PreferencePair?)> Scored(IScorer scorer, int count = 60) =>
        PairScoring
            .ScorePairs(scorer, ProbeWorld.Pairs(count), (_, _) => { })
            .Select(scored => (scored.Score, (PreferencePair?)scored.Pair));

    [Fact]
    public void A_sound_scorer_has_everything_measured_and_nothing_against_it()
    {
        var scorer = new FakeScorer(ProbeWorld.Sound);
        var evidence = Audit(scorer, Scored(scorer));
        Assert.Empty(evidence.Findings);
        Assert.Empty(evidence.Notes);
        Assert.Equal((60L, 60L, 60, 60), (evidence.Length!.Pairs, evidence.Style!.Pairs, evidence.Baselines!.Pairs, evidence.ProbePairs));
        Assert.Equal(1, evidence.Baselines.Model);
        Assert.All(evidence.SelfTests, test => Assert.True(test.Passed), throwIfEmpty: true);
    }

    [Fact]
    public void Evidence_comes_back_from_its_json_as_it_was()
    {
        var scorer = new FakeScorer(conversation => ProbeWorld.Sound(conversation) + ProbeWorld.Answer(conversation).Length / 40f);
        var evidence = Audit(scorer, Scored(scorer));
        var json = EvidenceFile.ToJson(evidence);
        var path = Path.GetTempFileName();
        try
        {
            EvidenceFile.Write(path, evidence);
            var read = Assert.IsType<AuditEvidence>(EvidenceFile.Read(path));
            Assert.Equal(json, EvidenceFile.ToJson(read));
            Assert.Equal("assay.audit/1", JsonDocument.Parse(json).RootElement.GetProperty("format").GetString());
            Assert.Contains(read.Findings, finding => finding.Name == "filler_padding");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Without_a_model_or_texts_the_notes_say_what_is_missing()
    {
        PairScore[] scores = [.. Scored(new FakeScorer(ProbeWorld.Sound)).Select(scored => scored.Item1)];
        var alone = Audit(null, scores.Select(score => (score, (PreferencePair?)null)));
        Assert.NotNull(alone.Length);
        Assert.Null(alone.Style);
        Assert.Null(alone.Baselines);
        Assert.Equal(["style", "probes"], alone.Notes.Select(note => note.Split([',', ':'])[0]));

        var bare = Audit(
            null,
            [
                (
                    new PairScore
                    {
                        Row = 1,
                        ChosenScore = 1,
                        RejectedScore = 0,
                    },
                    null
                ),
            ]
        );
        Assert.Equal(["length", "style", "probes"], bare.Notes.Select(note => note.Split([',', ':'])[0]));
        Assert.Empty(bare.Findings);
    }

    [Fact]
    public void No_probe_pairs_leave_the_probes_out_but_not_the_self_tests()
    {
        var scorer = new FakeScorer(ProbeWorld.Sound);
        var evidence = Audit(scorer, Scored(scorer), probePairs: 0);
        Assert.Empty(evidence.Probes);
        Assert.Equal(6, evidence.SelfTests.Count);
        Assert.Contains(evidence.Notes, note => note.StartsWith("probes: left out", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_that_gives_no_number_is_told_so_and_a_file_that_does_is_refused()
    {
        var scorer = new FakeScorer(conversation =>
            conversation.Messages![0].Content.Contains("topic7.", StringComparison.Ordinal) ? float.NaN : ProbeWorld.Sound(conversation)
        );
        var evidence = Audit(scorer, Scored(scorer));
        Assert.Equal((59L, 1L, 2L), (evidence.Length!.Pairs, evidence.SetAside["score_not_finite"], evidence.SetAside["over_length"]));
        var finding = Assert.Single(evidence.Findings);
        Assert.Equal(("self_test", "finite"), (finding.Kind, finding.Name));

        Assert.Throws<EvaluationException>(() => Audit(null, Scored(scorer)));
    }

    [Fact]
    public void A_model_that_gives_no_number_at_all_fails_and_has_nothing_measured()
    {
        var scorer = new FakeScorer(_ => float.PositiveInfinity);
        var evidence = Audit(scorer, Scored(scorer));
        Assert.Null(evidence.Length);
        Assert.Equal("finite", Assert.Single(evidence.Findings).Name);
        Assert.Equal(0, evidence.ProbePairs);
    }

    [Fact]
    public void The_pairs_that_are_probed_do_not_depend_on_the_order_of_rows()
    {
        var scorer = new FakeScorer(ProbeWorld.Sound);
        AuditEvidence one = Audit(scorer, Scored(scorer), probePairs: 20),
            other = Audit(scorer, Scored(scorer).Reverse(), probePairs: 20);
        Assert.Equal(20, one.ProbePairs);
        Assert.Equal(one.Probes.Select(probe => probe.MeanShift), other.Probes.Select(probe => probe.MeanShift));
    }
}
