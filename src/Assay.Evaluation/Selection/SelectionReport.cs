using System.Globalization;
using System.Text.Json.Serialization;
using Assay.Evaluation.Benchmarks;
using Assay.Evaluation.Comparison;
using Assay.Evaluation.Gates;
using Assay.Ground.Numerics;

namespace Assay.Evaluation.Selection;

/// <summary>
/// <c>select.json</c>: which of several reward models to use with a policy. A benchmark only filters, since its rank says little about
/// one's own policy; then the candidates are judged on the own pairs; among those that noise cannot tell from the best there, one trained
/// from the policy's own base is preferred. A candidate of another base is chosen only where it is better beyond noise.
/// </summary>
public sealed record SelectionReport
{
    public const string FileName = "select.json",
        Kind = "assay.selection/1";

    private const string PairedNoise = "paired permutation test over prompts, Holm-corrected, not below 0.05",
        UnpairedNoise =
            "the 95 % interval of the difference of two independent shares holds 0; with scores.jsonl beside every eval.json the test is paired and finer";

    [JsonPropertyOrder(-1)]
    public string Format => Kind;

    /// <summary>The name of the candidate to use; null when none was validated.</summary>
    public required string? Chosen { get; init; }

    /// <summary>The three steps as they were taken, a sentence each.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>All candidates, the chosen one first.</summary>
    public required IReadOnlyList<JudgedCandidate> Candidates { get; init; }

    /// <summary>Selects.</summary>
    /// <param name="candidates">One or more, of different names.</param>
    /// <param name="policyBases">What the policy was trained from: its base, and that one's where it is wanted. Empty: no
    /// preference.</param>
    /// <param name="benchmark">The benchmark that filters; null for the only one there is.</param>
    /// <param name="top">Keeps the best so many by benchmark rank; null keeps those whose difference to the best may be noise.</param>
    /// <exception cref="EvaluationException">The candidates' evidence cannot be compared: several benchmarks, other revisions, other own
    /// data.</exception>
    public static SelectionReport Of(
        IReadOnlyList<Candidate> candidates,
        IReadOnlyList<ModelBase> policyBases,
        BenchmarkKind? benchmark = null,
        int? top = null
    )
    {
        // Whom its gate refuses sets no mark for the others either.
        var open = candidates.Where(candidate => candidate.Gate?.Verdict != GateVerdict.NotReady).ToArray();
        bool? IsPolicyBase(Candidate candidate) =>
            policyBases.Count == 0 || candidate.Base is null ? null : policyBases.Any(candidate.Base.IsSame);
        var filter = BenchmarkFilter.Of(open, benchmark, top, candidate => IsPolicyBase(candidate) == true);
        var kept = open.Where(candidate => filter.WhyNot(candidate) is null).ToArray();
        // The policy's own pairs say more than a static set: once one candidate has them, all need them.
        var isFresh = kept.Any(candidate => candidate.Fresh is not null);
        OwnValidation? Own(Candidate candidate) => isFresh ? candidate.Fresh : candidate.Static;
        var validated = kept.Where(candidate => Own(candidate) is not null)
            .OrderByDescending(candidate => Own(candidate)!.Figures.Accuracy)
            .ThenByDescending(candidate => IsPolicyBase(candidate) == true)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .ToArray();
        CheckSameData(validated, Own);
        var (noise, isPaired) = AgainstBest(validated, Own);
        var asGood = validated.Where(candidate => noise[candidate.Name].IsNoise).ToArray();
        var chosen = asGood.FirstOrDefault(candidate => IsPolicyBase(candidate) == true) ?? asGood.FirstOrDefault();
        var pairs = isFresh ? "the policy's fresh pairs" : "the own static pairs";

        (CandidateStatus, string) Judge(Candidate candidate)
        {
            if (!open.Contains(candidate))
                return (CandidateStatus.Refused, $"its gate says {candidate.Gate!.Text}, in {candidate.Gate.Place}");
            if (filter.WhyNot(candidate) is { } reason)
                return (CandidateStatus.Filtered, reason);
            if (Own(candidate) is null)
                return (
                    CandidateStatus.NotValidated,
                    isFresh
                        ? "has no fresh.json, which others have: run assay fresh"
                        : "has neither fresh.json nor eval.json: run assay fresh, or assay eval on your own pairs"
                );
            var lineage = IsPolicyBase(candidate) switch
            {
                true => "of the policy's base",
                false => "of another base than the policy",
                null when policyBases.Count > 0 => "its base is not known",
                _ => null,
            };
            var difference = noise[candidate.Name].Text;
            if (candidate == chosen)
            {
                var others =
                    validated[0] == chosen ? $"most often right on {pairs}" : $"within noise of the best on {pairs} ({difference})";
                return (CandidateStatus.Chosen, others + (lineage is null ? "" : ", " + lineage));
            }
            return noise[candidate.Name].IsNoise
                ? (
                    CandidateStatus.AsGood,
                    (
                        candidate == validated[0]
                            ? $"most often right on {pairs}, but within noise of {chosen!.Name}"
                            : $"within noise of the best on {pairs} ({difference})"
                    ) + (lineage is null ? "" : "; " + lineage)
                )
                : (
                    CandidateStatus.Worse,
                    $"worse than {validated[0].Name} on {pairs} beyond noise ({difference})"
                        + (IsPolicyBase(candidate) == true ? ", although of the policy's base" : "")
                );
        }

        return new SelectionReport
        {
            Chosen = chosen?.Name,
            Rules =
            [
                filter.Rule,
                validated.Length == 0
                    ? "no candidate was validated on own pairs, so none is chosen"
                    : $"judged on {pairs}; noise: {(isPaired ? PairedNoise : UnpairedNoise)}",
                policyBases.Count == 0
                    ? "the policy's base was not named, so lineage took no part"
                    : $"among the best within noise, one trained from the policy's base ({string.Join(" or ", policyBases.Select(one => one.Name))}) is preferred",
            ],
            Candidates =
            [
                .. candidates
                    .Select(candidate => (Candidate: candidate, Verdict: Judge(candidate)))
                    .Select(judged => new JudgedCandidate
                    {
                        Name = judged.Candidate.Name,
                        Status = judged.Verdict.Item1,
                        Reason =
                            judged.Verdict.Item2
                            + (judged.Candidate.Gate is { Verdict: GateVerdict.CannotTell } doubt ? $"; its gate {doubt.Text}" : ""),
                        Gate = judged.Candidate.Gate?.Text,
                        BenchmarkScore = filter.Score(judged.Candidate),
                        BenchmarkRank = filter.Rank(judged.Candidate),
                        Base = judged.Candidate.Base?.Name,
                        IsPolicyBase = IsPolicyBase(judged.Candidate),
                        OwnAccuracy = Own(judged.Candidate)?.Figures.Accuracy ?? double.NaN,
                        OwnInterval = Own(judged.Candidate)?.Figures.AccuracyInterval,
                        OwnPairs = Own(judged.Candidate)?.Figures.Pairs ?? 0,
                    })
                    .OrderBy(candidate => candidate.Status)
                    .ThenByDescending(candidate => candidate.OwnAccuracy)
                    .ThenBy(candidate => candidate.BenchmarkRank ?? int.MaxValue)
                    .ThenBy(candidate => candidate.Name, StringComparer.Ordinal),
            ],
        };
    }

