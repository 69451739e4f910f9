using System.Numerics;
using Assay.Data.Contract;
using Assay.Data.Reading;

namespace Assay.Data.Checking;

/// <summary>
/// Counts a check's rows as they pass, in bounded memory: what is counted by name is counted for at most <see cref="MaxNames"/> names.
/// </summary>
internal sealed class CheckStatistics
{
    public const int MaxNames = ProvenanceFields.MaxNames;
    public const string Others = ProvenanceFields.Others;
    private const int ExamplesPerReason = 3;
    private const int ExcerptCharacters = 300;

    private readonly Dictionary<string, long>[] _reasons = [.. Reasons.All.Select(_ => new Dictionary<string, long>())];
    private readonly Dictionary<string, SourceTally> _sources = [];
    private readonly Dictionary<string, GeneratorTally> _generators = [];
    private readonly AgreementAccumulator _agreement = new();
    private readonly long[] _promptBins = new long[33],
        _chosenBins = new long[33],
        _rejectedBins = new long[33],
        _shareBins = new long[11];
    private readonly int[] _exampleCounts = new int[Reasons.All.Count];
    private readonly List<ReasonExample> _examples = [];
    private long _pairs,
        _longer,
        _equal,
        _chosenCharacters,
        _rejectedCharacters;
    private long _votedRows,
        _votes,
        _unanimous,
        _tieVotes,
        _abstentions,
        _decidedVoted;
    private double _shares;

    private sealed class SourceTally
    {
        public long Kept,
            Review,
            Quarantine,
            Pairs,
            Longer2,
            Positioned,
            First;
    }

    private sealed class GeneratorTally
    {
        public readonly SourceTally Pairs = new();
        public long Chosen,
            Rejected,
            Placed,
            ShownFirst;
    }

    public long ErrorCount { get; private set; }

    public void Add(PairRow row, IReadOnlyList<Finding> findings, RowStatus status)
    {
        var source = row.Source ?? Path.GetFileName(row.File);
        var tally = Named(_sources, source);
        if (status == RowStatus.Kept)
            tally.Kept++;
        else if (status == RowStatus.Review)
            tally.Review++;
        else
            tally.Quarantine++;
        ulong seen = 0;
        foreach (var finding in findings)
        {
            var bit = 1UL << (int)finding.Reason;
            if ((seen & bit) != 0)
                continue;
            seen |= bit;
            CountReason(finding.Reason, source);
            if (_exampleCounts[(int)finding.Reason]++ < ExamplesPerReason)
                _examples.Add(Example(row, finding));
        }
        if (row.Part == 0 && row.IsError)
            ErrorCount++;
        if (row.Votes is { Count: > 0 } votes)
        {
            AddVotes(votes, seen);
            _agreement.AddVotes(
                row,
                row.Pair is { } voted ? Longer(voted) : 0,
                status != RowStatus.Quarantine,
                row.Pair is not null && (seen & 1UL << (int)Reason.TieOrAbstention) == 0
            );
        }
        if (status != RowStatus.Quarantine)
            AddUsable(row.Pair!, tally);
    }

    /// <summary>A row counted before turned out to be contradicted by a later one.</summary>
    public void Recall(Finding reason, RecalledRow row)
    {
        CountReason(reason.Reason, row.Source);
        if (row.Status != RowStatus.Kept)
            return;
        var tally = Named(_sources, row.Source);
        tally.Kept--;
        tally.Review++;
    }

    private void CountReason(Reason reason, string source)
    {
        var bySource = _reasons[(int)reason];
        var name = bySource.ContainsKey(source) || bySource.Count < MaxNames ? source : Others;
        bySource[name] = bySource.GetValueOrDefault(name) + 1;
    }

    private static SourceTally Named(Dictionary<string, SourceTally> tallies, string name)
    {
        if (tallies.TryGetValue(name, out var tally))
            return tally;
        if (tallies.Count >= MaxNames)
            return tallies.TryGetValue(Others, out var rest) ? rest : tallies[Others] = new SourceTally();
        return tallies[name] = new SourceTally();
    }

