using Assay.Data;
using Assay.Data.Contract;
using Assay.Data.Digests;
using Assay.Data.Reading;
using Assay.Data.Records;

namespace Assay.Reward.Training.Pairs;

/// <summary>Reads files of pairs and turns them into ids, setting aside what cannot be trained on and losing nothing.</summary>
/// <param name="fields">What the user says of the files' fields.</param>
/// <param name="ratings">Names of the ratings where rows are single answers that have them; empty where rows are pairs.</param>
/// <param name="takesTies">Whether rows that are ties are usable; an abstention or a row nobody labelled is not.</param>
/// <param name="setAside">Takes the rows that are set aside; null takes no unreadable one.</param>
internal sealed class PairLoader(
    FieldMapping? fields = null,
    bool takesTies = false,
    Quarantine? setAside = null,
    params IReadOnlyList<string> ratings
)
{
    /// <summary>Every row set aside so far.</summary>
    public Quarantine SetAside { get; } = setAside ?? new("pairs");

    /// <summary>Line of the last row of the file read last.</summary>
    public long LastLine { get; private set; }

    /// <summary>Rows read so far.</summary>
    public long RowCount { get; private set; }

    /// <summary>The usable pairs of a file, in its order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="earlier">Pairs that stood before: the same again is set aside, as the contract says. Null where a repeated row counts
    /// again.</param>
    /// <param name="stop">Ends the work.</param>
    /// <exception cref="FormatException">More lines cannot be read than may be; the message names file, line and column.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public List<LoadedPair> Read(string path, EarlierPairs? earlier, CancellationToken stop)
    {
        if (ratings.Count > 0)
            return ReadRated(path, earlier, stop);
        var pairs = new List<LoadedPair>();
        using var reader = PairReader.Open(path, new PairReaderOptions { Fields = fields, MaxErrors = SetAside.MostErrorsRead });
        foreach (var row in reader.Read(stop))
        {
            var isUsable = row.IsUsable || (takesTies && row.IsUsableTie);
            var noted = NotedRow.Of(row, reader.Format);
            if (isUsable && earlier?.Add(row.Pair!) is { } again)
                SetAside.Add(noted with { Findings = [again] });
            else if (isUsable)
                pairs.Add(new LoadedPair(noted with { Findings = [] }, row.Pair!));
            else
                SetAside.Add(noted);
        }
        SetAside.DemandReadable(path);
        RowCount += reader.RowCount;
        LastLine = reader.LastLine;
        return pairs;
    }

    // Answers with ratings, as pairs of one answer with itself.
    private List<LoadedPair> ReadRated(string path, EarlierPairs? earlier, CancellationToken stop)
    {
        var rows = new List<LoadedPair>();
        foreach (var row in RatingReader.Read(path, ratings, fields))
        {
            stop.ThrowIfCancellationRequested();
            RowCount++;
            LastLine = row.Line;
            var noted = new NotedRow(row.File, row.Line, row.Findings, row.Raw);
            if (row.Answer is not { } answer)
                SetAside.Add(noted);
            else if (earlier?.Add(answer) is { } again)
                SetAside.Add(noted with { Findings = [again] });
            else
                rows.Add(new LoadedPair(noted, answer) { Ratings = row.Ratings });
        }
        SetAside.DemandReadable(path);
        return rows;
    }

    /// <summary>The pairs as ids. Set aside is what <see cref="PairContract.TokenFinding"/> finds, as in <c>check --model</c>.</summary>
    /// <param name="pairs">What to encode.</param>
    /// <param name="encode">The one way from text to ids, within the model's bounds; called from several threads.</param>
    /// <param name="stop">Ends the work.</param>
    /// <param name="joinsRows">Whether the pairs of a row become one list again.</param>
    /// <returns>The pairs, where those come from, and by what they are found again.</returns>
    public (List<EncodedPair> Pairs, ProvenanceCounts Provenance, RowDigests Digests) Encode(
        IReadOnlyList<LoadedPair> pairs,
        Func<Conversation, TokenOutcome> encode,
        CancellationToken stop,
        bool joinsRows = false
    )
    {
        var (kept, used) = EncodeKept(pairs, encode, stop);
        return (
            joinsRows ? RankedRows.Join(kept, used) : kept,
            ProvenanceCounts.Of(used.Select(pair => pair.Pair)),
            RowDigests.Of(used.AsParallel().Select(pair => RowDigest.Of(pair.Pair)))
        );
    }

    /// <summary>As <see cref="Encode"/>, with the loaded pairs that were kept, in the same order.</summary>
    public (List<EncodedPair> Encoded, List<LoadedPair> Pairs) EncodeKept(
        IReadOnlyList<LoadedPair> pairs,
        Func<Conversation, TokenOutcome> encode,
        CancellationToken stop
    )
    {
        var sides = InParallel.Map(
            pairs.Count,
            i => (Chosen: encode(pairs[i].Pair.Chosen), Rejected: encode(pairs[i].Pair.Rejected)),
            stop
        );
        var kept = new List<EncodedPair>(pairs.Count);
        var used = new List<LoadedPair>(pairs.Count);
        for (var i = 0; i < pairs.Count; i++)
        {
            var pair = pairs[i].Pair;
            if (pairs[i].Ratings is { } rated && sides[i].Chosen.Refused is null)
            {
                kept.Add(
                    new EncodedPair(pair.Row, sides[i].Chosen.Ids, sides[i].Chosen.Ids) { Ranked = [sides[i].Chosen.Ids], Ratings = rated }
                );
                used.Add(pairs[i]);
                continue;
            }
            if (PairContract.TokenFinding(sides[i].Chosen, sides[i].Rejected) is { } finding)
            {
                SetAside.Add(pairs[i].With(finding));
                continue;
            }
            kept.Add(
                new EncodedPair(pair.Row, sides[i].Chosen.Ids, sides[i].Rejected.Ids, (float?)pair.Margin)
                {
                    IsTie = pair.IsTie,
                    Strength = pair.Strength,
                    Votes = CountOf(pair.Votes),
                }
            );
            used.Add(pairs[i]);
        }
        return (kept, used);
    }

    /// <summary>The pairs that have a winner; ties among them are set aside, since no accuracy can be asked of them.</summary>
    public IReadOnlyList<LoadedPair> WithWinner(IReadOnlyList<LoadedPair> pairs)
    {
        foreach (var tie in pairs.Where(pair => pair.Pair.IsTie))
            SetAside.Add(tie.With(new Finding(Reason.TieOrAbstention, "a tie is no pair to evaluate on")));
        return [.. pairs.Where(pair => !pair.Pair.IsTie)];
    }

    private static VoteCounts? CountOf(IReadOnlyList<AnnotatorVote>? votes) =>
        votes is null
            ? null
            : new(votes.Count(v => v.Vote == Vote.Chosen), votes.Count(v => v.Vote == Vote.Rejected), votes.Count(v => v.Vote == Vote.Tie));

    /// <inheritdoc cref="Quarantine.NothingLeft"/>
    public RewardException NothingLeft(string why, IReadOnlyList<string> files, string? folder) =>
        SetAside.NothingLeft(why, files, RowCount, folder);
}

/// <summary>A usable pair with where it stood.</summary>
/// <param name="Row">The row, as it is set down where the pair is set aside after all.</param>
/// <param name="Pair">The pair.</param>
internal sealed record LoadedPair(NotedRow Row, PreferencePair Pair)
{
    public string File => Row.File;

    /// <summary>The ratings of the one answer that this then is; null for pairs.</summary>
    public IReadOnlyList<double?>? Ratings { get; init; }

    /// <summary>The row with what was found about it.</summary>
    public NotedRow With(Finding finding) => Row with { Findings = [.. Row.Findings, finding] };
}
