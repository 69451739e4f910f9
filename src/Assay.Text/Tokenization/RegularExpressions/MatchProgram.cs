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

/// <summary>What an instruction does; A, B and C are its numbers.</summary>
internal enum Operation
{
    /// <summary>The (sub)pattern has matched.</summary>
    Done,

    /// <summary>The bytes of literal A.</summary>
    Literal,

    /// <summary>Text whose case folding is fold sequence A.</summary>
    FoldedLiteral,

    /// <summary>One character of set A.</summary>
    Class,

    /// <summary>A run of characters of set A, B to C of them: as many as can be, as few, or as many and no fewer.</summary>
    GreedyRun,
    LazyRun,
    PossessiveRun,

    /// <summary>
    /// Goes on, and to A when that fails; straight to A when the next byte is not in first-byte set B (if B is not negative).
    /// </summary>
    Branch,

    /// <summary>Goes to A, and on when that fails.</summary>
    BranchAway,
    Jump,

    /// <summary>Keeps the position in register A.</summary>
    Save,

    /// <summary>Goes to A when no text was taken since register B was saved.</summary>
    LeaveIfEmpty,
    Assert,

    /// <summary>Runs what follows as a pattern of its own, then goes to A. B: see <see cref="Instruction"/>.</summary>
    Atomic,
    LookAhead,
    LookBehind,

    /// <summary>The position must be that of register A.</summary>
    MustEndAt,
    BackReference,
}

/// <summary>One instruction. Look-arounds: A is where to go on, B is 1 when negative, C the index of a look-behind's widths.</summary>
internal readonly record struct Instruction(Operation Operation, int A = 0, int B = 0, int C = 0);
