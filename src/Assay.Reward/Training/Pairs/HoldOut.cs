using Assay.Data;
using Assay.Data.Contract;
using Assay.Data.Records;
using Assay.Data.Splits;
using Assay.Reward.Training.Settings;

namespace Assay.Reward.Training.Pairs;

/// <summary>
/// Which pairs are trained on and which are held out, and the record of it (<c>split.json</c>), by which a run can be repeated exactly.
/// </summary>
internal sealed record HoldOut
{
    public required IReadOnlyList<LoadedPair> Train { get; init; }

    public required IReadOnlyList<LoadedPair> HeldOut { get; init; }

    /// <summary>Usable pairs on neither side: a split file does not name them, or they are like a held-out pair.</summary>
    public int LeftOut { get; init; }

    /// <summary>Whether the held-out pairs come from files of their own, so that nothing has kept their prompts apart.</summary>
    public bool AreOfFiles { get; init; }

    /// <summary>Writes the record.</summary>
    public required Action<string> Write { get; init; }

    /// <summary>What of the data goes into the record of a training on pairs.</summary>
    public TrainingData Record(TrainingSettings settings, PairLoader loader, int train, int heldOut, string fingerprint) =>
        new()
        {
            Files = RunOpening.Files(settings),
            Rows = loader.RowCount,
            SetAside = loader.SetAside.Count,
            SetAsideByReason = loader.SetAside.ByReason(),
            LeftOutOfSplit = LeftOut,
            TrainPairs = train,
            EvalPairs = heldOut,
            TrainPairsSha256 = fingerprint,
        };

    /// <summary>
    /// Reads the data files and divides them as the settings say: by a split file, by files of their own, by a share of prompt groups, or
    /// not at all.
    /// </summary>
    public static HoldOut Read(TrainingSettings settings, PairLoader loader, CancellationToken stop)
    {
        var earlier = new EarlierPairs();
        var (pairs, inputs, linesBefore) = (new List<CountedPair>(), new List<SplitInput>(), 0L);
        foreach (var path in settings.Data)
            pairs.AddRange(ReadNext(path, earlier));
        if (settings.Split is { } splitFile)
            return BySplit(SplitFile.Read(splitFile), pairs);
        if (settings.EvalSplit is { } share)
        {
            var split = PairSplitter.Split(
                pairs.Select(one => one.Pair.Pair with { Row = one.Row }),
                new SplitOptions { EvalShare = share },
                stop
            );
            return BySplit(inputs.Count == 1 ? split : split with { Inputs = inputs }, pairs);
        }
        var heldOut = settings.EvalData.SelectMany(path => ReadNext(path, null)).ToList();
        var rule = settings.EvalData.Count > 0 ? "held out: the pairs of " + string.Join(", ", settings.EvalData) : "nothing is held out";
        return new HoldOut
        {
            Train = [.. pairs.Select(one => one.Pair)],
            HeldOut = [.. heldOut.Select(one => one.Pair)],
            AreOfFiles = true,
            Write = path =>
                SplitFile.Write(path, PairSplit.OfRows(inputs, rule, pairs.Select(one => one.Row), heldOut.Select(one => one.Row))),
        };

        // Lines of several files are counted through, as assay split does it.
        List<CountedPair> ReadNext(string path, EarlierPairs? before)
        {
            var lines = linesBefore;
            inputs.Add(new SplitInput(path, lines));
            List<CountedPair> read = [.. loader.Read(path, before, stop).Select(pair => new CountedPair(pair, lines + pair.Pair.Row))];
            linesBefore += loader.LastLine;
            return read;
        }
    }

    private sealed record CountedPair(LoadedPair Pair, long Row);

    /// <summary>A sentence on held-out pairs of files of their own whose prompt is also trained on; null where there are none.</summary>
    private string? SharedPrompts()
    {
        if (!AreOfFiles)
            return null;
        var trained = new Dictionary<string, LoadedPair>(StringComparer.Ordinal);
        foreach (var pair in Train)
            trained.TryAdd(PromptOf(pair.Pair), pair);
        LoadedPair[] shared = [.. HeldOut.Where(pair => trained.ContainsKey(PromptOf(pair.Pair)))];
        if (shared.Length == 0)
            return null;
        var like = trained[PromptOf(shared[0].Pair)];
        return $"{shared.Length} of {HeldOut.Count} held-out pairs have a prompt that is trained on (first: {shared[0].File} line {shared[0].Pair.Row}, as {like.File} line {like.Pair.Row}): accuracy on them says little of new prompts";
    }

    /// <summary>Refuses prompts on both sides, or says so where they are allowed.</summary>
    /// <exception cref="RewardException">Held-out prompts are trained on, and <c>allow_shared_prompts</c> is not set.</exception>
    public void DemandDisjoint(TrainingSettings settings, TrainingObserver observer)
    {
        if (SharedPrompts() is not { } shared)
            return;
        if (!settings.AllowSharedPrompts)
            throw new RewardException(shared + ". Split by prompt (assay split), name other eval_data, or set allow_shared_prompts");
        observer.Alarm?.Invoke(shared);
    }

    // Texts without a stated prompt have only a common beginning, which may be a word: there the whole pair stands for it.
    private static string PromptOf(PreferencePair pair) =>
        pair.Chosen.Text is { } text && pair.PromptTextLength == 0 ? $"{text}\0{pair.Rejected.Text}" : pair.Prompt;

    private static HoldOut BySplit(PairSplit split, List<CountedPair> pairs)
    {
        var bySide = pairs.ToLookup(one => split.SideOf(one.Row), one => one.Pair);
        List<LoadedPair> train = [.. bySide[SplitSide.Train]],
            heldOut = [.. bySide[SplitSide.Heldout]];
        return new HoldOut
        {
            Train = train,
            HeldOut = heldOut,
            LeftOut = pairs.Count - train.Count - heldOut.Count,
            Write = path => SplitFile.Write(path, split),
        };
    }
}
