namespace Assay.Cli.Training;

/// <summary>
/// A run's curve in a few characters of a line: <c>▇▆▅▃▃▂▂▁</c>, each the mean of an equal part of what there is, between the least and the
/// greatest of them.
/// </summary>
internal sealed class Sparkline
{
    /// <summary>Characters of a curve.</summary>
    public const int Width = 10;

    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>Parts that are kept; where they are full, two become one.</summary>
    private const int MostParts = 256;

    private readonly List<double> parts = [];
    private double sum;
    private int count,
        size = 1;

    /// <summary>Takes the next value; one that is no number leaves no mark.</summary>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
            return;
        sum += value;
        if (++count < size)
            return;
        parts.Add(sum / count);
        (sum, count) = (0, 0);
        if (parts.Count < MostParts)
            return;
        for (var i = 0; i < MostParts / 2; i++)
            parts[i] = (parts[2 * i] + parts[(2 * i) + 1]) / 2;
        parts.RemoveRange(MostParts / 2, MostParts / 2);
        size *= 2;
    }

    /// <summary>The curve so far; empty before there are two values.</summary>
    public override string ToString()
    {
        if (parts.Count < 2)
            return "";
        var width = Math.Min(Width, parts.Count);
        double[] means = [.. Enumerable.Range(0, width).Select(i => Mean(parts.Count * i / width, parts.Count * (i + 1) / width))];
        double least = means.Min(),
            range = means.Max() - least;
        return string.Concat(means.Select(mean => Levels[range > 0 ? (int)Math.Round((mean - least) / range * (Levels.Length - 1)) : 0]));

        double Mean(int from, int to) => parts[from..to].Average();
    }
}
