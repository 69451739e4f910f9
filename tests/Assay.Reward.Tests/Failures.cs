namespace Assay.Reward.Tests;

/// <summary>Collects what fails in a sweep over many cases, so that one message shows the first of them and how many there were.</summary>
internal sealed class Failures
{
    private const int Shown = 20;
    private readonly List<string> messages = [];

    public int Cases { get; private set; }

    public void Case() => Cases++;

    public void Near(double wanted, double got, double tolerance, string what)
    {
        if (!(Math.Abs(got - wanted) <= tolerance))
            messages.Add($"{what}: wanted {wanted:R}, got {got:R}, off by {Math.Abs(got - wanted):G3} (limit {tolerance:G3})");
    }

    public void Equal<T>(T wanted, T got, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(wanted, got))
            messages.Add($"{what}: wanted {wanted}, got {got}");
    }

    public void Sequence<T>(IEnumerable<T> wanted, IEnumerable<T> got, string what)
    {
        if (!wanted.SequenceEqual(got))
            messages.Add($"{what}: wanted [{string.Join(' ', wanted.Take(40))}], got [{string.Join(' ', got.Take(40))}]");
    }

    public int Count => messages.Count;

    public void AssertNone(int expectedCases)
    {
        Assert.Equal(expectedCases, Cases);
        Assert.True(messages.Count == 0, $"{messages.Count} failures in {Cases} cases:\n" + string.Join('\n', messages.Take(Shown)));
    }
}
