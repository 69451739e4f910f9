namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>A compiled pattern; immutable.</summary>
internal sealed record MatchProgram(
    string Pattern,
    Instruction[] Code,
    CodePointSet[] Sets,
    byte[][] Literals,
    int[][] Folds,
    bool[][] First,
    (int Least, int Most)[] Widths,
    int RegisterCount,
    bool[]? StartBytes
)
{
    public bool CanMatchEmpty => StartBytes is null;
}
