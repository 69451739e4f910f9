namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>Turns a parsed pattern into instructions for <see cref="Matcher"/>.</summary>
internal sealed class PatternCompiler(string pattern, int groupCount)
{
    private const int MostInstructions = 50_000;

    private readonly List<Instruction> _code = [];
    private readonly List<CodePointSet> _sets = [];
    private readonly List<byte[]> _literals = [];
    private readonly List<int[]> _folds = [];
    private readonly List<bool[]> _first = [];
    private readonly List<(int Least, int Most)> _widths = [];
    private int _registers = 2 * groupCount;
    private bool _capturesMatter;

    public static MatchProgram Compile(string pattern)
    {
        var (node, groupCount) = PatternParser.Parse(pattern);
        return new PatternCompiler(pattern, groupCount).Compile(node);
    }

    private MatchProgram Compile(PatternNode node)
    {
        _capturesMatter = HasReference(node);
        Write(node);
        Emit(Operation.Done);
        return new MatchProgram(
            pattern,
            [.. _code],
            [.. _sets],
            [.. _literals],
            [.. _folds],
            [.. _first],
            [.. _widths],
            _registers,
            FirstBytes.Of(node)
        );
    }

    private int Emit(Operation operation, int a = 0, int b = 0, int c = 0)
    {
        if (_code.Count >= MostInstructions)
            throw new TokenizerException(
                $"the regular expression '{Shown(pattern)}' unrolls to more than {MostInstructions} steps; the tokenizer is refused"
            );
        _code.Add(new Instruction(operation, a, b, c));
        return _code.Count - 1;
    }

    private void Target(int at) => _code[at] = _code[at] with { A = _code.Count };

