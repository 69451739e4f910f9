using System.Text.Json;
using Assay.Data;
using Assay.Data.Labelling;
using Assay.Data.Records;
using Assay.Evaluation;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Metrics;
using Assay.Evaluation.Statistics;
using Assay.Evaluation.Strength;
using Assay.Ground.Files;
using Assay.Reward.Training.CrossFitting;
using Assay.Reward.Training.Settings;

namespace Assay.Cli.Strength;

/// <summary>From the scores of cross-fitted models to the files of <c>assay strength</c>.</summary>
internal static class StrengthRun
{
    public const string PairsFile = "strength.jsonl",
        LabelFile = "to-label.jsonl";

    /// <summary>
    /// Draws up the figures and writes <c>strength.jsonl</c>, the file for people with its key, and last <c>strength.json</c>.
    /// </summary>
    public static StrengthReport Write(
        CrossFitResult result,
        TrainingSettings settings,
        int folds,
        int seeds,
        double flipBelow,
        string folder
    )
    {
        PairStrength[] pairs = [.. result.Pairs.Select(Strength)];
        var figures = StrengthFigures.Of(pairs, flipBelow);
        using (var file = new OutputFile(Path.Combine(folder, PairsFile)))
        {
            for (var i = 0; i < pairs.Length; i++)
                RecordFile.WriteLine(file.Stream, LineOf(result.Pairs[i], pairs[i], figures.Labels[i]));
            file.Commit();
        }
        var report = new StrengthReport
        {
            Model = settings.Model!,
            Inputs = [.. settings.Data.Select(EvidenceInput.Of)],
            Folds = folds,
            Seeds = seeds,
            Rows = result.Rows,
            SetAside = result.SetAside,
            Prompts = result.Prompts,
            Members =
            [
                .. result.Members.Select(member => new StrengthMember(
                    member.Seed,
                    member.Fold,
                    member.TrainedOn,
                    member.Pairs,
                    member.Accuracy
                )),
            ],
            Figures = figures,
            ToLabel = ForPeople(result.Pairs, figures, settings.Seed, Path.Combine(folder, LabelFile)),
        };
        OutputFile.WriteAllText(
            Path.Combine(folder, StrengthReport.FileName),
            JsonSerializer.Serialize(report, EvaluationJson.Options) + "\n"
        );
        return report;
    }

    private static PairStrength Strength(CrossFittedPair pair) =>
        new([.. pair.Chosen.Zip(pair.Rejected, (chosen, rejected) => (double)chosen - rejected)])
        {
            Group = PairScoring.GroupOf(pair.Pair.Prompt),
            VoteShare = VoteShare(pair.Pair.Votes),
            LengthDifference = CodePoints.Count(pair.Pair.ChosenAnswer) - CodePoints.Count(pair.Pair.RejectedAnswer),
        };

    private static double? VoteShare(IReadOnlyList<AnnotatorVote>? votes)
    {
        AnnotatorVote[] cast = [.. (votes ?? []).Where(vote => vote.Vote != Vote.Abstain)];
        return cast.Length == 0
            ? null
            : cast.Average(vote =>
                vote.Vote switch
                {
                    Vote.Chosen => 1,
                    Vote.Tie => 0.5,
                    _ => 0,
                }
            );
    }

    /// <summary>
    /// The proposed pairs as <c>label merge</c> takes them, sides and rows in random order. A pair that stands twice is asked once.
    /// </summary>
    private static string? ForPeople(IReadOnlyList<CrossFittedPair> pairs, StrengthFigures figures, long seed, string path)
    {
        LabellingPair[] proposed =
        [
            .. pairs
                .Select((pair, i) => (pair, figures.Labels[i].Proposal))
                .Where(entry => entry.Proposal != StrengthProposal.Keep)
                .DistinctBy(entry => LabellingFile.IdOf(entry.pair.Pair))
                .Select(entry => new LabellingPair
                {
                    Pair = entry.pair.Pair,
                    File = entry.pair.File,
                    Reason = Name(entry.Proposal),
                    Probability = null,
                    Scores = [new CandidateScores("ensemble", entry.pair.Chosen.Average(), entry.pair.Rejected.Average())],
                }),
        ];
        if (proposed.Length == 0)
            return null;
        LabellingFile.Write(path, proposed, new SeededRandom(seed).Next);
        return path;
    }

    private static string Name(StrengthProposal proposal) => proposal.ToString().ToLowerInvariant();

    private static StrengthLine LineOf(
        CrossFittedPair pair,
        PairStrength strength,
        (double Probability, StrengthProposal Proposal) label
    ) =>
        new()
        {
            File = pair.File,
            Row = pair.Pair.Row,
            Part = pair.Pair.Part > 0 ? pair.Pair.Part : null,
            Id = pair.Pair.Id,
            Source = pair.Pair.Source,
            Group = strength.Group,
            Strength = strength.Mean,
            Spread = strength.Spread,
            Probability = double.IsFinite(label.Probability) ? label.Probability : null,
            Proposal = Name(label.Proposal),
            Margins = strength.Margins,
            ChosenScore = pair.Chosen.Average(),
            RejectedScore = pair.Rejected.Average(),
        };
}
