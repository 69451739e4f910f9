namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>
/// The backtracking stack of a match, kept between matches. An entry is three numbers: where to go on (or which register to restore), and
/// two values.
/// </summary>
internal sealed class MatchStack
{
    /// <summary>More than this many entries is refused: 64 Mi numbers.</summary>
    private const int LargestLength = 1 << 26;

    private const long LeastSteps = 10_000_000;
    private const long StepsPerByte = 1000;

    /// <summary>Steps that are left to all matches of one text.</summary>
    public long Steps = LeastSteps;

    /// <summary>Sets <see cref="Steps"/> for a text.</summary>
    public void Allow(int bytes) => Steps = LeastSteps + StepsPerByte * bytes;

    public int[] Entries { get; private set; } = new int[3 * 64];

    public int[] Registers { get; private set; } = [];

    public int Count { get; set; }

    public void PrepareRegisters(int count)
    {
        if (Registers.Length < count)
            Registers = new int[count];
        Array.Fill(Registers, -1, 0, count);
        Count = 0;
    }

    public void Push(int kind, int position, int extra)
    {
        if (Count + 3 > Entries.Length)
        {
            if (Entries.Length * 2 > LargestLength)
                throw new TokenizerException(
                    "a regular expression needs too much memory to backtrack on this text: its pattern nests repetitions"
                );
            var larger = new int[Entries.Length * 2];
            Entries.CopyTo(larger, 0);
            Entries = larger;
        }
        Entries[Count] = kind;
        Entries[Count + 1] = position;
        Entries[Count + 2] = extra;
        Count += 3;
    }
}
