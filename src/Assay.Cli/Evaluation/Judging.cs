using System.Diagnostics;
using Assay.Data.Digests;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.FreshPolicy;
using Assay.Evaluation.Scores;
using Assay.Ground.Files;

namespace Assay.Cli.Evaluation;

/// <summary>
/// From scored pairs to evidence, and its files where a folder is given: what <c>eval</c>, <c>audit</c> and <c>fresh</c> do before they
/// print, and the quickstart without printing.
/// </summary>
internal static class Judging
{
    /// <exception cref="UsageException">There is no usable pair; no file is left behind.</exception>
    public static EvalEvidence Eval(ScoredPairs source, string? output, string? driftFrom, CancellationToken cancellationToken)
    {
        // What is wrong with the earlier scores is said before anything is scored.
        var earlier = driftFrom is null ? null : EvidenceInput.Of(EvalFiles.ScoresAt(driftFrom));
        var judged = new EvalAccumulator();
        var digests = new List<RowDigest?>();
        var pairs = source
            .Read(cancellationToken)
            .Select(scored =>
            {
                judged.Add(scored.Score, scored.Pair);
                digests.Add(scored.Score.Digest);
                return scored.Score;
            });
        string? scores = null;
        if (output is not null)
        {
            Directory.CreateDirectory(output);
            scores = Path.Combine(output, PairScoreFile.FileName);
            using var file = new OutputFile(scores);
            source.SetAside.Rows = new();
            PairScoreWriter.Write(file.Stream, pairs, source.SetAside.Rows);
            DemandPairs(judged.Pairs, source);
            file.Commit();
        }
        else
        {
            foreach (var _ in pairs) { }
            DemandPairs(judged.Pairs, source);
        }
        var evidence = judged.Evidence(
            source.Subject,
            source.Inputs,
            scores is null ? null : EvidenceInput.Of(scores),
            source.SetAside.ByReason
        );
        if (earlier is not null)
            evidence = evidence with { Drift = judged.DriftFrom(earlier, PairScoreFile.Read(earlier.Path)) };
        return Written(output, EvalEvidence.FileName, evidence, digests, rows => evidence with { Rows = rows });
    }

    /// <exception cref="UsageException">There is no usable pair.</exception>
    public static AuditEvidence Audit(ScoredPairs source, string? output, int probePairs, CancellationToken cancellationToken)
    {
        using var written = output is null || source.Scorer is null || probePairs == 0 ? null : new ProbedAnswerWriter(output);
        var clock = new Stopwatch();
        var audit = new AuditRun(
            source.Scorer,
            new AuditOptions
            {
                ProbePairs = probePairs,
                Probed = written is null ? null : written.Write,
                Progress = (done, all) =>
                    Terminal.Live(
                        $"probes: {done} of {all} steps, {Terminal.Duration(clock.Elapsed * ((double)(all - done) / done))} left"
                    ),
            }
        );
        var digests = new List<RowDigest?>();
        foreach (var (score, pair) in source.Read(cancellationToken))
        {
            audit.Add(score, pair);
            digests.Add(score.Digest);
        }
        DemandPairs(audit.Pairs, source);
        clock.Start();
        var evidence = audit.Finish(source.Subject, source.Inputs, source.SetAside.ByReason, cancellationToken);
        Terminal.EndLive();
        written?.Commit();
        return Written(output, AuditEvidence.FileName, evidence, digests, rows => evidence with { Rows = rows });
    }

    /// <summary>The fresh-policy check; without a labelled pair the evidence says so and holds no figure.</summary>
    public static FreshEvidence Fresh(
        ScoredPairs source,
        FreshCheck check,
        StaticSet? compared,
        string? staticData,
        string output,
        CancellationToken cancellationToken
    )
    {
        EvidenceInput[] texts = staticData is null ? [] : [EvidenceInput.Of(staticData)];
        foreach ((var score, var pair) in source.Read(cancellationToken))
            check.Add(score, pair);
        var evidence = check.Evidence(
            source.Subject,
            source.Inputs,
            source.SetAside.ByReason,
            compared,
            staticData is null ? null : UsablePairs.Read([staticData], null, new SetAsideCount(), source.MaxErrors, source.Fields)
        );
        Directory.CreateDirectory(output);
        using (var file = new OutputFile(Path.Combine(output, PairScoreFile.FreshFileName)))
        {
            PairScoreWriter.Write(file.Stream, check.Pairs);
            file.Commit();
        }
        evidence = evidence with
        {
            Inputs = [.. evidence.Inputs, .. texts],
            Scores = EvidenceInput.Of(Path.Combine(output, PairScoreFile.FreshFileName)),
        };
        return Written(
            output,
            FreshEvidence.FileName,
            evidence,
            [.. check.Pairs.Select(pair => pair.Digest)],
            rows => evidence with { Rows = rows }
        );
    }

    /// <summary>The evidence with the digests of its rows, both written where a folder is given.</summary>
    private static T Written<T>(
        string? folder,
        string name,
        T evidence,
        IReadOnlyCollection<RowDigest?> digests,
        Func<EvidenceInput?, T> on
    )
        where T : IEvidence
    {
        if (folder is null)
            return evidence;
        evidence = on(EvidenceRows.Write(folder, name, digests));
        EvidenceFile.Write(Path.Combine(folder, name), evidence);
        return evidence;
    }

    private static void DemandPairs(long count, ScoredPairs source)
    {
        if (count > 0)
            return;
        throw new UsageException(
            $"no usable pair in {string.Join(", ", source.Inputs.Select(input => input.Path).DefaultIfEmpty(source.Subject.Path))}{(source.SetAside.Total > 0 ? ": " + source.SetAside : "")}"
        );
    }
}
