namespace Assay.Text.Templates.Values;

/// <summary>The <c>loop</c> variable. It looks one item ahead only when it is asked to.</summary>
internal sealed class LoopContext(IEnumerable<object> items, int? length, int depth, Func<object, int, TemplateString>? recurse)
{
    private static readonly FunctionTable s_methods = new()
    {
        new Function(
            "cycle",
            static (Renderer _, Arguments a) =>
                a.Positional.Length > 1
                    ? a.Positional[1 + (((LoopContext)a.Positional[0])._index0 % (a.Positional.Length - 1))]
                    : throw TemplateFault.Type("no items for cycling given")
        ),
        new Function("changed", static (Renderer _, Arguments a) => Boxed.Of(((LoopContext)a.Positional[0]).Changed(a.Positional[1..]))),
    };

    private IEnumerator<object> _items = items.GetEnumerator();
    private int? _length = length;
    private int _index0 = -1;
    private object? _ahead,
        _current,
        _before;
    private object[]? _lastChanged;

    public int Index => _index0 + 1;

    public object Current => _current!;

    public int Length
    {
        get
        {
            if (_length is { } known)
                return known;
            var rest = new List<object>();
            while (_items.MoveNext())
                rest.Add(_items.Current);
            _items = rest.GetEnumerator();
            _length = rest.Count + Index + (_ahead is null ? 0 : 1);
            return _length.Value;
        }
    }

    public bool MoveNext()
    {
        var next = PeekNext();
        if (next is null)
            return false;
        (_ahead, _before, _current) = (null, _current, next);
        _index0++;
        return true;
    }

    public object? Attribute(string name) =>
        name switch
        {
            "index" => Boxed.Of(Index),
            "index0" => Boxed.Of(_index0),
            "revindex" => Boxed.Of(Length - _index0),
            "revindex0" => Boxed.Of(Length - Index),
            "first" => Boxed.Of(_index0 == 0),
            "last" => Boxed.Of(PeekNext() is null),
            "length" => Boxed.Of(Length),
            "previtem" => _index0 == 0 ? Undefined.WithHint("there is no previous item") : _before!,
            "nextitem" => PeekNext() ?? Undefined.WithHint("there is no next item"),
            "depth" => Boxed.Of(depth + 1),
            "depth0" => Boxed.Of(depth),
            _ => s_methods.Method(this, name),
        };

    public TemplateString Recurse(object argument) =>
        recurse?.Invoke(argument, depth + 1)
        ?? throw TemplateFault.Type("The loop must have the 'recursive' marker to be called recursively.");

    private object? PeekNext() => _ahead ??= _items.MoveNext() ? _items.Current : null;

    private bool Changed(object[] values)
    {
        var isSame =
            _lastChanged is { } last && last.Length == values.Length && last.Zip(values).All(p => Comparison.AreEqual(p.First, p.Second));
        _lastChanged = values;
        return !isSame;
    }
}
