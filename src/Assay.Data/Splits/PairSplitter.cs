using System.Buffers.Binary;
using System.Security.Cryptography;
using Assay.Data.Duplicates;

namespace Assay.Data.Splits;

/// <summary>
/// Splits preference pairs by group, finds what is alike on both sides, and proves what is left. The side of a group is read off a hash of
/// its key, so rows that are added later never move old ones. Rows are kept as hashes (about 120 bytes a row with its keys, and two for
/// each field of provenance that is stated); normal forms of prompts stay in memory up to 128 MiB and go to a temporary file beyond. The
/// rule and the record are described in <c>docs/formats.md</c>.
/// </summary>
public sealed class PairSplitter : IDisposable
{
    private readonly SplitOptions _options;
    private readonly IReadOnlyList<Benchmark> _benchmarks;
    private readonly HashSet<string> _holdOut;
    private readonly HashSet<string> _holdOutSeen = [];
    private readonly BlockList<SplitRow> _rows = new();
    private readonly ProvenanceTable _provenance = new();
    private readonly HashIndex _keys = new();
    private readonly DisjointSets _groups = new();
    private readonly List<uint> _fractions = [];
    private readonly HashSet<int> _heldKeys = [];
    private readonly HashIndex _textNumbers = new();
    private readonly TextStore _texts = new();
    private readonly HashIndex _strata = new();
    private readonly List<double> _times = [];
    private readonly Dictionary<int, List<BenchmarkHit>> _benchmarkHits = [];
    private long _rowsWithoutKey;

    /// <param name="options">How to split.</param>
    /// <param name="benchmarks">Files whose contents must not be trained on, complete.</param>
    /// <exception cref="SplitException">The options contradict each other.</exception>
    public PairSplitter(SplitOptions options, IReadOnlyList<Benchmark>? benchmarks = null)
    {
        options.Validate();
        _options = options;
        _benchmarks = benchmarks ?? [];
        _holdOut = [.. options.HoldOut.Select(TextNormalizer.CollapseCase)];
    }

    /// <summary>Rows added.</summary>
    public int RowCount => _rows.Count;

    /// <summary>Splits pairs that are at hand, in one pass. Several pairs of one row are one row.</summary>
    /// <param name="pairs">In rising order of <see cref="PreferencePair.Row"/>; rows of several files have to be numbered through.</param>
    /// <param name="options">How to split; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SplitException">The pairs cannot be split so, and the message says why.</exception>
    public static PairSplit Split(
        IEnumerable<PreferencePair> pairs,
        SplitOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        using var splitter = new PairSplitter(options ?? new SplitOptions());
        foreach (var pair in pairs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            splitter.Add(splitter.Sketch(pair));
        }
        return splitter.Build(cancellationToken);
    }

    /// <summary>
    /// The part of the work that needs no state: call it on the thread that parsed the pair, and <see cref="Add"/> what it gives in row
    /// order.
    /// </summary>
    public PairSketch Sketch(PreferencePair pair) => PairSketch.Of(pair, _options, _benchmarks);

    /// <summary>Adds the next pair.</summary>
    /// <exception cref="ArgumentException">Its row is before the last one's.</exception>
    public void Add(PairSketch sketch)
    {
        if (sketch.Line is < 0 or > uint.MaxValue)
            throw new ArgumentException($"row {sketch.Line} is outside 0 to {uint.MaxValue}");
        var first = AddKeys(sketch.Keys);
        if (_rows.Count > 0 && _rows[_rows.Count - 1].Line is var last && sketch.Line <= last)
        {
            if (sketch.Line < last)
                throw new ArgumentException(
                    $"row {sketch.Line} came after row {last}; pairs have to come in rising order of Row (number the rows of several files through)"
                );
            ref var same = ref _rows[_rows.Count - 1];
            _groups.Join(same.Group, first);
            same.Digest = ShingleSet.Mix(same.Digest + 0x9E3779B97F4A7C15) ^ sketch.Digest;
            AddHits(_rows.Count - 1, sketch.BenchmarkHits);
            _provenance.Add(_rows.Count - 1, sketch.Provenance);
            return;
        }
        AddHits(_rows.Count, sketch.BenchmarkHits);
        _provenance.Add(_rows.Count, sketch.Provenance);
        if (sketch.LacksKey)
            _rowsWithoutKey++;
        if (_options.By.Contains(GroupBy.Time))
            _times.Add(sketch.Time);
        _rows.Add(
            new()
            {
                Digest = sketch.Digest,
                Line = (uint)sketch.Line,
                PromptExact = sketch.PromptExact,
                Group = first,
                PromptText = TextNumber(sketch.PromptNormal),
                OpeningText = TextNumber(sketch.OpeningNormal),
                Stratum = _strata.GetOrAdd(sketch.Stratum, out _),
            }
        );
    }

