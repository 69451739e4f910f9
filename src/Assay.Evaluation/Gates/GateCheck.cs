using System.Globalization;

namespace Assay.Evaluation.Gates;

/// <summary>One line of a policy: a kind of check with its limits.</summary>
public sealed record GateCheck
{
    /// <summary>As the policy writes it: the kind's name, with <c>.PART</c> where it has parts.</summary>
    public required string Name { get; init; }

    public required GateCheckKind Kind { get; init; }

    /// <summary>What follows the dot; null when nothing does.</summary>
    public string? Part { get; init; }

    public double? AtLeast { get; init; }

    public double? AtMost { get; init; }

    /// <summary>Fewer rows than this cannot tell.</summary>
    public required long MinCount { get; init; }

    /// <summary>Whether labels that people did not review cannot tell.</summary>
    public bool HumanReviewed { get; init; }

    /// <summary>The limit in words: <c>&gt;= 0.8</c>, <c>&lt;= 0.1</c>, <c>0.25 to 4</c>.</summary>
    public string Wanted =>
        Kind.Direction switch
        {
            GateDirection.AtLeast => $">= {Number(AtLeast!.Value)}",
            GateDirection.AtMost => $"<= {Number(AtMost!.Value)}",
            _ => $"{Number(AtLeast!.Value)} to {Number(AtMost!.Value)}",
        };

    internal static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}

/// <summary>On which side of its limits a figure must lie; the limits themselves are allowed.</summary>
public enum GateDirection
{
    /// <summary>Not below <c>at_least</c>.</summary>
    AtLeast,

    /// <summary>Not above <c>at_most</c>.</summary>
    AtMost,

    /// <summary>Between <c>at_least</c> and <c>at_most</c>.</summary>
    Between,
}
