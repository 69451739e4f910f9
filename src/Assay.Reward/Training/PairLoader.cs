using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Reading;

namespace Assay.Reward.Training;

/// <summary>Reads files of pairs and turns them into ids, setting aside what cannot be trained on and losing nothing.</summary>
internal sealed class PairLoader
{
    private readonly List<SetAside> setAside = [];

    /// <summary>Every row set aside so far, in the order it was found.</summary>
    public IReadOnlyList<SetAside> SetAside => setAside;

    /// <summary>Rows read so far.</summary>
    public long RowCount { get; private set; }

    /// <summary>The usable pairs of a file, in its order.</summary>
    /// <exception cref="FormatException">A line cannot be read; the message names file, line and column.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public List<LoadedPair> Read(string path, CancellationToken stop)
    {
        var pairs = new List<LoadedPair>();
        using var reader = PairReader.Open(path);
        foreach (var row in reader.Read(stop))
        {
            if (row.IsUsable) pairs.Add(new LoadedPair(row.File, row.Pair!, row.Raw));
            else setAside.Add(new SetAside(row.File, row.Line, [.. row.Findings.Select(f => f.Reason.Code())], string.Join("; ", row.Findings.Select(f => f.Detail)), row.Raw));
        }
        RowCount += reader.RowCount;
        return pairs;
    }

    /// <summary>The pairs as ids. Set aside are those with a side above <paramref name="maxLength"/> and those whose two sides are the same ids.</summary>
    /// <param name="pairs">What to encode.</param>
    /// <param name="encoder">The one way from text to ids.</param>
    /// <param name="maxLength">Most tokens of a side.</param>
    /// <param name="stop">Ends the work.</param>
    /// <returns>The pairs, and where those come from.</returns>
    public (List<EncodedPair> Pairs, ProvenanceCounts Provenance) Encode(IReadOnlyList<LoadedPair> pairs, ConversationEncoder encoder, int maxLength, CancellationToken stop)
    {
        var encoded = InParallel.Map(pairs.Count, i => Encode(pairs[i], encoder), stop);
        var kept = new List<EncodedPair>(pairs.Count);
        var used = new List<PreferencePair>(pairs.Count);
        for (var i = 0; i < pairs.Count; i++)
        {
            var pair = encoded[i];
            if (pair.LongestSide > maxLength)
                SetAsideFor(pairs[i], Reason.OverLength, $"chosen has {pair.Chosen.Length} tokens, rejected {pair.Rejected.Length}, the most a side may have is {maxLength}");
            else if (pair.Chosen.AsSpan().SequenceEqual(pair.Rejected)) SetAsideFor(pairs[i], Reason.IdenticalTokens, "chosen and rejected are the same token ids");
            else
            {
                kept.Add(pair);
                used.Add(pairs[i].Pair);
            }
        }
        return (kept, ProvenanceCounts.Of(used));
    }

    private void SetAsideFor(LoadedPair pair, Reason reason, string detail) => setAside.Add(new SetAside(pair.File, pair.Pair.Row, [reason.Code()], detail, pair.Raw));

    private static EncodedPair Encode(LoadedPair loaded, ConversationEncoder encoder)
    {
        var pair = loaded.Pair;
        try
        {
            return new EncodedPair(pair.Row, encoder.Encode(pair.Chosen), encoder.Encode(pair.Rejected), (float?)pair.Margin);
        }
        catch (FormatException error)
        {
            throw new RewardException($"{loaded.File} line {pair.Row}: {error.Message}", error);
        }
    }

    /// <summary>Writes <c>quarantine.jsonl</c>: every row set aside, with its reasons.</summary>
    public void WriteQuarantine(string path)
    {
        var temporary = path + ".writing";
        File.WriteAllLines(temporary, setAside.Select(row => row.ToJson().ToJsonString()));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>How many rows each reason set aside.</summary>
    public JsonObject CountsByReason()
    {
        var counts = new JsonObject();
        foreach (var group in setAside.SelectMany(row => row.Reasons).CountBy(reason => reason).OrderByDescending(g => g.Value).ThenBy(g => g.Key)) counts[group.Key] = group.Value;
        return counts;
    }
}