    /// <summary>The split of the rows added so far, by the options.</summary>
    /// <exception cref="SplitException">A side would be empty, or a group to hold out does not exist.</exception>
    public PairSplit Build(CancellationToken cancellationToken = default) => Build(_options.Fold, cancellationToken);

    /// <summary>The split that holds out another fold, from 1.</summary>
    /// <exception cref="SplitException">A side would be empty, or a group to hold out does not exist.</exception>
    public PairSplit Build(int fold, CancellationToken cancellationToken = default)
    {
        var options = _options with { Fold = fold };
        options.Validate();
        if (_rows.Count == 0)
            throw new SplitException("there is no usable pair to split");
        var sides = Assign(options);
        DemandBothSides(sides, "the rule puts");
        var withOpenings = options.By.Any(by => by != GroupBy.Prompt);
        var finder = new OverlapFinder(_rows, _texts, options.Similarity, withOpenings);
        var removed = new List<RemovedRow>();
        var moved = new List<long>();
        if (options.NearDuplicates != OverlapAction.Report)
            RemoveBenchmarkRows(sides, removed);
        DemandBothSides(sides, "after rows that share something with a benchmark were removed there are");
        var search = finder.Find(sides, cancellationToken);
        var found = search.Counts;
        // Moving a group can bring its other rows near what is still held out: look again until nothing is left.
        while (search.Overlaps.Count > 0 && options.NearDuplicates != OverlapAction.Report)
        {
            if (options.NearDuplicates == OverlapAction.Remove)
                Remove(search, sides, removed);
            else
                Move(search, sides, moved, withOpenings);
            DemandBothSides(
                sides,
                $"after rows alike on both sides were {(options.NearDuplicates == OverlapAction.Remove ? "removed" : "moved")} there are"
            );
            search = finder.Find(sides, cancellationToken);
        }
        removed.Sort((x, y) => x.Row.CompareTo(y.Row));
        moved.Sort();
        return new()
        {
            Rule = SplitRule.Describe(options),
            Train = Lines(sides, SplitSide.Train),
            Heldout = Lines(sides, SplitSide.Heldout),
            Removed = removed,
            Options = options,
            Proof = Prove(sides, found, search, moved),
        };
    }

    /// <summary>
    /// The proof of sides that a record names, on the rows added so far, and what is wrong with the record: rows it lists twice or not at
    /// all, contents that are not those it was made from, overlap it does not admit, rows its own rule puts elsewhere.
    /// </summary>
    internal (SplitProof Proof, IReadOnlyList<string> Faults) Check(PairSplit record, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var sides = SidesOf(record, faults);
        var search = new OverlapFinder(_rows, _texts, _options.Similarity, _options.By.Any(by => by != GroupBy.Prompt)).Find(
            sides,
            cancellationToken
        );
        var proof = Prove(sides, search.Counts, search, []);
        if (proof.GroupsOnBothSides > 0 && !_options.By.Contains(GroupBy.Time))
            faults.Add($"{proof.GroupsOnBothSides} groups are on both sides");
        if (record.Proof is { } claimed)
        {
            if (claimed.DataHash != proof.DataHash)
                faults.Add("the data is not what was split: its hash differs from data_hash");
            if (claimed.TrainHash != proof.TrainHash)
                faults.Add("the training rows are not those of the record: their hash differs from train_hash");
            if (claimed.HeldoutHash != proof.HeldoutHash)
                faults.Add("the held-out rows are not those of the record: their hash differs from heldout_hash");
            if (claimed.Left != proof.Left)
                faults.Add($"the record says that overlap left is {claimed.Left}, and it is {proof.Left}");
            if (claimed.Provenance is { } provenance && !SplitFile.IsSame(provenance, proof.Provenance!))
                faults.Add("the rows do not come from where the record says: the counts of provenance differ");
            // A reader that sums in another order would differ in the last digit at most.
            if (Math.Abs(claimed.LargestSimilarity - proof.LargestSimilarity) > 1e-9)
                faults.Add(
                    $"the record says that the largest similarity left is {claimed.LargestSimilarity}, and it is {proof.LargestSimilarity}"
                );
        }
        if (record.Options is { } options && _rows.Count > 0)
        {
            MarkBenchmarkRows(record);
            var again = Build(options.Fold, cancellationToken);
            if (!again.Train.SequenceEqual(record.Train) || !again.Heldout.SequenceEqual(record.Heldout))
            {
                var elsewhere = record.Train.Except(again.Train).Concat(record.Heldout.Except(again.Heldout)).Order().ToArray();
                faults.Add(
                    $"{elsewhere.Length} rows are not where the record's own rule puts them{(elsewhere.Length > 0 ? $", first line {elsewhere[0]}" : "")}"
                );
            }
        }
        return (proof, faults);
    }

