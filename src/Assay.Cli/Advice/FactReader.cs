using Assay.Cli.Verification;
using Assay.Data.Checking;
using Assay.Data.Reading;
using Assay.Data.Reading.Solutions;
using Assay.Evaluation.Advice;
using Assay.Ground.Numerics;
using Assay.Verifiers;

namespace Assay.Cli.Advice;

/// <summary>
/// What files have that a choice of signal hangs on: pairs as <c>check</c> reads them, solutions as <c>process train</c>, answers with
/// references as <c>verify</c>, answers with ratings as <c>train --loss-type regression</c>. A file is what it can be read as, and may be
/// several.
/// </summary>
internal static class FactReader
{
    /// <exception cref="FormatException">A file can be read as none of them; the message is that of reading pairs.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static AdviceFacts Read(IReadOnlyList<string> files, FieldMapping? fields, CancellationToken stop)
    {
        var (pairFiles, facts) = (new List<string>(), new AdviceFacts { Files = files });
        foreach (var file in files)
        {
            var (solutions, labelled) = (Solutions(file, fields), Answers(file));
            var (rated, ratings) = Ratings(file, fields);
            var noPairs = PairsFault(file, fields);
            if (noPairs is null)
                pairFiles.Add(file);
            else if (solutions.Length == 0 && labelled.Length == 0 && rated == 0)
                throw noPairs;
            facts = facts with
            {
                Solutions = facts.Solutions + solutions.Length,
                Steps = facts.Steps + solutions.Sum(steps => steps.Count),
                References = facts.References + labelled.Length,
                RatedAnswers = facts.RatedAnswers + rated,
                Ratings = [.. facts.Ratings.Union(ratings)],
            };
            if (solutions.Length > 0)
                facts = facts with
                {
                    RightSteps =
                        solutions.Sum(steps => (long)steps.Count(label => label)) / (double)solutions.Sum(steps => (long)steps.Count),
                };
            if (labelled.Length > 0)
                facts = WithErrors(facts, labelled);
        }
        return pairFiles.Count == 0
            ? facts
            : WithPairs(
                facts,
                DataChecker.Run(
                    new CheckOptions
                    {
                        Files = pairFiles,
                        Reading = new PairReaderOptions { Fields = fields, MaxErrors = int.MaxValue },
                    },
                    stop
                )
            );
    }

    private static AdviceFacts WithPairs(AdviceFacts facts, CheckReport report) =>
        facts with
        {
            Pairs = report.KeptCount,
            SetAside = report.ReviewCount + report.QuarantineCount,
            VotedRows = report.Agreement?.PairedRowCount ?? 0,
            Agreement = report.Agreement?.KrippendorffAlpha.Value,
            AgreementInterval = report.Agreement?.KrippendorffAlpha is { Low: { } low, High: { } high } ? new Interval(low, high) : null,
            ChosenLonger = report.Lengths.ChosenLongerShare,
            LengthOnly = report.Baselines?.LengthOnly.Value,
            LengthOnlyInterval = report.Baselines is { LengthOnly: var alone } ? new Interval(alone.Low, alone.High) : null,
        };

    private static AdviceFacts WithErrors(AdviceFacts facts, VerifiedRow[] rows)
    {
        VerifiedRow[] right = [.. rows.Where(row => row.Label == true)],
            wrong = [.. rows.Where(row => row.Label == false)];
        return facts with
        {
            LabelledAnswers = facts.LabelledAnswers + right.Length + wrong.Length,
            FalsePositives =
                wrong.Length == 0 ? facts.FalsePositives : wrong.Count(row => row.Found.Verdict == Verdict.Correct) / (double)wrong.Length,
            FalseNegatives =
                right.Length == 0 ? facts.FalseNegatives : right.Count(row => row.Found.Verdict != Verdict.Correct) / (double)right.Length,
        };
    }

    private static IReadOnlyList<bool>[] Solutions(string file, FieldMapping? fields)
    {
        try
        {
            return
            [
                .. SolutionReader
                    .Read(file, fields)
                    .SelectMany(row => row.Solutions)
                    .Select(solution => (IReadOnlyList<bool>)[.. (solution.Labels ?? []).OfType<bool>()])
                    .Where(steps => steps.Count > 0),
            ];
        }
        catch (FormatException)
        {
            return [];
        }
    }

    /// <summary>Answers with ratings under the names that HelpSteer has, and those of the names that are there.</summary>
    private static (long Answers, string[] Names) Ratings(string file, FieldMapping? fields)
    {
        try
        {
            var (answers, seen) = (0L, new bool[RatingNames.Length]);
            foreach (var (i, row) in RatingReader.Read(file, RatingNames, fields).Index())
            {
                if (i == MostLookedAt && answers == 0)
                    break;
                if (row.Answer is null)
                    continue;
                answers++;
                for (var j = 0; j < seen.Length; j++)
                    seen[j] |= row.Ratings[j] is not null;
            }
            return (answers, [.. RatingNames.Where((_, j) => seen[j])]);
        }
        catch (FormatException)
        {
            return (0, []);
        }
    }

    private static VerifiedRow[] Answers(string file)
    {
        foreach (var reference in (string?[])[null, "meta.ground_truth"])
        {
            try
            {
                return [.. VerifiedRow.Read(file, new MathVerifier(), null, reference, "label")];
            }
            catch (FormatException)
            {
                // No answers with references under these names.
            }
        }
        return [];
    }

    private static FormatException? PairsFault(string file, FieldMapping? fields)
    {
        try
        {
            using var reader = PairReader.Open(file, new PairReaderOptions { Fields = fields, MaxErrors = int.MaxValue });
            return reader.Read().Take(MostLookedAt).Any(row => row.IsUsable)
                ? null
                : new FormatException(
                    $"{file}: none of its first {MostLookedAt} rows is a pair, a solution with labelled steps, or an answer with a reference or ratings: assay check says what they are"
                );
        }
        catch (FormatException fault)
        {
            return fault;
        }
    }

    private static readonly string[] RatingNames = ["helpfulness", "correctness", "coherence", "complexity", "verbosity"];

    private const int MostLookedAt = 1000;
}
