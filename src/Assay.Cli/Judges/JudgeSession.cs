using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Assay.Cli.Evaluation;
using Assay.Data;
using Assay.Data.Reading;
using Assay.Evaluation;
using Assay.Evaluation.Evidence;
using Assay.Ground.Files;
using Assay.Judges;

namespace Assay.Cli.Judges;

/// <summary>One run of <c>assay judge</c>: the data through the judge to files and figures.</summary>
internal sealed class JudgeSession(Judge judge, IReadOnlyList<string> data, FieldMapping? fields)
{
    private readonly SetAsideCount _setAside = new();

    /// <summary>Prices for a million tokens; null where none was given.</summary>
    public (double? In, double? Out) Prices { get; init; }

    /// <summary>Pairs for each master key; null judges the pairs themselves.</summary>
    public int? ProbePairs { get; init; }

    /// <summary>Who judges.</summary>
    public required JudgeIdentity Who { get; init; }

    private IEnumerable<PreferencePair> Pairs()
    {
        var usable = UsablePairs.Read(data, null, _setAside, maxErrors: 0, fields);
        return ProbePairs is { } count ? MasterKeyProbe.Pairs(usable, count) : usable;
    }

    /// <summary>Says what would be asked.</summary>
    public int DryRun(bool json)
    {
        JudgeCall? first = null;
        long pairs = 0,
            calls = 0,
            known = 0;
        foreach (var unit in judge.Units(Pairs()))
        {
            pairs += unit.Count;
            foreach (var call in judge.Calls(unit))
            {
                first ??= call;
                calls++;
                if (judge.Knows(call))
                    known++;
            }
        }
        if (first is null)
            throw NoPair();
        if (json)
            Terminal.PrintAsIs(
                JsonSerializer.Serialize(
                    new JudgeDryRun(Who, pairs, _setAside.ByReason, calls, known, first.System, first.User),
                    EvaluationJson.Options
                )
            );
        else
        {
            if (first.System is { } system)
                Terminal.PrintAsIs($"--- system\n{system.TrimEnd()}");
            Terminal.PrintAsIs($"--- user\n{first.User.TrimEnd()}\n---");
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{calls:N0} calls for {pairs:N0} pairs{(known > 0 ? $", {known:N0} of them answered before" : "")}{(_setAside.Total > 0 ? $"; rows set aside: {_setAside}" : "")}. Nothing was asked."
                )
            );
        }
        return ExitCode.Success;
    }

    /// <summary>Judges and writes; the exit code.</summary>
    public int Run(string output, string summaryPath, string cachePath, bool withAnswers, bool json, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var accumulator = new JudgeAccumulator(judge.Prompt.Mode);
        var probed = new List<JudgedPair>();
        _setAside.Rows = ProbePairs is null ? new() : null;
        using var file = new OutputFile(Path.GetFullPath(output));
        var writer = new JudgedPairWriter(file.Stream, judge.Prompt.Mode, withAnswers, _setAside.Rows);
        long done = 0;
        try
        {
            foreach (var judged in JudgeRun.Over(judge, Pairs(), cancellationToken).ToBlockingEnumerable(cancellationToken))
            {
                writer.Write(judged);
                accumulator.Add(judged);
                if (ProbePairs is not null)
                    probed.Add(judged with { Votes = [] });
                done++;
                Terminal.Live(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"judged {done:N0} pairs, {done / clock.Elapsed.TotalSeconds:0.0} pairs/s, {judge.Caller.Asked:N0} calls asked{(judge.Caller.Retries > 0 ? $", {judge.Caller.Retries:N0} retries" : "")}{CostSoFar(accumulator)}"
                    )
                );
            }
        }
        catch (Exception error) when (error is OperationCanceledException or JudgeException)
        {
            Terminal.Error($"stopped after {done} pairs: what was answered is in {cachePath}; the same command goes on from there");
            throw;
        }
        Terminal.EndLive();
        if (done == 0)
            throw NoPair();
        writer.End();
        file.Commit();
        var report = accumulator.Report();
        var cost = report.Tokens.Cost(Prices.In, Prices.Out);
        var keys = ProbePairs is null ? null : MasterKeyProbe.Results(probed);
        var written = ReportFile.Write(
            new JudgeSummary
            {
                Format = keys is null ? JudgeEvidence.Kind : MasterKeysEvidence.Kind,
                // Whoever reads the figures must know whose scores they are.
                Subject = EvidenceSubject.OfScores(output, EvidenceInput.Of(output).Sha256),
                Judge = Who,
                Inputs = [.. data.Select(EvidenceInput.Of)],
                SetAside = _setAside.ByReason,
                Report = keys is null ? report : null,
                MasterKeys = keys,
                Tokens = report.Tokens,
                Cost = cost,
                Asked = judge.Caller.Asked,
                Retries = judge.Caller.Retries,
                Output = output,
            },
            Path.GetDirectoryName(Path.GetFullPath(summaryPath)),
            Path.GetFileName(summaryPath)
        );
        if (json)
            Terminal.PrintJson(written);
        else
        {
            if (keys is null)
                JudgeTable.Print(report, judge.Prompt.Mode, cost);
            else
                JudgeTable.Print(keys);
            Console.WriteLine(
                $"{judge.Caller.Asked} calls asked in {Terminal.Duration(clock.Elapsed)}{(_setAside.Total > 0 ? $"; rows set aside: {_setAside}" : "")}; scores and votes in {output}"
            );
        }
        var failed = report.NoVerdict.GetValueOrDefault(NoVerdict.CallFailed);
        if (failed > 0)
            Terminal.Error($"assay: {failed} calls failed after all attempts; the same command asks them again");
        return failed > 0 ? ExitCode.BadInput
            : keys?.Any(key => key.Opens) == true ? ExitCode.CheckFailed
            : report.Judged == 0 ? ExitCode.CannotTell
            : ExitCode.Success;
    }

    private string CostSoFar(JudgeAccumulator accumulator) =>
        accumulator.Tokens.Cost(Prices.In, Prices.Out) is var cost && double.IsNaN(cost)
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", cost {cost:0.00}");

    private UsageException NoPair() => new($"no usable pair in {string.Join(", ", data)}{(_setAside.Total > 0 ? ": " + _setAside : "")}");
}