    private void Write(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.Empty:
                break;
            case PatternNode.Literal { IgnoreCase: true } folded:
                Emit(Operation.FoldedLiteral, Index(_folds, folded.CodePoints));
                break;
            case PatternNode.Literal literal:
                Emit(Operation.Literal, Index(_literals, [.. literal.CodePoints.SelectMany(Utf8.Bytes)]));
                break;
            case PatternNode.Class { Set: var set }:
                Emit(Operation.Class, Index(_sets, set));
                break;
            case PatternNode.Sequence sequence:
                foreach (var part in sequence.Parts)
                    Write(part);
                break;
            case PatternNode.Alternation alternation:
                WriteAlternation(alternation);
                break;
            case PatternNode.Repeat repeat:
                WriteRepeat(repeat);
                break;
            case PatternNode.Capture capture:
                if (_capturesMatter)
                    Emit(Operation.Save, 2 * capture.Number);
                Write(capture.Part);
                if (_capturesMatter)
                    Emit(Operation.Save, 2 * capture.Number + 1);
                break;
            case PatternNode.Atomic atomic:
                WriteAlone(Operation.Atomic, atomic.Part, 0, 0);
                break;
            case PatternNode.Look { Behind: false } look:
                WriteAlone(Operation.LookAhead, look.Part, look.Negative ? 1 : 0, 0);
                break;
            case PatternNode.Look look:
                WriteLookBehind(look);
                break;
            case PatternNode.Assertion assertion:
                Emit(Operation.Assert, (int)assertion.Kind);
                break;
            case PatternNode.BackReference reference:
                Emit(Operation.BackReference, 2 * reference.Number);
                break;
        }
    }

    private void WriteAlternation(PatternNode.Alternation alternation)
    {
        var ends = new List<int>();
        for (var i = 0; i < alternation.Branches.Count; i++)
        {
            var branch = alternation.Branches[i];
            if (i == alternation.Branches.Count - 1)
            {
                Write(branch);
                break;
            }
            var at = Emit(Operation.Branch, 0, FirstBytes.Of(branch) is { } first ? Index(_first, first) : -1);
            Write(branch);
            ends.Add(Emit(Operation.Jump));
            Target(at);
        }
        ends.ForEach(Target);
    }

    private void WriteRepeat(PatternNode.Repeat repeat)
    {
        if (repeat.Most == 0)
            return;
        if (OneCharacter(repeat.Part) is { } set)
        {
            Emit(
                repeat.Greed switch
                {
                    Greed.Greedy => Operation.GreedyRun,
                    Greed.Lazy => Operation.LazyRun,
                    _ => Operation.PossessiveRun,
                },
                Index(_sets, set),
                repeat.Least,
                repeat.Most
            );
            return;
        }
        if (repeat.Greed == Greed.Possessive)
        {
            WriteAlone(Operation.Atomic, repeat with { Greed = Greed.Greedy }, 0, 0);
            return;
        }
        for (var i = 0; i < repeat.Least; i++)
        {
            var size = _code.Count;
            Write(repeat.Part);
            if (_code.Count == size)
                return; // nothing, however often
        }
        var branch = repeat.Greed == Greed.Greedy ? Operation.Branch : Operation.BranchAway;
        if (repeat.Most == int.MaxValue)
        {
            var register = _registers++;
            var loop = Emit(branch, 0, -1);
            Emit(Operation.Save, register);
            Write(repeat.Part);
            var empty = Emit(Operation.LeaveIfEmpty, 0, register);
            Emit(Operation.Jump, loop);
            Target(loop);
            Target(empty);
            return;
        }
        var optional = new List<int>();
        for (var i = repeat.Least; i < repeat.Most; i++)
        {
            optional.Add(Emit(branch, 0, -1));
            Write(repeat.Part);
        }
        optional.ForEach(Target);
    }

    private static CodePointSet? OneCharacter(PatternNode node) =>
        node switch
        {
            PatternNode.Class { Set: var set } => set,
            PatternNode.Literal { IgnoreCase: false, CodePoints: [var point] } => CodePointSet.OfPoint(point),
            _ => null,
        };

    /// <summary>A part that is matched by itself: its inner alternatives are forgotten once it has matched.</summary>
    private void WriteAlone(Operation operation, PatternNode part, int negative, int widths)
    {
        var at = Emit(operation, 0, negative, widths);
        Write(part);
        Emit(Operation.Done);
        Target(at);
    }

    private void WriteLookBehind(PatternNode.Look look)
    {
        if (Width(look.Part) is not { Most: <= 255 } width)
            throw new TokenizerException(
                $"the regular expression '{Shown(pattern)}' has a look-behind without a limit of 255 characters, which is not supported; the tokenizer is refused"
            );
        var register = _registers++;
        _widths.Add((width.Least, width.Most));
        var at = Emit(Operation.LookBehind, 0, look.Negative ? 1 : 0, _widths.Count - 1 | register << 16);
        Write(look.Part);
        Emit(Operation.MustEndAt, register);
        Emit(Operation.Done);
        Target(at);
    }

    /// <summary>How many characters a part takes, or null when there is no limit.</summary>
    private static (int Least, int Most)? Width(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.Literal literal:
                return (literal.IgnoreCase ? (literal.CodePoints.Length + 2) / 3 : literal.CodePoints.Length, literal.CodePoints.Length);
            case PatternNode.Class:
                return (1, 1);
            case PatternNode.Sequence sequence:
                var (least, most) = (0, 0);
                foreach (var part in sequence.Parts)
                {
                    if (Width(part) is not { } width)
                        return null;
                    (least, most) = (least + width.Least, most + width.Most);
                }
                return (least, most);
            case PatternNode.Alternation alternation:
                (least, most) = (int.MaxValue, 0);
                foreach (var branch in alternation.Branches)
                {
                    if (Width(branch) is not { } width)
                        return null;
                    (least, most) = (Math.Min(least, width.Least), Math.Max(most, width.Most));
                }
                return (least, most);
            case PatternNode.Repeat repeat:
                return repeat.Most < 256 && Width(repeat.Part) is { } one ? (one.Least * repeat.Least, one.Most * repeat.Most) : null;
            case PatternNode.Capture capture:
                return Width(capture.Part);
            case PatternNode.Atomic atomic:
                return Width(atomic.Part);
            case PatternNode.BackReference:
                return null;
            default:
                return (0, 0);
        }
    }

    private static bool HasReference(PatternNode node) =>
        node switch
        {
            PatternNode.BackReference => true,
            PatternNode.Sequence sequence => sequence.Parts.Any(HasReference),
            PatternNode.Alternation alternation => alternation.Branches.Any(HasReference),
            PatternNode.Repeat repeat => HasReference(repeat.Part),
            PatternNode.Capture capture => HasReference(capture.Part),
            PatternNode.Atomic atomic => HasReference(atomic.Part),
            PatternNode.Look look => HasReference(look.Part),
            _ => false,
        };

    private static int Index<T>(List<T> list, T item)
    {
        list.Add(item);
        return list.Count - 1;
    }

    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