    public void Dispose() => _texts.Dispose();

    private int AddKeys(IReadOnlyList<PairSketch.Key> keys)
    {
        var first = -1;
        foreach (var key in keys)
        {
            var number = _keys.GetOrAdd(key.Hash, out var isNew);
            if (isNew)
            {
                _groups.Add();
                _fractions.Add(key.Fraction);
                if (key.Name is { } name && _holdOut.Contains(name))
                    _heldKeys.Add(number);
            }
            if (key.Name is { } seen && _holdOut.Contains(seen))
                _holdOutSeen.Add(seen);
            if (first < 0)
                first = number;
            else
                _groups.Join(first, number);
        }
        return first;
    }

    private int TextNumber(string normal)
    {
        var number = _textNumbers.GetOrAdd(PairSketch.HashOf(normal), out var isNew);
        if (isNew)
            _texts.Add(normal);
        return number;
    }

    private void AddHits(int row, IReadOnlyList<BenchmarkHit> hits)
    {
        if (hits.Count == 0)
            return;
        if (!_benchmarkHits.TryGetValue(row, out var list))
            _benchmarkHits.Add(row, list = []);
        list.AddRange(hits.Where(hit => !list.Exists(known => known.Benchmark == hit.Benchmark)));
    }

    private SplitSide[] SidesOf(PairSplit record, List<string> faults)
    {
        var sides = new SplitSide[_rows.Count];
        Array.Fill(sides, SplitSide.Absent);
        var indices = new Dictionary<long, int>(_rows.Count);
        for (var index = 0; index < _rows.Count; index++)
            indices.Add(_rows[index].Line, index);
        Put(record.Train, SplitSide.Train);
        Put(record.Heldout, SplitSide.Heldout);
        Put(record.Removed.Select(removed => removed.Row), SplitSide.Removed);
        var unlisted = sides.Count(side => side == SplitSide.Absent);
        if (unlisted > 0 && record.Options is not null)
            faults.Add($"{unlisted} usable pairs are not in the record, first line {_rows[Array.IndexOf(sides, SplitSide.Absent)].Line}");
        return sides;

        void Put(IEnumerable<long> lines, SplitSide side)
        {
            foreach (var line in lines)
            {
                if (!indices.TryGetValue(line, out var index))
                    faults.Add($"line {line} is listed as {SideName(side)} and is no usable pair of the data");
                else if (sides[index] != SplitSide.Absent)
                    faults.Add($"line {line} is listed as {SideName(sides[index])} and as {SideName(side)}");
                else
                    sides[index] = side;
            }
        }

        static string SideName(SplitSide side) => side.ToString().ToLowerInvariant();
    }

    /// <summary>Rows that a record left out for a benchmark are left out again, without the benchmark's file.</summary>
    private void MarkBenchmarkRows(PairSplit record)
    {
        var lines = record.Removed.Where(removed => removed.Benchmark is not null).ToDictionary(removed => removed.Row);
        if (lines.Count == 0)
            return;
        for (var index = 0; index < _rows.Count; index++)
        {
            if (!lines.TryGetValue(_rows[index].Line, out var removed))
                continue;
            var number = _benchmarks.ToList().FindIndex(benchmark => benchmark.Name == removed.Benchmark);
            AddHits(index, [new(number, removed.Reason, removed.Like, removed.Similarity ?? double.NaN)]);
        }
    }

    private SplitSide[] Assign(SplitOptions options)
    {
        var sides = new SplitSide[_rows.Count];
        if (options.HoldOut.Count > 0)
        {
            var missing = options.HoldOut.Where(name => !_holdOutSeen.Contains(TextNormalizer.CollapseCase(name))).ToArray();
            if (missing.Length > 0)
                throw new SplitException(
                    $"no row is of the {string.Join(" or ", options.By.Select(SplitRule.Name))} \"{missing[0]}\"{(missing.Length > 1 ? $" (nor of {missing.Length - 1} more that were named)" : "")}"
                );
            var heldGroups = _heldKeys.Select(_groups.Find).ToHashSet();
            for (var index = 0; index < sides.Length; index++)
                sides[index] = heldGroups.Contains(_groups.Find(_rows[index].Group)) ? SplitSide.Heldout : SplitSide.Train;
            return sides;
        }
        (var from, var to) =
            options.FoldCount > 0
                ? ((options.Fold - 1.0) / options.FoldCount, (double)options.Fold / options.FoldCount)
                : (0.0, options.EvalShare);
        var position =
            options.By.Contains(GroupBy.Time) ? TimePosition()
            : options.Stratify != Stratify.None ? StratumPosition()
            : HashPosition;
        for (var index = 0; index < sides.Length; index++)
            sides[index] = position(index) is var at && at >= from && at < to ? SplitSide.Heldout : SplitSide.Train;
        return sides;
    }

