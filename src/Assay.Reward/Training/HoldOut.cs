using System.Text.Json.Nodes;
using Assay.Data;
using Assay.Data.Splits;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training;

/// <summary>Which pairs are trained on and which are held out, and the record of it (<c>split.json</c>), by which a run can be repeated exactly.</summary>
internal sealed record HoldOut
{
    public required IReadOnlyList<LoadedPair> Train { get; init; }

    public required IReadOnlyList<LoadedPair> HeldOut { get; init; }

    /// <summary>Usable pairs on neither side: a split file does not name them, or they are like a held-out pair.</summary>
    public int LeftOut { get; init; }

    /// <summary>Whether the held-out pairs come from files of their own, so that nothing has kept their prompts apart.</summary>
    public bool AreOfFiles { get; init; }

    /// <summary>Writes the record. Where a share is held out, or a split file says it, it is one that <c>--split</c> takes.</summary>
    public required Action<string> Write { get; init; }

    /// <summary>Reads the data files and divides them as the settings say: by a split file, by files of their own, by a share of prompt groups, or not at all.</summary>
    public static HoldOut Read(TrainingSettings settings, PairLoader loader, CancellationToken stop)
    {
        var earlier = new EarlierPairs();
        var (pairs, inputs, linesBefore) = (new List<LoadedPair>(), new List<SplitInput>(), 0L);
        foreach (var path in settings.Data)
        {
            inputs.Add(new SplitInput(path, linesBefore));
            pairs.AddRange(loader.Read(path, earlier, stop));
            linesBefore += loader.LastLine;
        }
        if (settings.Split is { } splitFile) return BySplit(SplitFile.Read(splitFile), pairs, inputs);
        if (settings.EvalSplit is { } share)
        {
            var rowOf = RowsOf(inputs);
            var split = PairSplitter.Split(pairs.Select(pair => pair.Pair with { Row = rowOf(pair) }), new SplitOptions { EvalShare = share }, stop);
            return BySplit(inputs.Count == 1 ? split : split with { Inputs = inputs }, pairs, inputs);
        }
        var heldOut = settings.EvalData.SelectMany(path => loader.Read(path, null, stop)).ToList();
        var rule = settings.EvalData.Count > 0 ? "held out: the pairs of " + string.Join(", ", settings.EvalData) : "nothing is held out";
        return new HoldOut { Train = pairs, HeldOut = heldOut, AreOfFiles = true, Write = path => WriteLists(path, rule, pairs, heldOut) };
    }

    // Lines of several files are counted through, as assay split does it.
    private static Func<LoadedPair, long> RowsOf(List<SplitInput> inputs)
    {
        var before = inputs.ToDictionary(input => input.File, input => input.LinesBefore);
        return pair => before[pair.File] + pair.Pair.Row;
    }

    /// <summary>A sentence on held-out pairs of files of their own whose prompt is also trained on; null where there are none.</summary>
    private string? SharedPrompts()
    {
        if (!AreOfFiles) return null;
        var trained = new Dictionary<string, LoadedPair>(StringComparer.Ordinal);
        foreach (var pair in Train) trained.TryAdd(PromptOf(pair.Pair), pair);
        LoadedPair[] shared = [.. HeldOut.Where(pair => trained.ContainsKey(PromptOf(pair.Pair)))];
        if (shared.Length == 0) return null;
        var like = trained[PromptOf(shared[0].Pair)];
        return $"{shared.Length} of {HeldOut.Count} held-out pairs have a prompt that is trained on (first: {shared[0].File} line {shared[0].Pair.Row}, as {like.File} line {like.Pair.Row}): accuracy on them says little of new prompts";
    }

    /// <summary>Refuses prompts on both sides, or says so where they are allowed.</summary>
    /// <exception cref="RewardException">Held-out prompts are trained on, and <c>allow_shared_prompts</c> is not set.</exception>
    public void DemandDisjoint(TrainingSettings settings, TrainingObserver observer)
    {
        if (SharedPrompts() is not { } shared) return;
        if (!settings.AllowSharedPrompts) throw new RewardException(shared + ". Split by prompt (assay split), name other eval_data, or set allow_shared_prompts");
        observer.Alarm?.Invoke(shared);
    }

    // Texts without a stated prompt have only a common beginning, which may be a word: there the whole pair stands for it.
    private static string PromptOf(PreferencePair pair) => pair.Chosen.Text is { } text && pair.PromptTextLength == 0 ? $"{text}\0{pair.Rejected.Text}" : pair.Prompt;

    private static HoldOut BySplit(PairSplit split, List<LoadedPair> pairs, List<SplitInput> inputs)
    {
        var rowOf = RowsOf(inputs);
        var bySide = pairs.ToLookup(pair => split.SideOf(rowOf(pair)));
        List<LoadedPair> train = [.. bySide[SplitSide.Train]], heldOut = [.. bySide[SplitSide.Heldout]];
        return new HoldOut { Train = train, HeldOut = heldOut, LeftOut = pairs.Count - train.Count - heldOut.Count, Write = path => SplitFile.Write(path, split) };
    }

    private static void WriteLists(string path, string rule, IReadOnlyList<LoadedPair> train, IReadOnlyList<LoadedPair> heldOut) =>
        JsonFile.Write(path, new JsonObject { ["format"] = SplitFile.Format, ["rule"] = rule, ["train"] = Lines(train), ["heldout"] = Lines(heldOut) });

    private static JsonNode Lines(IReadOnlyList<LoadedPair> pairs)
    {
        var byFile = new JsonObject();
        foreach (var group in pairs.GroupBy(p => p.File)) byFile[group.Key] = new JsonArray([.. group.Select(p => (JsonNode)p.Pair.Row)]);
        return byFile.Count == 1 ? byFile[0]!.DeepClone() : byFile;
    }
}
