namespace Assay.Data.Contract;

/// <summary>One thing the contract found about one row.</summary>
/// <param name="Reason">What kind of thing.</param>
/// <param name="Detail">What was found, in words; names the field or side.</param>
/// <param name="Column">Character of the line, from 1, where it stands; 0 when it has no one place.</param>
public sealed record Finding(Reason Reason, string Detail, int Column = 0)
{
    /// <summary><c>code: detail</c>.</summary>
    public override string ToString() => $"{Reason.Code()}: {Detail}";
}
