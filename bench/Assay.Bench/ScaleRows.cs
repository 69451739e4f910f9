using System.Text;

namespace Assay.Bench;

/// <summary>
/// Made-up preference rows as real files have them, the same ones for the same number: a prompt stands in three rows on average, answers of
/// 100 to 800 characters, words as rare as in speech; 1 row in 50 stood before, 1 in 100 stood before with the other winner, 1 in 30 is a
/// tie; eight sources, forty annotators, five generators; 1 prompt in 50 is another one but for a word.
/// </summary>
internal sealed class ScaleRows(long count)
{
    private static readonly string[] Syllables =
    [
        "ka",
        "ren",
        "to",
        "mi",
        "sol",
        "ta",
        "ver",
        "in",
        "pla",
        "do",
        "sha",
        "el",
        "qui",
        "nor",
        "be",
        "gra",
        "um",
        "fi",
        "lo",
        "ster",
    ];
    private static readonly string[] Sources =
    [
        "chat",
        "chat",
        "chat",
        "support",
        "code",
        "summaries",
        "math",
        "safety",
        "travel",
        "crowd",
    ];
    private static readonly byte[][] Words = [.. Enumerable.Range(0, 20_000).Select(Word)];

    private readonly byte[] _line = new byte[16 << 10];
    private int _length;

    public void Write(Stream output)
    {
        for (long row = 0; row < count; row++)
        {
            WriteRow(row);
            output.Write(_line, 0, _length);
        }
    }

    private void WriteRow(long row)
    {
        _length = 0;
        var kind = new Draw(row).Next(300);
        // A row that comes again copies everything of an earlier one but its number.
        var pair = row > 0 && kind < 9 ? new Draw(~row).Next(row) : row;
        var draw = new Draw(pair * 2 + 1);
        var prompt = draw.Next(Math.Max(1, count / 3));
        Text("{\"id\":\"");
        Text(row);
        Text("\",\"source\":\"");
        Text(Sources[prompt % Sources.Length]);
        Text("\",\"prompt\":\"");
        Prompt(prompt);
        var turned = kind < 3;
        var (chosen, rejected) = (draw.Next(1L << 62), draw.Next(1L << 62));
        Text("\",\"chosen\":\"");
        Answer(turned ? rejected : chosen);
        Text("\",\"rejected\":\"");
        Answer(turned ? chosen : rejected);
        Text(kind is >= 9 and < 19 ? "\",\"label\":\"tie\",\"annotator\":\"a" : "\",\"label\":\"chosen\",\"annotator\":\"a");
        Text(draw.Next(40));
        Text("\",\"chosen_generator\":\"g");
        Text(draw.Next(5));
        Text("\",\"rejected_generator\":\"g");
        Text(draw.Next(5));
        Text("\"}\n");
    }

    private void Prompt(long prompt)
    {
        var isVariant = prompt > 0 && prompt % 50 == 0;
        var draw = new Draw((isVariant ? prompt - 1 : prompt) * 2);
        var words = (int)draw.Next(40) + 8;
        var changed = isVariant ? words / 2 : -1;
        for (var word = 0; word < words; word++)
        {
            if (word > 0)
                Text(" ");
            Bytes(Words[word == changed ? prompt % Words.Length : draw.Rare(Words.Length)]);
        }
        Text("?");
    }

    private void Answer(long answer)
    {
        var draw = new Draw(answer);
        var end = _length + (int)draw.Next(700) + 100;
        while (_length < end)
        {
            Bytes(Words[draw.Rare(Words.Length)]);
            Text(
                draw.Next(40) switch
                {
                    0 => ".\\n\\n",
                    1 => " \\\"",
                    2 => " naïve ",
                    3 or 4 => ". ",
                    5 or 6 => ", ",
                    _ => " ",
                }
            );
        }
        Text("end.");
    }

    private void Text(string text) => _length += Encoding.UTF8.GetBytes(text, _line.AsSpan(_length));

    private void Text(long number)
    {
        number.TryFormat(_line.AsSpan(_length), out var written);
        _length += written;
    }

    private void Bytes(byte[] bytes)
    {
        bytes.CopyTo(_line, _length);
        _length += bytes.Length;
    }

    private static byte[] Word(int number)
    {
        var word = new StringBuilder();
        for (var left = number + 1; left > 0; left /= Syllables.Length)
            word.Append(Syllables[left % Syllables.Length]);
        return Encoding.UTF8.GetBytes(word.ToString());
    }

    /// <summary>SplitMix64.</summary>
    private struct Draw(long seed)
    {
        private ulong _state = (ulong)seed * 0xD1342543DE82EF95 + 0x2545F4914F6CDD1D;

        public long Next(long below)
        {
            var value = _state += 0x9E3779B97F4A7C15;
            value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
            value = (value ^ value >> 27) * 0x94D049BB133111EB;
            return (long)(((UInt128)(value ^ value >> 31) * (ulong)below) >> 64);
        }

        /// <summary>Low numbers come often, high ones seldom.</summary>
        public int Rare(int below)
        {
            var share = Next(1 << 20) / (double)(1 << 20);
            return (int)(share * share * share * below);
        }
    }
}
