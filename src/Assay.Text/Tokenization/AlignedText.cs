using System.Runtime.CompilerServices;
using System.Text;

namespace Assay.Text.Tokenization;

/// <summary>
/// Normalized text as UTF-8 with, where offsets are wanted, the code points of the original that each byte stands for. A stage reads it and
/// writes the next form: <see cref="Begin"/>, <see cref="Emit"/> for each character in order, <see cref="End"/>. The rule for a new
/// character's alignment is that of the reference library (tokenizers 0.23, normalizer.rs, transform_range): one that replaces takes the
/// replaced one's, one that is inserted takes that of the character before. Buffers are kept between texts.
/// </summary>
internal sealed class AlignedText(bool aligned)
{
    private const int LongestOriginal = 1 << 28;
    private const int LeastMost = 1 << 24;
    private const int MostGrowth = 64;

    private byte[] _bytes = new byte[256],
        _nextBytes = new byte[256];
    private int[] _starts = [],
        _ends = [],
        _nextStarts = [],
        _nextEnds = [];
    private int _nextLength;
    private int _read; // where in the old text the next replaced character stands

    /// <summary>Whether alignments are kept; without them <see cref="Emit"/> only writes bytes.</summary>
    public bool IsAligned { get; } = aligned;

    public int Length { get; private set; }

    /// <summary>A text that normalizers blow up beyond this is refused: 16 MiB, or 64 times the original.</summary>
    public int MostBytes { get; set; } = LeastMost;

    /// <summary>The original range of the piece, in code points (0 and 0 when not aligned).</summary>
    public int OriginalStart { get; private set; }