    private static void CheckSameData(Candidate[] validated, Func<Candidate, OwnValidation?> own)
    {
        foreach (var candidate in validated.Skip(1))
        {
            if (!Hashes(own(candidate)!).SetEquals(Hashes(own(validated[0])!)))
            {
                throw new EvaluationException(
                    $"{validated[0].Name} and {candidate.Name} were validated on different data ({Paths(validated[0])}; {Paths(candidate)}): validate all candidates on the same files"
                );
            }
        }

        static HashSet<string> Hashes(OwnValidation own) => [.. own.Inputs.Select(input => input.Sha256)];
        string Paths(Candidate candidate) =>
            string.Join(", ", own(candidate)!.Inputs.Select(input => input.Path).DefaultIfEmpty("no files named"));
    }

    /// <summary>For each candidate whether its difference to the first may be noise, and the difference in words.</summary>
    private static (Dictionary<string, (bool IsNoise, string Text)> ByName, bool IsPaired) AgainstBest(
        Candidate[] validated,
        Func<Candidate, OwnValidation?> own
    )
    {
        if (validated.Length == 0)
            return ([], false);
        var best = validated[0];
        var byName = new Dictionary<string, (bool, string)> { [best.Name] = (true, "") };
        var isPaired = validated.Length > 1 && validated.All(candidate => own(candidate)!.Scores is not null);
        var differences = isPaired
            ? ComparisonReport.Of([.. validated.Select(candidate => own(candidate)!.Scores! with { Name = candidate.Name })]).Differences
            : [];
        foreach (var other in validated.Skip(1))
        {
            if (
                differences.FirstOrDefault(difference =>
                    (difference.First, difference.Second) == (best.Name, other.Name)
                    || (difference.First, difference.Second) == (other.Name, best.Name)
                ) is
                { } paired
            )
            {
                byName[other.Name] = (
                    paired.IsNoise,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"difference {Math.Abs(paired.Difference):0.0000}, p {paired.AdjustedPValue:0.0000}"
                    )
                );
                continue;
            }
            var (a, b) = (own(best)!.Figures, own(other)!.Figures);
            var interval = ProportionInterval.Difference(a.Accuracy, a.AccuracyInterval, b.Accuracy, b.AccuracyInterval);
            byName[other.Name] = (
                interval.Contains(0),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"difference {a.Accuracy - b.Accuracy:0.0000}, 95 % interval {interval.Low:0.0000} to {interval.High:0.0000}"
                )
            );
        }
        return (byName, isPaired);
    }
}
