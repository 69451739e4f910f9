namespace Assay.Data.Splits;

/// <summary>
/// The provenance of every pair that was split, two bytes a field and pair, and only of fields that are stated: what is counted by side
/// once the sides are known. At most <see cref="ProvenanceFields.MaxNames"/> names a field, and 65,000 different groups of annotators.
/// </summary>
internal sealed class ProvenanceTable
{
    private const char Separator = '\u001f';
    private const int MaxGroups = 65_000;

    private readonly Column?[] _columns = new Column?[ProvenanceFields.All.Count];
    private List<int>? _rowOfPair;
    private int _pairCount;

    /// <param name="row">The pair's row; a row may have several pairs.</param>
    /// <param name="values">By field, see <see cref="ValuesOf"/>.</param>
    public void Add(int row, string?[] values)
    {
        // As long as every row has one pair, the pair's number is the row's.
        if (row != _pairCount && _rowOfPair is null)
            _rowOfPair = [.. Enumerable.Range(0, _pairCount)];
        _rowOfPair?.Add(row);
        for (var field = 0; field < values.Length; field++)
            if (values[field] is { } value)
                (_columns[field] ??= new Column(field == (int)ProvenanceField.Annotator ? MaxGroups : ProvenanceFields.MaxNames)).Set(
                    _pairCount,
                    value
                );
        _pairCount++;
    }

    /// <summary>A pair's values by field as <see cref="Add"/> takes them: a group of annotators is one.</summary>
    public static string?[] ValuesOf(PreferencePair pair) =>
        [
            .. ProvenanceFields
                .All.Select(field => string.Join(Separator, field.Values(pair.Source, pair.Provenance).Order(StringComparer.Ordinal)))
                .Select(value => value.Length == 0 ? null : value),
        ];

    public ProvenanceCounts CountsOf(SplitSide[] sides, SplitSide side)
    {
        var pairs = 0L;
        long[][] counts = [.. _columns.Select(column => new long[column?.Names.Count + 1 ?? 1])];
        for (var pair = 0; pair < _pairCount; pair++)
        {
            if (sides[_rowOfPair?[pair] ?? pair] != side)
                continue;
            pairs++;
            for (var field = 0; field < counts.Length; field++)
                if (_columns[field] is { } column)
                    counts[field][column[pair]]++;
        }
        return ProvenanceCounts.Of(
            pairs,
            field =>
            {
                var names = new Dictionary<string, long>();
                var stated = 0L;
                for (var number = 1; number < counts[(int)field].Length; number++)
                {
                    var count = counts[(int)field][number];
                    stated += count;
                    var value = _columns[(int)field]!.Names[number - 1];
                    foreach (var name in field == ProvenanceField.Annotator ? value.Split(Separator) : [value])
                        names[name] = names.GetValueOrDefault(name) + count;
                }
                return FieldCounts.Of(field, stated, names);
            }
        );
    }

    /// <summary>A number for each pair: 0 says nothing, i the name i − 1.</summary>
    private sealed class Column(int maxNames)
    {
        private const int BlockBits = 16;
        private readonly Dictionary<string, ushort> _numbers = [];
        private readonly List<ushort[]?> _blocks = [];

        public List<string> Names { get; } = [];

        public ushort this[int pair] =>
            pair >> BlockBits < _blocks.Count && _blocks[pair >> BlockBits] is { } block ? block[pair & (1 << BlockBits) - 1] : (ushort)0;

        public void Set(int pair, string name)
        {
            while (_blocks.Count <= pair >> BlockBits)
                _blocks.Add(null);
            (_blocks[pair >> BlockBits] ??= new ushort[1 << BlockBits])[pair & (1 << BlockBits) - 1] = NumberOf(name);
        }

        private ushort NumberOf(string name)
        {
            if (_numbers.TryGetValue(name, out var number))
                return number;
            if (Names.Count >= maxNames && _numbers.TryGetValue(ProvenanceFields.Others, out number))
                return number;
            if (Names.Count >= maxNames)
                name = ProvenanceFields.Others;
            Names.Add(name);
            return _numbers[name] = (ushort)Names.Count;
        }
    }
}