    public int OriginalEnd { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public int StartOf(int at) => _starts[at];

    public int EndOf(int at) => _ends[at];

    /// <summary>Where the next stage writes; valid between <see cref="Begin"/> and <see cref="End"/>.</summary>
    public int NextLength => _nextLength;

    /// <summary>Takes a whole original text, each character aligned with itself; a lone surrogate becomes U+FFFD.</summary>
    public void SetOriginal(ReadOnlySpan<char> text)
    {
        Length = 0;
        if (text.Length > LongestOriginal)
            throw new TokenizerException($"the text has {text.Length} characters; encode it in parts of at most {LongestOriginal}");
        MostBytes = (int)Math.Clamp((long)text.Length * MostGrowth, LeastMost, Array.MaxLength / 2);
        Reserve(
            ref _bytes,
            Encoding.UTF8.GetMaxByteCount(text.Length) is var most && text.Length > 1 << 20 ? Encoding.UTF8.GetByteCount(text) : most
        );
        Length = Encoding.UTF8.GetBytes(text, _bytes);
        OriginalStart = OriginalEnd = 0;
        if (!IsAligned)
            return;
        Reserve(ref _starts, Length);
        Reserve(ref _ends, Length);
        var point = -1;
        for (var i = 0; i < Length; i++)
        {
            if ((_bytes[i] & 0xC0) != 0x80)
                point++;
            _starts[i] = point;
            _ends[i] = point + 1;
        }
        OriginalEnd = point + 1;
    }

    /// <summary>Takes a slice of another text.</summary>
    public void SetSlice(AlignedText source, Piece piece)
    {
        Length = 0;
        MostBytes = source.MostBytes;
        OriginalStart = piece.OriginalStart;
        OriginalEnd = piece.OriginalEnd;
        Append(source, piece.Start, piece.End);
    }

    public void Clear() => Length = 0;

    /// <summary>Appends a slice of another text after what is here and returns where it begins.</summary>
    public int Append(AlignedText source, int start, int end)
    {
        var at = Length;
        var count = end - start;
        Reserve(ref _bytes, at + count);
        source._bytes.AsSpan(start, count).CopyTo(_bytes.AsSpan(at));
        if (IsAligned)
        {
            Reserve(ref _starts, at + count);
            Reserve(ref _ends, at + count);
            source._starts.AsSpan(start, count).CopyTo(_starts.AsSpan(at));
            source._ends.AsSpan(start, count).CopyTo(_ends.AsSpan(at));
        }
        Length += count;
        return at;
    }

    /// <summary>Begins a new form. <paramref name="removedBytes"/> of the old one are dropped at the front.</summary>
    public void Begin(int removedBytes = 0)
    {
        _nextLength = 0;
        _read = removedBytes;
    }

    /// <summary>
    /// Begins a new form of the whole text. Bytes at the front that stand for nothing of the original stay before it: the reference library
    /// maps its range through the original, where they are not.
    /// </summary>
    public void BeginWhole(int removedCharacters = 0)
    {
        Begin();
        if (IsAligned)
        {
            var first = 0;
            while (first < Length && _starts[first] == _ends[first])
                first++;
            CopyUntil(first);
        }
        for (; removedCharacters > 0 && _read < Length; removedCharacters--)
            _read += Utf8.Length(_bytes[_read]);
    }

    /// <summary>
    /// Writes a character. <paramref name="change"/> is 0 when it replaces the next old one, positive when it is new, and −n when it
    /// replaces one and n more are dropped.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Emit(int codePoint, int change)
    {
        if (_nextLength + 4 > _nextBytes.Length)
        {
            RefuseAbove(_nextBytes.Length);
            Array.Resize(ref _nextBytes, _nextBytes.Length * 2);
        }
        var length = Utf8.Encode(codePoint, _nextBytes, _nextLength);
        if (IsAligned)
            Align(length, change);
        _nextLength += length;
    }

    /// <summary>Copies old bytes, alignments and all, up to <paramref name="end"/>.</summary>
    public void CopyUntil(int end)
    {
        var count = end - _read;
        if (count <= 0)
            return;
        Reserve(ref _nextBytes, _nextLength + count, _nextLength);
        _bytes.AsSpan(_read, count).CopyTo(_nextBytes.AsSpan(_nextLength));
        if (IsAligned)
        {
            Reserve(ref _nextStarts, _nextLength + count, _nextLength);
            Reserve(ref _nextEnds, _nextLength + count, _nextLength);
            _starts.AsSpan(_read, count).CopyTo(_nextStarts.AsSpan(_nextLength));
            _ends.AsSpan(_read, count).CopyTo(_nextEnds.AsSpan(_nextLength));
        }
        _nextLength += count;
        _read = end;
    }

    /// <summary>Drops old bytes up to <paramref name="end"/>.</summary>
    public void SkipUntil(int end) => _read = end;

    /// <summary>The new form becomes the text.</summary>
    public void End()
    {
        (_bytes, _nextBytes) = (_nextBytes, _bytes);
        (_starts, _nextStarts) = (_nextStarts, _starts);
        (_ends, _nextEnds) = (_nextEnds, _ends);
        Length = _nextLength;
    }

    /// <summary>Puts <paramref name="prefix"/> before a text that is not empty, aligned with its first character.</summary>
    public void Prepend(ReadOnlySpan<byte> prefix)
    {
        if (Length == 0)
            return;
        Begin();
        var first = Utf8.Decode(_bytes, 0, out _);
        for (var i = 0; i < prefix.Length; )
        {
            var codePoint = Utf8.Decode(prefix, i, out var length);
            Emit(codePoint, i == 0 ? 0 : 1);
            i += length;
        }
        Emit(first, 1);
        _read = Utf8.Length(_bytes[0]);
        CopyUntil(Length);
        End();
    }

    private void Align(int length, int change)
    {
        var (start, end) = (OriginalStart, OriginalStart);
        var source = change > 0 ? _read - 1 : Math.Min(_read, Length - 1);
        if (source >= 0)
            (start, end) = (_starts[source], _ends[source]);
        if (_nextLength + length > _nextStarts.Length)
        {
            Array.Resize(ref _nextStarts, Math.Max(256, _nextBytes.Length));
            Array.Resize(ref _nextEnds, Math.Max(256, _nextBytes.Length));
        }
        for (var i = 0; i < length; i++)
        {
            _nextStarts[_nextLength + i] = start;
            _nextEnds[_nextLength + i] = end;
        }
        if (change > 0)
            return;
        for (var i = change; i <= 0 && _read < Length; i++)
            _read += Utf8.Length(_bytes[_read]);
    }

    private void RefuseAbove(int bytes)
    {
        if (bytes > MostBytes)
            throw new TokenizerException(
                $"what the normalizer makes of the text is longer than {MostBytes} bytes: it blows texts up; check the tokenizer.json"
            );
    }

    private void Reserve<T>(ref T[] array, int count) => Reserve(ref array, count, Length);

    private void Reserve<T>(ref T[] array, int count, int kept)
    {
        if (count <= array.Length)
            return;
        RefuseAbove(count);
        var larger = new T[Math.Max(count, array.Length * 2)];
        array.AsSpan(0, Math.Min(kept, array.Length)).CopyTo(larger);
        array = larger;
    }
}