    /// <summary>
    /// The hash of the group's first key as a fraction of 2^32: a set is named by the key that came first, so a later row does not change
    /// it.
    /// </summary>
    private double HashPosition(int index) => _fractions[_groups.Find(_rows[index].Group)] / 4294967296.0;

    /// <summary>The share of rows newer than this one.</summary>
    private Func<int, double> TimePosition()
    {
        double[] sorted = [.. _times.Order()];
        var newer = new Dictionary<double, double>();
        for (var index = 0; index < sorted.Length; index++)
            newer[sorted[index]] = (double)(sorted.Length - 1 - index) / sorted.Length;
        return index => newer[_times[index]];
    }

    /// <summary>
    /// Inside each stratum (a group counts in that of its first row) the groups in the order of their hashes; the position is the share of
    /// the stratum's rows before the group's middle.
    /// </summary>
    private Func<int, double> StratumPosition()
    {
        var groups = new Dictionary<int, (int Stratum, int Rows)>();
        for (var index = 0; index < _rows.Count; index++)
        {
            var group = _groups.Find(_rows[index].Group);
            groups[group] = groups.TryGetValue(group, out var known) ? (known.Stratum, known.Rows + 1) : (_rows[index].Stratum, 1);
        }
        var positions = new Dictionary<int, double>(groups.Count);
        foreach (var stratum in groups.GroupBy(group => group.Value.Stratum))
        {
            double total = stratum.Sum(group => (long)group.Value.Rows),
                before = 0;
            foreach (var group in stratum.OrderBy(group => _fractions[group.Key]).ThenBy(group => group.Key))
            {
                positions[group.Key] = (before + group.Value.Rows / 2.0) / total;
                before += group.Value.Rows;
            }
        }
        return index => positions[_groups.Find(_rows[index].Group)];
    }

    private void DemandBothSides(SplitSide[] sides, string happening)
    {
        int train = sides.Count(side => side == SplitSide.Train),
            heldout = sides.Count(side => side == SplitSide.Heldout);
        if (train > 0 && heldout > 0)
            return;
        (var groups, var largest) = CountGroups();
        throw new SplitException(
            $"{happening} {train} rows on the training side and {heldout} on the held-out side. There are {groups} groups by {string.Join(", ", _options.By.Select(SplitRule.Name))}, "
                + $"the largest with {largest} of {_rows.Count} rows: ask for another share or seed, group by something finer, or name the groups to hold out"
        );
    }

    private (int Groups, int LargestRows) CountGroups()
    {
        var counts = new Dictionary<int, int>();
        for (var index = 0; index < _rows.Count; index++)
        {
            var group = _groups.Find(_rows[index].Group);
            counts[group] = counts.GetValueOrDefault(group) + 1;
        }
        return (counts.Count, counts.Values.Max());
    }

    private void RemoveBenchmarkRows(SplitSide[] sides, List<RemovedRow> removed)
    {
        foreach ((var index, var hits) in _benchmarkHits.OrderBy(pair => pair.Key))
        {
            if (sides[index] != SplitSide.Train)
                continue;
            sides[index] = SplitSide.Removed;
            var hit = hits[0];
            removed.Add(
                new(
                    _rows[index].Line,
                    hit.Kind,
                    hit.Like,
                    _benchmarks[hit.Benchmark].Name,
                    double.IsNaN(hit.Similarity) ? null : hit.Similarity
                )
            );
        }
    }

    private void Remove(OverlapSearch search, SplitSide[] sides, List<RemovedRow> removed)
    {
        foreach (var overlap in search.Overlaps)
        {
            sides[overlap.Train] = SplitSide.Removed;
            removed.Add(new(_rows[overlap.Train].Line, overlap.Kind, _rows[overlap.Heldout].Line, null, overlap.Similarity));
        }
    }

