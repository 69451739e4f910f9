namespace Assay.Text.Templates.Values;

/// <summary>A Python iterator: its items can be taken once.</summary>
internal sealed class Generator(IEnumerable<object> items)
{
    private readonly IEnumerator<object> _items = items.GetEnumerator();

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