    private static ReasonExample Example(PairRow row, Finding finding) =>
        new(
            finding.Reason.Code(),
            row.File,
            row.Line,
            row.Part,
            finding.Column,
            finding.Detail,
            Excerpt(row.Pair?.Prompt),
            row.Pair is { } pair
                ? Excerpt(pair.ChosenAnswer)
                : Excerpt(System.Text.Encoding.UTF8.GetString(row.Raw.Span[..Math.Min(row.Raw.Length, ExcerptCharacters * 4)])),
            Excerpt(row.Pair?.RejectedAnswer)
        );

    private static string? Excerpt(string? text) =>
        text is null || text.Length <= ExcerptCharacters ? text : text[..ExcerptCharacters] + "…";

    private void AddUsable(PreferencePair pair, SourceTally tally)
    {
        int chosen = AnswerLength(pair, pair.Chosen),
            rejected = AnswerLength(pair, pair.Rejected);
        _pairs++;
        _chosenCharacters += chosen;
        _rejectedCharacters += rejected;
        if (chosen > rejected)
            _longer++;
        else if (chosen == rejected)
            _equal++;
        _promptBins[Bin(CodePoints.Count(pair.Prompt))]++;
        _chosenBins[Bin(chosen)]++;
        _rejectedBins[Bin(rejected)]++;
        AddTo(tally, pair, chosen, rejected);
        if (pair.Provenance is not { } provenance)
            return;
        CountGenerators(pair, provenance, chosen, rejected);
        if (pair.Votes is null && provenance.Annotators is { } annotators)
            _agreement.AddLabel(annotators, Math.Sign(chosen - rejected), provenance.ChosenPosition);
    }

    private void CountGenerators(PreferencePair pair, Provenance provenance, int chosen, int rejected)
    {
        GeneratorTally? winner = Generator(provenance.ChosenGenerator),
            loser = Generator(provenance.RejectedGenerator);
        if (winner is not null)
        {
            winner.Chosen++;
            AddTo(winner.Pairs, pair, chosen, rejected);
        }
        if (loser is not null)
        {
            loser.Rejected++;
            if (loser != winner)
                AddTo(loser.Pairs, pair, chosen, rejected);
        }
        if (provenance.ChosenPosition is not { } position)
            return;
        if (winner is not null)
            Place(winner, position == 1);
        if (loser is not null)
            Place(loser, position == 2);

        static void Place(GeneratorTally tally, bool isFirst)
        {
            tally.Placed++;
            if (isFirst)
                tally.ShownFirst++;
        }
    }

    private GeneratorTally? Generator(string? name)
    {
        if (name is null)
            return null;
        if (_generators.TryGetValue(name, out var tally))
            return tally;
        if (_generators.Count >= MaxNames)
            name = Others;
        return _generators.TryGetValue(name, out tally) ? tally : _generators[name] = new GeneratorTally();
    }

    private static int Longer(PreferencePair pair) => Math.Sign(AnswerLength(pair, pair.Chosen) - AnswerLength(pair, pair.Rejected));

    private static void AddTo(SourceTally tally, PreferencePair pair, int chosen, int rejected)
    {
        tally.Pairs++;
        tally.Longer2 +=
            chosen > rejected ? 2
            : chosen == rejected ? 1
            : 0;
        if (pair.Provenance?.ChosenPosition is not { } position)
            return;
        tally.Positioned++;
        if (position == 1)
            tally.First++;
    }

    private static int AnswerLength(PreferencePair pair, Conversation side)
    {
        if (side.Text is { } text)
            return CodePoints.Count(text.AsSpan(pair.PromptTextLength));
        var length = 0;
        for (var i = pair.PromptMessageCount; i < side.Messages!.Count; i++)
            length += CodePoints.Count(side.Messages[i].Content);
        return length;
    }

