using System.Numerics;

namespace Assay.Text.Templates.Values;

/// <summary>Python's range, of at most <see cref="MaximumLength"/> items, as the sandbox has it.</summary>
internal sealed class TemplateRange
{
    public const int MaximumLength = 100_000;

    public TemplateRange(long start, long stop, long step)
    {
        if (step == 0)
            throw TemplateFault.Value("range() arg 3 must not be zero");
        var count = Int128.Max(0, ((Int128)stop - start + step - Math.Sign(step)) / step);
        if (count > MaximumLength)
            throw new TemplateFault("OverflowError", $"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({MaximumLength}).");
        Start = start;
        Stop = stop;
        Step = step;
        Count = (int)count;
    }

    public long Start { get; }

    public long Stop { get; }

    public long Step { get; }

    public int Count { get; }

    public object this[int index] => Boxed.Of(Start + (index * Step));

    public int IndexOf(object value)
    {
        if (Numbers.AsWhole(value) is not { } whole)
            return -1;
        var index = BigInteger.DivRem(whole - Start, Step, out var rest);
        return rest.IsZero && index >= 0 && index < Count ? (int)index : -1;
    }

    public IEnumerable<object> Items => Enumerable.Range(0, Count).Select(i => this[i]);

    public TemplateRange Slice(int start, int step, int count) =>
        new(Start + (start * Step), Start + ((start + (long)step * count) * Step), Step * step);
}
