namespace Assay.Text.Templates.Values;

/// <summary>A Python iterator: its items can be taken once. <paramref name="display"/> is what printing it shows.</summary>
internal sealed class Generator(IEnumerable<object> items, string display)
{
    private readonly IEnumerator<object> _items = items.GetEnumerator();

    public string Display { get; } = display;

    public IEnumerable<object> Remaining()
    {
        while (true)
        {
            // Generators can be stacked without limit: each takes its items from the one below.
            StackGuard.Check();
            if (!_items.MoveNext())
                yield break;
            yield return _items.Current;
        }
    }
}

/// <summary>What <c>cycler()</c> makes.</summary>
internal sealed class Cycler(object[] items)
{
    private int _position;

    public object Current => items[_position];

    public object Next()
    {
        var current = Current;
        _position = (_position + 1) % items.Length;
        return current;
    }

    public object Reset()
    {
        _position = 0;
        return NoneValue.Instance;
    }
}

/// <summary>What <c>joiner()</c> makes: nothing the first time it is called, then its separator.</summary>
internal sealed class Joiner(object separator)
{
    private bool _used;

    public object Next()
    {
        if (_used)
            return separator;
        _used = true;
        return TemplateString.Empty;
    }
}