    private static int Bin(int length) => length == 0 ? 0 : BitOperations.Log2((uint)length) + 1;

    private void AddVotes(IReadOnlyList<AnnotatorVote> votes, ulong seen)
    {
        Span<long> counts = stackalloc long[4];
        foreach (var vote in votes)
            counts[(int)vote.Vote]++;
        _votedRows++;
        _votes += votes.Count;
        _tieVotes += counts[(int)Vote.Tie];
        _abstentions += counts[(int)Vote.Abstain];
        if (counts.Contains(votes.Count))
            _unanimous++;
        if ((seen & 1UL << (int)Reason.TieOrAbstention) != 0)
            return;
        var share = (double)counts[(int)Vote.Chosen] / votes.Count;
        _decidedVoted++;
        _shares += share;
        _shareBins[(int)(share * 10)]++;
    }

    public IReadOnlyList<ReasonCount> ReasonCounts() =>
        [
            .. Reasons
                .All.Where(entry => _reasons[(int)entry.Reason].Count > 0)
                .Select(entry => new ReasonCount(
                    entry.Code,
                    entry.Status.ToString().ToLowerInvariant(),
                    entry.Meaning,
                    _reasons[(int)entry.Reason].Values.Sum(),
                    new SortedDictionary<string, long>(_reasons[(int)entry.Reason], StringComparer.Ordinal)
                )),
        ];

    public IReadOnlyList<SourceCount> SourceCounts() =>
        [
            .. _sources
                .OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => new SourceCount(
                    entry.Key,
                    entry.Value.Kept,
                    entry.Value.Review,
                    entry.Value.Quarantine,
                    entry.Value.Pairs == 0 ? null : entry.Value.Longer2 / 2.0 / entry.Value.Pairs,
                    Share(entry.Value.First, entry.Value.Positioned),
                    entry.Value.Positioned
                )),
        ];

    public IReadOnlyList<GeneratorCount> GeneratorCounts() =>
        [
            .. _generators
                .OrderByDescending(entry => entry.Value.Chosen + entry.Value.Rejected)
                .ThenBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => new GeneratorCount(
                    entry.Key,
                    entry.Value.Chosen,
                    entry.Value.Rejected,
                    entry.Value.Pairs.Longer2 / 2.0 / entry.Value.Pairs.Pairs,
                    Share(entry.Value.Pairs.First, entry.Value.Pairs.Positioned),
                    Share(entry.Value.ShownFirst, entry.Value.Placed),
                    entry.Value.Pairs.Positioned
                )),
        ];

    public (AgreementStatistics? Agreement, IReadOnlyList<AnnotatorStatistics> Annotators) Agreement(double trainShare) =>
        _agreement.Finish(trainShare);

    public LengthStatistics Lengths() =>
        new(
            _pairs,
            _longer,
            _equal,
            _pairs == 0 ? 0 : (double)_chosenCharacters / _pairs,
            _pairs == 0 ? 0 : (double)_rejectedCharacters / _pairs,
            Trimmed(_promptBins),
            Trimmed(_chosenBins),
            Trimmed(_rejectedBins)
        );

    public VoteStatistics? Votes() =>
        _votedRows == 0
            ? null
            : new VoteStatistics(
                _votedRows,
                _votes,
                _unanimous,
                _tieVotes,
                _abstentions,
                _decidedVoted == 0 ? null : _shares / _decidedVoted,
                _shareBins
            );

    public IReadOnlyList<ReasonExample> Examples() => [.. _examples.OrderBy(example => Reasons.OfCode(example.Code))];

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;

    private static long[] Trimmed(long[] bins) => bins[..(Array.FindLastIndex(bins, count => count > 0) + 1)];
}

/// <summary>Where a row was written, for the case that a later one contradicts it.</summary>
internal readonly record struct RecalledRow(RowStatus Status, string Source);
