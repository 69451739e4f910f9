namespace Assay.Text.Tokenization.RegularExpressions;

/// <summary>
/// Runs a pattern over UTF-8 by backtracking, as Oniguruma does, with its stack on the heap and a budget of steps
/// (<see cref="MatchStack.Steps"/>): a pattern that backtracks out of hand is an error, never a hang.
/// </summary>
internal ref struct Matcher(MatchProgram program, ReadOnlySpan<byte> text, MatchStack stack)
{
    // What a stack entry is, in the low two bits of its first number; the rest is an instruction.
    private const int Alternative = 0; // go on at the instruction, at a position
    private const int Restore = 1; // put a register back
    private const int ShorterRun = 2; // a greedy run gives back a character, down to a position
    private const int LongerRun = 3; // a lazy run takes one more, up to a count

    private readonly MatchProgram _program = program;
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly MatchStack _stack = stack;

    /// <summary>The first match that begins at <paramref name="from"/> or later.</summary>
    public bool Find(int from, out int start, out int end)
    {
        var first = _program.StartBytes;
        for (start = from; start <= _text.Length; start += start < _text.Length ? Utf8.Length(_text[start]) : 1)
        {
            if (first is not null)
            {
                while (start < _text.Length && !first[_text[start]])
                    start++;
                if (start >= _text.Length)
                    break;
            }
            _stack.PrepareRegisters(_program.RegisterCount);
            end = Run(0, start);
            if (end >= 0)
                return true;
            _stack.Steps--;
        }
        end = -1;
        return false;
    }

    /// <summary>
    /// Runs the code from an instruction to its <see cref="Operation.Done"/>: where the match ends, or −1. Entries above the stack's height
    /// now are left when it matches.
    /// </summary>
    private int Run(int at, int position)
    {
        var code = _program.Code;
        var floor = _stack.Count;
        while (true)
        {
            ref readonly var instruction = ref code[at];
            switch (instruction.Operation)
            {
                case Operation.Done:
                    return position;
                case Operation.Literal:
                    var literal = _program.Literals[instruction.A];
                    if (!_text[position..].StartsWith(literal))
                        goto Fail;
                    position += literal.Length;
                    at++;
                    continue;
                case Operation.FoldedLiteral:
                    if (!MatchFolded(_program.Folds[instruction.A], ref position))
                        goto Fail;
                    at++;
                    continue;
                case Operation.Class:
                    if (position >= _text.Length || !_program.Sets[instruction.A].Contains(Utf8.Decode(_text, position, out var length)))
                        goto Fail;
                    position += length;
                    at++;
                    continue;
                case Operation.GreedyRun:
                    var began = position;
                    var taken = Take(_program.Sets[instruction.A], instruction.C, ref position);
                    if (taken < instruction.B)
                        goto Fail;
                    if (taken > instruction.B)
                    {
                        var lowest = instruction.B == 0 ? began : Skip(began, instruction.B);
                        _stack.Push(at << 2 | ShorterRun, position, lowest);
                    }
                    at++;
                    continue;
                case Operation.PossessiveRun:
                    if (Take(_program.Sets[instruction.A], instruction.C, ref position) < instruction.B)
                        goto Fail;
                    at++;
                    continue;
                case Operation.LazyRun:
                    if (Take(_program.Sets[instruction.A], instruction.B, ref position) < instruction.B)
                        goto Fail;
                    if (instruction.C > instruction.B)
                        _stack.Push(at << 2 | LongerRun, position, instruction.C - instruction.B);
                    at++;
                    continue;
                case Operation.Branch:
                    if (instruction.B >= 0 && (position >= _text.Length || !_program.First[instruction.B][_text[position]]))
                    {
                        at = instruction.A;
                        continue;
                    }
                    _stack.Push(instruction.A << 2 | Alternative, position, 0);
                    at++;
                    continue;
                case Operation.BranchAway:
                    _stack.Push(at + 1 << 2 | Alternative, position, 0);
                    at = instruction.A;
                    continue;
                case Operation.Jump:
                    if (--_stack.Steps < 0)
                        throw TooManySteps();
                    at = instruction.A;
                    continue;
                case Operation.Save:
                    _stack.Push(Restore, _stack.Registers[instruction.A], instruction.A);
                    _stack.Registers[instruction.A] = position;
                    at++;
                    continue;
                case Operation.LeaveIfEmpty:
                    at = _stack.Registers[instruction.B] == position ? instruction.A : at + 1;
                    continue;
                case Operation.Assert:
                    if (!Holds((AssertionKind)instruction.A, position))
                        goto Fail;
                    at++;
                    continue;
                case Operation.Atomic:
                    var height = _stack.Count;
                    var after = Run(at + 1, position);
                    if (after < 0)
                        goto Fail;
                    KeepRestores(height);
                    position = after;
                    at = instruction.A;
                    continue;
                case Operation.LookAhead:
                    if (!Look(at + 1, position, instruction.B != 0))
                        goto Fail;
                    at = instruction.A;
                    continue;
                case Operation.LookBehind:
                    if (!LookBehind(at, position))
                        goto Fail;
                    at = instruction.A;
                    continue;
                case Operation.MustEndAt:
                    if (_stack.Registers[instruction.A] != position)
                        goto Fail;
                    at++;
                    continue;
                case Operation.BackReference:
                    int from = _stack.Registers[instruction.A],
                        to = _stack.Registers[instruction.A + 1];
                    if (from < 0 || to < from || !_text[position..].StartsWith(_text[from..to]))
                        goto Fail;
                    position += to - from;
                    at++;
                    continue;
            }

            Fail:
            if (--_stack.Steps < 0)
                throw TooManySteps();
            while (true)
            {
                if (_stack.Count == floor)
                    return -1;
                var entries = _stack.Entries;
                var top = _stack.Count -= 3;
                int kind = entries[top],
                    extra = entries[top + 2];
                position = entries[top + 1];
                if ((kind & 3) == Restore)
                {
                    _stack.Registers[extra] = position;
                    continue;
                }
                at = kind >> 2;
                if ((kind & 3) == Alternative)
                    break;
                if ((kind & 3) == ShorterRun)
                {
                    position = Utf8.Before(_text, position);
                    if (position > extra)
                        _stack.Push(kind, position, extra);
                    at++;
                    break;
                }
                if (Take(_program.Sets[code[at].A], 1, ref position) == 0)
                    continue;
                if (extra > 1)
                    _stack.Push(kind, position, extra == int.MaxValue ? extra : extra - 1);
                at++;
                break;
            }
        }
    }

    private int Take(CodePointSet set, int most, ref int position)
    {
        var text = _text;
        int at = position,
            count = 0;
        while (count < most && at < text.Length)
        {
            int unit = text[at];
            if (unit < 0x80)
            {
                if (!set.ContainsAscii(unit))
                    break;
                at++;
            }
            else
            {
                if (!set.Contains(Utf8.Decode(text, at, out var length)))
                    break;
                at += length;
            }
            count++;
        }
        position = at;
        _stack.Steps -= count;
        return count;
    }

    private readonly int Skip(int position, int count)
    {
        for (; count > 0; count--)
            position += Utf8.Length(_text[position]);
        return position;
    }

    /// <summary>Each character of the text stands for its whole case folding: ß is "ss" or nothing.</summary>
    private readonly bool MatchFolded(int[] wanted, ref int position)
    {
        int at = position,
            matched = 0;
        while (matched < wanted.Length)
        {
            if (at >= _text.Length)
                return false;
            var codePoint = Utf8.Decode(_text, at, out var length);
            var fold = CaseFolding.FoldOf(codePoint);
            if (fold.IsEmpty)
            {
                if (wanted[matched] != codePoint)
                    return false;
                matched++;
            }
            else
            {
                if (!wanted.AsSpan(matched).StartsWith(fold))
                    return false;
                matched += fold.Length;
            }
            at += length;
        }
        position = at;
        return true;
    }

    private bool Look(int at, int position, bool negative)
    {
        var height = _stack.Count;
        var found = Run(at, position) >= 0;
        if (!found)
            return negative;
        if (negative)
            Undo(height);
        else
            KeepRestores(height);
        return !negative;
    }

    private bool LookBehind(int at, int position)
    {
        var instruction = _program.Code[at];
        var (least, most) = _program.Widths[instruction.C & 0xFFFF];
        var register = instruction.C >> 16;
        var outer = _stack.Registers[register];
        var start = position;
        for (var width = 0; width <= most; width++)
        {
            if (width >= least)
            {
                _stack.Registers[register] = position;
                var height = _stack.Count;
                var found = Run(at + 1, start) >= 0;
                _stack.Registers[register] = outer;
                if (found)
                {
                    if (instruction.B != 0)
                        Undo(height);
                    else
                        KeepRestores(height);
                    return instruction.B == 0;
                }
            }
            if (start == 0)
                break;
            start = Utf8.Before(_text, start);
        }
        return instruction.B != 0;
    }

    /// <summary>Forgets alternatives above a height but keeps what puts registers back when the whole is taken back.</summary>
    private readonly void KeepRestores(int height)
    {
        var entries = _stack.Entries;
        var kept = height;
        for (var i = height; i < _stack.Count; i += 3)
        {
            if ((entries[i] & 3) != Restore)
                continue;
            entries.AsSpan(i, 3).CopyTo(entries.AsSpan(kept));
            kept += 3;
        }
        _stack.Count = kept;
    }

    private readonly void Undo(int height)
    {
        var entries = _stack.Entries;
        for (var i = _stack.Count - 3; i >= height; i -= 3)
            if ((entries[i] & 3) == Restore)
                _stack.Registers[entries[i + 2]] = entries[i + 1];
        _stack.Count = height;
    }

    private readonly bool Holds(AssertionKind kind, int position) =>
        kind switch
        {
            AssertionKind.TextStart => position == 0,
            AssertionKind.TextEnd => position == _text.Length,
            AssertionKind.TextEndOrLastNewline => position == _text.Length || position == _text.Length - 1 && _text[position] == '\n',
            AssertionKind.LineStart => position == 0 || position < _text.Length && _text[position - 1] == '\n',
            AssertionKind.LineEnd => position == _text.Length || _text[position] == '\n',
            AssertionKind.WordBoundary => IsBoundary(position),
            _ => !IsBoundary(position),
        };

    private readonly bool IsBoundary(int position)
    {
        var word = UnicodeData.Set("set Word");
        var before = position > 0 && word.Contains(Utf8.Decode(_text, Utf8.Before(_text, position), out _));
        var after = position < _text.Length && word.Contains(Utf8.Decode(_text, position, out _));
        return before != after;
    }

    private readonly TokenizerException TooManySteps() =>
        new(
            $"the regular expression '{_program.Pattern}' backtracks too much on a text of {_text.Length} bytes; the tokenizer cannot be used on it"
        );
}