    /// <summary>Moves to the training side every held-out group with a row whose texts one of the overlaps named.</summary>
    private void Move(OverlapSearch search, SplitSide[] sides, List<long> moved, bool withOpenings)
    {
        var texts = new HashSet<int>();
        foreach (var overlap in search.Overlaps)
        {
            texts.Add(_rows[overlap.Heldout].PromptText);
            if (withOpenings)
                texts.Add(_rows[overlap.Heldout].OpeningText);
        }
        var groups = new HashSet<int>();
        for (var index = 0; index < sides.Length; index++)
            if (
                sides[index] == SplitSide.Heldout
                && (texts.Contains(_rows[index].PromptText) || withOpenings && texts.Contains(_rows[index].OpeningText))
            )
                groups.Add(_groups.Find(_rows[index].Group));
        for (var index = 0; index < sides.Length; index++)
        {
            if (sides[index] != SplitSide.Heldout || !groups.Contains(_groups.Find(_rows[index].Group)))
                continue;
            sides[index] = _benchmarkHits.ContainsKey(index) ? SplitSide.Removed : SplitSide.Train;
            moved.Add(_rows[index].Line);
        }
    }

    private List<long> Lines(SplitSide[] sides, SplitSide side)
    {
        var lines = new List<long>(sides.Count(at => at == side));
        for (var index = 0; index < sides.Length; index++)
            if (sides[index] == side)
                lines.Add(_rows[index].Line);
        return lines;
    }

    private SplitProof Prove(SplitSide[] sides, OverlapCounts found, OverlapSearch left, IReadOnlyList<long> moved)
    {
        var onSides = new Dictionary<int, (bool Train, bool Heldout)>();
        var openings = new byte[_texts.Count];
        for (var index = 0; index < sides.Length; index++)
        {
            if (sides[index] is not (SplitSide.Train or SplitSide.Heldout))
                continue;
            var isHeldout = sides[index] == SplitSide.Heldout;
            var group = _groups.Find(_rows[index].Group);
            (var inTrain, var inHeldout) = onSides.GetValueOrDefault(group);
            onSides[group] = (inTrain || !isHeldout, inHeldout || isHeldout);
            openings[_rows[index].OpeningText] |= isHeldout ? (byte)2 : (byte)1;
        }
        var isAny = left.Largest.Similarity > 0;
        return new()
        {
            Rows = _rows.Count,
            TrainGroups = onSides.Values.Count(group => group.Train),
            HeldoutGroups = onSides.Values.Count(group => group.Heldout),
            GroupsOnBothSides = onSides.Values.Count(group => group.Train && group.Heldout),
            LargestGroupRows = CountGroups().LargestRows,
            Found = found,
            Left = left.Counts,
            OpeningsOnBothSides = openings.Count(opening => opening == 3),
            Moved = moved,
            LargestSimilarity = left.Largest.Similarity,
            LargestSimilarityTrainRow = isAny ? _rows[left.Largest.Train].Line : 0,
            LargestSimilarityHeldoutRow = isAny ? _rows[left.Largest.Heldout].Line : 0,
            Recall = NearDuplicateIndex.DefaultBanding.Recall(_options.Similarity),
            TrainHash = Hash(sides, side => side == SplitSide.Train),
            HeldoutHash = Hash(sides, side => side == SplitSide.Heldout),
            DataHash = Hash(sides, _ => true),
            RowsWithoutKey = _rowsWithoutKey,
            Provenance = new(_provenance.CountsOf(sides, SplitSide.Train), _provenance.CountsOf(sides, SplitSide.Heldout)),
            Benchmarks =
            [
                .. _benchmarks.Select(
                    (benchmark, number) =>
                        new BenchmarkOverlap(
                            benchmark.Name,
                            benchmark.RowCount,
                            benchmark.TooShortCount,
                            HitRows(sides, number, SplitSide.Train),
                            HitRows(sides, number, SplitSide.Heldout),
                            HitRows(sides, number, SplitSide.Removed)
                        )
                ),
            ],
        };
    }

    private int HitRows(SplitSide[] sides, int benchmark, SplitSide side) =>
        _benchmarkHits.Count(row => sides[row.Key] == side && row.Value.Exists(hit => hit.Benchmark == benchmark));

    private string Hash(SplitSide[] sides, Func<SplitSide, bool> isIn)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> entry = stackalloc byte[16];
        for (var index = 0; index < sides.Length; index++)
        {
            if (!isIn(sides[index]))
                continue;
            BinaryPrimitives.WriteUInt64LittleEndian(entry, _rows[index].Line);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], _rows[index].Digest);
            hash.AppendData(entry);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
